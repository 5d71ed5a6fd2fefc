"""What happens although nobody asks: once a day, or whenever something is left, however many workers and hosts.

The job's `once_key` decides: who writes it first has asked, everybody else meets the unique key.
"""
from __future__ import annotations

import datetime as dt
import logging

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.access.scope import system_session
from app.casework import history
from app.casework.clock import local, today
from app.casework.columns import utcnow
from app.casework.jobs import KINDS, Job, JobKind, enqueue
from app.casework.unit_of_work import unit_of_work
from app.jobs.operations import OPEN
from app.jobs.upkeep import SEAL

log = logging.getLogger(__name__)
_jobs = Job.__table__


def ask_for_what_is_due(now: dt.datetime | None = None) -> list[str]:
    """Ask for today's daily jobs whose hour has come, and for sealing; returns the kinds that were asked for."""
    now, asked = now or utcnow(), []
    with system_session("asking for daily jobs") as session:
        for kind in [kind for kind in KINDS.values() if kind.daily_at is not None]:
            try:
                if is_time(session, kind, now):
                    asked += [kind.name] * once(session, kind.name, f"{kind.name}:{today().isoformat()}")
            except Exception:  # one that cannot tell its hour does not hold up the others
                session.rollback()
                log.exception("whether %s is due today", kind.name)
        if history.has_unsealed(session) and not is_open(session, SEAL):
            asked += [SEAL] * once(session, SEAL, f"{SEAL}:{now:%Y-%m-%dT%H:%M}")
    return asked


def is_time(session, kind: JobKind, now: dt.datetime) -> bool:
    """Whether the county's clock has reached the hour; a machine that was off makes up for it later that day."""
    hour = kind.daily_at(session, today()) if callable(kind.daily_at) else kind.daily_at
    return hour is not None and local(now).hour >= hour


def once(session, kind: str, key: str) -> bool:
    """Ask for a job unless somebody has already; returns whether it was us."""
    if session.execute(sa.select(_jobs.c.id).where(_jobs.c.once_key == key)).first():
        return False
    try:
        with unit_of_work(session):
            enqueue(session, None, kind, {}, once_key=key)
    except IntegrityError:
        return False
    return True


def is_open(session, kind: str) -> bool:
    """Whether such a job waits or runs."""
    found = sa.select(_jobs.c.id).where(_jobs.c.kind == kind, _jobs.c.state.in_(OPEN)).limit(1)
    return session.execute(found).first() is not None
