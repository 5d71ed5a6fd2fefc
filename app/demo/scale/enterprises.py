"""The enterprises of a large county, each under one township, with a department that regulates it day by day."""
from __future__ import annotations

import random

import sqlalchemy as sa

from app.demo.content import words
from app.demo.people import person, phone
from app.organization.models import DictionaryEntry, Enterprise, EnterpriseRegulator, Organization

_units, _enterprises, _regulators = Organization.__table__, Enterprise.__table__, EnterpriseRegulator.__table__
_entries = DictionaryEntry.__table__
WORDS = words("scale")
NAMED = ("brand", "trade", "form")
FIRST = "阳城县锦绣丝织厂"  # the demo account `qiye` belongs to it


def load(session, county_id: int, county: str, units: dict[str, list], count: int) -> int:
    """Write them; returns the key of the first one. The others follow it one by one."""
    rng = random.Random(20261123)
    first = session.scalar(sa.select(sa.func.max(_units.c.id))) + 1
    industry = sa.select(_entries.c.id).where(_entries.c.county_id == county_id, _entries.c.dictionary == "industry")
    industries = list(session.scalars(industry.order_by(_entries.c.id)))
    people = [person(f"scale/{n}") for n in range(1000)]
    organizations, firms, regulators = [], [], []
    for n in range(count):
        key, (town_id, town) = first + n, rng.choice(units["township"])
        called = town.removesuffix("镇").removesuffix("乡") + "".join(rng.choice(WORDS[of]) for of in NAMED)
        organizations.append({
            "id": key, "county_id": county_id, "parent_id": town_id, "kind": "enterprise", "sort_order": n,
            "name": f"{county}{called}{n:05d}号" if n else FIRST,
        })
        firms.append({
            "id": key, "territory_id": town_id, "industry_id": rng.choice(industries), "address": f"{town}{n}号",
            "principal": rng.choice(people), "safety_manager": rng.choice(people), "safety_phone": phone(str(n)),
        })
        regulators.append({"enterprise_id": key, "organization_id": rng.choice(units["department"])[0],
                           "is_daily": True})
    for table, rows in ((_units, organizations), (_enterprises, firms), (_regulators, regulators)):
        session.execute(sa.insert(table), rows)
    return first
