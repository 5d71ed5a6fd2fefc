"""The screens of tasks: the list, registering, last year's list, the task's page. Common: casework/views.py."""
from __future__ import annotations

import datetime as dt
from functools import partial

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.clock import today
from app.casework.deadlines import due_words
from app.casework.errors import Obstacle
from app.casework.lists import CaseList, Column, filters_of, listed, opening, state_of
from app.casework.once import AlreadyMade
from app.casework.verbs import How, how_may, in_bulk
from app.casework.views import CaseView, put_fault, stored_files
from app.extensions import db
from app.gate import key, keys
from app.ledgers.exporting import said, send_blank, send_ledger
from app.ledgers.files import month_bounds
from app.organization.settings import setting
from app.tasks import forms, papers, queries, registering, spawning  # noqa: F401 - spawning declares the daily job
from app.tasks.casepage import task_page
from app.tasks.ledger import TASK_LEDGER
from app.tasks.models import Task
from app.tasks.shares.verbs import SHARES
from app.tasks.states import Source, TaskState
from app.tasks.verbs import TASKS

TASK_LIST = CaseList("tasks", (None, *TaskState), (
    Column("no", _l("Number"), "number", fixed=True), Column("what", _l("Main task"), fixed=True),
    Column("unit", _l("Responsible units")), Column("src", _l("Source, paper")),
    Column("day", _l("Assigned on"), "happened", extra=True), Column("due", _lp("task", "Deadline"), "due"),
    Column("state", _lp("task", "State")), Column("since", _l("In this state since"), extra=True),
    Column("turn", _lp("task", "Progress")), Column("verb", _l("Next step"), fixed=True),
))


def filter_form(cls=forms.FilterForm):
    form = cls(request.args)
    form.year.choices = [("", _("All years")), *((str(year), str(year)) for year in queries.years(today()))]
    return form


def selecting(of):
    """A selection as of today, by the county's settings."""
    return partial(of, today=today(), warning_days=setting("warning_days"), unsigned_days=setting("unsigned_days"))


