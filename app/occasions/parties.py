"""Who is a party to an occasion, and whose turn it is."""
from __future__ import annotations

from app.casework.verbs import relations_of
from app.occasions.models import Occasion
from app.occasions.states import OccasionKind, OccasionState


def parties(occasion: Occasion) -> list[tuple[int, str, bool]]:
    """The unit that recorded it; the county office reads it as it reads every case of the county."""
    return [(occasion.filed_by_id, "filing", True)]


def turn(occasion: Occasion) -> tuple[int | None, str | None]:
    """An instruction waits to be answered; of the others letters are made, and nothing is owed."""
    if occasion.state == OccasionState.OPEN and occasion.type == OccasionKind.INSTRUCTION:
        return occasion.filed_by_id, "clerk"
    return None, None


relations = relations_of
