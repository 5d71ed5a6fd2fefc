"""The import's pages of every directory: a constant number of statements, what was read is shown, the commands."""

import json

import openpyxl
import pytest
import sqlalchemy as sa

from app.administration.enterprise_ledger.ledger import ENTERPRISE_LEDGER
from app.administration.people_ledger.ledger import PEOPLE_LEDGER
from app.administration.unit_ledger.ledger import UNIT_LEDGER
from app.organization.models import Enterprise, Organization, User
from tests.administration.ledgers import cells, sheet_file, started

COUNTY = ("--county", "甲县")
KINDS = {  # base of the addresses: (ledger, a row by number)
    "/enterprises": (ENTERPRISE_LEDGER, lambda n: {"name": f"甲乙丙{n}号工厂", "territory": "凤城镇",
                                                   "daily": "应急管理局"}),
    "/units": (UNIT_LEDGER, lambda n: {"name": f"第{n}镇", "kind": "乡镇", "review": "是"}),
    "/people": (PEOPLE_LEDGER, lambda n: {"name": f"第{n}人", "unit": "凤城镇", "role": "填报人"}),
}


@pytest.fixture
def run(world):
    """`run("import", "units", …)` → (exit code, what was printed)."""

    def command(*arguments: object) -> tuple[int, str]:
        result = world.app.test_cli_runner().invoke(args=["ledger", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return command


@pytest.mark.one_database
@pytest.mark.parametrize("base", KINDS)
def test_a_large_draft_opens_in_few_statements(world, tmp_path, statements, base):
    ledger, row = KINDS[base]
    admin, counts = world.as_("admin"), []
    for size in (1, 120):
        draft = started(admin, base, sheet_file(ledger, tmp_path / f"{size}.xlsx", *(row(n) for n in range(size))))
        with statements() as seen:
            assert admin.get(draft).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 15, counts


@pytest.mark.one_database
@pytest.mark.parametrize("base", KINDS)
def test_what_was_read_is_shown(world, tmp_path, base):
    ledger, row = KINDS[base]
    admin = world.as_("admin")
    page = admin.get(started(admin, base, sheet_file(ledger, tmp_path / "a.xlsx", row(1)))).text
    assert all(f"<span>{text}" in page for text in row(1).values()), "cells without a doubt, too"
    with admin.get(f"{base}/import/blank") as blank:
        (tmp_path / "blank.xlsx").write_bytes(blank.data)
    heads = [cell.value for cell in openpyxl.load_workbook(tmp_path / "blank.xlsx").active[3]]
    assert heads == ["序号", *ledger.sheet.heads]


@pytest.mark.parametrize("base", KINDS)
def test_other_forms_are_none(world, tmp_path, base):
    ledger, _row = KINDS[base]
    other = next(one for one, _make in KINDS.values() if one is not ledger)
    path = sheet_file(other, tmp_path / "a.xlsx", {"name": "甲"})
    heads = openpyxl.load_workbook(path)
    heads.active.delete_cols(2)  # without its name no table is the form
    heads.save(path)
    answer = world.as_("admin").send(f"{base}/import/", {"ledger": (path.open("rb"), "a.xlsx")},
                                     content_type="multipart/form-data")
    assert answer.status_code == 422


# ── commands ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_enterprises_and_units_by_command(world, run, tmp_path):
    for base, noun, model in (("/enterprises", "enterprises", Enterprise), ("/units", "units", Organization)):
        ledger, row = KINDS[base]
        path = sheet_file(ledger, tmp_path / f"{noun}.xlsx", row(1), row(2))
        code, output = run("import", noun, path, "--unit", "县安委办", *COUNTY, "--json")
        assert (code, json.loads(output)) == (0, {"new": 2, "changed": 0, "unchanged": 0, "errors": []}), output
        with world.system() as session:
            assert session.scalars(sa.select(model).where(model.name == row(1)["name"])).one()
        code, output = run("export", noun, "--unit", "县安委办", *COUNTY, "-o", tmp_path / "o.xlsx")
        assert code == 0, output
        assert row(2)["name"] in [one[ledger.sheet.heads[0]] for one in cells(tmp_path / "o.xlsx")]
        code, output = run("import", noun, tmp_path / "o.xlsx", "--unit", "县安委办", *COUNTY, "--json")
        assert json.loads(output)["unchanged"] == len(cells(tmp_path / "o.xlsx")), output


def test_people_by_command_with_their_passwords(world, run, tmp_path):
    ledger, row = KINDS["/people"]
    path, slips = sheet_file(ledger, tmp_path / "p.xlsx", row(1)), tmp_path / "slips.xlsx"
    code, output = run("import", "people", path, "--unit", "县安委办", *COUNTY)
    assert code != 0, "without a place for the passwords nobody could log in"
    code, output = run("import", "people", path, "--unit", "县安委办", *COUNTY, "--slips", tmp_path / "no" / "s.xlsx")
    assert code != 0 and "写不了" in output, "nobody would know the passwords of accounts that were opened"
    code, output = run("import", "people", path, "--unit", "县安委办", *COUNTY, "--slips", slips, "--json")
    assert code == 0, output
    assert slips.stat().st_mode & 0o077 == 0
    [told] = [[cell.value for cell in line] for line in openpyxl.load_workbook(slips).active.iter_rows(min_row=4)
              if line[0].value == 1]
    assert world.app.test_client().sign_in(told[3], told[4]).status_code == 302
    with world.system() as session:
        assert session.scalars(sa.select(User.last_name).where(User.username == told[3])).one() == row(1)["name"]
