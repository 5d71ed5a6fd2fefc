"""Jobs: what takes longer than a second is a row here, written in the transaction that needs it.

The row is the truth: who asked, as whom, parameters, progress, attempt, lease, result. A queue only wakes the
worker (app/jobs). A room declares what it can do with `job_kind`; anybody asks for it with `enqueue`. A job runs
as its user, with the rights held when it runs.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from flask_appbuilder import Model
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.access.scope import Scope, scoped
from app.casework.columns import UTCDateTime, utcnow

ASKED = "jobs_asked"  # the mark of a session whose commit wakes the worker (app/jobs/queue.py)
STATES = ("queued", "running", "done", "failed", "cancelled")


class Job(Model):
    """One job. `post_id` is the hat it was asked with; without a user it is the system's own.

    `once_key` makes a job one only, however many ask for it: ``backup:2026-11-24``. `file_path` is relative to
    DATA_DIR; `file_name` is what the user's copy is called. `lease_until`: past it, a running job is orphaned.
    """

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    params: Mapped[dict] = mapped_column(JSON, default=dict)
    once_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    lease_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    result: Mapped[dict] = mapped_column(JSON, default=dict)
    file_path: Mapped[str | None] = mapped_column(String(200))
    file_name: Mapped[str | None] = mapped_column(String(200))
    error: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    started_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("state <> 'running' OR lease_until IS NOT NULL", name="running_has_lease"),
        Index("ix_jobs_due", "state", "run_after", "id"),
        Index("ix_jobs_mine", "asked_by_id", "id"),
    )
    __mapper_args__ = {"version_id_col": version}


def _own(scope: Scope):
    """A job exists for who asked for it."""
    return Job.asked_by_id == scope.user_id


scoped(Job, _own)


@dataclass(frozen=True)
class JobKind:
    """What the worker can do. `run(running)` is given an `app.jobs.running.Running`; its files go with the job.

    `daily_at`: the hour of the county's clock from which it runs once a day, or `(session, today) -> hour | None`.
    `makes_file`: done, it has a file for who asked.
    """

    name: str
    title: object
    run: Callable
    permission: str | None = None  # asked again when it runs
    attempts: int = 3
    daily_at: int | Callable | None = None
    makes_file: bool = False


KINDS: dict[str, JobKind] = {}


def job_kind(name: str, title, permission: str | None = None, attempts: int = 3,
             daily_at: int | Callable | None = None, makes_file: bool = False):
    """Declare a kind of job: ``@job_kind("thumbnails", _l("Thumbnails"))``."""

    def declare(run):
        KINDS[name] = JobKind(name, title, run, permission, attempts, daily_at, makes_file)
        return run

    return declare


def enqueue(session, hat, kind: str, params: dict, *, title: str | None = None, once_key: str | None = None,
            run_after: dt.datetime | None = None) -> Job:
    """Ask for a job, within the caller's unit of work; `hat` None: the system asks. The worker wakes on commit.

    `params` is small JSON: ids, filters, never a file's content. A `once_key` that is taken raises IntegrityError
    when the session flushes.
    """
    if hat is not None and hat.user_id is None:
        raise ValueError("a job is asked for by a person, or by the system itself: one without a user would see all")
    session.info[ASKED] = True
    job = Job(
        county_id=hat.county_id if hat else None, kind=kind, title=str(title or KINDS[kind].title)[:200],
        asked_by_id=hat.user_id if hat else None, post_id=(hat.post_id or None) if hat else None, params=params,
        once_key=once_key, run_after=run_after or utcnow(),
    )
    session.add(job)
    return job
