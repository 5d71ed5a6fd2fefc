"""A new row of a task list: how it is understood, what is asked, what is refused, at which state it goes in."""

import datetime as dt

import openpyxl
import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.casework.invariants import check
from app.tasks.invariants import RULES
from app.tasks.models import FollowUp, Progress, Share, Task
from app.tasks.spawning import spawn_due
from tests.tasks.lists import a_list, exported, only_row, planned, row, take_in, texts

DAY = dt.date


def task_of(world, content: str = "开展燃气安全专项整治") -> Task:
    with world.system() as session:
        return session.scalars(sa.select(Task).where(Task.content == content).order_by(Task.id)).first()


def shares(world, task) -> list[Share]:
    with world.system() as session:
        return session.scalars(sa.select(Share).where(Share.head_id == task.id).order_by(Share.position)).all()


def entries(world, case) -> list[TimelineEntry]:
    with world.system() as session:
        return session.scalars(
            sa.select(TimelineEntry).where(TimelineEntry.case_id == case.id).order_by(TimelineEntry.id)
        ).all()


def new_of(world, tmp_path, who: str = "office", **cells) -> dict:
    found = only_row(world, who, a_list(tmp_path / "a.xlsx", row(**cells)))
    assert found.outcome == "new", {key: cell.problem or cell.note for key, cell in found.cells.items()}
    return found.new


# ── who ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("said", "owed"), [
    ("凤城镇 张三、北留镇 李四", [("fengcheng", "lead", "张三"), ("beiliu", "lead", "李四")]),
    ("凤城镇\n北留镇", [("fengcheng", "lead", None), ("beiliu", "lead", None)]),
    ("县应急管理局（牵头）、县住建局", [("yingji", "lead", None), ("zhujian", "supporting", None)]),
    ("牵头：应急管理局 王五；配合：各乡镇",
     [("yingji", "lead", "王五"), ("fengcheng", "supporting", None), ("beiliu", "supporting", None)]),
    ("各乡镇", [("fengcheng", "lead", None), ("beiliu", "lead", None)]),
    ("各成员单位", [("yingji", "lead", None), ("zhujian", "lead", None)]),
    ("凤城镇、凤城镇 张三", [("fengcheng", "lead", "张三")]),
])
@pytest.mark.one_database
def test_responsible_units(world, tmp_path, said, owed):
    found = new_of(world, tmp_path, units=said)
    assert [(one.unit, one.part, one.heads) for one in found["owed"]] == [
        (world[code], part, heads) for code, part, heads in owed
    ]
    assert found["unit_words"] == (said if "各" in said else None), "各乡镇 is printed as it was said"


@pytest.mark.parametrize(("said", "offers"), [("凤成镇 张三", ("凤城镇 张三",)), ("各有关单位", ()), ("", ())])
@pytest.mark.one_database
def test_units_that_cannot_be_told(world, tmp_path, said, offers):
    found = only_row(world, "office", a_list(tmp_path / "a.xlsx", row(units=said)))
    assert found.outcome == "error"
    assert set(offers) <= set(found.cells["units"].offers)


