"""Questions about months, periods and duties, asked of values and a day. 一（三）."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

OWING_KINDS = ("township", "department")
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])\Z", re.ASCII)


@dataclass(frozen=True)
class Period:
    """The days that a month of the ledgers counts, both included."""

    month: str
    first: dt.date
    last: dt.date


def month_of(day: dt.date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def next_month(month: str, by: int = 1) -> str:
    """The month so many months later, or earlier."""
    months = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def day_in(month: str, day: int) -> dt.date:
    """That day of the month; the last one where it has no such day."""
    following = dt.date.fromisoformat(next_month(month) + "-01")
    return min(dt.date.fromisoformat(month + "-01") + dt.timedelta(days=day - 1), following - dt.timedelta(days=1))


def cut_off(month: str, told: Iterable[tuple[dt.date, int]], default: int) -> dt.date:
    """The last day that counts for the month. `told`: the setting's values with the days from which they hold, oldest
    first; the one that held when the month began.
    """
    began = dt.date.fromisoformat(month + "-01")
    return day_in(month, next((day for since, day in reversed(list(told)) if since <= began), default))


def why_not_submit(rows: int, nil: bool):
    """零报告 is said, never understood: with rows it is wrong, without rows nothing else is right."""
    if nil and rows:
        return _l("This month has %(rows)s rows: it is no nil return.", rows=rows)
    if not nil and not rows:
        return _l("This month has no row. Say so with a nil return.")
    return None


def owes(kind: str, words: Iterable, day: dt.date) -> bool:
    """Whether a unit of that kind owes a ledger on a day. `words`: its duties for that ledger, oldest first."""
    holding = [one for one in words if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)]
    return holding[-1].owes if holding else kind in OWING_KINDS
