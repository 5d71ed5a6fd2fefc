"""The hat a user wears: one post, as plain values, so that operations need neither request nor relationship."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from app.access.roles import ROLES, Rights
from app.access.scope import Scope, planned_once
from app.organization.models import Delegation, Organization, Post, User
from app.organization.rules import may_stand_in

_units = Organization.__table__
_posts = Post.__table__
_lent = Delegation.__table__
_users = User.__table__
_county = _units.alias("county")


@dataclass(frozen=True)
class Hat:
    """Who acts, for which unit, in which role. `organization_ids` holds the units merged into it too."""

    user_id: int
    user_name: str
    post_id: int
    organization_id: int
    organization_name: str
    organization_kind: str
    role: str
    county_id: int
    organization_ids: tuple[int, ...]
    phone: str | None = None
    on_behalf_of_id: int | None = None  # whose post it is, when a delegate wears it (代理)
    on_behalf_of: str = ""
    county_name: str = ""

    @property
    def rights(self) -> Rights:
        return Rights(self.role, self.on_behalf_of_id is not None)

    def permits(self, permission: str) -> bool:
        return self.rights.permits(permission)

    @property
    def persons(self) -> frozenset[int]:
        """Who acts, where two persons are required: a delegate counts as the post's holder, too."""
        return frozenset({self.user_id, self.on_behalf_of_id} - {None})

    @property
    def scope(self) -> Scope:
        return Scope(
            breadth=ROLES[self.role].breadth,
            county_id=self.county_id,
            organization_ids=self.organization_ids,
            role=self.role,
            user_id=self.user_id,
        )


def _with_merged(start: sa.Select) -> sa.CTE:
    """`(root, id)`: the units of `start`, and every unit merged into one of them, however far back."""
    tree = start.cte("merged", recursive=True)
    return tree.union(sa.select(tree.c.root, _units.c.id).where(_units.c.successor_id == tree.c.id))


def merged_ids(connection, organization_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Of each unit: itself and every unit merged into it. One statement."""
    wanted = sorted(set(organization_ids))
    tree = _with_merged(sa.select(_units.c.id.label("root"), _units.c.id.label("id")).where(_units.c.id.in_(wanted)))
    found: dict[int, list[int]] = {i: [] for i in wanted}
    for root, merged in connection.execute(sa.select(tree.c.root, tree.c.id)):
        found[root].append(merged)
    return {root: tuple(sorted(ids)) for root, ids in found.items()}


def valid_on(today: dt.date, since=_posts.c.valid_from, until=_posts.c.valid_to):
    """SQL condition: from–to holds on a day, both days included; NULL is open."""
    return sa.and_(sa.or_(since.is_(None), since <= today), sa.or_(until.is_(None), until >= today))


def hats_of(session, user: User, today: dt.date) -> list[Hat]:
    """The hats a user may wear on a day: the own posts, then those delegated to the user.

    Reads bare tables: choosing the hat comes before any scope. Whoever holds no post any more has none to wear.
    """
    rows = session.execute(_OWN_AND_LENT, {"user_id": user.id, "today": today}).all()
    return hats_among(rows, user.id, user.full_name, user.phone)


def hats_among(rows, user_id: int, user_name: str, phone: str | None) -> list[Hat]:
    """Of the rows of `own_and_lent`: the own ones first."""
    rows = sorted(rows, key=lambda row: row.id)
    merged: dict[int, list[int]] = {}
    for row in rows:
        merged.setdefault(row.id, []).append(row.merged_id)
    own = [row for row in rows if row.holder_id is None and row.role in ROLES]
    lent = [
        row for row in rows
        if row.holder_id is not None
        and may_stand_in(row.role, row.organization_id, [(one.role, one.organization_id) for one in own])
    ]
    worn = {row.id: row for row in (*own, *lent)}.values()
    return [
        Hat(
            user_id=user_id, user_name=user_name, post_id=row.id, organization_id=row.organization_id,
            organization_name=row.name, organization_kind=row.kind, role=row.role, county_id=row.county_id,
            organization_ids=tuple(sorted(set(merged[row.id]))), phone=phone, on_behalf_of_id=row.holder_id,
            on_behalf_of=row.holder or "", county_name=row.county,
        )
        for row in worn
    ]


def own_and_lent() -> sa.Select:
    """Posts of the user, then posts whose holder is still there and lets the user act; each with every unit that is
    merged into its own, itself included.
    """
    user_id, today = sa.bindparam("user_id"), sa.bindparam("today", type_=sa.Date)
    facts = (
        _posts.c.id, _posts.c.organization_id, _posts.c.role, _units.c.county_id, _units.c.kind,
        sa.func.coalesce(_units.c.short_name, _units.c.name).label("name"),
        sa.func.coalesce(_county.c.short_name, _county.c.name, "").label("county"),
    )
    posts = _posts.join(_units, _units.c.id == _posts.c.organization_id)
    posts = posts.outerjoin(_county, _county.c.id == _units.c.county_id)
    own = sa.select(*facts, sa.null().label("holder_id"), sa.null().label("holder")).select_from(posts).where(
        _posts.c.user_id == user_id, valid_on(today)
    )
    lent = (
        sa.select(*facts, _users.c.id, _users.c.last_name)
        .select_from(posts.join(_lent, _lent.c.post_id == _posts.c.id)
                     .join(_users, _users.c.id == _lent.c.delegator_id))
        .where(
            _lent.c.delegate_id == user_id, _lent.c.revoked_on.is_(None), _lent.c.valid_from <= today,
            _lent.c.valid_to >= today, _users.c.id == _posts.c.user_id, _users.c.active, valid_on(today),
        )
    )
    both = sa.union_all(own, lent).cte("worn")
    tree = _with_merged(sa.select(both.c.organization_id.label("root"), both.c.organization_id.label("id")))
    return sa.select(both, tree.c.id.label("merged_id")).join(tree, tree.c.root == both.c.organization_id)


_OWN_AND_LENT = planned_once(own_and_lent())
