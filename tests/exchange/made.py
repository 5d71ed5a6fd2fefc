"""Workbooks as offices send them, made on the spot; and the one form they are read as."""

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import xlwt

from app.exchange.excel_in import Table, read_tables
from app.hazards.sheet import HAZARD_SHEET

DATA = (
    "凤城镇 某甲、某乙",
    "2026-03-05",
    "四不两直",
    "锅炉房压力表超过检定有效期",
    "否",
    "否",
    "停用并送检",
    "锦绣丝织厂 某丙",
    "2026-03-20",
    "已更换",
    "2026-03-18",
    "建立台账，每半年送检",
    "合格",
    "凤城镇 某乙",
)
KEYS = tuple(column.key for column in HAZARD_SHEET.columns)
HEADS = HAZARD_SHEET.heads
OFFICIAL_HEADS = (
    ["序号", "问题隐患情况", *[None] * 5, "整改情况", *[None] * 5, "检查验收情况", None],
    [None, *HEADS],
)
OFFICIAL_MERGES = ("A3:A4", "B3:G3", "H3:M3", "N3:O3")


def row(**changes) -> tuple:
    return tuple((dict(zip(KEYS, DATA, strict=True)) | changes).values())


def xlsx(path: Path, rows: list, merges=(), name: str = "Sheet", book: openpyxl.Workbook | None = None) -> Path:
    page = book.create_sheet() if book else (book := openpyxl.Workbook()).active
    page.title = name
    for values in rows:
        page.append(list(values))
    for merged in merges:
        page.merge_cells(merged)
    book.save(path)
    return path


def xls(path: Path, rows: list, merges=(), name: str = "Sheet1") -> Path:
    """``merges``: (top, bottom, left, right, value), 0-based."""
    book = xlwt.Workbook()
    page = book.add_sheet(name)
    date = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    covered = {
        (r, c) for top, bottom, left, right, _ in merges for r in range(top, bottom + 1) for c in range(left, right + 1)
    }
    for at, values in enumerate(rows):
        for column, value in enumerate(values):
            if value is not None and (at, column) not in covered:
                page.write(at, column, value, *([date] if isinstance(value, dt.date) else []))
    for top, bottom, left, right, value in merges:
        page.write_merge(top, bottom, left, right, value)
    book.save(str(path))
    return path


def only_table(path: Path) -> Table:
    (table,) = read_tables(path, HAZARD_SHEET).tables
    return table


def replace_part(source: Path, part: str, content: bytes) -> Path:
    """The workbook with another content of one of the files zipped in it."""
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()} | {part: content}
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return source
