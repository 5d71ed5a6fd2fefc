"""A form as offices really send it: the table is found by its heads, wherever and in whatever order they stand.

Nothing is understood here beyond the table's shape; the cells' values go to ``cells``.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from .form_lines import is_aside, is_closing, is_label_line, is_total, read_labels, year_in
from .heads import NUMBER_KEY, HeadMatcher, Layout, plain_head
from .messages import N_, Message, SpreadsheetError
from .sheets import TRACE_KEY, FormMeta, Sheet, Trace
from .text import as_text, is_blank, squash
from .workbooks import Cell, Limits, RawSheet, read

NO_HEADS = N_("No row of heads of this form. Expected are: %(heads)s.")
NO_REQUIRED = N_("The column %(heads)s is missing.")
NO_REQUIRED_IN = N_("Sheet %(sheet)s: the column %(heads)s is missing. Name it as the form does and upload it again.")
HIDDEN = N_("The sheet is hidden.")
NO_TABLE = N_("No table of this form was found in the file. Expected heads: %(heads)s.")
_FEWEST_HEADS = 3
_DEEPEST_HEAD = 3
_CANDIDATES = 20
_SEARCHED_ROWS = 300
_DITTO = frozenset({"同上", "〃", "″"})


@dataclass(frozen=True)
class TableRow:
    """One row of data; ``number`` is the sheet's own row number. ``cells`` by column key, absent when blank."""

    number: int
    cells: dict[str, Cell]
    trace: Trace | None = None
    extra: dict[str, str] = field(default_factory=dict)

    def text(self, key: str) -> str:
        return as_text(self.cells.get(key))


@dataclass(frozen=True)
class Table:
    """The form found in one sheet. ``head_rows``: their row numbers; ``layout.columns``: key → 0-based column.

    ``asides``: lines that were taken for no data, as (row number, text). ``year``: named by 时间, a title or the
    sheet's name.
    """

    sheet_name: str
    head_rows: tuple[int, ...]
    layout: Layout
    missing: tuple[str, ...]
    meta: FormMeta
    year: int | None
    rows: tuple[TableRow, ...]
    asides: tuple[tuple[int, str], ...] = ()


class SkippedSheet(NamedTuple):
    name: str
    reason: Message


@dataclass(frozen=True)
class Reading:
    tables: list[Table]
    skipped: list[SkippedSheet]


def read_tables(path: str | os.PathLike, sheet: Sheet, limits: Limits = Limits()) -> Reading:  # noqa: B008 - immutable
    """Every table of this form in the workbook; raises ``SpreadsheetError`` when there is none."""
    reading = Reading([], [])
    for raw in read(path, limits):
        if not raw.rows:
            continue
        found = _look(raw, sheet) if raw.visible else Message(HIDDEN)
        if isinstance(found, Table):
            reading.tables.append(found)
        else:
            reading.skipped.append(SkippedSheet(raw.name, found))
    if not reading.tables:
        for name, reason in reading.skipped:
            if reason.msgid == NO_REQUIRED:  # nearly the form: say what it lacks
                raise SpreadsheetError("no_table", NO_REQUIRED_IN, sheet=name, **reason.params)
        raise SpreadsheetError("no_table", NO_TABLE, heads="、".join(sheet.heads))
    return reading


def find_table(raw: RawSheet, sheet: Sheet) -> Table | None:
    found = _look(raw, sheet)
    return found if isinstance(found, Table) else None


def _look(raw: RawSheet, sheet: Sheet) -> Table | Message:
    matcher = HeadMatcher(sheet)
    head = _find_head(raw, matcher)
    if not head:
        return Message(NO_HEADS, {"heads": "、".join(sheet.heads)})
    lacking = [sheet.by_key[key].head for key in sheet.required if key not in head.layout.columns]
    if lacking:
        return Message(NO_REQUIRED, {"heads": "、".join(lacking)})
    return _Body(raw, sheet, matcher, head).table()


