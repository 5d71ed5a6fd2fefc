"""Form 2 in: which recorded hazard a row is, and what that makes of it (导入、核对).

`entering.py` writes it. A changed cell of a recorded hazard is a verb or a correction and passes the same guard.
"""
from __future__ import annotations

import datetime as dt

from app.exchange.text import squash
from app.hazards.changes import plan_changes
from app.hazards.matching import Known, Records
from app.hazards.new_rows import understand
from app.hazards.sheet import HAZARD_SHEET
from app.ledgers.planner import Planner
from app.ledgers.planning import RowPlan, head_of
from app.ledgers.reading import Reader


class HazardPlanner(Planner):
    """A row is a recorded hazard by its number, else by rectifying unit, day of inspection and description."""

    sheet = HAZARD_SHEET
    identity = "description"
    creates = frozenset({"rectifier"})

    def __init__(self, session, hat, fixes: dict[str, str], today: dt.date, file_name: str):
        super().__init__(session, hat, fixes, today, file_name)
        self.hazards = Records(session, hat.organization_ids)

    def understand(self, reader: Reader) -> tuple[dict, dict[str, str]]:
        new = understand(reader, self.book, self.hat, self.today)
        unread = new["unread_recheck"]
        return new, {head_of(self.sheet, "recheck_opinion"): unread[:500]} if unread else {}

    def numbered(self, numbers: set[str]) -> dict[str, Known]:
        return self.hazards.by_number(numbers)

    def look_around(self, plans: list[RowPlan]) -> None:
        self._around = self.hazards.near([plan.new for plan in plans])

    def near(self, plan: RowPlan) -> list[Known]:
        lead = plan.new["rectifiers"][0][0] if plan.new["rectifiers"] else None
        return self._around.get((lead, plan.new["happened_on"]), [])

    def is_still(self, reader: Reader, known: Known) -> bool:
        """Of the same unit and day."""
        units = reader.units("rectifier", known.lead_id)
        return reader.day("inspected_on") == known.happened_on and bool(units) and units[0][0] == known.lead_id

    def texts(self, ids: set[int]) -> dict[int, dict[str, str]]:
        return self.hazards.texts(ids)

    def records(self, ids: set[int]) -> dict[int, object]:
        return self.hazards.whole(ids)

    def changes(self, reader: Reader, record, texts: dict[str, str], keys: set[str]) -> list[tuple[str, dict]]:
        return plan_changes(reader, record, texts, keys, self.hat, self.today, self.file_name)

    def once(self, plan: RowPlan) -> tuple | None:
        new = plan.new
        if not (new["rectifiers"] and new["description"]):
            return None
        return squash(new["description"]), new["happened_on"], new["rectifiers"][0][0]
