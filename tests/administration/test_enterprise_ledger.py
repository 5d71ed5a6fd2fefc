"""企业名录 in and out: new ones, changed ones, doubles, contacts for the parties only."""

import pytest
import sqlalchemy as sa

from app.administration.enterprise_ledger.ledger import ENTERPRISE_LEDGER as LEDGER
from app.casework.errors import Stale
from app.casework.history import TimelineEntry
from app.casework.unit_of_work import unit_of_work
from app.ledgers.entering import enter
from app.organization.models import Enterprise, EnterpriseRegulator, Organization, OrganizationName
from app.organization.settings import Setting
from tests.administration.ledgers import cells, confirm, edit, exported, planned, sheet_file, started, take_in

GOOD, OTHER_GOOD = "91350100M000100Y43", "91350211M000100Y49"
ROW = {
    "name": "甲县宏泰钢构有限公司", "short_name": "宏泰钢构", "uscc": GOOD, "territory": "凤城镇",
    "industry": "冶金工贸", "daily": "应急管理局（工贸）", "others": "住建局", "address": "东关村9号",
    "status": "正常生产", "principal": "栗某某", "principal_phone": "0356-0001234", "safety_manager": "原某某",
    "safety_phone": "0356-0001235", "names": "宏泰钢构厂",
}


def row(**changes) -> dict:
    return {**ROW, **changes}


def firm_called(world, name: str):
    with world.system() as session:
        found = session.scalars(sa.select(Enterprise).where(Enterprise.name == name)).one()
        return {column.key: getattr(found, column.key) for column in sa.inspect(Enterprise).columns
                if column.key != "family"} | {
            "regulators": {(r.organization_id, r.subject, r.is_daily) for r in found.regulators},
            "names": {alias.name for alias in found.names},
        }


def entries(world, verb: str) -> list[TimelineEntry]:
    with world.system() as session:
        return session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == verb).order_by(
            TimelineEntry.id)).all()


def everything(world) -> list:
    with world.system() as session:
        return [session.execute(sa.select(model.__table__).order_by(model.__table__.c.id)).all()
                for model in (Organization, Enterprise, EnterpriseRegulator, OrganizationName)]


def test_a_row_is_an_enterprise_with_all_its_fields(world, tmp_path):
    path = sheet_file(LEDGER, tmp_path / "企业.xlsx", row(备注="规上"))
    counts = take_in(world, "office", LEDGER, path)
    assert counts["new"] == 1
    firm = firm_called(world, ROW["name"])
    assert {key: firm[key] for key in ("short_name", "uscc", "territory_id", "industry_id", "address", "status",
                                       "principal", "principal_phone", "county_id", "parent_id", "active", "kind")} == {
        "short_name": "宏泰钢构", "uscc": GOOD, "territory_id": world["fengcheng"], "industry_id": world["trade"],
        "address": "东关村9号", "status": "normal", "principal": "栗某某", "principal_phone": "0356-0001234",
        "county_id": world.county.id, "parent_id": world["fengcheng"], "active": True, "kind": "enterprise",
    }
    assert firm["regulators"] == {(world["yingji"], "工贸", True), (world["zhujian"], None, False)}
    assert firm["names"] == {"宏泰钢构厂"}
    added = entries(world, "enterprise_added")[-1]
    assert (added.extra["name"], added.extra["file"], added.extra["row"]) == (ROW["name"], "企业.xlsx", 3)
    assert added.comment == "备注：规上", "what no field holds is kept"
    assert entries(world, "import")[-1].extra["form"] == "enterprises"


@pytest.mark.parametrize("who", ["office", "admin", "yingji", "fengcheng", "beiliu", "leader"])
def test_export_then_import_changes_nothing(world, tmp_path, who):
    take_in(world, "office", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row()))
    path = exported(world, who, LEDGER, tmp_path / "o.xlsx")
    importer = {"leader": "office"}.get(who, who)
    plan = planned(world, importer, LEDGER, path)
    assert [(r.number, r.outcome, r.acts) for r in plan.rows if r.outcome != "unchanged"] == []
    assert len(plan.rows) == 4, "those of the other county are not there"
    before = everything(world)
    take_in(world, importer, LEDGER, path)
    assert everything(world) == before


def test_what_the_sheet_says(world, tmp_path):
    take_in(world, "office", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row()))
    found = next(one for one in cells(exported(world, "office", LEDGER, tmp_path / "o.xlsx"))
                 if one["企业名称"] == ROW["name"])
    assert (found["日常监管部门"], found["其他监管部门"], found["状态"], found["曾用名"], found["属地乡镇"]) == (
        "应急管理局（工贸）", "住建局", "正常", "宏泰钢构厂", "凤城镇")


@pytest.mark.parametrize("who,reads", [("beiliu", False), ("fengcheng", True), ("zhujian", True), ("office", True),
                                       ("admin", True)])
