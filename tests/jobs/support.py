"""Kinds of job made for the tests, and the means to have them done: here, or in processes of their own."""

import datetime as dt
import os
import signal
import threading
from contextlib import contextmanager

import sqlalchemy as sa

from app.access.permissions import Permission as P
from app.casework.columns import utcnow
from app.casework.history import TimelineEntry, record
from app.casework.jobs import KINDS, Job, enqueue, job_kind
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.jobs.runner import work_one

JOBS, ENTRIES = Job.__table__, TimelineEntry.__table__
NOTED = "job_test"  # the verb of the entry which is a test job's effect


@contextmanager
def kind(run, name: str = "test", **declared):
    """Declare a kind of job for the length of a test."""
    job_kind(name, "试验任务", **{"permission": P.HAZARDS_EXPORT, **declared})(run)
    try:
        yield
    finally:
        del KINDS[name]


def noting(running) -> None:
    """A job whose effect can be counted: one entry of the history, and the job done with it."""
    with unit_of_work(running.session):
        record(running.session, running.hat, NOTED, running.today, extra={"job": running.job_id})
        running.result["rows"] = 1
        running.finish(running.session)


def ask(world, by: str | None = "yingji", name: str = "test", **params) -> int:
    """Ask for a job as a user, or as the system; returns its id."""
    with world.system() as session:
        with unit_of_work(session):
            job = enqueue(session, world.hats[by] if by else None, name, params)
        return job.id


def work_off(app) -> int:
    """Do every due job in this process; returns how many."""
    done = 0
    while work_one(app, threading.Event()):
        done += 1
    return done


def row(world, job_id: int):
    with world.system() as session:
        return session.execute(sa.select(JOBS).where(JOBS.c.id == job_id)).one()


def effects(world) -> list[int]:
    """The jobs whose effect stands, one for each time that it does."""
    with world.system() as session:
        found = session.execute(sa.select(ENTRIES.c.extra).where(ENTRIES.c.verb == NOTED)).scalars()
        return sorted(extra["job"] for extra in found)


def let_lease_pass(world, job_id: int) -> None:
    """As if nobody had heard of the job's worker for longer than a lease."""
    with world.system() as session, unit_of_work(session):
        session.execute(sa.update(JOBS).where(JOBS.c.id == job_id)
                        .values(lease_until=utcnow() - dt.timedelta(seconds=1)))


def let_pause_pass(world, job_id: int) -> None:
    with world.system() as session, unit_of_work(session):
        session.execute(sa.update(JOBS).where(JOBS.c.id == job_id).values(run_after=utcnow()))


def die(*_) -> None:
    """As kill -9 would have it: no handler, no rollback, no goodbye."""
    os.kill(os.getpid(), signal.SIGKILL)


def fork(app, act) -> int:
    """Run `act` in a process of its own; returns its id. The parent's connections stay the parent's."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            act()
            status = 0
        finally:
            os._exit(status)
    return pid


def ended(pid: int) -> int:
    """Wait for a process; 0 when it ended well, -9 when it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