class _Head(NamedTuple):
    top: int  # indexes into raw.rows
    bottom: int
    layout: Layout

    @property
    def found(self) -> int:
        return len(self.layout.columns.keys() - {NUMBER_KEY, TRACE_KEY})


def _find_head(raw: RawSheet, matcher: HeadMatcher) -> _Head | None:
    """The one to three adjoining rows that name the most columns; of equals the fewest rows, then the first."""
    words = [(matcher.words_in(cells), -at) for at, (_, cells) in enumerate(raw.rows[:_SEARCHED_ROWS])]
    likely = [-at for count, at in sorted(words, reverse=True)[:_CANDIDATES] if count >= 2]
    spans = {
        (top, top + depth - 1)
        for at in likely
        for top in range(max(0, at - _DEEPEST_HEAD + 1), at + 1)
        for depth in range(1, _DEEPEST_HEAD + 1)
        if top + depth > at and top + depth <= len(raw.rows)
    }
    heads = [_Head(top, bottom, matcher.layout(_stacks(raw, top, bottom))) for top, bottom in spans]
    heads = [head for head in heads if head.found >= _FEWEST_HEADS]
    # Similar heads are worth less than equal ones: a row of data must not win as part of a head.
    best = max(heads, key=lambda h: (h.found - len(h.layout.guessed) / 2, h.top - h.bottom, -h.top), default=None)
    return best


def _stacks(raw: RawSheet, top: int, bottom: int) -> list[tuple[str, ...]]:
    """Per column its heads from top to bottom; a merged head counts in every cell that it covers.

    One merged down from a row above these (备注 beside group heads) reaches into them, too.
    """
    rows = raw.rows[top : bottom + 1]
    numbers = {number - 1 for number, _ in rows}
    above = {number - 1: cells for number, cells in raw.rows[max(0, top - _DEEPEST_HEAD) : bottom + 1]}
    merges = [one for one in raw.merges if one[0] in above and any(one[0] <= row <= one[2] for row in numbers)]
    width = max([*(len(cells) for _, cells in rows), *(one[1] + 1 for one in merges)])
    grid = {number - 1: [as_text(cell) for cell in cells] + [""] * (width - len(cells)) for number, cells in rows}
    for first_row, first, last_row, last in merges:
        text = as_text(_at(above[first_row], first))
        for row in numbers:
            if first_row <= row <= last_row:
                grid[row][first : last + 1] = [text] * (min(last + 1, width) - first)
    return [tuple(dict.fromkeys(grid[row][at] for row in grid)) for at in range(width)]


