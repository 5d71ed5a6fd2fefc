"""What the screens and exports read of hazards, in a constant number of statements."""
from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.access.scope import Scope, labels, planned_once
from app.casework.cases import Case
from app.casework.counted import asked
from app.casework.listing import Selection, alike
from app.casework.masks import masked, shown
from app.hazards.counted import COUNTS, of_industry
from app.hazards.models import Hazard
from app.hazards.states import OPEN_STATES, DueKind, HazardState
from app.organization.dictionaries import names
from app.organization.models import Organization
from app.organization.settings import DEFINITIONS

_cases, _hazards, _units = Case.__table__, Hazard.__table__, Organization.__table__
# A claim stops the clock: what waits for its recheck is late when it was claimed late. A failed recheck takes the claim
# back, and the first deadline counts again.
RUNNING = {"over": tuple(s.value for s in OPEN_STATES), "soon": (HazardState.RECTIFYING.value,)}
LATE = ((HazardState.AWAITING_RECHECK.value, _hazards.c.claimed_on > _cases.c.due_sort),)
VOID = (HazardState.CANCELLED, HazardState.MERGED)
ROUNDS = selectinload(Hazard.rounds)


def conditions(scope: Scope, filters: dict) -> tuple:
    """SQL conditions over cases joined with hazards for the list's filters (`FilterForm`'s data)."""
    found = []
    if filters.get("level"):
        found.append(_hazards.c.level == filters["level"])
    if filters.get("source"):
        found.append(masked(_hazards.c.source, scope.role) == filters["source"])
    if filters.get("since"):
        found.append(_cases.c.happened_on >= filters["since"])
    if filters.get("until"):
        found.append(_cases.c.happened_on <= filters["until"])
    if filters.get("industry"):
        found.append(of_industry(int(filters["industry"])))
    if filters.get("due") in (DueKind.IMMEDIATE, DueKind.STANDING):
        found.append(_hazards.c.due_kind == filters["due"])
    return tuple(found)


@alike
def selection(scope: Scope, filters: dict, state: str | None, today: dt.date,
              warning_days: int = DEFINITIONS["warning_days"].default) -> Selection:
    """The list's selection: filters, state tab; open ones by deadline, the rest newest first."""
    days = {"over": (None, today - dt.timedelta(days=1)), "soon": (today, today + dt.timedelta(days=warning_days))}
    due, counted = days.get(filters.get("due")), asked(COUNTS, filters.get("counted"))
    states = counted.count.states if counted else RUNNING.get(filters.get("due"), ())
    return Selection(
        "hazard", _hazards, state=state, states=states, due=due or (None, None), organization_id=filters.get("unit"),
        conditions=conditions(scope, filters) + (counted.conditions(today) if counted else ()),
        of_state=LATE if filters.get("due") == "over" else (),
        by_due=state in OPEN_STATES or due is not None, words=filters.get("q") or "",
    )


def load(session, ids: list[int], *more) -> list[Hazard]:
    """The hazards in the order of `ids`, through the scope, each with its request or with what `more` loads."""
    options = more or (selectinload(Hazard.request),)
    found = {h.id: h for h in session.scalars(sa.select(Hazard).where(Hazard.id.in_(ids)).options(*options))}
    return [found[i] for i in ids if i in found]


def unit_names(session, hazards: Iterable[Hazard], more: Iterable[int | None] = ()) -> dict[int, str]:
    """Names of every unit that the hazards refer to, out of scope or not, in one statement."""
    wanted = set(more)
    for h in hazards:
        wanted |= {h.inspecting_unit_id, h.enterprise_id, h.territory_id, h.recheck_unit_id, h.turn_organization_id,
                   h.filed_by_id, *(r.organization_id for r in h.rectifiers)}
    return labels(session, _units, wanted)


def industry_name(session, filters: dict) -> str:
    """The industry that the list is narrowed to; a statement only when it is."""
    asked_for = [int(filters["industry"])] if filters.get("industry") else []
    return next(iter(names(session, asked_for).values()), "")


_other, _others_case = _hazards.alias("other"), _cases.alias("others_case")
_ALIKE = planned_once(
    sa.select(_hazards.c.id, _others_case.c.happened_on, _others_case.c.id)
    .select_from(_hazards)
    .join(_other, sa.and_(_other.c.enterprise_id == _hazards.c.enterprise_id,
                          _other.c.category_id == _hazards.c.category_id))
    .join(_others_case, _others_case.c.id == _other.c.id)
    .where(
        _hazards.c.id.in_(sa.bindparam("ids", expanding=True)), _others_case.c.issued.is_(True),
        _others_case.c.state.not_in([s.value for s in VOID]),
        _others_case.c.happened_on >= sa.bindparam("first", type_=sa.Date),
    )
)


def repeats(session, hazards: Iterable[Hazard], months: int = 12) -> dict[int, int]:
    """屡查屡犯: `{hazard id: earlier hazards of the same enterprise and category within the window}`.

    A fact of the county, whoever looks: read from the bare tables.
    """
    keyed = [h for h in hazards if h.enterprise_id and h.category_id]
    if not keyed:
        return {}
    first = months_before(min(h.happened_on for h in keyed), months)
    alike = defaultdict(list)
    for hazard_id, *when in session.execute(_ALIKE, {"ids": [h.id for h in keyed], "first": first}).all():
        alike[hazard_id].append(tuple(when))
    counts = {h.id: _earlier(alike[h.id], h, months) for h in keyed}
    return {i: n for i, n in counts.items() if n}


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier; the month's last day when it has no such day (民法典 §202)."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _earlier(alike: list[tuple[dt.date, int]], hazard: Hazard, months: int) -> int:
    first, last = (months_before(hazard.happened_on, months), 0), (hazard.happened_on, hazard.id)
    return sum(first <= when < last for when in alike)


def seen(name: str, value, role: str | None):
    """A value of the hazard's field of that name as a reader with this role sees it."""
    column = Hazard.__mapper__.columns.get(name)
    return value if column is None else shown(column, value, role)


def whole(session, hazard_id: int) -> Hazard | None:
    """One hazard with its rounds."""
    return session.get(Hazard, hazard_id, options=[joinedload(Hazard.rounds)])
