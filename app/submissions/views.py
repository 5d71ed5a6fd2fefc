"""The screens of submissions: a month of the county, months of ledgers as a list, one of them, who owes what."""
from __future__ import annotations

from dataclasses import replace
from functools import partial

from flask import current_app, flash, g, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.access.scope import labels
from app.casework.clock import today
from app.casework.deadlines import due_words
from app.casework.errors import NotFound, Obstacle
from app.casework.lists import CaseList, Column, listed, opening
from app.casework.verbs import in_bulk, next_step, perform
from app.casework.views import CaseView, key_sent, put_fault
from app.extensions import db
from app.organization.models import Organization
from app.organization.settings import setting
from app.submissions import duties, queries, rules
from app.submissions.casepage import case_page, record_page
from app.submissions.forms import DutyForm, FilterForm
from app.submissions.freezing import prepare
from app.submissions.states import Show, SubmissionState, SubmittedLedger
from app.submissions.verbs import SUBMISSIONS
from app.submissions.wording import month_words

FREEZING = ("submit", "nil_return")
SUBMISSION_LIST = CaseList("submissions", (None, *SubmissionState), (
    Column("no", _l("Number"), "number", fixed=True), Column("what", _l("Ledger"), fixed=True),
    Column("unit", _l("Unit"), fixed=True), Column("src", _lp("submission", "Period"), "happened"),
    Column("due", _lp("submission", "Deadline"), "due"), Column("state", _l("State")),
    Column("chased", _lp("submission", "Chased"), extra=True), Column("since", _l("In this state since"), extra=True),
    Column("verb", _l("Next step"), fixed=True),
))
# Of its own months nobody asks whose they are.
OWN_LIST = replace(SUBMISSION_LIST, columns=tuple(one for one in SUBMISSION_LIST.columns if one.name != "unit"))


def reads_one_unit(scope) -> bool:
    return scope.breadth == "units" and len(scope.organization_ids) == 1


class Submissions(CaseView):
    """台账报送."""

    noun = SUBMISSIONS
    route_base = "/submissions"
    class_permission_name = "submissions"
    case_list = SUBMISSION_LIST

    def filter_form(self):
        form = FilterForm(request.args)
        form.offer(queries.months(db.session))
        if reads_one_unit(g.hat.scope):
            del form.unit
        return form

    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        """The county opens it with its newest month, unit by unit; whatever is asked for is a list."""
        if elsewhere := opening(SUBMISSION_LIST):
            return redirect(elsewhere)
        if g.hat.scope.breadth == "county" and not request.query_string:
            return self._overview(None)
        day = today()
        this = listed(SUBMISSION_LIST, self.filter_form(), partial(queries.selection, today=day))
        this.case_list = OWN_LIST if reads_one_unit(g.hat.scope) else SUBMISSION_LIST
        rows = queries.load(db.session, this.page.ids)
        return self.render_template(
            "submissions/list.html", title=_("Ledger submission"), list=this, rows=rows,
            names=labels(db.session, Organization.__table__, [row.unit_id for row in rows]),
            next_steps={row.id: next_step(SUBMISSIONS, row, g.hat, day, True) for row in rows},
            bulk_verbs=in_bulk(SUBMISSIONS, g.hat.role), **self._common(),
        )

    @expose("/overview")
    @has_access
    @permission_name("read")
    def overview(self):
        """A month of the county; a unit's own are a list."""
        month = request.args.get("month")
        if g.hat.scope.breadth != "county":
            return redirect(url_for("Submissions.list", month=month))
        return self._overview(month)

    def _overview(self, month: str | None):
        months = queries.months(db.session)
        month = month if month in months else months[0] if months else None
        found = queries.overview(db.session, g.hat.county_id, month, today()) if month else None
        return self.render_template(
            "submissions/overview.html", title=_("Ledger submission"), months=months, month=month, found=found,
            month_words=month_words, shows=Show, ledgers=SubmittedLedger,
            is_late=queries.is_late, may_chase=g.hat.role in ("county_clerk", "county_head"), **self._common(),
        )

    @staticmethod
    def _common() -> dict:
        return {"today": today(), "states": SubmissionState, "can": g.hat.permits,
                "due_words": partial(due_words, warning_days=setting("warning_days"))}

    @expose("/<int:case_id>")
    @has_access
    @permission_name("read")
    def show(self, case_id: int):
        submission = queries.whole(db.session, case_id)
        if submission is None:
            raise NotFound
        read = case_page(db.session, submission, today(), current_app.config["DATA_DIR"],
                         request.args.get("freeze", type=int), request.args.get("of"))
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
        perform(db.session, self.noun, verb.name, case_id, form.version.data, g.hat,
                {"prepared": prepared, "client_key": key_sent()}, today())
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
        return redirect(url_for("Submissions.overview", month=month))


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
