"""Turning the pages of a list: from the last row shown to the next ones, so that the 20,000th page costs what the
first does; a page's number is only what somebody typed, or counts for the eye.

Where no one index holds the order of the whole list (by due day, over several states), each part of it is read from
its own, as far as one page reaches, and the few rows are put in order.

Words are looked for among the first of the list; a common word fills the page there. One that does not is so rare, or
so far back, that the index of words leads.
"""
from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache

import sqlalchemy as sa

from app.access.scope import Scope
from app.casework import texts
from app.casework.listing import KEYS, Order, Selection, drivers, exactly, order_by, planned, rows
from app.organization.grams import pieces

DEPTH, DEEPEST = 80, 200_000  # rows looked through for each row wanted; a word in every 80th fills a page so
NO_DAY = sa.cast(sa.null(), sa.Date)
FARTHEST = 400  # the page to which a number leads where rows must be looked at on the way
CURSOR = re.compile(r"(?:([12]\d{3}|9999)-(\d{2})-(\d{2})\.)?([1-9]\d{0,9})", re.ASCII)


@dataclass(frozen=True)
class Place:
    """Where a page begins: at a number, after a row, before one, or so that it ends with the list."""

    number: int | None = 1
    after: str = ""
    before: str = ""
    last: bool = False


@dataclass(frozen=True)
class Page:
    """`first` and `last`: the cursors of its outer rows. `number` None: nobody knows, it was reached from the end."""

    ids: list[int]
    number: int | None
    size: int
    first: str = ""
    last: str = ""
    earlier: bool = False
    more: bool = False
    farthest: int | None = FARTHEST  # the page that may be asked for by number; None: any


@dataclass(frozen=True)
class Row:
    """A row of a list by its place in the order."""

    id: int
    key: dt.date | None = None

    def __str__(self) -> str:
        return f"{self.key.isoformat()}.{self.id}" if self.key else str(self.id)


def row_of(order: Order, text: str) -> Row | None:
    """The row that a cursor names; None when it is none of this order."""
    hit = CURSOR.fullmatch(text)
    if hit is None or (order.by == "number") is not (hit[1] is None):
        return None
    try:
        return Row(int(hit[4]), dt.date(int(hit[1]), int(hit[2]), int(hit[3])) if hit[1] else None)
    except ValueError:
        return None


def page(session, scope: Scope, selection: Selection, place: Place, size: int) -> Page:
    """The page at a place; what is no place in this list any more leads to its beginning or its end."""
    order = selection.ordered
    after, before = row_of(order, place.after), row_of(order, place.before)
    if place.last or before:
        found = _read(session, scope, _turned(selection), before, size)
        if len(found) > size:
            return _page(found[size - 1::-1], place.number if before else None, size, earlier=True, more=bool(before))
        return page(session, scope, selection, Place(), size)  # all before it stands on the first page
    farthest = None if _is_one_walk(scope, selection) else FARTHEST
    number = max(place.number or 1, 1)
    number = number if farthest is None else min(number, farthest)
    found = _read(session, scope, selection, after, size, 0 if after else (number - 1) * size)
    if not found and (after or number > 1):
        return page(session, scope, selection, Place(last=True), size)
    return _page(found[:size], place.number if after else number, size, bool(after) or number > 1, len(found) > size,
                 farthest)


def _page(found: list[Row], number: int | None, size: int, earlier: bool, more: bool,
          farthest: int | None = FARTHEST) -> Page:
    outer = (str(found[0]), str(found[-1])) if found else ("", "")
    return Page([row.id for row in found], number, size, *outer, earlier, more, farthest)


def _turned(selection: Selection) -> Selection:
    return replace(selection, order=selection.ordered.turned())


def _read(session, scope: Scope, selection: Selection, after: Row | None, size: int, skip: int = 0) -> list[Row]:
    """Up to one row more than the page holds."""
    if pieces(selection.words):
        return _said(session, scope, [(selection, after)], skip + size + 1)[0][skip:]
    by_id = selection.ordered.by == "number"
    statement = _often(scope, selection, after and ANY_ROW[by_id], size + 1, skip)
    asked = {"after_id": after.id, "after_key": after.key} if after else {}
    return [Row(row[0], None if by_id else row[1]) for row in session.execute(statement, asked).all()]


def one_page(scope: Scope, selection: Selection, after: Row | None, many: int, skip: int = 0) -> sa.Select:
    """SELECT of ids, and of what they are ordered by: `many` rows after a row, or after the first `skip`."""
    arms = [_arm(scope, part, unit, after) for part, unit in _parts(scope, selection)]
    if len(arms) == 1:
        return arms[0].limit(exactly(many)).offset(skip or None)
    arms = [sa.select(arm.limit(exactly(many + skip)).subquery()) for arm in arms]
    # UNION, where a case may stand in the lists of two units: once.
    joined = (sa.union if len(drivers(scope, selection) or ()) > 1 else sa.union_all)(*arms).subquery()
    key, order = list(joined.c)[-1], selection.ordered
    columns = dict.fromkeys((key, joined.c[0]))
    return (sa.select(*joined.c).order_by(*(c.desc() if order.descending else c for c in columns))
            .limit(exactly(many)).offset(skip or None))


