"""What the workbench shows of deliveries: what waits for the unit, and the numbers."""
from __future__ import annotations

import datetime as dt

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_pgettext as _lp
from flask_babel import pgettext

from app.casework.desk import Column, Desk, Figure, Numbers, Turn, first_verb
from app.deliveries import queries
from app.deliveries.counted import COUNTS
from app.deliveries.models import Delivery
from app.deliveries.queries import Tab
from app.deliveries.states import DeliveryState
from app.deliveries.verbs import DELIVERIES
from app.organization.settings import setting


def turn(delivery: Delivery, hat, today: dt.date) -> Turn:
    """A delivery goes by its letter's number, and by the unit that got it."""
    return Turn(delivery, delivery.head.number, DeliveryState(delivery.state).title, (delivery.recipient_id,),
                first_verb(DELIVERIES, delivery, hat, today), delivery.replied_on is not None)


def figures(hat, today: dt.date) -> list[Figure]:
    """What the unit has to sign and to answer; of what it sent (of the county for its office): unsigned, unanswered,
    and answers that it has to judge.
    """
    county = hat.scope.breadth == "county"

    def figure(title, part: str, tab: Tab | None = None, due: str | None = None, look: str = "") -> Figure:
        asked = {name: value for name, value in (("part", part), ("due", due)) if value}
        selection = queries.selection(hat.scope, asked, tab, today, setting("warning_days"))
        return Figure(title, selection, url_for("Deliveries.list", state=tab and tab.value, **asked), look)

    sent = "all" if county else "sent"
    found = [] if county else [figure(_("Letters to sign for"), "received", Tab.TO_SIGN, look="warm")]
    found.append(figure(_("Replies overdue"), "all" if county else "ours", due="over", look="hot"))
    if hat.role != "enterprise":
        found += [figure(_("Letters not signed for in time"), sent, due="unsigned", look="hot"),
                  figure(_("Results to judge"), sent, Tab.REPORTED)]
    return found


def select(scope, filters, today: dt.date):
    return queries.selection(scope, filters, None, today, setting("warning_days"))


def columns(today: dt.date) -> list[Column]:
    """Of each unit that got letters."""
    return [
        Column(pgettext("delivery", "Under way"), {"counted": "open"}),
        Column(_("Replies overdue"), {"due": "over"}, "hot"),
        Column(_("Not signed for in time"), {"due": "unsigned"}, "hot"),
        Column(_("Done this month"), {"counted": f"closed.{today:%Y-%m}"}),
    ]


NUMBERS = Numbers("Deliveries.list", select, COUNTS, columns, unit=Delivery.__table__.c.recipient_id,
                  ours={"part": "ours"})
DESK = Desk("delivery", _lp("delivery", "Letters"), "Deliveries", "deliveries/words.html", turn, figures,
            _lp("delivery", "Letter"), loads=("head",), numbers=NUMBERS)
