"""The county's units as an import needs them, read once: names, kinds, territories, regulators."""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import NamedTuple

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
_MOST_REMEMBERED = 8192  # cells


class Unit(NamedTuple):
    """A unit as far as a ledger names it."""

    id: int
    name: str
    short_name: str | None
    kind: str
    active: bool
    successor_id: int | None
    territory_id: int | None
    industry_id: int | None


class NameBook:
    """Active units by name; the names of a unit that was merged into another mean its successor.

    `closed`: the index of those that are active no more and live on in no other.
    """

    def __init__(self, session, hat):
        self.session, self.county_id = session, hat.county_id
        mine = _units.c.county_id == hat.county_id
        units = session.execute(
            sa.select(*_COLUMNS).outerjoin(_enterprises, _enterprises.c.id == _units.c.id).where(mine)
            .order_by(_units.c.sort_order, _units.c.id)
        )
        also = session.execute(
            sa.select(_names.c.organization_id, _names.c.name)
            .join(_units, _units.c.id == _names.c.organization_id).where(mine)
        )
        self.units, self.index, self.parties, self.closed = _known(
            tuple(map(tuple, units)), tuple(map(tuple, also)), hat.organization_id, hat.organization_kind,
            _places(row.name for row in session.execute(_above(hat.county_id))),
        )

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
def _known(rows: tuple, also: tuple, own_id: int, own_kind: str, places: tuple[str, ...]) -> tuple:
    """`(active units by id, index of their names, reader of a cell's units and people, index of the closed ones'
    names)`; `also`: `(id, other name)`.

    Half a second with 20,000 enterprises. Kept as long as the directory reads the same: the next look at the file,
    and next month's, name mostly the same units and persons.
    """
    everybody = {row[0]: Unit(*row) for row in rows}
    units = {unit.id: unit for unit in everybody.values() if unit.active}
    names: dict[int, list[str]] = defaultdict(list)
    for unit in everybody.values():
        names[_heir(unit, everybody)] += filter(None, (None if unit.active else unit.name, unit.short_name))
    for unit_id, name in also:
        names[_heir(everybody[unit_id], everybody)].append(name)
    names[own_id] += OWN.get(own_kind, ())
    gone = [unit for unit in everybody.values() if not unit.active and _heir(unit, everybody) == unit.id]
    index, closed = (
        NameIndex(((u.id, u.name, tuple(dict.fromkeys(names[u.id])), u.kind) for u in found), places)
        for found in (units.values(), gone)
    )
    return units, index, lru_cache(_MOST_REMEMBERED)(lambda said: parse_parties(said, index.knows)), closed


def _heir(unit: Unit, everybody: dict[int, Unit]) -> int:
    """The unit that a merged one lives on in."""
    seen = set()
    while not unit.active and unit.successor_id in everybody and unit.id not in seen:
        seen.add(unit.id)
        unit = everybody[unit.successor_id]
    return unit.id


def _above(county_id: int) -> sa.Select:
    """The county and what is above it."""
    tree = sa.select(_units.c.id, _units.c.parent_id, _units.c.name).where(_units.c.id == county_id).cte(recursive=True)
    more = sa.select(_units.c.id, _units.c.parent_id, _units.c.name).join(tree, _units.c.id == tree.c.parent_id)
    return sa.select(tree.union(more).c.name)


def _places(names: Iterable[str]) -> tuple[str, ...]:
    """What offices put before a name and leave out again: 阳城县, 阳城, 县."""
    words = (word for name in names for word in (name, _RANK.sub("", name)))
    return (*dict.fromkeys(word for word in words if len(word) > 1), "县")
