"""One way out to Excel, safe by construction: every text is written as a string, so it never becomes a formula.

Rows are streamed (``constant_memory``): memory does not grow with their number, and nothing can be written to a
row that has been left, so the order of the writes below matters.
"""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import CellNumberTuple, CellStringTuple, Worksheet

from .sheets import TRACE_HEAD, TRACE_KEY, FormMeta, Sheet
from .text import cell_text

PAPERS = {"A3": 8, "A4": 9}
ROWS_PER_SHEET = 1_000_000
PAGES = ".pages-"  # the folders of rows that wait; one is left over only when the process was killed
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
# Excel shows such text as it is, but would make a formula of it as soon as someone edits the cell.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t")
_READS_AS_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # each of several that share a dash
_letters = cache(xl_col_to_name)
TALLEST = 409  # points: no row of a workbook is taller

Row = Mapping[str, str | int | Decimal] | tuple


@dataclass(frozen=True)
class Layout:
    """Paper and fonts, from the settings. ``temp_folder``: where the rows wait, else beside the target."""

    paper: str = "A3"
    title_font: str = "方正小标宋简体"
    body_font: str = "仿宋_GB2312"
    title_size: int = 22
    body_size: int = 11
    rows_per_sheet: int = ROWS_PER_SHEET
    temp_folder: str | None = None


def write(
    target: str | os.PathLike | BinaryIO,
    sheet: Sheet,
    rows: Iterable[Row],
    meta: FormMeta = FormMeta(),  # noqa: B008 - immutable
    *,
    trace: bool = False,
    layout: Layout = Layout(),
) -> int:
    """Write the form and return the number of rows; without rows, the blank form with its numbered empty rows.

    A row maps column keys to text (a number stays one), or is a tuple in the order of the columns. With ``trace`` it
    also carries ``TRACE_KEY`` (or one more item): it goes into a hidden last column outside the print area.
    A file at ``target`` appears only when it is complete.
    """
    if hasattr(target, "write"):
        return _Form(Workbook(target, _OPTIONS | {"tmpdir": layout.temp_folder}), sheet, meta, trace, layout).fill(rows)
    path = Path(target)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # The library leaves its own pages lying about when it fails: they get a folder, which goes in any case.
        with tempfile.TemporaryDirectory(dir=layout.temp_folder or path.parent, prefix=PAGES) as pages:
            count = _Form(Workbook(str(part), _OPTIONS | {"tmpdir": pages}), sheet, meta, trace, layout).fill(rows)
        part.replace(path)
    except FileCreateError as error:
        raise OSError(*error.args[0].args) from error  # what every other way of not being able to write raises
    finally:
        part.unlink(missing_ok=True)
    return count


class _Page(Worksheet):
    """A sheet that writes its own rows, which hold texts, numbers and blanks, each in one piece.

    They tell how tall they are without being fixed: who edits a cell gets a row that fits again. The library knows
    fixed heights only, keeps them all in memory, and takes a text in <r>…</r> for markup of its own.
    """

    def __init__(self):
        super().__init__()
        self.heights: dict[int, float] = {}

    def _write_single_row(self, current_row_num: int = 0) -> None:
        """The row that is left; what the library calls when another begins, and at the end."""
        at, self.previous_row = self.previous_row, current_row_num
        if cells := self.table.pop(at, None):
            said = "".join(self._said(f'r="{_letters(col)}{at + 1}"', cells[col]) for col in sorted(cells))
            self.fh.write(f'<row r="{at + 1}" ht="{self.heights.pop(at):.1f}">{said}</row>')

    def _said(self, where: str, cell) -> str:
        where = f'{where} s="{cell.format._get_xf_index()}"'
        if isinstance(cell, CellStringTuple):
            text = cell.string
            if "_x" in text:
                text = _READS_AS_ESCAPE.sub("_x005F_", text)
            kept = "" if text[:1].isalnum() and text[-1:].isalnum() else ' xml:space="preserve"'
            return f'<c {where} t="inlineStr"><is><t{kept}>{self._escape_data(text)}</t></is></c>'
        return f"<c {where}><v>{cell.number:.16G}</v></c>" if isinstance(cell, CellNumberTuple) else f"<c {where}/>"


