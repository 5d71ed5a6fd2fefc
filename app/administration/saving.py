"""What every operation on units, people and settings does: lock, compare, write, remember."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from app.casework.errors import NotFound, Obstacle, Stale
from app.casework.history import record
from app.organization.models import Organization

_units = Organization.__table__


def locked(session, model: type, row_id: int, version: int | None):
    """The row, locked, as the form saw it. Raises NotFound (out of scope too) or Stale."""
    row = session.get(model, row_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise NotFound
    if version != row.version:
        raise Stale
    return row


def assign(row, data: Mapping, fields: Iterable[str]) -> dict:
    """Write those of `fields` that `data` has; returns ``{field: [before, after]}`` of what changed."""
    changes = {}
    for name in fields:
        if name in data and data[name] != getattr(row, name):
            changes[name] = [plain(getattr(row, name)), plain(data[name])]
            setattr(row, name, data[name])
    return changes


def plain(value):
    """A value as JSON keeps it."""
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value


def touch(row) -> None:
    """Count a change of what belongs to the row as a change of the row: the next form must be the fresh one."""
    flag_modified(row, "name")


def remember(session, hat, noun: str, row, is_new: bool, changes: dict, today: dt.date, name: str = "",
             told: dict | None = None) -> None:
    """One entry: ``<noun>_added`` or ``<noun>_changed``; none when nothing changed. `told`: what it keeps besides."""
    session.flush()
    if is_new or changes:
        record(session, hat, f"{noun}_{'added' if is_new else 'changed'}", today, changes=changes,
               extra={"id": row.id, "name": name or str(row), **(told or {})})


def one_at_a_time(session) -> None:
    """Whoever asks whether something is there already waits for who is adding it, by a form or a file.

    The county's row is the lock; not as FOR UPDATE would: what is written meanwhile refers to the county.
    """
    county = sa.select(_units.c.id).where(_units.c.kind == "county").order_by(_units.c.id)
    session.execute(county.with_for_update(key_share=True))


def refuse_taken(session, key, condition, message, field: str) -> None:
    """Raise Obstacle when a row in scope meets the condition. `key`: the model's key column."""
    one_at_a_time(session)
    if session.execute(sa.select(key).where(condition).limit(1)).first():
        raise Obstacle(message, field)
