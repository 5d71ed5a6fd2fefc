"""Lists of cases: which ids stand on a page, and how many there are, however large the county's history grows.

Ids come first, in the order of one index: a unit's from its parties, the county's from `cases`. Rows are loaded
afterwards, through the scope. Counts stop at `CAP`. Pages are turned from row to row (`paging.page`), words are looked
for among the first rows before the index of words leads (`paging.said`).
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, wraps

import sqlalchemy as sa

from app.access.scope import Scope, planned_once
from app.casework import texts
from app.casework.cases import Case, CaseParty, turn_role
from app.organization.grams import pieces

CAP = 999  # "999+": nobody reads on, and each count is read from an index entry by entry
_cases = Case.__table__
_parties = CaseParty.__table__


@dataclass(frozen=True)
class Order:
    """What a list is ordered by: `number` (the order of entry), `due` or `happened`; equals by their entry."""

    by: str
    descending: bool = False

    def turned(self) -> Order:
        return Order(self.by, not self.descending)


# The columns that the lists' indexes hold, of `cases` or repeated in `case_parties`.
KEYS = {
    _cases: {"number": _cases.c.id, "due": _cases.c.due_sort, "happened": _cases.c.happened_on},
    _parties: {"number": _parties.c.case_id, "due": _parties.c.due, "happened": _parties.c.happened_on},
}
ORDERS = tuple(KEYS[_cases])


@dataclass(frozen=True)
class Selection:
    """What a list shows: conditions over `cases` joined with the noun's table, and perhaps one unit's only.

    `state`, `states` and `due` (first and last day) are asked of the index that drives the list. `of_state`: conditions
    that only the rows of a state must meet, so that the others need no look at the noun's table. `words`: what was
    typed; each of its pieces stands in the case's text. `order`: another one than the list's own, which is by due day
    or the newest first.
    """

    kind: str
    table: sa.Table
    state: str | None = None
    states: tuple[str, ...] = ()
    due: tuple[dt.date | None, dt.date | None] = (None, None)
    organization_id: int | None = None
    conditions: tuple = ()
    of_state: tuple[tuple[str, sa.ColumnElement], ...] = ()
    by_due: bool = False
    words: str = ""
    order: Order | None = None

    @property
    def ordered(self) -> Order:
        return self.order or (Order("due") if self.by_due else Order("number", descending=True))

    @property
    def asked_states(self) -> tuple[str, ...] | None:
        """Those that rows may be in; empty: any, None: there is no such row."""
        if self.state and self.states:
            return (self.state,) if self.state in self.states else None
        return (self.state,) if self.state else self.states

    @property
    def asked_conditions(self) -> tuple:
        """Over `cases` joined with the noun's table; none: the driving index answers by itself."""
        states = self.asked_states
        further = [condition if states == (state,) else sa.or_(_cases.c.state != state, condition)
                   for state, condition in self.of_state if not states or state in states]
        return (*self.conditions, *further)


def ids(scope: Scope, selection: Selection) -> sa.Select:
    """SELECT of case ids in list order."""
    statement, table = rows(scope, selection)
    return statement.order_by(*order_by(table, selection.ordered))


def rows(scope: Scope, selection: Selection, drives: tuple[int, ...] | None = None) -> tuple[sa.Select, sa.Table]:
    """SELECT of case ids without order, and the table whose index drives it; `drives`: only one of the units."""
    if scope.breadth not in ("county", "units"):
        return sa.select(_cases.c.id).where(sa.false()), _cases
    drives = drives or drivers(scope, selection)
    table = _cases if drives is None else _parties
    statement = _from_cases(scope, selection) if drives is None else _from_parties(scope, selection, drives)
    if words := pieces(selection.words):
        statement = statement.where(KEYS[table]["number"].in_(texts.where_said(words)))
    return statement, table


def alike(select: Callable[..., Selection]) -> Callable[..., Selection]:
    """Of the same filters the very same selection, by which the statements are found again that were made of it:
    making one takes longer than the databases take to answer it.
    """
    kept = lru_cache(maxsize=1024)(lambda scope, filters, *more, **named: select(scope, dict(filters), *more, **named))

    @wraps(select)
    def selection(scope: Scope, filters: Mapping, *more, **named) -> Selection:
        return kept(scope, tuple(filters.items()), *more, **named)

    return selection


def planned(scope: Scope, selections: Iterable[Selection], statement: sa.Select) -> sa.Select:
    """What a county's roles ask of all its cases is planned once: unlike a unit's, it is the same for everybody."""
    same = all(drivers(scope, selection) is None and not selection.asked_conditions for selection in selections)
    return planned_once(statement) if same else statement


def exactly(number: int):
    """A number that stands in the statement: what is planned once is planned for so many rows."""
    return sa.literal_column(str(int(number)), sa.Integer)


