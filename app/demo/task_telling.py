"""Plays the demo county's tasks through the operations that any user's verbs run through."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from app.casework.attachments import StoredFile
from app.casework.cases import Case
from app.casework.verbs import act_on
from app.demo.people import Staff, person
from app.demo.task_courses import TaskStep, TaskStory
from app.tasks.models import Share, Task
from app.tasks.operations import plan, spawn_missing
from app.tasks.registering import register
from app.tasks.shares.verbs import SHARES
from app.tasks.spawning import system_hat
from app.tasks.states import Part
from app.tasks.verbs import TASKS

_cases, _tasks = Case.__table__, Task.__table__
PROVED = 5  # one completion in so many is shown with its paper


class TaskTeller:
    """Looks up the hat that acts and turns names into ids. `paper(n)` gives the n-th scanned sheet."""

    def __init__(self, session, county_id: int, units: dict[str, int], staff: Staff, paper):
        self.session, self.county_id, self.units, self.staff, self.paper = session, county_id, units, staff, paper
        self.ids: dict[str, int] = {}

    def told(self) -> list[int]:
        """The ids of the tasks that were told before, in order; instances came with their series."""
        mine = _cases.c.county_id == self.county_id, _tasks.c.series_id.is_(None)
        return list(self.session.scalars(
            sa.select(_tasks.c.id).join(_cases, _cases.c.id == _tasks.c.id).where(*mine).order_by(_tasks.c.id)
        ))

    def resume(self, stories: list[TaskStory]) -> int:
        """How many of `stories` are there already: they are told in order, a block at a time."""
        ids = self.told()
        self.ids = dict(zip((story.key for story in stories), ids, strict=False))
        return len(ids)

    def tell(self, story: TaskStory) -> None:
        clerk = self.staff.clerks[story.issuer]
        task = register(self.session, clerk, self._content(story), (), story.issued, issue=story.course != "draft")
        self.session.flush()
        self.ids[story.key] = task.id
        shares: dict[str, dict[int, Share]] = {}
        for step in story.steps:
            self._play(story, task, step, shares)

    def _content(self, story: TaskStory) -> dict:
        """What the form of a new task would hold."""
        parts = [(unit, Part.LEAD) for unit in story.leading] + [(unit, Part.SUPPORTING) for unit in story.supporting]
        return {
            "year": story.year, "source": story.source, "document_number": story.document_number,
            "content": story.content, "measures": story.measures, "due_kind": story.due_kind, "due": story.due,
            "due_words": None, "unit_words": story.unit_words, "happened_on": story.issued,
            "parent_id": self.ids.get(story.parent), "previous_id": self.ids.get(story.previous),
            "planned": [plan(self.units[unit], part, person(f"{unit}/head")) for unit, part in parts],
        }

    def _play(self, story: TaskStory, task: Task, step: TaskStep, shares: dict) -> None:
        if step.verb == "spawn":
            spawn_missing(self.session, system_hat(self.session, task.filed_by_id), task, step.day)
        elif step.unit:
            hat, data = self._acting(story, step)
            share = self._share(shares, task, step)
            act_on(self.session, SHARES, SHARES.verbs[step.verb], share, hat, data, step.day)
        else:
            hat, data = self._acting(story, step)
            act_on(self.session, TASKS, TASKS.verbs[step.verb], task, hat, data, step.day)

    def _share(self, shares: dict, task: Task, step: TaskStep) -> Share:
        """The unit's share of the task, or of the instance of the step's period; read once for all its units."""
        if step.period not in shares:
            head_id = sa.select(_tasks.c.id).where(
                _tasks.c.series_id == task.id, _tasks.c.period == step.period
            ).scalar_subquery() if step.period else task.id
            found = self.session.scalars(sa.select(Share).where(Share.head_id == head_id))
            shares[step.period] = {share.unit_id: share for share in found}
        return shares[step.period][self.units[step.unit]]

    def _acting(self, story: TaskStory, step: TaskStep) -> tuple:
        """The hat for a step, and its data as the verb's form would give it; a clerk records a head's paper."""
        kind, _colon, unit = step.actor.partition(":")
        data = dict(step.data)
        if step.verb == "claim" and len(step.data["text"]) % PROVED == 0:
            data["files"] = [self.paper(step.day.day)]
        if kind == "clerk":
            return self.staff.enterprises.get(unit) or self.staff.clerks[unit], data
        if unit in self.staff.heads:
            return self.staff.heads[unit], data
        return self.staff.clerks[unit], data | self._on_paper(unit, step.day)

    def _on_paper(self, unit: str, day: dt.date) -> dict:
        scans: list[StoredFile] = [self.paper(day.day)]
        return {"decided_by": f"{unit}分管负责人 {person(f'{unit}/head')}", "decided_on": day, "scans": scans}
