"""What must hold between a proposal and what it speaks of, said in SQL."""
from __future__ import annotations

import sqlalchemy as sa

from app.casework.cases import Case
from app.casework.invariants import RESTORE, Rule
from app.escalation.models import Proposal
from app.escalation.states import WAITING, ProposalState
from app.exchange.messages import N_
from app.organization.models import Organization

_proposals, _cases, _units = Proposal.__table__, Case.__table__, Organization.__table__


def _said(p):
    """A proposal as the check names it."""
    return sa.literal("proposal ") + sa.cast(p.c.id, sa.String)


def _key_differs() -> sa.Select:
    p = _proposals
    return sa.select(_said(p)).where(p.c.subject_key != sa.func.coalesce(p.c.subject_id, 0))


def _elsewhere() -> sa.Select:
    p, to, case = _proposals, _units.alias("to"), _cases
    return (
        sa.select(_said(p)).join(_units, _units.c.id == p.c.proposer_id).join(to, to.c.id == p.c.recipient_id)
        .outerjoin(case, case.c.id == p.c.subject_id)
        .where(sa.or_(_units.c.county_id != p.c.county_id, to.c.county_id != p.c.county_id,
                      case.c.county_id != p.c.county_id))
    )


def _decided_by_nobody() -> sa.Select:
    p = _proposals.c
    by_person = p.state.in_([ProposalState.ACCEPTED.value, ProposalState.DISMISSED.value])
    return sa.select(_said(_proposals)).where(by_person, sa.or_(p.decided_by.is_(None), p.decided_on.is_(None)))


def _beside_worse() -> sa.Select:
    """Of one thing at most its worst facts wait."""
    p, worse = _proposals, _proposals.alias("worse")
    waits = [state.value for state in WAITING]
    return sa.select(_said(p)).join(worse, sa.and_(
        worse.c.rule == p.c.rule, worse.c.subject_key == p.c.subject_key, worse.c.recipient_id == p.c.recipient_id,
        worse.c.since == p.c.since, worse.c.step > p.c.step,
    )).where(p.c.state.in_(waits), worse.c.state.in_(waits))


SWEEP = N_("run the daily look again: .venv/bin/flask escalate --anew")
RULES = (
    Rule(N_("a proposal is known by the case that it is about"), _key_differs, RESTORE),
    Rule(N_("a proposal, its units and its case are of one county"), _elsewhere, RESTORE),
    Rule(N_("a proposal that was decided says by whom and when"), _decided_by_nobody, RESTORE),
    Rule(N_("of the same facts only the worst wait to be decided"), _beside_worse, SWEEP),
)
