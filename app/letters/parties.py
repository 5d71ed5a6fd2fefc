"""Who is a party to a letter, whose turn it is, and what a hat's unit is to it.

A draft is its issuer's alone. From its issue on who was served finds it, and who hands it on or stands in for an
enterprise; how the others answer is told by the deliveries, each to its own parties.
"""
from __future__ import annotations

from sqlalchemy.orm import object_session

from app.casework.verbs import relations_of
from app.deliveries.parties import of_head
from app.letters.models import Letter
from app.letters.states import DRAFT_STATES, LetterState


def of_letter(letter: Letter) -> list[tuple[int, str, bool]]:
    """`(organization id, role, oversees)`; read past the scope of who acts, who may be one recipient of many."""
    served = of_head(object_session(letter), letter.id) if letter.issued else []
    return [(letter.filed_by_id, "filing", True), *served]


def turn(letter: Letter) -> tuple[int | None, str | None]:
    """The author's unit writes, a second person of it checks, its head signs; then it is the deliveries' turn."""
    if letter.state == LetterState.DRAFT:
        return letter.filed_by_id, "clerk"
    if letter.state in DRAFT_STATES:
        return letter.filed_by_id, "reviewer"
    return None, None


def relations(letter: Letter, hat) -> frozenset[str]:
    """`writing` instead of `filing`: who wrote the draft, in whatever role, neither checks nor signs it."""
    mine = set(relations_of(letter, hat))
    if "filing" in mine and letter.state in DRAFT_STATES and not hat.persons.isdisjoint(letter.authors):
        mine = mine - {"filing"} | {"writing"}
    return frozenset(mine)
