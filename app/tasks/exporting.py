"""Form 1 out (附件1): which tasks the filter chooses; a month's list."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from app.casework.cases import Case
from app.casework.listing import Selection, ids
from app.ledgers.files import month_bounds
from app.organization.settings import values
from app.tasks import queries
from app.tasks.models import Task
from app.tasks.states import TaskState

_cases, _tasks = Case.__table__, Task.__table__


def select(session, hat, query: Mapping, today: dt.date) -> sa.Select:
    """Ids by the list's filters and `state`. With `month` it is the month's list, of the unit filtered; the other
    filters do not count.
    """
    if query.get("month"):
        return ids(hat.scope, period_selection(*month_bounds(query["month"]), query.get("unit")))
    have = values(session, hat.county_id, today)
    return ids(hat.scope, queries.selection(
        hat.scope, dict(query), query.get("state"), today, have["warning_days"], have["unsigned_days"]
    ))


def period_selection(first: dt.date, last: dt.date, unit_id: int | None = None,
                     after: dt.datetime | None = None) -> Selection:
    """Open at any time of these days or done in them; drafts and terminated ones left out.

    `after`: what was recorded later than that instant belongs here too, whatever day it was done.
    """
    c = _cases.c
    late = [c.state_recorded_at > after] if after else []
    return Selection(
        "task", _tasks, organization_id=unit_id,
        conditions=(
            c.issued.is_(True), c.happened_on <= last, c.state != TaskState.TERMINATED.value,
            sa.or_(c.closed_on.is_(None), c.closed_on >= first, *late),
        ),
    )
