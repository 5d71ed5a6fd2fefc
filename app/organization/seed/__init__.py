"""What a county starts with (种子数据): its units with the names offices write, industries and dictionaries.

The tables beside this file are readable TSV; ``{county}`` 阳城县, ``{place}`` 阳城, ``{level}`` 县, ``{city}``
晋城市 are filled in, so that any county can be loaded. Townships and their codes:
modood/Administrative-divisions-of-China (2024-11). Departments and the industries they supervise
are a common starting point, not the county's own 三定; they are edited in the directory. A criterion's first day
stands here only where its own document tells it.
"""
from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlalchemy as sa

from app.organization.models import DictionaryEntry, Organization, OrganizationIndustry, OrganizationName

_FOLDER = Path(__file__).parent
_units, _names, _entries = Organization.__table__, OrganizationName.__table__, DictionaryEntry.__table__


def load_county(session, name: str = "阳城县", *, townships: bool = True) -> Organization:
    """The county with its units and dictionaries, whatever is missing of them added; flushes, does not commit.

    Existing rows are never changed, so a second call is harmless and an edited unit stays edited (a renamed one
    is recognised by its code or by its old name among its aliases). `townships=False` leaves out the townships,
    which are 阳城县's own.
    """
    place = next((row for row in _rows("places") if row["county"] == name), {})
    county = _county(session, name, place)
    words = {"county": name, "level": name[-1], "place": name[:-1] if len(name) > 2 else name,
             "city": place.get("city", "")}
    industries = _load_industries(session, county)
    _load_dictionaries(session, county)
    directory = _Directory(session, county)
    for order, row in enumerate(_unit_rows(words), start=100):
        unit = directory.unit(row["kind"], row["name"], order, short_name=row["short_name"])
        directory.name(unit, _spellings(row, words))
        directory.supervises(unit, [industries[i] for i in _split(row["industries"])])
    if townships:
        _load_townships(directory, place.get("county_code"), words)
    session.flush()
    return county


def _county(session, name: str, place: dict[str, str]) -> Organization:
    """The county's row, with the city and province above it where the table knows them."""
    have = session.execute(sa.select(_units.c.id).where(_units.c.kind == "county", _units.c.name == name)).scalar()
    if have:
        return session.get(Organization, have) or _unscoped(session)
    above = None
    for kind in ("province", "city"):
        if place:
            above = _above(session, kind, place[kind], place[f"{kind}_code"], above)
    county = Organization(kind="county", name=name, code=place.get("county_code"), parent_id=above)
    session.add(county)
    session.flush()
    county.county_id = county.id
    session.flush()
    return county


def _unscoped(session):
    raise RuntimeError(f"seed data needs a session of the system's scope, not {session.scope}")


def _above(session, kind: str, name: str, code: str, parent_id: int | None) -> int:
    have = session.execute(sa.select(_units.c.id).where(_units.c.kind == kind, _units.c.name == name)).scalar()
    if have:
        return have
    unit = Organization(kind=kind, name=name, code=code, parent_id=parent_id)
    session.add(unit)
    session.flush()
    return unit.id


