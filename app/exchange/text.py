"""One way to compare what people type: full-width and half-width, line breaks and spaces, look-alike characters.

Only for understanding: what is stored or printed is never folded.
"""

import datetime
import re
import unicodedata
from functools import lru_cache

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"
_SPACES = "\u3000\u00a0\u2002\u2003\u2009\u202f"
# Not NFKC as a whole: it would turn ① into 1 and … into three full stops. Kangxi radicals come out of copied PDFs.
_FOLD = (
    {0xFF01 + i: 0x21 + i for i in range(94)}
    | {ord(c): None for c in _INVISIBLE}
    | {ord(c): " " for c in _SPACES}
    | {c: unicodedata.normalize("NFKC", chr(c)) for c in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFB00))}
    | {ord(c): "-" for c in "—–－‐‑−"}
    | {ord("〜"): "~", ord("\r"): "\n", ord("\t"): " "}
)
_GAPS = re.compile(r"\s+")

SHORT = 80  # of a name, not of a description: only those come again
EXCEL_CELL_UNITS = 32_767  # Excel counts UTF-16 code units, not characters.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def fold(text: str) -> str:
    """Half-width, visible, trimmed; line breaks stay. Chinese marks without an ASCII twin (、 。 〔〕) stay."""
    return text.translate(_FOLD).strip()


def squash(text: str) -> str:
    """``fold`` without any space or line break: how heads and names are compared."""
    return _squashed(text) if len(text) <= SHORT else _squashed.__wrapped__(text)


@lru_cache(maxsize=8192)
def _squashed(text: str) -> str:
    """A ledger says the same names over and over, and each is compared many times."""
    return _GAPS.sub("", text.translate(_FOLD))


def writable(text: str) -> str:
    """Without what no workbook, letter or database holds: control characters but tab and line break, and what is no
    character.
    """
    return _NOT_IN_XML.sub("", text)


def cell_text(text: str) -> str:
    """The text as an Excel cell can hold it: what is written, and what reading the cell gives back.

    Control characters go, line breaks are \\n, longer texts are cut at Excel's limit. Compare
    ``cell_text(stored)`` with the cell: a text that Excel had to cut is not a change.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = writable(text)
    if 2 * len(text) <= EXCEL_CELL_UNITS:
        return text
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * EXCEL_CELL_UNITS else _cut(units)


def _cut(units: bytes) -> str:
    return units[: 2 * EXCEL_CELL_UNITS].decode("utf-16-le", errors="ignore")


def as_text(cell: object) -> str:
    """What a reader of the sheet sees in the cell; strings stay as they are."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime.datetime) and (cell.hour or cell.minute):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, datetime.date):
        return cell.strftime("%Y-%m-%d")
    return str(cell)


def is_blank(cell: object) -> bool:
    if not isinstance(cell, str):
        return cell is None
    return not cell[:1].isalnum() and not squash(cell)  # asked of every cell of a file, and nearly all are plain
