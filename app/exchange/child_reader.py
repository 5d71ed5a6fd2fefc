"""Run as a program of its own (``python -I child_reader.py FILE LIMITS``): reads a workbook, prints JSON.

Apart from the server because one cell at XFD1048576 in a 5 kB file makes the reader ask for 512 GB and abort the
whole process (seen), and because strings shared by a million cells unfold beyond any memory. Here memory and time
are limited and only this process dies. Imports nothing of the application.

Output: ``[{"name", "visible", "rows": [[row number, [cells]]], "merges": [[top, left, bottom, right]]}]``, rows
1-based and without the blank ones, the rest 0-based; or ``{"error": code}``. A date is ``{"d": ISO}``.
"""

import datetime
import io
import json
import pathlib
import sys

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream that holds an .xlsx with a password


class TooLarge(Exception):
    """More rows, columns or text than a ledger has."""


def encode(cell):
    if isinstance(cell, (datetime.date, datetime.datetime)):
        return {"d": cell.isoformat()}
    return str(cell) if isinstance(cell, (datetime.time, datetime.timedelta)) else cell


def read_sheet(sheet, limits: dict) -> tuple[list, list]:
    """``limits`` says what is left for this sheet; the characters are counted down here."""
    if sheet.start is None:
        return [], []
    margin = [""] * sheet.start[1]
    rows = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        cells = cells[: limits["columns"] + 1]
        while cells and (cells[-1] == "" or cells[-1] is None):
            cells.pop()
        if not cells:
            continue
        limits["characters"] -= sum(len(cell) for cell in cells if isinstance(cell, str))
        if len(rows) >= limits["rows"] or len(margin) + len(cells) > limits["columns"] or limits["characters"] < 0:
            raise TooLarge
        rows.append([number, margin + [encode(cell) for cell in cells]])
    return rows, [[*first, *last] for first, last in sheet.merged_cell_ranges or []]


def open_book(path: str) -> CalamineWorkbook:
    """By content: given a path the reader would trust the extension."""
    data = pathlib.Path(path).read_bytes()
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except CalamineError as error:
        if ENCRYPTED in data:
            raise PasswordError from error
        if path.lower().endswith(".xls"):  # Only this way does the reader tell an .xls with a password.
            return CalamineWorkbook.from_path(path)
        raise


def read_book(path: str, limits: dict) -> list:
    book = open_book(path)
    found = []
    for meta in book.sheets_metadata:
        if meta.typ is not SheetTypeEnum.WorkSheet:
            continue
        rows, merges = read_sheet(book.get_sheet_by_name(meta.name), limits)
        limits["rows"] -= len(rows)
        visible = meta.visible is SheetVisibleEnum.Visible
        found.append({"name": meta.name, "visible": visible, "rows": rows, "merges": merges})
    return found


def limit_process(memory: int, seconds: int) -> None:
    try:
        import resource  # not on Windows, where the time limit of the parent must do
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(path: str, limits: dict) -> None:
    limit_process(limits["memory"], limits["seconds"])
    try:
        result = read_book(path, limits)
    except PasswordError:
        result = {"error": "encrypted"}
    except TooLarge:
        result = {"error": "too_large"}
    except CalamineError:
        result = {"error": "unreadable"}
    sys.stdout.buffer.write(json.dumps(result, ensure_ascii=False).encode())


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