@pytest.mark.one_database
def test_columns_that_the_form_has_not(world, tmp_path):
    """牵头单位 | 配合单位 | 责任人 | 任务来源 | 文号, as other offices keep their lists."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(["序号", "重点工作任务", "牵头单位", "责任人", "配合单位", "任务来源", "文号", "时间节点", "备注"])
    page.append([1, "汛期检查", "应急管理局", "王五", "凤城镇、北留镇", "市委市政府", "晋市安办〔2026〕3号", "6月底前",
                 "急"])
    book.save(tmp_path / "a.xlsx")
    found = only_row(world, "office", tmp_path / "a.xlsx")
    assert [(one.unit, one.part, one.heads) for one in found.new["owed"]] == [
        (world["yingji"], "lead", "王五"), (world["fengcheng"], "supporting", None),
        (world["beiliu"], "supporting", None),
    ]
    assert (found.new["source"], found.new["document_number"]) == ("city", "晋市安办〔2026〕3号")
    assert found.kept["备注"] == "急"


@pytest.mark.one_database
def test_a_list_without_a_deadline_column_means_it_by_the_time_of_completion(world, tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.append(["序号", "主要任务", "责任单位", "完成时间"])
    page.append([1, "汛期检查", "凤城镇", "2026年6月底"])
    book.save(tmp_path / "a.xlsx")
    found = only_row(world, "office", tmp_path / "a.xlsx")
    assert (found.new["due"], found.new["done_on"]) == (DAY(2026, 6, 30), None)


# ── until when ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("said", "period", "due"), [
    ("2026-06-30", "date", DAY(2026, 6, 30)), ("12月底前", "date", DAY(2026, 12, 31)),
    ("全年", "date", DAY(2026, 12, 31)), ("2026年第二季度", "date", DAY(2026, 6, 30)),
    ("6月", "date", DAY(2026, 6, 30)),
    (46203, "date", DAY(2026, 6, 30)), ("立行立改", "immediate", DAY(2026, 3, 20)), ("长期坚持", "standing", None),
    ("持续推进", "standing", None), ("每月", "monthly", None), ("每季度末前", "quarterly", None),
])
@pytest.mark.one_database
def test_deadlines(world, tmp_path, said, period, due):
    found = new_of(world, tmp_path, due=said)
    assert (found["due_kind"], found["due"]) == (period, due)


@pytest.mark.one_database
def test_words_that_are_no_deadline_are_kept_when_the_user_says_so(world, tmp_path):
    path = a_list(tmp_path / "a.xlsx", row(due="按上级通知"))
    found = only_row(world, "office", path)
    assert (found.outcome, found.cells["due"].asks) == ("ask", True)
    yes = {"清单!3!due!ok": "按上级通知"}
    assert take_in(world, "office", path, yes)["new"] == 1
    assert texts(exported(world, "office", tmp_path / "o.xlsx"))[0]["due"] == "按上级通知"
    assert only_row(world, "office", path).outcome == "unchanged", "a recorded deadline is not asked about again"


@pytest.mark.parametrize("said", ["2026年6月35日", "", "/", "2026-06-30（应急管理局 2026-07-15）"])
@pytest.mark.one_database
def test_a_deadline_that_is_none(world, tmp_path, said):
    found = only_row(world, "office", a_list(tmp_path / "a.xlsx", row(due=said)))
    assert (found.outcome, bool(found.cells["due"].problem)) == ("error", True)


def test_units_with_a_day_of_their_own(world, tmp_path):
    take_in(world, "office", a_list(tmp_path / "a.xlsx", row(due="2026-06-30（北留镇 2026-08-01）")))
    assert [share.due for share in shares(world, task_of(world))] == [DAY(2026, 6, 30), DAY(2026, 8, 1)]
    assert texts(exported(world, "office", tmp_path / "o.xlsx"))[0]["due"] == "2026-06-30（北留镇 2026-08-01）"
    assert only_row(world, "office", tmp_path / "o.xlsx").outcome == "unchanged"


# ── what happened ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_nothing_happened_yet(world, tmp_path):
    take_in(world, "office", a_list(tmp_path / "a.xlsx", row(progress="/", follow_ups="无")))
    task = task_of(world)
    assert (task.state, task.number, task.issued, task.filed_by_id) == (
        "issued", "RW-2026-0001", True, world["office"])
    assert (task.happened_on, task.issued_on, task.source) == (DAY(2026, 1, 1), world.day, "county")
    assert [(s.state, s.heads, s.turn_organization_id, s.acknowledged_on) for s in shares(world, task)] == [
        ("issued", "张三", world["fengcheng"], None), ("issued", "李四", world["beiliu"], None)]
    assert [(e.verb, e.to_state) for e in entries(world, task)] == [("import", "issued")]


def test_progress_puts_the_shares_in_progress(world, tmp_path):
    """Words that name nobody are about all who answer for it alike."""
    cells = row(progress="3月5日 60%：已排查", follow_ups="3月9日电话：加快")
    take_in(world, "office", a_list(tmp_path / "a.xlsx", cells))
    task = task_of(world)
    assert (task.state, task.happened_on, task.state_since) == ("in_progress", DAY(2026, 1, 1), DAY(2026, 3, 5))
    for share in shares(world, task):
        assert (share.state, share.acknowledged_on, share.percent_claimed) == ("in_progress", DAY(2026, 3, 5), 60)
        assert [e.verb for e in entries(world, share)] == ["import", "report"]
    with world.system() as session:
        assert {(p.reported_on, p.text) for p in session.scalars(sa.select(Progress))} == {(DAY(2026, 3, 5), "已排查")}
        (told,) = session.scalars(sa.select(FollowUp))
        assert (told.followed_on, told.method, told.text) == (DAY(2026, 3, 9), "电话", "加快")


def test_progress_is_of_who_leads_or_of_whom_it_names(world, tmp_path):
    take_in(world, "office", a_list(
        tmp_path / "a.xlsx", row(units="应急管理局（牵头）、凤城镇", progress="已制定方案"),
        row(content="另一项", progress="北留镇 2026-03-05 10%：已动员\n凤城镇 2026-03-06 20%：已部署\n分两步"),
    ))
    assert [s.state for s in shares(world, task_of(world))] == ["in_progress", "issued"]
    told = texts(exported(world, "office", tmp_path / "o.xlsx"))
    assert told[0]["progress"] == "凤城镇 2026-03-06 20%：已部署\n分两步\n北留镇 2026-03-05 10%：已动员"
    assert told[1]["progress"] == "应急管理局 2026-03-20 0%：已制定方案"


def test_a_name_that_is_none_of_the_units_stays_in_the_words(world, tmp_path):
    path = a_list(tmp_path / "a.xlsx", row(
        units="应急管理局", progress="凤城镇 2026-03-06 20%：已部署", follow_ups="2026-03-10 现场（北留镇）：偏慢"))
    take_in(world, "office", path)
    (told,) = texts(exported(world, "office", tmp_path / "o.xlsx"))
    assert (told["progress"], told["follow_ups"]) == (
        "应急管理局 2026-03-06 20%：（凤城镇）已部署", "2026-03-10 现场：（北留镇）偏慢")
    assert only_row(world, "office", path).outcome == "unchanged"


def test_a_day_of_completion_is_history(world, tmp_path):
    take_in(world, "office", a_list(tmp_path / "a.xlsx", row(progress="已排查完", done_on="2026.3.15", due="3月1日")))
    task = task_of(world)
    assert (task.state, task.closed_on, task.imported_history) == ("done", DAY(2026, 3, 15), True)
    for share in shares(world, task):
        assert (share.state, share.closed_on, share.claimed_on) == ("done", DAY(2026, 3, 15), DAY(2026, 3, 15))
        assert (share.percent_claimed, share.percent_verified, share.imported_history) == (100, 100, True)
        assert [(e.verb, e.comment) for e in entries(world, share)] == [
            ("import", None), ("claim", "已排查完"), ("verify", None)]
    (told,) = texts(exported(world, "office", tmp_path / "o.xlsx"))
    assert told["done_on"] == "2026-03-15"
    assert "凤城镇 2026-03-15 100%：已排查完" in told["progress"]


def test_done_after_what_was_reported(world, tmp_path):
    """What was said at 60 % stays so; the claim is an entry of its own."""
    path = a_list(tmp_path / "a.xlsx", row(progress="3月5日 60%：已排查", done_on="2026.3.15", units="凤城镇"))
    take_in(world, "office", path)
    with world.system() as session:
        assert [(p.reported_on, p.percent, p.text) for p in session.scalars(sa.select(Progress).order_by(Progress.id))
                ] == [(DAY(2026, 3, 5), 60, "已排查"), (DAY(2026, 3, 15), 100, "已完成")]
    assert only_row(world, "office", path).outcome == "unchanged"


@pytest.mark.parametrize(("cells", "key"), [
    ({"done_on": "2026-03-21"}, "done_on"), ({"done_on": "已完成"}, "done_on"),
    ({"done_on": "2026-03-01", "progress": "3月5日：还在做"}, "done_on"),
    ({"done_on": "3月1日", "due": "每月"}, "done_on"),
])
@pytest.mark.one_database
def test_what_cannot_be_is_refused(world, tmp_path, cells, key):
    found = only_row(world, "office", a_list(tmp_path / "a.xlsx", row(**cells)))
    assert (found.outcome, bool(found.cells[key].problem)) == ("error", True)


@pytest.mark.parametrize("said", ["长期坚持", "每月"])
@pytest.mark.one_database
def test_no_day_of_completion_yet(world, tmp_path, said):
    assert new_of(world, tmp_path, done_on=said)["done_on"] is None


@pytest.mark.parametrize(("cells", "day"), [
    ({}, DAY(2026, 1, 1)), ({"due": "2025-12-31"}, DAY(2025, 12, 31)), ({"due": "立行立改"}, DAY(2026, 3, 20)),
    ({"due": "立行立改", "progress": "3月2日：已改"}, DAY(2026, 3, 2)), ({"follow_ups": "2025年12月30日：已布置"},
                                                                 DAY(2025, 12, 30)),
])
@pytest.mark.one_database
def test_since_when_it_is_a_task(world, tmp_path, cells, day):
    assert new_of(world, tmp_path, **cells)["happened_on"] == day


# ── what recurs ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_monthly_row_issues_its_series_and_this_month(world, tmp_path):
    take_in(world, "office", a_list(tmp_path / "a.xlsx", row(due="每月", progress="每月已报", follow_ups="已布置")))
    with world.system() as session:
        series, instance = session.scalars(sa.select(Task).order_by(Task.id))
    assert (series.due_kind, series.number, len(series.planned)) == ("monthly", "RW-2026-0001", 2)
    assert (instance.series_id, instance.period, instance.due) == (series.id, "2026-03", DAY(2026, 3, 31))
    assert (instance.number, instance.due_kind, instance.planned) == ("RW-2026-0002", "date", [])
    assert (shares(world, series), len(shares(world, instance))) == ([], 2)
    assert "每月已报" in entries(world, series)[0].comment, "what belongs to no period is kept in the history"
    assert [e.verb for e in entries(world, instance)] == ["spawn"]
    assert only_row(world, "office", tmp_path / "a.xlsx").outcome == "unchanged"


def test_the_first_of_a_monthly_task_is_not_made_twice(world, tmp_path):
    take_in(world, "office", a_list(tmp_path / "a.xlsx", row(due="每月")))
    with world.system() as session:
        assert spawn_due(session, world.day) == 0
        assert spawn_due(session, DAY(2026, 4, 1)) == 1


# ── together ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_rows_under_one_merged_task(world, tmp_path):
    """主要任务 merged over its measures: each row is a task of its own, told apart by measures and units."""
    path = a_list(tmp_path / "a.xlsx", row(measures="一"), row(content=None, measures="二", units="应急管理局"),
                  row(content=None, measures="三"))
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("B3:B5")
    book.save(path)
    assert take_in(world, "office", path)["new"] == 3
    assert take_in(world, "office", path)["unchanged"] == 3


@pytest.mark.one_database
def test_the_same_row_twice_is_refused(world, tmp_path):
    plan = planned(world, "office", a_list(tmp_path / "a.xlsx", row(), row()))
    assert [r.outcome for r in plan.rows] == ["new", "error"]


def test_what_goes_in_holds_together(world, tmp_path):
    take_in(world, "office", a_list(
        tmp_path / "a.xlsx", row(), row(content="甲", units="试验铸造厂、凤城镇", progress="已动员"),
        row(content="乙", done_on="3月1日"), row(content="丙", due="每季度", units="各成员单位"),
        row(content="丁", units="牵头：应急管理局；配合：试验建筑公司", due="立行立改", follow_ups="3月2日现场：查看"),
    ))
    with world.system() as session:
        assert check(session, rules=RULES) == []
