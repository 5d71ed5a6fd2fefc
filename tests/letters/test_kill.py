"""kill -9 at the n-th statement, for every n, of every verb of a letter and of saving a draft: all or nothing."""

import pytest

from app.access.scope import session_for
from app.casework.invariants import check
from app.casework.verbs import perform
from app.deliveries.invariants import RULES as DELIVERY_RULES
from app.letters.drafting import save
from app.letters.invariants import RULES
from app.letters.verbs import LETTERS
from tests.hazards.test_kill import survives
from tests.support.letter_factories import answers, bring, facts

ROADS = {  # verb: (state before, who)
    "submit": ("draft", "office"), "check": ("checking", "office_head"), "sign": ("signing", "office_head"),
    "send_back": ("checking", "office_head"), "take_back": ("signing", "office"), "discard": ("draft", "office"),
    "chase": ("issued", "office"), "withdraw": ("issued", "office_head"), "void": ("in_hand", "office_head"),
    "add_files": ("issued", "office"),
}
UNITS = ("fengcheng", "firm")


def whole(world) -> None:
    with world.system() as session:
        assert check(session, world.app.config["DATA_DIR"], (*RULES, *DELIVERY_RULES)) == []


def test_every_verb_has_its_road():
    assert set(ROADS) == set(LETTERS.verbs)


# The way a verb is done is one for every noun: tests/hazards/test_kill.py asks it of both databases.
@pytest.mark.one_database
@pytest.mark.parametrize("verb", ROADS)
def test_no_verb_is_ever_half_done(world, verb):
    """With `sign` the number, the unit's code and each delivery are there, or none of them."""
    state, who = ROADS[verb]
    letter_id, hat, data = bring(world, state, units=UNITS), world.hats[who], answers(world, verb)

    def act():
        with session_for(hat.scope) as session:
            perform(session, LETTERS, verb, letter_id, None, hat, data, world.day)

    survives(world, verb, act)
    whole(world)


@pytest.mark.one_database
def test_a_draft_is_whole_or_not_there(world):
    hat = world.hats["office"]

    def act():
        with session_for(hat.scope) as session:
            save(session, hat, facts(world), (), world.day, None, None, submit=True)

    survives(world, "save", act)
    whole(world)
