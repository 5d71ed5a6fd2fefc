"""What a row of a ledger becomes: the state its cells prove, the hazard it speaks of, the act its changes are."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.casework.cases import CaseParty
from app.casework.history import TimelineEntry
from app.hazards.models import Hazard, Round
from tests.hazards.ledgers import CLAIMED, FIRM, PASSED, edit, exported, ledger, planned, row, take_in

pytestmark = pytest.mark.usefixtures("app")


def hazards(world) -> list:
    with world.system() as session:
        ids = session.scalars(sa.select(Hazard.id).order_by(Hazard.id)).all()
    return [world.read(i) for i in ids]


def entries(world, hazard_id: int) -> list:
    table = TimelineEntry.__table__
    with world.system() as session:
        return session.execute(sa.select(table).where(table.c.case_id == hazard_id).order_by(table.c.id)).all()


def rounds(world, hazard_id: int) -> list:
    table = Round.__table__
    with world.system() as session:
        return session.execute(sa.select(table).where(table.c.case_id == hazard_id).order_by(table.c.number)).all()


def only_row(world, who, path, fixes=None):
    (found,) = planned(world, who, path, fixes).rows
    return found


# ── new rows ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_cells_prove_the_state(world, tmp_path):
    path = ledger(
        tmp_path / "a.xlsx", row(), row(description="配电箱无盖", **CLAIMED),
        row(description="通道堵塞", **CLAIMED, **PASSED),
        row(description="护栏缺失", **CLAIMED, rechecker="应急管理局：张三",
            recheck_opinion="3月12日复查不合格，仍缺一处"),
    )
    assert take_in(world, "yingji", path) == {"new": 4, "changed": 0, "unchanged": 0, "left_out": 0}
    open_, claimed, closed, again = hazards(world)
    assert [h.state for h in hazards(world)] == ["rectifying", "awaiting_recheck", "closed", "rectifying"]
    assert [h.number for h in hazards(world)] == [f"YH-2026-000{n}" for n in (1, 2, 3, 4)]
    assert (open_.turn_organization_id, claimed.turn_organization_id) == (world["firm"], world["yingji"])
    assert (closed.turn_organization_id, again.turn_organization_id) == (None, world["firm"])
    assert (claimed.claimed_on, closed.closed_on) == (dt.date(2026, 3, 10), dt.date(2026, 3, 12))
    assert [h.imported_history for h in hazards(world)] == [False, False, True, True]
    assert (again.round_number, again.claimed_on) == (2, None)
    passed = [(r.passed, r.rechecked_on) for r in rounds(world, again.id)]
    assert passed == [(False, dt.date(2026, 3, 12)), (None, None)]
    assert [(e.verb, e.occurred_on) for e in entries(world, closed.id)] == [
        ("import", dt.date(2026, 3, 5)), ("claim", dt.date(2026, 3, 10)), ("pass_recheck", dt.date(2026, 3, 12)),
    ]
    assert entries(world, closed.id)[0].extra == {"file": "a.xlsx", "sheet": "台账", "row": 5}


def test_parties_follow_from_the_enterprise(world, tmp_path):
    take_in(world, "yingji", ledger(tmp_path / "a.xlsx", row()))
    parties = CaseParty.__table__
    with world.system() as session:
        found = set(session.execute(sa.select(parties.c.organization_id, parties.c.role)).all())
    assert found == {
        (world["yingji"], "filing"), (world["yingji"], "inspecting"), (world["yingji"], "rechecking"),
        (world["yingji"], "regulator"), (world["zhujian"], "regulator"), (world["fengcheng"], "territory"),
        (world["firm"], "rectifying"),
    }
    for who in ("firm", "fengcheng", "zhujian", "office"):
        with world.session_of(who) as session:
            assert session.scalars(sa.select(Hazard.number)).all() == ["YH-2026-0001"], who
    for who in ("beiliu", "firm2", "other_yingji", "other_office"):
        with world.session_of(who) as session:
            assert not session.scalars(sa.select(Hazard.number)).all(), who


def test_only_the_rechecking_unit_brings_in_a_close_out(world, tmp_path):
    path = ledger(tmp_path / "a.xlsx", row(**CLAIMED, **PASSED))
    found = only_row(world, "fengcheng", path)
    assert found.new["state"] == "awaiting_recheck"
    assert "复查单位" in found.cells["recheck_opinion"].note
    take_in(world, "fengcheng", path)
    (hazard,) = hazards(world)
    assert hazard.state == "awaiting_recheck"
    assert "2026年3月12日复查合格" in entries(world, hazard.id)[0].comment, "what does not go in stays in the history"
    assert take_in(world, "fengcheng", path)["unchanged"] == 1


def test_a_close_out_needs_unit_and_day(world, tmp_path):
    for proof in ({"recheck_opinion": "复查合格", "rechecker": "应急管理局：张三"},
        {"recheck_opinion": "3月12日复查合格"},
                  {"recheck_opinion": "已派人去看", "rechecker": "应急管理局：张三"}):
        found = only_row(world, "yingji", ledger(tmp_path / "a.xlsx", row(**CLAIMED, **proof)))
        assert (found.outcome, found.new["state"]) == ("new", "awaiting_recheck"), proof
        assert found.cells["recheck_opinion"].note


def test_the_rectifier_never_closes_its_own(world, tmp_path):
    own = row(rectifier="应急管理局", **CLAIMED, **PASSED)
    found = only_row(world, "yingji", ledger(tmp_path / "a.xlsx", own))
    assert found.outcome == "error"
    assert found.cells["rechecker"].problem


def test_another_unit_rechecks(world, tmp_path):
    take_in(world, "yingji", ledger(tmp_path / "a.xlsx", row(**CLAIMED, rechecker="凤城镇 赵六")))
    (hazard,) = hazards(world)
    assert (hazard.recheck_unit_id, hazard.turn_organization_id) == (world["fengcheng"], world["fengcheng"])
    assert rounds(world, hazard.id)[0].recheckers == "赵六"


def test_a_group_is_all_its_units(world, tmp_path):
    take_in(world, "office", ledger(tmp_path / "a.xlsx", row(inspector="县安委办", rectifier="各乡镇")))
    (hazard,) = hazards(world)
    assert hazard.rectifier_ids == [world["fengcheng"], world["beiliu"]]
    assert hazard.rectifier_words == "各乡镇"
    again = ledger(tmp_path / "a.xlsx", row(inspector="县安委办", rectifier="各乡镇"))
    assert take_in(world, "office", again)["unchanged"]
    unclear = only_row(world, "office", ledger(tmp_path / "b.xlsx", row(rectifier="各有关单位")))
    assert unclear.cells["rectifier"].problem


@pytest.mark.parametrize(("said", "due_kind", "due"), [
    ("3月底", "date", dt.date(2026, 3, 31)), ("立行立改", "immediate", dt.date(2026, 3, 5)),
    ("长期坚持", "standing", None),
    ("15日内", "date", dt.date(2026, 3, 20)), ("10日内", "date", dt.date(2026, 3, 16)),  # the 15th is a Sunday
    ("5个工作日内", "date", dt.date(2026, 3, 12)), ("一个月内", "date", dt.date(2026, 4, 7)),  # 清明节
    (46112, "date", dt.date(2026, 3, 31)),
    ("１月５日", "date", dt.date(2027, 1, 5)),
])
def test_deadlines_are_read_and_shown(world, tmp_path, said, due_kind, due):
    found = only_row(world, "yingji", ledger(tmp_path / "a.xlsx", row(due=said)))
    assert (found.outcome, found.new["due_kind"], found.new["due"]) == ("new", due_kind, due)


def test_a_deadline_that_cannot_be_read_keeps_its_words_and_asks(world, tmp_path):
    path = ledger(tmp_path / "a.xlsx", row(due="待省厅批复后"))
    found = only_row(world, "yingji", path)
    assert found.outcome == "ask"
    assert "待省厅批复后" in found.cells["due"].note
    yes = {"台账!3!due!ok": "待省厅批复后"}
    assert only_row(world, "yingji", path, {"台账!3!due!ok": "别的话"}).outcome == "ask", "a yes belongs to its words"
    take_in(world, "yingji", path, yes)
    (hazard,) = hazards(world)
    assert (hazard.due_kind, hazard.due, hazard.due_words) == ("words", None, "待省厅批复后")
    assert take_in(world, "yingji", path)["unchanged"] == 1, "not asked again"
    corrected = only_row(world, "yingji", ledger(tmp_path / "b.xlsx", row(description="另一处", due="尽快")),
                         {"台账!3!due": "2026-04-01"})
    assert (corrected.outcome, corrected.new["due"]) == ("new", dt.date(2026, 4, 1))


@pytest.mark.parametrize(("cell", "key"), [
    ({"description": None}, "description"), ({"inspected_on": "3月35日"}, "inspected_on"),
    ({"inspected_on": "2026-03-21"}, "inspected_on"), ({"due": "2026-03-01"}, "due"), ({"due": None}, "due"),
    ({"is_major": "也许"}, "is_major"), ({"is_listed": "是"}, "is_listed"), ({"rectifier": None}, "rectifier"),
    ({"is_major": "是", "is_listed": "是", "method": "企业自查"}, "is_listed"),  # 八（一）
    ({"rectifier": "没有这家公司"}, "rectifier"), ({"method": "查" * 61}, "method"),
    ({"inspector": "应急管理局 " + "、".join(f"某{chr(0x4E00 + n)}某" for n in range(80))}, "inspector"),
    ({**CLAIMED, "completed_on": "2026-03-21"}, "completed_on"),
    ({**CLAIMED, "completed_on": "2026-03-01"}, "completed_on"),
    ({**CLAIMED, **PASSED, "recheck_opinion": "2026年3月9日复查合格"}, "recheck_opinion"),
])
def test_faults_stand_in_their_cells(world, tmp_path, cell, key):
    found = only_row(world, "yingji", ledger(tmp_path / "a.xlsx", {**row(), "measures": "有", **cell}))
    assert found.outcome == "error"
    assert [k for k, c in found.cells.items() if c.problem] == [key]


def test_the_nearest_unit_is_suggested_and_people_stay(world, tmp_path):
    cell = only_row(world, "yingji", ledger(tmp_path / "a.xlsx", row(rectifier="试验铸造场 王五"))).cells["rectifier"]
    assert cell.offers[0] == f"{FIRM} 王五"
    assert cell.create == "试验铸造场"


def test_old_names_and_merged_units(world, tmp_path):
    with world.system() as session:
        session.execute(sa.text("update organizations set active = :no, successor_id = :heir where id = :id"),
                        {"no": False, "heir": world["fengcheng"], "id": world["beiliu"]})
        session.execute(sa.text("insert into organization_names (organization_id, name) values (:id, '安监局')"),
                        {"id": world["yingji"]})
        session.commit()
    path = ledger(tmp_path / "a.xlsx", row(inspector="安监局 张三", rechecker="北留镇 李四"))
    found = only_row(world, "yingji", path)
    assert found.outcome == "new"
    assert (found.new["inspecting_unit_id"], found.new["recheck_unit_id"]) == (world["yingji"], world["fengcheng"])


def test_columns_that_the_form_has_not_stay_in_the_history(world, tmp_path):
    take_in(world, "yingji", ledger(tmp_path / "a.xlsx", {**row(), "备注": "与县局联合检查"}))
    (hazard,) = hazards(world)
    assert entries(world, hazard.id)[0].comment == "灭火器压力不足\n备注：与县局联合检查"


@pytest.mark.parametrize(("method", "source"), [
    ("企业自查", "self_report"), ("帮扶指导", "assistance"), ("举报核实", "tipoff"), ("上级交办", "superior"),
    ("督导检查", "oversight"), ("督导考核反馈", "assessment"), ("现场检查", "enforcement"),
])
def test_the_source_follows_from_the_way_of_inspection(world, tmp_path, method, source):
    assert only_row(world, "yingji", ledger(tmp_path / "a.xlsx", row(method=method))).new["source"] == source


# ── the same hazard again ──────────────────────────────────────────────────────────────────────────────────────────
def test_a_file_imported_twice_changes_nothing(world, tmp_path):
    path = ledger(
        tmp_path / "a.xlsx", row(), row(description="甲", due="3月底", **CLAIMED),
            row(description="乙", **CLAIMED, **PASSED),
        row(description="丙", inspector="应急局 张三；住建局 李四", due="立行立改",
            rectifier="试验铸造厂 王五、试验商店 赵六"),
        row(description="丁", recheck_opinion="2026.3.12复查不合格：仍缺；待整改", rechecker="应急管理局", **CLAIMED),
        row(description="戊", completion="正在采购", rechecker="凤城镇 钱七", recheck_opinion="待复查"),
        row(description="己", is_major="是", is_listed="√", due="长期坚持"),
        row(description="庚", recheck_opinion="3月12日复查合格", rechecker="凤城镇 钱七"),
    )
    first = take_in(world, "yingji", path)
    before = hazards(world)
    assert first["new"] == 8
    assert take_in(world, "yingji", path) == {"new": 0, "changed": 0, "unchanged": 8, "left_out": 0}
    assert hazards(world) == before


def test_a_row_is_found_again_after_the_record_moved_on(world, tmp_path):
    path = ledger(tmp_path / "a.xlsx", row(**CLAIMED))
    take_in(world, "yingji", path)
    (hazard,) = hazards(world)
    world.do("yingji", "fail_recheck", hazard.id, recheckers="周八")
    assert take_in(world, "yingji", path)["unchanged"] == 1, "what the first round says is no news"


def test_similar_words_are_asked_about(world, tmp_path):
    take_in(world, "yingji", ledger(tmp_path / "a.xlsx", row(description="一车间东侧灭火器压力不足")))
    path = ledger(tmp_path / "b.xlsx", row(description="一车间东侧的灭火器压力不足"))
    found = only_row(world, "yingji", path)
    assert found.outcome == "ask"
    assert [value for value, _ in found.question.answers] == ["YH-2026-0001", "new"]
    same = only_row(world, "yingji", path, {found.question.key: "YH-2026-0001"})
    assert (same.outcome, same.acts[0][0]) == ("changed", "correct")
    take_in(world, "yingji", path, {found.question.key: "new"})
    assert len(hazards(world)) == 2


def test_what_another_row_is_already_is_not_asked_about(world, tmp_path):
    take_in(world, "yingji", ledger(tmp_path / "a.xlsx", row(description="灭火器压力不足1号")))
    path = ledger(tmp_path / "b.xlsx", row(description="灭火器压力不足1号"), row(description="灭火器压力不足2号"))
    assert [r.outcome for r in planned(world, "yingji", path).rows] == ["unchanged", "new"]


def test_the_same_row_twice_in_a_file(world, tmp_path):
    plan = planned(world, "yingji", ledger(tmp_path / "a.xlsx", row(), row()))
    assert [r.outcome for r in plan.rows] == ["new", "error"]
    assert "3" in plan.rows[1].cells["description"].problem


def test_who_does_not_find_it_has_a_hazard_of_its_own(world, tmp_path):
    """Two departments may record the same words; neither sees nor blocks the other."""
    take_in(world, "yingji", ledger(tmp_path / "a.xlsx", row(rectifier="试验商店")))
    theirs = ledger(tmp_path / "a.xlsx", row(inspector="住建局", rectifier="试验商店"))
    assert take_in(world, "zhujian", theirs)["new"] == 1


# ── the hidden column ──────────────────────────────────────────────────────────────────────────────────────────────
def test_the_number_finds_the_row_whatever_was_rewritten(world, tmp_path):
    hazard_id = world.hazard("yingji")
    path = edit(exported(world, "yingji", tmp_path / "o.xlsx"), description="完全改写")
    found = only_row(world, "yingji", path)
    assert (found.record_id, found.outcome) == (hazard_id, "changed")


def test_a_number_that_is_not_found_is_asked_about(world, tmp_path):
    world.hazard("beiliu", enterprise_id=world["firm2"], rectifiers=[world["firm2"]])
    world.hazard("other_yingji")
    for number in ("YH-2026-0001", "YH-2026-0777"):
        path = exported(world, "other_yingji", tmp_path / "o.xlsx")
        found = only_row(world, "zhujian" if number == "YH-2026-0777" else "fengcheng", edit(path, trace=f"{number}@1"))
        assert (found.record_id, found.outcome) == (None, "ask"), number
        assert [value for value, _ in found.question.answers] == ["new"]


def test_another_countys_number_does_nothing(world, tmp_path):
    """Both counties have a YH-2026-0001; the other's file must not change ours."""
    ours = world.read(world.hazard("yingji"))
    world.move_to(world.day + dt.timedelta(days=1))
    world.hazard("other_zhujian", description="塔吊限位失灵", rectifiers=[world.other.units["firm2"]],
                 enterprise_id=world.other.units["firm2"])
    path = exported(world, "other_zhujian", tmp_path / "o.xlsx")
    found = only_row(world, "office", path)
    assert found.outcome == "ask"
    assert [value for value, _ in found.question.answers] == ["YH-2026-0001", "new"]
    assert world.read(ours.id) == ours


