"""Dates as offices write them: 2026.3.5, 2026年3月5日, 3月5日, 3月底前, 立行立改, Excel serials, 15日内.

Pure: the day to start from (检查时间) and the ledger's year are passed in, no clock is read.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from .cells import Understood, says_nothing
from .date_words import ImpossibleDay, Period, Reader, same_day, standing, tidy
from .messages import N_, Message
from .text import as_text

NOT_A_DATE = N_("“%(text)s” is not a date.")
NO_SUCH_DAY = N_("There is no such day: %(text)s.")
NO_YEAR = N_("“%(text)s” has no year, and the ledger does not say which.")
ODD_YEAR = N_("The year of “%(text)s” cannot be right.")
READ_AS = N_("Read as %(day)s.")
EITHER_DAY = N_("Read as %(day)s; should it be %(other)s, correct it: Excel drops the last zero.")
DEADLINE_WORDS = N_(
    "The deadline “%(text)s” cannot be read. Its words are kept; give a date, “immediate” or “standing”."
)
DONE_WITHOUT_DATE = N_("Taken as no date yet: %(text)s.")

_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_415  # 2000-01-01 to 2100-12-31
_EPOCH = dt.date(1899, 12, 30)
_YEARS = range(2000, 2101)
_LONGEST = 60  # characters: a story is no date, and the patterns are not meant for it


@dataclass(frozen=True)
class Due:
    """A deadline: a day, 立行立改 (``immediate``: the day of the inspection), 长期坚持 (``standing``) or only words."""

    kind: Literal["date", "immediate", "standing", "unread"]
    day: dt.date | None
    words: str


@lru_cache(maxsize=4096, typed=True)  # a ledger says the same days over and over; typed: True is no 1
def parse_date(cell: object, *, reference: dt.date | None = None, year: int | None = None,
               period: Period | None = None) -> Understood[dt.date]:
    """A day. Without a year: the one that puts it on or after ``reference``, else ``year``. None when blank.

    ``period``: see ``Reader``.
    """
    said = as_text(cell).strip()
    if says_nothing(cell):
        return Understood(None, said, Message(DONE_WITHOUT_DATE, {"text": said}) if said else None)
    if isinstance(cell, bool):
        return _problem(NOT_A_DATE, said)
    if isinstance(cell, dt.date):
        day = cell.date() if isinstance(cell, dt.datetime) else cell
        return Understood(day, said) if day.year in _YEARS else _problem(ODD_YEAR, said)
    if isinstance(cell, int | float):
        return _number(cell, said, reference, year)
    text = tidy(said)
    if len(text) > _LONGEST:
        return _problem(NOT_A_DATE, said)
    if reference and same_day(text) == text:
        return _guess(reference, said)
    if text.isdecimal() and len(text) == 5 and _FIRST_SERIAL <= int(text) <= _LAST_SERIAL:
        return _guess(_EPOCH + dt.timedelta(days=int(text)), said)  # a serial that became text
    return _words(text, said, reference, year, period)


@lru_cache(maxsize=4096, typed=True)
def parse_due(cell: object, *, inspected_on: dt.date | None = None, year: int | None = None,
              period: Period | None = None) -> Understood[Due]:
    """A deadline. A day that does not exist is a problem; words that are no date are kept and ask."""
    said = as_text(cell).strip()
    if says_nothing(cell):
        return Understood(None, said)
    text = tidy(said)
    if special := _special(text, said, inspected_on):
        return special
    found = parse_date(cell, reference=inspected_on, year=year, period=period)
    if found.problem and found.problem.msgid == NOT_A_DATE:
        return _remaining(text, said, inspected_on)
    due = None if found.problem else Due("date", found.value, said)
    return Understood(due, said, found.note, found.certain, found.problem, found.asks)


def _special(text: str, said: str, inspected_on: dt.date | None) -> Understood[Due] | None:
    if same_day(text) == text:
        return Understood(Due("immediate", inspected_on, said), said)
    if standing(text) == text:
        return Understood(Due("standing", None, said), said)
    return None


def _remaining(text: str, said: str, inspected_on: dt.date | None) -> Understood[Due]:
    """No date in it, but perhaps one of the two words among others; else the user is asked."""
    for word, due in (
        (same_day(text), Due("immediate", inspected_on, said)),
        (standing(text), Due("standing", None, said)),
    ):
        if word:
            return Understood(due, said, Message(READ_AS, {"day": word}), certain=False)
    return Understood(
        Due("unread", None, said), said, Message(DEADLINE_WORDS, {"text": said}), certain=False, asks=True
    )


def _number(number: float, said: str, reference: dt.date | None, year: int | None) -> Understood[dt.date]:
    """A serial, 20260305, or 3.5 typed for 3月5日 into a cell that made a number of it."""
    if _FIRST_SERIAL <= number < _LAST_SERIAL + 1:
        return Understood(_EPOCH + dt.timedelta(days=int(number)), said)
    if float(number).is_integer() or not (0 < number < 13 or 2000 < number < 2101):
        return _words(said, said, reference, year)
    found = _words(said, said, reference, year)
    # 3.10 became 3.1, 2026.10 became 2026.1: the other reading exists when adding the zero gives a day, too.
    other = _words(said + "0", said, reference, year) if len(said.partition(".")[2]) == 1 else found
    if found.problem or other.problem or other.value == found.value:
        return found
    note = Message(EITHER_DAY, {"day": str(found.value), "other": str(other.value)})
    return Understood(found.value, said, note, certain=False, asks=True)


def _words(text: str, said: str, reference: dt.date | None, year: int | None,
           period: Period | None = None) -> Understood[dt.date]:
    reader = Reader(reference, year, period)
    try:
        day = reader.read(text)
    except (ImpossibleDay, OverflowError):
        return _problem(NO_SUCH_DAY, said)
    if day is None:
        return _problem(NO_YEAR if reader.lacks_year else NOT_A_DATE, said)
    if day.year not in _YEARS:
        return _problem(ODD_YEAR, said)
    return Understood(day, said) if reader.literal else _guess(day, said)


def _guess(day: dt.date, said: str) -> Understood[dt.date]:
    return Understood(day, said, Message(READ_AS, {"day": day.isoformat()}), certain=False)


def _problem(msgid: str, said: str) -> Understood:
    return Understood(None, said, problem=Message(msgid, {"text": said}))
