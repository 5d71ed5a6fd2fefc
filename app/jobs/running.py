"""What a job is given while it runs: its session, its hat, its day; and how it tells how far it is."""
from __future__ import annotations

import datetime as dt
import logging
import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.access.hats import Hat
from app.access.scope import system_session
from app.casework.file_kinds import visible
from app.jobs import operations
from app.jobs.errors import Interrupted, Stopping
from app.jobs.operations import Claimed

log = logging.getLogger(__name__)
FOLDER = "exports/jobs"  # of the files that belong to jobs, below DATA_DIR
SECONDS_BETWEEN_REPORTS = 0.5


class Running:
    """`session` works for `hat` (without one: for the system); `result` is told on the job's page."""

    def __init__(self, app: Flask, job: Claimed, hat: Hat | None, session, today: dt.date, stopping: threading.Event):
        self.app, self.hat, self.session, self.today = app, hat, session, today
        self.job_id, self.params, self.attempt = job.id, job.params, job.attempt
        self.result: dict = {}
        self.finished = False
        self._job, self._stopping = job, stopping
        self._lease = dt.timedelta(seconds=app.config["JOB_LEASE"])
        self._progress, self._total, self._reported = 0, 0, 0.0
        self._interrupted: Interrupted | None = None
        self._path: Path | None = None
        self._name: str | None = None

    # ── how far ────────────────────────────────────────────────────────────────────────────────────────────────
    def progress(self, done: int, total: int | None = None) -> None:
        """Tell how far the job is; raises Interrupted when it is to stop: let it pass.

        Within a unit of work of the job's own nothing is written: SQLite has one writer, which is the job itself.
        """
        self._progress, self._total = done, self._total if total is None else total
        if self._interrupted is None and self._stopping.is_set():
            self._interrupted = Stopping()
        if self._interrupted is None and not self._is_writing() and self._is_time():
            self.report()
        if self._interrupted is not None:
            raise self._interrupted

    def _is_time(self) -> bool:
        now = time.monotonic()
        if now - self._reported < SECONDS_BETWEEN_REPORTS:
            return False
        self._reported = now
        return True

    def _is_writing(self) -> bool:
        session = self.session
        return session.in_transaction() and session.connection().get_execution_options().get("writes", False)

    def report(self) -> None:
        """Renew the lease and write the progress, in a short transaction of its own."""
        try:
            with system_session("a job's progress") as session:
                operations.keep(session, self._job, self._lease, self._progress, self._total)
        except Interrupted as reason:
            self._interrupted = reason
        except DBAPIError as fault:  # the database is busy for once: the lease is several reports long
            log.warning("job %s: its lease was not renewed: %s", self.job_id, fault.orig)

    @contextmanager
    def kept(self):
        """Meanwhile the lease is renewed, however long a single statement takes."""
        over = threading.Event()

        def renew():
            while not over.wait(self._lease.total_seconds() / 4):
                with self.app.app_context():
                    self.report()

        thread = threading.Thread(target=renew, name=f"lease-{self.job_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    # ── its file ───────────────────────────────────────────────────────────────────────────────────────────────
    def file(self, name: str) -> Path:
        """Where to write the job's one file; `name` is what the user's copy is called.

        Each attempt writes a file of its own: two workers which both think the job theirs do not mix.
        """
        self._name = visible(name)
        self._path = self._folder() / f"{self.job_id}-{self.attempt}{Path(name).suffix}"
        return self._path

    def _folder(self) -> Path:
        folder = Path(self.app.config["DATA_DIR"]) / FOLDER
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def discard_file(self) -> None:
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    # ── done ───────────────────────────────────────────────────────────────────────────────────────────────────
    def finish(self, session=None) -> None:
        """Mark the job done within the transaction of `session` (a unit of work), as its last statement.

        So effect and result are one: a job that was called off or taken over raises here, and the effect is rolled
        back. Called for the job once it returns, unless it did so itself.
        """
        session = session or self.session
        relative = None
        if self._path is not None:
            flush(self._path)
            relative = self._path.relative_to(self.app.config["DATA_DIR"]).as_posix()
        operations.finish(session, self._job, self.result, relative, self._name)
        self.finished = True


def flush(path: Path) -> None:
    """On disk before the row that names it."""
    for each, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        handle = os.open(each, flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