def test_a_copied_row_is_a_hazard_of_its_own(world, tmp_path):
    world.hazard("yingji", description="将被覆盖的一行")
    hazard_id = world.hazard("yingji")  # the newest stands first
    copy = row(description="二号配电箱无盖板，接线裸露", inspected_on="2026-03-10")
    path = edit(exported(world, "yingji", tmp_path / "o.xlsx"), 2, **copy, trace=f"{world.read(hazard_id).number}@1")
    plan = planned(world, "yingji", path)
    assert [(r.record_id, r.outcome) for r in plan.rows] == [(hazard_id, "unchanged"), (None, "new")]


@pytest.mark.parametrize("trace", ["", "@", "YH-2026-0001", "YH-2026-0001@x", "@1", "<script>@1", "=1+1@2"])
def test_a_spoiled_number_is_none(world, tmp_path, trace):
    hazard_id = world.hazard("yingji")
    found = only_row(world, "yingji", edit(exported(world, "yingji", tmp_path / "o.xlsx"), trace=trace))
    assert found.record_id in (hazard_id, None)
    assert found.outcome in ("unchanged", "ask")


def test_an_older_version_asks_with_both_values(world, tmp_path):
    hazard_id = world.hazard("yingji")
    path = edit(exported(world, "yingji", tmp_path / "o.xlsx"), measures="换新配电箱")
    world.do("yingji", "correct", hazard_id, values={"measures": "加装漏保并接地"})
    found = only_row(world, "yingji", path)
    assert found.outcome == "ask"
    assert (found.cells["measures"].before, found.cells["measures"].said) == ("加装漏保并接地", "换新配电箱")
    yes = {found.question.key: found.question.answers[0][0]}
    assert only_row(world, "yingji", path, yes).outcome == "changed"
    world.do("yingji", "correct", hazard_id, values={"measures": "第三次"})
    assert only_row(world, "yingji", path, yes).outcome == "ask", "a yes is about the version that was shown"


