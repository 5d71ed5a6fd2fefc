"""Recording an occasion, answering it, taking it back. Nobody else writes its state."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework import numbering
from app.casework.attachments import attach
from app.casework.cases import TITLE_LENGTH
from app.casework.errors import Obstacle, refuse_when
from app.casework.history import record
from app.casework.once import making_once
from app.casework.unit_of_work import unit_of_work
from app.casework.verbs import Act, settle
from app.occasions import rules
from app.occasions.models import Occasion
from app.occasions.states import OccasionKind, OccasionState
from app.organization.models import Organization

CODE = "QX"
COLUMNS = ("type", "text", "said_by", "confidential", "weather", "weather_level", "industry_id", "unit_ids")


def save(session, hat, noun, data: dict, files, today: dt.date) -> Occasion:
    """Record what the form said, in its own transaction. Raises Obstacle, AlreadyMade."""
    data = complete(session, data, today)
    with making_once(session, hat, data["client_key"]), unit_of_work(session):
        return register(session, hat, noun, data, files, today)


def complete(session, data: dict, today: dt.date) -> dict:
    """What belongs to another kind is left out; let nothing pass that was posted past the scope. Raises Obstacle."""
    data, kind = dict(data), data["type"]
    if kind != OccasionKind.WEATHER:
        data["weather"] = data["weather_level"] = None
    if kind != OccasionKind.INSTRUCTION:
        data["due"], data["confidential"] = None, False
    refuse_when(rules.why_not_register(kind, data["happened_on"], today, data["due"], data["said_by"],
                                       data["weather"], data["weather_level"]))
    wanted = set(data["unit_ids"] or ())
    found = set(session.scalars(sa.select(Organization.id).where(Organization.id.in_(wanted)))) if wanted else set()
    if wanted - found:
        raise Obstacle(_l("One of the units is not in your directory any more. Choose again."), "unit_ids")
    return data


def register(session, hat, noun, data: dict, files, today: dt.date) -> Occasion:
    """Call within a unit of work."""
    occasion = Occasion(
        county_id=hat.county_id, filed_by_id=hat.organization_id, created_by_id=hat.user_id, issued=True,
        title=" ".join(data["title"].split())[:TITLE_LENGTH], state=OccasionState.OPEN.value,
        happened_on=data["happened_on"], state_since=data["happened_on"], due=data["due"],
        client_key=data.get("client_key"), **{name: data[name] for name in COLUMNS},
    )
    occasion.unit_ids = list(data["unit_ids"] or ())
    drawn = numbering.draw(session, hat.county_id, CODE, today.year)[0]
    occasion.number = numbering.business_number(CODE, today.year, drawn)
    session.add(occasion)
    session.flush()
    settle(session, noun, occasion)
    attach(session, occasion, hat, files, "paper")
    record(session, hat, "register", today, case=occasion, to_state=occasion.state, occurred_on=occasion.state_since)
    return occasion


def answer(act: Act) -> None:
    """已落实: what was done. A confidential text is not repeated in the history."""
    day = act.data["answered_on"]
    message = rules.why_not_answer(day, act.case.happened_on, act.today)
    refuse_when(message and ("answered_on", message))
    act.case.answer, act.case.closed_on, act.occurred_on = act.data["answer"], day, day
    attach(act.session, act.case, act.hat, act.data.get("files", ()), "evidence")


def cancel(act: Act) -> None:
    """撤销 with its reason: recorded by mistake, or the warning was lifted."""
    act.case.closed_on = act.today


def add_files(act: Act) -> None:
    files = act.data["files"]
    if not files:
        raise Obstacle(_l("Choose at least one file."), "files")
    attach(act.session, act.case, act.hat, files, "paper")
