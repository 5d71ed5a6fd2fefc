"""Rows of 企业名录 go in: new ones set-based, changed ones by the operation of the screen."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from app.administration.directory_planner import remember_added
from app.administration.enterprises import write_enterprise
from app.administration.saving import one_at_a_time
from app.casework.errors import Stale
from app.ledgers.bulk import put
from app.ledgers.entering import insert_all
from app.ledgers.planning import RowPlan
from app.ledgers.reading import batched
from app.organization.models import Enterprise, EnterpriseRegulator, Organization, OrganizationName

_units, _firms = Organization.__table__, Enterprise.__table__
_FIELD = {"territory": "territory_id", "industry": "industry_id"}
_PLAIN = ("uscc", "address", "status", "principal", "principal_phone", "safety_manager", "safety_phone")


def insert(session, hat, rows: list[RowPlan], today: dt.date, file_name: str) -> None:
    """Some ten statements, whatever the number of rows."""
    news = [row.new for row in rows]
    one_at_a_time(session)
    _refuse_if_entered(session, rows)
    ids = insert_all(session, _units, [
        {"county_id": hat.county_id, "parent_id": new["territory"], "kind": "enterprise", "name": new["name"],
         "short_name": new["short_name"], "active": new["status"] != "closed"} for new in news
    ])
    put(session, _firms, [
        {"id": i, "territory_id": new["territory"], "industry_id": new["industry"],
         **{name: new[name] for name in _PLAIN}} for i, new in zip(ids, news, strict=True)
    ])
    put(session, EnterpriseRegulator.__table__, [
        {"enterprise_id": i, "organization_id": unit_id, "subject": subject, "is_daily": key == "daily"}
        for i, new in zip(ids, news, strict=True) for key in ("daily", "others") for unit_id, subject in new[key]
    ])
    put(session, OrganizationName.__table__, [
        {"organization_id": i, "name": name} for i, new in zip(ids, news, strict=True)
        for name in new["names"] if name not in (new["name"], new["short_name"])
    ])
    added = ((i, row.new["name"], row) for i, row in zip(ids, rows, strict=True))
    remember_added(session, hat, "enterprise_added", added, today, file_name)


def _refuse_if_entered(session, rows: list[RowPlan]) -> None:
    """Raise Stale when one of the rows came in since the plan was made, by somebody else who had the same file."""
    known = {i for row in rows for i in row.new["namesakes"]}
    for some in batched(row.new["name"] for row in rows):
        there = sa.select(Enterprise.id).where(Enterprise.name.in_(some), Enterprise.successor_id.is_(None))
        if set(session.scalars(there)) - known:
            raise Stale


def change(session, hat, row: RowPlan, today: dt.date) -> None:
    """What the cells say otherwise, as if typed into the enterprise's form. Raises Stale, Obstacle, NotAllowed."""
    for _act, said in row.acts:
        data = {_FIELD.get(key, key): value for key, value in said.items() if key not in ("daily", "others")}
        if said.keys() & {"daily", "others"}:
            data["regulators"] = _regulators(session, row.record_id, said)
        write_enterprise(session, hat, row.record_id, row.version, data, today, another=True)


def _regulators(session, enterprise_id: int, said: dict) -> list[dict]:
    """All regulators as they shall be: what the row does not change stays."""
    have = session.scalars(
        sa.select(EnterpriseRegulator).where(EnterpriseRegulator.enterprise_id == enterprise_id)
    ).all()
    found = {}
    for key, is_daily in (("daily", True), ("others", False)):
        pairs = said[key] if key in said else [(r.organization_id, r.subject) for r in have if r.is_daily is is_daily]
        for unit_id, subject in pairs:
            found.setdefault(unit_id, {"organization_id": unit_id, "subject": subject, "is_daily": is_daily})
    return list(found.values())
