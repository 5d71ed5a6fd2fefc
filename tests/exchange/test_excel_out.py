"""The bytes of attachment 2, read back by another library."""

import io
import zipfile

import openpyxl
import pytest

from app.exchange.excel_out import Layout, write
from app.exchange.sheets import Column, FormMeta, Sheet, Trace
from app.hazards.sheet import GROUPS, HAZARD_SHEET
from tests.exchange.made import DATA, HEADS, KEYS, row

META = FormMeta("凤城镇", "2026年3月", "某审", "某填", "0356-0000000")


def exported(tmp_path, rows, meta=META, **options):
    write(tmp_path / "out.xlsx", HAZARD_SHEET, rows, meta, **options)
    return openpyxl.load_workbook(tmp_path / "out.xlsx")


def texts(page, row_number):
    return [cell.value for cell in page[row_number]]


def test_the_form_cell_for_cell(tmp_path):
    page = exported(tmp_path, [DATA, DATA]).active
    assert page["A1"].value == "问题隐患整改清单"
    assert page["A2"].value == "填报单位：凤城镇"
    assert [v for v in texts(page, 2) if v] == ["填报单位：凤城镇", "时间：2026年3月"]
    assert [v for v in texts(page, 3) if v] == ["序号", "问题隐患情况", "整改情况", "检查验收情况"]
    assert tuple(texts(page, 4)[1:]) == HEADS
    assert texts(page, 5) == [1, *DATA]
    assert texts(page, 6)[0] == 2
    assert [v for v in texts(page, 7) if v] == ["审核人：某审", "填报人：某填", "联系方式：0356-0000000"]


def test_heads_are_merged_as_the_one_constant_says(tmp_path):
    page = exported(tmp_path, [DATA]).active
    merged = {str(found) for found in page.merged_cells.ranges}
    assert {"A1:O1", "A3:A4", "B3:G3", "H3:M3", "N3:O3"} <= merged
    assert [span for _, span in GROUPS] == [6, 6, 2]
    assert page["A3"].value == "序号"


def test_print_settings(tmp_path):
    page = exported(tmp_path, [DATA] * 3).active
    assert page.page_setup.orientation == "landscape"
    assert page.page_setup.paperSize == 8  # A3
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
    assert page.print_title_rows == "$3:$4"
    assert page.print_area == "'问题隐患整改清单'!$A$1:$O$8"


def test_a4_by_choice(tmp_path):
    assert exported(tmp_path, [DATA], layout=Layout(paper="A4")).active.page_setup.paperSize == 9


def test_fonts_wrapping_and_borders(tmp_path):
    page = exported(tmp_path, [DATA]).active
    assert page["A1"].font.name == "方正小标宋简体"
    assert {cell.font.name for line in page["A3:O5"] for cell in line if cell.value} == {"仿宋_GB2312"}
    assert all(cell.alignment.wrap_text and cell.border.left.style == "thin" for cell in page[5])


def test_rows_are_as_tall_as_their_fullest_cell_and_not_fixed(tmp_path):
    """No phone, WPS or LibreOffice fits a row that says nothing; a fixed one would not grow when edited."""
    three_lines = row(measures="一\n二\n三")
    page = exported(tmp_path, [row(measures="一"), row(measures="逐一更换" * 40), three_lines]).active
    short, full, three = (page.row_dimensions[number].height for number in (5, 6, 7))
    assert short < three < full <= 409
    with zipfile.ZipFile(tmp_path / "out.xlsx") as book:
        assert b"customHeight" not in book.read("xl/worksheets/sheet1.xml")


def test_fonts_are_settings(tmp_path):
    page = exported(tmp_path, [DATA], layout=Layout(title_font="黑体", body_font="宋体")).active
    assert (page["A1"].font.name, page["B5"].font.name) == ("黑体", "宋体")


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-5", "@某", '=HYPERLINK("http://x")', "http://例", "007", "1e5", "TRUE"]
)
def test_text_stays_text(tmp_path, text):
    cell = exported(tmp_path, [row(description=text)]).active["E5"]
    assert (cell.value, cell.data_type) == (text, "s")
    if text[0] in "=+-@":
        assert cell.quotePrefix
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_the_blank_form_has_five_numbered_rows(tmp_path):
    page = exported(tmp_path, [], FormMeta()).active
    assert [page.cell(number, 1).value for number in range(5, 11)] == [1, 2, 3, 4, 5, "审核人："]
    assert all(cell.value is None for line in page["B5:O9"] for cell in line)
    assert page["A2"].value == "填报单位："


def test_number_and_version_in_a_hidden_column_outside_the_print_area(tmp_path):
    page = exported(
        tmp_path, [dict(zip(KEYS, DATA, strict=True)) | {"trace": Trace("YH-2026-0007", 3)}], trace=True
    ).active
    assert page["P5"].value == "YH-2026-0007@3"
    assert page.column_dimensions["P"].hidden
    assert page.print_area.endswith("$O$6")


def test_further_sheets_have_their_own_title_and_heads(tmp_path):
    book = exported(tmp_path, [DATA] * 5, layout=Layout(rows_per_sheet=2))
    assert [page.title for page in book] == ["问题隐患整改清单", "问题隐患整改清单（2）", "问题隐患整改清单（3）"]
    assert [page["A5"].value for page in book] == [1, 3, 5]
    assert {page["A1"].value for page in book} == {"问题隐患整改清单"}
    assert all(tuple(texts(page, 4)[1:]) == HEADS and page.print_title_rows == "$3:$4" for page in book)
    assert [page.max_row for page in book] == [7, 7, 6]


def test_no_further_sheet_without_a_row(tmp_path):
    assert len(exported(tmp_path, [DATA] * 4, layout=Layout(rows_per_sheet=2)).sheetnames) == 2


def test_too_long_text_and_control_characters(tmp_path):
    page = exported(tmp_path, [row(description="隐" * 40_000, measures="a\x00b\x1f\r\nc\ud800")]).active
    assert page["E5"].value == "隐" * 32_767
    assert page["H5"].value == "ab\nc"


def test_rows_are_streamed(tmp_path):
    """Nothing is held: each row is asked for only when the one before it has been written."""
    asked = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield DATA

    with zipfile.ZipFile(_buffer(rows())) as archive:
        assert "xl/sharedStrings.xml" not in archive.namelist()  # strings inline: constant memory
    assert asked == [0, 1, 2]


def _buffer(rows):
    target = io.BytesIO()
    assert write(target, HAZARD_SHEET, rows) == 3
    return target


def test_a_failed_export_leaves_nothing(tmp_path):
    def broken():
        yield DATA
        raise RuntimeError("database gone")

    with pytest.raises(RuntimeError):
        write(tmp_path / "out.xlsx", HAZARD_SHEET, broken())
    assert list(tmp_path.iterdir()) == []


def test_a_form_with_one_row_of_heads(tmp_path):
    sheet = Sheet("tasks", "重点工作任务清单", (Column("task", "主要任务", 30), Column("due", "完成时限", 12)))
    write(tmp_path / "tasks.xlsx", sheet, [("某任务", "2026-06-30")])
    page = openpyxl.load_workbook(tmp_path / "tasks.xlsx").active
    assert texts(page, 3) == ["序号", "主要任务", "完成时限"]
    assert texts(page, 4) == [1, "某任务", "2026-06-30"]


def test_groups_must_span_all_columns():
    with pytest.raises(ValueError, match="do not span"):
        Sheet("x", "x", (Column("a", "甲", 1),), groups=(("组", 2),))
