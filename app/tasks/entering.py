"""Confirmed rows go in together: new tasks with their shares set-based, changed ones verb by verb.

Both run within the import's one transaction (app/ledgers/entering.py).
"""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from app.casework.cases import NEVER, Case, CaseParty
from app.casework.columns import utcnow
from app.casework.errors import Stale
from app.casework.history import TimelineEntry, in_place_of, signature
from app.casework.numbering import business_number, draw
from app.casework.unit_of_work import lock_case
from app.casework.verbs import act_on
from app.ledgers.bulk import put, reserve
from app.ledgers.entering import insert_all
from app.ledgers.planning import RowPlan
from app.organization.directory import homes_of, regulators_by_firm
from app.tasks import parties, rules
from app.tasks.matching import Records, says_the_same, version_of
from app.tasks.models import FollowUp, Progress, Share, Task
from app.tasks.new_rows import Owing
from app.tasks.operations import CODE, plan, title_of
from app.tasks.proving import Step, steps_of_share, steps_of_task
from app.tasks.shares.verbs import SHARES
from app.tasks.states import PERIODIC, DueKind, Part, TaskState
from app.tasks.verbs import TASKS

_cases, _tasks, _shares = Case.__table__, Task.__table__, Share.__table__
_parties, _entries = CaseParty.__table__, TimelineEntry.__table__
_progress, _follow_ups = Progress.__table__, FollowUp.__table__
DATED = (DueKind.DATE, DueKind.IMMEDIATE)


@dataclass
class Head:
    """A task that goes in: a row's own, or one period's instance of a recurring row's (`series` is its head)."""

    row: RowPlan
    new: dict
    steps: list[Step]
    series: Head | None = None
    period: str | None = None
    id: int | None = None

    @property
    def owed(self) -> list[Owing]:
        """Who has a share: nobody has one of a recurring task itself. The leading units come first."""
        if self.new["due_kind"] in PERIODIC:
            return []
        return sorted(self.new["owed"], key=lambda one: one.part == Part.SUPPORTING)


@dataclass
class Mine:
    """A share that goes in."""

    head: Head
    owing: Owing
    position: int
    steps: list[Step]
    id: int | None = None


def change(session, hat, row: RowPlan, today: dt.date) -> None:
    """One changed row. Raises Stale when the task or one of its shares was changed since."""
    task = lock_case(session, Task, row.record_id, None)
    if version_of(session, task.id) != row.version:
        raise Stale
    for name, data in row.acts:
        if "share" in data:
            share = lock_case(session, Share, data["share"], None)
            act_on(session, SHARES, SHARES.verbs[name], share, hat, data, today)
        else:
            act_on(session, TASKS, TASKS.verbs[name], task, hat, data, today)


def insert(session, hat, rows: list[RowPlan], today: dt.date, file_name: str) -> None:
    """A constant number of statements."""
    _refuse_if_entered(session, rows)
    heads = [head for row in rows for head in _heads(row, today)]
    at, numbers = utcnow(), draw(session, hat.county_id, CODE, today.year, len(heads))
    ids = insert_all(session, _cases, [
        {**_task_case(one, hat, at), "number": business_number(CODE, today.year, n), "issued": True}
        for one, n in zip(heads, numbers, strict=True)
    ])
    for head, i in zip(heads, ids, strict=True):
        head.id = i
    put(session, _tasks, [_task(one, today) for one in heads])
    mine = [Mine(head, owing, position, steps_of_share(head.new, owing.unit, head.steps[0]))
            for head in heads for position, owing in enumerate(head.owed)]
    _insert_shares(session, hat, mine, today, at)
    _insert_parts(session, hat, heads, mine)
    put(session, _entries, [
        *(entry for head in heads for entry in _history(head.id, head, head.steps, hat, file_name, at)),
        *(entry for one in mine for entry in _history(one.id, one.head, one.steps, hat, file_name, at)),
    ])


