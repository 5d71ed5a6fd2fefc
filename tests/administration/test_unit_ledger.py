"""单位名录 in and out: new units, changed ones, names that would be taken for another's."""

import pytest
import sqlalchemy as sa

from app.administration.unit_ledger.ledger import UNIT_LEDGER as LEDGER
from app.casework.history import TimelineEntry
from app.ledgers.entering import RowRefused
from app.ledgers.entering import enter as enter_rows
from app.organization.models import Organization, OrganizationIndustry, OrganizationName
from tests.administration.ledgers import cells, confirm, edit, exported, planned, sheet_file, started, take_in

ROW = {"name": "甲县自然资源局", "short_name": "自然资源局", "kind": "部门", "parent": "甲县", "code": "ZRZY",
       "phone": "0356-0002222", "industries": "冶金工贸", "review": "是", "names": "国土局、国土资源局",
       "active": "在用"}


def row(**changes) -> dict:
    return {**ROW, **changes}


def unit_called(world, name: str):
    with world.system() as session:
        unit = session.scalars(sa.select(Organization).where(
            Organization.name == name, Organization.county_id == world.county.id)).one()
        industries = session.scalars(sa.select(OrganizationIndustry.industry_id).where(
            OrganizationIndustry.organization_id == unit.id)).all()
        columns = {column.key: getattr(unit, column.key) for column in Organization.__table__.columns}
        return columns | {"industries": industries, "names": {alias.name for alias in unit.names}}


def everything(world) -> list:
    with world.system() as session:
        return [session.execute(sa.select(model.__table__).order_by(model.__table__.c.id)).all()
                for model in (Organization, OrganizationIndustry, OrganizationName)]


def test_a_row_is_a_unit_with_all_its_fields(world, tmp_path):
    path = sheet_file(LEDGER, tmp_path / "单位.xlsx", row(), row(
        name="润城镇", short_name=None, kind=None, code=None, industries=None, names=None, review=None, active=None))
    assert take_in(world, "admin", LEDGER, path)["new"] == 2
    unit, town = unit_called(world, ROW["name"]), unit_called(world, "润城镇")
    assert {key: unit[key] for key in ("short_name", "kind", "code", "phone", "review_before_issue", "active")} == {
        "short_name": "自然资源局", "kind": "department", "code": "ZRZY", "phone": "0356-0002222",
        "review_before_issue": True, "active": True}
    assert (unit["industries"], unit["names"], unit["parent_id"]) == (
        [world["trade"]], {"国土局", "国土资源局"}, world.county.id)
    assert (town["kind"], town["active"], town["review_before_issue"]) == ("township", True, False), "by its name"
    assert unit["sort_order"] < town["sort_order"]
    with world.system() as session:
        added = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "unit_added")).all()
        assert [(one.extra["file"], one.extra["row"]) for one in added] == [("单位.xlsx", 3), ("单位.xlsx", 4)]


def test_export_then_import_changes_nothing(world, tmp_path):
    take_in(world, "admin", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row(active="停用")))
    path = exported(world, "admin", LEDGER, tmp_path / "o.xlsx")
    said = next(one for one in cells(path) if one["单位名称"] == "凤城镇")
    assert (said["类别"], said["上级单位"], said["先审核后下达"], said["状态"]) == ("乡镇", "甲县", "否", "在用")
    before = everything(world)
    plan = planned(world, "admin", LEDGER, path)
    assert [(r.number, r.acts) for r in plan.rows if r.outcome != "unchanged"] == []
    assert len(plan.rows) == 6
    take_in(world, "admin", LEDGER, path)
    assert everything(world) == before


def test_only_changed_cells_change(world, tmp_path):
    path = exported(world, "admin", LEDGER, tmp_path / "o.xlsx", {"name": "应急"})
    edit(LEDGER, path, short_name="应急局", review="是", industries="冶金工贸", names="安监局")
    assert take_in(world, "admin", LEDGER, path)["changed"] == 1
    unit = unit_called(world, "应急管理局")
    assert (unit["short_name"], unit["review_before_issue"], unit["industries"], unit["names"]) == (
        "应急局", True, [world["trade"]], {"安监局"})
    with world.system() as session:
        last = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "unit_changed")).one()
        assert last.changes["short_name"] == [None, "应急局"]


@pytest.mark.parametrize("changes,key", [
    ({"name": None}, "name"), ({"kind": "企业"}, "kind"), ({"parent": "乙县"}, "parent"),
    ({"industries": "航天"}, "industries"), ({"review": "也许"}, "review"), ({"active": "冬眠"}, "active"),
    ({"short_name": "凤城镇"}, "short_name"), ({"code": "长" * 21}, "code"),
])
def test_what_is_wrong_stands_at_its_cell(world, tmp_path, changes, key):
    plan = planned(world, "admin", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row(**changes)))
    assert plan.rows[0].outcome == "error"
    assert {name for name, cell in plan.rows[0].cells.items() if cell.problem} == {key}


def test_the_kind_of_a_recorded_unit_stays(world, tmp_path):
    path = edit(LEDGER, exported(world, "admin", LEDGER, tmp_path / "o.xlsx", {"name": "凤城"}), kind="部门")
    assert planned(world, "admin", LEDGER, path).rows[0].cells["kind"].problem


def test_a_name_that_means_another_unit_asks(world, tmp_path):
    plan = planned(world, "admin", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row(
        name="甲县应急管理局", short_name=None, names=None)))
    assert plan.rows[0].outcome == "ask"
    assert f"DW{world['yingji']}" in [value for value, _words in plan.rows[0].question.answers]


def test_a_short_name_taken_meanwhile(world, tmp_path):
    """Only the operation sees it: the row is named, nothing is written."""
    path = sheet_file(LEDGER, tmp_path / "a.xlsx", row(name="甲县林业局", code=None, names=None))
    plan = planned(world, "admin", LEDGER, path)
    take_in(world, "admin", LEDGER, sheet_file(LEDGER, tmp_path / "b.xlsx", row()))
    before = everything(world)
    with world.session_of("admin") as session, pytest.raises(RowRefused) as caught:
        enter_rows(session, world.hats["admin"], LEDGER, plan, world.day, path.name)
    assert "甲县林业局" in str(caught.value)
    assert everything(world) == before


def test_through_the_screens(world, enter, tmp_path):
    admin = enter("admin")
    assert "/units/import/" in admin.get("/units/").text
    draft = started(admin, "/units", sheet_file(LEDGER, tmp_path / "a.xlsx", row(kind="企业")))
    admin.send(f"{draft}/fix", {"fix:名册!3!kind": "部门"})
    confirm(admin, draft)
    assert "新增 1" in admin.get(draft).text
    with enter("fengcheng").get("/units/export?_flt_0_kind=township") as answer:
        (tmp_path / "o.xlsx").write_bytes(answer.data)
    assert [one["单位名称"] for one in cells(tmp_path / "o.xlsx")] == ["凤城镇", "北留镇"]
