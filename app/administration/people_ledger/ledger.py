"""人员名册 as a ledger, and its screens."""
from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask import current_app, flash, g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.access.permissions import Permission as P
from app.administration.people_ledger.entering import change, insert, prepare
from app.administration.people_ledger.importing import PeoplePlanner
from app.administration.people_ledger.printing import stream
from app.administration.people_ledger.reach import posts_in_reach
from app.administration.people_ledger.sheet import PEOPLE_SHEET
from app.administration.people_ledger.slips import Slip, as_address, reset_slips, slips_of, unit_names, workbook
from app.answered import confirm
from app.casework.clock import today
from app.casework.errors import NotFound
from app.extensions import db
from app.ledgers.files import XLSX
from app.ledgers.ledger import Ledger, declare
from app.ledgers.planning import Plan
from app.ledgers.views import LedgerImports
from app.organization.models import Organization, Post, User
from app.organization.search import like, normalized

_users, _posts, _units = User.__table__, Post.__table__, Organization.__table__


def select(session, hat, query: Mapping, today) -> sa.Select:
    """Ids of posts within reach by the list's filters, unit after unit."""
    statement = posts_in_reach(hat, today, _posts.c.id)
    if query.get("last_name"):
        words = normalized(query["last_name"])
        columns = (_users.c.last_name, _users.c.username, _units.c.name, _units.c.short_name)
        statement = statement.where(sa.or_(*(column.like(like(words), escape="\\") for column in columns)))
    if query.get("active"):
        statement = statement.where(_users.c.active.is_(query["active"] == "True"))
    return statement.order_by(_units.c.sort_order, _units.c.id, _posts.c.user_id, _posts.c.id)


def passwords(session, plan: Plan) -> bytes:
    slips = slips_of(plan, unit_names(session, plan))
    return workbook(slips, current_app.config["DATA_DIR"]) if slips else b""


PEOPLE_LEDGER = declare(Ledger(
    kind="person", sheet=PEOPLE_SHEET, planner=PeoplePlanner, insert=insert, change=change, select=select,
    stream=stream, prepare=prepare, import_permission=P.PEOPLE_IMPORT, export_permission=P.PEOPLE_EXPORT,
    screen="People.list", hat_role="administrator", papers=("A4", "A3"), in_background=False, secrets=passwords,
))


class PeopleImports(LedgerImports):
    """导入人员名册. The passwords of new accounts are told in the answer to 确认, and by no other request."""

    ledger = PEOPLE_LEDGER
    route_base = "/people/import"
    class_permission_name = "people"

    def around_preview(self, plan: Plan) -> dict:
        """Rows are posts; their pages are the people's."""
        ids = {row.record_id for row in plan.rows if row.record_id}
        whose = sa.select(_posts.c.id, _posts.c.user_id).where(_posts.c.id.in_(ids))
        people = dict(db.session.execute(whose).all()) if ids else {}
        return {"row_url": lambda row: url_for("People.show", pk=people[row.record_id])}

    def entered(self, draft_id: int, plan: Plan):
        slips = slips_of(plan, unit_names(db.session, plan))
        return self._told(slips, draft_id) if slips else None

    def around_done(self, draft) -> dict:
        """How many of its accounts nobody has opened yet: their slips can be made anew."""
        ids = draft.result.get("accounts", [])
        waiting = sa.select(sa.func.count()).select_from(_users).where(
            _users.c.id.in_(ids), _users.c.must_change_password.is_(True))
        return {"waiting": db.session.scalar(waiting) if ids else 0}

    @expose("/<int:draft_id>/slips", methods=["POST"])
    @has_access
    @permission_name("import")
    def slips(self, draft_id: int):
        """New one-time passwords for the accounts of this import that nobody has opened yet."""
        draft = self._draft(draft_id)
        if draft.outcome != "done":
            raise NotFound
        slips = reset_slips(db.session, g.hat, draft.result.get("accounts", []), today())
        if not slips:
            flash(_("All of them have chosen their own password."), "info")
            return redirect(self.url("preview", draft_id=draft_id))
        return self._told(slips, draft_id)

    def _told(self, slips: list[Slip], draft_id: int):
        confirm()
        content = workbook(slips, current_app.config["DATA_DIR"])
        answer = current_app.make_response(self.render_template(
            "administration/slips.html", title=_("One-time passwords"), slips=slips, ledger=self.ledger,
            address=request.url_root, file=as_address(content, XLSX), done_url=self.url("preview", draft_id=draft_id),
        ))
        answer.headers["Cache-Control"] = "no-store"
        return answer
