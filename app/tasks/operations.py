"""The verbs of a task on its main road: draft, review, issue to the units, taking back. Nobody else writes its state.

From `issued` on the state follows from the shares (`shares.operations.follow`). Each verb runs inside
`casework.verbs.perform`.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework import numbering
from app.casework.attachments import attach_chosen
from app.casework.cases import TITLE_LENGTH, sync_parties
from app.casework.errors import Obstacle, refuse_when
from app.casework.history import record
from app.casework.requests import refuse_same_person
from app.casework.verbs import Act
from app.organization.directory import standing
from app.organization.models import Organization
from app.tasks import parties, rules
from app.tasks.models import Task
from app.tasks.shares.operations import create, end_all, of_task
from app.tasks.states import PERIODIC, DueKind, Part, TaskState

CODE = "RW"
REPEATED = ("year", "source", "document_number", "content", "measures", "parent_id")  # by instances
COLUMNS = (
    "year", "source", "document_number", "content", "measures", "due_kind", "due_words", "unit_words", "happened_on",
    "parent_id", "previous_id",
)


def title_of(content: str) -> str:
    """A case's title: the first line's worth of what is to be done."""
    words = " ".join(content.split())
    return words if len(words) <= TITLE_LENGTH else words[: TITLE_LENGTH - 1] + "…"


def plan(unit: int, part: str = Part.LEAD.value, heads: str | None = None, due: dt.date | str | None = None) -> dict:
    """One line of `Task.planned`."""
    return {"unit": unit, "part": str(part), "heads": heads or None, "due": str(due) if due else None}


def words_for(task: Task, planned: list[dict], units: list[dict]) -> str | None:
    """各乡镇 as long as `units`, as they are today, are those that it was said of."""
    return task.unit_words if {line["unit"] for line in units} == {line["unit"] for line in planned} else None


def day_of(line: dict) -> dt.date | None:
    """A planned unit's own deadline."""
    return dt.date.fromisoformat(line["due"]) if line.get("due") else None


def once(planned: Iterable[dict]) -> list[dict]:
    """Each unit once, as it was named first; the leading ones before the supporting ones."""
    found: dict[int, dict] = {}
    for line in planned:
        found.setdefault(line["unit"], line)
    return sorted(found.values(), key=lambda line: line["part"] == Part.SUPPORTING)


# ── the draft ──────────────────────────────────────────────────────────────────────────────────────────────────
def draft(session, hat, data: dict, today: dt.date) -> Task:
    """A new task as a draft: its one party is who files it. `data` holds the columns, `due` and `planned`."""
    task = Task(
        county_id=hat.county_id, filed_by_id=hat.organization_id, created_by_id=hat.user_id,
        state=TaskState.DRAFT.value, state_since=min(data["happened_on"], today), issued=False, title="", planned=[],
        client_key=data.get("client_key"),
    )
    session.add(task)
    rewrite(task, data)
    return task


def rewrite(task: Task, data: dict) -> None:
    """Write a draft's content; only what `data` holds is touched."""
    for name in COLUMNS:
        if name in data:
            setattr(task, name, data[name])
    task.title = title_of(task.content)
    task.due = rules.due_of(task.due_kind, data.get("due", task.due), task.happened_on)
    task.original_due = task.due
    if "planned" in data:
        task.planned = once(data["planned"])


def check_complete(task: Task, today: dt.date) -> None:
    """Raise Obstacle when the draft cannot be issued."""
    units = [line["unit"] for line in task.planned]
    refuse_when(rules.why_not_issue(task.happened_on, today, task.year, task.due_kind, task.due, units))
    for line in task.planned:
        message = rules.why_not_own_day(day_of(line), task.due_kind, task.happened_on)
        refuse_when(message and ("lead_units", message))


def submit(act: Act) -> None:
    """Registering issues the task, unless the unit reviews before issue."""
    check_complete(act.case, act.today)
    unit = Organization.__table__
    reviews = act.session.execute(
        sa.select(unit.c.review_before_issue).where(unit.c.id == act.case.filed_by_id)
    ).scalar_one()
    if reviews:
        act.case.review_asked_on = act.today
    else:
        issue(act)


def issue(act: Act) -> None:
    """下达 to the units: each has its share, and signs for it. A periodic task issues its first instance instead."""
    task = act.case
    check_complete(task, act.today)
    if task.review_asked_on:
        refuse_same_person(act, "submit")
    _draw_number(act.session, task, act.today)
    if task.due_kind == DueKind.IMMEDIATE:
        task.due = task.original_due = act.today
    task.issued, task.state, task.review_asked_on = True, TaskState.ISSUED.value, None
    task.issued_on = act.today
    act.occurred_on = max(task.happened_on, task.state_since)
    act.session.flush()
    units = standing(act.session, task.planned)
    if len(units) < len(task.planned):
        raise Obstacle(_l("A unit of the draft is no longer in the directory: edit the draft."), "lead_units")
    if task.due_kind in PERIODIC:
        spawn_missing(act.session, act.hat, task, act.today)
    else:
        task.unit_words = words_for(task, task.planned, units)
        create(act.session, act.hat, task, units, act.today, act.occurred_on, "issue")
        task.planned = []


