"""Which recorded thing a row is, and what that makes of it: traced by its hidden number, else found by its words.

A noun inherits `Planner` and says how its rows are understood and its records found; the order of the questions,
what is asked and what is refused is the same for every ledger.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable
from functools import cached_property
from typing import Protocol

from flask_babel import gettext as _
from rapidfuzz import fuzz, process

from app.casework.calendar import county_calendar
from app.casework.deadlines import WorkCalendar, days_after, workdays_after
from app.exchange.excel_in import Reading, Table, TableRow
from app.exchange.sheets import Sheet
from app.exchange.text import cell_text, squash
from app.ledgers.namebook import NameBook
from app.ledgers.planning import Plan, Question, RowPlan
from app.ledgers.reading import Cell, Reader
from app.organization.settings import values

NEW = "new"  # the answer that a row is nothing recorded
MOST_ASKED = 3


class Known(Protocol):
    """A record as far as matching needs it. `number` is None for one that has none yet, such as a draft.

    `description`: its words as the user reads them; `words`: the same, squashed.
    """

    id: int
    number: str | None
    version: int
    description: str
    words: str


class Planner:
    """One file's planning: directory and records are read once, then every row is looked at.

    A noun sets `sheet` and `identity` (the column whose words tell one record from another) and overrides what
    raises NotImplementedError; the rest has a default that fits most.
    """

    sheet: Sheet
    identity: str
    creates: frozenset[str] = frozenset()

    def __init__(self, session, hat, fixes: dict[str, str], today: dt.date, file_name: str):
        self.session, self.hat, self.fixes, self.today, self.file_name = session, hat, fixes, today, file_name
        self.book = NameBook(session, hat)
        self.settings = values(session, hat.county_id, today)

    # ── what a noun says ───────────────────────────────────────────────────────────────────────────────────────
    def understand(self, reader: Reader) -> tuple[dict, dict[str, str]]:
        """`(new, kept)`: everything the cells say, as a new record, and what no field holds; faults at the cells."""
        raise NotImplementedError

    def numbered(self, numbers: set[str]) -> dict[str, Known]:
        """Of the numbers those that this session finds."""
        raise NotImplementedError

    def look_around(self, plans: list[RowPlan]) -> None:
        """Read what `near` will answer from, for all rows at once; `plans` are those without a trace."""
        raise NotImplementedError

    def near(self, plan: RowPlan) -> list[Known]:
        """The records that the row may be, the likeliest first."""
        raise NotImplementedError

    def is_there(self, plan: RowPlan, known: Known) -> bool:
        """Whether a near record is the row's beyond doubt: by default in the very same words."""
        return known.words == squash(plan.new[self.identity] or "")

    def is_still(self, reader: Reader, known: Known) -> bool:
        """Whether a row whose words changed is the record that its number names all the same."""
        raise NotImplementedError

    def texts(self, ids: set[int]) -> dict[int, dict[str, str]]:
        """What the form prints of the records, by id and column key."""
        raise NotImplementedError

    def records(self, ids: set[int]) -> dict[int, object]:
        """The whole records, through the scope, by id."""
        raise NotImplementedError

    def changes(self, reader: Reader, record, texts: dict[str, str], keys: set[str]) -> list[tuple[str, dict]]:
        """The acts that would make the record say what the cells `keys` say; faults at the cells."""
        raise NotImplementedError

    def once(self, plan: RowPlan) -> Hashable | None:
        """What may stand in a file once, of a new row; None when it cannot be told."""
        return squash(plan.new[self.identity]) if plan.new[self.identity] else None

    # ── the order of the questions ─────────────────────────────────────────────────────────────────────────────
    def plan(self, reading: Reading) -> Plan:
        return Plan(self.sheet, reading, self.rows(reading.tables))

    def rows(self, tables: list[Table]) -> list[RowPlan]:
        found = [(table, row) for table in tables for row in table.rows]
        readers = [self._reader(table, row) for table, row in found]
        self._recorded = self.numbered({r.row.trace.number for r in readers if r.row.trace})
        known = self._traced(readers)
        plans = [None if at in known else self._unknown(reader) for at, reader in enumerate(readers)]
        questions = self._ask_about_numbers(readers, plans)
        known |= self._matched(readers, plans, known)
        self._ask_about_similar(readers, plans, known, questions)
        self._plan_known(readers, plans, known)
        for at in questions.keys() - known.keys():
            plans[at].question = questions[at]
        self._refuse_doubles(plans)
        return [plan.settle() for plan in plans]

    def _reader(self, table: Table, row: TableRow) -> Reader:
        return Reader(row, table.sheet_name, table.year or self.today.year, self.book, self.fixes, self.creates,
                      self._period)

    def _period(self, day: dt.date, count: int, working: bool) -> dt.date:
        return (workdays_after if working else days_after)(day, count, self._calendar)

    @cached_property
    def _calendar(self) -> WorkCalendar:
        """Read when a deadline is given as a period."""
        return county_calendar(self.session)

    def _unknown(self, reader: Reader) -> RowPlan:
        new, kept = self.understand(reader)
        kept = {head: text[:500] for head, text in reader.row.extra.items()} | kept
        return RowPlan(reader.sheet_name, reader.row.number, reader.cells, new=new, kept=kept,
                       confirmed_new=self.decided(reader) == NEW)

    def decided(self, reader: Reader) -> str | None:
        """What the user answered: the number of the record that it is, or NEW."""
        return self.fixes.get(reader.place("match"))

    # ── which record a row is ──────────────────────────────────────────────────────────────────────────────────
    def _likeness(self, reader: Reader, known: Known) -> float:
        words = squash(reader.said(self.identity))
        return 100 if words == known.words else fuzz.ratio(words, known.words)

    def _is_the_same(self, reader: Reader, known: Known, decided: str | None = None) -> bool:
        """Whether a row that carries the number speaks of that record."""
        return (decided == known.number or self._likeness(reader, known) >= self.settings["match_same"]
                or self.is_still(reader, known))

    def most_like(self, reader: Reader, near: list[Known]) -> list[Known]:
        """The most alike of `near`, best first."""
        found = process.extract(squash(reader.said(self.identity)), [k.words for k in near], scorer=fuzz.ratio,
                                score_cutoff=self.settings["match_similar"], limit=MOST_ASKED)
        return [near[at] for _words, _score, at in found]

    def _traced(self, readers: list[Reader]) -> dict[int, Known]:
        """Rows that carry the number of a visible record and speak of it. Of copies the one most like it is it."""
        best: dict[int, tuple] = {}
        for at, reader in enumerate(readers):
            known = self._recorded.get(reader.row.trace.number) if reader.row.trace else None
            decided = self.decided(reader)
            if known and decided in (None, known.number) and self._is_the_same(reader, known, decided):
                likeness = self._likeness(reader, known)
                best[known.id] = max(best.get(known.id, (-1, 0, None)), (likeness, -at, known))
        return {-at: known for _likeness, at, known in best.values()}

    def _ask_about_numbers(self, readers: list[Reader], plans: list) -> dict[int, Question]:
        """A number that this user does not find, or that is another record's, is asked about: a file of another
        county or unit must not become new records, nor changes of those that only share the number.
        """
        questions = {}
        for at, reader in enumerate(readers):
            trace = reader.row.trace
            if plans[at] is None or trace is None or self.decided(reader) is not None:
                continue
            known = self._recorded.get(trace.number)
            if known is None:
                text = _("Its hidden column says %(number)s, which your unit does not find. Is it a new record?",
                         number=trace.number)
            elif not self._is_the_same(reader, known):
                text = _("Its hidden column says %(number)s, which is recorded as: %(text)s. Is it the same?",
                         number=trace.number, text=known.description)
            else:
                continue  # a copied row
            questions[at] = _which(reader, text, [known] if known else [])
        return questions

    def _matched(self, readers: list[Reader], plans: list, known: dict[int, Known]) -> dict[int, Known]:
        """Rows that are a recorded one beyond doubt; or the user says so."""
        self.look_around([plan for plan in plans if plan is not None])
        taken, found = {k.id for k in known.values()}, {}
        for at, plan in enumerate(plans):
            decided = self.decided(readers[at])
            if plan is None or decided == NEW:
                continue
            near = self.near(plan)
            same = [k for k in near if self.is_there(plan, k)] or [k for k in near if decided and k.number == decided]
            if same:
                found[at] = next((k for k in same if k.id not in taken), same[0])
                taken.add(found[at].id)
        return found

    def _ask_about_similar(self, readers, plans: list, known: dict[int, Known], questions: dict) -> None:
        """Similar words about the same are asked about, never guessed."""
        taken = {k.id for k in known.values()}
        for at, plan in enumerate(plans):
            if plan is None or at in known or at in questions or self.decided(readers[at]) is not None:
                continue
            similar = self.similar(readers[at], self.left_over(plan, taken))
            if similar:
                text = _("Similar to %(number)s: %(text)s. Is it the same?", number=similar[0].number,
                         text=similar[0].description)
                questions[at] = _which(readers[at], text, similar)

    def left_over(self, plan: RowPlan, taken: set[int]) -> list[Known]:
        """The near ones that no row of the file is; `taken` is the same set for all rows."""
        return [known for known in self.near(plan) if known.id not in taken and known.number]

    def similar(self, reader: Reader, near: list[Known]) -> list[Known]:
        """Those of `near` that the user is asked about."""
        return self.most_like(reader, near)

    # ── rows of what is recorded ───────────────────────────────────────────────────────────────────────────────
    def _plan_known(self, readers: list[Reader], plans: list, known: dict[int, Known]) -> None:
        """Only rows whose words differ from the form's need the whole record."""
        if not known:
            return
        texts = self.texts({k.id for k in known.values()})
        changed = {at: differing(readers[at], texts[k.id]) for at, k in known.items()}
        wanted = {known[at].id for at, keys in changed.items() if keys}
        records = self.records(wanted) if wanted else {}
        for at, k in known.items():
            acts = self.changes(readers[at], records[k.id], texts[k.id], changed[at]) if changed[at] else []
            plans[at] = RowPlan(readers[at].sheet_name, readers[at].row.number, readers[at].cells, record_id=k.id,
                                record_number=k.number, version=k.version, acts=acts)
            plans[at].question = self._about_version(readers[at], plans[at])

    def _about_version(self, reader: Reader, plan: RowPlan) -> Question | None:
        """The record moved on after the file was written: both values are shown, and the user decides."""
        trace, key = reader.row.trace, reader.place("version")
        if not plan.acts or trace is None or trace.number != plan.record_number or trace.version == plan.version:
            return None
        if self.fixes.get(key) == str(plan.version):
            return None
        text = _("%(number)s was changed after this file was exported. Both values are shown; take over the file's?",
                 number=plan.record_number)
        return Question(key, text, ((str(plan.version), _("Take over the file's")),))

    def _refuse_doubles(self, plans: list[RowPlan]) -> None:
        """A record may stand in a file once."""
        seen: dict[tuple, RowPlan] = {}
        for plan in plans:
            mark = plan.record_id if plan.record_id is not None else self.once(plan)
            if mark is None:
                continue
            first = seen.setdefault((plan.record_id is not None, mark), plan)
            if first is not plan:
                cell = plan.cells.setdefault(self.identity, Cell(""))
                cell.problem = cell.problem or _(
                    "The same as row %(row)s of sheet %(sheet)s.", row=first.number, sheet=first.sheet
                )


def differing(reader: Reader, texts: dict[str, str]) -> set[str]:
    """The columns whose cell reads otherwise than the record's printed text; an empty cell says nothing."""
    changed = set()
    reader.cells.clear()
    for key in texts.keys() - {"trace"}:
        said = squash(cell_text(reader.cell(key).said))
        if said and said != squash(cell_text(texts[key])):
            changed.add(key)
    return changed


def _which(reader: Reader, text: str, recorded: Iterable[Known]) -> Question:
    answers = [(k.number, _("The same as %(number)s", number=k.number)) for k in recorded]
    return Question(reader.place("match"), text, (*answers, (NEW, _("A new one"))))
