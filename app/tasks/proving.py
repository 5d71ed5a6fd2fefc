"""What a new row proves: the steps of a task and of each share, each on the day it happened.

Pure: from the cells as they were understood to the states that the history will tell.
"""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from app.tasks.shares.operations import FOLLOWS
from app.tasks.states import PERIODIC, TaskState


@dataclass(frozen=True)
class Step:
    """One entry of the history. `before` equal to `after`: the state stays. `unit`: whom it is confined to."""

    verb: str
    day: dt.date
    before: TaskState | None
    after: TaskState
    comment: str | None = None
    unit: int | None = None
    extra: dict = field(default_factory=dict)


def steps_of_share(new: dict, unit: int, first: Step) -> list[Step]:
    """A share's: issued with the task, in progress with what is told of it, done on the day of completion."""
    steps = [Step(first.verb, first.day, None, TaskState.ISSUED, extra=first.extra)]
    words = None
    for told in sorted((told for told in new["progress"] if told["unit"] == unit), key=lambda told: told["day"]):
        if told.get("claim"):
            words = told["text"]
            continue
        steps.append(Step("report", told["day"], steps[-1].after, TaskState.IN_PROGRESS, told["text"],
                          extra={"percent": told["percent"]}))
    if new["done_on"]:
        steps.append(Step("claim", new["done_on"], steps[-1].after, TaskState.CLAIMED, words))
        steps.append(Step("verify", new["done_on"], TaskState.CLAIMED, TaskState.DONE))
    return steps


def steps_of_task(new: dict, said: str) -> list[Step]:
    """The task's own; its state follows from its shares'."""
    steps = [Step("import", new["happened_on"], None, TaskState.ISSUED, said)]
    acts = [(told["day"], "follow_up", told) for told in new["follow_ups"]]
    if new["progress"] and new["due_kind"] not in PERIODIC:
        acts.append((min(told["day"] for told in new["progress"]), FOLLOWS, None))
    for day, verb, told in sorted(acts, key=lambda act: (act[0], act[1])):
        before = steps[-1].after
        if told is None:
            steps.append(Step(verb, day, before, TaskState.IN_PROGRESS))
        else:
            words = "：".join(filter(None, (told["method"], told["text"])))
            steps.append(Step(verb, day, before, before, words, told["unit"]))
    if new["done_on"]:
        steps.append(Step(FOLLOWS, new["done_on"], steps[-1].after, TaskState.DONE))
    return steps
