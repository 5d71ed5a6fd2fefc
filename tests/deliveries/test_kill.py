"""kill -9 at the n-th statement, for every n, of serving, ending and every verb, as tests/hazards/test_kill.py."""

import pytest

from app.access.scope import session_for
from app.casework.verbs import perform
from app.deliveries.verbs import DELIVERIES
from tests.deliveries.http import ROADS, prepared
from tests.deliveries.test_invariants import faults
from tests.hazards.test_kill import survives
from tests.support import delivery_factories as made


def performing(world, verb: str, who: str, delivery_id: int):
    data, hat, day = made.answers(world, verb), world.hats[who], world.day

    def act():
        with session_for(hat.scope) as session:
            perform(session, DELIVERIES, verb, delivery_id, None, hat, data, day)

    return act


@pytest.mark.one_database
def test_no_verb_of_a_delivery_is_ever_half_done(world):
    for verb, road in ROADS.items():
        start, delivery_id = world.day, prepared(world, verb)
        survives(world, verb, performing(world, verb, road.who, delivery_id))
        assert faults(world) == set()
        world.move_to(start)


def test_a_letter_is_served_on_all_or_on_nobody(world):
    survives(world, "serve", lambda: made.served(world))
    assert faults(world) == set()


def test_a_letter_ends_for_all_or_for_nobody(world):
    letter_id = made.served(world)["letter"]
    survives(world, "void", lambda: made.end(world, letter_id, "void"))
    assert faults(world) == set()
