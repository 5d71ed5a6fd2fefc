"""What means the same on both databases: column types, and INSERT … ON CONFLICT."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator


class UTCDateTime(TypeDecorator):
    """An instant, aware of UTC in Python, stored without zone in UTC."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value.astimezone(dt.UTC).replace(tzinfo=None) if value is not None else None

    def process_result_value(self, value, dialect):
        return value.replace(tzinfo=dt.UTC) if value is not None else None


def utcnow() -> dt.datetime:
    """The clock of the record (recorded_at, sealed_at). Rules never ask it: they are given a day."""
    return dt.datetime.now(dt.UTC)


INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}  # that can say ON CONFLICT


def insert_into(session, table: sa.Table):
    """INSERT that can say ON CONFLICT, in the words of the session's database."""
    return INSERT[session.connection().dialect.name](table)
