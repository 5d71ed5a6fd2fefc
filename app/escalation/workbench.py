"""What the workbench shows of proposals: how many wait to be decided."""
from __future__ import annotations

import datetime as dt

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.permissions import Permission as P
from app.casework.desk import Desk, Figure
from app.escalation.queries import ids
from app.escalation.states import Measure


def figures(hat, today: dt.date) -> list[Figure]:
    """Of the own unit; a leader's are all of the county."""
    if not hat.permits(P.PROPOSALS_READ):
        return []
    every = not hat.permits(P.PROPOSALS_ACT)
    more = {"whose": "all"} if every else {}

    def figure(title, look="", **filters) -> Figure:
        return Figure(title, ids(hat, "open", every, filters), url_for("Proposals.list", **more, **filters), look)

    return [
        figure(_("To be decided"), "hot"),
        *(figure(measure.title, measure=measure.value)
          for measure in (Measure.INTERVIEW, Measure.SUPERVISORY, Measure.REMINDER, Measure.CHASE)),
    ]


# Of no kind of cases: it has figures only.
DESK = Desk("proposal", _l("Escalation proposals"), "Proposals", "", lambda case, hat, today: None, figures)
