"""The screens of submissions: a month of the county, what the own unit owes, a month of a ledger, who owes what."""
from __future__ import annotations

from functools import partial

from flask import current_app, flash, g, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.access.scope import labels
from app.casework.clock import today
from app.casework.deadlines import due_words
from app.casework.errors import NotFound, Obstacle
from app.casework.paging import FARTHEST, Place, page
from app.casework.verbs import next_step, perform
from app.casework.views import CaseView, put_fault
from app.extensions import db
from app.organization.models import Organization
from app.organization.settings import setting
from app.submissions import duties, queries, rules
from app.submissions.casepage import case_page, record_page
from app.submissions.forms import DutyForm
from app.submissions.freezing import prepare
from app.submissions.states import SubmissionState, SubmittedLedger
from app.submissions.verbs import SUBMISSIONS

SIZE = 50
FREEZING = ("submit", "nil_return")


class Submissions(CaseView):
    """台账报送."""

    noun = SUBMISSIONS
    route_base = "/submissions"
    class_permission_name = "submissions"

    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        """The county reads a month, unit by unit; a unit its own months. `show`: what is not submitted, or overdue."""
        show, words = request.args.get("show"), request.args.get("q", "").strip()
        common = {
            "today": today(), "states": SubmissionState, "ledgers": SubmittedLedger, "can": g.hat.permits,
            "due_words": partial(due_words, warning_days=setting("warning_days")), "is_over": queries.is_over,
            "is_late": queries.is_late,
        }
        if g.hat.scope.breadth == "county" and show not in queries.SHOWS and not words:
            return self._overview(common)
        return self._rows(show, words, common)

    def _overview(self, common: dict):
        months = queries.months(db.session)
        month = request.args.get("month")
        month = month if month in months else months[0] if months else None
        found = queries.overview(db.session, g.hat.county_id, month, today()) if month else None
        return self.render_template(
            "submissions/overview.html", title=_("Ledger submission"), months=months, month=month, found=found,
            may_chase=g.hat.role in ("county_clerk", "county_head"), **common,
        )

    def _rows(self, show: str | None, words: str, common: dict):
        number = max(request.args.get("page", 1, type=int) or 1, 1)
        place = Place(min(number, FARTHEST))
        found = page(db.session, g.hat.scope, queries.selection(show, today(), words), place, SIZE)
        rows = queries.load(db.session, found.ids)
        return self.render_template(
            "submissions/rows.html", title=_("Ledger submission"), rows=rows, show=show, words=words,
            page=found.number or 1, more=found.more, size=SIZE,
            names=labels(db.session, Organization.__table__, [row.unit_id for row in rows]),
            next_steps={row.id: next_step(SUBMISSIONS, row, g.hat, today(), True) for row in rows}, **common,
        )

    @expose("/<int:case_id>")
    @has_access
    @permission_name("read")
    def show(self, case_id: int):
        submission = queries.whole(db.session, case_id)
        if submission is None:
            raise NotFound
        read = case_page(db.session, submission, today(), current_app.config["DATA_DIR"])
        return self.render_template(
            "submissions/show.html", title=f"{read['unit']} {submission.title}", verbs=self.verbs_for(submission),
            can=g.hat.permits, **read,
        )

    @expose("/<int:case_id>/timeline")
    @has_access
    @permission_name("read")
    def timeline(self, case_id: int):
        submission = self.case_or_404(case_id)
        return self.timeline_paper(submission, record_page(db.session, submission))

    def name_of(self, case) -> str:
        return f"{case.number}　{queries.unit_name(db.session, case)}"

    def perform(self, verb, case_id: int, form) -> None:
        """A freeze is read and on disk before its transaction."""
        if verb.name not in FREEZING:
            return super().perform(verb, case_id, form)
        header = form.payload()
        prepared = prepare(db.session, g.hat, self.case_or_404(case_id), header, today(),
                           current_app.config["DATA_DIR"])
        perform(db.session, self.noun, verb.name, case_id, form.version.data, g.hat, {"prepared": prepared}, today())
        return None

    @expose("/chase", methods=["POST"])
    @has_access
    @permission_name("act")
    def chase_all(self):
        """一键催办: every unit that has not submitted the month; what was not done is told with its reason."""
        months, month = queries.months(db.session), request.form.get("month")
        if month not in months:
            raise NotFound
        wanting = queries.overview(db.session, g.hat.county_id, month, today()).wanting
        self.chase_at_once(wanting, {"comment": _("Please submit it now.")})
        return redirect(url_for("Submissions.list", month=month))


class LedgerDuties(BaseView):
    """报送义务: which unit owes which ledger, from when to when."""

    route_base = "/submissions/duties"
    class_permission_name = "ledger_duties"
    default_view = "list"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def list(self):
        """What holds today, unit by unit, and the form that says otherwise."""
        form = DutyForm()
        if request.method == "POST" and form.validate():
            try:
                duties.tell(db.session, g.hat, form.words(), today())
                flash(_("Saved. It counts for the months that end on these days."), "success")
                return redirect(url_for("LedgerDuties.list"))
            except Obstacle as obstacle:
                put_fault(form, obstacle)
        elif request.method == "GET":
            form.valid_from.data = today().replace(day=1)
        words = duties.words_of(db.session, g.hat.county_id)
        units = duties.units_of(db.session, g.hat.county_id)
        return self.render_template(
            "submissions/duties.html", title=_("Who owes which ledger"), form=form, units=units, words=words,
            ledgers=SubmittedLedger, today=today(),
            owes=lambda unit, ledger: rules.owes(unit.kind, words.get((unit.id, ledger), ()), today()),
        ), 422 if form.errors else 200
