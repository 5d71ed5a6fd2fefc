"""What the screens and exports read of tasks and shares, in a constant number of statements."""
from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.access.scope import Scope, labels
from app.casework.cases import Case, CaseParty
from app.casework.counted import asked
from app.casework.listing import Selection, alike
from app.organization.models import Organization
from app.organization.settings import DEFINITIONS
from app.tasks import rules
from app.tasks.counted import COUNTS
from app.tasks.models import Share, Task
from app.tasks.states import OPEN_STATES, RUNNING_STATES, DueKind, TaskState

_cases, _tasks, _shares, _units = Case.__table__, Task.__table__, Share.__table__, Organization.__table__
_parties = CaseParty.__table__
RUNNING = tuple(state.value for state in RUNNING_STATES)
WARNING, UNSIGNED = (DEFINITIONS[key].default for key in ("warning_days", "unsigned_days"))


# ── which rows stand in a list ─────────────────────────────────────────────────────────────────────────────────
@alike
def selection(scope: Scope, filters: dict, state: str | None, today: dt.date, warning_days: int = WARNING,
              unsigned_days: int = UNSIGNED) -> Selection:
    """The list of tasks: filters (`FilterForm`'s data), state tab; open ones by deadline, the rest newest first.

    `due` asks after the shares: a task is overdue where a share in sight is.
    """
    conditions = _said_of_task(filters)
    if filters.get("due"):
        conditions.append(_has_share(scope, filters["due"], today, warning_days, unsigned_days))
    return Selection(
        "task", _tasks, state=state, organization_id=filters.get("unit"), conditions=tuple(conditions),
        by_due=state in OPEN_STATES or bool(filters.get("due")), words=filters.get("q") or "",
    )


@alike
def share_selection(scope: Scope, filters: dict, state: str | None, today: dt.date, warning_days: int = WARNING,
                    unsigned_days: int = UNSIGNED) -> Selection:
    """The list of shares. `part`: of every unit in sight; mine, the own units' only; ours, also what they issued
    and the enterprises', but not those of sister units where the own one leads.
    """
    conditions = [_cases.c.issued.is_(True)]
    if said := _said_of_task(filters):
        conditions.append(_cases.c.head_id.in_(sa.select(_tasks.c.id).where(*said)))
    if filters.get("part") == "mine":
        conditions.append(_shares.c.unit_id.in_(scope.organization_ids))
    if filters.get("part") == "ours":
        conditions.append(sa.or_(_shares.c.unit_id.in_(scope.organization_ids), _shares.c.is_enterprise.is_(True),
                                 _cases.c.filed_by_id.in_(scope.organization_ids)))
    due, counted = filters.get("due"), asked(COUNTS, filters.get("counted"))
    if counted:
        conditions += counted.conditions(today)
    conditions += _standing(_cases, _shares, due, today, warning_days, unsigned_days)
    if filters.get("unit"):
        conditions.append(_shares.c.unit_id == filters["unit"])
    return Selection(
        "task_share", _shares, state=state, states=counted.count.states if counted else _states_of(due),
        due=_days_of(due, today, warning_days),
        organization_id=filters.get("unit"), conditions=tuple(conditions),
        by_due=state in OPEN_STATES or due in ("over", "soon"), words=filters.get("q") or "",
    )


def _said_of_task(filters: dict) -> list:
    """What the filters ask of the task itself."""
    found = []
    if str(filters.get("year") or "").isdecimal():
        found.append(_tasks.c.year == int(filters["year"]))
    if filters.get("source"):
        found.append(_tasks.c.source == filters["source"])
    return found


def _states_of(due: str | None) -> tuple[str, ...]:
    if due == "unsigned":
        return (TaskState.ISSUED.value,)
    return RUNNING if due else ()


def _days_of(due: str | None, today: dt.date, warning_days: int) -> tuple[dt.date | None, dt.date | None]:
    days = {"over": (None, today - dt.timedelta(days=1)), "soon": (today, today + dt.timedelta(days=warning_days))}
    return days.get(due, (None, None))


def _standing(cases, shares, due: str | None, today: dt.date, warning_days: int, unsigned_days: int) -> list:
    """What `rules.is_unsigned` and `rules.progress_owed` ask, in SQL; lateness is asked of the index."""
    if due == "unsigned":
        return [shares.c.issued_on < today - dt.timedelta(days=unsigned_days)]
    if due == "owed":
        last = sa.func.coalesce(shares.c.reported_on, shares.c.acknowledged_on)
        return [shares.c.due_kind == DueKind.STANDING.value, last < rules.quarter_start(today)]
    return []


def _has_share(scope: Scope, due: str, today: dt.date, warning_days: int, unsigned_days: int):
    """A share of the task that is so, and that the scope finds."""
    case, share, mine = _cases.alias("share_case"), _shares.alias("share"), _parties.alias("mine_of_share")
    first, last = _days_of(due, today, warning_days)
    asked = [case.c.state.in_(_states_of(due)), *_standing(case, share, due, today, warning_days, unsigned_days)]
    asked += [case.c.due_sort >= first] if first else []
    asked += [case.c.due_sort <= last] if last else []
    if scope.breadth == "units":
        asked.append(sa.exists().where(
            mine.c.case_id == case.c.id, mine.c.organization_id.in_(scope.organization_ids)
        ).correlate_except(mine))
    return sa.exists(
        sa.select(case.c.id).join(share, share.c.id == case.c.id)
        .where(case.c.head_id == _cases.c.id, case.c.issued.is_(True), *asked).correlate(_cases)
    )