def order_by(table: sa.Table, order: Order) -> list:
    columns = dict.fromkeys((KEYS[table][order.by], KEYS[table]["number"]))
    return [column.desc() if order.descending else column for column in columns]


def drivers(scope: Scope, selection: Selection) -> tuple[int, ...] | None:
    """The units whose parties drive the list; None: the county's cases do."""
    if scope.breadth == "units":
        return scope.organization_ids
    return (selection.organization_id,) if selection.organization_id else None


def _from_cases(scope: Scope, selection: Selection) -> sa.Select:
    statement = sa.select(_cases.c.id).where(
        _cases.c.county_id == scope.county_id, _cases.c.kind == selection.kind, *_driven(_cases, selection))
    return _narrowed(statement.where(_is_issued_or_mine(scope)), selection)


def _from_parties(scope: Scope, selection: Selection, drives: tuple[int, ...]) -> sa.Select:
    p = _parties
    keys = dict.fromkeys((p.c.case_id, KEYS[p][selection.ordered.by]))  # DISTINCT is in this order, too
    statement = sa.select(*keys).where(
        p.c.organization_id.in_(drives) if len(drives) != 1 else p.c.organization_id == drives[0],
        p.c.kind == selection.kind, *_driven(p, selection))
    needs_case = bool(selection.asked_conditions) or scope.breadth == "county"
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
    return statement.distinct()


def _driven(table: sa.Table, selection: Selection) -> list:
    """Conditions on the columns that the lists' indexes hold."""
    first, last = selection.due
    states, due = selection.asked_states, KEYS[table]["due"]
    if states is None:
        return [sa.false()]
    # Said outright: planned once, a state of few cases must not be taken for one of many.
    said = [sa.literal(state, table.c.state.type, literal_execute=True) for state in states]
    asked = [table.c.state == said[0] if len(said) == 1 else table.c.state.in_(said)] if said else []
    asked += [due >= first] if first else []
    return asked + ([due <= last] if last else [])


def _narrowed(statement: sa.Select, selection: Selection) -> sa.Select:
    if not (conditions := selection.asked_conditions):
        return statement
    return statement.join(selection.table, selection.table.c.id == _cases.c.id).where(*conditions)


def _is_issued_or_mine(scope: Scope):
    return sa.or_(_cases.c.issued.is_(True), _cases.c.filed_by_id.in_(scope.organization_ids))


def capped_counts(session, scope: Scope, selections: Iterable[tuple[str, Selection | sa.Select]],
                  cap: int = CAP) -> dict[str, int]:
    """`{name: count}` in one statement; a count of cap + 1 means "more than cap". What is no case comes as a SELECT."""
    selections = dict(selections)
    asked = tuple((name, one) for name, one in selections.items()
                  if not isinstance(one, Selection) or one.asked_states is not None)
    if not asked:
        return dict.fromkeys(selections, 0)
    often = all(isinstance(one, Selection) for _name, one in asked)
    statement = (_counting_often if often else _counting)(scope, asked, cap)
    return dict.fromkeys(selections, 0) | dict(session.execute(statement).mappings().one())


def _counting(scope: Scope, selections: tuple[tuple[str, Selection | sa.Select], ...], cap: int) -> sa.Select:
    columns = []
    for name, selection in selections:
        if isinstance(selection, Selection):
            # A unit's in the order of the index that holds the state: equal rows are neighbours, it stops at the cap.
            # The county's in any order: a case stands there once, and several states would have to be sorted first.
            whole, by_due = drivers(scope, selection) is None, selection.by_due or selection.state is not None
            selection = ids(scope, replace(selection, by_due=by_due, order=None))
            selection = selection.order_by(None) if whole else selection
        inner = selection.limit(exactly(cap + 1)).subquery()
        columns.append(sa.select(sa.func.count()).select_from(inner).scalar_subquery().label(name))
    return sa.select(*columns)


@lru_cache(maxsize=512)
def _counting_often(scope: Scope, selections: tuple[tuple[str, Selection], ...], cap: int) -> sa.Select:
    return planned(scope, dict(selections).values(), _counting(scope, selections, cap))


def turns(scope: Scope, role: str, assignee_id: int | None = None) -> sa.Select:
    """SELECT of ids whose turn it is for the wearer of the hat: its unit, as clerk or as reviewer.

    `assignee_id`: only what this person of the unit sees to (承办人).
    """
    his = [_cases.c.assignee_id == assignee_id] if assignee_id else []
    return (
        sa.select(_cases.c.id)
        .where(_cases.c.turn_organization_id.in_(scope.organization_ids), _cases.c.turn_role == turn_role(role), *his)
        .order_by(_cases.c.due_sort, _cases.c.id)
    )
