"""Form 1 in: what a list means for the tasks, row by row, before anything is written (导入、核对)."""
from __future__ import annotations

from collections.abc import Hashable

from app.exchange.excel_in import Table, TableRow
from app.exchange.text import squash
from app.ledgers.planner import Planner
from app.ledgers.planning import RowPlan, head_of
from app.ledgers.reading import Reader
from app.tasks.changes import plan_changes
from app.tasks.matching import Known, Recorded, Records, says_the_same, units_of, whole_tasks
from app.tasks.new_rows import arranged, owing_units, understand
from app.tasks.sheet import TASK_SHEET


class TaskPlanner(Planner):
    """One list's planning. A task is told by its words, measures and units: the form has no better mark."""

    sheet = TASK_SHEET
    identity = "content"

    def __init__(self, session, hat, *more):
        super().__init__(session, hat, *more)
        self.found = Records(session)

    def _reader(self, table: Table, row: TableRow) -> Reader:
        return super()._reader(table, arranged(table, row))

    def understand(self, reader: Reader) -> tuple[dict, dict[str, str]]:
        new, kept = understand(reader, self.hat, self.today)
        return new, {head_of(self.sheet, key): text for key, text in kept.items()}

    def numbered(self, numbers: set[str]) -> dict[str, Known]:
        return self.found.numbered(numbers)

    def look_around(self, plans: list[RowPlan]) -> None:
        self.found.look_around({plan.new["year"] for plan in plans})

    def near(self, plan: RowPlan) -> list[Known]:
        """Those in the row's words, and the one that the user says it is."""
        said = self.found.called.get(self.fixes.get(f"{plan.sheet}!{plan.number}!match"))
        near = self.found.near(plan.new)
        return [*near, said] if said and said not in near else near

    def left_over(self, plan: RowPlan, taken: set[int]) -> list[Known]:
        return self.found.alike(plan.new, taken)

    def is_there(self, plan: RowPlan, known: Known) -> bool:
        return says_the_same(plan.new, known)

    def is_still(self, reader: Reader, known: Known) -> bool:
        """Reworded, but with the same measures for the same units."""
        units = {one.unit for one in owing_units(reader, self.hat.organization_id)}
        return units == known.units and squash(reader.said("measures")) == known.measures != ""

    def once(self, plan: RowPlan) -> Hashable | None:
        """Rows that share a merged 主要任务 are told apart by their measures and units."""
        new = plan.new
        if not new["content"]:
            return None
        return squash(new["content"]), squash(new["measures"] or ""), units_of(new), new["due_kind"], new["due"]

    def texts(self, ids: set[int]) -> dict[int, dict[str, str]]:
        return self.found.texts(ids)

    def records(self, ids: set[int]) -> dict[int, Recorded]:
        return whole_tasks(self.session, ids)

    def changes(self, reader: Reader, record: Recorded, texts: dict[str, str], keys: set[str]) -> list:
        return plan_changes(reader, record, texts, keys, self.hat, self.today, self.file_name)
