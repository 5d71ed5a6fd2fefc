"""What the screens and exports read of letters, in a constant number of statements."""
from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace

import sqlalchemy as sa
from sqlalchemy.orm import attributes, joinedload, lazyload, selectinload

from app.access.scope import Scope, labels
from app.casework.cases import Case, CaseParty
from app.casework.deadlines import is_overdue
from app.casework.listing import Selection, alike
from app.deliveries.models import Delivery
from app.deliveries.rules import RUNNING_STATES
from app.deliveries.states import DeliveryState
from app.letters.models import Letter, Trigger
from app.letters.states import OPEN_STATES, LetterState
from app.occasions.models import resting
from app.organization.models import Organization

_cases, _letters, _triggers = Case.__table__, Letter.__table__, Trigger.__table__
_deliveries, _units, _parties = Delivery.__table__, Organization.__table__, CaseParty.__table__
_served = Case.__table__.alias("served")
IN_FORCE = tuple(state.value for state in (*OPEN_STATES, LetterState.CLOSED))
ON_A_PAGE = 50  # letters that an occasion's page tells; more rest on none
RUNNING = tuple(state.value for state in RUNNING_STATES)


# ── which rows stand in a list ─────────────────────────────────────────────────────────────────────────────────
@alike
def selection(scope: Scope, filters: dict, state: str | None, today: dt.date) -> Selection:
    """The list of letters: filters (`FilterForm`'s data), state tab; the open ones by their nearest day."""
    asked = []
    if filters.get("type"):
        asked.append(_letters.c.type == filters["type"])
    if filters.get("situation"):
        asked.append(sa.exists().where(_triggers.c.case_id == _cases.c.id,
                                       _triggers.c.situation == filters["situation"]).correlate(_cases))
    if filters.get("unit"):
        asked.append(_has_delivery(scope, _deliveries.c.recipient_id == filters["unit"]))
    if filters.get("since"):
        asked.append(_letters.c.signed_on >= filters["since"])
    if filters.get("until"):
        asked.append(_letters.c.signed_on <= filters["until"])
    due = filters.get("due")
    if due:
        asked.append(_has_delivery(scope, *_standing(due, today)))
    return Selection("letter", _letters, state=state, states=tuple(OPEN_STATES) if due else (),
                     conditions=tuple(asked), by_due=state in OPEN_STATES or bool(due), words=filters.get("q") or "")


def _standing(due: str, today: dt.date) -> list:
    if due == "unsigned":
        return [_served.c.state == DeliveryState.SERVED.value]
    if due == "unanswered":
        return [_served.c.state.in_(RUNNING), _deliveries.c.reply_required.is_(True)]
    return [_served.c.state.in_(RUNNING), _served.c.due < today]


def _has_delivery(scope: Scope, *conditions):
    """A delivery of the letter that is so, and that the scope finds."""
    mine, found = _parties.alias("mine_of_served"), list(conditions)
    if scope.breadth == "units":
        found.append(sa.exists().where(
            mine.c.case_id == _served.c.id, mine.c.organization_id.in_(scope.organization_ids)
        ).correlate_except(mine))
    return sa.exists(
        sa.select(_served.c.id).join(_deliveries, _deliveries.c.id == _served.c.id)
        .where(_served.c.head_id == _cases.c.id, *found).correlate(_cases)
    )


# ── the rows themselves ────────────────────────────────────────────────────────────────────────────────────────
def load(session, ids: list[int]) -> list[Letter]:
    """The letters in the order of `ids`, through the scope, with what they rest on."""
    rows = session.scalars(sa.select(Letter).where(Letter.id.in_(ids)).options(selectinload(Letter.triggers)))
    found = {row.id: row for row in rows}
    return [found[i] for i in ids if i in found]


def whole(session, letter_id: int) -> Letter | None:
    """A letter with its problems and what it rests on, in one statement and one for its parties."""
    return session.scalars(
        sa.select(Letter).where(Letter.id == letter_id).options(joinedload(Letter.items), joinedload(Letter.triggers))
    ).unique().one_or_none()


def resting_on(session, records: Iterable[int]) -> list[Letter]:
    """The newest letters in force that rest on one of the records."""
    resting = sa.select(Trigger.case_id).where(Trigger.shown_by_id.in_(records))
    return session.scalars(
        sa.select(Letter).where(Letter.id.in_(resting), Letter.state.in_(IN_FORCE))
        .order_by(Letter.id.desc()).limit(3)).all()


