"""The lines of a roll-up with their names, in a constant number of statements."""
from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import gettext as _

from app.organization.models import DictionaryEntry, Organization
from app.roll_up import counting
from app.roll_up.counting import SELF, Question
from app.roll_up.figures import By, Line, Span

_entries, _units = DictionaryEntry.__table__, Organization.__table__


@dataclass
class Members:
    """What the lines are: names in order, and under which of them a stored key is counted (a sub-industry)."""

    names: dict[int, str]
    top: dict[int, int] = field(default_factory=dict)

    def keys_of(self, key: int) -> tuple[int, ...]:
        """The stored keys that are counted under a line."""
        return (key, *(one for one, top in self.top.items() if top == key and one != key))


@dataclass
class RollUp:
    lines: list[Line]
    total: Line


def members(session, county_id: int, by: By) -> Members:
    """Every industry, township or department there is, whether it has figures or not; one statement."""
    if by == By.INDUSTRY:
        return _industries(session, county_id)
    kinds = ("township",) if by == By.TOWNSHIP else ("department", "township", "county_office")
    rows = session.execute(
        sa.select(_units.c.id, sa.func.coalesce(_units.c.short_name, _units.c.name))
        .where(_units.c.county_id == county_id, _units.c.kind.in_(kinds), _units.c.active.is_(True))
        .order_by(sa.case({kind: n for n, kind in enumerate(kinds)}, value=_units.c.kind), _units.c.sort_order,
                  _units.c.id)
    ).all()
    names = {row[0]: row[1] for row in rows}
    return Members(names | {SELF: _("Enterprise self-check report")} if by == By.DEPARTMENT else names)


def _industries(session, county_id: int) -> Members:
    rows = session.execute(
        sa.select(_entries.c.id, _entries.c.name, _entries.c.parent_id)
        .where(_entries.c.county_id == county_id, _entries.c.dictionary == "industry")
        .order_by(_entries.c.sort_order, _entries.c.id)
    ).all()
    parent = {row.id: row.parent_id for row in rows}

    def top(one: int) -> int:
        seen = set()
        while parent.get(one) in parent and one not in seen:
            seen.add(one)
            one = parent[one]
        return one

    tops = {row.id: top(row.id) for row in rows}
    return Members({row.id: row.name for row in rows if tops[row.id] == row.id}, tops)


def roll_up(session, county_id: int, asked: Question, by: By) -> RollUp:
    """Three statements, with the month's days."""
    known = members(session, county_id, by)
    lines = {key: Line(key, name) for key, name in known.names.items()}
    total = Line(None, _("Total"))
    for row in session.execute(counting.sums(asked, by)):
        key = known.top.get(row.key, row.key)
        line = lines.get(key) or lines.setdefault(key, Line(key, ""))
        for span in (Span.MONTH, Span.YEAR) if row.in_month else (Span.YEAR,):
            for one in (line, total):
                one.spans[span].add(row.level, row.outcome, bool(row.listed), row.count, row.funds)
    _name_the_rest(session, lines)
    return RollUp([line for line in lines.values() if _stands(line, by)], total)


def _name_the_rest(session, lines: dict) -> None:
    """Units that are no member of the county's list, and what was not said."""
    unknown = [key for key, line in lines.items() if not line.name and key is not None]
    names = {}
    if unknown:
        names = dict(session.execute(sa.select(_units.c.id, _units.c.name).where(_units.c.id.in_(unknown))).all())
    for key in unknown:
        lines[key].name = names.get(key) or _("Others")
    if None in lines:
        lines[None].name = _("Not said")


def _stands(line: Line, by: By) -> bool:
    """Industries and townships stand there all; of the many units only those with a figure."""
    return by != By.DEPARTMENT or any(counted.of["general_found"] or counted.of["major_found"]
                                      for counted in line.spans.values())


def townships(session, county_id: int) -> dict[int, str]:
    return members(session, county_id, By.TOWNSHIP).names

