"""企业名录 as a ledger, and its screens."""
from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask import url_for

from app.access.interface import row_id
from app.access.permissions import Permission as P
from app.administration.enterprise_ledger.entering import change, insert
from app.administration.enterprise_ledger.importing import EnterprisePlanner
from app.administration.enterprise_ledger.printing import stream
from app.administration.enterprise_ledger.sheet import ENTERPRISE_SHEET
from app.ledgers.ledger import Ledger, declare
from app.ledgers.planning import RowPlan
from app.ledgers.views import LedgerImports
from app.organization.models import Enterprise
from app.organization.search import named, normalized


def matches(words: str):
    """SQL condition: by name, short name, alias or the beginning of the credit code."""
    words = normalized(words)
    return sa.or_(named(words), Enterprise.uscc.startswith(words.upper(), autoescape=True))


def select(session, hat, query: Mapping, today) -> sa.Select:
    """Ids by the list's filters, in the list's order; merged ones are not printed."""
    statement = sa.select(Enterprise.id).where(Enterprise.successor_id.is_(None))
    if query.get("name"):
        statement = statement.where(matches(query["name"]))
    for key in ("territory_id", "industry_id"):
        if query.get(key):
            statement = statement.where(getattr(Enterprise, key) == row_id(query[key]))
    if query.get("active"):
        statement = statement.where(Enterprise.active.is_(query["active"] == "True"))
    return statement.order_by(Enterprise.name, Enterprise.id)


ENTERPRISE_LEDGER = declare(Ledger(
    kind="enterprise", sheet=ENTERPRISE_SHEET, planner=EnterprisePlanner, insert=insert, change=change, select=select,
    stream=stream, import_permission=P.ENTERPRISES_IMPORT, export_permission=P.ENTERPRISES_EXPORT,
    screen="Enterprises.list", emptiable=frozenset({"industry", "daily", "others", "status"}),
))


class EnterpriseImports(LedgerImports):
    """导入企业名录."""

    ledger = ENTERPRISE_LEDGER
    route_base = "/enterprises/import"
    class_permission_name = "enterprises"

    def row_url(self, row: RowPlan) -> str:
        return url_for("Enterprises.show", pk=row.record_id)
