"""Attachment 1 as a user downloads it: cell for cell, what the filter shows, under the user's scope."""

import io

import openpyxl
import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.tasks.sheet import TASK_SHEET
from tests.tasks.lists import a_list, row, take_in

HEADS = ("主要任务", "具体措施", "责任单位及责任人", "完成时限", "推进落实情况", "跟踪督办情况", "完成时间")


def sheet_of(visitor, address: str = "/tasks/export"):
    with visitor.get(address) as answer:
        assert answer.status_code == 200
        return openpyxl.load_workbook(io.BytesIO(answer.data)).active


def rows_of(page) -> list[list[str]]:
    return [[cell.value or "" for cell in cells[1:8]] for cells in page.iter_rows(min_row=4)
            if str(cells[0].value).isdecimal() and cells[1].value]


def named(page) -> set[str]:
    return {one[0] for one in rows_of(page)}


@pytest.mark.clause("1.2.3", "1.2.1", "1.1.1")
def test_the_form_is_the_official_one(world, enter, tmp_path):
    take_in(world, "office", a_list(tmp_path / "a.xlsx", row(
        units="牵头：应急管理局 王五；配合：凤城镇 张三、北留镇", due="2026-06-30（北留镇 2026-07-15）",
        progress="应急管理局 2026-03-04 20%：已制定方案\n凤城镇 2026-03-05 60%：已排查\n共12处",
        follow_ups="2026-03-09 电话调度：加快进度\n2026-03-10 现场查看（凤城镇）：情况属实",
    )))
    page = sheet_of(enter("office"))
    assert page["A1"].value == "重点工作任务清单"
    line = " ".join(str(cell.value) for cell in page[2] if cell.value)
    assert "填报单位：县安委办" in line
    assert "时间：2026年3月20日" in line
    assert page["A3"].value == "序号"
    assert tuple(cell.value for cell in page[3][1:8]) == HEADS == TASK_SHEET.heads
    assert rows_of(page) == [[
        "开展燃气安全专项整治", "逐户排查，建立台账", "牵头：应急管理局 王五；配合：凤城镇 张三、北留镇",
        "2026-06-30（北留镇 2026-07-15）",
        "应急管理局 2026-03-04 20%：已制定方案\n凤城镇 2026-03-05 60%：已排查\n共12处",
        "2026-03-09 电话调度：加快进度\n2026-03-10 现场查看（凤城镇）：情况属实", "",
    ]]
    foot = " ".join(str(cell.value) for cells in page.iter_rows(min_row=5) for cell in cells if cell.value)
    assert all(words in foot for words in ("审核人：", "填报人：office的人", "联系方式：0356-0000000"))
    assert page["A1"].font.name == "方正小标宋简体"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 8)
    assert page.print_title_rows == "$3:$3"
    assert page["I4"].value == "RW-2026-0001@4"
    assert page.column_dimensions["I"].hidden
    assert "I" not in page.print_area


def test_who_supports_reads_its_own_progress_only(world, enter, tmp_path):
    """Who leads reads all; who is responsible, and until when, is said to everybody who has a share."""
    take_in(world, "office", a_list(tmp_path / "a.xlsx", row(
        units="牵头：应急管理局；配合：凤城镇、北留镇", due="2026-06-30（北留镇 2026-07-15）",
        progress="应急管理局 2026-03-04 20%：方案\n凤城镇 2026-03-05 60%：排查\n北留镇 2026-03-06 5%：动员",
        follow_ups="2026-03-10 现场（北留镇）：偏慢",
    )))
    ((_c, _m, units, due, progress, follow_ups, _d),) = rows_of(sheet_of(world.as_("fengcheng")))
    assert (units, due) == ("牵头：应急管理局；配合：凤城镇、北留镇", "2026-06-30")
    assert (progress, follow_ups) == ("凤城镇 2026-03-05 60%：排查", "")
    for overseer in ("office", "yingji", "leader"):
        told = rows_of(sheet_of(world.as_(overseer)))[0]
        assert (told[3], told[4].count("\n"), told[5]) == (
            "2026-06-30（北留镇 2026-07-15）", 2, "2026-03-10 现场（北留镇）：偏慢"), overseer


def test_equals_do_not_read_each_other(world, tmp_path):
    take_in(world, "office", a_list(tmp_path / "a.xlsx", row(units="各乡镇", progress="3月5日：已动员")))
    assert rows_of(sheet_of(world.as_("fengcheng")))[0][2:5:2] == ["各乡镇", "凤城镇 2026-03-05 0%：已动员"]


def test_what_the_filter_shows_and_no_more(world, enter, tmp_path):
    take_in(world, "office", a_list(
        tmp_path / "a.xlsx", row(content="甲"), row(content="乙", units="应急管理局", due="2026-03-01"),
        row(content="丙", units="凤城镇", done_on="2026-03-02"),
    ))
    office = enter("office")
    assert named(sheet_of(office)) == {"甲", "乙", "丙"}
    assert named(sheet_of(office, "/tasks/export?q=乙")) == {"乙"}
    assert named(sheet_of(office, "/tasks/export?state=done")) == {"丙"}
    assert named(sheet_of(office, f"/tasks/export?unit={world['fengcheng']}")) == {"甲", "丙"}
    assert named(sheet_of(office, "/tasks/export?year=2025")) == set()
    assert named(sheet_of(office, "/tasks/export?due=over")) == {"乙"}
    assert named(sheet_of(enter("yingji"))) == {"乙"}
    assert named(sheet_of(enter("zhujian"))) == set()
    assert named(sheet_of(world.as_("other_office"))) == set()
    with world.system() as session:
        said = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "export")).all()
    assert (said[1].extra["form"], said[1].extra["rows"], said[1].extra["filters"]) == ("tasks", 1, {"q": "乙"})


def test_what_looks_like_a_formula_stays_text(world, tmp_path):
    take_in(world, "office", a_list(tmp_path / "a.xlsx", *(row(content=f"{sign}SUM(A1:A2)") for sign in "+-@")))
    page = sheet_of(world.as_("office"))
    assert named(page) == {f"{sign}SUM(A1:A2)" for sign in "+-@"}
    assert {page.cell(line, 2).data_type for line in (4, 5, 6)} == {"s"}


@pytest.mark.one_database
def test_the_blank_form_and_the_other_paper(world):
    page = sheet_of(world.as_("yingji"), "/tasks/blank")
    assert tuple(cell.value for cell in page[3][1:8]) == HEADS
    assert [str(page.cell(line, 1).value) for line in range(4, 9)] == ["1", "2", "3", "4", "5"]
    assert rows_of(page) == []
    assert "填报单位：应急管理局" in " ".join(str(cell.value) for cell in page[2] if cell.value)
    assert sheet_of(world.as_("yingji"), "/tasks/export?paper=A4").page_setup.paperSize == 9
    for who in ("auditor", "admin"):
        assert world.as_(who).get("/tasks/export").status_code in (302, 403, 404)


def test_the_list_of_a_month(world, enter, tmp_path):
    take_in(world, "office", a_list(tmp_path / "a.xlsx", row(), row(content="已办结", done_on="2026-01-10")))
    office = enter("office")
    page = sheet_of(office, "/tasks/export?month=2026-03")
    assert "时间：2026年3月" in " ".join(str(cell.value) for cell in page[2] if cell.value)
    assert named(page) == {"开展燃气安全专项整治"}
    assert named(sheet_of(office, "/tasks/export?month=2026-01")) == {"开展燃气安全专项整治", "已办结"}
    for wrong in ("2026-13", "9999-12", "三月"):
        assert office.get(f"/tasks/export?month={wrong}").status_code == 400
