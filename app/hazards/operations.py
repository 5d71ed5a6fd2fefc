"""The verbs of a hazard. Nobody else writes its state. Each runs inside `casework.verbs.perform`."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework import numbering
from app.casework.attachments import attach
from app.casework.cases import TITLE_LENGTH
from app.casework.errors import Obstacle, refuse_when
from app.casework.history import signature
from app.casework.requests import lapse, refuse_same_person
from app.casework.verbs import Act
from app.hazards import rules
from app.hazards.models import Hazard, Rectifier, Round
from app.hazards.states import HazardState, Level
from app.organization.models import DictionaryEntry, Organization

CODE = "YH"


def title_of(description: str) -> str:
    """A case's title: the first line's worth of the description."""
    words = " ".join(description.split())
    return words if len(words) <= TITLE_LENGTH else words[: TITLE_LENGTH - 1] + "…"


def kinds_of(session, ids) -> dict[int, str]:
    table = Organization.__table__
    return dict(session.execute(sa.select(table.c.id, table.c.kind).where(table.c.id.in_(ids))).all())


def set_rectifiers(session, hazard: Hazard, wanted: list[tuple[int, str | None]]) -> None:
    """`[(organization id, heads)]` in order, the first leads."""
    kinds = kinds_of(session, [organization_id for organization_id, _heads in wanted])
    have = {rectifier.organization_id: rectifier for rectifier in hazard.rectifiers}
    ordered = []
    for position, (organization_id, heads) in enumerate(wanted):
        rectifier = have.pop(organization_id, None) or Rectifier(organization_id=organization_id)
        rectifier.heads, rectifier.position = heads or None, position
        rectifier.is_enterprise = kinds[organization_id] == "enterprise"
        ordered.append(rectifier)
    for gone in have.values():
        session.delete(gone)
    hazard.rectifiers = ordered


def draft(session, hat, data: dict, today: dt.date) -> Hazard:
    """A new hazard as a draft: its one party is who files it. `data` holds the columns and `rectifiers`, `measures`."""
    hazard = Hazard(
        county_id=hat.county_id, filed_by_id=hat.organization_id, created_by_id=hat.user_id,
        state=HazardState.REGISTERED.value, state_since=min(data["happened_on"], today), issued=False,
        title="", round_number=1, client_key=data.get("client_key"),
    )
    hazard.rounds = [Round(number=1)]
    session.add(hazard)
    rewrite(session, hazard, data)
    return hazard


COLUMNS = (
    "description", "place", "source", "method", "inspecting_unit_id", "inspectors", "enterprise_id", "territory_id",
    "industry_id", "category_id", "level", "criterion_id", "criterion_note", "due_kind", "due_words",
    "rectifier_words", "recheck_unit_id", "interim_measures", "funds", "document_number", "lessons", "happened_on",
)


def rewrite(session, hazard: Hazard, data: dict) -> None:
    """Write a draft's content; only what `data` holds is touched."""
    for name in COLUMNS:
        if name in data:
            setattr(hazard, name, data[name])
    hazard.title = title_of(hazard.description)
    hazard.due = rules.due_of(hazard.due_kind, data.get("due", hazard.due), hazard.happened_on)
    hazard.original_due = hazard.due
    if "rectifiers" in data:
        set_rectifiers(session, hazard, data["rectifiers"])
    if "measures" in data:
        hazard.rounds[0].measures = data["measures"]


# ── registering ────────────────────────────────────────────────────────────────────────────────────────────────
def check_complete(hazard: Hazard, today: dt.date) -> None:
    """Raise Obstacle when the draft cannot be issued."""
    obstacle = rules.why_not_register(
        hazard.happened_on, today, hazard.due_kind, hazard.due, hazard.level,
        hazard.criterion_id or hazard.criterion_note, [r.organization_id for r in hazard.rectifiers],
        hazard.recheck_unit_id,
    )
    if obstacle:
        raise Obstacle(obstacle[1], obstacle[0])


def refuse_other_days_criterion(session, hazard: Hazard) -> None:
    """Raise Obstacle when the criterion of a major hazard was not in force on the day of inspection."""
    if hazard.criterion_id is None or hazard.level != Level.MAJOR:
        return
    entry = DictionaryEntry.__table__
    days = session.execute(
        sa.select(entry.c.valid_from, entry.c.valid_to).where(entry.c.id == hazard.criterion_id)
    ).one()
    refuse_when(rules.why_not_criterion(*days, hazard.happened_on))


def submit(act: Act) -> None:
    """Registering issues the hazard, unless the unit reviews before issue."""
    check_complete(act.case, act.today)
    refuse_other_days_criterion(act.session, act.case)
    unit = Organization.__table__
    reviews = act.session.execute(
        sa.select(unit.c.review_before_issue).where(unit.c.id == act.case.filed_by_id)
    ).scalar_one()
    if reviews:
        act.case.review_asked_on = act.today
    else:
        issue(act)


