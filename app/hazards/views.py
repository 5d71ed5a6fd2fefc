"""The screens of hazards: the ledger, registering, the case page. What is common stands in casework/views.py."""
from __future__ import annotations

import datetime as dt
from functools import partial

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.casework.clock import today
from app.casework.deadlines import is_overdue
from app.casework.errors import NotFound, Obstacle
from app.casework.forms import faults_told, put_fault
from app.casework.lists import CaseList, Column, filters_of, listed, opening, state_of
from app.casework.once import AlreadyMade
from app.casework.unsent import refuse_anothers, session_told, whose
from app.casework.verbs import How, how_may, in_bulk, next_step
from app.casework.views import CaseView, stored_files
from app.extensions import db
from app.gate import key, keys, wants_json
from app.hazards import papers, queries, quick, registering
from app.hazards.casepage import case_page
from app.hazards.forms import EnterpriseHazardForm, FilterForm, HazardForm
from app.hazards.ledger import HAZARD_LEDGER
from app.hazards.models import SOURCE_MASK, Hazard
from app.hazards.rows import Look, rows
from app.hazards.states import HazardState, Source
from app.hazards.verbs import HAZARDS
from app.ledgers.exporting import said, send_blank, send_ledger
from app.ledgers.files import month_bounds
from app.organization.settings import setting

HAZARD_LIST = CaseList("hazards", (None, *HazardState), (
    Column("no", _l("Number"), "number", fixed=True), Column("what", _l("Hazard"), fixed=True),
    Column("unit", _l("Rectifying units")), Column("place", _l("Place"), extra=True),
    Column("heads", _l("Responsible persons"), extra=True), Column("src", _l("Inspecting unit, day"), "happened"),
    Column("source", _l("Source"), extra=True), Column("due", _l("Deadline"), "due"), Column("state", _l("State")),
    Column("since", _l("In this state since"), extra=True), Column("turn", _l("Whose turn")),
    Column("verb", _l("Next step"), fixed=True),
))


