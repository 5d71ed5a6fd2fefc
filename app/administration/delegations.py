"""代理: who holds a post lets a colleague act in it for some days; the delegator gives it and takes it back.

It ends by itself. A delegate wears the post's hat beside the own ones; every entry says in whose place it was done,
and where two persons are required the two are one.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.administration.saving import locked
from app.casework.errors import NotFound, Obstacle
from app.casework.history import record
from app.casework.unit_of_work import unit_of_work
from app.organization.colleagues import Colleague, in_posts, posts_of
from app.organization.models import Delegation, Post, User
from app.organization.rules import DELEGABLE_ROLES, may_stand_in

_lent, _posts, _users = Delegation.__table__, Post.__table__, User.__table__
OFFICE_ROLES = ("county_clerk", "county_head")


def own_posts(session, hat, today: dt.date) -> list[Colleague]:
    """The posts that the wearer may let somebody act in: held today, and of an office's kind."""
    return [post for post in posts_of(session, hat.county_id, hat.user_id, today) if post.role in DELEGABLE_ROLES]


def candidates(session, hat, posts: list[Colleague], today: dt.date) -> list[Colleague]:
    """Who may act in one of these posts, each person once."""
    wanted = _posts.c.organization_id.in_([post.organization_id for post in posts])
    if any(post.role == "leader" for post in posts):
        wanted = sa.or_(wanted, _posts.c.role.in_(OFFICE_ROLES))
    found = in_posts(session, hat.county_id, today, wanted, _posts.c.user_id != hat.user_id,
                     _posts.c.role.in_(DELEGABLE_ROLES))
    return [*{one.user_id: one for one in reversed(found)}.values()][::-1]


def delegate(session, hat, data: Mapping, today: dt.date) -> int:
    """Let a colleague act in an own post. `data`: post_id, delegate_id, valid_from, valid_to, reason.

    Returns the delegation's id. Raises Obstacle; then nothing changed.
    """
    with unit_of_work(session):
        post = next((one for one in own_posts(session, hat, today) if one.post_id == data["post_id"]), None)
        if post is None:
            raise Obstacle(_l("Choose one of your own posts."), "post_id")
        held = posts_of(session, hat.county_id, data["delegate_id"], today)
        if data["delegate_id"] == hat.user_id or not may_stand_in(
            post.role, post.organization_id, [(one.role, one.organization_id) for one in held]
        ):
            raise Obstacle(_l("Choose a colleague of the post's unit who is there."), "delegate_id")
        _refuse_days(session, post.post_id, data["valid_from"], data["valid_to"], today)
        row = Delegation(delegator_id=hat.user_id, revoked_on=None, **data)
        session.add(row)
        session.flush()
        record(session, hat, "delegated", today, extra=_told(session, row), comment=row.reason)
        return row.id


def _refuse_days(session, post_id: int, since: dt.date, until: dt.date, today: dt.date) -> None:
    """From today on, and one delegate at a time: two who act in one post would not know of each other."""
    if since < today:
        raise Obstacle(_l("The first day cannot be in the past."), "valid_from")
    if until < since:
        raise Obstacle(_l("The last day cannot be before the first."), "valid_to")
    session.execute(sa.select(_posts.c.id).where(_posts.c.id == post_id).with_for_update())
    taken = session.execute(
        sa.select(_lent.c.id).where(_lent.c.post_id == post_id, _lent.c.revoked_on.is_(None),
                                    _lent.c.valid_from <= until, _lent.c.valid_to >= since)
    ).first()
    if taken:
        raise Obstacle(_l("Somebody acts in this post in these days already: revoke that first."), "valid_from")


def revoke(session, hat, delegation_id: int, version: int | None, today: dt.date) -> None:
    """Take it back, or give it back: it opens nothing any more. Raises NotFound, Stale, Obstacle."""
    with unit_of_work(session):
        row = locked(session, Delegation, delegation_id, version)
        if hat.user_id not in (row.delegator_id, row.delegate_id):
            raise NotFound
        if row.revoked_on or row.valid_to < today:
            raise Obstacle(_l("It has ended already."))
        row.revoked_on = today
        record(session, hat, "delegation_revoked", today, extra=_told(session, row))


def _told(session, row: Delegation) -> dict:
    """Whom the entry is about, in words that the log shows."""
    name = session.execute(sa.select(_users.c.last_name).where(_users.c.id == row.delegate_id)).scalar_one()
    return {"id": row.id, "post": row.post_id, "delegate": row.delegate_id, "name": name,
            "valid_from": row.valid_from.isoformat(), "valid_to": row.valid_to.isoformat()}


def state_of(row: Delegation, today: dt.date) -> str:
    """How far it is on a day: coming, now, ended, revoked."""
    if row.revoked_on:
        return "revoked"
    if row.valid_from > today:
        return "coming"
    return "now" if row.valid_to >= today else "ended"