def _refuse_if_entered(session, rows: list[RowPlan]) -> None:
    """Raise Stale when one of the rows came in since the plan was made."""
    there = Records(session)
    there.look_around({row.new["year"] for row in rows})
    for row in rows:
        if not row.confirmed_new and any(says_the_same(row.new, known) for known in there.near(row.new)):
            raise Stale


def _heads(row: RowPlan, today: dt.date):
    """The row's task; of a recurring one also the instances of the periods that have begun."""
    said = "\n".join((row.new["content"], *(f"{head}：{text}" for head, text in row.kept.items())))
    head = Head(row, row.new, steps_of_task(row.new, said))
    yield head
    if row.new["due_kind"] not in PERIODIC:
        return
    for period in rules.periods_due(row.new["due_kind"], row.new["year"], today, today):
        since = min(max(rules.first_day(period), row.new["happened_on"]), today)
        due = rules.last_day(period)
        new = row.new | {"due_kind": DueKind.DATE.value, "due": due, "due_words": None, "happened_on": since,
                         "owed": [replace(one, due=None) for one in row.new["owed"]]}
        yield Head(row, new, [Step("spawn", since, None, TaskState.ISSUED, extra={"period": period})], head, period)


def _insert_shares(session, hat, mine: list[Mine], today: dt.date, at: dt.datetime) -> None:
    """Their words are written with those of their heads."""
    for one, i in zip(mine, reserve(session, _cases, len(mine)), strict=True):
        one.id = i
    put(session, _cases, [{"id": one.id, **_share_case(one, hat, at)} for one in mine])
    homes = homes_of(session, {one.owing.unit for one in mine})
    put(session, _shares, [_share(one, homes[one.owing.unit], today) for one in mine])
    put(session, _parties, _all_parties(session, hat, mine, homes))


def _insert_parts(session, hat, heads: list[Head], mine: list[Mine]) -> None:
    filing = [head for head in heads if not head.owed]
    filer = (hat.organization_id, "filing", True)
    put(session, _parties, [_party(head.id, "task", head, head.steps, head.new["due"], filer) for head in filing])
    put(session, _progress, [
        {"case_id": one.id, "reported_on": told["day"], "percent": told["percent"], "text": told["text"],
         "overdue_reason": None, "reported_by": signature(hat), "recorded_at": utcnow()}
        for one in mine for told in one.head.new["progress"] if told["unit"] == one.owing.unit
    ])
    put(session, _follow_ups, [
        {"case_id": head.id, "followed_on": told["day"], "method": told["method"], "text": told["text"],
         "followed_by": signature(hat), "confined_to_id": told["unit"], "recorded_at": utcnow()}
        for head in heads for told in head.new["follow_ups"]
    ])


def _all_parties(session, hat, mine: list[Mine], homes: dict) -> list[dict]:
    """The parties of all tasks with shares, and of their shares."""
    regulators = regulators_by_firm(session, [unit for unit, (firm, _town) in homes.items() if firm])
    together: dict[int, list[Mine]] = {}
    for one in mine:
        together.setdefault(one.head.id, []).append(one)
    found = []
    for shares in together.values():
        head = shares[0].head
        own = [parties.UnitPart(one.owing.unit, one.owing.part, one.steps[-1].after, *homes[one.owing.unit])
               for one in shares]
        leading = parties.leads(own, head.steps[-1].after)
        wanted = parties.task_parties(hat.organization_id, own, leading, regulators)
        found += [_party(head.id, "task", head, head.steps, head.new["due"], one) for one in dict.fromkeys(wanted)]
        for one, part in zip(shares, own, strict=True):
            wanted = parties.share_parties(hat.organization_id, part, leading, regulators.get(part.unit_id, ()))
            found += [_party(one.id, "task_share", head, one.steps, _due_of(one), party)
                      for party in dict.fromkeys(wanted)]
    return found


