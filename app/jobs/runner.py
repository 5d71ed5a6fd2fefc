"""One job from its claim to its end: as its user, with the rights held at this moment, each fault in its words."""
from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import threading
from contextlib import suppress

import sqlalchemy as sa
from flask import Flask, g
from flask_babel import gettext as _

from app.access.hats import Hat, hats_of
from app.access.scope import SYSTEM, system_session
from app.casework.clock import today
from app.casework.disk import is_full
from app.casework.errors import CaseworkError
from app.casework.jobs import KINDS, JobKind
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.jobs import operations
from app.jobs.errors import Interrupted, Stopping
from app.jobs.operations import Claimed
from app.jobs.running import Running
from app.organization.models import User

log = logging.getLogger(__name__)
FIRST_PAUSE = dt.timedelta(seconds=10)  # before a second attempt; each further one waits four times as long


class Refused(CaseworkError):
    """The job may not run, or not any more."""


def process_name() -> str:
    """Of this process, among all hosts: what the names of its threads begin with."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:"


def owner_name() -> str:
    return f"{process_name()}{threading.get_ident()}"[:80]


def work_one(app: Flask, stopping: threading.Event) -> bool:
    """Claim the next due job and run it to its end; False when there is none."""
    lease = dt.timedelta(seconds=app.config["JOB_LEASE"])
    with app.app_context(), system_session("claiming a job") as session:
        job = operations.claim(session, owner_name(), lease)
    if job is None:
        return False
    # The context's `g` and database session are the job's, as a request has its own. Interrupted: called off or
    # taken over between its last step and the note of it.
    with app.app_context(), suppress(Interrupted):
        _run(app, job, stopping)
    return True


def _run(app: Flask, job: Claimed, stopping: threading.Event) -> None:
    try:
        kind, hat = admitted(job)
    except Refused as reason:
        with system_session("a job that may not run") as session:
            operations.fail(session, job, str(reason))
        return
    g.hat, g.hats = hat, [hat] if hat else []
    session = db.session()
    session.serve(hat.scope if hat else SYSTEM)
    running = Running(app, job, hat, session, today(), stopping)
    try:
        with running.kept():
            kind.run(running)
            if not running.finished:
                with unit_of_work(session):
                    running.finish()
    except Exception as fault:
        session.rollback()
        running.discard_file()
        _settle(job, kind, fault)


def admitted(job: Claimed) -> tuple[JobKind, Hat | None]:
    """The kind, and the hat as it is worn at this moment. Raises Refused with the reason."""
    kind = KINDS.get(job.kind)
    if kind is None:
        raise Refused(_("This release does not know this kind of job."))
    if job.attempt > kind.attempts:
        raise Refused(_("It was interrupted %(count)s times and is not tried again. Tell your administrator.",
                        count=kind.attempts))
    if job.asked_by_id is None:
        return kind, None
    with system_session("the post of a job") as session:
        user = session.execute(sa.select(User).where(User.id == job.asked_by_id)).scalar_one()
        hats = hats_of(session, user, today()) if user.active else []
    hat = next((hat for hat in hats if hat.post_id == job.post_id), None)
    if hat is None:
        raise Refused(_("The post with which this was asked for is no longer held."))
    if kind.permission and not hat.permits(kind.permission):
        raise Refused(_("The post with which this was asked for may not do this any more."))
    return kind, hat


def _settle(job: Claimed, kind: JobKind, fault: Exception) -> None:
    """What becomes of a job that did not come to its end."""
    with system_session("a job that did not come to its end") as session:
        if isinstance(fault, Stopping):
            operations.give_back(session, job, tried=False)
        elif isinstance(fault, Interrupted):
            log.info("job %s: %s", job.id, type(fault).__name__)
        elif is_full(fault):
            log.error("job %s: no room on the disk", job.id)
            operations.fail(session, job, _("There is no room on the server's disk. Nothing was lost; tell your "
                                            "administrator, then try again."))
        elif isinstance(fault, CaseworkError):
            operations.fail(session, job, str(fault))
        elif job.attempt < kind.attempts:
            log.error("job %s (%s), attempt %s", job.id, job.kind, job.attempt, exc_info=fault)
            operations.give_back(session, job, after=FIRST_PAUSE * 4 ** (job.attempt - 1))
        else:
            log.error("job %s (%s) failed", job.id, job.kind, exc_info=fault)
            operations.fail(session, job, _("Something went wrong on our side. Try again later; if it happens again, "
                                            "tell your administrator the time."))