def _draw_number(session, task: Task, today: dt.date) -> None:
    if task.number is None:
        drawn = numbering.draw(session, task.county_id, CODE, today.year)[0]
        task.number = numbering.business_number(CODE, today.year, drawn)


def return_draft(act: Act) -> None:
    act.case.review_asked_on = None


def discard(act: Act) -> None:
    """A draft is put aside, not deleted; a number it already had is void."""
    task = act.case
    task.state, task.closed_on = TaskState.TERMINATED.value, act.today
    if task.number:
        numbering.void(act.session, task.county_id, task.number, act.data["comment"], act.hat.user_id)


def withdraw(act: Act) -> None:
    """Taken back before any unit signed for it: a draft again, its number kept; the units find it no longer."""
    task, shares = act.case, of_task(act.session, act.case.id)
    if any(share.acknowledged_on or share.state != TaskState.ISSUED for share in shares):
        raise Obstacle(_l("A unit has received it already."))
    act.comment = act.comment or act.data.get("comment")
    end_all(act, task, shares, "withdraw", issued=False)
    if shares:
        task.planned = [plan(s.unit_id, s.part, s.heads, s.due if s.due != task.due else None) for s in shares]
    task.issued, task.issued_on = False, None


def add_units(act: Act) -> None:
    """追加单位: each new unit has its share from today on; who had a share and was released may be asked anew."""
    task, planned = act.case, once(act.data["planned"])
    for line in planned:
        message = rules.why_not_own_day(day_of(line), task.due_kind, task.happened_on)
        refuse_when(message and ("due", message))
    holding = {share.unit_id for share in of_task(act.session, task.id) if share.state != TaskState.TERMINATED}
    holding |= {line["unit"] for line in task.planned}
    planned = [line for line in planned if line["unit"] not in holding]
    if not planned:
        raise Obstacle(_l("Name at least one unit that has no share yet."), "lead_units")
    if task.due_kind in PERIODIC:
        task.planned = once([*task.planned, *planned])
    else:
        create(act.session, act.hat, task, planned, act.today, max(act.today, task.state_since), "issue")
        task.state = rules.state_of_task(part.state for part in parties.parts_of(act.session, task.id)).value
    task.unit_words = None
    act.extra["units"] = [line["unit"] for line in planned]


# ── the instances of a periodic task ───────────────────────────────────────────────────────────────────────────
def spawn_missing(session, hat, series: Task, today: dt.date) -> list[Task]:
    """An instance for each period that has begun and has none; the caller holds the series' row.

    Units that are gone by now are left out, and without any unit there is nothing to issue.
    """
    units = standing(session, series.planned)
    table = Task.__table__
    have = set(session.execute(sa.select(table.c.period).where(table.c.series_id == series.id)).scalars())
    periods = rules.periods_due(series.due_kind, series.year, series.issued_on, today)
    return [_instance(session, hat, series, period, units, today) for period in periods if units and period not in have]


def _instance(session, hat, series: Task, period: str, units: list[dict], today: dt.date) -> Task:
    """One period's task: a number, shares and a deadline of its own, the last day of the period."""
    due, since = rules.last_day(period), min(max(rules.first_day(period), series.happened_on), today)
    task = Task(
        county_id=series.county_id, filed_by_id=series.filed_by_id, created_by_id=hat.user_id, title=series.title,
        state=TaskState.ISSUED.value, issued=True, state_since=since, happened_on=since, issued_on=today, due=due,
        due_sort=due, original_due=due, due_kind=DueKind.DATE.value, planned=[], series_id=series.id, period=period,
        parties=[], **{name: getattr(series, name) for name in REPEATED},
    )
    task.unit_words = words_for(series, series.planned, units)
    _draw_number(session, task, today)
    session.add(task)
    session.flush()
    record(session, hat, "spawn", today, case=task, to_state=task.state, occurred_on=since,
           extra={"series": series.number, "period": period})
    create(session, hat, task, units, today, since, "issue")
    sync_parties(session, task, parties.of_task(task))
    session.flush()
    return task


def finish(session, hat, series: Task, today: dt.date) -> None:
    """The year of a periodic task is over and all its instances have ended: so has it."""
    before, series.state, series.closed_on = series.state, TaskState.DONE.value, today
    series.state_since = max(series.state_since, today)
    sync_parties(session, series, parties.of_task(series))
    record(session, hat, "finish", today, case=series, from_state=before, to_state=series.state,
           occurred_on=series.state_since)
    session.flush()


def add_files(act: Act) -> None:
    attach_chosen(act, act.data["purpose"])
