"""The screens of deliveries: letters received and sent, a delivery's page, its receipt on paper, chasing at once."""
from __future__ import annotations

from dataclasses import replace

from flask import g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from flask_babel import pgettext

from app.casework.clock import today
from app.casework.errors import NotFound
from app.casework.lists import CaseList, Column, listed, opening
from app.casework.verbs import in_bulk
from app.casework.views import CaseView
from app.deliveries import queries
from app.deliveries.casepage import common, delivery_page, next_steps
from app.deliveries.forms import FilterForm
from app.deliveries.measures import MEASURES
from app.deliveries.models import Delivery
from app.deliveries.queries import Tab
from app.deliveries.states import DeliveryState
from app.deliveries.verbs import DELIVERIES
from app.extensions import db
from app.gate import key
from app.organization.settings import setting
from app.papers.operations import render_soon

DELIVERY_LIST = CaseList("deliveries", (None, *Tab), (
    Column("no", _l("Number"), "number", fixed=True), Column("what", _lp("delivery", "Letter"), fixed=True),
    Column("unit", _l("Recipient"), fixed=True), Column("src", _l("Sent by, day"), "happened"),
    Column("due", _lp("delivery", "Deadline"), "due"), Column("state", _lp("task", "State")),
    Column("turn", _l("Signed for")), Column("replied", _lp("delivery", "Reported on"), extra=True),
    Column("since", _l("In this state since"), extra=True), Column("verb", _l("Next step"), fixed=True),
))
# Of what the unit received nobody asks who the recipient is.
RECEIVED_LIST = replace(DELIVERY_LIST, columns=tuple(one for one in DELIVERY_LIST.columns if one.name != "unit"))
PAPERED = frozenset({"acknowledge", "record_receipt", "deem_served", "file_plan", "replace_plan", "report",
                     "approve_extension", "refuse_extension"})


def usual_part(scope, filters: dict) -> str:
    """A unit looks at what it received; by words, or at another unit, at all it finds: so a search leads here."""
    return "all" if scope.breadth == "county" or filters.get("q") or filters.get("unit") else "received"


class Deliveries(CaseView):
    """送达与签收: 收到的函, and what became of those that were sent."""

    noun = DELIVERIES
    route_base = "/deliveries"
    class_permission_name = "deliveries"
    verb_template = "deliveries/verb.html"
    case_list = DELIVERY_LIST

    def filter_form(self):
        return FilterForm(request.args)

    def name_of(self, case: Delivery) -> str:
        name = queries.unit_names(db.session, [case.recipient_id]).get(case.recipient_id, "")
        return f"{case.head.number if case.head else ''}　{name}"

    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        if elsewhere := opening(DELIVERY_LIST):
            return redirect(elsewhere)
        day, warning = today(), setting("warning_days")

        def select(scope, filters: dict, tab: str | None):
            asked = {"part": usual_part(scope, filters), **filters}
            return queries.selection(scope, asked, Tab(tab) if tab else None, day, warning)

        this = listed(DELIVERY_LIST, self.filter_form(), select)
        part = this.form.part.data = this.filters.get("part") or usual_part(g.hat.scope, this.filters)
        this.case_list = RECEIVED_LIST if part == "received" else DELIVERY_LIST
        found = queries.load(db.session, this.page.ids)
        return self.render_template(
            "deliveries/list.html", title=self._title(part), list=this, deliveries=found, part=part,
            next_steps=next_steps(found, g.hat, day),
            bulk_verbs=in_bulk(DELIVERIES, g.hat.role), can=g.hat.permits, **common(db.session, found, day),
        )

    @staticmethod
    def _title(part: str) -> str:
        return {"received": _("Letters received"), "sent": _("Letters sent, and their receipt")}.get(
            part, _("Service and receipt of letters"))

    @expose("/<int:case_id>")
    @has_access
    @permission_name("read")
    def show(self, case_id: int):
        delivery = self._whole_or_404(case_id)
        read = delivery_page(db.session, delivery, today())
        return self.render_template(
            "deliveries/show.html", title=f"{delivery.head.number}　{read['names'].get(delivery.recipient_id, '')}",
            verbs=self.verbs_for(delivery), can=g.hat.permits,
            file_url=lambda file_id: url_for("Deliveries.file", case_id=case_id, file_id=file_id), **read,
        )

    @expose("/<int:case_id>/timeline")
    @has_access
    @permission_name("read")
    def timeline(self, case_id: int):
        delivery = self._whole_or_404(case_id)
        return self.timeline_paper(delivery, delivery_page(db.session, delivery, today()))

    @expose("/<int:case_id>/receipt")
    @has_access
    @permission_name("read")
    def receipt(self, case_id: int):
        """送达回证 on A4: filled in where it was signed for, with lines to write on where not."""
        delivery = self._whole_or_404(case_id)
        return self.render_template(
            "deliveries/receipt.html", title=pgettext("paper", "Certificate of service"), delivery=delivery,
            head=delivery.head, back=self.url_of(case_id), printed_on=today(),
            **common(db.session, [delivery], today()),
        )

    @expose("/chase", methods=["POST"])
    @has_access
    @permission_name("act")
    def chase_unsigned(self):
        """一键催办: all of one letter who have not signed for it; what was not done is told with its reason."""
        try:
            head_id = key(request.form.get("head_id", ""))
        except ValueError:
            raise NotFound from None
        unsigned = [one for one in queries.of_head(db.session, head_id) if one.state == DeliveryState.SERVED]
        if not unsigned:
            raise NotFound
        view = MEASURES[unsigned[0].measure].view
        self.chase_at_once([one.id for one in unsigned], {"channel": "system", "comment": _("Please sign for it now.")})
        back = url_for(f"{view}.show", case_id=head_id) if view else url_for("Deliveries.list", part="sent")
        return redirect(back)

    def perform(self, verb, case_id: int, form) -> None:
        """Receipt, reply or decision as a Word file at once; where that fails, the worker owes it."""
        super().perform(verb, case_id, form)
        if verb.name in PAPERED:
            render_soon(case_id)

    @staticmethod
    def _whole_or_404(case_id: int) -> Delivery:
        delivery = db.session.get(Delivery, case_id, options=queries.ALONE)
        if delivery is None or delivery.head is None:
            raise NotFound
        return delivery
