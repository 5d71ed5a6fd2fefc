"""Words that official papers share."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from app.organization.models import Organization

_units = Organization.__table__
GOVERNMENT = "人民政府"
EVERY_TOWNSHIP = "各乡（镇）人民政府"


def day(value: dt.date | None) -> str:
    """2026年3月5日: Arabic figures, no leading zero (GB/T 9704)."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def paragraphs(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def full_names(session, ids: Iterable[int | None]) -> dict[int, str]:
    """Official names, in one statement, out of scope or not: a paper names whom it is to."""
    wanted = {i for i in ids if i is not None}
    rows = session.execute(sa.select(_units.c.id, _units.c.kind, _units.c.name).where(_units.c.id.in_(wanted)))
    return {i: name + GOVERNMENT if kind == "township" and not name.endswith(GOVERNMENT) else name
            for i, kind, name in rows}


def addressed(session, county_id: int, ids: list[int]) -> str:
    """主送: the names in order; every township at once is called by one word."""
    towns = set(session.execute(sa.select(_units.c.id).where(
        _units.c.county_id == county_id, _units.c.kind == "township", _units.c.active.is_(True))).scalars())
    every = len(towns) > 1 and towns <= set(ids)
    names = full_names(session, ids)
    rest = [names[i] for i in ids if i in names and not (every and i in towns)]
    return "、".join([EVERY_TOWNSHIP, *rest] if every else rest)
