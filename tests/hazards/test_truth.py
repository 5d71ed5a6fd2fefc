"""The declaration of the verbs against the table written by hand, and each verb through the door.

A verb that differs from truth.tsv is either an error in app/hazards/verbs.py or a changed rule: then change the
table first, with the clause that says so.
"""

from itertools import product
from pathlib import Path

import pytest

from app.access.roles import ROLES
from app.hazards.states import HazardState
from app.hazards.verbs import HAZARDS
from tests.support.truth import differences, granted, unknown

RELATIONS = (
    "filing", "inspecting", "rechecking", "rectifying", "territory", "regulator", "receiving", "asking", "county",
    "stand_in", "stand_in_receiver",
)
GRANTED = granted(Path(__file__).parent / "truth.tsv")


def test_the_table_speaks_of_what_exists():
    assert not unknown(GRANTED, HAZARDS, RELATIONS)


@pytest.mark.parametrize("name", HAZARDS.verbs)
def test_the_declaration_is_the_table(name):
    assert not differences(GRANTED, HAZARDS, name, RELATIONS)


@pytest.mark.parametrize("name", HAZARDS.verbs)
def test_who_is_nothing_to_a_hazard_may_nothing(name):
    assert not [
        (state, role) for state, role in product(HazardState, ROLES) if HAZARDS.verbs[name].how(state, role, ())
    ]
