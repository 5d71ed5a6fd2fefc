"""Tables of reminders: notices, what of them was seen, channels outside the product."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.access.scope import Scope, scoped, within_county
from app.casework.cases import part_rule
from app.casework.columns import UTCDateTime, utcnow
from app.organization.models import CountyOwned


class Notice(Model):
    """To a unit's clerks or reviewers: this case is yours, and due. Its words follow from `due` and `noticed_on`."""

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    role: Mapped[str] = mapped_column(String(20))  # clerk | reviewer, as a case's turn_role
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    due: Mapped[dt.date]
    noticed_on: Mapped[dt.date]
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    __table_args__ = (
        UniqueConstraint("case_id", "organization_id", "role", "due", "noticed_on"),  # a sweep may run twice
        Index("ix_notices_inbox", "organization_id", "role", "noticed_on", "id"),
        Index("ix_notices_day", "county_id", "noticed_on"),
    )


class NoticesSeen(Model):
    """Up to which notice a person has looked, as clerk or reviewer of a unit."""

    __tablename__ = "notices_seen"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    role: Mapped[str] = mapped_column(String(20))
    last_id: Mapped[int]
    __table_args__ = (UniqueConstraint("user_id", "organization_id", "role"),)


class Channel(Model, CountyOwned):
    """Where a unit's daily digest goes besides: mail, a group's robot. `url` is Apprise's, and holds the secret.

    `failed`: why the newest attempt failed; NULL once one went through.
    """

    __tablename__ = "channels"
    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(60))
    url: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True, server_default="1")
    sent_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    failed: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    __table_args__ = (CheckConstraint("url <> ''", name="goes_somewhere"),)
    __mapper_args__ = {"version_id_col": version}


class _OfCase:
    case_id, confined_to_id = Notice.case_id, sa.null()


_case_found = part_rule(_OfCase)


def _own(scope: Scope):
    """A unit's own notices, of cases that it still finds."""
    return sa.and_(Notice.organization_id.in_(scope.organization_ids), _case_found(scope))


scoped(Notice, _own)
scoped(NoticesSeen, lambda scope: NoticesSeen.user_id == scope.user_id)
scoped(Channel, within_county(Channel))
