"""Everything the page of a letter shows, read in a constant number of statements."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask import url_for

from app.casework.assigning import TITLES as ASSIGNING
from app.casework.attachments import Attachment
from app.casework.clock import local
from app.casework.history import TimelineEntry
from app.deliveries.casepage import head_page
from app.letters import queries, rules, shown, wording
from app.letters.models import Letter
from app.letters.states import LetterState, LetterType, Situation
from app.letters.verbs import LETTERS
from app.organization.settings import setting
from app.papers import pdf
from app.papers.operations import papers_of

LOG_ONLY = "download"  # who looked at a file is the auditor's to read
ROAD = (LetterState.DRAFT, LetterState.CHECKING, LetterState.SIGNING, LetterState.ISSUED, LetterState.IN_HAND,
        LetterState.CLOSED)
BACK = ("send_back", "take_back", "withdraw", "void")


def letter_page(session, letter: Letter, hat, today: dt.date) -> dict:
    """The template's variables: the letter as text, its deliveries in sight with their verbs, what it rests on, the
    letters before and after it, files, timeline.
    """
    timeline = list(session.scalars(
        sa.select(TimelineEntry).where(TimelineEntry.case_id == letter.id, TimelineEntry.verb != LOG_ONLY)
        .order_by(TimelineEntry.recorded_at.desc(), TimelineEntry.id.desc())
    ))
    deliveries = queries.deliveries_of(session, letter) if letter.issued else []
    names, full = queries.both_names(session, [
        letter.filed_by_id, *queries.addressees(letter),
        *(unit for one in deliveries for unit in (one.via_id, one.turn_organization_id))])
    mine = letter.filed_by_id in hat.organization_ids
    return {
        **head_page(deliveries, names, letter.id, hat, today), **queries.as_text(letter, full),
        **_files(session, letter), "mine": mine,
        "may_chase": False,  # it is a verb of the letter, which says how they were told
        "summary": queries.count(queries.Summary(), deliveries, today),
        "records": shown.among(session, [one.shown_by_id for one in letter.triggers]),
        "situations": _situations(letter), "relatives": relatives(session, letter), "steps": steps(letter, timeline),
        "letter_states": LetterState, "types": LetterType, "local": local, "next_rung": rules.next_rung(letter.type),
        "next_rung_days": setting("letter_next_rung_days"),
        "may_follow": mine and rules.may_follow(letter.state, letter.issued),
        "verb_titles": {**wording.ENTRY_TITLES, **ASSIGNING, **{n: v.title for n, v in LETTERS.verbs.items()}},
        "field_titles": wording.TITLES, "said": wording.reader({}, {}),
        "timeline": [{"entry": e, "changes": e.changes, "back": e.verb in BACK} for e in timeline],
    }


def _files(session, letter: Letter) -> dict:
    """Its Word file, frozen at signing, and what else was attached."""
    papers = papers_of(session, letter.id)
    printed = {paper.sha256 for paper, _file in papers}
    files = session.scalars(sa.select(Attachment).where(Attachment.case_id == letter.id).order_by(Attachment.id))
    return {
        "papers": papers, "may_pdf": pdf.converter() is not None,
        "files": [file for file in files if file.sha256 not in printed],
        "file_url": lambda file_id: url_for("Letters.file", case_id=letter.id, file_id=file_id),
    }


def _situations(letter: Letter) -> list[dict]:
    """`{title, clause, records}` of what the letter rests on, each situation once."""
    found: dict[str, dict] = {}
    for one in letter.triggers:
        key = one.situation or one.own_requirement
        situation = Situation(one.situation) if one.situation else None
        line = found.setdefault(key, {"title": situation.title if situation else one.own_requirement,
                                      "clause": situation.clause if situation else None, "records": []})
        if one.shown_by_id:
            line["records"].append(one.shown_by_id)
    return [found[key] for key in sorted(found)]


def relatives(session, letter: Letter) -> list[tuple[str, object]]:
    """`(how, letter)` of those that this one is bound to, as far as the reader finds them; one statement."""
    up = {letter.corrects_id: "corrects", letter.escalated_from_id: "escalates"}
    rows = session.execute(
        sa.select(Letter.id, Letter.number, Letter.title, Letter.state, Letter.corrects_id, Letter.escalated_from_id)
        .where(sa.or_(Letter.id.in_([i for i in up if i]), Letter.corrects_id == letter.id,
                      Letter.escalated_from_id == letter.id)).order_by(Letter.id)
    ).all()
    return [(up.get(row.id) or ("corrected_by" if row.corrects_id == letter.id else "escalated_by"), row)
            for row in rows]


def steps(letter: Letter, timeline: list[TimelineEntry]) -> list[dict]:
    """The stepper: `{state, done, current, entry}` of the main road; `entry` is the latest that led there."""
    if letter.state not in ROAD:
        return []
    at, latest = ROAD.index(LetterState(letter.state)), {}
    for entry in timeline:  # newest first
        if entry.to_state:
            latest.setdefault(entry.to_state, entry)
    done = letter.state == LetterState.CLOSED
    return [{"state": s, "done": n < at or done, "current": n == at and not done,
             "entry": latest.get(s.value) if n <= at else None} for n, s in enumerate(ROAD)]
