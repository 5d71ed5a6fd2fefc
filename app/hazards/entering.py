"""Rows of attachment 2 go in: new hazards set-based, changed ones verb by verb."""
from __future__ import annotations

import datetime as dt

from app.casework.cases import NEVER, Case, CaseParty
from app.casework.columns import utcnow
from app.casework.errors import Stale
from app.casework.history import TimelineEntry, in_place_of
from app.casework.numbering import business_number, draw
from app.casework.unit_of_work import lock_case
from app.casework.verbs import act_on
from app.exchange.text import squash
from app.hazards.matching import Records
from app.hazards.models import Hazard, Rectifier, Round
from app.hazards.operations import CODE, kinds_of, title_of
from app.hazards.parties import party_list
from app.hazards.states import TIPOFF_WORDS, HazardState, Level
from app.hazards.verbs import HAZARDS
from app.ledgers.bulk import put
from app.ledgers.entering import insert_all
from app.ledgers.planning import RowPlan

_cases, _hazards, _rounds = Case.__table__, Hazard.__table__, Round.__table__
_rectifiers, _parties, _entries = Rectifier.__table__, CaseParty.__table__, TimelineEntry.__table__
_HAZARD_COLUMNS = (
    "description", "source", "method", "inspecting_unit_id", "inspectors", "enterprise_id", "territory_id",
    "industry_id", "level", "criterion_note", "listing", "listing_basis", "due_kind", "due_words", "rectifier_words",
    "recheck_unit_id", "level_decided_by",
)


def change(session, hat, row: RowPlan, today: dt.date) -> None:
    """The row's acts, verb by verb, as on the hazard's page. Raises Stale, Obstacle, NotAllowed."""
    hazard = lock_case(session, Hazard, row.record_id, row.version)
    for name, data in row.acts:
        act_on(session, HAZARDS, HAZARDS.verbs[name], hazard, hat, data, today)


def _refuse_if_entered(session, hat, rows: list[RowPlan]) -> None:
    """Raise Stale when one of the rows came in since the plan was made."""
    there = Records(session, hat.organization_ids).near([row.new for row in rows])
    for row in rows:
        lead, day = row.new["rectifiers"][0][0], row.new["happened_on"]
        words = squash(row.new["description"])
        if not row.confirmed_new and any(known.words == words for known in there.get((lead, day), ())):
            raise Stale


def insert(session, hat, rows: list[RowPlan], today: dt.date, file_name: str) -> None:
    """Some ten statements, whatever the number of rows."""
    _refuse_if_entered(session, hat, rows)
    news = [row.new for row in rows]
    kinds = kinds_of(session, {unit for new in news for unit, _heads in new["rectifiers"]})
    at, numbers = utcnow(), draw(session, hat.county_id, CODE, today.year, len(news))
    ids = insert_all(session, _cases, [
        {**_case(new, hat, at), "number": business_number(CODE, today.year, n), "issued": True}
        for new, n in zip(news, numbers, strict=True)
    ])
    put(session, _hazards, [_hazard(i, new) for i, new in zip(ids, news, strict=True)])
    put(session, _rounds, [one for i, new in zip(ids, news, strict=True) for one in _rounds_of(i, new, hat)])
    put(session, _rectifiers, [
        {"case_id": i, "organization_id": unit, "heads": heads, "is_enterprise": kinds[unit] == "enterprise",
         "position": position}
        for i, new in zip(ids, news, strict=True) for position, (unit, heads) in enumerate(new["rectifiers"])
    ])
    put(session, _parties, [
        {"case_id": i, "organization_id": unit, "role": role, "oversees": oversees, "kind": "hazard",
         "state": new["state"], "due": new.get("due") or NEVER, "happened_on": new["happened_on"]}
        for i, new in zip(ids, news, strict=True)
        for unit, role, oversees in party_list(new, [u for u, _h in new["rectifiers"]], new["regulators"])
    ])
    put(session, _entries, [
        entry for i, row in zip(ids, rows, strict=True) for entry in _history(i, row, hat, file_name, at)
    ])


