"""The declarations of a letter's verbs against truth.tsv, written by hand."""

from pathlib import Path

import pytest

from app.letters.verbs import LETTERS
from tests.support.truth import differences, granted, unknown

RELATIONS = ("filing", "writing", "recipient", "via", "supervising", "county")
TABLE = granted(Path(__file__).parent / "truth.tsv")


def test_the_table_speaks_of_what_exists():
    assert not unknown(TABLE, LETTERS, RELATIONS)


@pytest.mark.parametrize("name", LETTERS.verbs)
def test_the_declaration_is_the_table(name):
    assert not differences(TABLE, LETTERS, name, RELATIONS)
