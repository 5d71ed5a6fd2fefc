"""The life of a job's row: claimed, kept, finished, failed, given back, cancelled. Nobody else writes it.

Who holds a job holds its lease: each write asks for owner and attempt again, so that of two workers which take
themselves for the owner only one writes, on however many hosts.
"""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from app.casework.columns import utcnow
from app.casework.jobs import Job
from app.casework.unit_of_work import unit_of_work
from app.jobs.errors import Cancelled, LeaseLost

_jobs = Job.__table__
OPEN = ("queued", "running")


@dataclass(frozen=True)
class Claimed:
    """A job as its worker took it, as plain values."""

    id: int
    kind: str
    title: str
    params: dict
    county_id: int | None
    asked_by_id: int | None
    post_id: int | None
    attempt: int
    lease_owner: str


_COLUMNS = [_jobs.c[name] for name in Claimed.__dataclass_fields__]


def due(now: dt.datetime):
    """Waiting and its time has come, or its worker has not been heard of for a lease."""
    return sa.or_(
        sa.and_(_jobs.c.state == "queued", _jobs.c.run_after <= now),
        sa.and_(_jobs.c.state == "running", _jobs.c.lease_until < now),
    )


def claim(session, owner: str, lease: dt.timedelta) -> Claimed | None:
    """Take the job that has waited longest; None when nothing is due, or others were quicker."""
    now = utcnow()
    first = sa.select(_jobs.c.id).where(due(now)).order_by(_jobs.c.run_after, _jobs.c.id).limit(1)
    if session.execute(first).first() is None:
        return None  # looking takes no lock
    chosen = first.with_for_update(skip_locked=True).scalar_subquery()
    with unit_of_work(session):
        row = session.execute(
            sa.update(_jobs).where(_jobs.c.id == chosen, due(now))
            .values(state="running", lease_owner=owner, lease_until=now + lease, attempt=_jobs.c.attempt + 1,
                    started_at=now, progress=0, total=0, version=_jobs.c.version + 1)
            .returning(*_COLUMNS)
        ).one_or_none()
    return Claimed(**row._mapping) if row else None


def _held(job: Claimed):
    """The row as long as it is this claim's."""
    return sa.and_(_jobs.c.id == job.id, _jobs.c.state == "running", _jobs.c.lease_owner == job.lease_owner,
                   _jobs.c.attempt == job.attempt)


def _write(session, job: Claimed, **values) -> None:
    """Within a transaction. Raises Cancelled or LeaseLost when the job is no longer this claim's."""
    done = session.execute(
        sa.update(_jobs).where(_held(job)).values(**values, version=_jobs.c.version + 1)
    ).rowcount
    if not done:
        state = session.execute(sa.select(_jobs.c.state).where(_jobs.c.id == job.id)).scalar()
        raise Cancelled if state == "cancelled" else LeaseLost


def keep(session, job: Claimed, lease: dt.timedelta, progress: int, total: int) -> None:
    """Renew the lease and tell how far the job is, in a transaction of its own."""
    with unit_of_work(session):
        _write(session, job, lease_until=utcnow() + lease, progress=progress, total=total)


def finish(session, job: Claimed, result: dict, file_path: str | None, file_name: str | None) -> None:
    """Done, in the caller's transaction: the result stands if and only if what it tells of does."""
    _write(session, job, state="done", result=result, file_path=file_path, file_name=file_name, error=None,
           finished_at=utcnow(), lease_until=None, lease_owner=None)


def fail(session, job: Claimed, reason: str) -> None:
    """Over, with the reason in the user's words."""
    with unit_of_work(session):
        _write(session, job, state="failed", error=reason, finished_at=utcnow(), lease_until=None, lease_owner=None)


def give_back(session, job: Claimed, after: dt.timedelta = dt.timedelta(0), tried: bool = True) -> None:
    """Back into the queue; `tried` False: this attempt does not count (the worker stops)."""
    with unit_of_work(session):
        _write(session, job, state="queued", run_after=utcnow() + after, attempt=job.attempt - (not tried),
               lease_until=None, lease_owner=None)


def let_go(session, owners: str) -> None:
    """What a process that ends still holds goes back into the queue; `owners`: how its threads' names begin."""
    with unit_of_work(session):
        session.execute(
            sa.update(_jobs).where(_jobs.c.state == "running", _jobs.c.lease_owner.startswith(owners, autoescape=True))
            .values(state="queued", run_after=utcnow(), attempt=_jobs.c.attempt - 1, lease_until=None,
                    lease_owner=None, version=_jobs.c.version + 1)
        )


def cancel(session, job_id: int, reason: str | None = None) -> bool:
    """Stop what waits or runs; whoever runs it learns at its next step. Within a unit of work, after the scope.

    `reason`: told to the asker, who did not do it.
    """
    return bool(session.execute(
        sa.update(_jobs).where(_jobs.c.id == job_id, _jobs.c.state.in_(OPEN))
        .values(state="cancelled", error=reason, finished_at=utcnow(), lease_until=None, lease_owner=None,
                version=_jobs.c.version + 1)
    ).rowcount)
