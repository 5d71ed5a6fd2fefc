"""The channel that wakes the worker (huey): its own SQLite file in DATA_DIR, Redis when `REDIS_URL` is set.

A message says only that there is something to do. Nothing is read out of it, so nothing that somebody else puts
there is ever unpickled; and losing all of them loses nothing, since the worker looks by itself every minute.
"""
from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, current_app
from huey import RedisHuey, SqliteHuey
from redis import ConnectionPool
from sqlalchemy import event

from app.access.sessions import ScopedSession
from app.casework.jobs import ASKED

log = logging.getLogger(__name__)
NAME, MESSAGE = "zhualuoshi", b"wake"
PATIENCE = 2  # seconds that a request waits for a channel which does not answer


class Channel:
    """One end of the queue; `waits`: whether `heard` blocks for a second, as Redis does."""

    def __init__(self, app: Flask):
        url = app.config["REDIS_URL"]
        self.waits, self._pool = bool(url), None
        if url:
            self._pool = ConnectionPool.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)
            self._storage = RedisHuey(NAME, connection_pool=self._pool).storage
        else:
            path = Path(app.config["DATA_DIR"]) / "queue.db"
            self._storage = SqliteHuey(NAME, filename=str(path), timeout=PATIENCE, fsync=False).storage

    def call(self) -> None:
        self._storage.enqueue(MESSAGE)

    def heard(self) -> bool:
        """Whether somebody called; of many worker threads one is told."""
        return self._storage.dequeue() is not None

    def close(self) -> None:
        self._storage.close()
        if self._pool is not None:
            self._pool.disconnect()


@contextmanager
def channel(app: Flask):
    """Opened anew for each use that is rare: a queue file that was deleted meanwhile is simply another one."""
    opened = Channel(app)
    try:
        yield opened
    finally:
        opened.close()


def wake(app: Flask) -> None:
    """Tell the worker; a channel that fails is logged, for the work is already written down."""
    try:
        with channel(app) as opened:
            opened.call()
    except Exception as fault:  # sqlite3, redis and the operating system each have their own
        log.warning("the worker could not be woken and will look by itself: %s", fault)


@event.listens_for(ScopedSession, "after_commit")
def _wake_on_commit(session) -> None:
    if not session.in_nested_transaction() and session.info.pop(ASKED, False):
        wake(current_app._get_current_object())


@event.listens_for(ScopedSession, "after_rollback")
def _nothing_asked(session) -> None:
    session.info.pop(ASKED, None)
