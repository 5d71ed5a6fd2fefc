"""The nouns of the office, in the order of the document: what a room that serves them all goes through.

A mechanism is told here once; workbench, handbook and log ask this list and name no noun themselves.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.casework.desk import Desk
from app.casework.diagram import following
from app.casework.invariants import Rule
from app.casework.verbs import Noun
from app.hazards import invariants as hazard_invariants
from app.hazards import wording as hazard_words
from app.hazards.verbs import HAZARDS
from app.hazards.workbench import DESK as HAZARD_DESK
from app.submissions import invariants as submission_invariants
from app.submissions import wording as submission_words
from app.submissions.verbs import SUBMISSIONS
from app.submissions.workbench import DESK as SUBMISSION_DESK
from app.tasks import invariants as task_invariants
from app.tasks import wording as task_words
from app.tasks.rules import state_of_task
from app.tasks.shares.verbs import SHARES
from app.tasks.verbs import TASKS
from app.tasks.workbench import DESK as TASK_DESK
from app.tasks.workbench import SHARE_DESK


@dataclass(frozen=True)
class Room:
    """A noun with what the shared rooms show of it.

    `wording`: its module of titles and values of fields. `rules`: what must hold between its tables. `follows`:
    moves between its states that its shares make.
    """

    noun: Noun
    desk: Desk
    wording: object
    rules: Iterable[Rule] = ()
    follows: tuple[tuple[str, str], ...] = ()


ROOMS = (
    Room(TASKS, TASK_DESK, task_words, task_invariants.RULES, following(state_of_task, SHARES)),
    Room(SHARES, SHARE_DESK, task_words),
    Room(HAZARDS, HAZARD_DESK, hazard_words, hazard_invariants.RULES),
    Room(SUBMISSIONS, SUBMISSION_DESK, submission_words, submission_invariants.RULES),
)
BY_KIND = {room.noun.kind: room for room in ROOMS}
