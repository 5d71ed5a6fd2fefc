"""Whatever is wrong with a file ends in a named error, never in a dead or swollen server."""

import zipfile

import openpyxl
import pytest
import xlsxwriter

from app.exchange.messages import SpreadsheetError
from app.exchange.workbooks import Limits, read
from tests.exchange.made import replace_part, xls, xlsx

ROWS = [["a", "b"], [1, 2]]


def code_of(path, **limits):
    with pytest.raises(SpreadsheetError) as caught:
        read(path, Limits(**limits))
    return caught.value.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"hello, not a workbook", "not_a_workbook"),
        (b"%PDF-1.7 ...", "not_a_workbook"),
        ("<html><table><tr><td>序号</td></tr></table></html>".encode(), "not_a_workbook"),
        (b"PK\x03\x04 and nothing more", "unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
)
def test_what_is_no_workbook(tmp_path, content, code):
    (tmp_path / "a.xlsx").write_bytes(content)
    assert code_of(tmp_path / "a.xlsx") == code


def test_a_truncated_workbook(tmp_path):
    for path in (xlsx(tmp_path / "a.xlsx", ROWS * 50), xls(tmp_path / "a.xls", ROWS * 50)):
        path.write_bytes(path.read_bytes()[:-2500])
        assert code_of(path) == "unreadable"


def test_another_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert code_of(tmp_path / "a.xlsx") == "not_a_workbook"


def test_an_xls_with_a_password(tmp_path):
    path = xls(tmp_path / "a.xls", ROWS)
    # Turns the first record after the start of the stream into FILEPASS, which is how a password shows.
    path.write_bytes(path.read_bytes().replace(b"\xe1\x00\x02\x00", b"\x2f\x00\x02\x00", 1))
    assert code_of(path) == "encrypted"


def test_one_cell_far_away_does_not_take_the_server_along(tmp_path):
    """Read in this process, these 5 kB ask for 512 GB and abort it."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "x", "y"
    book.save(tmp_path / "a.xlsx")
    assert code_of(tmp_path / "a.xlsx") == "too_costly"


def test_a_zip_bomb(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", ROWS)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * (3 << 20))
    assert code_of(path, unpacked=2 << 20) == "too_costly"


def worksheet(data: str, start: str = "") -> bytes:
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'{start}<worksheet xmlns="{namespace}"><sheetData>{data}</sheetData></worksheet>'.encode()


def test_strings_shared_by_many_cells(tmp_path):
    """A third of a megabyte that unfolds to three gigabytes."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:  # openpyxl does not always share strings
        book.add_worksheet().write_string(0, 0, "x" * 30_000)
    cells = '<c t="s"><v>0</v></c>' * 50
    rows = "".join(f'<row r="{at}">{cells}</row>' for at in range(1, 2001))
    replace_part(path, "xl/worksheets/sheet1.xml", worksheet(rows))
    assert path.stat().st_size < 1 << 20
    assert code_of(path) == "too_costly"


def test_too_many_rows_columns_bytes(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", ROWS * 10)
    assert code_of(path, rows=19) == "too_large"
    assert code_of(path, columns=1) == "too_large"
    assert code_of(path, file_bytes=1000) == "too_large"
    assert len(read(path, Limits(rows=20))[0].rows) == 20


def test_formatted_empty_rows_do_not_count(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    for number in range(2, 3000):
        book.active.cell(number, 1).font = openpyxl.styles.Font(bold=True)
    book.save(tmp_path / "a.xlsx")
    assert len(read(tmp_path / "a.xlsx", Limits(rows=10))[0].rows) == 1


def test_entities_are_not_expanded(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", ROWS)
    start = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&f;</t></is></c></row>'
    replace_part(path, "xl/worksheets/sheet1.xml", worksheet(cell, start))
    try:
        cells = [cell for _, row in read(path)[0].rows for cell in row]
    except SpreadsheetError:
        return
    assert all(cell in ("", "&f;") for cell in cells)
