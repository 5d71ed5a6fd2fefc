"""A row of a hazard that is recorded: each changed cell is a verb or a correction, or shown as not possible."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask_babel import gettext as _

from app.casework.verbs import How, how_may
from app.exchange.text import squash
from app.hazards import rules
from app.hazards.models import Hazard, Round
from app.hazards.sheet_rows import DUE_WORDS, METHOD, Recheck, read_recheck
from app.hazards.states import DueKind, HazardState, Level, Listing
from app.hazards.verbs import HAZARDS
from app.ledgers.changes import not_yours, refuse
from app.ledgers.reading import Reader

# Columns that an import cannot change, and where it is done instead.
ELSEWHERE = {
    "inspected_on": lambda: _("The day of inspection of a recorded hazard stays."),
    "is_listed": lambda: _("The listing decision is recorded on the hazard's page."),
    "due": lambda: _("The deadline moves by extension only."),
}
CORRECTED = {"description": "description", "method": "method", "measures": "measures"}
WORDS = {"completion": "progress", "prevention": "prevention"}
# Where a verb's or a correction's obstacle is shown.
COLUMN_OF = {
    "claim": "completed_on", "pass_recheck": "recheck_opinion", "fail_recheck": "recheck_opinion",
    "raise_level": "is_major", "claimed_on": "completed_on", "progress": "completion", "prevention": "prevention",
    "rechecked_on": "recheck_opinion", "recheckers": "rechecker", "opinion": "recheck_opinion",
    "inspectors": "inspector", "heads": "rectifier", "description": "description", "method": "method",
    "measures": "measures",
}


def plan_changes(reader: Reader, hazard: Hazard, texts: dict, keys: set[str], hat, today: dt.date,
                 file_name: str) -> list:
    """`[(verb name, data)]` that would make the record say what the cells `keys` say; faults stand in the cells."""
    changed = {key for key in keys if key not in SAME or not SAME[key](reader, hazard)}
    for key in changed:
        reader.cell(key).before = texts[key]
    for key in sorted(changed & ELSEWHERE.keys()):
        reader.fault(key, ELSEWHERE[key]())
    corrections = {
        CORRECTED[key]: reader.text(key, METHOD if key == "method" else None)
        for key in sorted(changed & CORRECTED.keys())
    }
    _people(reader, hazard, changed, corrections)
    claim = _claim(reader, hazard, changed, texts, corrections, today)
    recheck = _recheck(reader, hazard, changed, claim, corrections, hat, today)
    correct = {"values": corrections, "reason": _("Imported from %(file)s", file=file_name)}
    acts = (corrections and ("correct", correct), _level(reader, changed), claim and ("claim", claim), recheck)
    return [act for act in acts if act and _guarded(reader, hazard, hat, act, today, file_name)]


# ── the same thing in other words is no change: a file imported twice changes nothing ──────────────────────────────
def _same_due(reader: Reader, hazard: Hazard) -> bool:
    due = reader.due("due", hazard.happened_on)
    if due is None or due.kind == DueKind.STANDING:
        return due is None or hazard.due_kind == DueKind.STANDING
    if due.day:
        # 「15日内」 was counted once; the county's word on a holiday may have come later.
        as_said = due.words[:DUE_WORDS] == hazard.due_words and hazard.due == hazard.original_due
        return due.day == hazard.due or as_said
    same = due.words[:DUE_WORDS] == hazard.due_words
    reader.cell("due").asks = False  # a recorded deadline is not asked about: it is the same, or it stays
    return same


def _in_some_round(key: str, recorded: Callable[[Round], object], said: Callable[[Reader, str, Hazard], object]):
    """What an earlier round says already is no news."""
    return lambda reader, hazard: said(reader, key, hazard) in [recorded(one) for one in hazard.rounds]


def _day(reader: Reader, key: str, hazard: Hazard) -> dt.date | None:
    return reader.day(key, reference=hazard.happened_on)


def _words(reader: Reader, key: str, _hazard: Hazard) -> str:
    return squash(reader.said(key))


def _same_unit(key: str, recorded: Callable[[Hazard], tuple[int, str | None]]):
    """One unit and its persons; a unit without persons does not take the recorded ones away."""

    def same(reader: Reader, hazard: Hazard) -> bool:
        unit, persons = recorded(hazard)
        units = reader.units(key, unit)
        return bool(units) and units[0][0] == unit and reader.people(key, units) in (None, persons)

    return same


def _same_rectifiers(reader: Reader, hazard: Hazard) -> bool:
    units = reader.units("rectifier", hazard.lead.organization_id)
    recorded = [(r.organization_id, r.heads) for r in hazard.rectifiers]
    return len(units) == len(recorded) and all(
        unit == there and people in (None, heads)
        for (unit, people), (there, heads) in zip(units, recorded, strict=True)
    )


def _same_recheck(reader: Reader, hazard: Hazard) -> bool:
    return any(_is_recheck(read_recheck(reader, one.claimed_on or hazard.happened_on), one) for one in hazard.rounds)


def _is_recheck(found: Recheck | None, one: Round) -> bool:
    if found is None or found.day is None:
        return False
    return (found.passed, found.day, found.opinion) == (one.passed, one.rechecked_on, one.opinion)


SAME = {
    "inspected_on": lambda reader, hazard: reader.day("inspected_on") == hazard.happened_on,
    "due": _same_due,
    "completed_on": _in_some_round("completed_on", lambda one: one.claimed_on, _day),
    "completion": _in_some_round("completion", lambda one: squash(one.progress or ""), _words),
    "prevention": _in_some_round("prevention", lambda one: squash(one.prevention or ""), _words),
    "inspector": _same_unit("inspector", lambda hazard: (hazard.inspecting_unit_id, hazard.inspectors)),
    "rectifier": _same_rectifiers,
    "rechecker": _same_unit("rechecker", lambda hazard: (hazard.recheck_unit_id, hazard.current_round.recheckers)),
    "recheck_opinion": _same_recheck,
    "is_major": lambda reader, hazard: reader.yes("is_major") == (hazard.level == Level.MAJOR),
    "is_listed": lambda reader, hazard: reader.yes("is_listed") == (hazard.listing == Listing.LISTED),
}


# ── what changed, as verbs and corrections ─────────────────────────────────────────────────────────────────────────
def _level(reader: Reader, changed: set) -> tuple[str, dict] | None:
    """Up at once, down only with a second person."""
    if "is_major" not in changed:
        return None
    if reader.yes("is_major"):
        return "raise_level", {"criterion_note": _("As stated in the imported ledger")}
    reader.fault("is_major", _("A major hazard is downgraded with a second person, on the hazard's page."))
    return None


def _people(reader: Reader, hazard: Hazard, changed: set, corrections: dict) -> None:
    """Persons beside the same units are a correction; other units are a transfer or a reassignment."""
    if "inspector" in changed:
        units = reader.units("inspector", hazard.inspecting_unit_id)
        if units and units[0][0] == hazard.inspecting_unit_id:
            corrections["inspectors"] = reader.people("inspector", units)
        else:
            reader.fault("inspector", _("The inspecting unit of a recorded hazard stays."))
    if "rectifier" in changed:
        units = dict(reader.units("rectifier", hazard.lead.organization_id))
        if list(units) == [r.organization_id for r in hazard.rectifiers]:
            corrections["heads"] = {unit: heads for unit, heads in units.items() if heads}
        else:
            reader.fault("rectifier", _("Another rectifying unit is a reassignment: do it on the hazard's page."))
    if "rechecker" in changed:
        units = reader.units("rechecker", hazard.recheck_unit_id)
        if not units or units[0][0] != hazard.recheck_unit_id:
            reader.fault("rechecker", _("Another rechecking unit is a transfer: do it on the hazard's page."))
        elif hazard.current_round.rechecked_on and "recheck_opinion" not in changed:
            corrections["recheckers"] = reader.people("rechecker", units)
        elif "recheck_opinion" not in changed:
            reader.remark("rechecker", _("Who rechecks is recorded with the recheck."))


def _claim(reader: Reader, hazard: Hazard, changed: set, texts: dict, corrections: dict, today: dt.date) -> dict | None:
    """A dated completion of an open hazard is the claim; words without a day correct the round."""
    claimed_on = reader.day("completed_on", reference=hazard.happened_on) if "completed_on" in changed else None
    said = {name: reader.text(key) or texts[key] or None for key, name in WORDS.items()}
    if claimed_on is None or hazard.state != HazardState.RECTIFYING:
        if claimed_on is not None:
            reader.fault("completed_on", _("Completion was reported before; this day is not changed by an import."))
        corrections |= {WORDS[key]: said[WORDS[key]] for key in sorted(changed & WORDS.keys())}
        return None
    claim = {"claimed_on": claimed_on, "measures": corrections.pop("measures", None),
             "progress": said["progress"] or _("Rectified"), "prevention": said["prevention"]}
    _refuse(reader, rules.why_not_claim(claimed_on, hazard.happened_on, today, claim["progress"], claim["prevention"]))
    _refuse(reader, _too_early("claimed_on", claimed_on, hazard.state_since))
    return claim


def _recheck(reader: Reader, hazard: Hazard, changed: set, claim: dict | None, corrections: dict, hat, today: dt.date):
    """`("pass_recheck" | "fail_recheck", data)`. What cannot be taken over as a recheck is said, and keeps nobody out:
    the same words were passed over, too, when the row came in as a new one.
    """
    if "recheck_opinion" not in changed:
        return None
    claimed_on = claim["claimed_on"] if claim else hazard.claimed_on
    found = read_recheck(reader, claimed_on or hazard.happened_on)
    units = reader.units("rechecker", hazard.recheck_unit_id)
    why_not = _why_no_recheck(found, bool(units), hazard, claim)
    if found and (found.passed, found.day) == (hazard.current_round.passed, hazard.current_round.rechecked_on):
        corrections["opinion"] = found.opinion
    elif why_not:
        reader.remark("recheck_opinion", why_not)
    elif _how(hazard, hat, "pass_recheck" if found.passed else "fail_recheck") is None:
        reader.remark("recheck_opinion", _("Not taken over: only the rechecking unit decides on it."))
    else:
        rectifying = [r.organization_id for r in hazard.rectifiers]
        _refuse(reader, rules.why_not_recheck(found.day, claimed_on, today, hat.organization_id, rectifying))
        return ("pass_recheck" if found.passed else "fail_recheck",
                {"rechecked_on": found.day, "opinion": found.opinion, "recheckers": reader.people("rechecker", units)})
    return None


def _why_no_recheck(found: Recheck | None, named: bool, hazard: Hazard, claim: dict | None):
    if found is None:
        return _("Not taken over: neither passed nor failed can be read from this.")
    if hazard.state != HazardState.AWAITING_RECHECK and claim is None:
        return _("Not taken over: there is no reported completion to recheck.")
    if found.day is None:
        return _("Not taken over: the day of the recheck is missing. Write it like “2026-03-12 复查合格”.")
    if not named:
        return _("Not taken over: the rechecking unit is missing.")
    if not found.passed and found.day < (claim["claimed_on"] if claim else hazard.claimed_on):
        return _("Not taken over: it is about an earlier state.")
    return None


def _too_early(field: str, day: dt.date, since: dt.date) -> tuple | None:
    if day >= since:
        return None
    return field, _("The day cannot be before %(day)s, when the case reached its present state.", day=since)


def _refuse(reader: Reader, obstacle: tuple | None) -> None:
    if obstacle:
        reader.fault(COLUMN_OF[obstacle[0]], obstacle[1])


# ── the same guard as on the hazard's page ─────────────────────────────────────────────────────────────────────────
def _how(hazard: Hazard, hat, name: str) -> How | None:
    """In which way the verb is the importer's; a recheck may follow the claim of the same row."""
    verb = HAZARDS.verbs[name]
    if name.endswith("_recheck"):
        return verb.how(HazardState.AWAITING_RECHECK, hat.role, HAZARDS.relations(hazard, hat))
    return how_may(HAZARDS, verb, hazard, hat)


def _guarded(reader: Reader, hazard: Hazard, hat, act: tuple[str, dict], today: dt.date, file_name: str) -> bool:
    """What the importer may not do is shown as such, at the cells that ask for it."""
    name, data = act
    verb, how = HAZARDS.verbs[name], _how(hazard, hat, name)
    columns = [COLUMN_OF[one] for one in data["values"]] if name == "correct" else [COLUMN_OF[name]]
    why = verb.rule(hazard, hat, today)
    if how is None:
        why = not_yours(verb)
    if why:
        for column in columns:
            refuse(reader, column, why)
        return False
    if how is How.PROXY:
        data |= {"proxy_for": (hazard.lead.heads or _("The enterprise"))[:60],
                 "proxy_evidence": _("Imported from %(file)s", file=file_name)[:200]}
    return True
