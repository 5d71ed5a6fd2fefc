"""A workbook as it is, .xlsx or .xls: the values, the merged ranges, nothing understood yet.

The content decides what a file is, not its name. Whatever is wrong with it ends in a ``SpreadsheetError``.
"""

import datetime
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .messages import N_, SpreadsheetError
from .text import writable

Cell = str | int | float | bool | datetime.date | datetime.datetime | None

_CHILD = Path(__file__).with_name("child_reader.py")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MEBIBYTE = 1 << 20

ERRORS = {
    "empty": N_("The file is empty."),
    "too_large": N_(
        "The file is larger than a ledger can be: at most %(rows)s rows, %(columns)s columns and %(megabytes)s MB."
    ),
    "not_a_workbook": N_("This is not an Excel file. Save it as .xlsx or .xls and upload it again."),
    "encrypted": N_("The file is protected by a password. Remove the password and upload it again."),
    "unreadable": N_(
        "The file is damaged and cannot be read. Open it in Excel or WPS, save it again and upload it again."
    ),
    "too_costly": N_("The file cannot be unpacked safely. Copy the table into a new workbook and upload that."),
}


@dataclass(frozen=True)
class Limits:
    """What a ledger may be at most. ``memory`` and ``unpacked`` in bytes."""

    rows: int = 50_000
    columns: int = 200
    characters: int = 40_000_000
    file_bytes: int = 20 * _MEBIBYTE
    unpacked: int = 300 * _MEBIBYTE
    memory: int = 1536 * _MEBIBYTE
    seconds: int = 30


@dataclass(frozen=True)
class RawSheet:
    """One sheet. ``rows``: (1-based row number, cells from column A), blank rows left out.

    ``merges``: (top, left, bottom, right), 0-based, both ends included.
    """

    name: str
    visible: bool
    rows: tuple[tuple[int, list[Cell]], ...]
    merges: tuple[tuple[int, int, int, int], ...] = ()


def read(path: str | os.PathLike, limits: Limits = Limits()) -> list[RawSheet]:
    """All sheets of the workbook, hidden ones included (``visible`` tells)."""
    _check(Path(path), limits)
    found = _read_apart(Path(path), limits)
    if isinstance(found, dict):
        raise _error(found["error"], limits)
    return [_sheet(sheet) for sheet in found]


def _sheet(found: dict) -> RawSheet:
    rows = tuple((number, _decode(cells)) for number, cells in found["rows"])
    return RawSheet(found["name"], found["visible"], rows, tuple(map(tuple, found["merges"])))


def _check(path: Path, limits: Limits) -> None:
    """The cheap questions, before anything is unpacked."""
    size = path.stat().st_size
    if not size:
        raise _error("empty", limits)
    if size > limits.file_bytes:
        raise _error("too_large", limits)
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_ZIP):
        _check_zip(path, limits)
    elif start != _OLE:
        raise _error("not_a_workbook", limits)


def _check_zip(path: Path, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _error("unreadable", limits) from error
    if sum(entry.file_size for entry in entries) > limits.unpacked:
        raise _error("too_costly", limits)
    if not any(entry.filename.lower().startswith("xl/workbook") for entry in entries):
        raise _error("not_a_workbook", limits)


def _read_apart(path: Path, limits: Limits) -> Any:
    command = [sys.executable, "-I", str(_CHILD), str(path.absolute()), json.dumps(asdict(limits))]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limits.seconds * 2, check=False)
    except subprocess.TimeoutExpired as error:
        raise _error("too_costly", limits) from error
    if done.returncode < 0 or b"MemoryError" in done.stderr or b"memory allocation" in done.stderr:
        raise _error("too_costly", limits)
    if done.returncode:
        raise _error("unreadable", limits)
    return json.loads(done.stdout)


def _decode(cells: list) -> list[Cell]:
    return [writable(cell) if type(cell) is str else _date(cell["d"]) if type(cell) is dict else cell for cell in cells]


def _date(iso: str) -> datetime.date | datetime.datetime:
    return datetime.datetime.fromisoformat(iso) if "T" in iso else datetime.date.fromisoformat(iso)


def _error(code: str, limits: Limits) -> SpreadsheetError:
    if code != "too_large":
        return SpreadsheetError(code, ERRORS[code])
    return SpreadsheetError(
        code, ERRORS[code], rows=limits.rows, columns=limits.columns, megabytes=limits.file_bytes // _MEBIBYTE
    )
