"""What must hold between a task, its shares, their turns and parties: `parties.py` and `rules.py`, said in SQL."""
from __future__ import annotations

import sqlalchemy as sa

from app.casework.cases import Case
from app.casework.invariants import N_, RESTORE, SETTLE, Rule, parties_differ
from app.casework.requests import CaseRequest
from app.organization.models import EnterpriseRegulator
from app.tasks.models import Progress, Share, Task
from app.tasks.parties import HANDED_OVER
from app.tasks.states import PERIODIC, RUNNING_STATES, TERMINAL_STATES, DueKind, Part, TaskState

_cases, _requests = Case.__table__, CaseRequest.__table__
_tasks, _shares, _progress = Task.__table__, Share.__table__, Progress.__table__
_regulators = EnterpriseRegulator.__table__
KINDS = ("task", "task_share")


def _issued_shares():
    """`(share, head, unit, part, state, filed_by, …)` of the shares that units can find."""
    head = _cases.alias("head")
    c, s = _cases, _shares
    return (
        sa.select(
            c.c.id, c.c.head_id, s.c.unit_id, s.c.part, c.c.state, c.c.filed_by_id, s.c.is_enterprise,
            s.c.territory_id, head.c.state.label("head_state"),
        )
        .join(s, s.c.id == c.c.id).join(head, head.c.id == c.c.head_id)
        .where(c.c.kind == "task_share", c.c.issued.is_(True))
    )


def _leading(shares):
    """`(head, unit)` of who oversees: a leading unit, where others support, that was not released."""
    one, other = shares.alias("one"), shares.alias("other")
    mixed = sa.exists().where(other.c.head_id == one.c.head_id, other.c.part == Part.SUPPORTING.value)
    return sa.select(one.c.head_id, one.c.unit_id).where(
        one.c.part == Part.LEAD.value, mixed,
        sa.or_(one.c.state != TaskState.TERMINATED, one.c.head_state == TaskState.TERMINATED),
    ).distinct()


def _wanted() -> sa.Select:
    """`(case, organization, role)` as `parties` gives them."""
    shares = _issued_shares().cte("shares")
    leading = _leading(shares).cte("leading")
    word = sa.literal
    leads = sa.exists().where(leading.c.head_id == shares.c.head_id, leading.c.unit_id == shares.c.unit_id)
    firms = shares.c.is_enterprise.is_(True)
    regulated = sa.and_(firms, _regulators.c.enterprise_id == shares.c.unit_id)
    asked = sa.and_(_requests.c.case_id == _cases.c.id, _requests.c.outcome == "open")
    handed = sa.and_(_requests.c.case_id == shares.c.id, _requests.c.outcome == "open",
                     _requests.c.kind == HANDED_OVER)
    wanted = sa.union(
        sa.select(_cases.c.id, _cases.c.filed_by_id, word("filing")).where(_cases.c.kind.in_(KINDS)),
        sa.select(shares.c.id, shares.c.unit_id, word("responsible")),
        sa.select(shares.c.id, leading.c.unit_id, word("leading")).join(
            leading, sa.and_(leading.c.head_id == shares.c.head_id, leading.c.unit_id != shares.c.unit_id)),
        sa.select(shares.c.id, shares.c.territory_id, word("territory")).where(
            firms, shares.c.territory_id.is_not(None)),
        sa.select(shares.c.id, _regulators.c.organization_id, word("regulator")).join(_regulators, regulated),
        sa.select(shares.c.head_id, shares.c.unit_id, sa.case((leads, "leading"), else_="responsible")),
        sa.select(shares.c.head_id, shares.c.territory_id, word("supervising")).where(
            firms, shares.c.territory_id.is_not(None)),
        sa.select(shares.c.head_id, _regulators.c.organization_id, word("supervising")).join(_regulators, regulated),
        sa.select(shares.c.head_id, _requests.c.decider_id, word("receiving")).join(_requests, handed),
        sa.select(shares.c.id, _requests.c.decider_id, word("receiving")).join(_requests, handed),
        sa.select(_cases.c.id, _requests.c.asked_for_id, word("asking")).join(_requests, asked)
        .where(_cases.c.kind.in_(KINDS)),
    ).subquery()
    return sa.select(*wanted.c)  # SQLite takes no compound inside a compound


def _parties_differ() -> sa.Select:
    return parties_differ(_wanted(), *KINDS)


def _turn_differs() -> sa.Select:
    c, r, t, s = _cases, _requests, _tasks, _shares
    claimed = c.c.state == TaskState.CLAIMED
    unit = sa.case(
        (r.c.id.is_not(None), r.c.decider_id), (c.c.state == TaskState.DRAFT, c.c.filed_by_id),
        (sa.and_(s.c.id.is_not(None), c.c.state.in_(RUNNING_STATES)), s.c.unit_id),
        (sa.and_(s.c.id.is_not(None), claimed), c.c.filed_by_id),
    )
    role = sa.case(
        (r.c.kind == HANDED_OVER, "clerk"), (r.c.id.is_not(None), "reviewer"),
        (sa.and_(c.c.state == TaskState.DRAFT, t.c.review_asked_on.is_not(None)), "reviewer"),
        (sa.and_(claimed, s.c.unit_id == c.c.filed_by_id), "reviewer"), (unit.is_not(None), "clerk"), else_="",
    )
    return (
        sa.select(c.c.id).outerjoin(t, t.c.id == c.c.id).outerjoin(s, s.c.id == c.c.id)
        .outerjoin(r, sa.and_(r.c.case_id == c.c.id, r.c.outcome == "open"))
        .where(c.c.kind.in_(KINDS), sa.or_(
            sa.func.coalesce(c.c.turn_organization_id, 0) != sa.func.coalesce(unit, 0),
            sa.func.coalesce(c.c.turn_role, "") != role,
        ))
    )


