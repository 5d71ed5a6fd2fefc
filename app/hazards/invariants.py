"""What must hold between a hazard and its parts, its turn and its parties: `parties.py`, said in SQL."""
from __future__ import annotations

import sqlalchemy as sa

from app.casework.cases import Case
from app.casework.invariants import RESTORE, SETTLE, Rule, parties_differ
from app.casework.requests import CaseRequest
from app.exchange.messages import N_
from app.hazards.models import Hazard, Rectifier, Round
from app.hazards.states import TERMINAL_STATES, HazardState
from app.organization.models import EnterpriseRegulator

_cases, _hazards = Case.__table__, Hazard.__table__
_rectifiers, _rounds, _requests = Rectifier.__table__, Round.__table__, CaseRequest.__table__
_regulators = EnterpriseRegulator.__table__
_issued = sa.select(_cases.c.id).join(_hazards, _hazards.c.id == _cases.c.id).where(_cases.c.issued.is_(True))
HANDED_OVER = ("transfer", "reassign")


def _wanted() -> sa.Select:
    """`(case id, organization id, role)` as `parties` gives them."""

    def column(unit, role: str) -> sa.Select:
        return _issued.add_columns(unit, sa.literal(role)).where(unit.is_not(None))

    wanted = sa.union(
        sa.select(_cases.c.id, _cases.c.filed_by_id, sa.literal("filing")).join(_hazards, _hazards.c.id == _cases.c.id),
        column(_hazards.c.inspecting_unit_id, "inspecting"),
        column(_hazards.c.recheck_unit_id, "rechecking"),
        column(_hazards.c.territory_id, "territory"),
        _issued.join(_regulators, _regulators.c.enterprise_id == _hazards.c.enterprise_id)
        .add_columns(_regulators.c.organization_id, sa.literal("regulator")),
        _issued.join(_rectifiers, _rectifiers.c.case_id == _cases.c.id)
        .add_columns(_rectifiers.c.organization_id, sa.literal("rectifying")),
        _issued.join(_requests, _requests.c.case_id == _cases.c.id)
        .add_columns(_requests.c.decider_id, sa.literal("receiving"))
        .where(_requests.c.outcome == "open", _requests.c.kind.in_(HANDED_OVER)),
        _issued.join(_requests, _requests.c.case_id == _cases.c.id)
        .add_columns(_requests.c.asked_for_id, sa.literal("asking")).where(_requests.c.outcome == "open"),
    ).subquery()
    return sa.select(*wanted.c)  # SQLite takes no compound inside a compound


def _parties_differ() -> sa.Select:
    return parties_differ(_wanted(), "hazard")


def _turn_differs() -> sa.Select:
    c, r = _cases, _requests
    lead = (
        sa.select(_rectifiers.c.organization_id).where(_rectifiers.c.case_id == c.c.id)
        .order_by(_rectifiers.c.position).limit(1).correlate(c).scalar_subquery()
    )
    unit = sa.case(
        (r.c.id.is_not(None), r.c.decider_id), (c.c.state == HazardState.REGISTERED, c.c.filed_by_id),
        (c.c.state == HazardState.RECTIFYING, lead),
        (c.c.state == HazardState.AWAITING_RECHECK, _hazards.c.recheck_unit_id),
    )
    role = sa.case(
        (r.c.kind.in_(HANDED_OVER), "clerk"), (r.c.id.is_not(None), "reviewer"), (c.c.state.in_(TERMINAL_STATES), ""),
        (sa.and_(c.c.state == HazardState.REGISTERED, _hazards.c.review_asked_on.is_not(None)), "reviewer"),
        else_="clerk",
    )
    return (
        sa.select(c.c.id).join(_hazards, _hazards.c.id == c.c.id)
        .outerjoin(r, sa.and_(r.c.case_id == c.c.id, r.c.outcome == "open"))
        .where(sa.or_(
            sa.func.coalesce(c.c.turn_organization_id, 0) != sa.func.coalesce(unit, 0),
            sa.func.coalesce(c.c.turn_role, "") != role,
        ))
    )


def _rounds_differ() -> sa.Select:
    """Rounds 1 … round_number, each once, and the case repeats the last one's claim."""
    last = _rounds.alias("last")
    return (
        sa.select(_hazards.c.id)
        .join(_rounds, _rounds.c.case_id == _hazards.c.id)
        .outerjoin(last, sa.and_(last.c.case_id == _hazards.c.id, last.c.number == _hazards.c.round_number))
        .group_by(_hazards.c.id, _hazards.c.round_number, _hazards.c.claimed_on, last.c.claimed_on)
        .having(sa.or_(
            sa.func.count() != _hazards.c.round_number, sa.func.max(_rounds.c.number) != _hazards.c.round_number,
            sa.func.coalesce(sa.cast(_hazards.c.claimed_on, sa.String), "")
            != sa.func.coalesce(sa.cast(last.c.claimed_on, sa.String), ""),
        ))
    )


def _ended_differs() -> sa.Select:
    """An ended case has the day of its end, any other has none."""
    ended = _cases.c.state.in_(TERMINAL_STATES)
    return sa.select(_cases.c.id).where(_cases.c.kind == "hazard", ended != _cases.c.closed_on.is_not(None))


def _claim_differs() -> sa.Select:
    """What is to be rectified was not claimed, what is to be rechecked was; the lists' overdue ones rest on it."""
    claimed = _hazards.c.claimed_on.is_not(None)
    return sa.select(_hazards.c.id).join(_cases, _cases.c.id == _hazards.c.id).where(sa.or_(
        sa.and_(_cases.c.state == HazardState.RECTIFYING, claimed),
        sa.and_(_cases.c.state == HazardState.AWAITING_RECHECK, ~claimed)))


RULES = (
    Rule(N_("the parties of a hazard are those that its columns name"), _parties_differ, SETTLE),
    Rule(N_("it is the turn of who must act next"), _turn_differs, SETTLE),
    Rule(N_("a hazard has its rounds without gap"), _rounds_differ, RESTORE),
    Rule(N_("an ended hazard has its day, an open one none"), _ended_differs, RESTORE),
    Rule(N_("what is to be rectified is not claimed, what is to be rechecked is"), _claim_differs, RESTORE),
)
