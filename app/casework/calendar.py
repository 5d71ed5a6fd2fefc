"""The county's calendar of working days: the published holidays under its own word on single days (工作日历)."""
from __future__ import annotations

import sqlalchemy as sa

from app.casework.deadlines import WorkCalendar
from app.organization.models import CalendarDay


def county_calendar(session) -> WorkCalendar:
    """The calendar of the county that the session's scope belongs to; one statement."""
    return WorkCalendar(dict(session.execute(sa.select(CalendarDay.day, CalendarDay.is_workday)).all()))
