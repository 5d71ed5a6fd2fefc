"""A person's post as its sheet prints it, read in chunks from the bare tables for ids chosen within reach."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from app.access.roles import ROLES
from app.administration.people import FIELDS, stamp_of
from app.exchange.sheets import TRACE_KEY, Trace
from app.organization.models import Organization, Post, User

CHUNK = 500
PREFIX = "RY"
IN_USE, OUT_OF_USE = "在用", "停用"
_users, _posts, _units = User.__table__, Post.__table__, Organization.__table__


def number_of(post_id: int) -> str:
    return f"{PREFIX}{post_id}"


def versions_of(session, user_ids: Iterable[int]) -> dict[int, int]:
    """The accounts as forms see them, in a number that the hidden column holds."""
    user_ids = sorted(set(user_ids))
    posts = defaultdict(list)
    for row in session.execute(
        sa.select(_posts.c.user_id, _posts.c.id, _posts.c.version).where(_posts.c.user_id.in_(user_ids))
        .order_by(_posts.c.id)
    ):
        posts[row.user_id].append((row.id, row.version))
    columns = (_users.c[name] for name in FIELDS)
    rows = session.execute(sa.select(_users.c.id, *columns).where(_users.c.id.in_(user_ids)))
    return {row.id: shortened(stamp_of(row, posts[row.id])) for row in rows}


def shortened(stamp: int) -> int:
    """A version in a hidden column has nine digits."""
    return stamp % 10**9


def printed(session, ids: list[int]) -> Iterator[tuple[int, dict[str, str]]]:
    """`(post id, {column key: text})` in the order of `ids`."""
    name = sa.func.coalesce(_units.c.short_name, _units.c.name).label("unit")
    rows = {row.id: row for row in session.execute(
        sa.select(_posts.c.id, _posts.c.user_id, _posts.c.role, _posts.c.title, name,
                  *(_users.c[field] for field in FIELDS))
        .join(_users, _users.c.id == _posts.c.user_id).join(_units, _units.c.id == _posts.c.organization_id)
        .where(_posts.c.id.in_(ids))
    )}
    versions = versions_of(session, (row.user_id for row in rows.values()))
    for i in ids:
        if i in rows:
            yield i, _texts(rows[i], versions[rows[i].user_id])


def _texts(row, version: int) -> dict[str, str]:
    return {
        "name": row.last_name, "username": row.username, "unit": row.unit, "role": str(ROLES[row.role].title),
        "title": row.title or "", "phone": row.phone or "", "active": IN_USE if row.active else OUT_OF_USE,
        TRACE_KEY: str(Trace(number_of(row.id), version)),
    }


def stream(session, statement: sa.Select) -> Iterator[dict[str, str]]:
    """The texts of every post that `statement` (ids first) selects, in chunks."""
    result = session.execute(statement, execution_options={"yield_per": CHUNK})
    for part in result.partitions():
        for _id, texts in printed(session, [row[0] for row in part]):
            yield texts


def texts_of(session, ids: Iterable[int]) -> dict[int, dict[str, str]]:
    ids = sorted(ids)
    return {i: texts for at in range(0, len(ids), CHUNK) for i, texts in printed(session, ids[at : at + CHUNK])}
