"""What is found, ledger by ledger in the menu's order, then units and people; the same few statements for all."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from flask import url_for

from app import menu
from app.access.permissions import Permission as P
from app.access.scope import labels
from app.casework.desk import Desk, Turn
from app.casework.listing import Selection
from app.casework.paging import said
from app.nouns import ROOMS, Room
from app.organization.grams import pieces
from app.organization.models import Organization, Post, User
from app.organization.search import find, like, normalized
from app.workbench.queries import cases_of_all_kinds, line_of

SHOWN, MOST, UNITS = 5, 100, 5  # cases of a ledger that stand here; up to which they are counted; units and people
LISTS = {f"{room.desk.view}.list": room for room in ROOMS}


@dataclass(frozen=True)
class Hit:
    """A case: its line as the workbench has it, its state, whose turn it is, the text that can be found of it."""

    desk: Desk
    turn: Turn
    state: object
    whose: int | None
    text: str


@dataclass(frozen=True)
class Group:
    """What a ledger has: the newest hits, how many there are (more than MOST are not counted), the list of all."""

    title: object
    hits: list[Hit]
    count: int
    url: str


def rooms_of(hat) -> Iterator[tuple[menu.Entry, Room]]:
    """The ledgers that the hat may open, with what the menu calls them."""
    for entry in menu.leaves():
        if entry.endpoint in LISTS and menu.is_reachable(entry, hat):
            yield entry, LISTS[entry.endpoint]


def ledgers(session, hat, typed: str, today: dt.date) -> list[Group]:
    """The groups that have hits; two statements, and those that read the cases."""
    rooms = list(rooms_of(hat))
    asked = [Selection(room.desk.kind, room.noun.model.__table__, words=typed) for _entry, room in rooms]
    found = said(session, hat.scope, asked, MOST + 1) if pieces(typed) and asked else []
    shown = [case_id for ids in found for case_id in ids[:SHOWN]]
    cases = cases_of_all_kinds(session, shown, "found_text")
    groups = []
    for (entry, room), ids in zip(rooms, found, strict=bool(found)):
        hits = [_hit(room, cases[i], hat, today) for i in ids[:SHOWN] if i in cases]
        if hits:
            groups.append(Group(entry.title, hits, len(ids), url_for(entry.endpoint, q=typed)))
    return groups


def _hit(room: Room, case, hat, today: dt.date) -> Hit:
    desk, turn = line_of(case, hat, today)
    return Hit(desk, turn, room.noun.states(case.state), case.turn_organization_id, case.found_text or "")


def names_of(session, groups: list[Group]) -> dict[int, str]:
    """Names of all units that the hits speak of, in one statement."""
    hits = [hit for group in groups for hit in group.hits]
    return labels(session, Organization.__table__, {unit for hit in hits for unit in (*hit.turn.units, hit.whose)})


@dataclass(frozen=True)
class Unit:
    """A unit of that name, and the ledgers that can show its cases."""

    name: str
    note: str
    lists: list[tuple[object, str]]


def units(session, hat, typed: str) -> list[Unit]:
    """Units and enterprises in sight whose name, short or old, has the words; one statement."""
    if len(normalized(typed)) < 2:
        return []
    lists = [(entry.title, room.desk.numbers) for entry, room in rooms_of(hat) if room.desk.numbers]
    return [
        Unit(row["text"], row["note"], [(title, numbers.url({}, unit=row["id"])) for title, numbers in lists])
        for row in find(session, typed, limit=UNITS)
    ]


@dataclass(frozen=True)
class Person:
    name: str
    posts: list[str]
    url: str


def people(session, hat, typed: str) -> list[Person]:
    """People of the directory, for those who may read it and so far as they may; one statement."""
    words = normalized(typed)
    if len(words) < 2 or not hat.permits(P.PEOPLE_READ):
        return []
    rows = session.execute(
        sa.select(User.id, User.last_name, Organization.name)
        .join(Post, Post.user_id == User.id).join(Organization, Organization.id == Post.organization_id)
        .where(User.active.is_(True), User.last_name.like(like(words), escape="\\"))
        .order_by(User.last_name, User.id, Post.id).limit(4 * UNITS)
    )
    found: dict[int, Person] = {}
    for user_id, name, unit in rows:
        person = found.setdefault(user_id, Person(name, [], url_for("People.show", pk=user_id)))
        if unit not in person.posts:
            person.posts.append(unit)
    return list(found.values())[:UNITS]
