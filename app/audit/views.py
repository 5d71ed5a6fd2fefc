"""The auditor's page: the county's log, its seals, its check and its export."""
from __future__ import annotations

from flask import current_app, flash, g, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, StringField
from wtforms.validators import Length, Optional

from app.access.interface import row_id
from app.access.scope import system_session
from app.administration.forms import WordField
from app.audit import queries
from app.audit.exporting import send_log
from app.audit.words import verb_choices
from app.casework import history
from app.casework.clock import today
from app.casework.unit_of_work import unit_of_work
from app.extensions import db

FAULTS = {
    "changed": _l("Entry %(entry)s was changed after it was sealed (block %(block)s)."),
    "missing": _l("Entry %(entry)s is missing (block %(block)s)."),
    "inserted": _l("Entry %(entry)s was inserted later."),
    "block": _l("Block %(block)s was changed."),
}


class LogFilter(Form):
    q = StringField(_l("Person, unit or number"), [Optional(), Length(max=60)],
                    render_kw={"placeholder": _l("Person, unit or number")})
    verb = WordField(_l("Act"), [Optional()], titles={})
    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("To"), [Optional()])


def asked() -> tuple[LogFilter, dict]:
    """The filter form and what it understood; what is not understood is as if it were not there."""
    form = LogFilter(request.args)
    form.verb.choices = [("", _("All acts")), *verb_choices()]
    form.validate()
    return form, {name: field.data for name, field in form._fields.items() if field.data and not field.errors}


class Audit(BaseView):
    """审计日志: logs only, and all of the county's."""

    route_base = "/audit"
    class_permission_name = "audit"
    default_view = "index"

    @expose("/")
    @has_access
    @permission_name("read")
    def index(self):
        form, filters = asked()
        before = row_id(request.args["before"]) if "before" in request.args else None
        entries, more = queries.page(db.session, filters, before)
        kept = {name: value for name, value in request.args.items() if name in form._fields and value}
        return self.render_template(
            "audit/index.html", title=_("Audit log"), form=form, lines=queries.lines(db.session, entries),
            seals=queries.seals(db.session), kept=kept, newest=before is None,
            older=url_for("Audit.index", before=entries[-1].id, **kept) if more else "",
        )

    @expose("/verify", methods=["POST"])
    @has_access
    @permission_name("read")
    def verify(self):
        """Read the whole history against its seals and say what was found."""
        with system_session("an auditor checks the history") as session:
            verdict = history.verify(session)
        with unit_of_work(db.session):
            history.record(db.session, g.hat, "audit_verified", today(),
                           extra={"fault": verdict.fault, "entry": verdict.entry_id, "block": verdict.block_id})
        if verdict.fault:
            flash(FAULTS[verdict.fault] % {"entry": verdict.entry_id, "block": verdict.block_id}, "danger")
        else:
            flash(_("%(sealed)s entries in %(blocks)s blocks are as they were sealed; %(unsealed)s not sealed yet.",
                    sealed=verdict.sealed, blocks=verdict.blocks, unsealed=verdict.unsealed), "success")
        return redirect(url_for("Audit.index"))

    @expose("/export")
    @has_access
    @permission_name("export")
    def export(self):
        """The entries under the filters as a workbook."""
        return send_log(current_app, db.session, g.hat, asked()[1], today())