# ── a changed cell is an act ───────────────────────────────────────────────────────────────────────────────────────
def changed(world, who, tmp_path, hazard_id, **cells):
    path = edit(exported(world, who, tmp_path / "o.xlsx"), **cells)
    found = only_row(world, who, path)
    assert found.record_id == hazard_id
    return found, path


def test_a_correction_with_old_and_new(world, tmp_path):
    hazard_id = world.hazard("yingji")
    _found, path = changed(world, "yingji", tmp_path, hazard_id, description="配电箱无漏电保护器", measures="装漏保")
    take_in(world, "yingji", path)
    last = entries(world, hazard_id)[-1]
    assert last.verb == "correct"
    assert last.changes["description"] == ["配电箱无漏电保护", "配电箱无漏电保护器"]
    assert world.read(hazard_id).description == "配电箱无漏电保护器"


def test_a_day_of_completion_is_the_claim(world, tmp_path):
    hazard_id = world.hazard("yingji")
    _found, path = changed(world, "fengcheng", tmp_path, hazard_id, completion="已装", completed_on="3月18日",
        prevention="每月查")
    take_in(world, "fengcheng", path)
    assert world.read(hazard_id).state == "awaiting_recheck"
    last = entries(world, hazard_id)[-1]
    assert (last.verb, last.occurred_on) == ("claim", dt.date(2026, 3, 18))
    assert last.extra["proxy_evidence"], "for the enterprise, with the file as evidence (代填)"