def on_occasion(session, occasion_id: int) -> list[SimpleNamespace]:
    """For an occasion's page: the letters in sight that rest on it, the newest first, drafts of the own unit among
    them."""
    rows = session.execute(
        sa.select(Letter.id, Letter.number, Letter.title, Letter.state).where(
            Letter.id.in_(sa.select(Trigger.case_id).where(Trigger.shown_by_id == occasion_id)),
            Letter.state != LetterState.DISCARDED).order_by(Letter.id.desc()).limit(ON_A_PAGE))
    return [SimpleNamespace(**{**row._mapping, "state": LetterState(row.state)}) for row in rows]


resting.append(on_occasion)


def deliveries_of(session, letter: Letter) -> list[Delivery]:
    """Those that the session finds, in order, each with its replies and its letter."""
    found = session.scalars(
        sa.select(Delivery).where(Delivery.head_id == letter.id).order_by(Delivery.position, Delivery.id)
        .options(joinedload(Delivery.request), joinedload(Delivery.replies), lazyload(Delivery.head))
    ).unique().all()
    for delivery in found:
        attributes.set_committed_value(delivery, "head", letter)
    return list(found)


@dataclass
class Summary:
    """What a list says of a letter's deliveries. `units`: all recipients; the counts: of those in sight only."""

    units: list[int] = field(default_factory=list)
    seen: int = 0
    signed: int = 0
    unsigned: int = 0
    reported: int = 0
    closed: int = 0
    over: int = 0


def summaries(session, letters: Iterable[Letter], today: dt.date) -> dict[int, Summary]:
    """`{letter id: Summary}` in two statements: who was written to is no secret, how it answers is the scope's."""
    ids = [letter.id for letter in letters]
    found = {letter.id: Summary([line["unit"] for line in letter.planned]) for letter in letters}
    if not ids:
        return found  # SQLite would look for nothing in every case of the county
    for head, unit in session.execute(
        sa.select(_cases.c.head_id, _deliveries.c.recipient_id).join(_deliveries, _deliveries.c.id == _cases.c.id)
        .where(_cases.c.head_id.in_(ids)).order_by(_deliveries.c.position)
    ):
        found[head].units.append(unit)
    rows = defaultdict(list)
    for row in session.execute(
        sa.select(Delivery.head_id, Delivery.state, Delivery.due, Delivery.acknowledged_on)
        .where(Delivery.head_id.in_(ids))
    ):
        rows[row.head_id].append(row)
    for head, deliveries in rows.items():
        count(found[head], deliveries, today)
    return found


def count(summary: Summary, deliveries: list, today: dt.date) -> Summary:
    states = [one.state for one in deliveries]
    summary.seen = len(states)
    summary.signed = sum(one.acknowledged_on is not None for one in deliveries)
    summary.unsigned = states.count(DeliveryState.SERVED)
    summary.reported = states.count(DeliveryState.REPORTED)
    summary.closed = states.count(DeliveryState.CLOSED)
    summary.over = sum(one.state in RUNNING and is_overdue(one.due, today) for one in deliveries)
    return summary


def unit_names(session, ids: Iterable[int | None]) -> dict[int, str]:
    """Names of units by id, out of scope or not, in one statement."""
    return labels(session, _units, ids)


def both_names(session, ids: Iterable[int | None]) -> tuple[dict[int, str], dict[int, str]]:
    """`(as lists call them, as a letter addresses and signs)`, in one statement."""
    rows = session.execute(sa.select(_units.c.id, _units.c.name, _units.c.short_name).where(
        _units.c.id.in_({i for i in ids if i is not None}))).all()
    return {row.id: row.short_name or row.name for row in rows}, {row.id: row.name for row in rows}


# ── the letter as text ─────────────────────────────────────────────────────────────────────────────────────────
def text_of(session, letter_id: int) -> dict:
    """What `letters/facts.html` shows on a delivery's page: the letter as text."""
    letter = whole(session, letter_id)
    return as_text(letter, both_names(session, [*addressees(letter), letter.filed_by_id])[1])


def addressees(letter: Letter) -> list[int]:
    """The recipients, in order: a draft's as planned, a sent letter's by its parties, which whoever finds it reads."""
    if letter.planned:
        return [line["unit"] for line in letter.planned]
    parties = sorted(letter.parties, key=lambda party: party.id)
    return [party.organization_id for party in parties if party.role == "recipient"]


def as_text(letter: Letter, names: dict[int, str]) -> dict:
    """What `letters/text.html` shows. `names`: of the addressees and the issuer, in full."""
    return {"letter": letter, "addressed": [names.get(unit, "") for unit in addressees(letter)],
            "issuer": names.get(letter.filed_by_id, "")}
