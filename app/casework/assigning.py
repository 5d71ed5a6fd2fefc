"""承办人: who of the unit whose turn it is sees to a case. The turn stays the unit's: anybody in the post may act.

It ends when the turn goes to another unit (`verbs.settle`).
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.casework.cases import Case
from app.casework.columns import utcnow
from app.casework.errors import NotAllowed, Obstacle
from app.casework.history import TimelineEntry, in_place_of, record
from app.casework.unit_of_work import lock_case, unit_of_work
from app.organization.colleagues import Colleague, of_units
from app.organization.models import User

ASSIGNERS = frozenset({"unit_clerk", "unit_reviewer", "county_clerk", "county_head"})
ASSIGN, HANDOVER = "assign", "handover"
TITLES = {ASSIGN: _l("Assigned within the unit"), HANDOVER: _l("Work handed over")}  # for every noun's timeline
_cases, _entries, _users = Case.__table__, TimelineEntry.__table__, User.__table__


def may_assign(hat, case: Case) -> bool:
    """The unit whose turn it is says who of its people sees to the case."""
    return hat.role in ASSIGNERS and case.turn_organization_id in hat.organization_ids


def choices(session, hat, today: dt.date) -> list[Colleague]:
    """Those of the own unit who are there, each once."""
    found = of_units(session, hat.county_id, hat.organization_ids, today, ASSIGNERS)
    return [*{one.user_id: one for one in reversed(found)}.values()][::-1]


@dataclass(frozen=True)
class Assigned:
    """What a case's page shows: the name, and whom the reader may choose instead."""

    name: str | None
    people: list[Colleague]


def assigned(session, hat, case: Case, today: dt.date) -> Assigned | None:
    """Who sees to the case, for its own unit; None for whom it is no matter: the others deal with the unit."""
    if not may_assign(hat, case):
        return None
    people = choices(session, hat, today)
    names = {one.user_id: one.name for one in people}
    name = names.get(case.assignee_id)
    if case.assignee_id and not name:  # who has left is named still
        name = session.execute(sa.select(_users.c.last_name).where(_users.c.id == case.assignee_id)).scalar()
    return Assigned(name, people)


def assign(session, model: type[Case], case_id: int, version: int | None, hat, user_id: int | None,
           today: dt.date) -> None:
    """Name who sees to the case, or nobody. Raises NotFound, Stale, NotAllowed, Obstacle."""
    with unit_of_work(session):
        case = lock_case(session, model, case_id, version)
        if not may_assign(hat, case):
            raise NotAllowed
        names = {one.user_id: one.name for one in choices(session, hat, today)}
        if user_id is not None and user_id not in names:
            raise Obstacle(_l("Choose somebody of your unit who is there."), "assignee_id")
        if user_id == case.assignee_id:
            return
        case.assignee_id = user_id
        record(session, hat, ASSIGN, today, case=case, comment=names.get(user_id) or _("Nobody in particular"),
               confined_to_id=hat.organization_id)


def move(session, hat, from_id: int, to: Colleague, waits: Collection[tuple[int, str]], comment: str,
         today: dt.date) -> list[int]:
    """Give what one person sees to in these turns, drafts of his own too, to a successor; returns the cases' ids.

    Within the caller's transaction; a set, whatever the number. Each case's timeline tells it to the unit.
    """
    his = seen_to_by(from_id, waits)
    rows = session.execute(
        sa.select(_cases.c.id, _cases.c.turn_organization_id).where(his).order_by(_cases.c.id).with_for_update()
    ).all()
    if rows:
        session.execute(sa.update(_cases).where(his).values(assignee_id=to.user_id, version=_cases.c.version + 1))
        session.execute(sa.insert(_entries), [_entry(hat, row, to.name, comment, today) for row in rows])
    return [row.id for row in rows]


def seen_to_by(user_id: int, waits: Collection[tuple[int, str]]):
    """SQL condition on `cases`: it waits for this person in one of these turns (unit, role of the turn), or is a draft
    that he began.
    """
    begun = sa.and_(_cases.c.created_by_id == user_id, _cases.c.issued.is_(False), _cases.c.assignee_id.is_(None))
    return sa.and_(
        _cases.c.turn_organization_id.in_({unit for unit, _turn in waits}),  # by the index; pairs alone are not
        sa.tuple_(_cases.c.turn_organization_id, _cases.c.turn_role).in_(waits),
        sa.or_(_cases.c.assignee_id == user_id, begun),
    )


def _entry(hat, row, name: str, comment: str, today: dt.date) -> dict:
    return {
        "case_id": row.id, "county_id": hat.county_id, "recorded_at": utcnow(), "occurred_on": today,
        "user_id": hat.user_id, "user_name": hat.user_name, "organization_id": hat.organization_id,
        "organization_name": hat.organization_name, "role": hat.role, "verb": HANDOVER,
        "comment": f"{name}：{comment}" if comment else name, "changes": {}, "extra": in_place_of(hat),
        "confined_to_id": row.turn_organization_id,
    }
