"""Ledgers as offices really send them."""

import datetime as dt

import openpyxl
import pytest

from app.exchange.excel_in import find_table, read_tables
from app.exchange.messages import SpreadsheetError
from app.exchange.sheets import Trace
from app.exchange.workbooks import read
from app.hazards.sheet import HAZARD_SHEET
from tests.exchange.made import DATA, HEADS, KEYS, OFFICIAL_HEADS, OFFICIAL_MERGES, only_table, row, xls, xlsx

TITLE = ["问题隐患整改清单（参考样式）"]
LINES = ["填报单位：凤城镇　　　时间：2026年3月"]
FOOTER = ["审核人：某审", None, None, "填报人：某填", None, None, "联系方式：0356-0000000"]


def descriptions(table):
    return [found.text("description") for found in table.rows]


def test_the_official_form(tmp_path):
    rows = [TITLE, LINES, *OFFICIAL_HEADS, [1, *DATA], [2, *row(description="二")], FOOTER]
    table = only_table(xlsx(tmp_path / "a.xlsx", rows, OFFICIAL_MERGES))
    assert [found.number for found in table.rows] == [5, 6]
    assert table.rows[0].cells == dict(zip(KEYS, DATA, strict=True))
    assert table.missing == ()
    assert (table.meta.filing_unit, table.meta.period, table.year) == ("凤城镇", "2026年3月", 2026)
    assert (table.meta.reviewer, table.meta.filer, table.meta.phone) == ("某审", "某填", "0356-0000000")
    assert [number for number, _ in table.asides] == [7]


def test_the_same_as_xls_whatever_its_name(tmp_path):
    heads = [*OFFICIAL_HEADS]
    merges = [
        (2, 3, 0, 0, "序号"),
        (2, 2, 1, 6, "问题隐患情况"),
        (2, 2, 7, 12, "整改情况"),
        (2, 2, 13, 14, "检查验收情况"),
    ]
    rows = [TITLE, LINES, *heads, [1, *row(inspected_on=dt.date(2026, 3, 5))], FOOTER]
    table = only_table(xls(tmp_path / "really-xls.xlsx", rows, merges))
    assert table.rows[0].number == 5
    assert table.rows[0].cells["inspected_on"] == dt.date(2026, 3, 5)
    assert table.meta.filing_unit == "凤城镇"


def test_one_row_of_heads_in_another_order_with_missing_and_extra_columns(tmp_path):
    rows = [
        ["备注", "整改\n时限", "隐患 描述", "整改责任单位", "检查日期"],
        ["急", "3月底", "灯坏", "锦绣丝织厂", dt.date(2026, 3, 5)],
    ]
    table = only_table(xlsx(tmp_path / "a.xlsx", rows))
    assert table.layout.columns == {"due": 1, "description": 2, "rectifier": 3, "inspected_on": 4}
    assert set(table.missing) == set(KEYS) - set(table.layout.columns)
    assert table.rows[0].extra == {"备注": "急"}
    assert table.rows[0].number == 2
    assert table.rows[0].cells["inspected_on"] == dt.date(2026, 3, 5)


def test_full_width_starred_and_annotated_heads(tmp_path):
    rows = [
        ["检查时间*", "问题隐患描述（必填）", "整改时限\n(如：2026-03-05)", " 整 改 单 位 及 责 任 人 ："],
        ["3.5", "灯坏", "3.9", "厂"],
    ]
    assert set(only_table(xlsx(tmp_path / "a.xlsx", rows)).layout.columns) == {
        "inspected_on",
        "description",
        "due",
        "rectifier",
    }


def test_a_similar_head_is_guessed_and_said_so(tmp_path):
    table = only_table(xlsx(tmp_path / "a.xlsx", [["检查时间", "问题隐患的描述", "整改时限"], ["3.5", "灯坏", "3.9"]]))
    assert table.layout.columns["description"] == 1
    assert table.layout.guessed == ("description",)


def test_completion_and_its_time_are_not_taken_for_each_other(tmp_path):
    table = only_table(
        xlsx(tmp_path / "a.xlsx", [["问题隐患描述", "整改完成时间", "检查时间"], ["灯坏", "3.9", "3.5"]])
    )
    assert table.layout.columns == {"description": 0, "completed_on": 1, "inspected_on": 2}