# ── the rows themselves ────────────────────────────────────────────────────────────────────────────────────────
def _in_order(session, cls, ids: list[int], *options) -> list:
    found = {row.id: row for row in session.scalars(sa.select(cls).where(cls.id.in_(ids)).options(*options))}
    return [found[i] for i in ids if i in found]


def load(session, ids: list[int]) -> list[Task]:
    """The tasks in the order of `ids`, through the scope."""
    return _in_order(session, Task, ids, joinedload(Task.request))


# A share with its task, whose parties nobody asks after.
WHOLE = (joinedload(Share.request), joinedload(Share.task).lazyload(Task.parties))


def load_shares(session, ids: list[int]) -> list[Share]:
    """The shares in the order of `ids` with their tasks, through the scope."""
    return _in_order(session, Share, ids, *WHOLE)


def shares_of(session, task_ids: list[int], units: Iterable[int] | None = None) -> list[Share]:
    """The shares of tasks that the session finds; of some units only, when given."""
    if not task_ids:
        return []
    statement = sa.select(Share).where(Share.head_id.in_(task_ids), Share.issued.is_(True))
    if units is not None:
        statement = statement.where(Share.unit_id.in_(list(units)))
    return list(session.scalars(
        statement.order_by(Share.head_id, Share.position, Share.id).options(joinedload(Share.request))
    ))


@dataclass
class Summary:
    """What a list says of a task's shares. `units`: all of them, in order; the counts: of those in sight only."""

    units: list[int] = field(default_factory=list)
    seen: int = 0
    done: int = 0
    over: int = 0
    unsigned: int = 0
    claimed: int = 0
    owed: int = 0
    percent_claimed: int | None = None
    percent_verified: int | None = None

    @property
    def is_late(self) -> bool:
        """Whether there is somebody to chase."""
        return bool(self.over or self.unsigned or self.owed)


def summaries(session, tasks: Iterable[Task], today: dt.date, unsigned_days: int = UNSIGNED) -> dict[int, Summary]:
    """`{task id: Summary}` in two statements: who is responsible is no secret, how it stands is the scope's."""
    ids = [task.id for task in tasks]
    found = {task.id: Summary([line["unit"] for line in task.planned]) for task in tasks}
    if not ids:
        return found  # SQLite would look for nothing in every case of the county
    for head, unit in session.execute(
        sa.select(_cases.c.head_id, _shares.c.unit_id).join(_shares, _shares.c.id == _cases.c.id)
        .where(_cases.c.head_id.in_(ids), _cases.c.issued.is_(True)).order_by(_shares.c.position, _shares.c.id)
    ):
        found[head].units.append(unit)
    rows = defaultdict(list)
    for row in session.execute(
        sa.select(Share.head_id, Share.state, Share.due, Share.issued_on, Share.due_kind, Share.reported_on,
                  Share.acknowledged_on, Share.percent_claimed, Share.percent_verified)
        .where(Share.head_id.in_(ids), Share.issued.is_(True))
    ):
        rows[row.head_id].append(row)
    for head, shares in rows.items():
        _count(found[head], shares, today, unsigned_days)
    return found


def summary_of(task: Task, shares: list[Share], today: dt.date, unsigned_days: int) -> Summary:
    """The same for one task whose parties and shares in sight are read already."""
    parties = sorted(task.parties, key=lambda party: party.id)
    units = [party.organization_id for party in parties if party.role in ("leading", "responsible")]
    summary = Summary([line["unit"] for line in task.planned] or units)
    if shares:
        _count(summary, shares, today, unsigned_days)
    return summary


def _count(summary: Summary, shares: list, today: dt.date, unsigned_days: int) -> None:
    counting = [share for share in shares if share.state != TaskState.TERMINATED]
    summary.seen = len(shares)
    summary.done = sum(share.state == TaskState.DONE for share in shares)
    summary.claimed = sum(share.state == TaskState.CLAIMED for share in shares)
    summary.over = sum(rules.is_late(share.state, share.due, today) for share in shares)
    summary.unsigned = sum(rules.is_unsigned(s.state, s.issued_on, today, unsigned_days) for s in shares)
    summary.owed = sum(
        s.state in RUNNING and rules.progress_owed(s.due_kind, s.reported_on, s.acknowledged_on, today) for s in shares
    )
    if counting:
        summary.percent_claimed = sum(share.percent_claimed for share in counting) // len(counting)
        if any(share.percent_verified is not None for share in counting):
            summary.percent_verified = sum(share.percent_verified or 0 for share in counting) // len(counting)


def unit_names(session, ids: Iterable[int | None]) -> dict[int, str]:
    """Names of units by id, out of scope or not, in one statement."""
    return labels(session, _units, ids)


def years(today: dt.date) -> list[int]:
    """The years that a list may be asked for."""
    return list(range(today.year + 1, today.year - 5, -1))
