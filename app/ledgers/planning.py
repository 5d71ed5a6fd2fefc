"""What a ledger means for the records, row by row, before anything is written (核对).

A plan is worked out anew from the file, the user's fixes and the records as they are now.
"""
from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from app.exchange.excel_in import Reading
from app.exchange.sheets import Sheet
from app.ledgers.reading import Cell

OUTCOMES = ("error", "ask", "new", "changed", "unchanged")  # the most urgent first
WAITING = OUTCOMES[:2]
WORDS = 60  # of a row that is named


@dataclass(frozen=True)
class Question:
    """A question about a row as a whole. `answers`: (value, words); the chosen value becomes the fix `key`."""

    key: str
    text: str
    answers: tuple[tuple[str, str], ...]


@dataclass
class RowPlan:
    """What becomes of one row. `outcome`: new, changed, unchanged, error or ask (waits for an answer).

    `new`: what the cells say of a record that is not there; `acts`: `[(what, data)]` that make a recorded one say
    the same. `kept`: `{head: text}` of what the row says and no field of the record holds; the history keeps it.
    `confirmed_new`: the user said that it is none of the recorded ones.
    """

    sheet: str
    number: int
    cells: dict[str, Cell]
    outcome: str = "unchanged"
    record_id: int | None = None
    record_number: str | None = None
    version: int | None = None
    new: dict | None = None
    acts: list[tuple[str, dict]] = field(default_factory=list)
    question: Question | None = None
    kept: dict[str, str] = field(default_factory=dict)
    confirmed_new: bool = False

    def said(self, key: str) -> str:
        return self.cells[key].said if key in self.cells else ""

    def place(self, key: str) -> str:
        """What a correction of the cell is kept by."""
        return f"{self.sheet}!{self.number}!{key}"

    def told(self) -> list[tuple[str, str]]:
        """What of its cells keeps it out, or asks: `(column, why)`."""
        return [(key, cell.problem or cell.note or "") for key, cell in self.cells.items()
                if cell.problem or cell.asks]

    def settle(self) -> RowPlan:
        if any(cell.problem for cell in self.cells.values()):
            self.outcome = "error"
        elif self.question or any(cell.asks for cell in self.cells.values()):
            self.outcome = "ask"
        elif self.new is not None:
            self.outcome = "new"
        else:
            self.outcome = "changed" if self.acts else "unchanged"
        return self


@dataclass
class Plan:
    """The whole file. `errors()` is what the command line and the marked file tell."""

    sheet: Sheet
    reading: Reading
    rows: list[RowPlan]

    def counts(self) -> Counter:
        return Counter(row.outcome for row in self.rows)

    def digest(self) -> str:
        """The same as long as confirming would write the same: what a user saw, and what is about to happen."""
        said = [(row.sheet, row.number, row.outcome, row.record_id, row.version, row.acts, row.new)
                for row in self.rows]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:32]

    @cached_property
    def repeated(self) -> dict[tuple[str, str], dict[str, Cell]]:
        """The faulty cells by place, grouped by their column and the words in them that are wrong."""
        found = defaultdict(dict)
        for row in self.rows:
            for key, cell in row.cells.items():
                if cell.problem and cell.wrong:
                    found[key, cell.wrong][row.place(key)] = cell
        return found

    def alike(self, place: str, cell: Cell) -> dict[str, Cell]:
        """The cells of the same column in which the same words are wrong, this one among them."""
        return self.repeated.get((place.rpartition("!")[2], cell.wrong), {}) if cell.wrong else {}

    def mended_alike(self, place: str, offer: int | None, typed: str) -> dict[str, str]:
        """The corrections of all cells like that at `place`: by the same offer, else by the words typed there, which
        take the place of whole cells and therefore only of those that say the same.
        """
        here = next((cells for cells in self.repeated.values() if place in cells), {})
        if offer is not None:
            return {at: cell.offers[offer] for at, cell in here.items() if offer < len(cell.offers)}
        return {at: typed for at, cell in here.items() if typed and cell.said == here[place].said}

    def left_out(self, identity: str, most: int) -> list[dict]:
        """The first rows that do not go in, each with its words in the column `identity` and all that is said of it."""
        waiting = [row for row in self.rows if row.outcome in WAITING][:most]
        return [{"sheet": row.sheet, "row": row.number, "what": row.said(identity)[:WORDS], "why": [
            *(f"{head_of(self.sheet, key)}：{why}" for key, why in row.told()),
            *([row.question.text] if row.question else []),
        ]} for row in waiting]

    def errors(self) -> list[dict]:
        found = []
        for row in self.rows:
            for key, cell in row.cells.items():
                if cell.problem or cell.asks:
                    found.append(_error(row, head_of(self.sheet, key), cell.said, cell.problem or cell.note,
                                        cell.offers[0] if cell.offers else None))
            if row.question:
                found.append(_error(row, "", row.record_number or "", row.question.text, row.question.answers[0][1]))
        return found


def head_of(sheet: Sheet, key: str) -> str:
    return sheet.by_key[key].head if key in sheet.by_key else ""


def _error(row: RowPlan, column: str, value: str, message: str, suggestion: str | None) -> dict:
    return {"sheet": row.sheet, "row": row.number, "column": column, "value": value, "message": message,
            "suggestion": suggestion}