def test_claim_and_recheck_in_one_row(world, tmp_path):
    hazard_id = world.hazard("yingji")
    _found, path = changed(world, "yingji", tmp_path, hazard_id, completion="已装", completed_on="3月18日",
        prevention="每月查",
                           recheck_opinion="2026-03-19 复查合格：已到位；良好", rechecker="应急管理局 张三")
    take_in(world, "yingji", path)
    hazard = world.read(hazard_id)
    assert (hazard.state, hazard.closed_on) == ("closed", dt.date(2026, 3, 19))
    assert rounds(world, hazard_id)[0].opinion == "已到位；良好"
    assert [e.verb for e in entries(world, hazard_id)][-2:] == ["claim", "pass_recheck"]


def test_raised_to_major(world, tmp_path):
    hazard_id = world.hazard("yingji")
    _found, path = changed(world, "yingji", tmp_path, hazard_id, is_major="是")
    take_in(world, "yingji", path)
    assert world.read(hazard_id).level == "major"


@pytest.mark.parametrize(("cells", "key"), [
    ({"inspected_on": "2026-03-11"}, "inspected_on"), ({"due": "2026-05-01"}, "due"),
    ({"is_listed": "是"}, "is_listed"),
    ({"inspector": "住建局 张三"}, "inspector"), ({"rectifier": "试验商店"}, "rectifier"),
    ({"rechecker": "凤城镇"}, "rechecker"),
    ({"completion": "已装", "completed_on": "3月18日"}, "prevention"),
    ({"completion": "已装", "completed_on": "2026-03-21", "prevention": "查"}, "completed_on"),
    ({"completion": "已装", "completed_on": "2026-03-01", "prevention": "查"}, "completed_on"),
    ({"completion": "已装", "completed_on": "2026-03-18", "prevention": "查", "recheck_opinion": "2026-03-17 复查合格"},
     "recheck_opinion"),
])
def test_what_an_import_cannot_change_is_shown(world, tmp_path, cells, key):
    hazard_id = world.hazard("yingji")
    found, _path = changed(world, "yingji", tmp_path, hazard_id, **cells)
    assert found.outcome == "error"
    assert found.cells[key].problem


