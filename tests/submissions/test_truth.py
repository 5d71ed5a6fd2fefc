"""The declaration of the verbs against the table written by hand: a verb that differs is an error in verbs.py, or a
changed rule; then change the table first.
"""

from itertools import product
from pathlib import Path

import pytest

from app.access.roles import ROLES
from app.casework.verbs import How
from app.submissions.states import SubmissionState
from app.submissions.verbs import SUBMISSIONS

RELATIONS = ("filing", "county")
TABLE = Path(__file__).parent / "truth.tsv"


def granted() -> dict[tuple, How]:
    """`{(verb, state, role, relation): how}` of every granted combination."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    found = {}
    for line in lines[1:]:
        *cells, how = line.split("\t")
        for key in product(*(cell.split() for cell in cells)):
            assert key not in found, f"{TABLE.name} grants {key} twice"
            found[key] = How(how)
    return found


GRANTED = granted()


def test_the_table_speaks_of_what_exists():
    known = [set(SUBMISSIONS.verbs), set(SubmissionState), set(ROLES), set(RELATIONS)]
    for key in GRANTED:
        for word, words in zip(key, known, strict=True):
            assert word in words, f"{TABLE.name}: {word} is none of {sorted(words)}"


@pytest.mark.parametrize("name", SUBMISSIONS.verbs)
def test_the_declaration_is_the_table(name):
    verb = SUBMISSIONS.verbs[name]
    wrong = []
    for state, role, relation in product(SubmissionState, ROLES, RELATIONS):
        expected, declared = GRANTED.get((name, state.value, role, relation)), verb.how(state, role, {relation})
        if expected != declared:
            wrong.append(f"{state} {role} {relation}: the table says {expected}, the declaration {declared}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", SUBMISSIONS.verbs)
def test_who_is_nothing_to_a_month_may_nothing(name):
    verb = SUBMISSIONS.verbs[name]
    assert not [(state, role) for state, role in product(SubmissionState, ROLES) if verb.how(state, role, ())]
