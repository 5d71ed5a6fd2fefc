"""The measures that are served by deliveries. A measure's package registers its own; this room knows none of them."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.casework.verbs import Act


@dataclass(frozen=True)
class Measure:
    """A head's kind, and what deliveries ask of it.

    `follow(act)`: what of the head follows from a verb of one of its deliveries, in the same transaction. `void`: its
    states in which it asks nothing of anybody any more. `view`: the endpoint of its screens (`show`, `file`). `facts`:
    a template that says on a delivery's page what the measure asks, given what `read(session, head's id)` returns.
    """

    kind: str
    title: object
    follow: Callable[[Act], None]
    void: frozenset[str]
    view: str = ""
    facts: str = ""
    read: Callable[[object, int], dict] = lambda session, head_id: {}


MEASURES: dict[str, Measure] = {}


def register(measure: Measure) -> Measure:
    MEASURES[measure.kind] = measure
    return measure


def follow(act: Act) -> None:
    """After every verb of a delivery: its head follows."""
    MEASURES[act.case.measure].follow(act)