def test_who_may_not_act_sees_why_and_changes_nothing(world, tmp_path):
    hazard_id = world.hazard("yingji")
    before = world.read(hazard_id)
    found, _path = changed(world, "fengcheng", tmp_path, hazard_id, description="另写")
    assert (found.outcome, found.acts) == ("error", [])
    assert found.cells["description"].problem
    assert world.read(hazard_id) == before


def test_a_recheck_by_who_may_not_is_shown_and_changes_nothing(world, tmp_path):
    hazard_id = world.bring_to("awaiting_recheck")
    before = world.read(hazard_id)
    found, path = changed(world, "fengcheng", tmp_path, hazard_id, recheck_opinion="2026-03-20 复查合格")
    assert (found.outcome, found.acts) == ("unchanged", [])
    assert found.cells["recheck_opinion"].note
    assert take_in(world, "fengcheng", path)["changed"] == 0
    assert world.read(hazard_id) == before


def test_a_missing_row_deletes_nothing(world, tmp_path):
    first, second = world.hazard("yingji"), world.hazard("yingji", description="另一处")
    path = exported(world, "yingji", tmp_path / "o.xlsx")
    edit(path, **dict.fromkeys((*row(), "rechecker", "trace")))
    take_in(world, "yingji", path)
    assert {world.read(first).state, world.read(second).state} == {"rectifying"}


def test_an_empty_cell_says_nothing(world, tmp_path):
    hazard_id = world.bring_to("closed")
    before = world.read(hazard_id)
    keys = ("inspector", "method", "measures", "due", "completion", "completed_on", "recheck_opinion", "rechecker")
    _found, path = changed(world, "yingji", tmp_path, hazard_id, **dict.fromkeys(keys))
    assert take_in(world, "yingji", path)["unchanged"] == 1
    assert world.read(hazard_id) == before
