"""Rows of 单位名录 go in by the operation of the screen: a county has some sixty units."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from app.administration.saving import one_at_a_time
from app.administration.units import write_unit
from app.casework.errors import Obstacle, Stale
from app.ledgers.entering import RowRefused
from app.ledgers.planning import RowPlan
from app.organization.models import Organization

_FIELD = {"review": "review_before_issue"}


def _data(said: dict) -> dict:
    return {_FIELD.get(key, key): value for key, value in said.items() if key != "parent"}


def insert(session, hat, rows: list[RowPlan], today: dt.date, file_name: str) -> None:
    """Raises Stale when one of the rows came in since the plan was made, RowRefused where the form would refuse."""
    one_at_a_time(session)
    names = [row.new["name"] for row in rows]
    there = sa.select(Organization.id).where(Organization.county_id == hat.county_id, Organization.name.in_(names),
                                             Organization.kind != "enterprise")
    if session.execute(there.limit(1)).first():
        raise Stale
    last = session.scalar(sa.select(sa.func.max(Organization.sort_order)).where(
        Organization.county_id == hat.county_id)) or 0
    for place, row in enumerate(rows, last + 1):
        told = {"file": file_name, "sheet": row.sheet, "row": row.number, "kept": row.kept}
        try:
            write_unit(session, hat, None, None, {**_data(row.new), "sort_order": place}, today, told)
        except Obstacle as obstacle:
            raise RowRefused(row, obstacle) from obstacle


def change(session, hat, row: RowPlan, today: dt.date) -> None:
    for _act, said in row.acts:
        write_unit(session, hat, row.record_id, row.version, _data(said), today)
