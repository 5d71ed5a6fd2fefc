"""The objects that outlive one application: the database and its migrations."""
import random
import select
import sqlite3
import time

import psycopg
from flask_appbuilder import Model
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import MetaData, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import Pool

from app.access.sessions import ScopedSession
from app.organization.grams import folded, grams
from config import BUSY_SECONDS

# The framework's Model brings a bare MetaData; constraint names are a contract with the migrations,
# and SQLite can only alter what has a name.
Model.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention

CACHE_KIBIBYTES = 16_384  # of a connection; with its own 2 MB SQLite read the same pages over and over
IDLE_SECONDS = 30  # after which a connection is asked whether it still stands

db = SQLAlchemy(model_class=Model, session_options={"class_": ScopedSession})
migrate = Migrate()


def has_model(name: str | None, _kind: str, _parents: dict) -> bool:
    """Whether a table or index is the models' matter: the index of words is its migration's alone."""
    return not (name or "").startswith("case_grams")


@event.listens_for(Engine, "connect")
def _open_sqlite(dbapi_connection, _record) -> None:
    """SQLite as a server of many processes: WAL, every commit on disk, writers wait instead of failing."""
    if not isinstance(dbapi_connection, sqlite3.Connection):
        return
    dbapi_connection.isolation_level = None  # the driver's own BEGIN is deferred; ours says what it wants
    # What PostgreSQL has from migration 0010; the triggers on `case_texts` call it.
    dbapi_connection.create_function("folded", 1, folded, deterministic=True)
    dbapi_connection.create_function("grams", 1, lambda text: " ".join(sorted(grams(text))), deterministic=True)
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
    cursor.close()


@event.listens_for(Engine, "connect")
def _open_postgresql(dbapi_connection, _record) -> None:
    """A page's statement is one process's work: the help of others comes too late for a thousand rows, and is taken
    from everybody else.
    """
    if isinstance(dbapi_connection, psycopg.Connection):
        dbapi_connection.pgconn.exec_(b"SET max_parallel_workers_per_gather = 0; SET jit = off")


def by_several(session) -> None:
    """What this transaction asks from here on counts a whole history: PostgreSQL may take several processes for it."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SET LOCAL max_parallel_workers_per_gather = 2"))


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection) -> None:
    """A write takes its lock at once (a deferred one fails under concurrent writers); a read takes none."""
    if connection.dialect.name != "sqlite":
        return
    if connection.get_execution_options().get("writes", False):
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection) -> None:
    """BEGIN IMMEDIATE, asked for every few milliseconds.

    SQLite's own waiting backs off to a tenth of a second: among many writers whoever has waited longest would
    ask least often, and starve.
    """
    raw, until = connection.connection.dbapi_connection, time.monotonic() + BUSY_SECONDS
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < until:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as fault:
                if fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
            time.sleep(random.uniform(0.001, 0.005))
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the last try, whose failure is told as any statement's
    finally:
        raw.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


@event.listens_for(Engine, "before_cursor_execute")
def _prepare_what_is_planned_once(_connection, cursor, _statement, _parameters, context, _many) -> None:
    """Of PostgreSQL's statements those that say so (`access.scope.planned_once`), and no others."""
    if isinstance(cursor, psycopg.Cursor):
        cursor.connection.prepare_threshold = 0 if context.execution_options.get("planned_once", False) else None


@event.listens_for(Engine, "rollback")
def _roll_back_and_keep_the_plans(connection) -> None:
    """PostgreSQL's ROLLBACK, past the driver: at its own it forgets every statement that it has prepared.

    Nearly every request ends so, having only read. The driver's, which follows, finds nothing left to do; after a
    failed statement it does forget.
    """
    raw = None if connection.invalidated else connection.connection.dbapi_connection
    if isinstance(raw, psycopg.Connection) and raw.info.transaction_status == TransactionStatus.INTRANS:
        raw.pgconn.exec_(b"ROLLBACK")


@event.listens_for(Pool, "checkin")
def _note_since_when_it_is_idle(_dbapi_connection, record) -> None:
    record.info["idle_since"] = time.monotonic()


@event.listens_for(Pool, "checkout")
def _refuse_a_dead_connection(dbapi_connection, record, _proxy) -> None:
    """The pool opens another in the place of one that the server has ended since: then its socket has something to
    say. One that was idle for long is asked, since what stands between may have dropped it silently.
    """
    since = record.info.pop("idle_since", None)
    if since is None or not isinstance(dbapi_connection, psycopg.Connection):
        return
    told = select.poll()
    told.register(dbapi_connection.fileno(), select.POLLIN)
    doubtful = told.poll(0) or time.monotonic() - since > IDLE_SECONDS
    if doubtful and dbapi_connection.pgconn.exec_(b"").status != ExecStatus.EMPTY_QUERY:
        raise DisconnectionError
