"""The verbs of a share on its main road, and what a task does with all its shares at once.

Nobody else writes a share's state. The task's row is locked before the share's (casework.unit_of_work).
"""
from __future__ import annotations

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import attributes

from app.casework.attachments import attach
from app.casework.cases import NEVER, Case, sync_parties
from app.casework.errors import refuse_when
from app.casework.history import record, signature
from app.casework.requests import lapse, refuse_same_person
from app.casework.verbs import Act, Noun, settle
from app.organization.directory import homes_of, regulators_by_firm
from app.tasks import parties, rules
from app.tasks.models import Progress, Share, Task
from app.tasks.states import DueKind, Part, TaskState

_cases, _shares = Case.__table__, Share.__table__
FOLLOWS = "follow_shares"  # the verb of a task's entry that its shares caused


# ── all shares of a task at once ───────────────────────────────────────────────────────────────────────────────
def create(session, hat, task: Task, planned: list[dict], today: dt.date, since: dt.date, verb: str) -> list[Share]:
    """A share for each planned unit, in order; they see it from now on. `since`: the day it counts from."""
    have = parties.parts_of(session, task.id)
    homes = homes_of(session, [plan["unit"] for plan in planned])
    shares = [_share(task, hat, plan, len(have) + n, homes[plan["unit"]], today, since)
              for n, plan in enumerate(planned)]
    every = [*have, *(
        parties.UnitPart(s.unit_id, s.part, s.state, s.is_enterprise, s.territory_id) for s in shares
    )]
    leading = parties.leads(every, task.state)
    regulators = regulators_by_firm(session, [s.unit_id for s in shares if s.is_enterprise])
    for share, own in zip(shares, every[len(have):], strict=True):
        sync_parties(session, share, parties.share_parties(
            share.filed_by_id, own, leading, regulators.get(share.unit_id, ())))
    session.add_all(shares)
    session.flush()
    for share in shares:
        record(session, hat, verb, today, case=share, to_state=share.state, occurred_on=since)
    if have:  # a first supporting unit makes overseers of the leading ones
        settle_all(session, task, [share for share in of_task(session, task.id) if share not in shares])
    return shares


def _share(task: Task, hat, plan: dict, position: int, home: tuple, today: dt.date, since: dt.date) -> Share:
    due = rules.due_of(task.due_kind, task.due, task.due or today)
    if plan.get("due") and task.due_kind in (DueKind.DATE, DueKind.IMMEDIATE):
        due = dt.date.fromisoformat(plan["due"])
    return Share(
        county_id=task.county_id, head_id=task.id, title=task.title, state=TaskState.ISSUED.value, issued=True,
        due=due, due_sort=due or NEVER, original_due=due, due_kind=task.due_kind, happened_on=task.happened_on,
        state_since=since, filed_by_id=task.filed_by_id, created_by_id=hat.user_id, unit_id=plan["unit"],
        part=plan.get("part") or Part.LEAD.value, position=position, heads=plan.get("heads") or None,
        is_enterprise=home[0], territory_id=home[1], issued_on=today, percent_claimed=0, parties=[],
        turn_organization_id=plan["unit"], turn_role="clerk",
    )


def of_task(session, task_id: int) -> list[Share]:
    """The issued shares of a task that the session may find, in order; its issuer finds all."""
    return list(session.scalars(
        sa.select(Share).where(Share.head_id == task_id, Share.issued.is_(True)).order_by(Share.position, Share.id)
    ))


def is_open(share: Share) -> bool:
    return share.state not in (TaskState.DONE, TaskState.TERMINATED)


def settle_all(session, task: Task, shares: list[Share]) -> None:
    """As `casework.verbs.settle`, for many shares of one task: what they have in common is read once."""
    session.flush()
    leading = parties.leads(parties.parts_of(session, task.id), task.state)
    regulators = regulators_by_firm(session, [s.unit_id for s in shares if s.is_enterprise])
    for share in shares:
        share.due_sort, whose = share.due or NEVER, share.turn_organization_id
        share.turn_organization_id, share.turn_role = parties.turn_of_share(share)
        if share.turn_organization_id != whose:
            share.assignee_id = None
        sync_parties(session, share, parties.of_share(share, leading, regulators))
        attributes.flag_modified(share, "state")
    session.flush()


