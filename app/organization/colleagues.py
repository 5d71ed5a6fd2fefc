"""Who may be chosen for something: people who are there, by the posts they hold on a day; nobody who has left.

Bare tables: the scope shows a unit's clerk no accounts, but a colleague's name is no secret to him.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from app.organization.models import Organization, Post, User

_users, _posts, _units = User.__table__, Post.__table__, Organization.__table__


@dataclass(frozen=True)
class Colleague:
    """A person in a post: `title` is what the post is called, None where nobody said."""

    user_id: int
    name: str
    post_id: int
    organization_id: int
    unit: str
    role: str
    title: str | None


def holds(today: dt.date):
    """SQL condition: the post is held on a day by somebody whose account is in use; both ends included."""
    return sa.and_(
        _users.c.active, sa.or_(_posts.c.valid_from.is_(None), _posts.c.valid_from <= today),
        sa.or_(_posts.c.valid_to.is_(None), _posts.c.valid_to >= today),
    )


def in_posts(session, county_id: int, today: dt.date, *conditions) -> list[Colleague]:
    """Those in posts of the county on a day, one row a post, by unit and name; one statement."""
    rows = session.execute(
        sa.select(
            _users.c.id, _users.c.last_name, _posts.c.id, _posts.c.organization_id,
            sa.func.coalesce(_units.c.short_name, _units.c.name), _posts.c.role, _posts.c.title,
        )
        .join(_posts, _posts.c.user_id == _users.c.id).join(_units, _units.c.id == _posts.c.organization_id)
        .where(_units.c.county_id == county_id, holds(today), *conditions)
        .order_by(_units.c.sort_order, _units.c.id, _users.c.last_name, _posts.c.id)
    )
    return [Colleague(*row) for row in rows]


def of_units(session, county_id: int, units: Collection[int], today: dt.date, roles: Collection[str] = ()
             ) -> list[Colleague]:
    """Those in posts of these units, of these roles if any are named."""
    wanted = [_posts.c.organization_id.in_(units)] + ([_posts.c.role.in_(roles)] if roles else [])
    return in_posts(session, county_id, today, *wanted)


def posts_of(session, county_id: int, user_id: int, today: dt.date) -> list[Colleague]:
    """The posts that one person holds; none for who has left."""
    return in_posts(session, county_id, today, _users.c.id == user_id)
