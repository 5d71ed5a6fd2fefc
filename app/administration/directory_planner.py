"""What the ledgers of the directory share: rows are records by number, code or name, cells are fields.

An enterprise, a unit and a person differ in their fields only; a noun declares them as `cells`.
"""
from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flask_babel import gettext as _
from rapidfuzz import fuzz, process

from app.casework.columns import utcnow
from app.casework.history import TimelineEntry, in_place_of
from app.exchange.cells import says_nothing
from app.exchange.text import squash
from app.ledgers.bulk import put
from app.ledgers.planner import MOST_ASKED, Planner
from app.ledgers.planning import RowPlan
from app.ledgers.reading import Cell, Reader
from app.organization.rules import other_names_fault
from app.organization.search import normalized

FEW = 6  # words that are offered whatever was written
LEAST_ALIKE = 45  # of 100: 工贸 for 冶金工贸 passes, 航天 is like nothing


@dataclass(frozen=True)
class Listed:
    """A record of the directory: all names it goes by, squashed, and its code or user name, if any."""

    id: int
    number: str
    version: int
    description: str
    words: str
    names: frozenset[str] = field(default_factory=frozenset)
    code: str | None = None


class DirectoryPlanner(Planner):
    """`prefix`: of the numbers in the hidden column. `cells`: `{column key: how its cell is read}`."""

    prefix: str
    identity = "name"
    code_column = ""  # key of the column that holds a code of its own
    cells: dict[str, Callable] = {}

    def __init__(self, session, hat, fixes: dict[str, str], today: dt.date, file_name: str):
        super().__init__(session, hat, fixes, today, file_name)
        self.listed = {one.id: one for one in self.pool()}
        self._by_name, self._by_code = defaultdict(list), defaultdict(list)
        for one in self.listed.values():
            for name in one.names | {one.words}:
                self._by_name[name].append(one)
            if one.code:
                self._by_code[one.code].append(one)

    # ── what a noun says ───────────────────────────────────────────────────────────────────────────────────────
    def pool(self) -> Iterable[Listed]:
        """Everything recorded that a row might be, in a constant number of statements."""
        raise NotImplementedError

    def complete(self, reader: Reader, new: dict) -> None:
        """What a new record must have, and who may bring it in; faults at the cells."""
        raise NotImplementedError

    def recorded(self, record) -> dict:
        """The record's values by column key, as `cells` would read them."""
        raise NotImplementedError

    def why_not(self, record, data: dict) -> str | None:
        """The obstacle to this user's changing the record by `data`, or None."""
        return None

    def alike(self, plan: RowPlan) -> Iterable[Listed]:
        """Records that are not the row's by name or code, and are asked about."""
        return ()

    # ── what follows from it ───────────────────────────────────────────────────────────────────────────────────
    def understand(self, reader: Reader) -> tuple[dict, dict[str, str]]:
        for key in self.cells:
            reader.cell(key)  # what is read without a doubt is shown, too
        new = {key: read(self, reader, key) for key, read in self.cells.items()}
        self.complete(reader, new)
        new["namesakes"] = tuple(sorted(one.id for one in self._by_name[squash(new[self.identity] or "")]))
        return new, {}

    def numbered(self, numbers: set[str]) -> dict[str, Listed]:
        return {one.number: one for one in self.listed.values() if one.number in numbers}

    def look_around(self, plans: list[RowPlan]) -> None:
        """Everything is in the pool."""

    def _code(self, new: dict) -> str | None:
        return new.get(self.code_column) if self.code_column else None

    def near(self, plan: RowPlan) -> list[Listed]:
        code = self._code(plan.new)
        found = [*(self._by_code[code] if code else ()), *self._by_name[squash(plan.new[self.identity] or "")]]
        return [*dict.fromkeys((*found, *self.alike(plan)))]

    def is_there(self, plan: RowPlan, known: Listed) -> bool:
        """The same name and no other code; or the same code under a like name."""
        name, code = squash(plan.new[self.identity] or ""), self._code(plan.new)
        if name in known.names | {known.words}:
            return not (code and known.code and code != known.code)
        return bool(code) and code == known.code and fuzz.ratio(name, known.words) >= self.settings["match_same"]

    def is_still(self, reader: Reader, known: Listed) -> bool:
        if not (self.code_column and known.code):
            return False
        return squash(reader.said(self.code_column)).upper() == known.code.upper()

    def similar(self, reader: Reader, near: list[Listed]) -> list[Listed]:
        return near[:MOST_ASKED]

    def changes(self, reader: Reader, record, texts: dict[str, str], keys: set[str]) -> list[tuple[str, dict]]:
        """One act: the fields that read otherwise than the record's."""
        before, data = self.recorded(record), {}
        for key in sorted(keys & self.cells.keys()):
            value = self.cells[key](self, reader, key)
            if reader.cell(key).problem or value != before[key]:
                reader.cell(key).before = texts[key]
                data[key] = value
        if data and (why := self.why_not(record, data)):
            for key in data:
                reader.fault(key, why)
        return [("change", data)] if data else []

    def _refuse_doubles(self, plans: list[RowPlan]) -> None:
        super()._refuse_doubles(plans)
        seen: dict[str, RowPlan] = {}
        for plan in plans:
            code = self._code(plan.new) if plan.new else None
            first = seen.setdefault(code, plan) if code else plan
            if first is not plan:
                refuse_double(plan, self.code_column, first)


