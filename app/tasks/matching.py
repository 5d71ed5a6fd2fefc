"""Which recorded task a row of a list is: by the number it carries, else by year, words and responsible units.

Tasks are found through the session's scope: one that the importer does not find does not exist here. Who is
responsible for a task that is found, and how often it was changed, is read whatever the scope.
"""
from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.access.scope import labels
from app.casework.cases import Case
from app.exchange.text import squash
from app.ledgers.reading import batched
from app.organization.models import Organization
from app.tasks.models import Share, Task
from app.tasks.printing import (
    CHUNK,
    Owed,
    follow_up_rows,
    follow_up_text,
    owed_of,
    progress_rows,
    progress_text,
    shares_of,
    texts_of,
)
from app.tasks.states import PERIODIC, TERMINAL_STATES, TaskState

_cases, _units = Case.__table__, Organization.__table__
_COLUMNS = (Task.id, Task.number, Task.version, Task.state, Task.year, Task.due_kind, Task.due, Task.content,
            Task.measures, Task.planned)


@dataclass(frozen=True)
class Known:
    """A recorded task as far as matching needs it; a draft has no number.

    `words`, `measures`: squashed; `version`: the task's and its shares' together, so that progress reported after
    the export is noticed. `units`: those that answer for it, or are to.
    """

    id: int
    number: str | None
    version: int
    state: str
    year: int
    due_kind: str
    due: dt.date | None
    description: str
    words: str
    measures: str
    units: frozenset[int]


@dataclass
class Recorded:
    """A whole task: itself and its shares through the scope; who answers for it and every entry, whatever the scope.

    `progress`, `follow_ups`: `[(row, as it is printed)]`. A cell that only repeats what is recorded is no change,
    also where its importer does not find the entry.
    """

    task: Task
    shares: list[Share] = field(default_factory=list)
    progress: list[tuple] = field(default_factory=list)
    follow_ups: list[tuple] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)

    @property
    def open_shares(self) -> list[Share]:
        return [share for share in self.shares if share.issued and share.state not in TERMINAL_STATES]


def known_tasks(session, column, values: Iterable) -> list[Known]:
    """The tasks that this session finds, with what the bare tables say of their shares."""
    found = []
    for some in batched(sorted(values)):
        rows = session.execute(sa.select(*_COLUMNS).where(column.in_(some)).order_by(Task.id)).all()
        for part in batched(rows):
            shares = shares_of(session, [row.id for row in part])
            found += [_known(row, shares[row.id]) for row in part]
    return found


def _known(row, shares: list) -> Known:
    units = [one.unit_id for one in owed_of(shares, row.state, row.planned)]
    return Known(
        row.id, row.number, row.version + sum(one.version for one in shares), row.state, row.year, row.due_kind,
        row.due, row.content, squash(row.content), squash(row.measures or ""), frozenset(units),
    )


def version_of(session, task_id: int) -> int:
    """`Known.version` as it is now."""
    mine = sa.or_(_cases.c.id == task_id, _cases.c.head_id == task_id)
    return session.execute(sa.select(sa.func.sum(_cases.c.version)).where(mine)).scalar_one()


def whole_tasks(session, ids: Iterable[int]) -> dict[int, Recorded]:
    """The tasks with all that a changed cell is compared with, by id."""
    found: dict[int, Recorded] = {}
    names: dict[int, str] = {}
    for some in batched(sorted(ids), CHUNK):
        found |= {task.id: Recorded(task) for task in session.scalars(sa.select(Task).where(Task.id.in_(some)))}
        for share in session.scalars(sa.select(Share).where(Share.head_id.in_(some)).order_by(Share.position)):
            found[share.head_id].shares.append(share)
        shares = shares_of(session, some)
        progress = session.execute(progress_rows(some)).all()
        follow_ups = session.execute(follow_up_rows(some)).all()
        wanted = {row.unit_id for row in (*progress, *follow_ups)}
        names |= labels(session, _units, wanted - names.keys())
        for i in some:
            task = found[i].task
            found[i].owed = owed_of(shares[i], task.state, task.planned)
        for row in progress:
            found[row.head_id].progress.append((row, progress_text(row, names)))
        for row in follow_ups:
            found[row.case_id].follow_ups.append((row, follow_up_text(row, names)))
    return found


def units_of(new: dict) -> frozenset[int]:
    return frozenset(one.unit for one in new["owed"])


def says_the_same(new: dict, known: Known) -> bool:
    """The same words about the same units, and both recurring or neither: an instance is not its series."""
    return (squash(new["content"] or "") == known.words and squash(new["measures"] or "") == known.measures
            and units_of(new) == known.units and (new["due_kind"] in PERIODIC) == (known.due_kind in PERIODIC))


class Records:
    """The tasks of the years that a file is about."""

    def __init__(self, session):
        self.session = session
        self.by_units: dict[tuple, list[Known]] = defaultdict(list)
        self.by_words: dict[tuple, list[Known]] = defaultdict(list)
        self.called: dict[str | None, Known] = {}
        self.free: dict[tuple, list[Known]] = {}
        self.taken: set[int] | None = None

    def numbered(self, numbers: set[str]) -> dict[str, Known]:
        return {known.number: known for known in known_tasks(self.session, Task.number, numbers)}

    def look_around(self, years: set[int]) -> None:
        """Ended early ones stand behind the others."""
        self.by_units.clear()
        self.by_words.clear()
        for known in sorted(known_tasks(self.session, Task.year, years),
                            key=lambda k: (k.state == TaskState.TERMINATED, k.id)):
            self.by_units[known.year, known.units].append(known)
            self.by_words[known.year, known.words].append(known)
            if known.number:
                self.called[known.number] = known

    def near(self, new: dict) -> list[Known]:
        """Of the row's year those in its words, with its deadline first."""
        return sorted(self.by_words.get((new["year"], squash(new["content"] or "")), []),
                      key=lambda known: (known.due_kind, known.due) != (new["due_kind"], new["due"]))

    def alike(self, new: dict, taken: set[int]) -> list[Known]:
        """Of the row's year those in its words and those of the same units, without drafts and `taken` ones."""
        if self.taken is not taken:  # sorted out once, not for every row
            self.taken = taken
            self.free = {key: [known for known in found if known.number and known.id not in taken]
                         for key, found in self.by_units.items()}
        same = [known for known in self.near(new) if known.number and known.id not in taken]
        of_units = self.free.get((new["year"], units_of(new)), [])
        return [*same, *(known for known in of_units if known not in same)] if same else of_units

    def texts(self, ids: set[int]) -> dict[int, dict[str, str]]:
        return texts_of(self.session, sorted(ids))
