"""Everything the case page of a hazard shows, read in a constant number of statements."""
from __future__ import annotations

import datetime as dt
from functools import partial

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.assigning import TITLES as ASSIGNING
from app.casework.attachments import Attachment
from app.casework.cases import Case
from app.casework.clock import local
from app.casework.deadlines import due_words
from app.casework.history import TimelineEntry
from app.casework.masks import shown
from app.hazards import queries, rules, wording
from app.hazards.models import Hazard
from app.hazards.states import DueKind, HazardState, Level, Listing, Source
from app.hazards.verbs import HAZARDS
from app.organization import dictionaries
from app.organization.settings import setting

_cases = Case.__table__
LOG_ONLY = "download"  # who looked at a picture is the auditor's to read
STEPS = (HazardState.REGISTERED, HazardState.RECTIFYING, HazardState.AWAITING_RECHECK, HazardState.CLOSED)


def case_page(session, hazard: Hazard, hat, today: dt.date) -> dict:
    """The template's variables: hazard, names, entries, files by round and purpose, timeline, steps, flags."""
    files = session.scalars(sa.select(Attachment).where(Attachment.case_id == hazard.id).order_by(Attachment.id)).all()
    timeline = session.scalars(
        sa.select(TimelineEntry).where(TimelineEntry.case_id == hazard.id, TimelineEntry.verb != LOG_ONLY)
        .order_by(TimelineEntry.recorded_at.desc(), TimelineEntry.id.desc())
    ).all()
    request = hazard.request if hazard.open_request else None
    more = [r.recheck_unit_id for r in hazard.rounds] + ([request.decider_id, request.asked_for_id] if request else [])
    changes = [{**entry.changes, **entry.extra.get("corrected", {})} for entry in timeline]
    names = queries.unit_names(session, [hazard], more + wording.ids_in(changes, wording.UNITS))
    entries = dictionaries.names(session, [
        hazard.industry_id, hazard.category_id, hazard.criterion_id, *wording.ids_in(changes, wording.ENTRIES)
    ])
    return {
        "hazard": hazard, "merged_into": link(session, hazard.merged_into_id), "today": today, "local": local,
        "names": names, "entries": entries, "field_titles": wording.TITLES, "said": wording.reader(names, entries),
        "files": files, "request": request, "verb_titles": {**TITLES, **{n: v.title for n, v in HAZARDS.verbs.items()}},
        "timeline": [seen_by(entry, hat.role) for entry in timeline],
        "source": Source.title_of(shown(Hazard.source.expression, hazard.source, hat.role)),
        "method": shown(Hazard.method.expression, hazard.method, hat.role),
        "due_words": partial(due_words, warning_days=setting("warning_days")),
        "states": HazardState, "levels": Level, "listings": Listing, "due_kinds": DueKind,
        "must_list": rules.must_list(hazard.source, hazard.level), "steps": steps(hazard, timeline),
        "repeat": queries.repeats(session, [hazard], setting("repeat_window_months")).get(hazard.id, 0),
    }


def link(session, case_id: int | None) -> dict | None:
    """Another case that this one refers to: its number in any case, `visible` when the reader may open it."""
    if case_id is None:
        return None
    number = session.execute(sa.select(_cases.c.number).where(_cases.c.id == case_id)).scalar_one()
    return {"number": number, "visible": session.scalar(sa.select(Case.id).where(Case.id == case_id)) is not None}


def seen_by(entry: TimelineEntry, role: str) -> dict:
    """An entry as a reader sees it: changed values of masked columns read what the column reads."""
    changes = {
        name: [queries.seen(name, value, role) for value in pair] for name, pair in entry.changes.items()
    }
    return {
        "entry": entry, "changes": {n: pair for n, pair in changes.items() if pair[0] != pair[1]},
        "back": entry.verb.startswith(("fail_", "refuse_", "return_", "reopen")),
    }


def steps(hazard: Hazard, timeline) -> list[dict]:
    """The stepper: `{state, done, current, entry}` of the main road; `entry` is the latest that led there."""
    if hazard.state not in STEPS:
        return []
    at = STEPS.index(HazardState(hazard.state))
    latest = {}
    for entry in timeline:  # newest first
        if entry.to_state:
            latest.setdefault(entry.to_state, entry)
    closed = hazard.state == HazardState.CLOSED
    return [
        {"state": s, "done": n < at or closed, "current": n == at and not closed,
         "entry": latest.get(s.value) if n <= at else None}
        for n, s in enumerate(STEPS)
    ]


TITLES = {"register": _l("Registered"), "edit_draft": _l("Draft changed"), "import": _l("Imported"), **ASSIGNING}
