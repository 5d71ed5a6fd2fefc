"""What the engine proposes in the demo county on the day that it is loaded, and what its office has decided so far."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from app.access.hats import Hat
from app.escalation import operations
from app.escalation.models import Proposal
from app.escalation.states import Measure, ProposalState
from app.escalation.sweep import sweep

_proposals = Proposal.__table__
REASON = "已在本月例会上当面约定完成时间，不再发函。"


def tell(session, clerk: Hat, today: dt.date) -> None:
    """The sweep; then one proposal is put off and one dismissed. What was decided before stays."""
    sweep(session, today)
    own = sa.select(_proposals.c.id).where(_proposals.c.proposer_id == clerk.organization_id)
    if session.scalar(own.where(_proposals.c.state != ProposalState.OPEN.value).limit(1)):
        return
    letters = session.scalars(own.where(_proposals.c.measure == Measure.SUPERVISORY.value)
                              .order_by(_proposals.c.since.desc(), _proposals.c.id).limit(2)).all()
    for proposal_id, decide in zip(letters, (_put_off, _dismiss), strict=False):
        decide(session, clerk, proposal_id, today)


def _put_off(session, clerk: Hat, proposal_id: int, today: dt.date) -> None:
    operations.postpone(session, clerk, proposal_id, None, today + dt.timedelta(days=5), today)


def _dismiss(session, clerk: Hat, proposal_id: int, today: dt.date) -> None:
    operations.dismiss(session, clerk, proposal_id, None, REASON, today)
