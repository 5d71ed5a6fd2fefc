"""The page of roles and rights, and its workbook."""
from __future__ import annotations

from flask import current_app, g
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.access.permissions import Permission as P
from app.casework.clock import today
from app.casework.history import record
from app.casework.unit_of_work import unit_of_work
from app.exchange.excel_out import Layout, write
from app.exchange.sheets import Column, FormMeta, Sheet
from app.extensions import db
from app.ledgers.files import scratch, send_once
from app.rights.matrix import Matrix, matrices, role_titles


class Roles(BaseView):
    """Nothing is set here: rights are a table in the program, and the page shows it as it is."""

    route_base = "/roles"
    class_permission_name = "roles"
    default_view = "list"

    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        return self.render_template(
            "rights/roles.html", title=_("Roles and rights"), matrices=matrices(), worn=g.hat.role,
            codes=[*role_titles()], may_export=g.hat.permits(P.ROLES_EXPORT),
        )

    @expose("/export")
    @has_access
    @permission_name("export")
    def export(self):
        """The same matrices as a workbook; the export is in the history."""
        path, found = scratch(current_app, ".xlsx"), matrices()
        meta = FormMeta(filing_unit=g.hat.organization_name, period=today().isoformat(), filer=g.hat.user_name)
        count = write(path, sheet(), [line for matrix in found for line in lines(matrix)], meta, layout=Layout())
        with unit_of_work(db.session):
            record(db.session, g.hat, "export", today(), extra={"form": "roles", "rows": count})
        return send_once(path, f"{_('Roles and rights')}_{today():%Y%m%d}.xlsx")


def sheet() -> Sheet:
    columns = (Column("about", _("About"), 16), Column("what", _("Permission or step"), 30),
               *(Column(code, title, 11) for code, title in role_titles().items()))
    return Sheet(name="roles", title=_("Roles and rights"), columns=columns,
                 above=(("filing_unit", _("Unit")), ("period", _("Exported on"))), below=(("filer", _("Exported by")),))


def lines(matrix: Matrix) -> list[dict[str, str]]:
    codes = [*role_titles()]
    return [{"about": matrix.title, "what": row.words, **dict(zip(codes, row.cells, strict=True))}
            for row in matrix.rows]
