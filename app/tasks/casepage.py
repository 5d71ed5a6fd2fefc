"""Everything the pages of a task and of a share show, each read in a constant number of statements."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import attributes

from app.casework.assigning import TITLES as ASSIGNING
from app.casework.attachments import Attachment
from app.casework.clock import local
from app.casework.deadlines import due_words
from app.casework.history import TimelineEntry
from app.casework.verbs import Verb, next_step
from app.organization.settings import setting
from app.tasks import queries, rules, wording
from app.tasks.models import FollowUp, Progress, Share, Task
from app.tasks.shares.verbs import SHARES
from app.tasks.states import PERIODIC, DueKind, Source, TaskState
from app.tasks.verbs import TASKS

LOG_ONLY = "download"  # who looked at a file is the auditor's to read
STEPS = (TaskState.DRAFT, TaskState.ISSUED, TaskState.IN_PROGRESS, TaskState.CLAIMED, TaskState.DONE)
BACK = ("reject", "refuse_", "return_", "reopen", "withdraw", "take_back")


def task_page(session, task: Task, hat, today: dt.date) -> dict:
    """The template's variables: task, shares in sight with their verbs, follow-ups, relatives, timeline, files."""
    shares = queries.shares_of(session, [task.id])
    for share in shares:
        attributes.set_committed_value(share, "task", task)
    follow_ups = session.scalars(
        sa.select(FollowUp).where(FollowUp.case_id == task.id).order_by(FollowUp.followed_on.desc(), FollowUp.id.desc())
    ).all()
    timeline = _timeline(session, task.id)
    summary = queries.summary_of(task, shares, today, setting("unsigned_days"))
    names = queries.unit_names(session, [
        *summary.units, task.filed_by_id, task.turn_organization_id, *_asked(task), *_units_of(timeline),
        *(share.turn_organization_id for share in shares), *(entry.confined_to_id for entry in follow_ups),
    ])
    return {
        **_common(task, timeline, names, TASKS, today), "task": task, "share": None, "summary": summary,
        "shares": shares,
        "next_steps": next_steps(shares, hat, today, setting("unsigned_days")),
        "follow_ups": follow_ups, "files": _files(session, task.id), "periodic": task.due_kind in PERIODIC,
        "relatives": relatives(session, task), "steps": steps(task, timeline),
    }


def share_page(session, share: Share, today: dt.date) -> dict:
    """The template's variables: the share, its task's facts, progress with its files, timeline."""
    progress = session.scalars(
        sa.select(Progress).where(Progress.case_id == share.id)
        .order_by(Progress.reported_on.desc(), Progress.id.desc())
    ).all()
    timeline = _timeline(session, share.id)
    names = queries.unit_names(session, [
        share.unit_id, share.filed_by_id, share.turn_organization_id, share.territory_id, *_asked(share),
        *_units_of(timeline),
    ])
    return {
        **_common(share, timeline, names, SHARES, today), "share": share, "task": share.task, "progress": progress,
        "files": _files(session, share.id), "steps": steps(share, timeline),
    }


def _common(case, timeline: list, names: dict, noun, today: dt.date) -> dict:
    return {
        "today": today, "local": local, "names": names, "request": case.request if case.open_request else None,
        "verb_titles": {**wording.ENTRY_TITLES, **ASSIGNING, **{n: v.title for n, v in noun.verbs.items()}},
        "field_titles": wording.TITLES, "said": wording.reader(names, {}),
        "timeline": [{"entry": e, "changes": e.changes, "back": e.verb.startswith(BACK)} for e in timeline],
        "due_words": partial(due_words, warning_days=setting("warning_days")),
        "states": TaskState, "sources": Source, "due_kinds": DueKind,
        **flags(today, setting("unsigned_days")),
    }


def flags(today: dt.date, unsigned_days: int) -> dict:
    """The questions that templates ask of a share, as functions of it."""
    return {
        "is_unsigned": lambda s: rules.is_unsigned(s.state, s.issued_on, today, unsigned_days),
        "is_late": lambda s: rules.is_late(s.state, s.due, today),
        "is_owed": lambda s: s.state in queries.RUNNING and rules.progress_owed(
            s.due_kind, s.reported_on, s.acknowledged_on, today),
    }


def next_steps(shares: Iterable[Share], hat, today: dt.date, unsigned_days: int) -> dict[int, Verb | None]:
    """What a list offers beside each of them."""
    behind = flags(today, unsigned_days).values()
    return {s.id: next_step(SHARES, s, hat, today, any(is_so(s) for is_so in behind)) for s in shares}


def _timeline(session, case_id: int) -> list[TimelineEntry]:
    return list(session.scalars(
        sa.select(TimelineEntry).where(TimelineEntry.case_id == case_id, TimelineEntry.verb != LOG_ONLY)
        .order_by(TimelineEntry.recorded_at.desc(), TimelineEntry.id.desc())
    ))


def _files(session, case_id: int) -> list[Attachment]:
    return list(session.scalars(
        sa.select(Attachment).where(Attachment.case_id == case_id).order_by(Attachment.id)))


def _asked(case) -> list[int]:
    return [case.request.decider_id, case.request.asked_for_id] if case.open_request else []


def _units_of(timeline: list[TimelineEntry]) -> list[int]:
    return wording.ids_in([entry.changes for entry in timeline], wording.UNITS)


def relatives(session, task: Task) -> dict[str, list]:
    """Tasks that this one is bound to, as far as the reader finds them; one statement.

    `children`, `parent`, `previous`, `following`, `series`, `instances`, `merged_into`.
    """
    up = {"parent": task.parent_id, "previous": task.previous_id, "series": task.series_id,
          "merged_into": task.merged_into_id}
    rows = session.execute(
        sa.select(Task.id, Task.number, Task.title, Task.state, Task.due, Task.year, Task.period, Task.parent_id,
                  Task.previous_id, Task.series_id, Task.closed_on)
        .where(sa.or_(Task.id.in_([i for i in up.values() if i]), Task.parent_id == task.id,
                      Task.previous_id == task.id, Task.series_id == task.id))
        .order_by(Task.period, Task.id)
    ).all()
    found = {name: [row for row in rows if row.id == wanted] for name, wanted in up.items()}
    down = {"children": "parent_id", "following": "previous_id", "instances": "series_id"}
    return {**found, **{name: [r for r in rows if getattr(r, column) == task.id] for name, column in down.items()}}


def steps(case: Task | Share, timeline: list[TimelineEntry]) -> list[dict]:
    """The stepper: `{title, done, current, entry}` of the main road; `entry` is the latest that led there."""
    if case.state not in STEPS:
        return []
    road = STEPS if isinstance(case, Task) else STEPS[1:]
    at, latest = road.index(TaskState(case.state)), {}
    for entry in timeline:  # newest first
        if entry.to_state:
            latest.setdefault(entry.to_state, entry)
    done = case.state == TaskState.DONE
    return [
        {"title": wording.state_of(case) if n == at else s.title, "done": n < at or done,
         "current": n == at and not done, "entry": latest.get(s.value) if n <= at else None}
        for n, s in enumerate(road)
    ]