def test_unit_and_person_in_two_columns(tmp_path):
    rows = [
        ["序号", "检查单位", "检查人", "问题隐患描述", "责任单位", "责任人", "复查单位", "复查人"],
        [1, "凤城镇", "某甲", "灯坏", "锦绣丝织厂", "某丙", None, "某乙"],
    ]
    found = only_table(xlsx(tmp_path / "a.xlsx", rows)).rows[0].cells
    assert (found["inspector"], found["rectifier"], found["rechecker"]) == ("凤城镇 某甲", "锦绣丝织厂 某丙", "某乙")


def test_short_words_under_group_heads(tmp_path):
    rows = [
        ["序号", "检查", None, "问题隐患描述", "整改", None, "复查", None],
        [None, "单位", "时间", None, "单位", "时限", "情况", "单位"],
        [1, "凤城镇", "3.5", "灯坏", "厂", "3.9", "合格", "凤城镇"],
    ]
    path = xlsx(tmp_path / "a.xlsx", rows, ["A1:A2", "B1:C1", "D1:D2", "E1:F1", "G1:H1"])
    found = only_table(path).rows[0].cells
    assert found["inspector"] == "凤城镇" and found["inspected_on"] == "3.5"
    assert found["rectifier"] == "厂" and found["due"] == "3.9"
    assert found["recheck_opinion"] == "合格" and found["rechecker"] == "凤城镇"


def test_what_is_no_data_anywhere_in_the_table(tmp_path):
    rows = [
        *OFFICIAL_HEADS,
        [1, *row(description="一")],
        [],
        [2],
        ["附件2"],
        [None, "凤城镇2026年3月隐患排查台账"],
        OFFICIAL_HEADS[0],
        OFFICIAL_HEADS[1],
        ["一、煤矿企业"],
        [7, *row(description="七")],
        ["合计", None, None, None, "2处"],
        ["注：本表每月25日前报送"],
        ["填报人", "某填", None, "联系电话", "0356-0000000"],
    ]
    table = only_table(xlsx(tmp_path / "a.xlsx", rows, ["B1:G1", "H1:M1", "N1:O1", "A1:A2"]))
    assert descriptions(table)[:2] == ["一", "七"]
    assert [found.number for found in table.rows][:2] == [3, 11]
    assert (table.meta.filer, table.meta.phone) == ("某填", "0356-0000000")
    assert table.year == 2026 or table.year is None


def test_a_total_with_a_number_of_descriptions_is_no_row(tmp_path):
    rows = [["序号", "问题隐患描述", "整改时限", "检查时间"], [1, "灯坏", "3.9", "3.5"], ["合计", "2处", None, None]]
    assert descriptions(only_table(xlsx(tmp_path / "a.xlsx", rows))) == ["灯坏"]


def test_merged_data_cells_count_in_every_row_that_they_cover(tmp_path):
    rows = [
        ["序号", "检查时间", "问题隐患描述", "整改时限"],
        [1, "3.5", "一", "3.9"],
        [2, None, "二", None],
        [3, None, None, None],
        [4, None, "四", None],
    ]
    table = only_table(xlsx(tmp_path / "a.xlsx", rows, ["B2:B4", "D2:D3"]))
    assert [(f.number, f.text("inspected_on"), f.text("due")) for f in table.rows] == [
        (2, "3.5", "3.9"),
        (3, "3.5", "3.9"),
        (5, "", ""),
    ]


def test_an_unfinished_row_is_kept_so_that_it_can_be_told(tmp_path):
    table = only_table(xlsx(tmp_path / "a.xlsx", [["序号", *HEADS], [1, *row(description=None)]]))
    assert "description" not in table.rows[0].cells and table.rows[0].text("method") == "四不两直"


def test_the_hidden_column_survives_sorting_and_new_rows(tmp_path):
    rows = [
        ["序号", *HEADS, "系统编号与版本（请勿修改）"],
        [9, *DATA, "YH-2026-0007@3"],
        [2, *DATA, None],
        [1, *DATA, "损坏"],
    ]
    table = only_table(xlsx(tmp_path / "a.xlsx", rows))
    assert [found.trace for found in table.rows] == [Trace("YH-2026-0007", 3), None, None]