def test_contacts_are_for_the_parties(world, tmp_path, who, reads):
    take_in(world, "office", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row()))
    found = next(one for one in cells(exported(world, who, LEDGER, tmp_path / "o.xlsx"))
                 if one["企业名称"] == ROW["name"])
    assert (found["主要负责人"], found["主要负责人电话"], found["地址"]) == (
        ("栗某某", "0356-0001234", "东关村9号") if reads else ("", "", ""))


def test_only_changed_cells_change(world, tmp_path):
    take_in(world, "office", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row()))
    path = exported(world, "office", LEDGER, tmp_path / "o.xlsx", {"name": "宏泰"})
    edit(LEDGER, path, principal="牛某某", status="停产", others="住建局（深基坑）", safety_phone=None, address="/")
    assert take_in(world, "office", LEDGER, path)["changed"] == 1
    firm = firm_called(world, ROW["name"])
    assert (firm["principal"], firm["status"], firm["address"]) == ("牛某某", "suspended", None)
    assert firm["safety_phone"] == ROW["safety_phone"], "an empty cell says nothing"
    assert firm["regulators"] == {(world["yingji"], "工贸", True), (world["zhujian"], "深基坑", False)}
    changed = entries(world, "enterprise_changed")[-1]
    assert changed.changes["principal"] == ["栗某某", "牛某某"]
    assert set(changed.changes) == {"principal", "status", "regulators", "address"}


def test_who_may_not_change_it_sees_why(world, tmp_path):
    take_in(world, "office", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row()))
    path = edit(LEDGER, exported(world, "office", LEDGER, tmp_path / "o.xlsx", {"name": "宏泰"}), principal="牛某某")
    plan = planned(world, "beiliu", LEDGER, path)
    assert plan.rows[0].outcome == "error"
    assert "属地" in plan.rows[0].cells["principal"].problem
    new = planned(world, "beiliu", LEDGER, sheet_file(LEDGER, tmp_path / "n.xlsx", row(name="北留某厂", uscc=None)))
    assert new.rows[0].cells["territory"].problem, "neither its township nor its regulator"


@pytest.mark.parametrize("changes,key", [
    ({"name": None, "uscc": OTHER_GOOD}, "name"), ({"territory": None}, "territory"),
    ({"territory": "火星镇"}, "territory"),
    ({"territory": "应急管理局"}, "territory"), ({"industry": "航天"}, "industry"),
    ({"daily": "应急管理局、县安委办"}, "daily"),
    ({"others": "试验商店"}, "others"), ({"others": "应急管理局"}, "others"), ({"uscc": "9" * 19}, "uscc"),
    ({"status": "睡觉"}, "status"), ({"principal": "长" * 41}, "principal"),
])
def test_what_is_wrong_stands_at_its_cell(world, tmp_path, changes, key):
    plan = planned(world, "office", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row(**changes)))
    assert plan.rows[0].outcome == "error"
    assert {name for name, cell in plan.rows[0].cells.items() if cell.problem} == {key}
    assert "\u4e00" <= plan.rows[0].cells[key].problem[0] <= "\u9fff" or plan.rows[0].cells[key].problem[0] == "“"


def test_a_doubtful_code_warns_and_goes_in(world, tmp_path):
    path = sheet_file(LEDGER, tmp_path / "a.xlsx", row(uscc="91350100M000100Y44"), row(name="另一厂", uscc="123"))
    plan = planned(world, "office", LEDGER, path)
    assert [r.outcome for r in plan.rows] == ["new", "new"]
    assert all(r.cells["uscc"].note for r in plan.rows)


def test_a_like_name_asks(world, tmp_path):
    path = sheet_file(LEDGER, tmp_path / "a.xlsx", row(name="甲县试验铸造厂有限公司", uscc=GOOD))
    plan = planned(world, "office", LEDGER, path)
    assert plan.rows[0].outcome == "ask"
    place, number = plan.rows[0].question.key, f"QY{world['firm']}"
    assert number in [value for value, _words in plan.rows[0].question.answers]
    same = planned(world, "office", LEDGER, path, {place: number})
    assert (same.rows[0].record_id, same.rows[0].outcome) == (world["firm"], "changed")
    another = planned(world, "office", LEDGER, path, {place: "new"})
    assert (another.rows[0].record_id, another.rows[0].outcome) == (None, "new")


def test_by_code_alone(world, tmp_path):
    """A renamed enterprise keeps its code; quite another name under it is asked about."""
    take_in(world, "office", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row()))
    renamed, another = (planned(world, "office", LEDGER, sheet_file(
        LEDGER, tmp_path / "b.xlsx", row(name=name))).rows[0] for name in ("甲县宏泰钢构集团有限公司", "南山煤业"))
    assert (renamed.outcome, renamed.acts[0][1]["name"]) == ("changed", "甲县宏泰钢构集团有限公司")
    assert another.outcome == "ask"


