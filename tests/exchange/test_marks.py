"""The user's own file back, red and commented."""

import openpyxl
import pytest
from openpyxl.comments import Comment

from app.exchange.excel_out import write
from app.exchange.marks import HEADING, Fault, mark_faults
from app.exchange.messages import SpreadsheetError
from app.hazards.sheet import HAZARD_SHEET
from tests.exchange.made import DATA, HEADS, row, xls, xlsx

RED = "FFFF7C80"


def marked(tmp_path, source, *faults):
    mark_faults(source, tmp_path / "marked.xlsx", faults)
    return openpyxl.load_workbook(tmp_path / "marked.xlsx")


def test_red_and_commented_and_everything_else_as_it_was(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [["序号", *HEADS], [1, *DATA], [2, *DATA]], name="3月")
    page = marked(
        tmp_path, path, Fault("3月", 2, 2, "没有这一天"), Fault("3月", 2, 2, "又一条"), Fault("3月", 3, None, "整行")
    )["3月"]
    assert page["C2"].fill.start_color.rgb == RED
    assert page["C2"].comment.text == f"{HEADING}\n没有这一天\n又一条"
    assert page["A3"].comment.text.endswith("整行")
    assert page["C3"].comment is None and page["C3"].fill.fill_type is None
    assert [cell.value for cell in page[2]] == [1, *DATA]


def test_the_printed_form_keeps_its_settings_and_its_text(tmp_path):
    write(tmp_path / "a.xlsx", HAZARD_SHEET, [(*row(description="=1+1"), "YH-2026-1@1")], trace=True)
    page = marked(tmp_path, tmp_path / "a.xlsx", Fault("问题隐患整改清单", 5, 9, "时限")).active
    assert (page["E5"].value, page["E5"].data_type) == ("=1+1", "s")
    assert page.print_title_rows == "$3:$4" and page.column_dimensions["P"].hidden
    assert "B3:G3" in {str(merged) for merged in page.merged_cells.ranges}


def test_a_merged_cell_is_marked_where_it_begins(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [["a", "b"], [1, 2], [3, None]], ["B2:B3"])
    page = marked(tmp_path, path, Fault("Sheet", 3, 1, "此处有误")).active
    assert page["B2"].fill.start_color.rgb == RED and page["B2"].comment.text.endswith("此处有误")


def test_what_was_corrected_meanwhile_is_in_the_file(tmp_path):
    """A merged cell speaks for its rows no more when one of them was corrected; text stays text."""
    path = xlsx(tmp_path / "a.xlsx", [["a", "b"], [1, 2], [3, None], [4, None]], ["B2:B4"])
    mark_faults(path, tmp_path / "m.xlsx", [Fault("Sheet", 3, 1, "有误")],
                corrected=[Fault("Sheet", 3, 1, "=1+1"), Fault("fort", 1, 1, "x")])
    page = openpyxl.load_workbook(tmp_path / "m.xlsx").active
    assert [page.cell(row, 2).value for row in (2, 3, 4)] == [2, "=1+1", 2]
    assert page["B3"].data_type == "s" and page["B3"].fill.start_color.rgb == RED and not page.merged_cells.ranges


def test_a_second_round_takes_the_first_away_and_leaves_the_users_comment(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [["a", "b"], [1, 2]])
    book = openpyxl.load_workbook(path)
    book.active["B2"].comment = Comment("自己的批注", "某人")
    book.save(path)
    first = marked(tmp_path, path, Fault("Sheet", 2, 1, "甲"), Fault("Sheet", 2, 0, "乙"))
    assert first.active["B2"].comment.text == f"自己的批注\n{HEADING}\n甲"
    (tmp_path / "marked.xlsx").rename(tmp_path / "again.xlsx")
    second = marked(tmp_path, tmp_path / "again.xlsx", Fault("Sheet", 1, 0, "丙")).active
    assert second["B2"].comment.text == "自己的批注" and second["A2"].comment is None
    assert second["A2"].fill.fill_type is None and second["A1"].fill.start_color.rgb == RED


def test_an_xls_is_rebuilt(tmp_path):
    path = xls(tmp_path / "a.xls", [["序号", "描述"], [1, "=1+1"], [2, None]], [(1, 2, 1, 1, "=1+1")], name="台账")
    page = marked(tmp_path, path, Fault("台账", 3, 1, "有误"))["台账"]
    assert (page["B2"].value, page["B2"].data_type) == ("=1+1", "s")
    assert page["B2"].fill.start_color.rgb == RED
    assert {str(merged) for merged in page.merged_cells.ranges} == {"B2:B3"}


def test_a_sheet_that_is_not_there_is_left_out(tmp_path):
    assert marked(tmp_path, xlsx(tmp_path / "a.xlsx", [["a"]]), Fault("别的", 1, 0, "x")).sheetnames == ["Sheet"]


def test_what_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"nonsense")
    with pytest.raises(SpreadsheetError):
        mark_faults(tmp_path / "a.xlsx", tmp_path / "b.xlsx", [])
    assert not (tmp_path / "b.xlsx").exists()
