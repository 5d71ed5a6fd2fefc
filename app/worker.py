"""The worker: does what is asked for in the jobs' rows, and sees to what nobody asks for.

Each of its threads waits to be woken, looks for work at the latest every minute, and does it one job at a time.
"""

import logging
import os
import signal
import threading
import time
from pathlib import Path

from flask import Flask

from app.access.scope import system_session
from app.casework.clock import today
from app.extensions import db
from app.jobs import daily, health, operations
from app.jobs.queue import Channel
from app.jobs.runner import process_name, work_one
from app.upkeep import logs
from app.upkeep.jobs import of_all_counties

log = logging.getLogger(__name__)
THREADS = 2  # a long export does not hold up the seal and the thumbnails
TICK = 60.0  # seconds after which a thread looks by itself
LISTENING = 0.5  # seconds between two looks at a channel that does not wait by itself
PATIENCE = 8.0  # seconds that a job gets to stop at its next step


def work(app: Flask) -> None:
    """Until SIGTERM; a job that cannot stop in time goes back into the queue, and what it still does is not kept."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.set())
    threads = [threading.Thread(target=run_jobs, args=(app, stopped), daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    do_chores(app, stopped)
    until = time.monotonic() + PATIENCE
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        with app.app_context(), system_session("the worker stops") as session:
            operations.let_go(session, process_name())
        os._exit(0)  # an interpreter that shuts down waits for what holds its lock


def run_jobs(app: Flask, stopped: threading.Event) -> None:
    """A thread of the worker: all that is due, then wait."""
    while not stopped.is_set():
        try:
            while not stopped.is_set() and work_one(app, stopped):
                pass
        except Exception:
            log.exception("the jobs' table could not be read or written")
        wait(app, stopped)


def wait(app: Flask, stopped: threading.Event, seconds: float = TICK) -> None:
    """Return when somebody calls, when it is time to look anyway, or when the worker stops."""
    until = time.monotonic() + seconds
    try:
        channel = Channel(app)  # opened anew each time: one that was lost is found again
        try:
            while time.monotonic() < until and not stopped.is_set() and not channel.heard():
                if not channel.waits:
                    stopped.wait(LISTENING)
        finally:
            channel.close()
    except Exception as fault:
        log.warning("the worker cannot be woken and looks every minute: %s", fault)
        stopped.wait(max(0.0, until - time.monotonic()))


def do_chores(app: Flask, stopped: threading.Event) -> None:
    """Do each chore at its interval; one that fails is logged and tried again the next time."""
    due = dict.fromkeys(CHORES, 0.0)
    while not stopped.is_set():
        for chore, interval in CHORES.items():
            if time.monotonic() >= due[chore]:
                due[chore] = time.monotonic() + interval
                do(app, chore)
        stopped.wait(max(0.1, min(due.values()) - time.monotonic()))


def do(app: Flask, chore) -> None:
    try:
        with app.app_context():
            chore(app)
    except Exception:
        log.exception("chore %s failed", chore.__name__)


def show_life(app: Flask) -> None:
    health.beat(app.config["DATA_DIR"])


def ask_for_jobs(app: Flask) -> None:
    daily.ask_for_what_is_due()


def refresh_statistics(app: Flask) -> None:
    """SQLite keeps no statistics by itself, and without them reads a county's index where 25 keys would do.

    Looks at a thousand rows of each index: milliseconds, however large the county. No job: each host has its own.
    """
    if db.engine.dialect.name != "sqlite":
        return
    with db.engine.connect().execution_options(writes=True) as connection:
        connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def keep_logs(app: Flask) -> None:
    """Each day a new file; those of long ago go."""
    with system_session("how long logs are kept") as session:
        days = max(of_all_counties(session, "log_days", today()))
    logs.set_aside(Path(app.config["DATA_DIR"]) / logs.FOLDER, days)


# chore → seconds between two runs
CHORES = {show_life: health.BEAT_SECONDS, refresh_statistics: 3600, ask_for_jobs: TICK, keep_logs: 300}
