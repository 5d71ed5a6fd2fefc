"""Confirmed rows go in together: new ones set-based, changed ones one by one, all in one transaction."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
from flask_babel import gettext as _

from app.casework.cases import Case
from app.casework.errors import CaseworkError, NotAllowed, Obstacle, Stale
from app.casework.history import record
from app.casework.imports import ImportDraft
from app.casework.later_texts import touch_all
from app.casework.unit_of_work import unit_of_work
from app.ledgers.bulk import put, reserve, uncollected
from app.ledgers.ledger import Ledger
from app.ledgers.planning import Plan, RowPlan
from app.organization.models import Organization

_units = Organization.__table__
NAMED = 50  # of the rows left out


class RowRefused(CaseworkError):
    """A rule that only the operation itself could ask stands in the way of one row; nothing was written."""

    status = 422

    def __init__(self, row: RowPlan, reason: CaseworkError):
        called = row.record_number or (row.new or {}).get("name", "")
        super().__init__(_("Row %(row)s of sheet %(sheet)s, %(number)s: %(reason)s", row=row.number, sheet=row.sheet,
                           number=called, reason=reason))


@uncollected()
def enter(session, hat, ledger: Ledger, plan: Plan, today: dt.date, file_name: str, *, draft_id: int | None = None,
          version: int | None = None, left_out: int = 0, finish: Callable[[dict], None] | None = None) -> dict:
    """Write the rows that are new or changed; returns `{"new", "changed", "unchanged", "left_out"}`.

    Raises Stale when the records, or the draft of the upload, have moved since the plan was made, RowRefused when
    a rule stands in a row's way: then nothing is written. The draft is marked done in the same transaction, at whose
    end `finish(counts)` is called.
    """
    fresh = [row for row in plan.rows if row.outcome == "new"]
    changed = [row for row in plan.rows if row.outcome == "changed"]
    ledger.prepare(fresh)
    with unit_of_work(session):
        # Two imports of one unit, one after the other: the second must see what the first wrote.
        session.execute(sa.select(_units.c.id).where(_units.c.id == hat.organization_id).with_for_update())
        for row in sorted(changed, key=lambda row: row.record_id):
            _change(session, hat, ledger, row, today)
        more = ledger.insert(session, hat, fresh, today, file_name) if fresh else None
        counts = {"new": len(fresh), "changed": len(changed), "left_out": left_out,
                  "unchanged": sum(row.outcome == "unchanged" for row in plan.rows)}
        record(session, hat, "import", today, extra={"form": ledger.name, "file": file_name, **counts})
        if draft_id is not None:
            named = {"rows_left_out": plan.left_out(ledger.planner.identity, NAMED)}
            _finish(session, draft_id, version, counts | named | (more or {}))
        if finish is not None:
            finish(counts)
    return counts


def insert_all(session, table: sa.Table, rows: list[dict]) -> list[int]:
    """Insert rows and return their ids in the same order, within a unit of work."""
    ids = reserve(session, table, len(rows))
    put(session, table, [{"id": i, **row} for i, row in zip(ids, rows, strict=True)])
    if table is Case.__table__:  # all of one kind
        touch_all(session, rows[0]["kind"], ids)
    return ids


def _change(session, hat, ledger: Ledger, row: RowPlan, today: dt.date) -> None:
    try:
        ledger.change(session, hat, row, today)
    except (Obstacle, NotAllowed) as error:
        raise RowRefused(row, error) from error


def _finish(session, draft_id: int, version: int | None, counts: dict) -> None:
    draft = session.get(ImportDraft, draft_id, with_for_update=True)
    if draft is None or draft.outcome != "open" or draft.version != version:
        raise Stale  # the button was pressed twice, or the fixes changed meanwhile
    draft.outcome, draft.result = "done", counts
