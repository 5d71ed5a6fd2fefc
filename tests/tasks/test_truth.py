"""The declarations of the verbs against the tables written by hand.

A verb that differs from truth.tsv or truth_shares.tsv is either an error in the noun's verbs.py or a changed rule:
then change the table first, with the clause that says so.
"""

from itertools import product
from pathlib import Path

import pytest

from app.access.roles import ROLES
from app.casework.verbs import How
from app.tasks.shares.verbs import SHARES
from app.tasks.states import TaskState
from app.tasks.verbs import TASKS

RELATIONS = {
    "task": ("filing", "leading", "responsible", "supervising", "receiving", "asking", "county"),
    "task_share": ("filing", "self_filing", "leading", "responsible", "territory", "regulator", "receiving", "asking",
                   "county", "stand_in", "stand_in_receiver"),
}
TABLES = {"task": "truth.tsv", "task_share": "truth_shares.tsv"}
NOUNS = {noun.kind: noun for noun in (TASKS, SHARES)}


def granted(kind: str) -> dict[tuple, How]:
    """`{(verb, state, role, relation): how}` of every granted combination."""
    path = Path(__file__).parent / TABLES[kind]
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    found = {}
    for line in lines[1:]:
        *cells, how = line.split("\t")
        for key in product(*(cell.split() for cell in cells)):
            assert key not in found, f"{path.name} grants {key} twice"
            found[key] = How(how)
    return found


GRANTED = {kind: granted(kind) for kind in NOUNS}
VERBS = [(kind, name) for kind, noun in NOUNS.items() for name in noun.verbs]


@pytest.mark.parametrize("noun", NOUNS)
def test_the_table_speaks_of_what_exists(noun):
    known = [set(NOUNS[noun].verbs), set(TaskState), set(ROLES), set(RELATIONS[noun])]
    for key in GRANTED[noun]:
        for word, words in zip(key, known, strict=True):
            assert word in words, f"{TABLES[noun]}: {word} is none of {sorted(words)}"


@pytest.mark.parametrize(("noun", "name"), VERBS)
def test_the_declaration_is_the_table(noun, name):
    verb, wrong = NOUNS[noun].verbs[name], []
    for state, role, relation in product(TaskState, ROLES, RELATIONS[noun]):
        expected = GRANTED[noun].get((name, state.value, role, relation))
        declared = verb.how(state, role, {relation})
        if expected != declared:
            wrong.append(f"{state} {role} {relation}: the table says {expected}, the declaration {declared}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("noun", "name"), VERBS)
def test_who_is_nothing_to_it_may_nothing(noun, name):
    verb = NOUNS[noun].verbs[name]
    assert not [(state, role) for state, role in product(TaskState, ROLES) if verb.how(state, role, ())]