class _Body:
    """The rows of a table whose head is known."""

    def __init__(self, raw: RawSheet, sheet: Sheet, matcher: HeadMatcher, head: _Head):
        self.raw, self.sheet, self.matcher, self.head = raw, sheet, matcher, head
        self.columns = {k: at for k, at in head.layout.columns.items() if k not in (NUMBER_KEY, TRACE_KEY)}
        self.trace_at = head.layout.columns.get(TRACE_KEY)
        self.required = [self.columns[key] for key in sheet.required]
        self.asides: list[tuple[int, str]] = []
        self.labels: dict[str, str] = {}
        self.last: dict[str, Cell] = {}
        self.above = self._merged_values()

    def table(self) -> Table:
        head, raw = self.head, self.raw
        titles = [" ".join(map(as_text, cells)) for _, cells in raw.rows[: head.top]]
        for _, cells in raw.rows[: head.top]:
            self._take_labels(cells)
        rows = tuple(self._rows())
        return Table(
            sheet_name=raw.name,
            head_rows=tuple(number for number, _ in raw.rows[head.top : head.bottom + 1]),
            layout=head.layout,
            missing=tuple(column.key for column in self.sheet.columns if column.key not in self.columns),
            meta=FormMeta(**self.labels),
            year=year_in(self.labels.get("period", ""), *titles, raw.name),
            rows=rows,
            asides=tuple(self.asides),
        )

    def _rows(self) -> Iterator[TableRow]:
        for number, cells in self.raw.rows[self.head.bottom + 1 :]:
            if self._is_data(number, cells):
                yield self._row(number, cells)

    def _is_data(self, number: int, cells: list[Cell]) -> bool:
        mapped = [at for at in self.columns.values() if not is_blank(_at(cells, at))]
        if mapped and not is_total(cells) and not self._is_head(cells) and not self._is_around(number, cells, mapped):
            return True
        text = " ".join(as_text(cell).strip() for cell in cells if isinstance(cell, str) and cell.strip())
        if text:  # A row with nothing but its 序号 is not worth telling.
            self._take_labels(cells)
            self.asides.append((number, text))
        return False

    def _is_head(self, cells: list[Cell]) -> bool:
        """The heads again, printed on every page by some offices."""
        filled = [cell for cell in cells if not is_blank(cell)]
        if len(filled) < 2 or not self.matcher.words_in(filled[:4]):  # cheap, and true of nearly every row
            return False
        return self.matcher.words_in(filled) * 5 >= len(filled) * 3

    def _is_around(self, number: int, cells: list[Cell], mapped: list[int]) -> bool:
        """A line of the form around the table. Of those only labelled values may reach below a required head."""
        filled = [at for at, cell in enumerate(cells) if not is_blank(cell)]
        if any(at in mapped for at in self.required):
            return (filled[0] not in mapped and is_label_line(cells)) or (len(filled) == 1 and is_closing(cells))
        if is_label_line(cells) or is_aside(cells, self.sheet):
            return True
        # 「一、煤矿企业」 across the table: one text merged over several columns.
        return len(filled) == 1 and any(
            top == number - 1 == bottom and left == filled[0] and right - left >= 2
            for top, left, bottom, right in self.raw.merges
        )

    def _take_labels(self, cells: list[Cell]) -> None:
        if is_label_line(cells):
            self.labels = read_labels(cells) | {k: v for k, v in self.labels.items() if v}

    def _row(self, number: int, cells: list[Cell]) -> TableRow:
        trace = Trace.read(as_text(_at(cells, self.trace_at))) if self.trace_at is not None else None
        found = {}
        for key, at in self.columns.items():
            value = _at(cells, at)
            if is_blank(value):
                value = self.above.get((number, at))
            if key in self.head.layout.second:
                value = _joined(value, _at(cells, self.head.layout.second[key]))
            if trace is None and isinstance(value, str) and squash(value) in _DITTO:  # an exported one is as recorded
                value = self.last.get(key, value)
            if not is_blank(value):
                found[key] = value
        self.last = found
        extra = {head: as_text(_at(cells, at)) for at, head in self.head.layout.extra.items()}
        return TableRow(number, found, trace, {head: text for head, text in extra.items() if text})

    def _merged_values(self) -> dict[tuple[int, int], Cell]:
        """(row number, column) → value of the merged cell that reaches down to it."""
        rows = dict(self.raw.rows)
        wanted = set(self.columns.values())
        values = {}
        for top, left, bottom, _ in self.raw.merges:
            if left in wanted and bottom > top and len(values) < len(rows) * len(wanted):
                value = _at(rows.get(top + 1, []), left)
                values.update(
                    {(row, left): value for row in range(top + 2, min(bottom + 2, top + 2 + len(rows))) if row in rows}
                )
        return values


def _at(cells: list[Cell], at: int) -> Cell:
    return cells[at] if at < len(cells) else None


def _joined(first: Cell, second: Cell) -> Cell:
    if is_blank(second):
        return first
    return as_text(second) if is_blank(first) else f"{as_text(first)} {as_text(second)}"


__all__ = ["Reading", "SkippedSheet", "Table", "TableRow", "find_table", "plain_head", "read_tables"]
