"""The declarations of the verbs against the tables written by hand.

A verb that differs from truth.tsv or truth_shares.tsv is either an error in the noun's verbs.py or a changed rule:
then change the table first, with the clause that says so.
"""

from itertools import product
from pathlib import Path

import pytest

from app.access.roles import ROLES
from app.tasks.shares.verbs import SHARES
from app.tasks.states import TaskState
from app.tasks.verbs import TASKS
from tests.support.truth import differences, granted, unknown

RELATIONS = {
    "task": ("filing", "leading", "responsible", "supervising", "receiving", "asking", "county"),
    "task_share": ("filing", "self_filing", "leading", "responsible", "territory", "regulator", "receiving", "asking",
                   "county", "stand_in", "stand_in_receiver"),
}
TABLES = {"task": "truth.tsv", "task_share": "truth_shares.tsv"}
NOUNS = {noun.kind: noun for noun in (TASKS, SHARES)}


GRANTED = {kind: granted(Path(__file__).parent / TABLES[kind]) for kind in NOUNS}
VERBS = [(kind, name) for kind, noun in NOUNS.items() for name in noun.verbs]


@pytest.mark.parametrize("noun", NOUNS)
def test_the_table_speaks_of_what_exists(noun):
    assert not unknown(GRANTED[noun], NOUNS[noun], RELATIONS[noun])


@pytest.mark.parametrize(("noun", "name"), VERBS)
def test_the_declaration_is_the_table(noun, name):
    assert not differences(GRANTED[noun], NOUNS[noun], name, RELATIONS[noun])


@pytest.mark.parametrize(("noun", "name"), VERBS)
def test_who_is_nothing_to_it_may_nothing(noun, name):
    verb = NOUNS[noun].verbs[name]
    assert not [(state, role) for state, role in product(TaskState, ROLES) if verb.how(state, role, ())]
