"""The screens of letters: the list, drafting, the letter's page. Common: casework/views.py."""
from __future__ import annotations

from functools import partial

from flask import current_app, flash, g, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.clock import today
from app.casework.deadlines import due_words
from app.casework.errors import NotFound, Obstacle
from app.casework.lists import CaseList, Column, filters_of, listed, opening, state_of
from app.casework.once import AlreadyMade
from app.casework.verbs import How, how_may
from app.casework.views import CaseView, put_fault, stored_files
from app.extensions import db
from app.letters import drafting, forms, prefilling, queries, rules, shown
from app.letters.casepage import letter_page
from app.letters.exporting import send_letters
from app.letters.models import Letter
from app.letters.states import SUGGESTED_TYPE, LetterState, LetterType, Situation
from app.letters.verbs import LETTERS
from app.organization.settings import setting
from app.papers.operations import render_soon

LETTER_LIST = CaseList("letters", (None, *LetterState), (
    Column("no", _l("Number"), "number", fixed=True), Column("what", _lp("letter", "Title"), fixed=True),
    Column("unit", _l("Recipients")), Column("src", _l("Signed on"), "happened"),
    Column("due", _l("Nearest day"), "due"), Column("state", _lp("letter", "State")),
    Column("since", _l("In this state since"), extra=True), Column("verb", _l("Next step"), fixed=True),
))


