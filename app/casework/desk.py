"""What a noun puts on the workbench: the lines whose turn it is, and numbers that lead to the rows they count.

A noun declares one `Desk` for each kind of its cases; app/nouns.py names them all. The workbench knows no noun:
it reads the cases of every kind and the names of their units at once, has each desk word its own, and counts all
figures in one statement.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import url_for

from app.casework.cases import Case
from app.casework.counted import Count
from app.casework.listing import Selection
from app.casework.verbs import Noun, Verb, available


@dataclass(frozen=True)
class Turn:
    """One line of the to-do list: the case; number, state and units, which stand below its title; the first verb.

    `stopped`: its work is reported as done, and its deadline no longer runs.
    """

    case: Case
    number: str | None
    state: object
    units: tuple[int, ...]
    verb: Verb | None
    stopped: bool = False


@dataclass(frozen=True)
class Figure:
    """A number: `selection` is what it counts, `url` the list that shows the same rows, `look` its colour.

    What is no case is selected by a SELECT of its ids.
    """

    title: object
    selection: Selection | sa.Select
    url: str
    look: str = ""


@dataclass(frozen=True)
class Column:
    """A number of each unit: `filters` are those of the list that it opens, and so what it counts."""

    title: object
    filters: Mapping[str, str]
    look: str = ""


@dataclass(frozen=True)
class Numbers:
    """What is counted of a noun by unit, by month and by industry; each number through `select`, as its list is.

    `select(scope, filters, today)`: the selection of the list at the endpoint `list`. `columns(today)`: of each unit.
    `unit`: the column that names whose a row is; None: every unit that is a party. `grave`: filters of what a leader
    asks after first. `ours`: filters that a unit's own numbers have besides: what it reads only by courtesy is not its.
    """

    list: str
    select: Callable[[object, Mapping, dt.date], Selection]
    counts: Mapping[str, Count]
    columns: Callable[[dt.date], Iterable[Column]]
    unit: sa.Column | None = None
    industry: sa.Column | None = None
    grave: Mapping[str, str] | None = None
    ours: Mapping[str, str] = field(default_factory=dict)

    def filters(self, scope, **asked: str) -> dict[str, str]:
        """The filters of a number for a reader."""
        return {**(self.ours if scope.breadth == "units" else {}), **asked}

    def url(self, filters: Mapping, **more) -> str:
        return url_for(self.list, **filters, **more)


@dataclass(frozen=True)
class Desk:
    """`view` is the endpoint of the screens; `words` the template whose macros `tags` and `deadline` word a case;
    `tag` tells its lines from another noun's.

    `turn(case, hat, today)` and `figures(hat, today)` read nothing; `loads` names what of a case comes with it.
    """

    kind: str
    title: object
    view: str
    words: str
    turn: Callable[[Case, object, dt.date], Turn]
    figures: Callable[[object, dt.date], Iterable[Figure]] = lambda hat, today: ()
    tag: object = ""
    loads: tuple[str, ...] = ()
    numbers: Numbers | None = None


def first_verb(noun: Noun, case: Case, hat, today: dt.date) -> Verb | None:
    """What is offered beside a line: a request's decision, else the primary verb, else the first of this hat."""
    verbs = available(noun, case, hat, today)
    return min(verbs, key=lambda verb: (not verb.request, not verb.primary), default=None)
