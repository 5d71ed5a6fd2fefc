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
from app.deliveries import invariants as delivery_invariants
from app.deliveries import wording as delivery_words
from app.deliveries.states import WITH_THE_HEAD
from app.deliveries.verbs import DELIVERIES
from app.deliveries.workbench import DESK as DELIVERY_DESK
from app.escalation import invariants as proposal_invariants
from app.escalation.workbench import DESK as PROPOSAL_DESK
from app.hazards import invariants as hazard_invariants
from app.hazards import wording as hazard_words
from app.hazards.verbs import HAZARDS
from app.hazards.workbench import DESK as HAZARD_DESK
from app.letters import invariants as letter_invariants
from app.letters import wording as letter_words
from app.letters.rules import state_of_letter
from app.letters.verbs import LETTERS
from app.letters.workbench import DESK as LETTER_DESK
from app.occasions import invariants as occasion_invariants
from app.occasions import wording as occasion_words
from app.occasions.verbs import OCCASIONS
from app.occasions.workbench import DESK as OCCASION_DESK
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
    Room(LETTERS, LETTER_DESK, letter_words, letter_invariants.RULES, following(state_of_letter, DELIVERIES)),
    Room(DELIVERIES, DELIVERY_DESK, delivery_words, delivery_invariants.RULES, WITH_THE_HEAD),
    Room(OCCASIONS, OCCASION_DESK, occasion_words, occasion_invariants.RULES),
)
# What is no case: its figures lead the workbench, its rules are checked like the others.
DESKS = (PROPOSAL_DESK,)
MORE_RULES = proposal_invariants.RULES
BY_KIND = {room.noun.kind: room for room in ROOMS}