def _party(case_id: int, kind: str, head: Head, steps: list[Step], due: dt.date | None,
           party: tuple[int, str, bool]) -> dict:
    unit, role, oversees = party
    return {"case_id": case_id, "organization_id": unit, "role": role, "oversees": oversees, "kind": kind,
            "state": steps[-1].after, "due": due or NEVER, "happened_on": head.new["happened_on"]}


def _due_of(one: Mine) -> dt.date | None:
    if one.head.new["due_kind"] not in DATED:
        return None
    return one.owing.due or one.head.new["due"]


def _case(kind: str, new: dict, steps: list[Step], due: dt.date | None, hat, at: dt.datetime) -> dict:
    since = next(step.day for step in reversed(steps) if step.before != step.after)
    return {
        "kind": kind, "county_id": hat.county_id, "head_id": None, "title": title_of(new["content"]),
        "state": steps[-1].after, "issued": False, "turn_organization_id": None, "turn_role": None, "due": due,
        "due_sort": due or NEVER, "happened_on": new["happened_on"], "state_since": since,
        "closed_on": since if steps[-1].after == TaskState.DONE else None, "filed_by_id": hat.organization_id,
        "created_by_id": hat.user_id, "created_at": at, "recorded_at": at, "state_recorded_at": at, "version": 1,
    }


def _task_case(head: Head, hat, at: dt.datetime) -> dict:
    return _case("task", head.new, head.steps, head.new["due"], hat, at)


def _share_case(one: Mine, hat, at: dt.datetime) -> dict:
    waits = one.steps[-1].after != TaskState.DONE
    turn = {"turn_organization_id": one.owing.unit, "turn_role": "clerk"} if waits else {}
    return _case("task_share", one.head.new, one.steps, _due_of(one), hat, at) | turn | {
        "issued": True, "head_id": one.head.id,
    }


def _task(head: Head, today: dt.date) -> dict:
    new = head.new
    names = ("year", "source", "document_number", "content", "measures", "due_kind", "due_words", "unit_words")
    planned = [plan(one.unit, one.part, one.heads) for one in new["owed"]] if new["due_kind"] in PERIODIC else []
    return {name: new[name] for name in names} | {
        "id": head.id, "original_due": new["due"], "planned": planned, "issued_on": today,
        "imported_history": new["done_on"] is not None, "series_id": head.series and head.series.id,
        "period": head.period,
    }


def _share(one: Mine, home: tuple[bool, int | None], today: dt.date) -> dict:
    """A share is acknowledged by the first thing that is told of it."""
    new, unit = one.head.new, one.owing.unit
    told = sorted((told for told in new["progress"] if told["unit"] == unit), key=lambda told: told["day"])
    done = new["done_on"]
    return {
        "id": one.id, "unit_id": unit, "part": one.owing.part, "position": one.position, "heads": one.owing.heads,
        "is_enterprise": home[0], "territory_id": home[1], "due_kind": new["due_kind"], "original_due": _due_of(one),
        "issued_on": today, "claimed_on": done, "imported_history": done is not None,
        "acknowledged_on": told[0]["day"] if told else done, "reported_on": told[-1]["day"] if told else None,
        "percent_claimed": 100 if done else told[-1]["percent"] if told else 0,
        "percent_verified": 100 if done else None,
    }


def _history(case_id: int, head: Head, steps: list[Step], hat, file_name: str, at: dt.datetime):
    """One entry per step that the row proves, each on the day it happened."""
    for step in steps:
        yield {
            "case_id": case_id, "county_id": hat.county_id, "recorded_at": at, "occurred_on": step.day,
            "user_id": hat.user_id, "user_name": hat.user_name, "organization_id": hat.organization_id,
            "organization_name": hat.organization_name, "role": hat.role, "verb": step.verb,
            "from_state": step.before, "to_state": step.after if step.before != step.after else None,
            "comment": step.comment, "changes": {}, "confined_to_id": step.unit,
            "extra": {"file": file_name, "sheet": head.row.sheet, "row": head.row.number, **step.extra,
                      **in_place_of(hat)},
        }
