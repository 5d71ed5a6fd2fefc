"""What the first page reads, of all nouns together and in a constant number of statements."""
from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import selectinload, undefer, with_polymorphic

from app.access.scope import Scope, labels
from app.casework.cases import Case
from app.casework.desk import Desk, Figure, Turn
from app.casework.listing import capped_counts, exactly, ids, turns
from app.casework.verbs import available
from app.nouns import BY_KIND, DESKS, ROOMS
from app.organization.models import Organization

CAP = 1000  # more than that nobody reads in the top bar
_cases = Case.__table__


Line = tuple[Desk, Turn]


@dataclass(frozen=True)
class Lines:
    """What the first page lists: `mine` waits for the wearer's unit, the most urgent first; `over` and `soon` for
    others. `more`: whether more than is listed waits for the unit.
    """

    mine: list[Line]
    over: list[Line]
    soon: list[Line]
    more: bool

    @property
    def all(self) -> list[Line]:
        return [*self.mine, *self.over, *self.soon]


def lines(session, hat, today: dt.date, most: int, others: int, assigned: bool = False) -> Lines:
    """The cases of every kind. `assigned`: of the unit's own only those that the wearer sees to.

    Of what others owe, at most so many of each kind.
    """
    found = session.scalars(turns(hat.scope, hat.role, hat.user_id if assigned else None).limit(most + 1)).all()
    over, soon = ({}, {}) if assigned else _with_others(session, hat, today, others)
    cases = cases_of_all_kinds(session, [*found[:most], *over, *soon])

    def those(case_ids: Iterable[int], line) -> list[Line]:
        return [line(cases[case_id], hat, today) for case_id in case_ids if case_id in cases]

    return Lines(those(found[:most], line_of), those(over, _chased), those(soon, _chased), len(found) > most)


def line_of(case: Case, hat, today: dt.date) -> Line:
    desk = BY_KIND[case.kind].desk
    return desk, desk.turn(case, hat, today)


def _chased(case: Case, hat, today: dt.date) -> Line:
    """What others owe is offered to be chased, and nothing else: their own steps stand on its page."""
    desk, turn = line_of(case, hat, today)
    verbs = available(BY_KIND[case.kind].noun, case, hat, today)
    return desk, replace(turn, verb=next((verb for verb in verbs if verb.name == "chase"), None))


def _with_others(session, hat, today: dt.date, most: int) -> tuple[dict[int, None], dict[int, None]]:
    """`(overdue, due soon)`: ids of what waits for others, by deadline; one statement for all kinds."""
    elsewhere = sa.or_(_cases.c.turn_organization_id.is_(None),
                       _cases.c.turn_organization_id.not_in(hat.organization_ids))
    found, arms = {"over": {}, "soon": {}}, []
    for room in ROOMS:
        for due in found if room.desk.numbers else ():
            numbers = room.desk.numbers
            selection = numbers.select(hat.scope, numbers.filters(hat.scope, due=due), today)
            for state in selection.states:  # each is one walk of the index; over several states all rows were sorted
                one = replace(selection, state=state, conditions=(*selection.conditions, elsewhere))
                rows = ids(hat.scope, one).limit(most).subquery()
                arms.append(sa.select(sa.literal_column(f"'{due}'"), sa.literal_column(f"'{room.desk.kind}'"),
                                      rows.c[0], _cases.c.due_sort).join(_cases, _cases.c.id == rows.c[0]))
    shown = Counter()
    for due, kind, case_id, _day in session.execute(sa.union_all(*arms).order_by(sa.text("4"), sa.text("3"))):
        if shown[due, kind] < most:
            found[due][case_id] = None
            shown[due, kind] += 1
    return found["over"], found["soon"]


def cases_of_all_kinds(session, ids: list[int], *more: str) -> dict[int, Case]:
    """`{id: case}` through the scope, each as its own class, in one statement and one for each thing it has; with
    `more` columns than usual.
    """
    if not ids:
        return {}
    every = with_polymorphic(Case, [room.noun.model for room in ROOMS])
    whole = [selectinload(every.request), *(undefer(getattr(every, name)) for name in more)]
    for room in ROOMS:
        of_kind = getattr(every, room.noun.model.__name__)
        whole += [selectinload(getattr(of_kind, name)).lazyload("*") for name in room.desk.loads]
    return {case.id: case for case in session.scalars(sa.select(every).where(every.id.in_(ids)).options(*whole))}


def names_of(session, lines: Iterable[Line]) -> dict[int, str]:
    """Names of the units that the lines speak of, in one statement."""
    return labels(session, Organization.__table__, {unit for _desk, turn in lines for unit in turn.units})


def figures(session, hat, today: dt.date) -> list[tuple[Desk, list[tuple[Figure, int]]]]:
    """Each desk with its figures and their counts, which stop at the cap; one statement for all."""
    desks = (*DESKS, *(room.desk for room in ROOMS))
    asked = [(desk, list(desk.figures(hat, today))) for desk in desks]
    counts = capped_counts(session, hat.scope, [
        (f"{desk.kind}_{n}", figure.selection) for desk, found in asked for n, figure in enumerate(found)
    ])
    return [
        (desk, [(figure, counts[f"{desk.kind}_{n}"]) for n, figure in enumerate(found)])
        for desk, found in asked if found
    ]


def todo_count(scope: Scope, role: str) -> sa.Select:
    """How many cases wait for the wearer of the hat, up to the cap."""
    inner = turns(scope, role).order_by(None).limit(exactly(CAP)).subquery()
    return sa.select(sa.func.count()).select_from(inner)


@dataclass(frozen=True)
class Grave:
    """What a leader asks after first, of one noun: the most urgent lines, how many there are, and their list."""

    desk: Desk
    lines: list[Line]
    count: int
    url: str


def grave(session, hat, today: dt.date, most: int) -> list[Grave]:
    """Of each desk that names it: overdue major hazards."""
    found = []
    for desk in (room.desk for room in ROOMS if room.desk.numbers and room.desk.numbers.grave):
        selection = desk.numbers.select(hat.scope, desk.numbers.grave, today)
        all_of_them, first = (ids(hat.scope, selection).limit(many).subquery() for many in (CAP + 1, most))
        count = sa.select(sa.func.count()).select_from(all_of_them).scalar_subquery()
        rows = session.execute(sa.select(first.c[0], count)).all()
        cases, count = cases_of_all_kinds(session, [row[0] for row in rows]), rows[0][1] if rows else 0
        shown = [line_of(cases[row[0]], hat, today) for row in rows if row[0] in cases]
        found.append(Grave(desk, shown, count, desk.numbers.url(desk.numbers.grave)))
    return found
