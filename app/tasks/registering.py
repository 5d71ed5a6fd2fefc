"""From the form to a draft, and from a draft to the units, in one transaction; by copy, or from last year's list."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.attachments import attach
from app.casework.cases import Case
from app.casework.errors import Obstacle, Stale
from app.casework.history import record
from app.casework.once import making_once
from app.casework.unit_of_work import lock_case, unit_of_work
from app.casework.verbs import act_on, changes_between, settle
from app.organization.directory import standing
from app.organization.models import Organization
from app.tasks import forms, operations
from app.tasks.models import Task
from app.tasks.shares.operations import of_task
from app.tasks.states import DueKind, TaskState
from app.tasks.verbs import TASKS

UNIT_FIELDS = {"townships", "departments", "lead_units", "supporting_units"}
COPIED = ("source", "document_number", "content", "measures", "due_kind", "due_words", "unit_words")


def register(session, hat, data: dict, files, today: dt.date, issue: bool, evidence: dict | None = None) -> Task:
    """A new task, as a draft or issued at once. `data`: `operations.COLUMNS`, `due` and `planned`
    (`operations.plan`), checked by `complete`. Call within a unit of work. Raises Obstacle.
    """
    task = operations.draft(session, hat, data, today)
    session.flush()
    settle(session, TASKS, task)
    attach(session, task, hat, files, "paper")
    record(session, hat, "register", today, case=task, to_state=task.state, comment=task.content,
           occurred_on=task.state_since, extra=evidence)
    if issue:
        act_on(session, TASKS, TASKS.verbs["submit"], task, hat, {}, today)
    return task


def complete(session, hat, data: dict, today: dt.date) -> dict:
    """Fill in what follows, and let nothing pass that was posted past the scope: units, parent, last year's task.

    Asked before the transaction. Raises Obstacle.
    """
    data = dict(data)
    data["year"] = data.get("year") or today.year
    if data.get("due_kind") != DueKind.DATE:
        data["due"] = None
    wanted = {line["unit"] for line in data.get("planned") or ()}
    found = set(session.scalars(
        sa.select(Organization.id).where(Organization.id.in_(wanted), Organization.active.is_(True))
    )) if wanted else set()
    if wanted - found:
        raise Obstacle(_l("One of the units is not in your directory any more. Choose again."), "lead_units")
    for name in ("parent_id", "previous_id"):
        if data.get(name) is not None and session.get(Task, data[name]) is None:
            raise Obstacle(_l("No such record, or it is not your unit's."), "content")
    return data


def save(session, hat, data: dict, files, today: dt.date, task_id: int | None, version: int | None, issue: bool,
         untouched: Iterable[str] = ()) -> Task:
    """Save what the form said: a new task, or a draft's content. Raises NotFound, Stale, Obstacle, AlreadyMade."""
    data = complete(session, hat, data, today)
    if task_id is None:
        with making_once(session, hat, data["client_key"]), unit_of_work(session):
            return register(session, hat, data, files, today, issue)
    with unit_of_work(session):
        task = lock_case(session, Task, task_id, version)
        if version is None or task.state != TaskState.DRAFT:
            raise Stale
        before = {name: getattr(task, name) for name in TASKS.tracked}
        left = {"parent_id", "previous_id", *untouched}
        if left >= UNIT_FIELDS:
            left |= {"planned", "unit_words"}
        operations.rewrite(task, {name: value for name, value in data.items() if name not in left})
        settle(session, TASKS, task)
        attach(session, task, hat, files, "paper")
        record(session, hat, "edit_draft", today, case=task, changes=changes_between(before, task))
        if issue:
            act_on(session, TASKS, TASKS.verbs["submit"], task, hat, {}, today)
    return task


