"""What is written is what is read: the fourteen texts, the lines around them, number and version."""

import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange.cells import parse_text
from app.exchange.excel_in import read_tables
from app.exchange.excel_out import Layout, write
from app.exchange.sheets import FormMeta, Trace
from app.exchange.text import cell_text, is_blank
from app.hazards.sheet import HAZARD_SHEET
from tests.exchange.made import DATA, KEYS, only_table, row

ALPHABET = st.characters(exclude_categories=("Cs",)) | st.sampled_from("\n\r=+-@ 　０１是，；（_x0041_√")
TEXT = st.text(ALPHABET, max_size=40) | st.sampled_from(
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "007",
        "3.10",
        "２０２６",
        "a\nb\n",
        " 前后空格 ",
        "_x000D_",
        "#N/A",
        "TRUE",
        "合计",
        "审核人：某",
    ]
)
ROWS = st.lists(st.tuples(*[TEXT] * len(KEYS)), min_size=1, max_size=4)


def read_back(rows, **options):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.xlsx"
        write(path, HAZARD_SHEET, rows, **options)
        return only_table(path)


@settings(max_examples=60, deadline=None, database=None)
@given(ROWS)
def test_export_then_import_is_the_identity(rows):
    rows = [(*values[:3], f"隐患{values[3]}", *values[4:]) for values in rows]  # a row has a description
    table = read_back([(*values, Trace("YH-2026-1", at)) for at, values in enumerate(rows)], trace=True)
    expected = [
        {k: cell_text(v) for k, v in zip(KEYS, values, strict=True) if not is_blank(cell_text(v))} for values in rows
    ]
    assert [found.cells for found in table.rows] == expected
    assert [found.trace for found in table.rows] == [Trace("YH-2026-1", at) for at in range(len(rows))]


def test_a_text_that_looks_like_the_library_s_own_markup_stays_a_text():
    said = ("<r><t>红</t></r>", "<r>&</r>", "<r></r></c></r>")
    rows = [(*DATA[:3], text, *DATA[4:]) for text in said]
    assert tuple(found.cells["description"] for found in read_back(rows).rows) == said


def test_over_several_sheets_and_with_the_lines_around(tmp_path):
    meta = FormMeta("凤城镇", "2026年3月", "某审", "某填", "0356-0000000")
    path = tmp_path / "out.xlsx"
    write(path, HAZARD_SHEET, [DATA] * 5, meta, layout=Layout(rows_per_sheet=2))
    tables = read_tables(path, HAZARD_SHEET).tables
    assert [len(table.rows) for table in tables] == [2, 2, 1]
    assert {table.meta for table in tables} == {meta}
    assert {table.year for table in tables} == {2026}


def test_the_blank_form_has_no_rows():
    assert read_back([]).rows == ()


def test_text_at_excels_limit_is_unchanged():
    long = "隐患😀" * 10_000
    (found,) = read_back([row(description=long)]).rows
    assert found.cells["description"] == cell_text(long) == parse_text(long).value
    assert len(found.cells["description"].encode("utf-16-le")) <= 2 * 32_767


def test_a_file_object_works_too():
    assert write(io.BytesIO(), HAZARD_SHEET, [DATA]) == 1