class Letters(CaseView):
    """函件."""

    noun = LETTERS
    route_base = "/letters"
    class_permission_name = "letters"
    verb_template = "letters/verb.html"
    case_list = LETTER_LIST

    def filter_form(self):
        return forms.FilterForm(request.args)

    # ── the list ───────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        if elsewhere := opening(LETTER_LIST):
            return redirect(elsewhere)
        day = today()
        this = listed(LETTER_LIST, self.filter_form(), partial(queries.selection, today=day))
        letters = queries.load(db.session, this.page.ids)
        summaries = queries.summaries(db.session, letters, day)
        return self.render_template(
            "letters/list.html", title=_("Letters sent and drafted"), list=this, letters=letters, summaries=summaries,
            names=queries.unit_names(db.session, [
                *(unit for s in summaries.values() for unit in s.units[:3]), *(one.filed_by_id for one in letters)]),
            next={letter.id: self._next(letter, summaries[letter.id], day) for letter in letters},
            states=LetterState, types=LetterType, situations=Situation, today=day,
            due_words=partial(due_words, warning_days=setting("warning_days")), can=g.hat.permits,
        )

    @staticmethod
    def _next(letter: Letter, summary: queries.Summary, day):
        """The verb that the row offers: the own unit's step, else chasing those who have not signed."""
        for verb in LETTERS.verbs.values():
            offered = verb.primary or (verb.name == "chase" and summary.unsigned and summary.over)
            if offered and how_may(LETTERS, verb, letter, g.hat) is How.OWN and verb.rule(letter, g.hat, day) is None:
                return verb
        return None

    @expose("/export")
    @has_access
    @permission_name("export")
    def export(self):
        """What the current filter shows, all of it, a row for each recipient."""
        filters = filters_of(self.filter_form())
        return send_letters(current_app, db.session, g.hat, filters, state_of(LETTER_LIST), today())

    @expose("/lookup")
    @has_access
    @permission_name("draft")
    def lookup(self):
        """Records that show a situation, while one types."""
        return jsonify(results=shown.find(db.session, g.hat.scope, request.args.get("q", "")))

    # ── drafting ───────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("draft")
    def new(self):
        """A fresh draft; what the address may say: `prefilling.fill`."""
        try:
            return self._draft_page(None)
        except AlreadyMade as made:
            return self.made_already(made)

    @expose("/<int:case_id>/edit", methods=["GET", "POST"])
    @has_access
    @permission_name("draft")
    def edit(self, case_id: int):
        """A draft's content; after the draft there is no generic form."""
        letter = self.case_or_404(case_id)
        if letter.state != LetterState.DRAFT or how_may(LETTERS, LETTERS.verbs["submit"], letter, g.hat) is None:
            return redirect(self.url_of(case_id))
        return self._draft_page(letter)

    def _draft_page(self, letter: Letter | None):
        form, posted = forms.LetterForm(), {}
        if request.method == "GET":
            prefilling.fill(db.session, form, g.hat, request.args, today(), letter)
        else:
            posted = forms.vias_posted(form.units())
        lines = prefilling.lines(db.session, form.units(), letter, posted)
        if request.method == "POST" and "list" not in request.form and "more" not in request.form and form.validate():
            if saved := self._save(form, letter, lines):
                return redirect(self.url_of(saved.id))
        elif request.method == "POST" and "more" in request.form:
            form.problems.append_entry()
        return self.render_template(
            "letters/form.html", title=_("Edit the draft") if letter else _("Draft a letter"), form=form,
            letter=letter, version=request.form.get("version") or (letter and letter.version), lines=lines,
            suggested=rules.suggested_type(form.situations()), suggestions=SUGGESTED_TYPE, types=LetterType,
            days={one.value: prefilling.days_of(one.value) for one in LetterType},
            before=self._before(form, letter), cancel=self.url_of(letter.id) if letter else url_for("Letters.list"),
        ), 422 if form.errors else 200

    @staticmethod
    def _before(form, draft: Letter | None) -> list[tuple[str, Letter]]:
        """`(how, letter)` that the draft corrects or follows or that rests on its records, as far as its writer
        finds it: nobody warns fifteen townships of one rain twice unawares."""
        found = (("corrects", form.corrects_id.data), ("escalates", form.escalated_from_id.data))
        before = [(how, letter) for how, i in found if i and (letter := db.session.get(Letter, i)) is not None]
        records = {one["shown_by_id"] for one in form.triggers()} - {None}
        resting = queries.resting_on(db.session, records) if records else ()
        known = {letter.id for _how, letter in before} | {draft.id if draft else None}
        return before + [("rests_too", letter) for letter in resting if letter.id not in known]

    def _save(self, form, letter: Letter | None, lines: list[dict]) -> Letter | None:
        try:
            data = form.letter_data({line["unit"]: line["via"] for line in lines})
            saved = drafting.save(
                db.session, g.hat, data, stored_files(form)["files"], today(), letter and letter.id,
                request.form.get("version", type=int), submit="submit" in request.form, proposals=form.proposals.ids)
            flash(_("Saved and sent for checking.") if "submit" in request.form else _("Saved as a draft."), "success")
            return saved
        except Obstacle as obstacle:
            put_fault(form, obstacle)
            return None

    def case_or_404(self, case_id: int) -> Letter:
        """With all that its page says of it."""
        letter = queries.whole(db.session, case_id)
        if letter is None:
            raise NotFound
        return letter

    # ── one letter ─────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/<int:case_id>")
    @has_access
    @permission_name("read")
    def show(self, case_id: int):
        letter = self.case_or_404(case_id)
        read = letter_page(db.session, letter, g.hat, today())
        verbs = [verb for verb in self.verbs_for(letter) if verb.name != "chase" or read["summary"].unsigned]
        return self.render_template("letters/show.html", title=letter.number or _("Draft"), verbs=verbs,
                                    can=g.hat.permits, **read)

    @expose("/<int:case_id>/timeline")
    @has_access
    @permission_name("read")
    def timeline(self, case_id: int):
        letter = self.case_or_404(case_id)
        read = letter_page(db.session, letter, g.hat, today())  # whose `states` are the deliveries'
        return self.timeline_paper(letter, {**read, "states": LetterState})

    def around_verb(self, verb, case) -> dict:
        """Who checks or signs has the letter before him."""
        return queries.text_of(db.session, case.id) if verb.name in ("check", "sign") else {}

    def perform(self, verb, case_id: int, form) -> None:
        """A signed letter's Word file is there at once; where that fails, the worker owes it."""
        super().perform(verb, case_id, form)
        if verb.name == "sign":
            render_soon(case_id)