class _Directory:
    """Adds what a county's directory lacks, with what it has read once at the start."""

    def __init__(self, session, county: Organization):
        self.session, self.county = session, county
        mine = _units.c.county_id == county.id, _units.c.kind != "enterprise"
        rows = session.execute(sa.select(_units.c.id, _units.c.name, _units.c.code).where(*mine)).all()
        self._ids = {row.code: row.id for row in rows if row.code} | {row.name: row.id for row in rows}
        aliases = sa.select(_names.c.name, _names.c.organization_id).join(
            _units, _units.c.id == _names.c.organization_id
        )
        self._former = {row.name: row.organization_id for row in session.execute(aliases.where(*mine))}
        self._added: set[int] = set()

    def unit(self, kind: str, name: str, order: int, *, short_name=None, code=None) -> int:
        known = self._ids.get(code) or self._ids.get(name) or self._former.get(name)
        if known:
            return known
        unit = Organization(
            county_id=self.county.id, parent_id=self.county.id, kind=kind, name=name, short_name=short_name,
            code=code, sort_order=order,
        )
        self.session.add(unit)
        self.session.flush()
        self._ids[name] = unit.id
        self._added.add(unit.id)
        return unit.id

    def name(self, unit_id: int, names: Iterable[str]) -> None:
        """Aliases of a unit that was added now; those of an older one are the office's own business."""
        if unit_id in self._added:
            self.session.add_all(OrganizationName(organization_id=unit_id, name=name) for name in dict.fromkeys(names))

    def supervises(self, unit_id: int, industry_ids: list[int]) -> None:
        """Industries likewise: only of a unit that was added now."""
        if unit_id in self._added:
            self.session.add_all(OrganizationIndustry(organization_id=unit_id, industry_id=i) for i in industry_ids)


def _load_townships(directory: _Directory, county_code: str | None, words: dict[str, str]) -> None:
    for order, row in enumerate(_rows("townships"), start=10):
        name = row["name"]
        code = f"{county_code}{row['code']}" if county_code else None
        unit = directory.unit("township", name, order, short_name=name, code=code)
        government = f"{name}人民政府"
        directory.name(unit, (
            name[:-1], f"{name}政府", government, f"{words['county']}{name}", f"{words['county']}{government}",
        ))


def _load_industries(session, county: Organization) -> dict[str, int]:
    """Ids of all industries by name, both levels."""
    known = _known_entries(session, county, "industry")
    order = 0
    for row in _rows("industries"):
        for name in (row["name"], *_split(row["second_level"])):
            order += 1
            if name not in known:
                parent_id = None if name == row["name"] else known[row["name"]]
                known[name] = _entry(session, county, "industry", name, order, parent_id=parent_id)
    return known


def _load_dictionaries(session, county: Organization) -> None:
    known: dict[str, dict[str, int]] = {}
    for order, row in enumerate(_rows("dictionaries"), start=1):
        dictionary, name = row["dictionary"], row["name"]
        if dictionary not in known:
            known[dictionary] = _known_entries(session, county, dictionary)
        if name not in known[dictionary]:
            begins = dt.date.fromisoformat(row["valid_from"]) if row["valid_from"] else None
            _entry(session, county, dictionary, name, order, document_number=row["document_number"] or None,
                   valid_from=begins)


def _known_entries(session, county: Organization, dictionary: str) -> dict[str, int]:
    rows = session.execute(
        sa.select(_entries.c.name, _entries.c.id)
        .where(_entries.c.county_id == county.id, _entries.c.dictionary == dictionary)
    )
    return {row.name: row.id for row in rows}


def _entry(session, county: Organization, dictionary: str, name: str, order: int, **more) -> int:
    entry = DictionaryEntry(county_id=county.id, dictionary=dictionary, name=name, sort_order=order, **more)
    session.add(entry)
    session.flush()
    return entry.id


def _unit_rows(words: dict[str, str]) -> Iterator[dict[str, str]]:
    for row in _rows("units"):
        yield {key: value.format(**words) for key, value in row.items()}


def _spellings(row: dict[str, str], words: dict[str, str]) -> Iterator[str]:
    """The names offices write: 应急管理局, 县应急管理局, 应急局, 县应急局, 阳城县应急局 … besides the official one."""
    county, level = words["county"], words["level"]
    bare = row["name"].removeprefix(county)
    for name in (bare, row["short_name"].removeprefix(level), *_split(row["aliases"])):
        whole = name.startswith((county, "中共", "国网")) or (words["city"] and name.startswith(words["city"]))
        for spelling in (name,) if whole else (name, f"{level}{name}", f"{county}{name}"):
            if spelling != row["name"]:
                yield spelling


def _split(cell: str) -> list[str]:
    return cell.split("、") if cell else []


def _rows(table: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{table}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
