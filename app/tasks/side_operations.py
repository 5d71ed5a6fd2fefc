"""The side verbs of a task: adjusting, correcting, following up, chasing, terminating, merging.

Each runs inside `casework.verbs.perform`; the main road is in `operations`.
"""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import attributes

from app.casework.cases import Case
from app.casework.errors import Obstacle, Stale, refuse_when
from app.casework.history import record, signature
from app.casework.requests import ask, decide, lapse
from app.casework.verbs import Act
from app.organization.settings import setting
from app.tasks import rules
from app.tasks.models import FollowUp, Share, Task
from app.tasks.operations import title_of
from app.tasks.shares.operations import end_all, is_open, of_task, settle_all
from app.tasks.states import DueKind, TaskState

CORRECTABLE = ("content", "measures", "document_number", "source", "due_words", "year")
DATED = (DueKind.DATE, DueKind.IMMEDIATE, DueKind.WORDS)


# ── what the task says ─────────────────────────────────────────────────────────────────────────────────────────
def adjust(act: Act) -> None:
    """调整, with its basis: content, measures, deadline. Shares whose deadline is still the task's move with it."""
    task, data = act.case, act.data
    old_due, new_due = task.due, data.get("due")
    changed = {name for name in ("content", "measures") if data.get(name) and data[name] != getattr(task, name)}
    for name in changed:
        setattr(task, name, data[name])
    moves = new_due is not None and new_due != old_due
    if moves:
        refuse_when(_why_not_move(task, new_due))
        task.due, task.due_kind = new_due, DueKind.DATE.value
    if not (changed or moves):
        raise Obstacle(_l("Nothing was changed."))
    act.comment, act.extra["basis"] = data["reason"], data["basis"]
    shares = [share for share in of_task(act.session, task.id) if is_open(share)]
    if moves:
        _move(act, [share for share in shares if share.due == old_due], new_due)
    _retitle(act.session, task, shares)
    settle_all(act.session, task, shares)


def _why_not_move(task: Task, due: dt.date) -> tuple | None:
    if task.due_kind not in DATED:
        return "due", _l("This task has no day to move: terminate it and issue another.")
    if due < task.happened_on:
        return "due", _l("Earlier than the day of assignment, %(day)s.", day=task.happened_on)
    return None


def _move(act: Act, shares: list[Share], due: dt.date) -> None:
    for share in shares:
        before, share.due, share.due_kind = share.due, due, DueKind.DATE.value
        record(act.session, act.hat, "adjust", act.today, case=share, comment=act.comment, extra=dict(act.extra),
               changes={"due": [before and before.isoformat(), due.isoformat()]})


def _retitle(session, task: Task, shares: list[Share]) -> None:
    task.title = title_of(task.content)
    for share in shares:
        share.title = task.title


def correct(act: Act) -> None:
    """更正 of a slip: each field with its old and new value in the history, and the reason. Never a deadline."""
    task = act.case
    for name, value in act.data["values"].items():
        if name not in CORRECTABLE:
            raise Obstacle(_l("%(field)s cannot be corrected.", field=name))
        if getattr(task, name) != value:
            setattr(task, name, value)
    if not attributes.instance_state(task).modified:
        raise Obstacle(_l("Nothing was changed."))
    act.comment = act.data["reason"]
    if task.title != title_of(task.content):
        shares = of_task(act.session, task.id)
        _retitle(act.session, task, shares)
        settle_all(act.session, task, shares)


# ── pressing for it ────────────────────────────────────────────────────────────────────────────────────────────
def follow_up(act: Act) -> None:
    """跟踪督办, of the whole task or of one unit: then that unit and who oversees read it."""
    data = act.data
    message = rules.why_not_on(data["followed_on"], act.case.happened_on, act.today)
    refuse_when(message and ("followed_on", message))
    unit = data.get("unit_id")
    if unit is not None and unit not in {share.unit_id for share in of_task(act.session, act.case.id)}:
        raise Obstacle(_l("This unit has no share of the task."), "unit_id")
    act.session.add(FollowUp(
        case_id=act.case.id, followed_on=data["followed_on"], method=data.get("method"), text=data["text"],
        followed_by=signature(act.hat), confined_to_id=unit,
    ))
    act.confined_to_id, act.occurred_on = unit, data["followed_on"]
    act.comment = "：".join(filter(None, (data.get("method"), data["text"])))


def chase(act: Act) -> None:
    """催办 of every unit that has not signed in time, is late or owes progress; nothing but the history changes."""
    days = setting("unsigned_days")
    wanting = [share for share in of_task(act.session, act.case.id) if is_wanting(share, act.today, days)]
    if not wanting:
        raise Obstacle(_l("No unit is late, or late in signing: nobody needs to be chased."))
    for share in wanting:
        record(act.session, act.hat, "chase", act.today, case=share, comment=act.comment)
    act.extra["units"] = [share.unit_id for share in wanting]


def is_wanting(share: Share, today: dt.date, unsigned_days: int) -> bool:
    """Something of this share is in red."""
    return (
        rules.is_unsigned(share.state, share.issued_on, today, unsigned_days)
        or rules.is_late(share.state, share.due, today)
        or (is_open(share) and rules.progress_owed(share.due_kind, share.reported_on, share.acknowledged_on, today))
    )


# ── ending it ──────────────────────────────────────────────────────────────────────────────────────────────────
def ask_terminate(act: Act) -> None:
    """终止, with its basis (文号); a second person decides."""
    ask(act, "terminate", act.case.filed_by_id, {"basis": act.data["basis"]})
    act.extra["basis"] = act.data["basis"]


def approve_terminate(act: Act) -> None:
    """The task and what is open of it end here, outside the on-time rate."""
    request = decide(act, approved=True)
    act.extra["basis"] = request.payload["basis"]
    act.comment = act.comment or request.reason
    _end(act, "terminate")


def _end(act: Act, verb: str) -> None:
    task = act.case
    task.state, task.closed_on = TaskState.TERMINATED.value, act.today
    end_all(act, task, [share for share in of_task(act.session, task.id) if is_open(share)], verb)


def refuse(act: Act) -> None:
    decide(act, approved=False)


def take_back(act: Act) -> None:
    """撤回申请: who asked thinks better of it."""
    lapse(act)


def merge(act: Act) -> None:
    """合并: a task entered twice ends in the one it repeats; the link is kept."""
    kept = act.session.execute(
        sa.select(Task).where(Task.number == act.data["kept_number"].strip().upper())
    ).scalar_one_or_none()
    if kept is None or kept.id == act.case.id or not kept.issued:
        raise Obstacle(_l("No other task with this number is visible to your unit."), "kept_number")
    if kept.state == TaskState.TERMINATED:
        raise Obstacle(_l("That task is itself terminated or merged."), "kept_number")
    _hold(act.session, kept)
    lapse(act)
    act.case.merged_into_id = kept.id
    act.extra["merged_into"] = kept.number
    _end(act, "merge")


def _hold(session, kept: Task) -> None:
    """Keep the kept one as it is until the commit: else it could be merged into this one at the same moment.

    Raises Stale when somebody else holds it; waiting, each for the other's, would have no end.
    """
    table = Case.__table__
    free = sa.select(table.c.id).where(table.c.id == kept.id, table.c.version == kept.version)
    if session.execute(free.with_for_update(skip_locked=True)).one_or_none() is None:
        raise Stale
