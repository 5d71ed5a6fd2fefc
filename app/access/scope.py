"""Which rows exist for whom, decided in this one place below the views.

A session serves one `Scope` for its whole life (`app.access.sessions`). Every ORM SELECT, UPDATE and DELETE
passes `_limit`, which adds one criterion per scoped class; who has no scope finds no rows. Core statements on
bare tables are outside of it and are meant for what has no owner: labels, counters, hats.

Scope hides rows, never references: `labels` gives the name of a row that is out of scope, read-only.
"""
from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import with_loader_criteria

from app.access.sessions import ScopedSession

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Scope:
    """For whom a session works. `breadth`: nobody, units (their parties' cases), county, system."""

    breadth: str
    county_id: int | None = None
    organization_ids: tuple[int, ...] = ()
    role: str | None = None
    user_id: int | None = None


NOBODY = Scope("nobody")
SYSTEM = Scope("system")

# Who is it? is asked before there is a scope: `app.access.security` marks its one statement with this option.
IDENTIFYING = {"identifying": True}

CONSTANT = {"constant": True}

# class → (scope → SQL condition, or None for "no limit"); rooms register their own classes.
_rules: dict[type, Callable[[Scope], sa.ColumnElement[bool] | None]] = {}


def scoped(cls: type, rule: Callable[[Scope], sa.ColumnElement[bool] | None]) -> None:
    """Declare which rows of `cls` exist for a scope."""
    _rules[cls] = rule
    _criteria.cache_clear()
    _limited.cache_clear()


def within_county(cls: type) -> Callable[[Scope], sa.ColumnElement[bool] | None]:
    """The rule of rows that any role of the county may read and no other county may know of."""
    return lambda scope: sa.false() if scope.county_id is None else cls.county_id == scope.county_id


def constant(statement):
    """A SELECT that is made once, with parameters: limited once per scope, too."""
    return statement.execution_options(**CONSTANT)


def planned_once(statement):
    """A SELECT that reads few rows by their keys, whoever asks: PostgreSQL plans it once per connection.

    Not for one that asks whose a case is: what is best for an enterprise of three cases is wrong for a township of
    sixty thousand.
    """
    return statement.execution_options(planned_once=True)


@lru_cache(maxsize=512)
def _criteria(scope: Scope) -> dict[type, object]:
    """Loader criteria of a scope. Built once: building them per statement costs more than the statement."""
    if scope.breadth == "system":
        return {}
    # Handed on to relationship loads: a joined one is part of this very statement and passes `_limit` no more.
    return {
        cls: with_loader_criteria(cls, condition, include_aliases=True, propagate_to_loaders=True)
        for cls, rule in _rules.items()
        if (condition := rule(scope)) is not None
    }


@event.listens_for(ScopedSession, "do_orm_execute")
def _limit(state) -> None:
    # A column load refreshes a row that this session was already shown.
    if state.is_column_load or state.execution_options.get("identifying", False):
        return
    if not state.is_orm_statement:
        return  # bare tables only: criteria would find no class in it, yet be written into its cache key every time
    if state.is_select or state.is_update or state.is_delete:
        scope = state.session.scope or NOBODY
        criteria = _criteria(scope)
        if not state.is_select and state.bind_mapper is not None and state.bind_mapper.inherits is not None:
            state.statement, criteria = _limit_joined(state.statement, state.bind_mapper, scope, criteria)
        # A lazy or select-in load brings those of the statement that found its parent, if that was one.
        brought = {id(option) for option in state.statement._with_options} if state.is_relationship_load else ()
        if state.execution_options.get("constant", False):
            state.statement = _limited(state.statement, scope)
        elif missing := [option for option in criteria.values() if id(option) not in brought]:
            state.statement = state.statement.options(*missing)


@lru_cache(maxsize=512)
def _limited(statement, scope: Scope):
    return statement.options(*_criteria(scope).values())


def _limit_joined(statement, mapper, scope: Scope, criteria: dict):
    """UPDATE and DELETE of a joined subclass name its own table only.

    A condition on the base's columns would stand beside it unjoined and hold for every row as soon as it held
    for one; so the key is looked for among the base's rows.
    """
    base, key = mapper.base_mapper, mapper.local_table.primary_key.columns
    if base.class_ in criteria:
        found = sa.select(*base.local_table.primary_key.columns).where(_rules[base.class_](scope))
        statement = statement.where(*(column.in_(found) for column in key))
    return statement, {cls: option for cls, option in criteria.items() if not issubclass(mapper.class_, cls)}


@contextmanager
def session_for(scope: Scope, reason: str = ""):
    """A session of its own that works for `scope`; the system's scope says why and is logged."""
    from app.extensions import db  # the database object imports the session class from this package

    if scope.breadth == "system":
        log.info("system scope: %s", reason)
    session = ScopedSession(db)
    session.serve(scope)
    try:
        yield session
    finally:
        session.close()


def scope_of(session) -> Scope:
    """For whom a session works; a request's own stands behind a registry."""
    return (session() if callable(session) else session).scope or NOBODY


def system_session(reason: str):
    """A session that sees every row, for upkeep: sealing, migrations, checks. Never for a user's request."""
    return session_for(SYSTEM, reason)


def among(column, ids: Iterable[int]):
    """IN many numbers, which stand in the statement: PostgreSQL's driver takes longer over a thousand parameters than
    the database over the answer.
    """
    return column.in_(sa.bindparam(None, list(ids), column.type, expanding=True, literal_execute=True))


def labels(session, table: sa.Table, ids: Iterable[int | None]) -> dict[int, str]:
    """Names by id, in one statement, whatever the scope: what a visible case refers to may be read by name."""
    wanted = sorted({i for i in ids if i is not None})
    if not wanted:
        return {}
    name = sa.func.coalesce(table.c.short_name, table.c.name) if "short_name" in table.c else table.c.name
    return dict(session.execute(sa.select(table.c.id, name).where(table.c.id.in_(wanted))).all())
