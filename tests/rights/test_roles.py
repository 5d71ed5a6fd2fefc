"""The page of roles and rights says what the table says, as do the README and the workbook."""

import io
import re

import openpyxl
import pytest
from flask_babel import force_locale

from app import handbook
from app.access.permissions import Permission
from app.access.roles import ROLES, permits
from app.casework.verbs import How
from app.nouns import ROOMS
from app.rights.matrix import matrices, words_of

pytestmark = pytest.mark.one_database


@pytest.fixture
def told(world):
    """The matrices in Chinese."""
    with world.app.app_context(), force_locale("zh"):
        return matrices()


def cells_of(page: str) -> list[list[str]]:
    """The lines of all matrices on the page: words, then a word or nothing for each role."""
    tables = re.findall(r'<table class="[^"]*matrix.*?</table>', page, re.DOTALL)
    rows = [row for table in tables for row in re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], re.DOTALL)]
    return [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]


def test_every_right_is_told_as_the_table_holds_it(told):
    rows = {row.code: row.cells for row in told[0].rows}
    assert rows == {p: tuple("✓" if permits(role, p) else "" for role in ROLES) for p in Permission}


def test_every_verb_is_told_as_it_is_declared(told):
    word = {How.OWN: "办", How.PROXY: "代填", How.PAPER: "代录"}
    for matrix, room in zip(told[1:], ROOMS, strict=True):
        for row, verb in zip(matrix.rows, room.noun.verbs.values(), strict=True):
            for cell, role in zip(row.cells, ROLES, strict=True):
                ways = {word[one.how] for one in verb.who if role in one.roles}
                assert set(filter(None, cell.split("、"))) == ways, f"{verb.name} {role}"


def test_page_workbook_and_readme_are_the_same(world, told):
    whole = [[row.words, *row.cells] for matrix in told for row in matrix.rows]
    assert cells_of(world.as_("auditor").get("/roles/").text) == whole
    answer = world.as_("auditor").get("/roles/export")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    answer.close()
    lines = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    assert [line[2:] for line in lines if line[0].isdigit()] == whole
    readme = (handbook.ROOT / "README.md").read_text(encoding="utf-8")
    parts = "".join(re.findall(r"<!-- (?:permissions|verbs)[^>]*-->\n(.*?)<!-- /", readme, re.DOTALL))
    read = [[cell.strip() for cell in line.strip("|").split("|")] for line in parts.splitlines() if line[:1] == "|"]
    printed = [[re.sub(r" `.*`$", "", line[0]), *line[1:]] for line in read
               if not line[0].startswith("---") and line[1] != str(told[0].roles[0])]
    assert printed == whole


@pytest.mark.parametrize(("username", "may"), [("yingji", False), ("admin", True), ("auditor", True)])
def test_who_may_take_it_away(world, username, may):
    page = world.as_(username).get("/roles/")
    assert page.status_code == 200
    assert ("/roles/export" in page.text) is may


def test_no_two_rights_have_the_same_words(world):
    with world.app.app_context(), force_locale("zh"):
        words = [words_of(permission) for permission in Permission]
    assert len(set(words)) == len(words)
