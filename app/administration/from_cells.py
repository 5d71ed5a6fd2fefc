"""A ledger's import in which an unknown enterprise is created from the cell that names it."""
from __future__ import annotations

import sqlalchemy as sa
from flask import flash, g, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.access.permissions import Permission as P
from app.administration.enterprises import Doubles, add_by_name, doubles
from app.casework.clock import today
from app.casework.errors import CaseworkError, NotFound
from app.extensions import db
from app.ledgers.planning import Plan, RowPlan
from app.ledgers.views import LedgerImports, where
from app.organization.models import Organization


def uscc_beside(row: RowPlan) -> str:
    """A credit code that the ledger gives in a column of its own."""
    return next((text for head, text in row.kept.items() if "信用代码" in head), "")


class EnterprisesFromCells(LedgerImports):
    """For ledgers whose rows name enterprises; the planner's `creates` says in which columns."""

    def around_preview(self, plan: Plan) -> dict:
        may = g.hat.permits(P.ENTERPRISES_EDIT)
        return {"townships": self._townships(), "uscc_beside": uscc_beside, "may_create": may,
                "doubles": self._doubles(), "create_url": self.url("enterprise", **request.view_args, **where())}

    def _townships(self) -> list:
        return db.session.execute(
            sa.select(Organization.id, Organization.name)
            .where(Organization.kind == "township", Organization.active.is_(True)).order_by(Organization.sort_order)
        ).all()

    def _doubles(self) -> dict[str, list[str]]:
        """The enterprises that the one just asked for may be the same as: `{place of the cell: names}`."""
        place, name = request.args.get("place", ""), request.args.get("name", "")
        if not (place and name):
            return {}
        found = doubles(db.session, g.hat.county_id, name, request.args.get("uscc"), None)
        return {place: [row["text"] for row in found]}

    @expose("/<int:draft_id>/enterprise", methods=["POST"])
    @has_access
    @permission_name("import")
    def enterprise(self, draft_id: int):
        """An unknown enterprise is created from the cell: name and township suffice; corrections typed are kept.

        When there may be such a one already, the names are offered first; `another` says that it is none of them.
        """
        if not g.hat.permits(P.ENTERPRISES_EDIT):
            raise NotFound
        self.take_fixes(draft_id)
        place = request.form.get("another") or request.form.get("create", "")
        name, uscc = (request.form.get(f"{field}:{place}", "").strip() for field in ("name", "uscc"))
        asked = {}
        try:
            add_by_name(db.session, g.hat, name, request.form.get(f"territory:{place}", type=int), today(),
                        uscc=uscc or None, another="another" in request.form)
            flash(_("%(name)s is in the directory now.", name=name), "success")
        except Doubles:
            asked = {"place": place, "name": name, "uscc": uscc}
        except CaseworkError as error:
            flash(str(error), "danger")
        return redirect(self.url("preview", draft_id=draft_id, **where(), **asked))
