"""What the words of a task list mean: who leads, which deadline, which entries a cell merges."""

import datetime as dt

import pytest

from app.tasks.reading import (
    Entry,
    beyond,
    end_of_year,
    follow_up_entries,
    own_days,
    parts_of,
    period_of,
    progress_entries,
    without_own_days,
)

TODAY = dt.date(2026, 6, 30)
FIRST = "凤城镇 2026-06-05 60%：已排查"
SECOND = "北留镇 2026-06-06 10%：已动员\n第二行"


@pytest.mark.parametrize(("said", "parts"), [
    ("凤城镇 张三\n北留镇", [("lead", "凤城镇 张三\n北留镇")]),
    ("牵头：应急局 张三；配合：凤城镇、北留镇", [("lead", "应急局 张三"), ("supporting", "凤城镇、北留镇")]),
    ("牵头单位：应急局\n配合单位：各乡镇", [("lead", "应急局"), ("supporting", "各乡镇")]),
    ("主办部门:应急局 协办部门:住建局", [("lead", "应急局"), ("supporting", "住建局")]),
    ("应急局 配合：住建局", [("lead", "应急局"), ("supporting", "住建局")]),
    ("应急局（牵头）、住建局、凤城镇", [("lead", "应急局"), ("supporting", "住建局"), ("supporting", "凤城镇")]),
    ("应急局牵头，住建局、凤城镇配合", [("lead", "应急局"), ("supporting", "住建局、凤城镇")]),
    ("应急局牵头负责，各乡镇按职责分工配合落实", [("lead", "应急局"), ("supporting", "各乡镇")]),
])
def test_who_leads(said, parts):
    assert [(part.value, words) for part, words in parts_of(said)] == parts


@pytest.mark.parametrize(("said", "period"), [
    ("每月", "monthly"), ("每个月25日前", "monthly"), ("按月报送", "monthly"), ("每季度", "quarterly"),
    ("每季度末", "quarterly"), ("按季推进", "quarterly"), ("3月", None), ("长期坚持", None), ("第一季度", None),
    ("", None),
])
def test_what_recurs(said, period):
    assert period_of(said) == period


@pytest.mark.parametrize(("said", "day"), [
    ("全年", dt.date(2026, 12, 31)), ("2025年度", dt.date(2025, 12, 31)), ("年内", dt.date(2026, 12, 31)),
    ("12月底前", None),
])
def test_the_whole_year(said, day):
    assert end_of_year(said, 2026) == day


def test_units_with_a_day_of_their_own():
    said = "2026-06-30（凤城镇 2026-07-15、北留镇 2026-08-01）"
    assert without_own_days(said) == "2026-06-30"
    assert own_days(said) == [("凤城镇", dt.date(2026, 7, 15)), ("北留镇", dt.date(2026, 8, 1))]
    assert (without_own_days("6月底（含）"), own_days("6月底（含）")) == ("6月底（含）", [])


@pytest.mark.parametrize(("said", "entry"), [
    (FIRST, Entry("已排查", dt.date(2026, 6, 5), 60, None, "凤城镇")),
    ("6月20日 80%：完成整改", Entry("完成整改", dt.date(2026, 6, 20), 80)),
    ("2026.6.1，已动员", Entry("已动员", dt.date(2026, 6, 1))),
    ("80%：好", Entry("好", None, 80)),
    ("完成80%，剩余3处", Entry("完成80%，剩余3处", None, 80)),
    ("隐患率下降120%", Entry("隐患率下降120%")),
    ("6月30日前完成", Entry("6月30日前完成")),
    ("12月31日，计划完成", Entry("12月31日，计划完成")),
    ("2月30日：不存在的日子", Entry("2月30日：不存在的日子")),
    ("2026-06-20", Entry("2026-06-20")),
])
def test_an_entry_of_progress(said, entry):
    assert progress_entries(said, 2026, TODAY) == [entry]


@pytest.mark.parametrize(("said", "entry"), [
    ("2026-06-05 电话调度（凤城镇）：偏慢", Entry("偏慢", dt.date(2026, 6, 5), None, "电话调度", "凤城镇")),
    ("2026-06-07：再催", Entry("再催", dt.date(2026, 6, 7))),
    ("6月5日电话调度：偏慢", Entry("偏慢", dt.date(2026, 6, 5), None, "电话调度")),
    ("6月5日，现场查看", Entry("现场查看", dt.date(2026, 6, 5))),
    ("已电话催办2次", Entry("已电话催办2次")),
])
def test_an_entry_of_a_follow_up(said, entry):
    assert follow_up_entries(said, 2026, TODAY) == [entry]


def test_printed_entries_come_apart_and_other_lines_stay_with_them():
    found = progress_entries(f"{FIRST}\n{SECOND}", 2026, TODAY)
    assert [(one.unit, one.text) for one in found] == [("凤城镇", "已排查"), ("北留镇", "已动员\n第二行")]
    assert len(progress_entries("一、已排查\n二、已整改", 2026, TODAY)) == 1


@pytest.mark.parametrize(("said", "rest"), [
    (f"{FIRST}\n{SECOND}", ""), (f"{SECOND}；{FIRST}；", ""), (f"{FIRST}\n6月20日：已整改", "6月20日：已整改"),
    (f"{FIRST}，6月20日已整改", "6月20日已整改"), (f"已建账；{FIRST}", "已建账"), (f"上\n{SECOND}\n下", "上\n下"),
    (f"{FIRST}工作", f"{FIRST}工作"), (f"另{FIRST}", f"另{FIRST}"), ("全部重写", "全部重写"), ("", ""),
    (f"{FIRST}\n{FIRST}", ""),
])
def test_what_a_cell_says_beyond_what_is_recorded(said, rest):
    """An entry that was edited in place is not recorded: it comes back whole, as a new one."""
    assert beyond(said, [FIRST, SECOND]) == rest


def test_an_entry_tells_the_same_when_it_leaves_something_open():
    day = dt.date(2026, 6, 5)
    assert Entry("已 排查").tells("已排查", day, 60)
    assert Entry("已排查", day, 60).tells("已排查", day, 60)
    assert not Entry("已排查", dt.date(2026, 6, 6)).tells("已排查", day, 60)
    assert not Entry("已排查", None, 70).tells("已排查", day, 60)
    assert Entry("已排查", None, 70).tells("已排查", day), "a follow-up has no percentage"
