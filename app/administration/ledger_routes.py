"""The buttons of a directory's list: its sheet out under the list's filters, and the way to the import."""
from __future__ import annotations

from flask import current_app, g, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app.casework.clock import today
from app.extensions import db
from app.ledgers.exporting import said, send_ledger
from app.ledgers.ledger import Ledger


class LedgerRoutes:
    """For an OfficeView whose rows are a ledger; `imports` is the endpoint where the import begins."""

    ledger: Ledger
    imports: str

    @expose("/export")
    @has_access
    @permission_name("export")
    def export(self):
        """What the list's filters show, all of it."""
        query = {column: request.args.get(f"_flt_0_{column}", "").strip() for column in self.filters_for}
        return send_ledger(current_app, db.session, g.hat, self.ledger, said(query), today(),
                           request.args.get("paper", ""))

    def around_list(self) -> dict:
        may_export, may_import = (g.hat.permits(one) for one in
                                  (self.ledger.export_permission, self.ledger.import_permission))
        return {
            "export_url": url_for(f"{self.endpoint}.export", **request.args) if may_export else "",
            "import_url": url_for(self.imports) if may_import else "",
        }
