"""Which days a month of the ledgers counts in a county, and until when it is owed."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from app.casework.deadlines import WorkCalendar, days_after
from app.organization.models import CalendarDay
from app.organization.settings import DEFINITIONS, Setting, values
from app.submissions import rules
from app.submissions.rules import Period

CUT_OFF, DUE = "submission_cut_off_day", "submission_due_days"
_settings, _days = Setting.__table__, CalendarDay.__table__


class Periods:
    """The county's months; its cut-off days are read once."""

    def __init__(self, session, county_id: int):
        self.told = [tuple(row) for row in session.execute(
            sa.select(_settings.c.valid_from, _settings.c.value)
            .where(_settings.c.county_id == county_id, _settings.c.key == CUT_OFF)
            .order_by(_settings.c.valid_from, _settings.c.id)
        )]

    def last_day(self, month: str) -> dt.date:
        return rules.cut_off(month, self.told, DEFINITIONS[CUT_OFF].default)

    def of(self, month: str) -> Period:
        return Period(month, self.last_day(rules.next_month(month, -1)) + dt.timedelta(days=1), self.last_day(month))

    def latest(self, today: dt.date) -> str:
        """The newest month that is over."""
        month = rules.month_of(today)
        return month if self.last_day(month) < today else rules.next_month(month, -1)

    def holding(self, day: dt.date) -> str:
        """The month in which the day counts."""
        month = rules.month_of(day)
        return month if day <= self.last_day(month) else rules.next_month(month)


def due_day(session, county_id: int, period: Period) -> dt.date:
    """The day by which the month is owed, as the settings say when it begins to be."""
    overrides = session.execute(sa.select(_days.c.day, _days.c.is_workday).where(_days.c.county_id == county_id))
    days = values(session, county_id, period.last)[DUE]
    return days_after(period.last, days, WorkCalendar(dict(overrides.all())))
