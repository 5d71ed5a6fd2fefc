"""The screens of form 2 in."""
from __future__ import annotations

from flask import url_for

from app.administration.from_cells import EnterprisesFromCells
from app.hazards.ledger import HAZARD_LEDGER
from app.ledgers.planning import RowPlan


class HazardImports(EnterprisesFromCells):
    """导入附件2."""

    ledger = HAZARD_LEDGER
    route_base = "/hazards/import"
    class_permission_name = "hazards"

    def row_url(self, row: RowPlan) -> str:
        return url_for("Hazards.show", case_id=row.record_id)
