"""单位名录 as a ledger, and its screens."""
from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask import url_for

from app.access.permissions import Permission as P
from app.administration.unit_ledger.entering import change, insert
from app.administration.unit_ledger.importing import UnitPlanner
from app.administration.unit_ledger.printing import stream
from app.administration.unit_ledger.sheet import UNIT_SHEET
from app.administration.units import KINDS
from app.ledgers.ledger import Ledger, declare
from app.ledgers.planning import RowPlan
from app.ledgers.views import LedgerImports
from app.organization.models import Organization
from app.organization.search import named, normalized


def select(session, hat, query: Mapping, today) -> sa.Select:
    """Ids by the list's filters, in the list's order; merged ones are not printed."""
    statement = sa.select(Organization.id).where(
        Organization.county_id == hat.county_id, Organization.kind.in_(KINDS), Organization.successor_id.is_(None)
    )
    if query.get("name"):
        statement = statement.where(named(normalized(query["name"])))
    if query.get("kind"):
        statement = statement.where(Organization.kind == query["kind"])
    if query.get("active"):
        statement = statement.where(Organization.active.is_(query["active"] == "True"))
    return statement.order_by(Organization.sort_order, Organization.id)


UNIT_LEDGER = declare(Ledger(
    kind="unit", sheet=UNIT_SHEET, planner=UnitPlanner, insert=insert, change=change, select=select, stream=stream,
    import_permission=P.DIRECTORY_IMPORT, export_permission=P.DIRECTORY_EXPORT, screen="Units.list",
    emptiable=frozenset({"industries", "parent"}), hat_role="administrator", papers=("A4", "A3"),
))


class UnitImports(LedgerImports):
    """导入单位名录."""

    ledger = UNIT_LEDGER
    route_base = "/units/import"
    class_permission_name = "directory"

    def row_url(self, row: RowPlan) -> str:
        return url_for("Units.show", pk=row.record_id)
