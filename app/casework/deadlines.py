"""期限: working days, deadlines, and how late a thing is on a given day.

Pure functions: nothing here reads the clock, the session or the request, so
every answer can be recomputed "as of" any date. Source: 民法典 §200–204 (the day
of the event is not counted; a last day on a rest day moves to the day after it).
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import chinese_calendar

ONE_DAY = timedelta(days=1)


class WorkCalendar:
    """Which days are worked: the county's own overrides first, then the State
    Council's yearly notice as packed in chinesecalendar, then plain Mon–Fri.

    The last resort is a guess: ask `unknown_years` and show the warning.
    """

    def __init__(self, overrides: Mapping[date, bool] | None = None):
        """`overrides`: day → is it worked."""
        self._overrides = dict(overrides or {})

    def is_workday(self, day: date) -> bool:
        if day in self._overrides:
            return self._overrides[day]
        try:
            return chinese_calendar.is_workday(day)
        except NotImplementedError:  # a year the library has no notice for
            return day.weekday() < 5

    def has_data(self, year: int) -> bool:
        """Is the notice of that year known, from the library or typed in?

        A year counts as typed in once New Year's Day and National Day stand in
        the override table: every notice begins with the one and ends with the
        other, a single odd day does not make a year known.
        """
        try:
            chinese_calendar.is_workday(date(year, 1, 1))
        except NotImplementedError:
            return date(year, 1, 1) in self._overrides and date(year, 10, 1) in self._overrides
        return True

    def unknown_years(self, days: Iterable[date | None]) -> list[int]:
        """The years among `days` that were computed as plain Mon–Fri, ascending."""
        years = {day.year for day in days if day is not None}
        return sorted(year for year in years if not self.has_data(year))

    def next_workday(self, day: date) -> date:
        """`day` itself when it is worked, else the first worked day after it."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day


def days_after(event: date, n: int, calendar: WorkCalendar) -> date:
    """N日: natural days, the day of the event not counted; a last day on a rest
    day moves to the next working day (民法典 §201, §203)."""
    _refuse_negative(n)
    return calendar.next_workday(event + n * ONE_DAY)


def workdays_after(event: date, n: int, calendar: WorkCalendar) -> date:
    """N个工作日: the n-th working day after the event; make-up days (调休) count."""
    _refuse_negative(n)
    day = calendar.next_workday(event) if n == 0 else event
    for _ in range(n):
        day = calendar.next_workday(day + ONE_DAY)
    return day


def _refuse_negative(n: int) -> None:
    if n < 0:
        raise ValueError("a period has no negative length")


def days_overdue(due: date | None, as_of: date) -> int:
    """0 up to 24:00 of the deadline day; no deadline (长期坚持) is never late."""
    return 0 if due is None else max(0, (as_of - due).days)


def is_overdue(due: date | None, as_of: date) -> bool:
    return days_overdue(due, as_of) > 0


def is_due_soon(due: date | None, as_of: date, warning_days: int) -> bool:
    """Not late yet, and at most `warning_days` left (0 = today)."""
    return due is not None and 0 <= (due - as_of).days <= warning_days


class DueKind(StrEnum):
    OVER = "over"
    TODAY = "today"
    TOMORROW = "tomorrow"
    SOON = "soon"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class DueWords:
    """What a template needs to word a deadline; `days` is never negative:
    days late for OVER, days left for all others."""

    kind: DueKind
    days: int


def due_words(due: date | None, as_of: date, warning_days: int) -> DueWords | None:
    """逾期12天 / 今天到期 / 明天到期 / 3天后到期 as a structure; None without a deadline.

    SOON and AHEAD read alike and differ in colour only.
    """
    if due is None:
        return None
    left = (due - as_of).days
    if left < 0:
        return DueWords(DueKind.OVER, -left)
    if left <= 1:
        return DueWords(DueKind.TOMORROW if left else DueKind.TODAY, left)
    return DueWords(DueKind.SOON if left <= warning_days else DueKind.AHEAD, left)
