"""The declarations of an occasion's verbs against truth.tsv, written by hand."""

from pathlib import Path

import pytest

from app.occasions.verbs import OCCASIONS
from tests.support.truth import differences, granted, unknown

RELATIONS = ("filing", "county")
TABLE = granted(Path(__file__).parent / "truth.tsv")


def test_the_table_speaks_of_what_exists():
    assert not unknown(TABLE, OCCASIONS, RELATIONS)


@pytest.mark.parametrize("name", OCCASIONS.verbs)
def test_the_declaration_is_the_table(name):
    assert not differences(TABLE, OCCASIONS, name, RELATIONS)
