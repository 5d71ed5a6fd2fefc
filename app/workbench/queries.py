"""What the first page reads, of all nouns together and in a constant number of statements."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import selectinload, with_polymorphic

from app.access.scope import labels
from app.casework.cases import Case
from app.casework.desk import Desk, Figure, Turn
from app.casework.listing import capped_counts, turns
from app.nouns import BY_KIND, ROOMS
from app.organization.models import Organization

CAP = 1000  # more than that nobody reads in the top bar


def waiting(session, hat, today: dt.date, most: int, mine: bool = False) -> tuple[list[tuple[Desk, Turn]], bool]:
    """`(lines, whether there are more)`: the cases of every kind whose turn it is, the most urgent first.

    `mine`: only those that the wearer sees to.
    """
    found = session.scalars(turns(hat.scope, hat.role, hat.user_id if mine else None).limit(most + 1)).all()
    cases = _cases_of_all_kinds(session, found[:most])
    in_order = (cases[case_id] for case_id in found[:most] if case_id in cases)
    lines = [(desk := BY_KIND[case.kind].desk, desk.turn(case, hat, today)) for case in in_order]
    return lines, len(found) > most


def _cases_of_all_kinds(session, ids: list[int]) -> dict[int, Case]:
    """`{id: case}` through the scope, each as its own class, in one statement and one for each thing it has."""
    if not ids:
        return {}
    every = with_polymorphic(Case, [room.noun.model for room in ROOMS])
    whole = [selectinload(every.request)]
    for room in ROOMS:
        of_kind = getattr(every, room.noun.model.__name__)
        whole += [selectinload(getattr(of_kind, name)).lazyload("*") for name in room.desk.loads]
    return {case.id: case for case in session.scalars(sa.select(every).where(every.id.in_(ids)).options(*whole))}


def names_of(session, lines: list[tuple[Desk, Turn]]) -> dict[int, str]:
    """Names of the units that the lines speak of, in one statement."""
    return labels(session, Organization.__table__, {unit for _desk, turn in lines for unit in turn.units})


def figures(session, hat, today: dt.date) -> list[tuple[Desk, list[tuple[Figure, int]]]]:
    """Each desk with its figures and their counts, which stop at the cap; one statement for all."""
    asked = [(room.desk, list(room.desk.figures(hat, today))) for room in ROOMS]
    counts = capped_counts(session, hat.scope, [
        (f"{desk.kind}_{n}", figure.selection) for desk, found in asked for n, figure in enumerate(found)
    ])
    return [
        (desk, [(figure, counts[f"{desk.kind}_{n}"]) for n, figure in enumerate(found)])
        for desk, found in asked if found
    ]


def todo_count(session, hat) -> int:
    """How many cases wait for the hat worn; one statement, capped."""
    inner = turns(hat.scope, hat.role).order_by(None).limit(CAP).subquery()
    return session.execute(sa.select(sa.func.count()).select_from(inner)).scalar_one()
