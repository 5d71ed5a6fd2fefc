"""What must hold between a delivery, its head, its replies, turn and parties: `parties.py` and `rules.py`, in SQL."""
from __future__ import annotations

import sqlalchemy as sa

from app.casework.cases import NEVER, Case
from app.casework.invariants import N_, RESTORE, SETTLE, Rule, parties_differ
from app.casework.requests import CaseRequest
from app.deliveries.models import Delivery, Reply
from app.deliveries.states import TERMINAL_STATES, WORKING_STATES, DeliveryState, Method, Outcome, ReplyKind
from app.organization.models import EnterpriseRegulator

_cases, _requests = Case.__table__, CaseRequest.__table__
_deliveries, _replies, _regulators = Delivery.__table__, Reply.__table__, EnterpriseRegulator.__table__
S = DeliveryState
ANSWERING = (S.SERVED, *WORKING_STATES)
ENDED_EARLY = (S.WITHDRAWN, S.VOID)


def _both() -> sa.Join:
    return _cases.join(_deliveries, _deliveries.c.id == _cases.c.id)


def _wanted() -> sa.Select:
    """`(case, organization, role)` as `parties.of_delivery` gives them."""
    c, d, word = _cases.c, _deliveries.c, sa.literal
    firms = d.is_enterprise.is_(True)
    asked = sa.and_(_requests.c.case_id == d.id, _requests.c.outcome == "open")
    wanted = sa.union(
        sa.select(c.id, c.filed_by_id, word("filing")).select_from(_both()),
        sa.select(d.id, d.recipient_id, word("recipient")),
        sa.select(d.id, d.via_id, word("via")).where(d.via_id.is_not(None)),
        sa.select(d.id, d.territory_id, word("territory")).where(firms, d.territory_id.is_not(None)),
        sa.select(d.id, _regulators.c.organization_id, word("regulator")).join(
            _regulators, sa.and_(firms, _regulators.c.enterprise_id == d.recipient_id)),
        sa.select(d.id, _requests.c.asked_for_id, word("asking")).join(_requests, asked),
    ).subquery()
    return sa.select(*wanted.c)  # SQLite takes no compound inside a compound


def _parties_differ() -> sa.Select:
    return parties_differ(_wanted(), "delivery")


def _turn_differs() -> sa.Select:
    c, d, r = _cases.c, _deliveries.c, _requests.c
    online = sa.and_(d.acknowledged_on.is_not(None), d.method == Method.SYSTEM.value)
    unit = sa.case(
        (r.id.is_not(None), r.decider_id), (sa.and_(c.state.in_(ANSWERING), online), d.recipient_id),
        (c.state.in_(ANSWERING), sa.func.coalesce(d.via_id, d.recipient_id)), (c.state == S.REPORTED, c.filed_by_id),
    )
    role = sa.case((r.id.is_not(None), "reviewer"), (unit.is_not(None), "clerk"), else_="")
    return (
        sa.select(c.id).select_from(_both())
        .outerjoin(_requests, sa.and_(r.case_id == c.id, r.outcome == "open"))
        .where(sa.or_(sa.func.coalesce(c.turn_organization_id, 0) != sa.func.coalesce(unit, 0),
                      sa.func.coalesce(c.turn_role, "") != role))
    )


def _head_differs() -> sa.Select:
    """A delivery repeats its head's kind, county and issuer; nobody is served what is not signed."""
    h, c = _cases.alias("h").c, _cases.c
    return sa.select(c.id).select_from(_both().outerjoin(h.id.table, h.id == c.head_id)).where(sa.or_(
        h.id.is_(None), h.kind != _deliveries.c.measure, h.county_id != c.county_id, h.filed_by_id != c.filed_by_id,
        h.issued.is_(False),
    ))


def _served_twice() -> sa.Select:
    return sa.select(sa.func.max(_cases.c.id)).select_from(_both()).group_by(
        _cases.c.head_id, _deliveries.c.recipient_id).having(sa.func.count() > 1)


def _signed_differs() -> sa.Select:
    """Signed for unless it waits to be, or ended before; from then on an answer has its day."""
    c, d = _cases.c, _deliveries.c
    return sa.select(c.id).select_from(_both()).where(sa.or_(
        sa.and_(c.state == S.SERVED, d.acknowledged_on.is_not(None)),
        sa.and_(c.state.not_in((S.SERVED, *ENDED_EARLY)), d.acknowledged_on.is_(None)),
        sa.and_(d.acknowledged_on.is_not(None), d.reply_required, d.reply_due.is_(None)),
        sa.and_(d.plan_days.is_(None), d.plan_due.is_not(None)),
    ))


def _clock_differs() -> sa.Select:
    """`rules.running_due`."""
    c, d = _cases.c, _deliveries.c
    plan = sa.case((d.planned_on.is_(None), sa.func.coalesce(d.plan_due, NEVER)), else_=NEVER)
    running = sa.case((plan < d.reply_due, plan), else_=d.reply_due)
    return sa.select(c.id).select_from(_both()).where(
        c.state.in_(WORKING_STATES), sa.or_(c.due.is_(None), c.due != running))


def _count(*conditions):
    r = _replies.c
    return sa.select(sa.func.count()).select_from(_replies).where(
        r.case_id == _deliveries.c.id, *conditions).correlate(_deliveries).scalar_subquery()


def _newest_plan():
    r = _replies.c
    return (
        sa.select(r.outcome).where(r.case_id == _deliveries.c.id, r.kind == ReplyKind.PLAN)
        .order_by(r.number.desc()).limit(1).correlate(_deliveries).scalar_subquery()
    )


def _replies_differ() -> sa.Select:
    """A report stands while it waits and once it was accepted, the newest plan until it is sent back."""
    c, d, r = _cases.c, _deliveries.c, _replies.c
    sent_back = Outcome.REJECTED.value
    result, rejected = r.kind == ReplyKind.RESULT, r.outcome == sent_back
    stands = sa.or_(c.state == S.REPORTED, sa.and_(c.state == S.CLOSED, d.reply_required))
    return sa.select(c.id).select_from(_both()).where(sa.or_(
        sa.and_(c.state.not_in(ENDED_EARLY), stands != d.replied_on.is_not(None)),
        sa.and_(c.state == S.REPORTED, _count(result, r.outcome == Outcome.OPEN.value) != 1),
        d.planned_on.is_not(None) != (sa.func.coalesce(_newest_plan(), sent_back) != sent_back),
        d.returns != _count(result, rejected),
    ))


def _ended_differs() -> sa.Select:
    ended = _cases.c.state.in_(TERMINAL_STATES)
    return sa.select(_cases.c.id).where(_cases.c.kind == "delivery", ended != _cases.c.closed_on.is_not(None))


RULES = (
    Rule(N_("the parties of a delivery are those that it names"), _parties_differ, SETTLE),
    Rule(N_("it is the turn of who must act next on a delivery"), _turn_differs, SETTLE),
    Rule(N_("a delivery repeats what its letter says"), _head_differs, RESTORE),
    Rule(N_("a letter is served once on each recipient"), _served_twice, RESTORE),
    Rule(N_("a delivery is signed for before it is answered, and then has its deadlines"), _signed_differs, RESTORE),
    Rule(N_("the deadline of a delivery is the one that runs"), _clock_differs, SETTLE),
    Rule(N_("a delivery repeats what became of its replies"), _replies_differ, RESTORE),
    Rule(N_("an ended delivery has its day, an open one none"), _ended_differs, RESTORE),
)
