"""Everybody's jobs, for who keeps the system running: whose, of which kind, how far; never what was asked or made.

A title may name a file and a fault may quote one, so both stay with the asker; the file is the asker's anyway.
"""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import gettext as _

from app.casework.clock import local
from app.casework.columns import utcnow
from app.casework.errors import NotFound
from app.casework.history import record
from app.casework.jobs import KINDS, Job
from app.casework.unit_of_work import unit_of_work
from app.jobs.operations import OPEN, cancel
from app.organization.models import Organization, Post, User

MOST = 100
_jobs, _users, _posts, _units = Job.__table__, User.__table__, Post.__table__, Organization.__table__
_unit = sa.func.coalesce(_units.c.short_name, _units.c.name)
_listed = (
    sa.select(_jobs.c.id, _jobs.c.kind, _jobs.c.state, _jobs.c.asked_at, _jobs.c.progress, _jobs.c.total,
              _jobs.c.asked_by_id, _users.c.last_name.label("person"), _unit.label("unit"))
    .outerjoin(_users, _users.c.id == _jobs.c.asked_by_id).outerjoin(_posts, _posts.c.id == _jobs.c.post_id)
    .outerjoin(_units, _units.c.id == _posts.c.organization_id)
)


def is_counted(now: dt.datetime):
    """Waits, runs, or failed today: what the page's figures count."""
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return sa.or_(_jobs.c.state.in_(OPEN), sa.and_(_jobs.c.state == "failed", _jobs.c.finished_at >= midnight))


def listed(session, county_id: int) -> list[dict]:
    """The county's jobs that are counted, and the system's own, the newest first; one statement."""
    mine = sa.or_(_jobs.c.county_id == county_id, _jobs.c.asked_by_id.is_(None))
    rows = session.execute(_listed.where(is_counted(utcnow()), mine).order_by(_jobs.c.id.desc()).limit(MOST))
    return [
        {"id": row.id, "kind": str(KINDS[row.kind].title) if row.kind in KINDS else "—", "state": row.state,
         "asked": f"{local(row.asked_at):%Y-%m-%d %H:%M}", "person": row.person or _("The system itself"),
         "unit": row.unit or "", "far": f"{row.progress} / {row.total}" if row.total else "",
         "may_cancel": row.asked_by_id is not None and row.state in OPEN}
        for row in rows
    ]


def call_off(session, hat, job_id: int, today: dt.date) -> bool:
    """Cancel another person's job of the county; False: it was over. Its asker reads by whom. Raises NotFound."""
    with unit_of_work(session):
        row = session.execute(_listed.where(
            _jobs.c.id == job_id, _jobs.c.county_id == hat.county_id, _jobs.c.asked_by_id.is_not(None))).one_or_none()
        if row is None:
            raise NotFound
        done = cancel(session, job_id, _("Called off by the administrator (%(name)s).", name=hat.user_name))
        if done:
            record(session, hat, "job_called_off", today, extra={"job": job_id, "name": row.person})
        return done
