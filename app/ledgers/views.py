"""The screens of a ledger in: choose a file, look it through, correct it in place, confirm."""
from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask import current_app, flash, g, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import ngettext

from app.casework.clock import local, today
from app.casework.errors import CaseworkError, NotFound, Stale
from app.casework.history import record
from app.casework.imports import ImportDraft
from app.casework.unit_of_work import unit_of_work
from app.exchange.marks import Fault, mark_faults
from app.exchange.messages import SpreadsheetError
from app.extensions import db
from app.jobs.answers import answer_with_job
from app.ledgers.drafts import draft_of, import_path, limits_of, plan_draft, take_upload
from app.ledgers.entering import enter
from app.ledgers.exporting import send_blank
from app.ledgers.files import scratch, send_once
from app.ledgers.import_jobs import ask_for_import, job_of
from app.ledgers.ledger import Ledger
from app.ledgers.planning import OUTCOMES, Plan, RowPlan
from app.ledgers.reading import say
from app.organization.settings import setting

PAGE = 50
LONGEST_FIX = 4000


class LedgerImports(BaseView):
    """导入. A noun's class sets `ledger`, `route_base` and `class_permission_name`. Nothing is written before 确认."""

    ledger: Ledger
    default_view = "start"

    def url(self, route: str, **values) -> str:
        return url_for(f"{self.endpoint}.{route}", **values)

    def row_url(self, row: RowPlan) -> str:
        """The page of the record that a row is."""
        return ""

    def around_preview(self, plan: Plan) -> dict:
        """What the noun's preview shows besides."""
        return {}

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("import")
    def start(self):
        """Choose the file; the ledgers still on their way are listed."""
        fault = None
        if request.method == "POST":
            try:
                draft = take_upload(db.session, g.hat, self.ledger, request.files.get("ledger"), today())
                return redirect(self.url("preview", draft_id=draft.id))
            except SpreadsheetError as error:
                fault = say(error.message)
        drafts = db.session.scalars(
            sa.select(ImportDraft).where(ImportDraft.outcome == "open", ImportDraft.kind == self.ledger.kind)
            .order_by(ImportDraft.id.desc()).limit(10)
        ).all()
        return self.render_template(
            "ledgers/start.html", title=_("Import %(form)s", form=self.ledger.sheet.title), fault=fault, drafts=drafts,
            local=local, ledger=self.ledger, limits=limits_of(db.session, g.hat.county_id, today()),
        ), 422 if fault else 200

    @expose("/blank")
    @has_access
    @permission_name("import")
    def blank(self):
        """The empty form, to be filled in."""
        return send_blank(current_app, db.session, g.hat, self.ledger, today())

    def _draft(self, draft_id: int) -> ImportDraft:
        return draft_of(db.session, self.ledger, draft_id)

    def _plan(self, draft: ImportDraft) -> Plan:
        return plan_draft(db.session, g.hat, self.ledger, draft, today())

    @expose("/<int:draft_id>")
    @has_access
    @permission_name("import")
    def preview(self, draft_id: int):
        """Row by row and cell by cell: what was understood, what was not, what would change."""
        draft = self._draft(draft_id)
        if draft.outcome != "open":
            return self.render_template("ledgers/done.html", title=_("Imported"), draft=draft, ledger=self.ledger,
                                        **self.around_done(draft))
        plan = self._plan(draft)
        counts = plan.counts()
        show = request.args.get("show") if counts[request.args.get("show")] else None
        rows = [row for row in plan.rows if show in (None, row.outcome)]
        if show is None:
            rows.sort(key=lambda row: OUTCOMES.index(row.outcome))
        page = min(max(request.args.get("page", 1, type=int) or 1, 1), max(1, -(-len(rows) // PAGE)))
        return self.render_template(
            "ledgers/preview.html", title=_("Check, then import"), draft=draft, plan=plan, counts=counts,
            show=show, columns=self._columns(plan), rows=rows[(page - 1) * PAGE : page * PAGE], page=page, size=PAGE,
            more=len(rows) > page * PAGE,
            ledger=self.ledger, shown=OUTCOMES, say=say, total=len(plan.rows),
            job=job_of(db.session, self.ledger, draft_id),
            **{"create_url": "", "row_url": self.row_url, **self.around_preview(plan)},
        )

    def _columns(self, plan: Plan) -> list:
        """The form's columns that the file has, or that have something to say."""
        told = {key for table in plan.reading.tables for key in table.layout.columns}
        told |= {key for row in plan.rows for key, cell in row.cells.items() if cell.problem or cell.note}
        return [column for column in self.ledger.sheet.columns if column.key in told]

    def around_done(self, draft: ImportDraft) -> dict:
        """What the noun shows of an import that is done."""
        return {}

    @expose("/<int:draft_id>/fix", methods=["POST"])
    @has_access
    @permission_name("import")
    def fix(self, draft_id: int):
        """Take over the user's corrections: `fix:<place>` fields; `undo` names the one that is taken back."""
        self.take_fixes(draft_id)
        return redirect(self.url("preview", draft_id=draft_id, **where()))

    def take_fixes(self, draft_id: int) -> int:
        """How many cells were corrected. Of one cell's fields the last counts: an offer stands behind its box.

        `alike`: all cells with the same mistake as the one that it names are corrected with it.
        """
        said = {
            name.removeprefix("fix:"): value.strip()[:LONGEST_FIX]
            for name, value in request.form.items(multi=True) if name.startswith("fix:") and value.strip()
        }
        alike = self._alike(draft_id, said)
        if not (said or alike or "undo" in request.form):
            return 0
        with unit_of_work(db.session):
            draft = self._draft(draft_id)
            if draft.outcome != "open":
                raise Stale
            undone = request.form.get("undo")
            typed = {place: value for place, value in said.items() if draft.fixes.get(place) != value}
            news = {place: value for place, value in (alike | typed).items() if place != undone}
            if news or undone in draft.fixes:
                draft.fixes = {place: value for place, value in (draft.fixes | news).items() if place != undone}
                flash(ngettext("%(num)d correction is saved.", "%(num)d corrections are saved.", len(news)) if news
                      else _("Back to what the file says."), "success")
        return len(news)

    def _alike(self, draft_id: int, said: dict[str, str]) -> dict[str, str]:
        """The corrections of all cells with one mistake. `alike` names the offer, or nothing for what was typed, and
        the place of the cell whose button was pressed; what is typed elsewhere counts for itself.
        """
        offer, _colon, place = request.form.get("alike", "").partition(":")
        if not place:
            return {}
        typed = said.pop(place, "")
        found = self._plan(self._draft(draft_id)).mended_alike(
            place, int(offer) if offer.isascii() and offer.isdigit() else None, typed)
        if not found:
            flash(_("Type the correction first."), "warning")
        return found

    @expose("/<int:draft_id>/marked")
    @has_access
    @permission_name("import")
    def marked(self, draft_id: int):
        """The user's own file back: corrected as it was here, what is still wrong in red and commented."""
        draft = self._draft(draft_id)
        plan = self._plan(draft)
        source, name, path = import_path(draft.sha256, draft.file_name), draft.file_name, scratch(current_app, ".xlsx")
        layouts = {table.sheet_name: table.layout.columns for table in plan.reading.tables}
        keys = {column.head: column.key for column in self.ledger.sheet.columns}
        mark_faults(source, path, [
            Fault(e["sheet"], e["row"], layouts[e["sheet"]].get(keys.get(e["column"])), e["message"])
            for e in plan.errors()
        ], limits_of(db.session, g.hat.county_id, today()), [
            Fault(row.sheet, row.number, layouts[row.sheet][key], cell.said)
            for row in plan.rows for key, cell in row.cells.items() if cell.corrected and key in layouts[row.sheet]
        ])
        with unit_of_work(db.session):
            record(db.session, g.hat, "download", today(), extra={"form": self.ledger.name, "file": name})
        return send_once(path, f"{Path(name).stem}_标红.xlsx")

    @expose("/<int:draft_id>/confirm", methods=["POST"])
    @has_access
    @permission_name("import")
    def confirm(self, draft_id: int):
        """The confirmed rows go in together, as they were seen; faulty ones may be left out, nothing else.

        What was typed beside them is saved first and looked at again: a corrected row goes in with the others.
        """
        draft = self._draft(draft_id)
        if draft.outcome != "open":
            return redirect(self.url("preview", draft_id=draft_id))
        again = redirect(self.url("preview", draft_id=draft_id, **where()))
        plan = self._plan(draft)
        as_seen = request.form.get("seen") == plan.digest()
        try:
            if self.take_fixes(draft_id):
                plan = self._plan(draft)
        except Stale:  # confirmed in another window meanwhile
            return redirect(self.url("preview", draft_id=draft_id))
        counts = plan.counts()
        waiting = counts["error"] + counts["ask"]
        if not as_seen:
            flash(_("The records have changed since: nothing was written. Check the rows again."), "warning")
        elif waiting and "leave_out" not in request.form:
            flash(_("%(count)s rows still have faults or questions: correct them, or leave them out.", count=waiting),
                  "warning")
        elif self._is_long(counts):
            return answer_with_job(ask_for_import(
                db.session, g.hat, self.ledger, draft, plan.digest(), waiting, self.url("preview", draft_id=draft_id)))
        elif self._enter(draft, plan, waiting):
            return self.entered(draft_id, plan) or redirect(self.url("preview", draft_id=draft_id))
        return again

    def _is_long(self, counts: dict) -> bool:
        return self.ledger.in_background and counts["new"] + counts["changed"] > setting("import_job_rows")

    def entered(self, draft_id: int, plan: Plan):
        """The noun's own answer to an import that has just been written; None leads to the draft's page."""

    def _enter(self, draft: ImportDraft, plan: Plan, waiting: int) -> bool:
        """Whether it was written; what stood in the way is told."""
        try:
            enter(db.session, g.hat, self.ledger, plan, today(), draft.file_name, draft_id=draft.id,
                  version=draft.version, left_out=waiting)
            return True
        except (Stale, NotFound):
            flash(_("The records have changed since: nothing was written. Check the rows again."), "warning")
        except CaseworkError as error:
            flash(_("Nothing was written. %(reason)s", reason=error), "danger")
        return False

    @expose("/<int:draft_id>/drop", methods=["POST"])
    @has_access
    @permission_name("import")
    def drop(self, draft_id: int):
        with unit_of_work(db.session):
            draft = self._draft(draft_id)
            if draft.outcome == "open":
                draft.outcome = "dropped"
        return redirect(self.url("start"))


def where() -> dict:
    """The tab and page that the user was on."""
    return {name: request.values[name] for name in ("show", "page") if request.values.get(name)}
