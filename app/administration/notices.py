"""The State Council's yearly notice on holidays, read apart: which days are off, which are worked instead.

Reads the notice as it is published (一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。) and
plain lists, a day or a span a line (2027-01-01 休 元旦, 2027年1月1日至3日 放假). Pure: text in, days out.
"""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 15  # days of one holiday
_WIDE = str.maketrans("０１２３４５６７８９：，、；（）～－—–", "0123456789:,、;()至至至至")
_BRACKETS = re.compile(r"\([^()]*\)")
_SENTENCE = re.compile(r"[。;\n]")
_NAME = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|\d+[.、])?\s*([\u4e00-\u9fff、]{2,12}?)\s*:")
_DAY = re.compile(
    r"(?:(?P<year>20\d\d)[年/.-])?(?:(?P<month>\d{1,2})[月/.-])?(?P<day>\d{1,2})日?(?![\d月年])"
)
_DATE = r"(?:20\d\d[年/.-])?(?:\d{1,2}[月/.-])?\d{1,2}日?"
_FIRST = r"(?:20\d\d[年/.-])?\d{1,2}[月/.-]\d{1,2}日?"
_SPAN = re.compile(rf"(?P<first>{_FIRST})(?:\s*(?:至|到|起至)\s*(?P<last>{_DATE}))?")
_WORKED, _OFF = re.compile(r"上班|补班|调班|\b班\b|工作日"), re.compile(r"放假|休|补休")
_COUNT = re.compile(r"共\s*\d+\s*天")


@dataclass(frozen=True)
class NoticeDay:
    day: dt.date
    is_workday: bool
    note: str


@dataclass(frozen=True)
class Notice:
    """`days` in order, each once; `unread`: the sentences that name a day but not what becomes of it."""

    days: tuple[NoticeDay, ...]
    unread: tuple[str, ...]


def read(text: str, year: int) -> Notice:
    """The days of a notice for `year`; a day without a year is in it."""
    found: dict[dt.date, NoticeDay] = {}
    unread, name = [], ""
    for line in text.translate(_WIDE).splitlines():
        name = ""
        for sentence in filter(str.strip, _SENTENCE.split(_BRACKETS.sub("", line))):
            if named := _NAME.match(sentence):
                name = named[1]
            for clause, is_workday in _clauses(sentence):
                days = [*_days(clause, year)]
                if days and is_workday is None:
                    unread.append(sentence.strip())
                for day in days if is_workday is not None else ():
                    found[day] = NoticeDay(day, is_workday, name or _rest(sentence))
    return Notice(tuple(found[day] for day in sorted(found)), tuple(unread))


def _clauses(sentence: str) -> Iterator[tuple[str, bool | None]]:
    """A sentence apart where it changes from days off to days worked; None: it says neither."""
    text = _COUNT.sub("", sentence)
    ends = [(m.end(), kind) for pattern, kind in ((_WORKED, True), (_OFF, False)) for m in pattern.finditer(text)]
    at, kind = 0, None
    for end, kind in sorted(ends):
        yield text[at:end], kind
        at = end
    if text[at:].strip(" ,、"):
        yield text[at:], kind if not _SPAN.search(text[:at]) else None


def _days(clause: str, year: int) -> Iterator[dt.date]:
    for span in _SPAN.finditer(clause):
        first = _date(span["first"], year, 1)
        last = _date(span["last"], first.year, first.month) if first and span["last"] else first
        if first is None or last is None:
            continue
        if last < first:  # 12月31日至1月2日
            last = last.replace(year=last.year + 1)
        if (last - first).days < LONGEST:
            yield from (first + dt.timedelta(days=n) for n in range((last - first).days + 1))


def _date(text: str, year: int, month: int) -> dt.date | None:
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return dt.date(int(found["year"] or year), int(found["month"] or month), int(found["day"]))
    except ValueError:
        return None


def _rest(clause: str) -> str:
    """What a line says besides its days: 元旦."""
    words = _OFF.sub("", _WORKED.sub("", _SPAN.sub("", clause)))
    return re.sub(r"[\s,:、0-9]+", "", words)[:60]