class _Form:
    """The state of one export: the workbook, its formats and the sheet being filled."""

    def __init__(self, book: Workbook, sheet: Sheet, meta: FormMeta, trace: bool, layout: Layout):
        self.book, self.sheet, self.meta, self.trace, self.layout = book, sheet, meta, trace, layout
        self.last_column = len(sheet.columns)  # 序号 is column 0.
        self.head_row = 2
        self.first_row = self.head_row + sheet.head_rows
        body = {"font_name": cell_text(layout.body_font), "font_size": layout.body_size, "valign": "vcenter"}
        grid = body | {"border": 1, "text_wrap": True}
        self.title_format = book.add_format(
            {"font_name": cell_text(layout.title_font), "font_size": layout.title_size, "align": "center",
             "valign": "vcenter"}
        )
        self.line_format = book.add_format(body)
        self.head_format = book.add_format(grid | {"align": "center", "bold": True})
        self.number_format = book.add_format(grid | {"align": "center"})
        self.formats = [self._column_formats(grid, column.kind) for column in sheet.columns]
        self.trace_format = book.add_format(body)
        self.line_height = layout.body_size * 1.35
        # A column's width is in digits of the default font, 7 pixels each; a letter of ours is half its size wide.
        self.letters = [int(column.width * 10.5 / layout.body_size) for column in sheet.columns]

    def _column_formats(self, grid: dict, kind: str) -> tuple[Format, Format]:
        """The format of a column, and the same for text that would be taken for a formula when edited."""
        # `kind` decides the alignment only; every value is text.
        look = grid | {"align": "left" if kind in ("text", "parties") else "center"}
        return self.book.add_format(look), self.book.add_format(look | {"quote_prefix": True})

    def fill(self, rows: Iterable[Row]) -> int:
        try:
            count = 0
            for count_before, page in _pages(rows, self.layout.rows_per_sheet):
                count = self._page(page, count_before)
            return count or self._blank()
        finally:
            self.book.close()

    def _blank(self) -> int:
        empty = ("",) * (self.last_column + 1)
        self._page(iter([empty] * self.sheet.blank_rows), 0)
        return 0

    def _page(self, rows: Iterator[Row], number: int) -> int:
        page = self._begin()
        at = self.first_row
        for row in rows:
            number += 1
            self._row(page, at, number, row)
            at += 1
        self._end(page, at)
        return number

    def _begin(self) -> _Page:
        count = len(self.book.worksheets())
        page = self.book.add_worksheet(self.sheet.title[:25] + (f"（{count + 1}）" if count else ""), _Page)
        page.set_landscape()
        page.set_paper(PAPERS[self.layout.paper])
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        page.center_horizontally()
        page.set_footer("&C第&P页 共&N页")
        page.repeat_rows(self.head_row, self.first_row - 1)
        page.freeze_panes(self.first_row, 1)
        self._columns(page)
        page.heights[0] = self.layout.title_size * 1.6
        page.merge_range(0, 0, 0, self.last_column, self.sheet.title, self.title_format)
        page.heights[1] = self._height(())
        self._line(page, 1, self.sheet.above)
        self._heads(page)
        return page

    def _columns(self, page: _Page) -> None:
        page.set_column(0, 0, 5)
        for at, column in enumerate(self.sheet.columns, 1):
            page.set_column(at, at, column.width)
        if self.trace:
            page.set_column(self.last_column + 1, self.last_column + 1, 20, None, {"hidden": True})

    def _line(self, page: _Page, row: int, fields: tuple[tuple[str, str], ...]) -> None:
        """Labels with their values, spread evenly over the width of the table in merged cells."""
        ends = [round((self.last_column + 1) * i / len(fields)) for i in range(len(fields) + 1)]
        for (name, label), start, end in zip(fields, ends, ends[1:], strict=False):
            text = f"{label}：{cell_text(getattr(self.meta, name))}"
            if end - start > 1:
                page.merge_range(row, start, row, end - 1, "", self.line_format)
            page.write_string(row, start, text, self.line_format)

    def _heads(self, page: _Page) -> None:
        top, bottom = self.head_row, self.first_row - 1
        page.heights[top] = self._height(())
        page.heights[bottom] = self._height([column.head for column in self.sheet.columns])
        start = 1
        for text, span in self.sheet.groups:
            if span > 1:
                page.merge_range(top, start, top, start + span - 1, "", self.head_format)
            page.write_string(top, start, text, self.head_format)
            start += span
        if bottom > top:  # Last in its row: padding the merge leaves the row for good.
            page.merge_range(top, 0, bottom, 0, self.sheet.number_head, self.head_format)
        else:
            page.write_string(top, 0, self.sheet.number_head, self.head_format)
        for at, column in enumerate(self.sheet.columns, 1):
            page.write_string(bottom, at, column.head, self.head_format)
        if self.trace:
            page.write_string(bottom, self.last_column + 1, TRACE_HEAD, self.trace_format)

    def _row(self, page: _Page, at: int, number: int, row: Row) -> None:
        values = row if isinstance(row, tuple) else [row.get(column.key) for column in self.sheet.columns]
        page.heights[at] = self._height(values)
        page.write_number(at, 0, number, self.number_format)
        for column, (value, (plain, quoted)) in enumerate(zip(values, self.formats, strict=False), 1):
            if not value:
                page.write_blank(at, column, None, plain)
                continue
            if isinstance(value, int | Decimal):  # counted by us, to be added up by others
                page.write_number(at, column, value, plain)
                continue
            text = cell_text(value)
            page.write_string(at, column, text, quoted if text.startswith(_FORMULA_STARTS) else plain)
        if self.trace and (mark := _trace_of(row, self.last_column)):
            page.write_string(at, self.last_column + 1, cell_text(str(mark)), self.trace_format)

    def _height(self, values: Iterable[str]) -> float:
        """Points that the fullest cell needs. Written, because only Excel itself fits rows that say nothing."""
        lines = max((_lines(value, width) for value, width in zip(values, self.letters, strict=False)
                     if isinstance(value, str) and (len(value) * 2 > width or "\n" in value)), default=1)
        return min(max(lines, 1) * self.line_height + 6, TALLEST)

    def _end(self, page: _Page, row: int) -> None:
        page.heights[row] = self._height(())
        self._line(page, row, self.sheet.below)
        page.print_area(0, 0, row, self.last_column)
        # Digits kept as text are meant: no green corner in every cell.
        page.ignore_errors({"number_stored_as_text": f"B{self.first_row + 1}:XFD{row + 1}"})


def _lines(text: str, width: int) -> int:
    """Lines of a cell `width` letters wide; a Chinese character takes two, as it does in GB 18030."""
    return sum(max(1, -(-len(line.encode("gb18030", "replace")) // width)) for line in str(text).split("\n"))


def _trace_of(row: Row, width: int) -> str | None:
    if isinstance(row, tuple):
        return row[width] if len(row) > width else None
    return row.get(TRACE_KEY)


def _pages(rows: Iterable[Row], size: int) -> Iterator[tuple[int, Iterator[Row]]]:
    """Cut the stream into sheets without holding it; no sheet is begun without a row."""
    rows = iter(rows)
    before = 0
    for first in rows:
        yield before, islice(chain([first], rows), size)
        before += size
