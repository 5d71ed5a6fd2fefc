"""The words of attachment 1 that no other form has: 牵头 and 配合, 每月, and cells that hold several entries.

Pure: texts in, what they say out. Days are read with the ledger's year; the day it is is passed in.
"""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.exchange.dates import parse_date
from app.exchange.text import cell_text, fold, squash
from app.tasks.states import DueKind, Part

_LABEL = re.compile(r"(牵头|主办|配合|协办|协助|参与)(?:责任)?(?:单位|部门)?\s*:\s*")
_LED = re.compile(r"(.+?)牵头(?:负责)?[\s,;、。]+(?:由)?(.+?)(?:按职责)?(?:分工)?(?:配合|协助|参与)(?:落实)?")
_BEHIND = re.compile(r"\s*\((牵头|主办|配合|协办)(?:单位|部门)?\)\s*")
_LEADS = ("牵头", "主办")
_BETWEEN_UNITS = re.compile(r"[、,;\n]+")

_BY_WHEN = r"(?:底|末|初|末月|\d{1,2}[日号])?(?:前|之前)?(?:完成|报送|上报|推进|一次|开展)*"
_MONTHLY = re.compile(rf"(?:每个?月|按月|逐月|月度){_BY_WHEN}")
_QUARTERLY = re.compile(rf"(?:每个?季度?|按季度?|逐季|季度){_BY_WHEN}")
_WHOLE_YEAR = re.compile(r"(?:(20\d\d)年?)?(?:全年|年度|年内|本年度|当年)")
_OWN_DAYS = re.compile(r"\((?:[^\s、()]+ \d{4}-\d\d-\d\d、?)+\)$")
_OWN_DAY = re.compile(r"([^\s、()]+) (\d{4}-\d\d-\d\d)")

_DAY = r"(?:(?:\d{4}|\d{2})[年.\-/]\d{1,2}[月.\-/]\d{1,2}日?|\d{1,2}月\d{1,2}日)"
# What the form prints: strict, so that a sentence is not taken for the beginning of an entry.
_PROGRESS = re.compile(r"(?P<unit>[^\s：:]{2,60}) (?P<day>\d{4}-\d\d-\d\d) (?P<percent>\d{1,3})%：")
_FOLLOW_UP = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?: (?P<method>[^\s：:（）]{1,60}))?(?:（(?P<unit>[^（）：:]{2,60})）)?："
)
# What people write: 6月20日 80%：已完成整改; 6月5日电话调度：进度偏慢.
_FREE_PROGRESS = re.compile(rf"(?P<day>{_DAY})?\s*(?:(?P<percent>\d{{1,3}})[%％])?\s*[：:，,\s]\s*")
_FREE_FOLLOW_UP = re.compile(
    rf"(?P<day>{_DAY})\s*(?:(?P<method>[^\s：:，,。；;、（）()]{{1,20}})?[：:]|[，,\s])\s*"
)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*[%％]")
_ENDS = " \t\n；;"
_SEPARATORS = _ENDS + "，,、。"


@dataclass(frozen=True)
class Entry:
    """One entry of a cell that merges several. What the words leave open is None."""

    text: str
    day: dt.date | None = None
    percent: int | None = None
    method: str | None = None
    unit: str | None = None

    def tells(self, text: str, day: dt.date, percent: int | None = None) -> bool:
        """Whether a recorded entry says the same; what this one leaves open is no difference."""
        return (squash(self.text) == squash(cell_text(text)) and self.day in (None, day)
                and (percent is None or self.percent in (None, percent)))