def _case(new: dict, hat, at: dt.datetime) -> dict:
    turn = {
        HazardState.RECTIFYING: (new["rectifiers"][0][0], "clerk"),
        HazardState.AWAITING_RECHECK: (new["recheck_unit_id"], "clerk"),
    }.get(new["state"], (None, None))
    since = new["recheck"].day if new["recheck"] else new["claimed_on"] or new["happened_on"]
    return {
        "kind": "hazard", "county_id": hat.county_id, "title": title_of(new["description"]), "state": new["state"],
        "turn_organization_id": turn[0], "turn_role": turn[1], "due": new.get("due"),
        "due_sort": new.get("due") or NEVER, "happened_on": new["happened_on"], "state_since": since,
        "closed_on": since if new["state"] == HazardState.CLOSED else None,
        "filed_by_id": hat.organization_id, "created_by_id": hat.user_id, "created_at": at, "recorded_at": at,
        "state_recorded_at": at, "version": 1,
    }


def _sent_back(new: dict) -> bool:
    return new["recheck"] is not None and not new["recheck"].passed


def _hazard(case_id: int, new: dict) -> dict:
    return {name: new.get(name) for name in _HAZARD_COLUMNS} | {
        "id": case_id, "original_due": new.get("due"), "round_number": 2 if _sent_back(new) else 1,
        "claimed_on": None if _sent_back(new) else new["claimed_on"],
        "imported_history": new["recheck"] is not None,
        "acknowledged_on": new["claimed_on"],
        "level_decided_on": new["happened_on"] if new["level"] == Level.MAJOR else None,
    }


def _rounds_of(case_id: int, new: dict, hat) -> list[dict]:
    """The round that the row tells of; sent back, there is the next one too."""
    recheck = new["recheck"]
    told = {
        "case_id": case_id, "number": 1, "measures": new["measures"], "progress": new["progress"],
        "prevention": new["prevention"], "claimed_on": new["claimed_on"],
        "claimed_by": f"{hat.organization_name} {hat.user_name}" if new["claimed_on"] else None,
        "recheck_unit_id": new["recheck_unit_id"] if recheck else None,
        "recheckers": new["recheckers"], "rechecked_on": recheck.day if recheck else None,
        "opinion": recheck.opinion if recheck else None, "passed": recheck.passed if recheck else None,
    }
    fresh = dict.fromkeys(told) | {"case_id": case_id, "number": 2, "measures": new["measures"]}
    return [told, fresh] if _sent_back(new) else [told]


def _history(case_id: int, row: RowPlan, hat, file_name: str, at: dt.datetime):
    """One entry per state that the row proves, each on the day it happened."""
    new = row.new
    kept = [f"{head}：{text}" for head, text in row.kept.items()]
    hushed = [text for text in kept if any(word in text for word in TIPOFF_WORDS)]  # the enterprise reads the comment
    said = "\n".join((new["description"], *(text for text in kept if text not in hushed)))
    steps = [("import", None, HazardState.RECTIFYING, new["happened_on"], said)]
    if new["claimed_on"]:
        steps.append(("claim", HazardState.RECTIFYING, HazardState.AWAITING_RECHECK, new["claimed_on"],
                      new["progress"]))
    if new["recheck"]:
        steps.append(("fail_recheck" if _sent_back(new) else "pass_recheck", HazardState.AWAITING_RECHECK,
                      HazardState(new["state"]), new["recheck"].day, new["recheck"].opinion))
    for verb, before, after, day, comment in steps:
        yield {
            "case_id": case_id, "county_id": hat.county_id, "recorded_at": at, "occurred_on": day,
            "user_id": hat.user_id, "user_name": hat.user_name, "organization_id": hat.organization_id,
            "organization_name": hat.organization_name, "role": hat.role, "verb": verb,
            "from_state": before.value if before else None, "to_state": after.value, "comment": comment,
            "changes": {}, "extra": {"file": file_name, "sheet": row.sheet, "row": row.number,
                                      **({"kept": hushed} if hushed else {}), **in_place_of(hat)},
        }
