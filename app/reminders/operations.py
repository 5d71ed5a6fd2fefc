"""Notices are seen; channels are kept."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import apprise
import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.cases import turn_role
from app.casework.columns import insert_into
from app.casework.errors import NotFound, Obstacle, Stale
from app.casework.history import record
from app.casework.unit_of_work import unit_of_work
from app.reminders.models import Channel, Notice, NoticesSeen

_seen = NoticesSeen.__table__
FIELDS = ("organization_id", "name", "url", "active")


def see(session, hat, last_id: int) -> None:
    """Everything up to a notice of one's own is seen; never back to an older one."""
    with unit_of_work(session):
        if session.get(Notice, last_id) is None:
            raise NotFound
        statement = insert_into(session, _seen).values(
            user_id=hat.user_id, organization_id=hat.organization_id, role=turn_role(hat.role), last_id=last_id)
        session.execute(statement.on_conflict_do_update(
            index_elements=["user_id", "organization_id", "role"],
            set_={"last_id": statement.excluded.last_id}, where=_seen.c.last_id < statement.excluded.last_id,
        ))


def save_channel(session, hat, channel_id: int | None, version: int | None, data: Mapping, today: dt.date) -> Channel:
    """Add or change; an address left empty stays as it is. The history tells that it changed, not what it is."""
    if data.get("url") and not apprise.Apprise().add(data["url"]):
        raise Obstacle(_l("This address is not understood. See the examples above."), "url")
    with unit_of_work(session):
        channel = session.get(Channel, channel_id) if channel_id else Channel(county_id=hat.county_id)
        if channel is None:
            raise NotFound
        if channel_id and channel.version != version:
            raise Stale
        changed = [name for name in FIELDS if name in data and (data[name] or name != "url")
                   and getattr(channel, name) != data[name]]
        for name in changed:
            setattr(channel, name, data[name])
        if not channel.url:
            raise Obstacle(_l("Please fill this in."), "url")
        session.add(channel)
        session.flush()
        record(session, hat, "channel", today, extra={"form": channel.name, "fields": changed})
    return channel


def told(session, channel_id: int, at: dt.datetime, failed: str | None) -> None:
    """How sending went."""
    with unit_of_work(session):
        table = Channel.__table__
        session.execute(sa.update(table).where(table.c.id == channel_id).values(
            failed=failed, version=table.c.version + 1, **({} if failed else {"sent_at": at})))
