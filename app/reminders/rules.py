"""Of which deadlines a day reminds. Pure: nothing here reads a clock or the database."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from app.casework.deadlines import ONE_DAY, WorkCalendar


def deadlines_of(day: dt.date, before: Iterable[int], every: int, until: int, calendar: WorkCalendar) -> set[dt.date]:
    """The deadlines that `day` reminds of: so many days `before` each, the day itself, then every so many working
    days after it, for `until` days.
    """
    found = {day, *(day + days * ONE_DAY for days in before)}
    if calendar.is_workday(day):
        worked = 0
        for back in range(1, until + 1):
            worked += calendar.is_workday(day - (back - 1) * ONE_DAY)
            if worked % every == 0:
                found.add(day - back * ONE_DAY)
    return found


def missed(last: dt.date | None, today: dt.date, most: int) -> list[dt.date]:
    """The days to make up for, today last: what was off on a day reminds the day after."""
    first = today if last is None else max(last + ONE_DAY, today - most * ONE_DAY)
    return [first + n * ONE_DAY for n in range((today - first).days + 1)]