def end_all(act: Act, task: Task, shares: list[Share], verb: str, issued: bool = True) -> None:
    """终止 of shares together with their task; `issued` False takes them back, so that nobody finds them."""
    for share in shares:
        before = share.state
        lapse(replace(act, case=share))
        share.state, share.issued, share.closed_on = TaskState.TERMINATED.value, issued, act.today
        share.state_since = max(share.state_since, act.today)
        record(act.session, act.hat, verb, act.today, case=share, from_state=before, to_state=share.state,
               comment=act.comment, occurred_on=share.state_since)
    settle_all(act.session, task, shares)


def follow(act: Act, head: Noun) -> None:
    """After every verb of a share: the task's state and parties are what its shares make them."""
    task = act.session.get(Task, act.case.head_id)
    rows = act.session.execute(
        sa.select(_cases.c.state, _cases.c.closed_on).where(_cases.c.head_id == task.id, _cases.c.issued.is_(True))
    ).all()
    before, state = task.state, rules.state_of_task(row.state for row in rows)
    if state != before:
        days = [row.closed_on for row in rows if row.closed_on]
        task.closed_on = max(days) if state in (TaskState.DONE, TaskState.TERMINATED) else None
        task.state = state.value
        task.state_since = max(task.state_since, act.occurred_on or act.today)
        record(act.session, act.hat, FOLLOWS, act.today, case=task, from_state=before, to_state=task.state,
               occurred_on=task.state_since, extra={"derived": True})
    elif {party[:2] for party in head.parties(task)} == {(p.organization_id, p.role) for p in task.parties}:
        return
    settle(act.session, head, task)
    parties.follow_leads(act.session, task, act.case.id)


# ── the main road ──────────────────────────────────────────────────────────────────────────────────────────────
def acknowledge(act: Act) -> None:
    """签收."""
    received_on = act.data.get("acknowledged_on") or act.today
    message = rules.why_not_on(received_on, act.case.happened_on, act.today)
    refuse_when(message and ("acknowledged_on", message))
    act.case.acknowledged_on = act.occurred_on = received_on


def _enter_progress(act: Act, day: dt.date, percent: int, as_of: dt.date) -> Progress:
    """An entry of 推进落实情况; the newest day's percentage is the unit's word. `as_of`: the day it may be late on."""
    share, data = act.case, act.data
    refuse_when(rules.why_not_report(
        day, share.happened_on, share.due, act.today, data.get("text"), data.get("overdue_reason"), as_of
    ))
    entry = Progress(
        case_id=share.id, reported_on=day, percent=percent, text=data["text"], difficulties=data.get("difficulties"),
        next_step=data.get("next_step"), overdue_reason=data.get("overdue_reason"), reported_by=signature(act.hat),
    )
    act.session.add(entry)
    act.session.flush()
    share.acknowledged_on = share.acknowledged_on or day
    if share.reported_on is None or day >= share.reported_on:
        share.reported_on, share.percent_claimed = day, percent
    attach(act.session, share, act.hat, data.get("files", ()), "evidence", part_id=entry.id)
    act.comment = act.comment or data["text"]
    act.extra["percent"] = percent
    return entry


def report(act: Act) -> None:
    """填报进展; the first report is the receipt, too. An entry for an earlier day is welcome."""
    _enter_progress(act, act.data["reported_on"], act.data["percent"], act.today)
    act.occurred_on = max(act.data["reported_on"], act.case.state_since)


def claim(act: Act) -> None:
    """申请办结: the last entry of progress, with the evidence; it stops the clock on the day it was done."""
    lapse(act)
    _enter_progress(act, act.data["claimed_on"], 100, act.data["claimed_on"])
    act.case.claimed_on = act.occurred_on = act.data["claimed_on"]


def take_back_claim(act: Act) -> None:
    act.case.claimed_on = None


def verify(act: Act) -> None:
    """同意办结: the issuer's word; the share is done on that day."""
    day = act.data["verified_on"]
    refuse_when(rules.why_not_verify(day, act.case.claimed_on, act.today))
    if act.case.filed_by_id == act.case.unit_id:  # nobody verifies his own work
        refuse_same_person(act, "claim")
    act.case.percent_verified, act.case.closed_on, act.occurred_on = 100, day, day


def reject(act: Act) -> None:
    """退回: not done yet. The deadline stays, the clock runs on."""
    act.case.claimed_on = None
    if act.data.get("percent_verified") is not None:
        act.case.percent_verified = act.data["percent_verified"]
