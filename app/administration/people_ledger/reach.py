"""Whose posts stand in the sheet of who manages accounts: the own unit's, the county's for its administrator."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from app.organization.models import Organization, Post, User
from app.organization.rules import MANAGED_ROLES

_users, _posts, _units = User.__table__, Post.__table__, Organization.__table__


def posts_in_reach(hat, today: dt.date, *columns) -> sa.Select:
    """SELECT of `columns` over posts, people and units joined: posts not ended that this hat may give and end."""
    statement = (
        sa.select(*columns).select_from(_posts).join(_users, _users.c.id == _posts.c.user_id)
        .join(_units, _units.c.id == _posts.c.organization_id)
        .where(
            _users.c.county_id == hat.county_id, _units.c.county_id == hat.county_id,
            _posts.c.role.in_(sorted(MANAGED_ROLES.get(hat.role, ()))),
            sa.or_(_posts.c.valid_to.is_(None), _posts.c.valid_to >= today),
        )
    )
    if hat.role != "administrator":
        statement = statement.where(_posts.c.organization_id.in_(hat.organization_ids))
    return statement
