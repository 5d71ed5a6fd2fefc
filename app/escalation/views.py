"""The screens of proposals: what waits to be decided, unit by unit; the decisions; the rules; a unit's ladder."""
from __future__ import annotations

import datetime as dt

from flask import abort, flash, g, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.permissions import Permission as P
from app.casework.clock import today
from app.casework.errors import CaseworkError, NotFound, Obstacle, Stale
from app.casework.views import put_fault
from app.escalation import drafts, operations, queries, unit_ladder
from app.escalation.forms import DismissForm, PostponeForm
from app.escalation.reading import Line, lines
from app.escalation.rules import BY_NAME, RULES
from app.escalation.states import LETTERS, Measure, ProposalState
from app.extensions import db
from app.gate import key, keys
from app.nouns import BY_KIND
from app.organization.settings import DEFINITIONS, values
from app.templating import has_screen

TAB_TITLES = {
    "open": ProposalState.OPEN.title, "postponed": ProposalState.POSTPONED.title,
    "accepted": ProposalState.ACCEPTED.title, "dismissed": ProposalState.DISMISSED.title,
    "itself": _l("Closed by themselves"),
}


def subject_url(line: Line) -> str:
    """Where the case can be read; empty where its screens are not there."""
    if line.subject is None:
        return ""
    room = BY_KIND.get(line.subject.kind)
    endpoint = f"{room.desk.view}.show" if room else ""
    return url_for(endpoint, case_id=line.subject.id) if has_screen(endpoint) else ""


def state_of(line: Line) -> str:
    """How its subject stands."""
    room = BY_KIND.get(line.subject.kind) if line.subject else None
    return str(room.noun.states.title_of(line.subject.state)) if room else ""


def whole_number(text: str | None) -> int | None:
    """A key that came in the address; None for what is none."""
    try:
        return key(text or "")
    except ValueError:
        return None


def asked_for() -> dict:
    """The list's filters, as the address names them."""
    asked = request.args
    return {
        "measure": asked.get("measure") if asked.get("measure") in set(Measure) else None,
        "rule": asked.get("rule") if asked.get("rule") in BY_NAME else None,
        "recipient_id": whole_number(asked.get("unit")),
    }


