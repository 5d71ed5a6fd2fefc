"""The daily digest of a unit: numbers only, for a group's wall is read by whoever is in the group."""
from __future__ import annotations

import datetime as dt

import apprise
import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.casework.cases import Case
from app.casework.columns import utcnow
from app.casework.jobs import job_kind
from app.escalation.models import Proposal
from app.escalation.states import ProposalState
from app.organization.models import Organization
from app.organization.settings import values
from app.reminders import operations
from app.reminders.models import Channel
from app.reminders.sweep import DIGEST, clocks

_cases, _channels, _units, _proposals = Case.__table__, Channel.__table__, Organization.__table__, Proposal.__table__


class NotAccepted(Exception):
    """To be tried again; why stands with the channel."""


@job_kind(DIGEST, _l("Daily digest to a channel"), attempts=5)
def send(running) -> None:
    """Tried again by the worker, later each time; the administrator sees why it failed. Not within a transaction."""
    session, channel_id = running.session, running.params["channel"]
    channel = session.execute(sa.select(_channels).where(_channels.c.id == channel_id)).one()
    title, body = running.params.get("title") or _("Zhualuoshi"), words(session, channel, running.today)
    session.rollback()
    target = apprise.Apprise()
    if target.add(channel.url) and target.notify(title=title, body=body):
        operations.told(session, channel_id, utcnow(), None)
        return
    reason = _("It was not accepted, or nobody answered. Check the address and the network.")
    operations.told(session, channel_id, utcnow(), reason)
    raise NotAccepted


def words(session, channel, today: dt.date) -> str:
    """What the unit must do, in numbers; the county office's digest counts the county."""
    unit = session.execute(sa.select(_units).where(_units.c.id == channel.organization_id)).one()
    soon = today + dt.timedelta(days=values(session, unit.county_id, today)["warning_days"])
    due, c = _cases.c.due_sort, _cases.c
    whose = c.county_id == unit.county_id if unit.kind == "county_office" else c.turn_organization_id == unit.id
    runs = sa.or_(*(sa.and_(c.kind == kind, c.state.in_(states)) for kind, states in clocks().items()))
    counts = session.execute(
        sa.select(*(sa.func.count(sa.case((condition, 1))) for condition in (
            due < today, due == today, sa.and_(due > today, due <= soon))))
        .where(whose, runs, c.issued.is_(True), c.turn_organization_id.is_not(None), due <= soon)
    ).one()
    proposals = session.execute(sa.select(sa.func.count()).where(
        _proposals.c.proposer_id == unit.id, _proposals.c.state == ProposalState.OPEN)).scalar_one()
    text = _("%(unit)s, %(day)s: %(over)s overdue, %(today)s due today, %(soon)s due soon.", unit=unit.name,
             day=today.isoformat(), over=counts[0], today=counts[1], soon=counts[2])
    more = _("%(count)s proposals to escalate wait for a decision.", count=proposals) if proposals else ""
    return f"{text}{more}{_('Please log in and see to it.')}"
