"""What a person decides on a proposal. Each in one transaction, with its entry in the history.

The entry stands in the county's log, not on the subject's timeline: who is to be chased does not read there what was
thought of and not done. What was done stands there anyway: the chase, the letter.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.casework.errors import NotAllowed, NotFound, Obstacle, Stale
from app.casework.history import record
from app.casework.unit_of_work import lock_case, unit_of_work
from app.casework.verbs import act_on
from app.escalation.models import Proposal
from app.escalation.rules import BY_NAME
from app.escalation.states import LETTERS, WAITING, Measure, ProposalState
from app.nouns import BY_KIND

OFFICE = ("county_clerk", "county_head")
LONGEST = dt.timedelta(days=90)


def may_decide(proposal: Proposal, hat) -> bool:
    """Who would act decides; what waits for others the county office may do in their place."""
    return proposal.proposer_id in hat.organization_ids


def may_accept(proposal: Proposal, hat) -> bool:
    return may_decide(proposal, hat) or hat.role in OFFICE


def accept(session, hat, proposal_id: int, version: int | None, today: dt.date, comment: str = "") -> Proposal:
    """A chase is done at once, by the subject's own verb; an interview or a notice is taken up by hand."""
    with unit_of_work(session):
        seen = session.get(Proposal, proposal_id)
        if seen is None:
            raise NotFound
        if seen.measure == Measure.CHASE:
            if seen.subject is None:  # no longer in sight: another regulator's by now
                raise NotFound
            noun = BY_KIND[seen.subject.kind].noun
            case = lock_case(session, noun.model, seen.subject_id, None)
            act_on(session, noun, noun.verbs["chase"], case, hat, {"comment": comment}, today)
        proposal = _waiting(session, proposal_id, version)
        if proposal.measure in LETTERS:
            raise Obstacle(_l("A letter is proposed: draft it."))
        if not may_accept(proposal, hat):
            raise NotAllowed
        _decide(session, hat, proposal, ProposalState.ACCEPTED, today)
    return proposal


def accepted_with(session, hat, letter, proposal_ids: Iterable[int], today: dt.date) -> None:
    """The letter that was drafted on proposals is saved: within its transaction they are accepted.

    One that was decided meanwhile, or is not there for the writer, does not keep the letter from being saved.
    """
    rows = session.scalars(sa.select(Proposal).where(Proposal.id.in_(list(proposal_ids)), Proposal.state.in_(WAITING))
                           .order_by(Proposal.id).with_for_update()).all()
    for proposal in rows:
        if may_accept(proposal, hat):
            proposal.letter_id = letter.id
            _decide(session, hat, proposal, ProposalState.ACCEPTED, today)


def postpone(session, hat, proposal_id: int, version: int | None, to: dt.date, today: dt.date) -> Proposal:
    """It comes back on that day, unless its facts are gone by then."""
    if not today < to <= today + LONGEST:
        raise Obstacle(_l("A day after today, at most %(days)s days from now.", days=LONGEST.days), "to")
    with unit_of_work(session):
        proposal = _own(_waiting(session, proposal_id, version), hat)
        _decide(session, hat, proposal, ProposalState.POSTPONED, today, to)
    return proposal


def dismiss(session, hat, proposal_id: int, version: int | None, reason: str, today: dt.date) -> Proposal:
    """The same facts do not come back; worse ones do."""
    if not (reason or "").strip():
        raise Obstacle(_l("Please fill this in."), "reason")
    with unit_of_work(session):
        proposal = _own(_waiting(session, proposal_id, version), hat)
        proposal.reason = reason.strip()
        _decide(session, hat, proposal, ProposalState.DISMISSED, today, comment=proposal.reason)
    return proposal


def reconsider(session, hat, proposal_id: int, version: int | None, today: dt.date) -> Proposal:
    """A dismissal or a postponement is taken back."""
    with unit_of_work(session):
        proposal = _own(_locked(session, proposal_id, version), hat)
        if proposal.state not in (ProposalState.DISMISSED, ProposalState.POSTPONED):
            raise Stale
        _decide(session, hat, proposal, ProposalState.OPEN, today)
    return proposal


def _locked(session, proposal_id: int, version: int | None) -> Proposal:
    """The proposal, its row locked, as the page showed it. Raises NotFound (out of scope too) or Stale."""
    proposal = session.scalars(
        sa.select(Proposal).where(Proposal.id == proposal_id).with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if proposal is None:
        raise NotFound
    if version is not None and proposal.version != version:
        raise Stale
    return proposal


def _waiting(session, proposal_id: int, version: int | None) -> Proposal:
    proposal = _locked(session, proposal_id, version)
    if proposal.state not in WAITING:
        raise Stale
    return proposal


def _own(proposal: Proposal, hat) -> Proposal:
    if not may_decide(proposal, hat):
        raise NotAllowed
    return proposal


def _decide(session, hat, proposal: Proposal, state: ProposalState, today: dt.date, to: dt.date | None = None,
            comment: str | None = None) -> None:
    before, proposal.state, proposal.postponed_to = proposal.state, state.value, to
    more = {"valid_from": to.isoformat()} if to else {}
    proposal.decided_on, proposal.decided_by = today, hat.user_name
    record(
        session, hat, f"proposal_{state.value}", today, comment=comment, changes={"state": [before, state.value]},
        extra={"id": proposal.id, "subject": proposal.subject_id, "name": _name_of(session, proposal), **more},
    )
    session.flush()


def _name_of(session, proposal: Proposal) -> str:
    """As the log tells it: what it was about."""
    about = proposal.subject.number or proposal.subject.title if proposal.subject else ""
    return _("%(title)s (%(measure)s)", title=BY_NAME[proposal.rule].title, measure=Measure(proposal.measure).title) + (
        f" {about}" if about else "")
