"""The declarations of the verbs against the table written by hand, as tests/tasks/test_truth.py."""

from itertools import product
from pathlib import Path

import pytest

from app.access.roles import ROLES
from app.deliveries.states import DeliveryState
from app.deliveries.verbs import DELIVERIES
from tests.support.truth import differences, granted, unknown

RELATIONS = ("filing", "recipient", "via", "territory", "regulator", "asking", "county", "stand_in")
GRANTED = granted(Path(__file__).parent / "truth.tsv")


def test_the_table_speaks_of_what_exists():
    assert not unknown(GRANTED, DELIVERIES, RELATIONS)


@pytest.mark.parametrize("name", DELIVERIES.verbs)
def test_the_declaration_is_the_table(name):
    assert not differences(GRANTED, DELIVERIES, name, RELATIONS)


@pytest.mark.parametrize("name", DELIVERIES.verbs)
def test_who_is_nothing_to_it_may_nothing(name):
    verb = DELIVERIES.verbs[name]
    assert not [(state, role) for state, role in product(DeliveryState, ROLES) if verb.how(state, role, ())]
