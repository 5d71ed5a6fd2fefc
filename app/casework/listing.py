"""Lists of cases: which ids stand on a page, and how many there are, however large the county's history grows.

Ids come first, in the order of one index: a unit's from its parties, the county's from `cases`. Rows are loaded
afterwards, through the scope. Counts stop at `CAP`.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

import sqlalchemy as sa

from app.access.scope import Scope
from app.casework.cases import Case, CaseParty

CAP = 10_000
_cases = Case.__table__
_parties = CaseParty.__table__


@dataclass(frozen=True)
class Selection:
    """What a list shows: conditions over `cases` joined with the noun's table, and perhaps one unit's only.

    `state`, `states` and `due` (first and last day) are asked of the index that drives the list.
    """

    kind: str
    table: sa.Table
    state: str | None = None
    states: tuple[str, ...] = ()
    due: tuple[dt.date | None, dt.date | None] = (None, None)
    organization_id: int | None = None
    conditions: tuple = ()
    by_due: bool = False


def ids(scope: Scope, selection: Selection) -> sa.Select:
    """SELECT of case ids in list order; by due day, or the newest first."""
    if scope.breadth not in ("county", "units"):
        return sa.select(_cases.c.id).where(sa.false())
    drives = _unit_driver(scope, selection)
    if drives is None:
        return _from_cases(scope, selection)
    return _from_parties(scope, selection, drives)


def _unit_driver(scope: Scope, selection: Selection) -> tuple[int, ...] | None:
    if scope.breadth == "units":
        return scope.organization_ids
    return (selection.organization_id,) if selection.organization_id else None


def _from_cases(scope: Scope, selection: Selection) -> sa.Select:
    statement = sa.select(_cases.c.id).where(_cases.c.county_id == scope.county_id, _cases.c.kind == selection.kind)
    statement = statement.where(*_driven(_cases.c.state, _cases.c.due_sort, selection))
    statement = _narrowed(statement.where(_is_issued_or_mine(scope)), selection)
    order = (_cases.c.due_sort, _cases.c.id) if selection.by_due else (_cases.c.id.desc(),)
    return statement.order_by(*order)


def _from_parties(scope: Scope, selection: Selection, drives: tuple[int, ...]) -> sa.Select:
    p = _parties
    statement = sa.select(p.c.case_id).where(p.c.organization_id.in_(drives), p.c.kind == selection.kind)
    statement = statement.where(*_driven(p.c.state, p.c.due, selection))
    needs_case = bool(selection.conditions) or scope.breadth == "county"
    if needs_case:
        statement = statement.join(_cases, _cases.c.id == p.c.case_id)
        statement = _narrowed(statement, selection)
    if scope.breadth == "county":
        statement = statement.where(_cases.c.county_id == scope.county_id, _is_issued_or_mine(scope))
    elif selection.organization_id:
        other = p.alias("other")
        statement = statement.where(
            sa.exists().where(other.c.case_id == p.c.case_id, other.c.organization_id == selection.organization_id)
        )
    # A unit may be a party twice (inspecting and territory): equal neighbours in the index, one row.
    if selection.by_due:
        return statement.add_columns(p.c.due).distinct().order_by(p.c.due, p.c.case_id)
    return statement.distinct().order_by(p.c.case_id.desc())


def _driven(state, due, selection: Selection) -> list:
    """Conditions on the columns that the lists' indexes hold, of `cases` or repeated in `case_parties`."""
    first, last = selection.due
    states = selection.states
    if selection.state:
        states = (selection.state,) if not states or selection.state in states else ()
        if not states:
            return [sa.false()]
    asked = [state == states[0] if len(states) == 1 else state.in_(states)] if states else []
    asked += [due >= first] if first else []
    return asked + ([due <= last] if last else [])


def _narrowed(statement: sa.Select, selection: Selection) -> sa.Select:
    if not selection.conditions:
        return statement
    return statement.join(selection.table, selection.table.c.id == _cases.c.id).where(*selection.conditions)


def _is_issued_or_mine(scope: Scope):
    return sa.or_(_cases.c.issued.is_(True), _cases.c.filed_by_id.in_(scope.organization_ids))


def capped_counts(session, scope: Scope, selections: Iterable[tuple[str, Selection]], cap: int = CAP) -> dict[str, int]:
    """`{name: count}` in one statement; a count of cap + 1 means "more than cap"."""
    columns = []
    for name, selection in selections:
        # Counted in the order of the index that holds the state: equal rows are neighbours, and it stops at the cap.
        selection = replace(selection, by_due=selection.by_due or selection.state is not None)
        inner = ids(scope, selection).limit(cap + 1).subquery()
        columns.append(sa.select(sa.func.count()).select_from(inner).scalar_subquery().label(name))
    return dict(session.execute(sa.select(*columns)).mappings().one()) if columns else {}


def page(session, scope: Scope, selection: Selection, number: int, size: int) -> tuple[list[int], bool]:
    """`(ids, whether there is a next page)` of page `number` (1-based)."""
    statement = ids(scope, selection).limit(size + 1).offset((number - 1) * size)
    found = [row[0] for row in session.execute(statement)]
    return found[:size], len(found) > size


def turns(scope: Scope, role: str, assignee_id: int | None = None) -> sa.Select:
    """SELECT of ids whose turn it is for the wearer of the hat: its unit, as clerk or as reviewer.

    `assignee_id`: only what this person of the unit sees to (承办人).
    """
    who = "reviewer" if role in ("unit_reviewer", "county_head") else "clerk"
    his = [_cases.c.assignee_id == assignee_id] if assignee_id else []
    return (
        sa.select(_cases.c.id)
        .where(_cases.c.turn_organization_id.in_(scope.organization_ids), _cases.c.turn_role == who, *his)
        .order_by(_cases.c.due_sort, _cases.c.id)
    )