def test_several_sheets_some_of_them_no_ledger(tmp_path):
    book = openpyxl.Workbook()
    book.remove(book.active)
    xlsx(tmp_path / "a.xlsx", [["序号", *HEADS], [1, *DATA]], name="2026年2月", book=book)
    xlsx(tmp_path / "a.xlsx", [["序号", *HEADS], [1, *DATA], [2, *DATA]], name="2026年3月", book=book)
    xlsx(tmp_path / "a.xlsx", [["通讯录"], ["某甲", "0356-0000000"]], name="通讯录", book=book)
    xlsx(
        tmp_path / "a.xlsx",
        [["序号", "主要任务", "具体措施", "责任单位及责任人", "完成时限", "完成时间"], [1, "a", "b", "c", "d", "e"]],
        name="任务",
        book=book,
    )
    book["2026年2月"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    reading = read_tables(tmp_path / "a.xlsx", HAZARD_SHEET)
    assert [(table.sheet_name, len(table.rows), table.year) for table in reading.tables] == [("2026年3月", 2, 2026)]
    assert [skipped.name for skipped in reading.skipped] == ["2026年2月", "通讯录", "任务"]
    assert "问题隐患描述" in reading.skipped[2].reason.render()


def test_no_ledger_at_all_names_the_heads_expected(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [["通讯录"], ["某甲", "0356-0000000"]])
    with pytest.raises(SpreadsheetError, match="问题隐患描述") as caught:
        read_tables(path, HAZARD_SHEET)
    assert caught.value.code == "no_table"
    assert find_table(read(path)[0], HAZARD_SHEET) is None


def test_nearly_the_form_is_told_what_it_lacks(tmp_path):
    heads = [head for head in HEADS if head != "问题隐患描述"]
    with pytest.raises(SpreadsheetError, match=r"3月.*问题隐患描述 is missing"):
        read_tables(xlsx(tmp_path / "a.xlsx", [["序号", *heads], [1, *DATA[:-1]]], name="3月"), HAZARD_SHEET)


def test_a_head_with_a_word_before_or_behind_it(tmp_path):
    heads = ["序号", "检查单位", "检查时间", "隐患描述及部位", "受检企业", "要求整改期限", "整改完成情况及说明"]
    table = only_table(xlsx(tmp_path / "a.xlsx", [heads, [1, "凤城镇", "3.5", "灯坏", "厂", "3.9", "已换"]]))
    found = table.rows[0].cells
    assert (found["description"], found["due"], found["completion"]) == ("灯坏", "3.9", "已换")
    assert {"description", "due", "completion"} <= set(table.layout.guessed), "a guess is shown as one"


def test_the_same_as_above(tmp_path):
    heads = ["序号", *HEADS, "系统编号与版本（请勿修改）"]
    again = row(inspector="同上", inspected_on="〃", description="第二条", measures=" 同 上 ")
    recorded = row(description="第三条", measures="同上")
    rows = [heads, [1, *DATA], [2, *again], [3, *recorded, "YH-2026-0007@3"]]
    found = only_table(xlsx(tmp_path / "a.xlsx", rows)).rows
    told = [(one.text("inspector"), one.text("inspected_on"), one.text("measures")) for one in found]
    assert told == [(DATA[0], DATA[1], DATA[6]), (DATA[0], DATA[1], DATA[6]), (DATA[0], DATA[1], "同上")]


def test_what_ends_a_form_is_no_row(tmp_path):
    texts = ["以下空白", "2026年3月25日", "（盖章）", "年  月  日"]
    lines = [[*[None] * at, text] for at, text in zip((4, 9, 7, 2), texts, strict=True)]
    table = only_table(xlsx(tmp_path / "a.xlsx", [["序号", *HEADS], [1, *DATA], *lines]))
    assert [found.number for found in table.rows] == [2]
    assert [text for _, text in table.asides] == texts


def test_a_table_that_begins_further_right_and_down(tmp_path):
    rows = [[], [], [None, None, "序号", *HEADS], [None, None, 1, *DATA]]
    table = only_table(xlsx(tmp_path / "a.xlsx", rows))
    assert table.rows[0].number == 4
    assert table.layout.columns["inspector"] == 3
    assert table.rows[0].cells == dict(zip(KEYS, DATA, strict=True))


def test_cells_keep_their_types_and_words(tmp_path):
    rows = [["序号", *HEADS], [1, *row(inspected_on=46086, due=3.5, description="a\nb ", is_major=True)]]
    found = only_table(xlsx(tmp_path / "a.xlsx", rows)).rows[0]
    assert (found.cells["inspected_on"], found.cells["due"]) == (46086, 3.5)
    assert (found.text("description"), found.text("is_major"), found.text("inspected_on")) == ("a\nb ", "是", "46086")
