"""The user's own file back, with what is wrong in red and explained in a comment."""

import os
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from .text import cell_text
from .workbooks import Limits, RawSheet, read

AUTHOR = "抓落实"
HEADING = "【抓落实核对】"  # what we wrote into a comment stands below it, the user's own words above
_RED = PatternFill("solid", start_color="FFFF7C80", end_color="FFFF7C80")
_PLAIN = PatternFill()
_NO_SHEET_NAME = re.compile(r"[\\*?:/\[\]]")
_LARGEST = 80 << 20  # bytes unpacked: openpyxl holds every formatted cell, also the empty ones, in memory


@dataclass(frozen=True)
class Fault:
    """``sheet``: its name; ``row``: 1-based; ``column``: 0-based, None when the row as a whole is at fault."""

    sheet: str
    row: int
    column: int | None
    message: str


def mark_faults(source: str | os.PathLike, target: str | os.PathLike, faults: Iterable[Fault],
                limits: Limits = Limits(), corrected: Iterable[Fault] = ()) -> None:  # noqa: B008 - immutable
    """Write ``target`` (.xlsx). Marks of an earlier round are taken away first; then what was ``corrected`` meanwhile
    takes the place of what the file says, its ``message`` being the new text.

    An .xls, or an .xlsx that openpyxl cannot open or that is very large, is rebuilt from its values and merged
    ranges: what counts is that the user sees the place.
    """
    book = _open(Path(source), limits)
    for page in book.worksheets:
        _forget_marks(page)
    for (name, row, column), messages in _by_cell(corrected).items():
        if page := _page(book, name):
            _correct(page, row, column, messages[-1])
    for (name, row, column), messages in _by_cell(faults).items():
        if page := _page(book, name):
            _mark(_anchor(page, row, column), messages)
    target = Path(target)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        book.save(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _open(path: Path, limits: Limits) -> Workbook:
    sheets = read(path, limits)  # refuses what is not fit to be opened at all
    if not zipfile.is_zipfile(path) or _unpacked_size(path) > _LARGEST:
        return _rebuilt(sheets)
    try:
        with path.open("rb") as file:
            return load_workbook(file)
    except Exception:  # openpyxl raises nearly anything on what Excel and WPS accept
        return _rebuilt(sheets)


def _unpacked_size(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _rebuilt(sheets: list[RawSheet]) -> Workbook:
    book = Workbook()
    book.remove(book.active)
    for raw in sheets:
        page = book.create_sheet(_sheet_name(raw.name))
        page.sheet_state = "visible" if raw.visible else "hidden"
        for number, cells in raw.rows:
            for at, value in enumerate(cells, 1):
                _put(page.cell(number, at), value)
        for top, left, bottom, right in raw.merges:
            page.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    return book


def _sheet_name(name: str) -> str:
    """As a workbook may call a sheet; some are called otherwise all the same."""
    return _NO_SHEET_NAME.sub("_", name)[:31]


def _put(cell: Cell, value: object) -> None:
    if isinstance(value, str):
        cell.value = cell_text(value)
        cell.data_type = "s"  # never a formula
    elif value is not None:
        cell.value = value


def _by_cell(faults: Iterable[Fault]) -> Mapping[tuple[str, int, int], list[str]]:
    grouped: dict[tuple[str, int, int], list[str]] = {}
    for fault in faults:
        grouped.setdefault((fault.sheet, fault.row, fault.column or 0), []).append(fault.message)
    return grouped


def _page(book: Workbook, name: str) -> Worksheet | None:
    name = name if name in book.sheetnames else _sheet_name(name)
    return book[name] if name in book.sheetnames and isinstance(book[name], Worksheet) else None


def _correct(page: Worksheet, row: int, column: int, text: str) -> None:
    """One row's cell of a merged range says something else from now on: each cell of the range speaks for itself."""
    at = page.cell(row, column + 1).coordinate
    for merged in [merged for merged in page.merged_cells.ranges if at in merged]:
        said = page.cell(merged.min_row, merged.min_col).value
        page.unmerge_cells(merged.coord)
        for cells in page[merged.coord]:
            cells[0].value = said
    _put(page[at], text)


def _anchor(page: Worksheet, row: int, column: int) -> Cell:
    """The cell itself, or the one that speaks for the merged range it is in."""
    cell = page.cell(row, column + 1)
    if isinstance(cell, MergedCell):
        around = next(merged for merged in page.merged_cells.ranges if cell.coordinate in merged)
        return page.cell(around.min_row, around.min_col)
    return cell


def _mark(cell: Cell, messages: list[str]) -> None:
    cell.fill = _RED
    text = cell_text("\n".join(dict.fromkeys(messages)))
    before = cell.comment.text if cell.comment else ""
    text = f"{before}\n{text}" if HEADING in before else f"{before}\n{HEADING}\n{text}".strip()
    cell.comment = Comment(text, AUTHOR, height=40 + 20 * (text.count("\n") + 1 + len(text) // 18), width=260)


def _forget_marks(page: Worksheet) -> None:
    for row in page.iter_rows():
        for cell in row:
            if cell.comment and HEADING in cell.comment.text:
                own = cell.comment.text.partition(HEADING)[0].strip()
                cell.comment = Comment(own, cell.comment.author) if own else None
                cell.fill = _PLAIN
