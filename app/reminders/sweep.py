"""The day's notices, set-based: idempotent, safe to stop at any statement and to run twice at once."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.cases import Case
from app.casework.columns import insert_into, utcnow
from app.casework.deadlines import WorkCalendar
from app.casework.jobs import enqueue, job_kind
from app.casework.unit_of_work import unit_of_work
from app.nouns import ROOMS
from app.organization.models import CalendarDay, Organization
from app.organization.settings import DEFINITIONS, values
from app.reminders.models import Channel, Notice
from app.reminders.rules import deadlines_of, missed

_cases, _notices, _units = Case.__table__, Notice.__table__, Organization.__table__
_channels, _days = Channel.__table__, CalendarDay.__table__
COLUMNS = ("county_id", "organization_id", "role", "case_id", "due", "noticed_on", "recorded_at")
DIGEST, MOST_MISSED = "digest", 7


def clocks() -> dict[str, list[str]]:
    """`{kind: states in which a deadline runs}`: a claim or a report stops it, and an end."""
    return {room.noun.kind: [state.value for state in room.noun.states if state.style == "open"] for room in ROOMS}


def hour(session, today: dt.date) -> int:
    hours = [values(session, county, today)["remind_hour"] for county in counties(session)]
    return min(hours or [DEFINITIONS["remind_hour"].default])


def counties(session) -> list[int]:
    found = sa.select(_units.c.id).where(_units.c.kind == "county").order_by(_units.c.id)
    return session.execute(found).scalars().all()


@job_kind("reminders", _l("Reminders of deadlines"), daily_at=hour)
def run(running) -> None:
    session, today = running.session, running.today
    running.result["rows"] = sum(remind(session, county, today) for county in counties(session))
    active = session.execute(sa.select(_channels.c.id).where(_channels.c.active.is_(True))).scalars().all()
    with unit_of_work(session):
        for channel in active:
            enqueue(session, None, DIGEST, {"channel": channel})
        running.finish(session)


def remind(session, county_id: int, today: dt.date) -> int:
    """Write what is missing; returns how many came. `session` sees all."""
    told = values(session, county_id, today)
    calendar = WorkCalendar(dict(session.execute(
        sa.select(_days.c.day, _days.c.is_workday).where(_days.c.county_id == county_id)).all()))
    last = session.execute(sa.select(sa.func.max(_notices.c.noticed_on)).where(
        _notices.c.county_id == county_id)).scalar()
    before, count = (told["remind_first_days"], told["remind_second_days"]), 0
    for day in missed(min(last, today) if last else None, today, MOST_MISSED) or [today]:
        dues = deadlines_of(day, before, told["remind_every_days"], told["remind_until_days"], calendar)
        with unit_of_work(session):
            for kind, states in clocks().items():
                count += _write(session, county_id, kind, states, dues, day)
    return count


def _write(session, county_id: int, kind: str, states: list[str], dues: set[dt.date], day: dt.date) -> int:
    c = _cases.c
    at_turn = [c.county_id == county_id, c.kind == kind, c.state.in_(states), c.issued.is_(True),
               c.turn_organization_id.is_not(None)]
    found = _rows(c.turn_role, day).where(*at_turn, c.due_sort.in_(sorted(dues)))
    late = sorted(due for due in dues if due < day)
    heads = _rows(sa.literal("reviewer"), day).where(*at_turn, c.turn_role != "reviewer", c.due_sort.in_(late))
    return sum(_insert(session, statement) for statement in (found, heads))


def _rows(role, day: dt.date) -> sa.Select:
    c = _cases.c
    return sa.select(c.county_id, c.turn_organization_id, role, c.id, c.due_sort, sa.literal(day, sa.Date),
                     sa.literal(utcnow(), _notices.c.recorded_at.type))


def _insert(session, rows: sa.Select) -> int:
    """ON CONFLICT, not NOT EXISTS: PostgreSQL falls into a nested loop with that."""
    # SQLite reads ON CONFLICT after a SELECT without WHERE as a join; ours always have one.
    statement = insert_into(session, _notices).from_select(COLUMNS, rows).on_conflict_do_nothing()
    return session.execute(statement.execution_options(preserve_rowcount=True)).rowcount
