"""Files of the directory as nobody should send them: each fault is told in Chinese at its cell, or of the file."""

import openpyxl
import pytest
import sqlalchemy as sa
import xlsxwriter

from app.administration.enterprise_ledger.ledger import ENTERPRISE_LEDGER
from app.administration.people_ledger.ledger import PEOPLE_LEDGER
from app.administration.unit_ledger.ledger import UNIT_LEDGER
from app.organization.models import User
from tests.administration.ledgers import cells, confirm, exported, planned, sheet_file, started, take_in, upload

ROWS = {
    ENTERPRISE_LEDGER: {"name": "甲县宏泰钢构有限公司", "short_name": "宏泰钢构", "territory": "凤城镇",
                        "names": "宏泰厂", "address": "东关村9号", "status": "正常"},
    UNIT_LEDGER: {"name": "甲县林业局", "short_name": "林业局", "kind": "部门", "names": "林草局", "phone": "1",
                  "active": "在用"},
    PEOPLE_LEDGER: {"name": "栗某某", "username": "lmm", "unit": "凤城镇", "role": "填报人", "phone": "1",
                    "active": "在用"},
}
BASES = {ENTERPRISE_LEDGER: "/enterprises", UNIT_LEDGER: "/units", PEOPLE_LEDGER: "/people"}
pytestmark = pytest.mark.one_database  # what a file means is the same on both
LEDGERS = pytest.mark.parametrize("ledger", ROWS, ids=lambda ledger: ledger.name)


def faults(plan) -> list[dict[str, str]]:
    """Row by row the faults and questions at the cells, each in Chinese."""
    found = [{key: cell.problem or cell.note for key, cell in row.cells.items() if cell.problem or cell.asks}
             for row in plan.rows]
    assert all(any("\u4e00" <= char <= "\u9fff" for char in said) for row in found for said in row.values())
    return found


def at(plan) -> list[set[str]]:
    return [set(row) for row in faults(plan)]


def plan_of(world, folder, ledger, *rows: dict, who: str = "admin"):
    return planned(world, who, ledger, sheet_file(ledger, folder / "a.xlsx", *rows))


# ── what is in the cells ───────────────────────────────────────────────────────────────────────────────────────────
@LEDGERS
def test_text_that_looks_like_a_formula_stays_text(world, tmp_path, ledger):
    """Typed as text it goes in and comes out as text; nothing that opens the file ever runs it."""
    key = {"enterprises": "address", "units": "code", "people": "title"}[ledger.name]
    said = "=1+1|' /C'!A0"
    path = sheet_file(ledger, tmp_path / "a.xlsx", ROWS[ledger])
    book = openpyxl.load_workbook(path)
    cell = book.active.cell(3, 2 + [*ledger.sheet.by_key].index(key))
    cell.value, cell.data_type = said, "s"
    book.save(path)
    take_in(world, "admin", ledger, path)
    out = exported(world, "admin", ledger, tmp_path / "o.xlsx")
    head = ledger.sheet.by_key[key].head
    assert said in [row[head] for row in cells(out)]
    assert all(cell.data_type != "f" for row in openpyxl.load_workbook(out).active.iter_rows() for cell in row)


@LEDGERS
def test_a_formula_counts_as_what_excel_last_showed(world, tmp_path, ledger):
    """Without a result it says nothing, and what must be filled in is asked for."""
    path, heads = tmp_path / "a.xlsx", ledger.sheet.heads
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("名册")
        page.write_row(0, 0, ["序号", *heads])
        for number, shown in enumerate((ROWS[ledger]["name"], ""), 1):
            page.write_row(number, 0, [number, None, *[*map(ROWS[ledger].get, ledger.sheet.by_key)][1:]])
            page.write_formula(number, 1, '=HYPERLINK("http://example.invalid/","x")', None, shown)
    plan = planned(world, "admin", ledger, path)
    assert plan.rows[0].new["name"] == ROWS[ledger]["name"]
    assert "name" in at(plan)[1]


