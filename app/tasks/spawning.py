"""每月 / 每季度: a periodic task is issued once and spawns an instance a period, each a task of its own.

The first comes with the issue; the others with a daily job that may run as often as it likes.
"""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.hats import Hat
from app.casework.cases import Case
from app.casework.jobs import job_kind
from app.casework.unit_of_work import lock_case, unit_of_work
from app.organization.models import Organization
from app.tasks import operations, rules
from app.tasks.models import Task
from app.tasks.states import PERIODIC, TERMINAL_STATES

_cases, _tasks, _units = Case.__table__, Task.__table__, Organization.__table__


def _wanting(session, today: dt.date) -> list:
    """`(id, filed by)` of the running series that lack an instance, or whose year has ended with all of them."""
    instance = sa.alias(_tasks, "instance")
    of_instance = _cases.alias("of_instance")
    rows = session.execute(
        sa.select(
            _tasks.c.id, _cases.c.filed_by_id, _tasks.c.due_kind, _tasks.c.year, _tasks.c.issued_on,
            sa.func.count(instance.c.id).label("have"),
            sa.func.count(sa.case((of_instance.c.state.in_(TERMINAL_STATES), 1))).label("ended"),
        )
        .join(_cases, _cases.c.id == _tasks.c.id)
        .outerjoin(instance, instance.c.series_id == _tasks.c.id)
        .outerjoin(of_instance, of_instance.c.id == instance.c.id)
        .where(_cases.c.kind == "task", _cases.c.issued.is_(True), _cases.c.state.not_in(TERMINAL_STATES),
               _tasks.c.due_kind.in_(PERIODIC))
        .group_by(_tasks.c.id, _cases.c.filed_by_id, _tasks.c.due_kind, _tasks.c.year, _tasks.c.issued_on)
    ).all()
    return [
        row for row in rows
        if row.have < len(rules.periods_due(row.due_kind, row.year, row.issued_on, today))
        or (row.year < today.year and row.have == row.ended)
    ]


def spawn_due(session, today: dt.date) -> int:
    """Make what is missing, one transaction per series, and end the series of past years; returns how many came.

    `session` sees all. Whoever comes second finds the instances made.
    """
    made = 0
    for row in _wanting(session, today):
        hat = system_hat(session, row.filed_by_id)
        with unit_of_work(session):
            series = lock_case(session, Task, row.id, None)
            if series.state in TERMINAL_STATES:
                continue
            made += len(operations.spawn_missing(session, hat, series, today))
            if series.year < today.year and _all_ended(session, series.id):
                operations.finish(session, hat, series, today)
    return made


def _all_ended(session, series_id: int) -> bool:
    return session.execute(
        sa.select(sa.func.count()).select_from(_tasks).join(_cases, _cases.c.id == _tasks.c.id)
        .where(_tasks.c.series_id == series_id, _cases.c.state.not_in(TERMINAL_STATES))
    ).scalar_one() == 0


def system_hat(session, unit_id: int) -> Hat:
    """Nobody in person, on behalf of the unit that issued the series."""
    row = session.execute(sa.select(_units).where(_units.c.id == unit_id)).one()
    role = "county_clerk" if row.kind == "county_office" else "unit_clerk"
    return Hat(None, _("The system"), 0, row.id, row.short_name or row.name, row.kind, role, row.county_id, (row.id,))


@job_kind("spawn_tasks", _l("Instances of periodic tasks"), daily_at=0)
def run_spawning(running) -> None:
    running.result["rows"] = spawn_due(running.session, running.today)
