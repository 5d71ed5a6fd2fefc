"""The screens of shares: what the own unit owes, the office's list for chasing, a share's page."""
from __future__ import annotations

from functools import partial

from flask import g, redirect
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.clock import today
from app.casework.deadlines import due_words
from app.casework.errors import NotFound
from app.casework.lists import CaseList, Column, listed, opening
from app.casework.verbs import in_bulk
from app.casework.views import CaseView
from app.extensions import db
from app.organization.settings import setting
from app.tasks import queries
from app.tasks.casepage import flags, next_steps, share_page
from app.tasks.forms import ShareFilterForm
from app.tasks.models import Share
from app.tasks.shares.verbs import SHARES
from app.tasks.states import TaskState
from app.tasks.views import filter_form, selecting

SHARE_LIST = CaseList("task_shares", (None, *(state for state in TaskState if state != TaskState.DRAFT)), (
    Column("no", _l("Number"), "number", fixed=True), Column("what", _l("Main task"), fixed=True),
    Column("unit", _l("Responsible unit")), Column("src", _l("Issued by")),
    Column("day", _l("Assigned on"), "happened", extra=True),
    Column("due", _lp("task", "Deadline"), "due"), Column("state", _lp("task", "State")),
    Column("since", _l("In this state since"), extra=True), Column("turn", _lp("task", "Progress")),
    Column("verb", _l("Next step"), fixed=True),
))


class TaskShares(CaseView):
    """任务分解与填报: each responsible unit's share of a task."""

    noun = SHARES
    route_base = "/tasks/shares"
    class_permission_name = "tasks"
    verb_template = "tasks/share_verb.html"
    case_list = SHARE_LIST

    def filter_form(self):
        return filter_form(ShareFilterForm)

    def name_of(self, case: Share) -> str:
        name = queries.unit_names(db.session, [case.unit_id]).get(case.unit_id, "")
        return f"{case.task.number}　{name}"

    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        if elsewhere := opening(SHARE_LIST):
            return redirect(elsewhere)
        day, unsigned = today(), setting("unsigned_days")
        this = listed(SHARE_LIST, self.filter_form(), selecting(queries.share_selection))
        shares = queries.load_shares(db.session, this.page.ids)
        return self.render_template(
            "tasks/shares.html", title=_("Shares of the units"), list=this, shares=shares,
            names=queries.unit_names(db.session, [i for s in shares for i in (s.unit_id, s.filed_by_id)]),
            next_steps=next_steps(shares, g.hat, day, unsigned),
            bulk_verbs=in_bulk(SHARES, g.hat.role), states=TaskState, today=day,
            due_words=partial(due_words, warning_days=setting("warning_days")), can=g.hat.permits,
            **flags(day, unsigned),
        )

    @expose("/<int:case_id>")
    @has_access
    @permission_name("read")
    def show(self, case_id: int):
        share = self._whole_or_404(case_id)
        read = share_page(db.session, share, today())
        return self.render_template(
            "tasks/share.html", title=f"{share.task.number}　{read['names'].get(share.unit_id, '')}",
            verbs=self.verbs_for(share), can=g.hat.permits, **read,
        )

    @expose("/<int:case_id>/timeline")
    @has_access
    @permission_name("read")
    def timeline(self, case_id: int):
        share = self._whole_or_404(case_id)
        return self.timeline_paper(share, share_page(db.session, share, today()))

    @staticmethod
    def _whole_or_404(case_id: int) -> Share:
        share = db.session.get(Share, case_id, options=queries.WHOLE)
        if share is None or share.task is None:
            raise NotFound
        return share
