"""What the auditor's page and its export read, in a constant number of statements."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from app.access.roles import ROLES
from app.access.scope import labels
from app.audit import words
from app.casework.cases import Case
from app.casework.clock import ZONE, local
from app.casework.history import AuditBlock, TimelineEntry
from app.nouns import BY_KIND, ROOMS
from app.organization.models import DictionaryEntry, Organization
from app.organization.search import like

PAGE = 50
CHUNK = 500
_cases = Case.__table__
PLAIN = BY_KIND["hazard"]  # words the fields of entries outside of a case, such as an enterprise's


def selection(filters: dict) -> sa.Select:
    """The entries of the session's scope under the filters, the newest first."""
    entry = TimelineEntry
    statement = sa.select(entry).order_by(entry.id.desc())
    if filters.get("q"):
        asked = filters["q"].strip()
        numbered = sa.select(_cases.c.id).where(_cases.c.number == asked.upper())
        statement = statement.where(sa.or_(
            entry.user_name.like(like(asked), escape="\\"), entry.organization_name.like(like(asked), escape="\\"),
            entry.case_id.in_(numbered),
        ))
    if filters.get("verb"):
        statement = statement.where(entry.verb == filters["verb"])
    if filters.get("since"):
        statement = statement.where(entry.recorded_at >= _midnight(filters["since"]))
    if filters.get("until"):
        statement = statement.where(entry.recorded_at < _midnight(filters["until"] + dt.timedelta(days=1)))
    return statement


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZONE)


def page(session, filters: dict, before: int | None) -> tuple[list[TimelineEntry], bool]:
    """`(entries, whether there are older ones)` below the id `before`."""
    statement = selection(filters).limit(PAGE + 1)
    if before is not None:
        statement = statement.where(TimelineEntry.id < before)
    found = session.scalars(statement).all()
    return list(found[:PAGE]), len(found) > PAGE


def lines(session, entries: Iterable[TimelineEntry]) -> list[dict]:
    """The entries as a reader sees them: when, who, unit, role, act, about, states, changes, comment."""
    entries = list(entries)
    cases = _cases_of(session, entries)
    said = _readers(session, entries, cases)
    return [_line(entry, *cases.get(entry.case_id, (None, None)), said) for entry in entries]


def _line(entry: TimelineEntry, kind: str | None, number: str | None, said: dict) -> dict:
    return {
        "id": entry.id, "when": local(entry.recorded_at).strftime("%Y-%m-%d %H:%M:%S"),
        "occurred_on": entry.occurred_on.isoformat(), "who": words.who(entry), "unit": entry.organization_name,
        "role": str(ROLES[entry.role].title) if entry.role in ROLES else "",
        "act": words.verb_title(entry.verb, kind), "about": number or words.extra_in_words(entry.extra),
        "states": " → ".join(filter(None, (words.state_title(s, kind) for s in (entry.from_state, entry.to_state)))),
        "changes": words.changes_in_words(entry.changes, said.get(kind, said[PLAIN.noun.kind]), kind),
        "comment": entry.comment or "",
    }


def _cases_of(session, entries: list[TimelineEntry]) -> dict[int, tuple[str, str]]:
    """`{case id: (kind, number or title)}`; a share is named by its head's number. The log names what it is about."""
    wanted = {entry.case_id for entry in entries if entry.case_id is not None}
    if not wanted:
        return {}
    head = _cases.alias("head")
    rows = session.execute(
        sa.select(_cases.c.id, _cases.c.kind, sa.func.coalesce(_cases.c.number, head.c.number, _cases.c.title))
        .outerjoin(head, head.c.id == _cases.c.head_id).where(_cases.c.id.in_(wanted))
    )
    return {case_id: (kind, name) for case_id, kind, name in rows}


def _readers(session, entries: list[TimelineEntry], cases: dict) -> dict:
    """`{kind: how its noun words a stored value}`, with the names of all units and entries that are spoken of."""
    units, dictionary = set(), set()
    for entry in entries:
        room = BY_KIND.get(cases.get(entry.case_id, (None, None))[0], PLAIN)
        for names, ids in ((room.wording.UNITS, units), (room.wording.ENTRIES, dictionary)):
            ids |= {value for name in names for value in entry.changes.get(name) or () if value is not None}
    said = labels(session, Organization.__table__, units), labels(session, DictionaryEntry.__table__, dictionary)
    return {room.noun.kind: room.wording.reader(*said) for room in ROOMS}


def stream(session, filters: dict):
    """All lines under the filters, a chunk in memory at a time."""
    before = None
    while True:
        statement = selection(filters).limit(CHUNK)
        if before is not None:
            statement = statement.where(TimelineEntry.id < before)
        chunk = session.scalars(statement).all()
        yield from lines(session, chunk)
        if len(chunk) < CHUNK:
            return
        before = chunk[-1].id
        session.expunge_all()


def seals(session) -> dict:
    """The chain as it stands: newest block, number of blocks, of sealed and of not yet sealed entries."""
    block = AuditBlock.__table__
    entries = TimelineEntry.__table__
    newest = session.execute(
        sa.select(block.c.hash, block.c.sealed_at).order_by(block.c.id.desc()).limit(1)
    ).one_or_none()
    blocks, sealed, total = session.execute(sa.select(
        sa.select(sa.func.count()).select_from(block).scalar_subquery(),
        sa.select(sa.func.coalesce(sa.func.sum(block.c.entries), 0)).scalar_subquery(),
        sa.select(sa.func.count()).select_from(entries).scalar_subquery(),
    )).one()
    return {
        "hash": newest.hash if newest else "", "blocks": blocks, "sealed": sealed, "unsealed": total - sealed,
        "sealed_at": local(newest.sealed_at).strftime("%Y-%m-%d %H:%M:%S") if newest else "",
    }