def _head_state_differs() -> sa.Select:
    """`rules.state_of_task`; a terminated task has no open share, a periodic one has none at all."""
    h, s = _cases.alias("h"), _cases.alias("s")

    def some(*states):
        return sa.func.coalesce(sa.func.sum(sa.case((s.c.state.in_(states), 1), else_=0)), 0)

    left = some(TaskState.ISSUED, TaskState.IN_PROGRESS, TaskState.CLAIMED)
    every = sa.func.count(s.c.id)
    expected = sa.case(
        (sa.and_(left == 0, some(TaskState.DONE) > 0), TaskState.DONE.value),
        (left == 0, TaskState.TERMINATED.value),
        (some(TaskState.CLAIMED) == left, TaskState.CLAIMED.value),
        (some(TaskState.ISSUED) == every, TaskState.ISSUED.value), else_=TaskState.IN_PROGRESS.value,
    )
    return (
        sa.select(h.c.id).join(_tasks, _tasks.c.id == h.c.id)
        .outerjoin(s, sa.and_(s.c.head_id == h.c.id, s.c.issued.is_(True)))
        .where(h.c.issued.is_(True), _tasks.c.due_kind.not_in(PERIODIC))
        .group_by(h.c.id, h.c.state)
        .having(sa.or_(
            sa.and_(h.c.state == TaskState.TERMINATED, left > 0),
            sa.and_(h.c.state != TaskState.TERMINATED, h.c.state != expected),
        ))
    )


def _draft_with_shares() -> sa.Select:
    """What no unit finds has no share that a unit finds; and a share repeats whose its task is."""
    h, s = _cases.alias("h"), _cases.alias("s")
    return sa.select(s.c.id).join(h, h.c.id == s.c.head_id).where(
        s.c.kind == "task_share",
        sa.or_(sa.and_(h.c.issued.is_(False), s.c.issued.is_(True)), h.c.county_id != s.c.county_id,
               h.c.filed_by_id != s.c.filed_by_id),
    )


def _second_shares() -> sa.Select:
    """Open shares whose unit has another one of the task, which was not ended early either."""
    shares = _issued_shares().cte("shares")
    one, other = shares.alias("one"), shares.alias("other")
    return sa.select(one.c.id).distinct().join(other, sa.and_(
        other.c.head_id == one.c.head_id, other.c.unit_id == one.c.unit_id, other.c.id != one.c.id,
    )).where(one.c.state.not_in(TERMINAL_STATES), other.c.state != TaskState.TERMINATED)


def _progress_differs() -> sa.Select:
    """A share repeats the day and the percentage of its newest entry."""
    p = _progress.alias("p")
    newest = (
        sa.select(p.c.id).where(p.c.case_id == _shares.c.id).order_by(p.c.reported_on.desc(), p.c.id.desc()).limit(1)
        .correlate(_shares).scalar_subquery()
    )
    return (
        sa.select(_shares.c.id).select_from(_shares).join(_progress, _progress.c.id == newest)
        .where(sa.or_(_progress.c.reported_on != _shares.c.reported_on,
                      _progress.c.percent != _shares.c.percent_claimed))
    )


def _ended_differs() -> sa.Select:
    """An ended task or share has the day of its end, any other has none."""
    ended = _cases.c.state.in_(TERMINAL_STATES)
    return sa.select(_cases.c.id).where(_cases.c.kind.in_(KINDS), ended != _cases.c.closed_on.is_not(None))


def _claimed_differs() -> sa.Select:
    """A claim stands while it waits, and when it was confirmed; never while the unit works on."""
    return sa.select(_cases.c.id).join(_shares, _shares.c.id == _cases.c.id).where(sa.or_(
        sa.and_(_cases.c.state.in_(RUNNING_STATES), _shares.c.claimed_on.is_not(None)),
        sa.and_(_cases.c.state == TaskState.CLAIMED, _shares.c.claimed_on.is_(None)),
        sa.and_(_shares.c.due_kind == DueKind.STANDING, _cases.c.due.is_not(None)),
    ))


RELEASE = N_("release the unit from one of the two, on that share's page; what it reported there stays")
RULES = (
    Rule(N_("the parties of a task and its shares are those that the shares name"), _parties_differ, SETTLE),
    Rule(N_("it is the turn of who must act next on a task or a share"), _turn_differs, SETTLE),
    Rule(N_("a task's state is the one that its shares make"), _head_state_differs, RESTORE),
    Rule(N_("a draft of a task has no share that a unit finds"), _draft_with_shares, RESTORE),
    Rule(N_("a unit has at most one open share of a task"), _second_shares, RELEASE),
    Rule(N_("a share repeats its newest entry of progress"), _progress_differs, RESTORE),
    Rule(N_("an ended task or share has its day, an open one none"), _ended_differs, RESTORE),
    Rule(N_("a share's claim stands while it waits for the issuer"), _claimed_differs, RESTORE),
)