# ── 责任单位 ───────────────────────────────────────────────────────────────────────────────────────────────────────
def parts_of(said: str) -> list[tuple[Part, str]]:
    """A cell of units apart into who leads and who supports: ``牵头：甲；配合：乙``, ``甲（牵头）、乙``.

    Without such words all have the same part.
    """
    text = fold(said)
    marks = list(_LABEL.finditer(text))
    if marks:
        ends = [mark.start() for mark in marks[1:]] + [len(text)]
        found = [(Part.LEAD, text[: marks[0].start()])] + [
            (_part(mark[1]), text[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)
        ]
    elif _BEHIND.search(text):
        pieces = [piece for piece in _BETWEEN_UNITS.split(text) if piece.strip()]
        found = [(_part(mark[1]) if (mark := _BEHIND.search(piece)) else Part.SUPPORTING, _BEHIND.sub(" ", piece))
                 for piece in pieces]
    elif led := _LED.fullmatch(text.rstrip("。;, ")):
        found = [(Part.LEAD, led[1]), (Part.SUPPORTING, led[2])]
    else:
        return [(Part.LEAD, text)]
    return [(part, words) for part, piece in found if (words := piece.strip(" \t\n;,、。"))]


def _part(word: str) -> Part:
    return Part.LEAD if word in _LEADS else Part.SUPPORTING


# ── 完成时限 ───────────────────────────────────────────────────────────────────────────────────────────────────────
def period_of(said: str) -> DueKind | None:
    """Every month, every quarter, or neither."""
    text = squash(said)
    if _MONTHLY.fullmatch(text):
        return DueKind.MONTHLY
    return DueKind.QUARTERLY if _QUARTERLY.fullmatch(text) else None


def end_of_year(said: str, year: int) -> dt.date | None:
    """全年, 2026年度: the last day of the year."""
    found = _WHOLE_YEAR.fullmatch(squash(said))
    return dt.date(int(found[1] or year), 12, 31) if found else None


def without_own_days(said: str) -> str:
    """The task's deadline without the days of single units that the form prints behind it."""
    text = fold(said)
    return text[: found.start()] if (found := _OWN_DAYS.search(text)) else said


def own_days(said: str) -> list[tuple[str, dt.date]]:
    """``2026-06-30（凤城镇 2026-07-15）``: the units whose day is another one."""
    found = _OWN_DAYS.search(fold(said))
    days = [(unit, parse_date(day).value) for unit, day in _OWN_DAY.findall(found[0])] if found else []
    return [(unit, day) for unit, day in days if day]


# ── cells that merge several entries ───────────────────────────────────────────────────────────────────────────────
def beyond(said: str, recorded: Iterable[str]) -> str:
    """What a cell says beyond the recorded entries, as they are printed.

    An entry that was edited in place is not recorded: it stays whole.
    """
    rest = cell_text(said).strip()
    for text in sorted({cell_text(one).strip() for one in recorded}, key=len, reverse=True):
        at = 0
        while text and (at := rest.find(text, at)) >= 0:
            before, after = rest[:at], rest[at + len(text) :]
            if before[-1:] in ("", *"\n；; ") and after[:1] in ("", *_SEPARATORS):
                before = before.rstrip(_ENDS)
                rest, at = f"{before}\n{after.lstrip(_SEPARATORS)}", len(before)
            at += 1
    return rest.lstrip(_SEPARATORS).rstrip(_ENDS)


def progress_entries(said: str, year: int | None, today: dt.date) -> list[Entry]:
    """Each entry as the form prints them; other words are one entry."""
    return _entries(said, _PROGRESS, _FREE_PROGRESS, year, today)


def follow_up_entries(said: str, year: int | None, today: dt.date) -> list[Entry]:
    return _entries(said, _FOLLOW_UP, _FREE_FOLLOW_UP, year, today)


def _entries(said: str, printed: re.Pattern, free: re.Pattern, year: int | None, today: dt.date) -> list[Entry]:
    blocks: list[list[str]] = []
    for line in cell_text(said).strip().split("\n"):
        if blocks and not printed.match(line):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    texts = ["\n".join(block).strip(_ENDS) for block in blocks]
    return [_entry(text, printed.match(text) or free.match(text), year, today) for text in texts if text]


def _entry(text: str, head: re.Match | None, year: int | None, today: dt.date) -> Entry:
    """Without a day that can be meant, the words are left as they are: 6月30日前 is no day of an entry."""
    found = head.groupdict() if head else {}
    day = parse_date(found["day"], year=year).value if found.get("day") else None
    words = text[head.end() :].strip() if head else ""
    percent = int(found["percent"]) if found.get("percent") else _percent_in(text)
    if not words or (day is None and not found.get("percent")) or (day and day > today):
        return Entry(text, percent=_percent_in(text))
    return Entry(words, day, min(percent, 100) if percent is not None else None, found.get("method"),
                 found.get("unit"))


def _percent_in(text: str) -> int | None:
    """The last percentage that can be one of progress."""
    said = [float(one) for one in _PERCENT.findall(text) if float(one) <= 100]
    return int(said[-1]) if said else None
