"""The screens of occasions: the list, recording one, its page. Common: casework/views.py."""
from __future__ import annotations

from functools import partial

import sqlalchemy as sa
from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.access.scope import labels
from app.casework.assigning import TITLES as ASSIGNING
from app.casework.attachments import Attachment
from app.casework.clock import local, today
from app.casework.deadlines import due_words
from app.casework.errors import NotFound, Obstacle
from app.casework.history import TimelineEntry
from app.casework.listing import Selection, alike
from app.casework.lists import CaseList, Column, listed, opening
from app.casework.once import AlreadyMade
from app.casework.verbs import available
from app.casework.views import CaseView, put_fault, stored_files
from app.extensions import db
from app.occasions import forms, operations, wording
from app.occasions.models import Occasion, resting
from app.occasions.rules import reads_text
from app.occasions.states import OccasionKind, OccasionState, WeatherLevel
from app.occasions.verbs import OCCASIONS
from app.organization.dictionaries import names
from app.organization.models import Organization
from app.organization.settings import setting

LOG_ONLY = "download"  # who looked at a file is the auditor's to read
_occasions = Occasion.__table__
OCCASION_LIST = CaseList("occasions", (None, *OccasionState), (
    Column("no", _l("Number"), "number", fixed=True), Column("what", _lp("letter", "Title"), fixed=True),
    Column("src", _lp("occasion", "Kind")), Column("day", _lp("occasion", "Day"), "happened"),
    Column("unit", _l("Who said it, or the source")), Column("due", _l("To be answered by"), "due"),
    Column("state", _lp("occasion", "State")), Column("since", _l("In this state since"), extra=True),
    Column("verb", _l("Next step"), fixed=True),
))


@alike
def selection(_scope, filters: dict, state: str | None) -> Selection:
    asked = [_occasions.c.type == filters["type"]] if filters.get("type") else []
    return Selection("occasion", _occasions, state=state, conditions=tuple(asked), by_due=state == OccasionState.OPEN,
                     words=filters.get("q") or "")


def may_read(occasion: Occasion) -> bool:
    """Whether the wearer of the hat reads the text and its papers."""
    return reads_text(occasion.confidential, occasion.filed_by_id, g.hat.organization_ids, g.hat.role)


class Occasions(CaseView):
    """情形记录."""

    noun = OCCASIONS
    route_base = "/occasions"
    class_permission_name = "occasions"
    case_list = OCCASION_LIST

    def filter_form(self):
        return forms.FilterForm(request.args)

    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        if elsewhere := opening(OCCASION_LIST):
            return redirect(elsewhere)
        this = listed(OCCASION_LIST, self.filter_form(), selection)
        rows = {row.id: row for row in db.session.scalars(sa.select(Occasion).where(Occasion.id.in_(this.page.ids)))}
        found = [rows[i] for i in this.page.ids if i in rows]
        return self.render_template(
            "occasions/list.html", title=_("Occasions"), list=this, occasions=found, today=today(),
            states=OccasionState, kinds=OccasionKind, levels=WeatherLevel,
            verbs={one.id: next((verb for verb in available(OCCASIONS, one, g.hat, today()) if verb.primary), None)
                   for one in found},
            names=labels(db.session, Organization.__table__, [one.filed_by_id for one in found]),
            due_words=partial(due_words, warning_days=setting("warning_days")), can=g.hat.permits,
        )

    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("register")
    def new(self):
        form = forms.OccasionForm()
        if request.method == "GET":
            form.happened_on.data = today()
            if request.args.get("type") in set(OccasionKind):
                form.type.data = request.args["type"]
        elif form.validate():
            try:
                saved = operations.save(db.session, g.hat, OCCASIONS, form.occasion_data(),
                                        stored_files(form)["files"], today())
                flash(_("Saved."), "success")
                return redirect(self.url_of(saved.id))
            except AlreadyMade as made:
                return self.made_already(made)
            except Obstacle as obstacle:
                put_fault(form, obstacle)
        return self.render_template(
            "occasions/form.html", title=_("Record an occasion"), form=form, cancel=url_for("Occasions.list"),
        ), 422 if form.errors else 200

    @expose("/<int:case_id>")
    @has_access
    @permission_name("read")
    def show(self, case_id: int):
        occasion = self.case_or_404(case_id)
        return self.render_template(
            "occasions/show.html", title=occasion.number, verbs=self.verbs_for(occasion), can=g.hat.permits,
            **self._read(occasion))

    @expose("/<int:case_id>/timeline")
    @has_access
    @permission_name("read")
    def timeline(self, case_id: int):
        occasion = self.case_or_404(case_id)
        return self.timeline_paper(occasion, self._read(occasion))

    @staticmethod
    def _read(occasion: Occasion) -> dict:
        """What the page shows; of a confidential text only that there is one."""
        timeline = db.session.scalars(
            sa.select(TimelineEntry).where(TimelineEntry.case_id == occasion.id, TimelineEntry.verb != LOG_ONLY)
            .order_by(TimelineEntry.recorded_at.desc(), TimelineEntry.id.desc())).all()
        readable = may_read(occasion)
        files = db.session.scalars(sa.select(Attachment).where(Attachment.case_id == occasion.id)
                                   .order_by(Attachment.id)).all() if readable else []
        units = labels(db.session, Organization.__table__, [
            *occasion.unit_ids, occasion.filed_by_id, occasion.turn_organization_id])
        return {
            "letters": [row for rows in resting for row in rows(db.session, occasion.id)],
            "occasion": occasion, "readable": readable, "files": files, "names": units, "today": today(),
            "industry": names(db.session, [i for i in (occasion.industry_id,) if i]).get(occasion.industry_id),
            "local": local, "states": OccasionState, "kinds": OccasionKind, "levels": WeatherLevel,
            "due_words": partial(due_words, warning_days=setting("warning_days")),
            "verb_titles": {**wording.ENTRY_TITLES, **ASSIGNING, **{n: v.title for n, v in OCCASIONS.verbs.items()}},
            "field_titles": wording.TITLES, "said": wording.reader({}, {}),
            "timeline": [{"entry": e, "changes": e.changes, "back": e.verb == "cancel"} for e in timeline],
        }

    def _attachment_or_404(self, case_id: int, file_id: int) -> Attachment:
        if not may_read(self.case_or_404(case_id)):
            raise NotFound
        return super()._attachment_or_404(case_id, file_id)
