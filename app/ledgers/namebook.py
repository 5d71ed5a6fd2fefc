"""The county's units as an import needs them, read once: names, kinds, territories, regulators."""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache

import sqlalchemy as sa

from app.exchange.names import NameIndex
from app.exchange.parties import parse_parties
from app.organization.models import Enterprise, EnterpriseRegulator, Organization, OrganizationName

_units, _enterprises = Organization.__table__, Enterprise.__table__
_names, _regulators = OrganizationName.__table__, EnterpriseRegulator.__table__
# What a unit calls itself in its own ledger.
OWN = {
    "township": ("镇安监站", "乡安监站", "安监站", "镇应急办", "乡应急办", "应急办", "镇政府", "乡政府", "本镇",
                 "本乡"),
    "department": ("本局", "我局", "局机关", "本单位"),
}
GROUPS = {"townships": ("township",), "departments": ("department",), "members": ("department", "justice")}
_RANK = re.compile(r"(?:省|市|自治县|县|区)$")
_COLUMNS = (
    _units.c.id, _units.c.name, _units.c.short_name, _units.c.kind, _units.c.active, _units.c.successor_id,
    _enterprises.c.territory_id, _enterprises.c.industry_id,
)


class NameBook:
    """Active units by name; the names of a unit that was merged into another mean its successor."""

    def __init__(self, session, hat):
        self.session, self.county_id = session, hat.county_id
        mine = _units.c.county_id == hat.county_id
        rows = session.execute(
            sa.select(*_COLUMNS).outerjoin(_enterprises, _enterprises.c.id == _units.c.id).where(mine)
            .order_by(_units.c.sort_order, _units.c.id)
        ).all()
        everybody = {row.id: row for row in rows}
        self.units = {row.id: row for row in rows if row.active}
        names: dict[int, list[str]] = defaultdict(list)
        for row in rows:
            names[_heir(row, everybody)] += filter(None, (None if row.active else row.name, row.short_name))
        for unit_id, name in session.execute(
            sa.select(_names.c.organization_id, _names.c.name)
            .join(_units, _units.c.id == _names.c.organization_id).where(mine)
        ):
            names[_heir(everybody[unit_id], everybody)].append(name)
        names[hat.organization_id] += OWN.get(hat.organization_kind, ())
        self.index = _index(
            tuple((row.id, row.name, tuple(dict.fromkeys(names[row.id])), row.kind) for row in self.units.values()),
            _places(row.name for row in session.execute(_above(hat.county_id))),
        )
        # Most rows of a ledger name the same few units and persons.
        self.parties = cache(lambda said: parse_parties(said, self.index.knows))

    @cached_property
    def regulators(self) -> dict[int, list[int]]:
        """By enterprise, the daily one first; read when a ledger asks for it."""
        found: dict[int, list[int]] = defaultdict(list)
        for enterprise_id, unit_id in self.session.execute(
            sa.select(_regulators.c.enterprise_id, _regulators.c.organization_id)
            .join(_units, _units.c.id == _regulators.c.enterprise_id).where(_units.c.county_id == self.county_id)
            .order_by(_regulators.c.is_daily.desc(), _regulators.c.id)
        ):
            found[enterprise_id].append(unit_id)
        return found

    def group(self, group: str) -> list[int]:
        """The units that a group name stands for: 各乡镇, 各成员单位; nobody for what cannot be told."""
        return [row.id for row in self.units.values() if row.kind in GROUPS.get(group, ())]

    def kind(self, unit_id: int | None) -> str | None:
        return self.units[unit_id].kind if unit_id in self.units else None

    def names(self, ids: Iterable[int]) -> str:
        return "、".join(self.units[i].name for i in ids if i in self.units)


@lru_cache(maxsize=4)
def _index(entries: tuple, places: tuple[str, ...]) -> NameIndex:
    """Half a second with 20,000 enterprises; the next look at the file finds them as they were."""
    return NameIndex(entries, places)


def _heir(row, everybody: dict) -> int:
    """The unit that a merged one lives on in."""
    seen = set()
    while not row.active and row.successor_id in everybody and row.id not in seen:
        seen.add(row.id)
        row = everybody[row.successor_id]
    return row.id


def _above(county_id: int) -> sa.Select:
    """The county and what is above it."""
    tree = sa.select(_units.c.id, _units.c.parent_id, _units.c.name).where(_units.c.id == county_id).cte(recursive=True)
    more = sa.select(_units.c.id, _units.c.parent_id, _units.c.name).join(tree, _units.c.id == tree.c.parent_id)
    return sa.select(tree.union(more).c.name)


def _places(names: Iterable[str]) -> tuple[str, ...]:
    """What offices put before a name and leave out again: 阳城县, 阳城, 县."""
    words = (word for name in names for word in (name, _RANK.sub("", name)))
    return (*dict.fromkeys(word for word in words if len(word) > 1), "县")
