"""Who owes which ledger, by dated words of the county office or the administrator."""
from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.errors import Obstacle
from app.casework.history import record
from app.casework.unit_of_work import unit_of_work
from app.organization.models import Organization
from app.submissions import rules
from app.submissions.models import Duty
from app.submissions.states import SubmittedLedger

UNIT_KINDS = ("county_office", "township", "department", "justice")
_duties, _units = Duty.__table__, Organization.__table__


def units_of(session, county_id: int, also: Iterable[int] = ()) -> list:
    """The county's units that are there, in the order of lists. `also`: those that may be there no more."""
    return session.execute(
        sa.select(_units.c.id, _units.c.county_id, _units.c.kind,
                  sa.func.coalesce(_units.c.short_name, _units.c.name).label("name"))
        .where(_units.c.county_id == county_id, _units.c.kind.in_(UNIT_KINDS),
               sa.or_(_units.c.active.is_(True), _units.c.id.in_(list(also))))
        .order_by(sa.case({"township": 0, "department": 1}, value=_units.c.kind, else_=2), _units.c.sort_order,
                  _units.c.id)
    ).all()


def words_of(session, county_id: int) -> dict[tuple[int, str], list]:
    """`{(unit, ledger): duties, the oldest first}`."""
    found = defaultdict(list)
    for row in session.execute(sa.select(_duties).where(_duties.c.county_id == county_id).order_by(_duties.c.id)):
        found[row.organization_id, row.ledger].append(row)
    return found


def owing(session, county_id: int, day: dt.date) -> list[tuple]:
    """`(unit, ledger)` of everything that is owed for a month whose last day it is; two statements."""
    words = words_of(session, county_id)
    return [(unit, ledger.value) for unit in units_of(session, county_id) for ledger in SubmittedLedger
            if rules.owes(unit.kind, words[unit.id, ledger.value], day)]


def tell(session, hat, data: dict, today: dt.date) -> None:
    """Add a word: `organization_id`, `ledger`, `owes`, `valid_from`, `valid_to`. Raises Obstacle."""
    if data["valid_to"] and data["valid_to"] < data["valid_from"]:
        raise Obstacle(_l("The last day is before the first."), "valid_to")
    with unit_of_work(session):
        unit = session.execute(
            sa.select(_units.c.name).where(_units.c.id == data["organization_id"], _units.c.kind.in_(UNIT_KINDS),
                                           _units.c.county_id == hat.county_id)
        ).scalar()
        if unit is None:
            raise Obstacle(_l("Choose a unit of the county."), "organization_id")
        session.add(Duty(county_id=hat.county_id, told_on=today, **data))
        record(session, hat, "duty_told", today, extra={
            "name": f"{unit} {SubmittedLedger(data['ledger']).title}", "valid_from": data["valid_from"].isoformat(),
            "owes": data["owes"], "valid_to": data["valid_to"] and data["valid_to"].isoformat(),
        })
