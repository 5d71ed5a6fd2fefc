"""The numbers of the workbench by unit, month and industry: each the length of the list that it opens.

A number is never asked in words of its own: the ids are those of the list's selection (`casework.listing.ids`),
grouped. Several selections share one statement.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from app.access.scope import Scope
from app.casework.cases import Case, CaseParty
from app.casework.counted import bounds, months_until
from app.casework.desk import Desk
from app.casework.listing import Selection, ids
from app.extensions import by_several
from app.nouns import ROOMS
from app.organization.models import DictionaryEntry, Organization

_cases, _parties, _units = Case.__table__, CaseParty.__table__, Organization.__table__
_entries = DictionaryEntry.__table__
UNITS = ("township", "department")
DESKS = tuple(room.desk for room in ROOMS if room.desk.numbers)


def grouped(session, scope: Scope, asked: Mapping[object, tuple[Selection, sa.Column]]) -> dict:
    """`{name: {value of the key: how many}}` of the selections' rows, in one statement.

    The key of each is a column of `cases`, of the noun's table or of `case_parties` (a case counts once for each
    party); all of one type.
    """
    arms = [_arm(scope, n, selection, key) for n, (selection, key) in enumerate(asked.values())]
    names, found = list(asked), {name: {} for name in asked}
    if arms:
        by_several(session)
    for n, value, count in session.execute(sa.union_all(*arms)) if arms else ():
        found[names[n]][value] = count
    return found


def _arm(scope: Scope, n: int, selection: Selection, key: sa.ColumnElement) -> sa.Select:
    rows = ids(scope, replace(selection, by_due=False)).order_by(None).subquery()
    row_id, of_parties = rows.c[0], key.table is _parties
    source = rows.join(key.table, (_parties.c.case_id if of_parties else key.table.c.id) == row_id)
    count = sa.func.count(sa.distinct(row_id)) if of_parties else sa.func.count()
    arm = sa.select(sa.literal_column(str(n)), key, count).select_from(source).group_by(key)
    # + 0: not by the index of a unit's parties, which holds the county's whole history; the few rows are known already.
    return arm.where((key + 0).in_(_governing(scope))) if of_parties else arm


def _governing(scope: Scope) -> sa.Select:
    """Townships and departments: enterprises are parties too, and many."""
    return sa.select(_units.c.id).where(_units.c.county_id == scope.county_id, _units.c.kind.in_(UNITS))


# ── by unit ────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Cell:
    count: int
    url: str
    look: str = ""


@dataclass(frozen=True)
class UnitRow:
    """A unit and, desk by desk, its numbers in the order of the desk's columns."""

    id: int
    name: str
    kind: str
    cells: Mapping[str, list[Cell]]


def units_of(session, county_id: int) -> list[sa.Row]:
    """Townships and departments at work: id, name, kind."""
    order = sa.case({kind: n for n, kind in enumerate(UNITS)}, value=_units.c.kind)
    return session.execute(
        sa.select(_units.c.id, sa.func.coalesce(_units.c.short_name, _units.c.name).label("name"), _units.c.kind)
        .where(_units.c.county_id == county_id, _units.c.kind.in_(UNITS), _units.c.active.is_(True))
        .order_by(order, _units.c.sort_order, _units.c.id)
    ).all()


def by_unit(session, hat, today: dt.date) -> list[UnitRow]:
    """Every unit with its numbers of every noun; one statement for all, and one for the names."""
    asked = {}
    for desk in DESKS:
        key = desk.numbers.unit if desk.numbers.unit is not None else _parties.c.organization_id
        asked |= {(desk.kind, n): (desk.numbers.select(hat.scope, column.filters, today), key)
                  for n, column in enumerate(desk.numbers.columns(today))}
    counts = grouped(session, hat.scope, asked)
    return [UnitRow(unit.id, unit.name, unit.kind, {
        desk.kind: _cells(desk, counts, unit.id, today) for desk in DESKS
    }) for unit in units_of(session, hat.county_id)]


def _cells(desk: Desk, counts: dict, unit: int, today: dt.date) -> list[Cell]:
    return [
        Cell(counts[desk.kind, n].get(unit, 0), desk.numbers.url(column.filters, unit=unit), column.look)
        for n, column in enumerate(desk.numbers.columns(today))
    ]


def worst(rows: list[UnitRow], desk: Desk, most: int | None) -> list[UnitRow]:
    """The units with most that is overdue, then with most in hand; those that have nothing are left out."""
    def how_bad(row: UnitRow) -> tuple[int, int]:
        in_hand, overdue = row.cells[desk.kind][:2]
        return -overdue.count, -in_hand.count

    return sorted((row for row in rows if any(how_bad(row))), key=how_bad)[:most]


# ── by month ───────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Month:
    """A month's cells by the name of what is counted."""

    month: str
    cells: Mapping[str, Cell]

    @property
    def rate(self) -> tuple[int, int] | None:
        """按期率: `(done in time, was due)`; None when nothing was due: then there is no rate."""
        kept, due = self.cells["kept"].count, self.cells["due"].count
        return (kept, due) if due else None


BY_MONTH = ("opened", "closed", "due", "kept")


def by_month(session, hat, desk: Desk, today: dt.date) -> list[Month]:
    """The last twelve months of a noun, four numbers each, the oldest first; one statement."""
    months, numbers = months_until(today), desk.numbers
    (first, _last), (_first, last) = bounds(months[0]), bounds(months[-1])
    asked = {}
    for name in BY_MONTH:
        count = numbers.counts[name]
        selection = numbers.select(hat.scope, numbers.filters(hat.scope, counted=name), today)
        window = replace(selection, conditions=(*selection.conditions, count.day.between(first, last)))
        asked[name] = (window, count.day)
    sums = dict.fromkeys(((name, month) for name in BY_MONTH for month in months), 0)
    for name, found in grouped(session, hat.scope, asked).items():
        for day, count in found.items():
            sums[name, f"{day:%Y-%m}"] += count
    return [Month(month, {
        name: Cell(sums[name, month], numbers.url(numbers.filters(hat.scope, counted=f"{name}.{month}")))
        for name in BY_MONTH
    }) for month in months]


# ── by industry ────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Line:
    name: str
    cells: list[Cell]


def by_industry(session, hat, desk: Desk, today: dt.date) -> list[Line]:
    """What is in hand and what is overdue of each industry of the first level; those without any are left out."""
    numbers = desk.numbers
    asked = [numbers.filters(hat.scope, counted="open"), numbers.filters(hat.scope, due="over")]
    counts = grouped(session, hat.scope, {
        n: (numbers.select(hat.scope, filters, today), numbers.industry) for n, filters in enumerate(asked)
    })
    known = {key for found in counts.values() for key in found if key}
    entries = {row.id: row for row in session.execute(
        sa.select(_entries.c.id, _entries.c.parent_id, _entries.c.name)
        .where(_entries.c.dictionary == "industry", _entries.c.county_id == hat.county_id)
        .order_by(_entries.c.sort_order, _entries.c.id))}
    sums = {n: dict.fromkeys(entries, 0) for n in counts}
    for n, found in counts.items():
        for key in known & entries.keys():
            sums[n][entries[key].parent_id or key] += found.get(key, 0)
    return [
        Line(row.name, [Cell(sums[n][key], numbers.url({**asked[n], "industry": key}), "hot" if n else "")
                        for n in sums])
        for key, row in entries.items() if not row.parent_id and sums[0][key]
    ]