class Hazards(CaseView):
    """问题隐患整改清单."""

    noun = HAZARDS
    route_base = "/hazards"
    class_permission_name = "hazards"
    verb_template = "hazards/verb.html"
    case_list = HAZARD_LIST

    def filter_form(self):
        return filter_form()

    # ── the ledger ─────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        if elsewhere := opening(HAZARD_LIST):
            return redirect(elsewhere)
        day, warning = today(), setting("warning_days")
        this = listed(HAZARD_LIST, self.filter_form(), partial(queries.selection, today=day, warning_days=warning))
        hazards, bulk_verbs = rows(db.session, g.hat, this.page.ids), in_bulk(HAZARDS, g.hat.role)
        return self.render_template(
            "hazards/list.html", title=_("Hazard rectification ledger"), list=this, hazards=hazards,
            industry=queries.industry_name(db.session, this.filters),
            repeats=queries.repeats(db.session, hazards, setting("repeat_window_months")),
            next_steps={h.id: next_step(HAZARDS, h, g.hat, day, is_overdue(h.due, day)) for h in hazards},
            bulk_verbs=bulk_verbs,
            look=Look(g.hat.role, day, warning, bool(bulk_verbs), this.turned, this.css),
            months=[day.strftime("%Y-%m"), (day.replace(day=1) - dt.timedelta(days=1)).strftime("%Y-%m")],
            can=g.hat.permits,
        )

    # ── registering ────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("register")
    def new(self):
        try:
            return self._edit_draft(None)
        except AlreadyMade as made:
            return self.made_already(made)

    @expose("/quick", methods=["GET", "POST"])
    @has_access
    @permission_name("register")
    def quick(self):
        """The form for a phone. Its script (drafts.js) asks in JSON: whose session this is; then it sends."""
        if request.method == "GET" and wants_json():
            return session_told(g.hat)
        if request.method == "GET":
            form, usual = quick.fresh(db.session, g.hat, today())
            return self._quick_page(form, usual)
        form = quick.form_of(g.hat)
        refuse_anothers(g.hat, form.drawn_for.data)
        if form.validate():
            try:
                saved = registering.save(db.session, g.hat, form, stored_files(form)["photos"], today(), None, None,
                                         issue="issue" in request.form)
                self._tell(saved)
                return self.led_to(saved.id)
            except AlreadyMade as made:
                return self.led_to(made.case_id)
            except Obstacle as obstacle:
                put_fault(form, obstacle)
        if wants_json():
            return faults_told(form), 422
        return self._quick_page(form, quick.usual(db.session, g.hat)), 422

    @staticmethod
    def _tell(saved: Hazard) -> None:
        flash(_("%(number)s is registered and issued.", number=saved.number) if saved.issued
              else _("Saved as a draft."), "info")  # by "success" app.js knows that the same page's form is done
        for year in registering.years_without_holidays(db.session, saved):
            flash(_("The holidays of %(year)s are not known: Monday to Friday count as worked.", year=year), "warning")

    def _quick_page(self, form, usual):
        form.drawn_for.data = whose(g.hat)
        return self.render_template(
            "hazards/quick.html", title=_("Photograph a hazard"), form=form, usual=usual,
            days=quick.last_days(db.session, today()), methods=registering.methods(), full=url_for("Hazards.new"),
            source_title=dict(Source.choices()).get)

    @expose("/<int:case_id>/edit", methods=["GET", "POST"])
    @has_access
    @permission_name("register")
    def edit(self, case_id: int):
        """A draft's content; after the draft there is no generic form."""
        hazard = self.case_or_404(case_id)
        submit = HAZARDS.verbs["submit"]
        if hazard.state != HazardState.REGISTERED or how_may(HAZARDS, submit, hazard, g.hat) is not How.OWN:
            return redirect(self.url_of(case_id))
        return self._edit_draft(hazard)

    def _edit_draft(self, hazard):
        form = (EnterpriseHazardForm if g.hat.role == "enterprise" else HazardForm)()
        if hazard is not None:
            form.keep(hazard)
        if request.method == "POST" and form.validate():
            try:
                saved = registering.save(
                    db.session, g.hat, form, stored_files(form)["photos"], today(), hazard and hazard.id,
                    request.form.get("version", type=int), issue="issue" in request.form,
                )
                self._tell(saved)
                return redirect(self.url_of(saved.id))
            except Obstacle as obstacle:
                put_fault(form, obstacle)
        elif request.method == "GET":
            copied = request.args.get("copy", type=key)
            like = hazard or (copied and queries.whole(db.session, copied))
            registering.prefill(db.session, form, like, g.hat, today())
        return self.render_template(
            "hazards/form.html", title=_("Register a hazard"), form=form, hazard=hazard,
            version=request.form.get("version") or (hazard and hazard.version),
            methods=registering.methods(), cancel=url_for("Hazards.list"),
        ), 422 if form.errors else 200

    # ── one hazard ─────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/<int:case_id>")
    @has_access
    @permission_name("read")
    def show(self, case_id: int):
        hazard = self._whole_or_404(case_id)
        return self.render_template(
            "hazards/show.html", title=hazard.number or _("Draft"), verbs=self.verbs_for(hazard),
            can=g.hat.permits, rounds_on_paper=[r.number for r in hazard.rounds if papers.is_rechecked(r)],
            **case_page(db.session, hazard, g.hat, today()),
        )

    @staticmethod
    def _whole_or_404(case_id: int):
        hazard = queries.whole(db.session, case_id)
        if hazard is None:
            raise NotFound
        return hazard

    # ── papers ─────────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/<int:case_id>/notice")
    @has_access
    @permission_name("read")
    def notice(self, case_id: int):
        """整改通知单, to be signed on site."""
        hazard = self._whole_or_404(case_id)
        if not hazard.issued:  # without a number, and its content may still change
            raise NotFound
        found = papers.notices(db.session, [hazard])
        return self.render_template("hazards/notice.html", title=found[0]["notice"].title, papers=found,
                                    back=self.url_of(case_id), printed_on=today())

    @expose("/notices", methods=["POST"])
    @has_access
    @permission_name("read")
    def notices(self):
        """The notices of the rows ticked, each on a page of its own, with the small copies of the pictures."""
        chosen, most = keys(request.form.getlist("rowid")), setting("papers_at_once")
        found = queries.load(db.session, chosen[:most], queries.ROUNDS)
        hazards = [hazard for hazard in found if hazard.issued]
        if not hazards or len(chosen) > most:
            flash(_("At most %(most)s papers in one go.", most=most) if len(chosen) > most
                  else _("Nothing to print. Tick rows that are issued."), "warning")
            return redirect(url_for("Hazards.list"))
        return self.render_template(
            "hazards/notice.html", title=_("Notices to rectify, %(count)s", count=len(hazards)), many=True,
            papers=papers.notices(db.session, hazards), back=url_for("Hazards.list"), printed_on=today(),
        )

    @expose("/<int:case_id>/recheck/<int:number>")
    @has_access
    @permission_name("read")
    def recheck(self, case_id: int, number: int):
        """整改复查意见书 of one round; of one that is reported as completed only, with lines to fill in."""
        hazard = self._whole_or_404(case_id)
        this = next((r for r in hazard.rounds if r.number == number and papers.is_rechecked(r)), None)
        if this is None:
            raise NotFound
        return self.render_template("hazards/recheck.html", title=_("Finding of the recheck"),
                                    back=self.url_of(case_id), printed_on=today(),
                                    **papers.recheck(db.session, hazard, this))

    @expose("/<int:case_id>/timeline")
    @has_access
    @permission_name("read")
    def timeline(self, case_id: int):
        hazard = self._whole_or_404(case_id)
        return self.timeline_paper(hazard, case_page(db.session, hazard, g.hat, today()))

    # ── form 2 out ─────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/export")
    @has_access
    @permission_name("export")
    def export(self):
        """What the current filter shows, all of it, in the form of attachment 2; or a month's ledger."""
        filters, state = filters_of(filter_form()), state_of(HAZARD_LIST)
        month = request.args.get("month") or None
        if month is not None:
            try:
                month_bounds(month)
            except (ValueError, OverflowError):
                abort(400)
            query = {"month": month, "unit": filters.get("unit")}
        else:
            query = {**filters, "state": state}
        return send_ledger(current_app, db.session, g.hat, HAZARD_LEDGER, said(query), today(),
                           request.args.get("paper", ""))

    @expose("/blank")
    @has_access
    @permission_name("export")
    def blank(self):
        return send_blank(current_app, db.session, g.hat, HAZARD_LEDGER, today())


def filter_form() -> FilterForm:
    form = FilterForm(request.args)
    unread = SOURCE_MASK.instead if SOURCE_MASK.hidden_from(g.hat.role) else (Source.SUPERVISION.value,)
    choices = [source for source in Source if source.value not in unread]
    form.source.choices = [("", _("All sources")), *((s.value, s.title) for s in choices)]
    return form