def refuse_double(plan: RowPlan, key: str, first: RowPlan) -> None:
    """What may stand in a file once stands in the row `first` already."""
    cell = plan.cells.setdefault(key, Cell(""))
    cell.problem = cell.problem or _("The same as row %(row)s of sheet %(sheet)s.", row=first.number, sheet=first.sheet)


# ── reading cells ──────────────────────────────────────────────────────────────────────────────────────────────────
def words(most: int) -> Callable:
    """Words of at most so many characters; 无 and / stand for nothing."""

    def read(planner, reader: Reader, key: str) -> str | None:
        said = None if says_nothing(reader.raw(key)) else reader.text(key, most)
        return said.strip() if said else None

    return read


def name_words(most: int) -> Callable:
    """A name as the directory keeps it."""
    read = words(most)
    return lambda planner, reader, key: normalized(read(planner, reader, key) or "") or None


def one_of(choices: Callable[[object], dict[str, object]]) -> Callable:
    """One of a few words; `choices(planner)`: `{word: value}`. Others are a fault that offers them."""

    def read(planner, reader: Reader, key: str):
        said = squash(reader.said(key))
        if not said or says_nothing(said):
            return None
        known = choices(planner)
        if said in known:
            return known[said]
        reader.fault(key, _("“%(text)s” is not known here.", text=said), _offers(said, known))
        return None

    return read


def _offers(said: str, known: dict[str, object]) -> tuple[str, ...]:
    """All of a few values, of many the words most like those said; each value once, by the last of its words: its
    title on the screens.
    """
    titles = {value: word for word, value in known.items()}
    if len(titles) <= FEW:
        return tuple(titles.values())
    found = process.extract(said, titles.values(), limit=4, score_cutoff=LEAST_ALIKE)
    return tuple(word for word, _score, _at in found)


def listed_names(planner, reader: Reader, key: str) -> tuple[str, ...]:
    """Other names, one after the other."""
    said = reader.said(key).replace("；", "、").replace(";", "、").replace("\n", "、").replace("，", "、")
    names = sorted({normalized(name) for name in said.split("、") if normalized(name)})
    if fault := other_names_fault(names):
        reader.fault(key, fault)
        return ()
    return tuple(names)


def yes_no(planner, reader: Reader, key: str) -> bool:
    return reader.yes(key)


# ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────────
def remember_added(session, hat, verb: str, added: Iterable[tuple[int, str, RowPlan]], today: dt.date,
                   file_name: str) -> None:
    """One entry for each record that a file brought: `(id, name, row)`."""
    entries = [
        {"case_id": None, "county_id": hat.county_id, "recorded_at": utcnow(), "occurred_on": today,
         "user_id": hat.user_id, "user_name": hat.user_name, "organization_id": hat.organization_id,
         "organization_name": hat.organization_name, "role": hat.role, "verb": verb, "from_state": None,
         "to_state": None, "comment": "\n".join(f"{head}：{text}" for head, text in row.kept.items()) or None,
         "changes": {}, "extra": {"id": i, "name": name, "file": file_name, "sheet": row.sheet, "row": row.number,
                                  **in_place_of(hat)}}
        for i, name, row in added
    ]
    put(session, TimelineEntry.__table__, entries)
