"""What a noun declares of its ledger; the screens, commands and jobs of this room work from it."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.access.permissions import Permission
from app.casework.listing import Selection
from app.exchange.sheets import Sheet
from app.ledgers.planner import Planner

LEDGERS: dict[str, Ledger] = {}


@dataclass(frozen=True)
class Ledger:
    """One noun's ledger. `kind` marks its drafts; `sheet.name` is its name on the command line and in the history.

    In: `planner` says what the rows mean; `insert(session, hat, rows, today, file_name)` writes the new ones and
    `change(session, hat, row, today)` one changed row, both within the import's unit of work; `prepare(rows)`
    does before it what takes its time (hashing).

    Out: `select(session, hat, query, today)` is a SELECT of ids under the reader's scope, `stream(session,
    statement)` the texts of the form's columns by key, row after row. `query`: plain JSON values, the list's filters
    by name, besides `state`, `unit` (an id) and `month` (``2026-03``) where the ledger knows them.

    `in_background`: a long import may be the worker's; not one whose answer is told to who confirmed it.
    `secrets(session, plan)`: what an import tells once and keeps nowhere, as a workbook's bytes: one-time passwords;
    no bytes when it has none to tell.

    `screen`: the list's endpoint; `newest`: its address's parameters that begin with what came in last. `form_words`,
    `clause`: what the form is called in the governing text, and where. `emptiable`: columns whose unreadable cell may
    be left empty. `hat_role`: whom the command line acts as, when it is not the unit's clerk. `papers`: the usual one
    first.

    `period(first, last, unit_id, after)`: the Selection of what a ledger of these days holds, besides what was
    recorded later than the instant `after`; with it, `stream(…, until=last)` leaves out what happened later. None:
    there is no ledger of a month.
    """

    kind: str
    sheet: Sheet
    planner: type[Planner]
    insert: Callable
    change: Callable
    select: Callable[..., sa.Select]
    stream: Callable[..., Iterator[Mapping[str, str]]]
    import_permission: Permission
    export_permission: Permission
    screen: str
    newest: Mapping[str, str] = field(default_factory=dict, hash=False)
    form_words: object = ""
    clause: str = ""
    emptiable: frozenset[str] = frozenset()
    prepare: Callable = lambda rows: None
    hat_role: str | None = None
    period: Callable[..., Selection] | None = None
    papers: tuple[str, ...] = ("A3", "A4")
    in_background: bool = True
    secrets: Callable | None = None

    @property
    def name(self) -> str:
        return self.sheet.name


def declare(ledger: Ledger) -> Ledger:
    """Make a ledger known to the commands and jobs."""
    LEDGERS[ledger.name] = ledger
    return ledger
