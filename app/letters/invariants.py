"""What must hold between a letter, its deliveries and its number: `parties.py` and `rules.py`, said in SQL."""
from __future__ import annotations

import sqlalchemy as sa

from app.casework.cases import Case
from app.casework.invariants import N_, RESTORE, SETTLE, Rule, parties_differ
from app.casework.numbering import DocumentNumber, VoidedNumber
from app.deliveries.models import Delivery
from app.deliveries.rules import RUNNING_STATES
from app.deliveries.states import OPEN_STATES as OPEN_DELIVERIES
from app.deliveries.states import DeliveryState
from app.letters.models import Letter
from app.letters.states import DRAFT_STATES, OPEN_STATES, TERMINAL_STATES, LetterState
from app.organization.models import EnterpriseRegulator

_cases, _letters = Case.__table__, Letter.__table__
_deliveries, _regulators = Delivery.__table__, EnterpriseRegulator.__table__
_numbers, _voided = DocumentNumber.__table__, VoidedNumber.__table__
ENDED = (LetterState.WITHDRAWN.value, LetterState.VOID.value)


def _wanted() -> sa.Select:
    """`(letter, organization, role)` as `parties` gives them."""
    c, d, word = _cases, _deliveries, sa.literal
    served = sa.select(c.c.head_id, d.c.recipient_id, d.c.via_id, d.c.territory_id, d.c.is_enterprise).join(
        c, c.c.id == d.c.id).where(d.c.measure == "letter").cte("served")
    firms = served.c.is_enterprise.is_(True)
    wanted = sa.union(
        sa.select(c.c.id, c.c.filed_by_id, word("filing")).where(c.c.kind == "letter"),
        sa.select(served.c.head_id, served.c.recipient_id, word("recipient")),
        sa.select(served.c.head_id, served.c.via_id, word("via")).where(served.c.via_id.is_not(None)),
        sa.select(served.c.head_id, served.c.territory_id, word("supervising")).where(
            firms, served.c.territory_id.is_not(None)),
        sa.select(served.c.head_id, _regulators.c.organization_id, word("supervising")).join(
            _regulators, sa.and_(firms, _regulators.c.enterprise_id == served.c.recipient_id)),
    ).subquery()
    return sa.select(*wanted.c)  # SQLite takes no compound inside a compound


def _parties_differ() -> sa.Select:
    return parties_differ(_wanted(), "letter")


def _turn_differs() -> sa.Select:
    """A draft is its writer's, then its unit's second person's; from then on the deliveries'."""
    c = _cases
    draft = c.c.state.in_(DRAFT_STATES)
    role = sa.case((c.c.state == LetterState.DRAFT, "clerk"), (draft, "reviewer"), else_="")
    return sa.select(c.c.id).where(c.c.kind == "letter", sa.or_(
        sa.func.coalesce(c.c.turn_organization_id, 0) != sa.case((draft, c.c.filed_by_id), else_=0),
        sa.func.coalesce(c.c.turn_role, "") != role,
    ))


def _state_differs() -> sa.Select:
    """`rules.state_of_letter`; a letter withdrawn or void has no open delivery. `due` is the nearest running one's."""
    h, s = _cases.alias("h"), _cases.alias("s")

    def some(*states):
        return sa.func.coalesce(sa.func.sum(sa.case((s.c.state.in_(states), 1), else_=0)), 0)

    left = some(*OPEN_DELIVERIES)
    expected = sa.case(
        (sa.and_(left == 0, some(DeliveryState.CLOSED) > 0), LetterState.CLOSED.value),
        (left == 0, LetterState.VOID.value),
        (some(DeliveryState.SERVED) == sa.func.count(s.c.id), LetterState.ISSUED.value),
        else_=LetterState.IN_HAND.value,
    )
    nearest = sa.func.min(sa.case((s.c.state.in_(RUNNING_STATES), s.c.due)))
    return (
        sa.select(h.c.id).outerjoin(s, sa.and_(s.c.head_id == h.c.id, s.c.kind == "delivery"))
        .where(h.c.kind == "letter", h.c.issued.is_(True)).group_by(h.c.id, h.c.state, h.c.due)
        .having(sa.or_(
            sa.and_(h.c.state.in_(ENDED), left > 0),
            sa.and_(h.c.state.not_in(ENDED), h.c.state != expected),
            nearest.is_distinct_from(h.c.due),
        ))
    )


def _draft_was_served() -> sa.Select:
    """A draft has no delivery and no number; a signed letter has both, and keeps no plan of them."""
    c, served = _cases, _cases.alias("served")
    has = sa.exists().where(served.c.head_id == c.c.id, served.c.kind == "delivery")
    numbered = sa.exists().where(_numbers.c.case_id == c.c.id)
    return sa.select(c.c.id).join(_letters, _letters.c.id == c.c.id).where(sa.or_(
        sa.and_(c.c.issued.is_(False), sa.or_(has, numbered, c.c.number.is_not(None))),
        sa.and_(c.c.issued.is_(True), sa.or_(~has, ~numbered, _letters.c.signed_on.is_(None),
                                             _letters.c.checked_by.is_(None))),
    ))


def _void_number_differs() -> sa.Select:
    """The number of a letter withdrawn or void is marked as void, and no other letter's is."""
    c = _cases
    marked = sa.exists().where(_voided.c.county_id == c.c.county_id, _voided.c.number == c.c.number)
    ended = c.c.state.in_(ENDED)
    return sa.select(c.c.id).where(c.c.kind == "letter", c.c.issued.is_(True), sa.or_(
        sa.and_(ended, ~marked), sa.and_(~ended, marked)))


def _ended_differs() -> sa.Select:
    ended = _cases.c.state.in_(TERMINAL_STATES)
    return sa.select(_cases.c.id).where(_cases.c.kind == "letter", ended != _cases.c.closed_on.is_not(None))


def _states_of_a_draft() -> sa.Select:
    c = _cases
    return sa.select(c.c.id).where(c.c.kind == "letter", sa.or_(
        sa.and_(c.c.issued.is_(False), c.c.state.in_((*OPEN_STATES, LetterState.CLOSED, *ENDED))),
        sa.and_(c.c.issued.is_(True), c.c.state.in_(DRAFT_STATES))))


RULES = (
    Rule(N_("the parties of a letter are those that its deliveries name"), _parties_differ, SETTLE),
    Rule(N_("it is the turn of who must act next on a letter"), _turn_differs, SETTLE),
    Rule(N_("a letter's state and nearest day are those that its deliveries make"), _state_differs, RESTORE),
    Rule(N_("a signed letter has its number, its signature and its deliveries, a draft has none"), _draft_was_served,
         RESTORE),
    Rule(N_("the number of a letter withdrawn or void is marked as void"), _void_number_differs, RESTORE),
    Rule(N_("an ended letter has its day, an open one none"), _ended_differs, RESTORE),
    Rule(N_("only a signed letter is sent"), _states_of_a_draft, RESTORE),
)