@LEDGERS
def test_a_hundred_thousand_empty_rows(world, tmp_path, ledger):
    """Frames drawn down to the end of the paper are no rows."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        page, framed = book.add_worksheet("名册"), book.add_format({"border": 1})
        page.write_row(0, 0, ["序号", *ledger.sheet.heads])
        page.write_row(1, 0, [1, *map(ROWS[ledger].get, ledger.sheet.by_key)])
        for number in range(2, 100_002):
            page.write_blank(number, 1, None, framed)
    assert [(row.number, row.outcome) for row in planned(world, "admin", ledger, path).rows] == [(2, "new")]


@LEDGERS
def test_a_merged_head_in_two_rows(world, tmp_path, ledger):
    path = sheet_file(ledger, tmp_path / "a.xlsx", ROWS[ledger])
    book = openpyxl.load_workbook(path)
    page = book.active
    page.insert_rows(2)
    page["A2"], page["B2"], page["A3"] = "序号", "基本情况", None
    page.merge_cells("A2:A3")
    page.merge_cells(start_row=2, start_column=2, end_row=2, end_column=len(ledger.sheet.heads) + 1)
    book.save(path)
    plan = planned(world, "admin", ledger, path)
    assert [(row.number, row.outcome) for row in plan.rows] == [(4, "new")]
    assert plan.rows[0].new["name"] == ROWS[ledger]["name"]


@LEDGERS
@pytest.mark.parametrize("other", ROWS, ids=lambda ledger: ledger.name)
def test_a_sheet_of_another_form_is_refused(world, tmp_path, ledger, other):
    """What two forms have in common must not be taken for changes: a person's telephone for the unit's."""
    answer = upload(world.as_("admin"), BASES[ledger], sheet_file(other, tmp_path / "a.xlsx", ROWS[other]))
    assert answer.status_code == (302 if ledger is other else 422)
    if ledger is not other:
        assert other.sheet.title in answer.text or "没有找到" in answer.text


# ── the same twice ─────────────────────────────────────────────────────────────────────────────────────────────────
@LEDGERS
def test_the_same_row_twice(world, tmp_path, ledger):
    found = at(plan_of(world, tmp_path, ledger, ROWS[ledger], ROWS[ledger]))
    assert not found[0] and "name" in found[1]


@pytest.mark.parametrize("changes,keys", [
    ({"name": "原某某", "role": "审核人"}, {"username"}), ({"name": "原某某", "unit": "北留镇"}, {"username"}),
    ({"username": "LMM", "name": "原某某", "role": "审核人"}, {"username"}),
    ({"role": "审核人", "phone": "2"}, {"phone"}), ({"role": "审核人", "active": "停用"}, {"active"}),
    ({"role": "审核人"}, set()), ({"role": "审核人", "phone": None}, set()),
])
def test_two_people_of_one_user_name(world, tmp_path, changes, keys):
    """One account cannot be both; two posts of one person are no fault."""
    one = ROWS[PEOPLE_LEDGER]
    assert at(plan_of(world, tmp_path, PEOPLE_LEDGER, one, one | changes)) == [set(), keys]


@pytest.mark.parametrize("changes,keys", [
    ({"short_name": "林业局", "names": None}, {"short_name"}), ({"short_name": None, "names": "林草局"}, {"names"}),
    ({"name": "林草局", "short_name": None, "names": None}, {"name"}),
    ({"short_name": None, "names": "凤城镇"}, {"names"}), ({"short_name": "凤城镇", "names": None}, {"short_name"}),
    ({"short_name": None, "names": None}, set()),
])
def test_names_that_two_units_would_have(world, tmp_path, changes, keys):
    one = ROWS[UNIT_LEDGER]
    assert at(plan_of(world, tmp_path, UNIT_LEDGER, one, one | {"name": "甲县水务局"} | changes)) == [set(), keys]


def test_a_recorded_unit_given_anothers_name(world, tmp_path):
    rows = {"name": "凤城镇", "names": "北留镇"}, {"name": "北留镇", "short_name": "住建局"}
    assert at(plan_of(world, tmp_path, UNIT_LEDGER, *rows)) == [{"names"}, {"short_name"}]


# ── not the importer's ─────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("ledger,changes,keys", [
    (PEOPLE_LEDGER, {"unit": "乙县凤城镇"}, {"unit"}), (ENTERPRISE_LEDGER, {"territory": "乙县凤城镇"}, {"territory"}),
    (ENTERPRISE_LEDGER, {"daily": "乙县应急管理局"}, {"daily"}), (UNIT_LEDGER, {"parent": "乙县"}, {"parent"}),
    (UNIT_LEDGER, {"name": "乙县林业局"}, {"name"}), (UNIT_LEDGER, {"name": "县城管理局"}, set()),
])
def test_units_of_another_county(world, tmp_path, ledger, changes, keys):
    assert at(plan_of(world, tmp_path, ledger, ROWS[ledger] | changes)) == [keys]


def test_a_unit_called_like_another_countys_goes_in_when_told_so(world, tmp_path):
    path = sheet_file(UNIT_LEDGER, tmp_path / "a.xlsx", ROWS[UNIT_LEDGER] | {"name": "乙县驻甲县办事处"})
    said = {"名册!3!name!ok": "乙县驻甲县办事处"}
    assert planned(world, "admin", UNIT_LEDGER, path).rows[0].outcome == "ask"
    assert planned(world, "admin", UNIT_LEDGER, path, said).rows[0].outcome == "new"


@pytest.mark.parametrize("role", ["系统管理员", "领导", "审计员", "经办人"])
def test_a_reviewer_gives_no_higher_role(world, tmp_path, role):
    """Neither by the file, nor with the row left as it is and confirmed."""
    head = world.as_("fengcheng_head")
    path = sheet_file(PEOPLE_LEDGER, tmp_path / "a.xlsx", ROWS[PEOPLE_LEDGER] | {"role": role, "unit": "县安委办"},
                      ROWS[PEOPLE_LEDGER] | {"username": "ymm", "role": "系统管理员"})
    draft = started(head, "/people", path)
    assert head.get(draft).text.count("cell-bad") == 2
    confirm(head, draft, leave_out="1")
    with world.system() as session:
        assert not session.scalars(sa.select(User.username).where(User.username.in_(("lmm", "ymm")))).all()


def test_what_is_offered_would_repair_the_cell(world, tmp_path):
    """A few values all, each once; of many those that are like the words."""
    row = plan_of(world, tmp_path, UNIT_LEDGER, ROWS[UNIT_LEDGER] | {"kind": "公司", "active": "冬眠"}).rows[0]
    assert set(row.cells["kind"].offers) == {"县安委办", "乡镇", "部门", "司法机关"}
    assert row.cells["active"].offers == ("在用", "停用")