def test_one_enterprise_stands_in_a_file_once(world, tmp_path):
    path = sheet_file(LEDGER, tmp_path / "a.xlsx", row(), row(), row(name="另一个名字的厂"))
    plan = planned(world, "office", LEDGER, path)
    assert [r.outcome for r in plan.rows] == ["new", "error", "error"]
    assert plan.rows[2].cells["uscc"].problem, "the same code under another name"


def test_a_file_of_another_county(world, tmp_path):
    path = exported(world, "other_office", LEDGER, tmp_path / "o.xlsx")
    plan = planned(world, "office", LEDGER, path)
    assert {r.outcome for r in plan.rows} <= {"ask", "unchanged", "changed", "error"}
    assert all(r.record_id in (None, world["firm"], world["firm2"], world["firm3"]) for r in plan.rows)


def test_the_second_of_two_finds_it_there(world, tmp_path):
    path = sheet_file(LEDGER, tmp_path / "a.xlsx", row())
    plan = planned(world, "office", LEDGER, path)
    take_in(world, "office", LEDGER, path)
    before = everything(world)
    with world.session_of("office") as session, pytest.raises(Stale):
        enter(session, world.hats["office"], LEDGER, plan, world.day, path.name)
    assert everything(world) == before


def test_two_thousand_rows(world, tmp_path):
    """No row costs statements of its own, but the one on SQLite that says which id it got."""
    path = sheet_file(LEDGER, tmp_path / "a.xlsx", *(
        row(name=f"第{n}号甲乙丙工厂", short_name=None, uscc=None, names=None) for n in range(2000)
    ))
    counted = []

    def note(_connection, _cursor, statement, *_):
        counted.append(statement)

    engine = sa.engine.Engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        plan = planned(world, "office", LEDGER, path)
        assert len(counted) <= 15
        with world.session_of("office") as session:
            assert enter(session, world.hats["office"], LEDGER, plan, world.day, path.name)["new"] == 2000
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert len([said for said in counted if not said.startswith("INSERT INTO organizations")]) < 60


# ── through the screens ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.clause("1.2.4")
def test_repaired_in_place_and_confirmed_once(world, enter, tmp_path):
    admin = enter("admin")
    assert "/enterprises/import/" in admin.get("/enterprises/").text
    draft = started(admin, "/enterprises", sheet_file(LEDGER, tmp_path / "a.xlsx", row(territory="风城镇"), row(
        name="另一厂", uscc=None, names=None, industry="冶金")))
    page = admin.get(draft).text
    assert "凤城镇" in page and "冶金工贸" in page
    with admin.get(f"{draft}/marked") as marked:
        assert marked.status_code == 200 and marked.data
    assert "仍有问题" in confirm(admin, draft, follow_redirects=True).text or "2" in page
    admin.send(f"{draft}/fix", {"fix:名册!3!territory": "凤城镇", "fix:名册!4!industry": "冶金工贸"})
    assert confirm(admin, draft).headers["Location"] == draft
    assert "新增 2" in admin.get(draft).text
    admin.send(f"{draft}/confirm", {"seen": "x"})
    assert len(entries(world, "enterprise_added")) == 2, "pressed twice, written once"


def test_the_list_exports_what_it_shows(world, enter, tmp_path):
    clerk = enter("beiliu")
    with clerk.get(f"/enterprises/export?_flt_0_territory_id={world['beiliu']}") as answer:
        (tmp_path / "o.xlsx").write_bytes(answer.data)
    assert [one["企业名称"] for one in cells(tmp_path / "o.xlsx")] == ["试验建筑公司"]
    last = entries(world, "export")[-1]
    assert (last.extra["form"], last.extra["rows"], last.extra["filters"]) == (
        "enterprises", 1, {"territory_id": str(world["beiliu"])})
    assert clerk.get("/enterprises/export?_flt_0_territory_id=x").status_code == 400


def test_anothers_draft_is_not_there(world, tmp_path):
    draft = started(world.as_("office"), "/enterprises", sheet_file(LEDGER, tmp_path / "a.xlsx", row()))
    number = draft.rsplit("/", 1)[1]
    assert world.as_("fengcheng").get(draft).status_code == 404
    assert world.as_("office").get(f"/hazards/import/{number}").status_code == 404, "a draft of another ledger"


def test_the_limits_are_the_countys(world, tmp_path):
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.county.id, key="match_same", value=100, valid_from=world.day))
    take_in(world, "office", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row()))
    path = sheet_file(LEDGER, tmp_path / "b.xlsx", row(name="甲县宏泰钢构集团有限公司"))
    assert planned(world, "office", LEDGER, path).rows[0].outcome == "ask", "likeness 75 would do by default"