def issue(act: Act) -> None:
    """To the rectifying unit. It counts from the day of inspection: the order was given on site."""
    hazard = act.case
    check_complete(hazard, act.today)
    refuse_other_days_criterion(act.session, hazard)
    if hazard.review_asked_on:
        refuse_same_person(act, "submit")
    if hazard.level == Level.MAJOR and hazard.level_decided_by is None:
        hazard.level_decided_by, hazard.level_decided_on = act.hat.organization_name, hazard.happened_on
    if hazard.number is None:
        year = act.today.year
        hazard.number = numbering.business_number(
            CODE, year, numbering.draw(act.session, hazard.county_id, CODE, year)[0]
        )
    hazard.issued, hazard.state, hazard.review_asked_on = True, HazardState.RECTIFYING.value, None
    act.occurred_on = max(hazard.happened_on, hazard.state_since)


def return_draft(act: Act) -> None:
    act.case.review_asked_on = None


def discard(act: Act) -> None:
    """A draft is put aside, not deleted; a number it already had is void."""
    hazard = act.case
    hazard.state, hazard.closed_on = HazardState.CANCELLED.value, act.today
    if hazard.number:
        numbering.void(act.session, hazard.county_id, hazard.number, act.data["comment"], act.hat.user_id)


def withdraw(act: Act) -> None:
    """Taken back before the rectifying unit acknowledged receipt: a draft again, its number kept."""
    act.case.issued = False


# ── rectification and recheck ──────────────────────────────────────────────────────────────────────────────────
def acknowledge(act: Act) -> None:
    received_on = act.data.get("acknowledged_on") or act.today
    refuse_when(rules.why_not_acknowledge(received_on, act.case.happened_on, act.today))
    act.case.acknowledged_on = act.occurred_on = received_on


def claim(act: Act) -> None:
    """Completion is claimed, with what keeps it from happening again (防范重复发生的措施)."""
    hazard, data = act.case, act.data
    refuse_when(rules.why_not_claim(
        data["claimed_on"], hazard.happened_on, act.today, data.get("progress"), data.get("prevention")
    ))
    lapse(act)
    current = hazard.current_round
    current.measures = data.get("measures") or current.measures
    current.progress, current.prevention = data["progress"], data["prevention"]
    current.claimed_on = hazard.claimed_on = data["claimed_on"]
    current.claimed_by = signature(act.hat)
    current.proxy = act.extra.get("proxy_for") and f"{act.extra['proxy_for']}：{act.extra['proxy_evidence']}"
    hazard.acknowledged_on = hazard.acknowledged_on or data["claimed_on"]
    if data.get("lessons"):
        hazard.lessons = data["lessons"]
    attach(act.session, hazard, act.hat, data.get("before_photos", ()), "before", hazard.round_number)
    attach(act.session, hazard, act.hat, data.get("after_photos", ()), "after", hazard.round_number)
    act.comment = act.comment or data["progress"]
    act.occurred_on = data["claimed_on"]


def _recheck(act: Act, passed: bool) -> Round:
    hazard, data = act.case, act.data
    refuse_when(rules.why_not_recheck(
        data["rechecked_on"], hazard.claimed_on, act.today, act.hat.organization_id,
        [r.organization_id for r in hazard.rectifiers],
    ))
    lapse(act)
    current = hazard.current_round
    current.recheck_unit_id = hazard.recheck_unit_id
    current.recheckers = data.get("recheckers") or act.hat.user_name
    current.rechecked_on, current.opinion, current.passed = data["rechecked_on"], data["opinion"], passed
    attach(act.session, hazard, act.hat, data.get("after_photos", ()), "after", hazard.round_number)
    act.comment, act.occurred_on = data["opinion"], data["rechecked_on"]
    return current


def pass_recheck(act: Act) -> None:
    """Passing the recheck closes the hazard out (销号)."""
    _recheck(act, True)
    act.case.closed_on = act.data["rechecked_on"]


def fail_recheck(act: Act) -> None:
    """Back for another round; the deadline stays: it moves by extension only."""
    next_round(act.case, _recheck(act, False).measures)


def next_round(hazard: Hazard, measures: str | None) -> None:
    """Open the next round of rectification."""
    hazard.round_number += 1
    hazard.claimed_on = None
    hazard.rounds.append(Round(number=hazard.round_number, measures=measures))


def reopen(act: Act) -> None:
    """A later look found that it was not rectified (假整改); the original deadline stands."""
    hazard = act.case
    refuse_when(("found_on", _l("The day cannot be in the future.")) if act.data["found_on"] > act.today else None)
    if act.data.get("fake"):
        hazard.fake_found_on = act.data["found_on"]
    hazard.closed_on = None
    next_round(hazard, hazard.current_round.measures)
    act.occurred_on = act.data["found_on"]
