"""What the workbench shows of hazards: whose turn it is, and the numbers, each a link to the rows it counts."""
from __future__ import annotations

import datetime as dt

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.casework.desk import Column, Desk, Figure, Numbers, Turn, first_verb
from app.hazards import queries
from app.hazards.counted import COUNTS
from app.hazards.models import Hazard
from app.hazards.states import HazardState, Level
from app.hazards.verbs import HAZARDS
from app.organization.settings import setting


def turn(hazard: Hazard, hat, today: dt.date) -> Turn:
    rectifying = tuple(r.organization_id for r in hazard.rectifiers)
    return Turn(hazard, hazard.number, HazardState(hazard.state).title, rectifying,
                first_verb(HAZARDS, hazard, hat, today), hazard.claimed_on is not None)


def figures(hat, today: dt.date) -> list[Figure]:
    """Overdue, due soon, to be rectified, to be rechecked."""
    warning = setting("warning_days")

    def figure(title, look="", **query) -> Figure:
        filters = {name: value for name, value in query.items() if name != "state"}
        selection = queries.selection(hat.scope, filters, query.get("state"), today, warning)
        return Figure(title, selection, url_for("Hazards.list", **query), look)

    return [
        figure(_("Overdue"), "hot", due="over"),
        figure(_("Due within %(days)s days", days=warning), "warm", due="soon"),
        *(figure(state.title, state=state.value) for state in (HazardState.RECTIFYING, HazardState.AWAITING_RECHECK)),
    ]


def select(scope, filters, today: dt.date):
    return queries.selection(scope, filters, None, today, setting("warning_days"))


def columns(today: dt.date) -> list[Column]:
    """Of each unit that has a part in a hazard."""
    return [
        Column(_("In hand"), {"counted": "open"}),
        Column(_("Overdue"), {"due": "over"}, "hot"),
        Column(_("Within %(days)s days", days=setting("warning_days")), {"due": "soon"}, "warm"),
        Column(_("Not signed for"), {"counted": "unsigned"}),
        Column(_("Closed this month"), {"counted": f"closed.{today:%Y-%m}"}),
    ]


NUMBERS = Numbers("Hazards.list", select, COUNTS, columns, industry=Hazard.__table__.c.industry_id,
                  grave={"level": Level.MAJOR.value, "due": "over"})
DESK = Desk("hazard", _l("Hazard rectification"), "Hazards", "hazards/words.html", turn, figures, numbers=NUMBERS)
