"""A hazard as attachment 2 prints it: fourteen texts by column key, read in chunks from the bare tables.

The ids come from a selection under the reader's scope; what is read here belongs to those ids only. Rounds are parts
with parties of their own, and read through the session's scope.
"""
from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from types import SimpleNamespace

import sqlalchemy as sa

from app.access.scope import among, labels, scope_of
from app.casework.cases import Case
from app.casework.masks import shown
from app.exchange.parties import UnitMention, format_parties
from app.exchange.sheets import TRACE_KEY, Trace
from app.hazards.models import Hazard, Rectifier, Round
from app.hazards.states import DueKind, Level, Listing
from app.organization.models import Organization

CHUNK = 1000
YES, NO = "是", "否"
LATER = {"claimed_on": ("progress", "prevention"), "rechecked_on": ("recheckers", "opinion", "passed")}
IMMEDIATE, STANDING = "立行立改", "长期坚持"
PASSED, FAILED = "复查合格", "复查不合格"
_cases, _hazards = Case.__table__, Hazard.__table__
_rectifiers, _units = Rectifier.__table__, Organization.__table__
_COLUMNS = (
    _cases.c.id, _cases.c.number, _cases.c.version, _cases.c.happened_on, _cases.c.due, _hazards.c.description,
    _hazards.c.method, _hazards.c.inspecting_unit_id, _hazards.c.inspectors, _hazards.c.level, _hazards.c.listing,
    _hazards.c.due_kind, _hazards.c.due_words, _hazards.c.rectifier_words, _hazards.c.recheck_unit_id,
)
_ROUND_COLUMNS = (
    Round.case_id, Round.number, Round.measures, Round.progress, Round.prevention, Round.claimed_on, Round.recheckers,
    Round.rechecked_on, Round.opinion, Round.passed,
)
_UNSEEN = SimpleNamespace(**{column.key: None for column in _ROUND_COLUMNS})


def people(text: str | None) -> tuple[str, ...]:
    return tuple(word for word in (text or "").split("、") if word)


def printed(session, ids: list[int], names: dict[int, str],
            until: dt.date | None = None) -> Iterator[tuple[int, dict[str, str]]]:
    """`(id, {column key: text})` in the order of `ids`; `names` is filled as units come up.

    `until`: what happened after that day is not told.
    """
    rows = {row.id: row for row in session.execute(
        sa.select(*_COLUMNS).join(_hazards, _hazards.c.id == _cases.c.id).where(among(_cases.c.id, ids))
    )}
    rectifiers, rounds = defaultdict(list), defaultdict(list)
    for row in session.execute(
        sa.select(_rectifiers).where(among(_rectifiers.c.case_id, ids))
        .order_by(_rectifiers.c.case_id, _rectifiers.c.position)
    ):
        rectifiers[row.case_id].append(row)
    for row in session.execute(
        sa.select(*_ROUND_COLUMNS).where(among(Round.case_id, ids)).order_by(Round.case_id, Round.number)
    ):
        rounds[row.case_id].append(row)
    wanted = {row.inspecting_unit_id for row in rows.values()} | {row.recheck_unit_id for row in rows.values()}
    wanted |= {r.organization_id for found in rectifiers.values() for r in found}
    names.update(labels(session, _units, wanted - names.keys()))
    role = scope_of(session).role
    for i in ids:
        if i in rows:
            method = shown(_hazards.c.method, rows[i].method, role)
            yield i, _texts(rows[i], method, rectifiers[i], known(rounds[i], until) if until else rounds[i], names)


def known(rounds: list, until: dt.date) -> list:
    """The rounds as they stood on that day."""
    begun = 1 + sum(r.rechecked_on is not None and r.rechecked_on <= until for r in rounds[:-1])
    return [_known(r, until) for r in rounds[:begun]]


def _known(row, until: dt.date) -> SimpleNamespace:
    later = [name for day, names in LATER.items() if (on := getattr(row, day)) and on > until for name in (day, *names)]
    return SimpleNamespace(**{**row._mapping, **dict.fromkeys(later)})


def _texts(row, method: str | None, rectifiers, rounds, names: dict[int, str]) -> dict[str, str]:
    current = rounds[-1] if rounds else _UNSEEN
    rechecked = [r for r in rounds if r.rechecked_on]
    recheckers = current.recheckers or (rechecked[-1].recheckers if rechecked else None)
    return {
        "inspector": format_parties([UnitMention(names[row.inspecting_unit_id], people(row.inspectors))]),
        "inspected_on": row.happened_on.isoformat(),
        "method": method or "",
        "description": row.description,
        "is_major": YES if row.level == Level.MAJOR else NO,
        "is_listed": YES if row.listing == Listing.LISTED else NO,
        "measures": current.measures or "",
        "rectifier": row.rectifier_words or format_parties(
            [UnitMention(names[r.organization_id], people(r.heads)) for r in rectifiers]
        ),
        "due": due_text(row.due_kind, row.due, row.due_words),
        "completion": current.progress or "",
        "completed_on": current.claimed_on.isoformat() if current.claimed_on else "",
        "prevention": current.prevention or "",
        "recheck_opinion": "；".join(recheck_text(r.rechecked_on, r.passed, r.opinion) for r in rechecked),
        "rechecker": format_parties([UnitMention(names.get(row.recheck_unit_id, ""), people(recheckers))]),
        TRACE_KEY: str(Trace(row.number, row.version)) if row.number else "",
    }


def due_text(kind: str, due: dt.date | None, words: str | None) -> str:
    if kind == DueKind.IMMEDIATE:
        return IMMEDIATE
    if kind == DueKind.STANDING:
        return STANDING
    return due.isoformat() if due else words or ""


def recheck_text(day: dt.date, passed: bool, opinion: str | None) -> str:
    """``2026-03-12 复查合格：已更换`` – unit and day prove the close-out when the form comes back."""
    verdict = PASSED if passed else FAILED
    return f"{day.isoformat()} {verdict}" + (f"：{opinion}" if opinion and opinion != verdict else "")


def stream(session, statement: sa.Select, until: dt.date | None = None) -> Iterator[dict[str, str]]:
    """The texts of every hazard that `statement` (ids first) selects, in chunks: memory stays flat."""
    names: dict[int, str] = {}
    result = session.execute(statement, execution_options={"yield_per": CHUNK})
    for part in result.partitions():
        for _id, texts in printed(session, [row[0] for row in part], names, until):
            yield texts


def texts_of(session, ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """The printed texts of some hazards, by id."""
    names: dict[int, str] = {}
    ids = list(ids)
    return {
        i: texts for at in range(0, len(ids), CHUNK) for i, texts in printed(session, ids[at : at + CHUNK], names)
    }