def data_of(form: forms.TaskForm, details: dict[int, dict]) -> dict:
    """What the form says, as `register` takes it. `details`: heads and own deadline of units, typed in their table.

    Raises Obstacle at the table when a day there is none.
    """
    data = form.payload()
    for name in UNIT_FIELDS:
        data.pop(name)
    data["planned"] = []
    for unit, part in form.named():
        more = details.get(unit, {})
        try:
            due = forms.day_or_none(more.get("due"))
        except ValueError:
            raise Obstacle(_l("“%(text)s” is not a day. Write it as 2026-06-30.", text=more["due"]),
                           "lead_units") from None
        data["planned"].append(operations.plan(unit, part, more.get("heads"), due))
    data["unit_words"] = form.group_words()
    return data


# ── first values ───────────────────────────────────────────────────────────────────────────────────────────────
def owing_of(session, task: Task) -> list[dict]:
    """The units of a draft or series as planned, of any other as issued, without the released."""
    if task.planned:
        return list(task.planned)
    return [operations.plan(share.unit_id, share.part, share.heads) for share in of_task(session, task.id)
            if share.state != TaskState.TERMINATED or task.state == TaskState.TERMINATED]


def prefill(session, form: forms.TaskForm, task: Task | None, today: dt.date, copied: bool) -> list[dict]:
    """A fresh form: the draft's content or a copy of another task; returns the units with heads and deadlines."""
    form.year.data, form.happened_on.data = today.year, today
    if task is None:
        return []
    for name in (*COPIED, *(() if copied else ("year", "happened_on", "due", "previous_id", "parent_id"))):
        if name in form:
            form[name].data = getattr(task, name)
    planned = standing(session, owing_of(session, task))
    group = next((name for name, words in forms.GROUP_WORDS.items() if task.unit_words == str(words)), None)
    if group:
        form[group].data = planned[0]["part"] if planned else None
    else:
        form.lead_units.data = [line["unit"] for line in planned if line["part"] == "lead"]
        form.supporting_units.data = [line["unit"] for line in planned if line["part"] != "lead"]
    return [{**line, "due": None} for line in planned] if copied else planned


# ── last year's list ───────────────────────────────────────────────────────────────────────────────────────────
def to_carry_over(hat, year: int) -> sa.Select:
    """The own unit's tasks of a year that have no successor yet; an instance's series is carried over, not it."""
    followers = sa.alias(Task.__table__, "followers")
    cases = Case.__table__.alias("of_follower")
    followed = sa.exists().where(
        followers.c.previous_id == Task.id, cases.c.id == followers.c.id,
        cases.c.state != TaskState.TERMINATED.value,
    )
    return (
        sa.select(Task).where(
            Task.year == year, Task.filed_by_id.in_(hat.organization_ids), Task.issued.is_(True),
            Task.series_id.is_(None), ~followed)
        .order_by(Task.id)
    )


def carry_over(session, hat, task_ids: list[int], year: int, today: dt.date) -> list[Task]:
    """Drafts of `year` from tasks of an earlier one, linked to them; one transaction. Raises Obstacle.

    A task carried over once already is not carried over again.
    """
    with unit_of_work(session):
        fresh = [
            task for earlier in range(year - 5, year)
            for task in session.scalars(to_carry_over(hat, earlier).where(Task.id.in_(task_ids)))
        ]
        if not fresh:
            raise Obstacle(_l("Nothing to carry over: tick tasks that have no successor yet."))
        return [register(session, hat, _anew(session, task, year, today), (), today, issue=False) for task in fresh]


def _anew(session, task: Task, year: int, today: dt.date) -> dict:
    """A draft's data: the same words and units, the same day of the next year for a deadline."""
    due = task.due if task.due_kind == DueKind.DATE else None
    had = owing_of(session, task)
    planned = standing(session, had)
    return {
        **{name: getattr(task, name) for name in COPIED}, "year": year, "happened_on": today,
        "due": due and next_year(due, year - task.year), "previous_id": task.id,
        "planned": [{**line, "due": None} for line in planned],
        "unit_words": operations.words_for(task, had, planned),
    }


def next_year(day: dt.date, years: int) -> dt.date:
    """The same day so many years later; the month's last day when it has no such day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
