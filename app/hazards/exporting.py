"""Form 2 out (附件2): which hazards the filter chooses; a month's ledger."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from app.casework.cases import Case
from app.casework.listing import Selection, ids
from app.hazards import queries
from app.hazards.models import Hazard
from app.ledgers.files import month_bounds
from app.organization.settings import values

_cases = Case.__table__


def select(session, hat, query: Mapping, today: dt.date) -> sa.Select:
    """Ids by the list's filters and `state`. With `month` it is the month's ledger, of the unit filtered; the other
    filters do not count.
    """
    if query.get("month"):
        return ids(hat.scope, period_selection(*month_bounds(query["month"]), query.get("unit")))
    days = {key: _day(query[key]) for key in ("since", "until") if query.get(key)}
    warning_days = values(session, hat.county_id, today)["warning_days"]
    chosen = queries.selection(hat.scope, {**query, **days}, query.get("state"), today, warning_days)
    return ids(hat.scope, chosen)


def _day(said: str | dt.date) -> dt.date:
    return said if isinstance(said, dt.date) else dt.date.fromisoformat(said)


def period_selection(first: dt.date, last: dt.date, unit_id: int | None = None,
                     after: dt.datetime | None = None) -> Selection:
    """Open at any time of these days or closed in them; drafts, cancelled and merged ones left out.

    `after`: what was recorded later than that instant belongs here too, whatever day it closed.
    """
    c = _cases.c
    late = [c.state_recorded_at > after] if after else []
    return Selection(
        "hazard", Hazard.__table__, organization_id=unit_id,
        conditions=(
            c.issued.is_(True), c.happened_on <= last, c.state.not_in([s.value for s in queries.VOID]),
            sa.or_(c.closed_on.is_(None), c.closed_on >= first, *late),
        ),
    )
