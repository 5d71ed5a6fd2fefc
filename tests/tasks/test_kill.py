"""kill -9 at the n-th statement, for every n, of every verb of tasks and shares and of the spawning of instances.

As tests/hazards/test_kill.py: afterwards not one row differs; at last nobody kills it, and the invariants hold.
"""

import datetime as dt

import pytest

from app.access.scope import session_for, system_session
from app.casework.invariants import check
from app.casework.verbs import perform
from app.tasks.invariants import RULES
from app.tasks.registering import carry_over
from app.tasks.shares.verbs import SHARES
from app.tasks.spawning import spawn_due
from app.tasks.verbs import TASKS
from tests.hazards.test_kill import survives
from tests.support import task_factories as made
from tests.tasks.test_verbs_over_http import REVIEWED, SHARE_ROADS, TASK_ROADS, extra, prepared

NOUNS = {"task": TASKS, "share": SHARES}
ANSWERS = {"task": made.answers, "share": made.share_answers}


def whole(world) -> None:
    with world.system() as session:
        assert check(session, world.app.config["DATA_DIR"], RULES) == []


def performing(world, noun: str, verb: str, who: str, case_id: int):
    data, hat, day = {**ANSWERS[noun](world, verb), **extra(world, noun, verb)}, world.hats[who], world.day

    def act():
        with session_for(hat.scope) as session:
            perform(session, NOUNS[noun], verb, case_id, None, hat, data, day)

    return act


# The way a verb is done is one for every noun: tests/hazards/test_kill.py asks it of both databases.
@pytest.mark.one_database
def test_no_verb_of_a_task_is_ever_half_done(world):
    for verb in sorted(TASK_ROADS, key=lambda verb: verb in REVIEWED):  # from then on the office reviews its drafts
        start, road = world.day, TASK_ROADS[verb]
        survives(world, verb, performing(world, "task", verb, road.who, prepared(world, "task", verb)))
        whole(world)
        world.move_to(start)


@pytest.mark.one_database
def test_no_verb_of_a_share_is_ever_half_done(world):
    """With each the task's own state is written or not at all."""
    for verb, road in SHARE_ROADS.items():
        survives(world, verb, performing(world, "share", verb, road.who, prepared(world, "share", verb)))
        whole(world)


def test_instances_are_whole_or_not_there(world):
    made.task(world, due_kind="monthly", due=None)
    world.move_to(dt.date(2026, 4, 2))

    def act():
        with system_session("spawning under test") as session:
            spawn_due(session, world.day)

    survives(world, "spawn", act)
    whole(world)


def test_carrying_over_is_all_or_nothing(world):
    ids = [made.task(world, year=2025) for _ in range(2)]
    hat = world.hats["office"]

    def act():
        with session_for(hat.scope) as session:
            carry_over(session, hat, ids, 2026, world.day)

    survives(world, "carry over", act)
    whole(world)
