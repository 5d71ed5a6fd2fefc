"""The declaration of the verbs against the table written by hand: a verb that differs is an error in verbs.py, or a
changed rule; then change the table first.
"""

from itertools import product
from pathlib import Path

import pytest

from app.access.roles import ROLES
from app.submissions.states import SubmissionState
from app.submissions.verbs import SUBMISSIONS
from tests.support.truth import differences, granted, unknown

RELATIONS = ("filing", "county")
GRANTED = granted(Path(__file__).parent / "truth.tsv")


def test_the_table_speaks_of_what_exists():
    assert not unknown(GRANTED, SUBMISSIONS, RELATIONS)


@pytest.mark.parametrize("name", SUBMISSIONS.verbs)
def test_the_declaration_is_the_table(name):
    assert not differences(GRANTED, SUBMISSIONS, name, RELATIONS)


@pytest.mark.parametrize("name", SUBMISSIONS.verbs)
def test_who_is_nothing_to_a_month_may_nothing(name):
    verb = SUBMISSIONS.verbs[name]
    assert not [(state, role) for state, role in product(SubmissionState, ROLES) if verb.how(state, role, ())]