class Proposals(BaseView):
    """升级建议."""

    route_base = "/proposals"
    class_permission_name = "proposals"
    default_view = "list"

    def lines_of(self, proposals) -> list[Line]:
        return lines(db.session, proposals, today(), values(db.session, g.hat.county_id, today()))

    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        tab = request.args.get("tab") if request.args.get("tab") in queries.TABS else "open"
        every = request.args.get("whose") == "all" and g.hat.scope.breadth == "county"
        filters, number = asked_for(), min(max(request.args.get("page", 1, type=int) or 1, 1), 400)
        found, more = queries.page(db.session, g.hat, tab, every, filters, number)
        shown = self.lines_of(found)
        return self.render_template(
            "proposals/list.html", title=_("Escalation proposals"), tab=tab, tabs=TAB_TITLES, every=every,
            filters=filters, counts=queries.counts(db.session, g.hat, every, filters), cap=queries.CAP,
            groups=queries.grouped(shown) if tab in queries.WAITING_TABS else (), shown=shown, page=number,
            more=more, size=queries.SIZE, measures=Measure, rules=RULES, states=ProposalState, letters=LETTERS,
            subject_url=subject_url, state_of=state_of, address={"whose": "all"} if every else {},
            can_draft=g.hat.permits(P.LETTERS_DRAFT) and has_screen("Letters.new"),
            may_accept=self._may(operations.may_accept), may_decide=self._may(operations.may_decide),
            swept=queries.last_sweep(db.session, g.hat.county_id, today()), today=today(),
        )

    def _may(self, question):
        """A function that tells of a proposal whether this hat may."""
        acts = g.hat.permits(P.PROPOSALS_ACT)
        return lambda proposal: acts and question(proposal, g.hat)

    # ── decisions ──────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/accept", methods=["POST"])
    @has_access
    @permission_name("act")
    def accept(self):
        """One proposal or several, each on its own; what was not done is told with its reason."""
        chosen, done = keys(request.form.getlist("rowid")), 0
        found = {line.proposal.id: line for line in self.lines_of(queries.load(db.session, chosen))}
        if not chosen:
            flash(_("Nothing selected. Tick the rows first."), "warning")
        elif not found:
            raise NotFound
        said = {i: (line.why, line.measure) for i, line in found.items()}
        for proposal_id, (why, _measure) in said.items():
            try:
                operations.accept(db.session, g.hat, proposal_id, whole_number(request.form.get(f"v{proposal_id}")),
                                  today(), comment=_("%(why)s Please see to it now.", why=why))
                done += 1
            except CaseworkError as error:
                flash(f"{why} {error}", "warning")
        if done:
            chased = all(measure == Measure.CHASE for _why, measure in said.values())
            flash(_("%(count)s chased.", count=done) if chased else _("%(count)s accepted.", count=done), "success")
        return redirect(self._back())

    def _back(self) -> str:
        """The list as it was left: its own filters, and no other address."""
        kept = {name: request.form[name] for name in ("whose", "measure", "rule", "unit") if request.form.get(name)}
        return url_for("Proposals.list", **kept)

    @expose("/draft")
    @has_access
    @permission_name("act")
    def draft(self):
        """Opens the prefilled draft of one letter for the proposals chosen; nothing is changed by it."""
        found = self.lines_of(queries.load(db.session, keys(request.args.getlist("rowid"))[:queries.SIZE]))
        if request.args.getlist("rowid") and not found:
            raise NotFound
        try:
            if not has_screen("Letters.new"):
                raise Obstacle(_("The letters' screens are not there yet."))
            return redirect(drafts.draft_url(db.session, found))
        except Obstacle as obstacle:
            flash(str(obstacle), "warning")
            return redirect(url_for("Proposals.list"))

    @expose("/<int:proposal_id>/postpone", methods=["GET", "POST"])
    @has_access
    @permission_name("act")
    def postpone(self, proposal_id: int):
        def operation(form):
            operations.postpone(db.session, g.hat, proposal_id, form.version.data, form.to.data, today())

        form = PostponeForm(to=today() + dt.timedelta(days=7))
        return self._decide(proposal_id, form, _("Postpone"), _("Postponed."), operation)

    @expose("/<int:proposal_id>/dismiss", methods=["GET", "POST"])
    @has_access
    @permission_name("act")
    def dismiss(self, proposal_id: int):
        def operation(form):
            operations.dismiss(db.session, g.hat, proposal_id, form.version.data, form.reason.data, today())

        return self._decide(proposal_id, DismissForm(), _("Dismiss"), _("Dismissed."), operation)

    def _decide(self, proposal_id: int, form, title: str, done: str, operation):
        found = self.lines_of(queries.load(db.session, [proposal_id]))
        if not found:
            raise NotFound
        if request.method == "POST" and form.validate():
            try:
                operation(form)
                flash(done, "success")
                return redirect(url_for("Proposals.list"))
            except Stale as stale:
                flash(str(stale), "warning")
                return redirect(url_for("Proposals.list"))
            except Obstacle as obstacle:
                put_fault(form, obstacle)
                found = self.lines_of(queries.load(db.session, [proposal_id]))
        elif request.method == "GET":
            form.version.data = found[0].proposal.version
        return self.render_template(
            "proposals/decide.html", title=title, line=found[0], form=form, action=request.path,
            cancel=url_for("Proposals.list"),
        ), 422 if form.errors else 200

    @expose("/<int:proposal_id>/reconsider", methods=["POST"])
    @has_access
    @permission_name("act")
    def reconsider(self, proposal_id: int):
        version = whole_number(request.form.get("version"))
        if version is None:
            abort(400)
        try:
            operations.reconsider(db.session, g.hat, proposal_id, version, today())
            flash(_("It waits to be decided again."), "success")
        except Stale as stale:
            flash(str(stale), "warning")
        return redirect(url_for("Proposals.list"))

    # ── what stands behind ─────────────────────────────────────────────────────────────────────────────────────
    @expose("/rules")
    @has_access
    @permission_name("read")
    def rules(self):
        """规则: each with its clause, what it goes by, and what it proposes."""
        settings = values(db.session, g.hat.county_id, today())
        return self.render_template("proposals/rules.html", title=_("Escalation rules"), rules=RULES,
                                    settings=settings, definitions=DEFINITIONS)

    @expose("/unit/<int:unit_id>")
    @has_access
    @permission_name("read")
    def ladder(self, unit_id: int):
        """A unit's whole ladder, as far as the reader may see it."""
        unit = unit_ladder.unit_or_none(db.session, unit_id)
        if unit is None:
            raise NotFound
        return self.render_template(
            "proposals/ladder.html", title=_("Ladder of %(unit)s", unit=unit.short_name or unit.name), unit=unit,
            found=unit_ladder.ladder(db.session, g.hat, unit, today()), today=today(), rooms=BY_KIND,
            has_screen=has_screen,
        )


