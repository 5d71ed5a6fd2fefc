"""One row of a ledger, cell by cell: what it says, how it is understood, what is wrong with it."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from flask_babel import gettext as _

from app.exchange.cells import Understood, parse_text, parse_yes_no
from app.exchange.date_words import Period
from app.exchange.dates import Due, parse_date, parse_due
from app.exchange.excel_in import TableRow
from app.exchange.messages import Message
from app.exchange.text import as_text
from app.ledgers.namebook import NameBook

PEOPLE = 200  # characters that a record holds of the persons beside a unit


@dataclass
class Cell:
    """One cell of the preview. `problem` blocks the row, `asks` waits for a yes, `note` tells how it was read.

    `before`: what the record says now, when the file says otherwise. `offers`: words that would repair it;
    `wrong`: the words that are at fault, which other rows may say, too; `create`: a new enterprise may be made from
    these words. `corrected`: the user put `said` in the file's place.
    """

    said: str
    note: str | None = None
    problem: str | None = None
    asks: bool = False
    before: str | None = None
    offers: tuple[str, ...] = ()
    wrong: str | None = None
    create: str | None = None
    corrected: bool = False


@dataclass
class Reader:
    """Reads the cells of one row; the units it names are found in `book`.

    `creates`: columns in which an unknown name may become a new enterprise. `period`: how the county counts one.
    """

    row: TableRow
    sheet_name: str
    year: int | None
    book: NameBook
    fixes: dict[str, str]
    creates: frozenset[str] = frozenset()
    period: Period | None = None
    cells: dict[str, Cell] = field(default_factory=dict)

    def raw(self, key: str):
        """The cell's value, or what the user put in its place."""
        value = self.row.cells.get(key)
        return self.fixes.get(self.place(key), value) if self.fixes else value

    def said(self, key: str) -> str:
        return as_text(self.raw(key)).strip()

    def place(self, key: str) -> str:
        return f"{self.sheet_name}!{self.row.number}!{key}"

    def confirmed(self, key: str) -> bool:
        """Whether the user said yes to these very words."""
        return self.fixes.get(f"{self.place(key)}!ok") == self.said(key)

    def cell(self, key: str) -> Cell:
        if key not in self.cells:
            self.cells[key] = Cell(self.said(key), corrected=bool(self.fixes) and self.place(key) in self.fixes)
        return self.cells[key]

    def fault(self, key: str, message, offers: tuple[str, ...] = (), create: str | None = None,
              wrong: str | None = None) -> None:
        """The first fault of a cell stands. `wrong`: the part of the cell that is at fault, else all of it is."""
        cell = self.cell(key)
        if cell.problem is None:
            cell.problem, cell.offers, cell.create, cell.wrong = say(message), offers, create, wrong or cell.said

    def remark(self, key: str, message) -> None:
        """How the cell was taken; nothing that keeps the row out."""
        self.cell(key).note = say(message)

    def _keep(self, key: str, read: Understood):
        if not read.said and key not in self.cells:  # half a form is blank, and a blank cell has nothing to tell
            return read.value
        cell = self.cell(key)
        cell.note = say(read.note) if read.note else None
        cell.asks = read.asks and not self.confirmed(key)
        if read.problem:
            self.fault(key, read.problem)
        return read.value

    def text(self, key: str, most: int | None = None) -> str | None:
        """The words; a column that holds at most so many characters says so instead of cutting them off."""
        words = self._keep(key, parse_text(self.raw(key)))
        return self._fitting(key, words, most)

    def _fitting(self, key: str, words: str | None, most: int | None) -> str | None:
        if words and most and len(words) > most:
            self.fault(key, _("Too long: at most %(count)s characters.", count=most))
            return None
        return words

    def yes(self, key: str) -> bool:
        return bool(self._keep(key, parse_yes_no(self.raw(key))))

    def day(self, key: str, reference: dt.date | None = None) -> dt.date | None:
        return self._keep(key, parse_date(self.raw(key), reference=reference, year=self.year))

    def due(self, key: str, inspected_on: dt.date | None, words: str | None = None) -> Due | None:
        """The deadline that the cell names; or `words`, a part of it."""
        said = self.raw(key) if words is None else words
        return self._keep(key, parse_due(said, inspected_on=inspected_on, year=self.year, period=self.period))

    def units(self, key: str, own: int | None = None, words: str | None = None) -> list[tuple[int, str | None]]:
        """`[(organization id, people joined by 、)]`; unknown and ambiguous names are faults with suggestions.

        Persons beside no unit belong to `own`, the importing unit. `words`: a part of the cell.
        """
        mentions = self._keep(key, self.book.parties(self.said(key) if words is None else words)) or ()
        found: dict[int, str | None] = {}
        for mention in mentions:
            people = self._fitting(key, "、".join(mention.people), PEOPLE) or None
            for i in self._ids(key, mention) if mention.unit_text or own is None else [own]:
                found.setdefault(i, people)
        return list(found.items())

    def people(self, key: str, units: list[tuple[int, str | None]]) -> str | None:
        """The persons of all units that a cell names."""
        return self._fitting(key, "、".join(people for _unit, people in units if people), PEOPLE) or None

    def _ids(self, key: str, mention) -> list[int]:
        if mention.group:
            ids = self.book.group(mention.group)
            if not ids:
                self.fault(key, _("Which units are meant by “%(text)s”? Name them.", text=mention.unit_text))
            return ids
        found = self.unit_called(key, mention.unit_text) if mention.unit_text else None
        return [] if found is None else [found]

    def unit_called(self, key: str, words: str) -> int | None:
        """The unit that `words`, a part of the cell, name; the cell's fault when there is none, or several."""
        index = self.book.index
        match = index.lookup(words)
        if match.id is not None:
            if not match.certain:
                self.remark(key, _("Read as %(name)s.", name=index.name(match.id)))
            return match.id
        closed = None if match.candidates else self.book.closed.lookup(words).id
        if closed is not None:
            why = _("“%(name)s” is in the directory, but closed. If it is still meant, set it back to operating there; "
                    "else name who is responsible now.", name=self.book.closed.name(closed))
            self.fault(key, why, wrong=words)
            return None
        names = tuple(dict.fromkeys(candidate.name for candidate in index.suggest(words)))
        offers = self._repaired(key, words, names)
        if match.candidates:
            self.fault(key, _("Several units are called “%(text)s”.", text=words), offers, wrong=words)
        else:
            new = words if key in self.creates else None
            self.fault(key, _("There is no unit “%(text)s”.", text=words), offers, new, words)
        return None

    def _repaired(self, key: str, wrong: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """The whole cell with the wrong name replaced: one click repairs it and keeps the people."""
        said = self.said(key)
        return tuple(said.replace(wrong, name, 1) if wrong in said else name for name in names)


def say(message) -> str:
    """A message of any room in the user's language."""
    return message.render(lambda text: _(text)) if isinstance(message, Message) else str(message)


def batched(values: Iterable, size: int = 500) -> Iterator[list]:
    """Lists of at most `size`: databases limit how many values one statement may name."""
    values = iter(values)
    while some := list(islice(values, size)):
        yield some
