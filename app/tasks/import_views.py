"""The screens of form 1 in."""
from __future__ import annotations

from flask import url_for

from app.ledgers.planning import RowPlan
from app.ledgers.views import LedgerImports
from app.tasks.ledger import TASK_LEDGER


class TaskImports(LedgerImports):
    """导入附件1."""

    ledger = TASK_LEDGER
    route_base = "/tasks/import"
    class_permission_name = "tasks"

    def row_url(self, row: RowPlan) -> str:
        return url_for("Tasks.show", case_id=row.record_id)