class Tasks(CaseView):
    """重点工作任务清单."""

    noun = TASKS
    route_base = "/tasks"
    class_permission_name = "tasks"
    case_list = TASK_LIST

    def filter_form(self):
        return filter_form()

    # ── the list ───────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        if elsewhere := opening(TASK_LIST):
            return redirect(elsewhere)
        day = today()
        this = listed(TASK_LIST, self.filter_form(), selecting(queries.selection))
        tasks = queries.load(db.session, this.page.ids)
        own = {share.head_id: share for share in queries.shares_of(db.session, this.page.ids, g.hat.organization_ids)}
        summaries = queries.summaries(db.session, tasks, day, setting("unsigned_days"))
        units = [unit for summary in summaries.values() for unit in summary.units[:3]]
        return self.render_template(
            "tasks/list.html", title=_("Key task list"), list=this, tasks=tasks, summaries=summaries, own=own,
            names=queries.unit_names(db.session, [*units, *(task.filed_by_id for task in tasks)]),
            next={task.id: self._next(task, own.get(task.id), summaries[task.id], day) for task in tasks},
            bulk_verbs=in_bulk(TASKS, g.hat.role), months=_months(day),
            due_words=partial(due_words, warning_days=setting("warning_days")), today=day, states=TaskState,
            sources=Source, can=g.hat.permits,
        )

    @staticmethod
    def _next(task: Task, share, summary: queries.Summary, day: dt.date) -> tuple | None:
        """`(endpoint, case id, verb)` that the row offers: the own share's step, else the task's, else chasing."""
        own_turn = share is not None and share.is_turn_of(g.hat)
        endpoint, case, noun = ("TaskShares", share, SHARES) if own_turn else ("Tasks", task, TASKS)
        for verb in noun.verbs.values():
            offered = verb.primary or (verb.name == "chase" and summary.is_late)
            if offered and how_may(noun, verb, case, g.hat) and verb.rule(case, g.hat, day) is None:
                return f"{endpoint}.do", case.id, verb
        return None

    # ── registering ────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("register")
    def new(self):
        try:
            return self._edit_draft(None)
        except AlreadyMade as made:
            return self.made_already(made)

    @expose("/<int:case_id>/edit", methods=["GET", "POST"])
    @has_access
    @permission_name("register")
    def edit(self, case_id: int):
        """A draft's content; after the draft there is no generic form."""
        task = self.case_or_404(case_id)
        if task.state != TaskState.DRAFT or how_may(TASKS, TASKS.verbs["submit"], task, g.hat) is not How.OWN:
            return redirect(self.url_of(case_id))
        return self._edit_draft(task)

    def _edit_draft(self, task: Task | None):
        form = forms.TaskForm()
        lines = []
        if request.method == "POST":
            lines = self._lines_posted(form)
            if "list" not in request.form and form.validate() and (saved := self._save(form, task, lines)):
                return redirect(self.url_of(saved.id))
        else:
            like = task or self._copied(form)
            lines = registering.prefill(db.session, form, like, today(), copied=task is None)
        names = queries.unit_names(db.session, [line["unit"] for line in lines])
        return self.render_template(
            "tasks/form.html", title=_("Edit the draft") if task else _("Register a task"), form=form, task=task,
            version=request.form.get("version") or (task and task.version), lines=lines, names=names,
            parent=self._found(form.parent_id.data), previous=self._found(form.previous_id.data),
            cancel=self.url_of(task.id) if task else url_for("Tasks.list"),
        ), 422 if form.errors else 200

    def _copied(self, form) -> Task | None:
        form.parent_id.data = request.args.get("parent", type=key)
        copied = request.args.get("copy", type=key)
        return self._found(copied)

    @staticmethod
    def _found(task_id: int | None) -> Task | None:
        return db.session.get(Task, task_id) if task_id else None

    @staticmethod
    def _lines_posted(form) -> list[dict]:
        """The table of units: whom the form names now, with what was typed beside them."""
        named = form.named()
        details = forms.details_posted([unit for unit, _part in named])
        return [{"unit": unit, "part": part, **details[unit]} for unit, part in named]

    def _save(self, form, task: Task | None, lines: list[dict]) -> Task | None:
        try:
            data = registering.data_of(form, {line["unit"]: line for line in lines})
            data.pop("files", None)
            return registering.save(
                db.session, g.hat, data, stored_files(form)["files"], today(), task and task.id,
                request.form.get("version", type=int), issue="issue" in request.form,
                untouched=form.untouched(),
            )
        except Obstacle as obstacle:
            put_fault(form, obstacle)
            return None

    # ── last year's list ───────────────────────────────────────────────────────────────────────────────────────
    @expose("/carry-over", methods=["GET", "POST"])
    @has_access
    @permission_name("register")
    def carry_over(self):
        """Tick tasks of an earlier year; drafts of this year, linked to them, are made of them."""
        day = today()
        year = request.args.get("year", type=key) or day.year - 1
        if request.method == "POST":
            try:
                made = registering.carry_over(
                    db.session, g.hat, keys(request.form.getlist("rowid")), day.year, day)
                flash(_("%(count)s drafts of %(year)s were made. Check their deadlines, then issue them.",
                        count=len(made), year=day.year), "success")
                return redirect(url_for("Tasks.list", state=TaskState.DRAFT.value))
            except Obstacle as obstacle:
                flash(str(obstacle), "warning")
        tasks = db.session.scalars(registering.to_carry_over(g.hat, min(year, day.year - 1))).all()
        summaries = queries.summaries(db.session, tasks, day)
        return self.render_template(
            "tasks/carry_over.html", title=_("From an earlier year's list"), tasks=tasks, year=min(year, day.year - 1),
            years=range(day.year - 1, day.year - 5, -1), states=TaskState, summaries=summaries, this_year=day.year,
            names=queries.unit_names(db.session, [u for s in summaries.values() for u in s.units[:3]]),
        )

    # ── one task ───────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/<int:case_id>")
    @has_access
    @permission_name("read")
    def show(self, case_id: int):
        task = self.case_or_404(case_id)
        return self.render_template(
            "tasks/show.html", title=task.number or _("Draft"), verbs=self.verbs_for(task), can=g.hat.permits,
            **task_page(db.session, task, g.hat, today()),
        )

    @expose("/<int:case_id>/sheet")
    @has_access
    @permission_name("read")
    def sheet(self, case_id: int):
        """任务单: the task on paper, with the shares that its reader finds."""
        task = self.case_or_404(case_id)
        return self.render_template("tasks/sheet.html", title=_("Key task sheet"), back=self.url_of(case_id),
                                    printed_on=today(), **papers.sheet(db.session, task))

    @expose("/<int:case_id>/timeline")
    @has_access
    @permission_name("read")
    def timeline(self, case_id: int):
        task = self.case_or_404(case_id)
        return self.timeline_paper(task, task_page(db.session, task, g.hat, today()))

    # ── form 1 out ─────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/export")
    @has_access
    @permission_name("export")
    def export(self):
        """What the current filter shows, all of it, in the form of attachment 1; or a month's list."""
        filters, state = filters_of(filter_form()), state_of(TASK_LIST)
        month = request.args.get("month") or None
        if month is not None:
            try:
                month_bounds(month)
            except (ValueError, OverflowError):
                abort(400)
            query = {"month": month, "unit": filters.get("unit")}
        else:
            query = {**filters, "state": state}
        return send_ledger(current_app, db.session, g.hat, TASK_LEDGER, said(query), today(),
                           request.args.get("paper", ""))

    @expose("/blank")
    @has_access
    @permission_name("export")
    def blank(self):
        return send_blank(current_app, db.session, g.hat, TASK_LEDGER, today())


def _months(day: dt.date) -> list[str]:
    return [day.strftime("%Y-%m"), (day.replace(day=1) - dt.timedelta(days=1)).strftime("%Y-%m")]

