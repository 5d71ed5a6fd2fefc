"""Numbers that open their rows: one condition for the number and for the list behind it.

A noun names what it counts. Its list takes such a name from the address (`counted=closed.2026-03`, `counted=open`),
and whoever draws a number asks for the same selection, grouped.
"""
from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from wtforms import HiddenField
from wtforms.validators import StopValidation

MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Count:
    """Cases in one of `states` for which `condition` holds. `day`: the column that says of which month one is;
    `past`: only days that are over, so that nothing counted is still open to change by itself.
    """

    title: object
    states: tuple[str, ...]
    condition: tuple = ()
    day: sa.Column | None = None
    past: bool = False


@dataclass(frozen=True)
class Asked:
    """A count, of a month or of any time."""

    count: Count
    month: str = ""

    @property
    def title(self) -> str:
        if not self.month:
            return str(self.count.title)
        year, month = self.month.split("-")
        return _("%(what)s, %(month)s/%(year)s", what=self.count.title, year=year, month=int(month))

    def conditions(self, today: dt.date) -> tuple:
        day, found = self.count.day, list(self.count.condition)
        if self.month:
            found.append(day.between(*bounds(self.month)))
        if self.count.past:
            found.append(day < today)
        return tuple(found)


def asked(counts: Mapping[str, Count], words: str | None) -> Asked | None:
    """What an address asks for; None when it cannot be understood."""
    name, _point, month = (words or "").partition(".")
    count = counts.get(name)
    if count is None or (month and (count.day is None or not MONTH.fullmatch(month))):
        return None
    return Asked(count, month)


def bounds(month: str) -> tuple[dt.date, dt.date]:
    """First and last day of `2026-03`."""
    first = dt.date.fromisoformat(f"{month}-01")
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def months_until(today: dt.date, many: int = 12) -> list[str]:
    """The last months, this one included, as `2026-03`; the oldest first."""
    last = today.year * 12 + today.month - 1
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(last - many + 1, last + 1)]


class CountedField(HiddenField):
    """A part of a list's address that only numbers lead to; `counts` says what it may name."""

    def __init__(self, counts: Mapping[str, Count], **kwargs):
        super().__init__(**kwargs)
        self.counts = counts

    def pre_validate(self, form):
        if self.data and asked(self.counts, self.data) is None:
            raise StopValidation

    @property
    def worded(self) -> str:
        """What the rows below are, in words; empty when the address names nothing."""
        found = asked(self.counts, self.data)
        return str(found.title) if found else ""