ANY_ROW = {True: Row(1), False: Row(1, dt.date.max)}  # by number or by a day


@lru_cache(maxsize=512)
def _often(scope: Scope, selection: Selection, after: Row | None, many: int, skip: int) -> sa.Select:
    """`one_page` after a row that is told when it is executed."""
    return planned(scope, [selection], one_page(scope, selection, after, many, skip))


def _parts(scope: Scope, selection: Selection) -> list[tuple[Selection, int | None]]:
    """The list in parts each of which an index holds in order: `(selection, unit that drives it)`."""
    states = selection.asked_states or ()
    chosen = [selection]
    if selection.ordered.by != "number" and len(states) > 1:
        chosen = [replace(selection, state=state, states=()) for state in states]
    return [(part, unit) for part in chosen for unit in drivers(scope, selection) or (None,)]


def _is_one_walk(scope: Scope, selection: Selection) -> bool:
    """Whether a number of rows is skipped within one index, without a look at them."""
    return not selection.asked_conditions and not pieces(selection.words) and len(_parts(scope, selection)) == 1


def _arm(scope: Scope, selection: Selection, unit: int | None, after: Row | None) -> sa.Select:
    statement, table = rows(scope, selection, (unit,) if unit else None)
    order, keys = selection.ordered, KEYS[table]
    if order.by != "number" and len(statement.selected_columns) == 1:
        statement = statement.add_columns(keys[order.by])
    if after:
        here = sa.tuple_(keys[order.by], keys["number"]) if after.key else keys["number"]
        last = sa.bindparam("after_id", after.id)
        there = sa.tuple_(sa.bindparam("after_key", after.key, sa.Date), last) if after.key else last
        statement = statement.where(here < there if order.descending else here > there)
    return statement.order_by(*order_by(table, order))


# ── words ──────────────────────────────────────────────────────────────────────────────────────────────────────
def said(session, scope: Scope, selections: list[Selection], most: int) -> list[list[int]]:
    """The first `most` ids of each selection, all of which have words; two statements for all of them."""
    return [[row.id for row in found] for found in _said(session, scope, [(one, None) for one in selections], most)]


def _said(session, scope: Scope, asked: list[tuple[Selection, Row | None]], most: int) -> list[list[Row]]:
    depth, arms = min(DEPTH * most, DEEPEST), []
    for n, (selection, after) in enumerate(asked):
        first = one_page(scope, replace(selection, words=""), after, depth).cte(f"first_{n}")
        arms.append(_told(n, _standing(first, selection, most), selection))
        arms.append(sa.select(sa.literal_column(str(-1 - n)), sa.func.count(), NO_DAY).select_from(first))
    seen = _by_arm(session, arms)
    found = [_in_order(seen[n], selection) for n, (selection, _after) in enumerate(asked)]
    short = [n for n, (selection, _after) in enumerate(asked) if len(found[n]) < most
             and seen[-1 - n][0].id == depth and texts.is_indexed(pieces(selection.words))]
    seen = _by_arm(session, [_told(n, one_page(scope, *asked[n], most), asked[n][0]) for n in short])
    return [_in_order(seen[n], asked[n][0]) if n in short else rows for n, rows in enumerate(found)]


def _standing(first: sa.CTE, selection: Selection, most: int) -> sa.Select:
    """Those of a list's first rows in whose texts the words stand."""
    statement = sa.select(*first.c).join(texts.TEXTS, texts.TEXTS.c.case_id == first.c[0])
    columns = dict.fromkeys(([*first.c][-1], first.c[0]))
    order = [column.desc() if selection.ordered.descending else column for column in columns]
    return statement.where(*texts.stands(pieces(selection.words))).order_by(*order).limit(most)


def _told(n: int, statement: sa.Select, selection: Selection) -> sa.Select:
    found = statement.subquery()
    key = NO_DAY if selection.ordered.by == "number" else [*found.c][-1]
    return sa.select(sa.literal_column(str(n)), found.c[0], key)


def _by_arm(session, arms: list[sa.Select]) -> dict[int, list[Row]]:
    """`{n: rows}` of several selects in one statement."""
    seen = defaultdict(list)
    for n, *row in session.execute(sa.union_all(*arms)) if arms else ():
        seen[n].append(Row(*row))
    return seen


def _in_order(found: list[Row], selection: Selection) -> list[Row]:
    return sorted(found, key=lambda row: (row.key or dt.date.min, row.id), reverse=selection.ordered.descending)
