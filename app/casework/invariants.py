"""What must hold between the tables at any time, whatever was interrupted: asked set-based, each fault with its cure.

A `Rule` selects the places where it does not hold. A noun adds the rules of its own tables (its `invariants`).
"""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from app.casework.attachments import Attachment, named_uploads, path_of
from app.casework.cases import NEVER, Case, CaseParty
from app.casework.history import TimelineEntry, state_as_of, verify
from app.casework.numbering import DocumentNumber, NumberSeries, VoidedNumber
from app.casework.requests import CaseRequest
from app.exchange.messages import N_

_cases, _parties, _requests = Case.__table__, CaseParty.__table__, CaseRequest.__table__
_series, _voided, _files, _entries = (
    NumberSeries.__table__, VoidedNumber.__table__, Attachment.__table__, TimelineEntry.__table__
)
_documents = DocumentNumber.__table__
MOST = 100  # faults named per rule


@dataclass(frozen=True)
class Rule:
    """`broken` gives a SELECT of one column, which names the place: the id of a case, else words."""

    what: str
    broken: Callable[[], sa.Select]
    cure: str


@dataclass(frozen=True)
class Fault:
    """`what` does not hold at `where`; `cure` says what to do. `case_id`: where it is a case."""

    what: str
    where: str
    cure: str
    case_id: int | None = None


SETTLE = N_("settle the case again: any verb of it rewrites turn and parties")
RESTORE = N_("restore from a backup and compare; the history says what was done")


def check(session, data_dir: str | Path | None = None, rules: Iterable[Rule] = (), hashing: bool = True) -> list[Fault]:
    """Every fault found, under a session that sees all. `data_dir`: look at the files too; `rules`: the nouns'.

    `hashing`: read the files, too; else only look whether they are there.
    """
    faults = [
        Fault(rule.what, str(where), rule.cure, where if isinstance(where, int) else None)
        for rule in (*RULES, *rules)
        for where in session.execute(rule.broken().limit(MOST)).scalars()
    ]
    if data_dir is not None:
        faults.extend(_files_at_fault(session, data_dir, hashing))
    verdict = verify(session)
    if verdict.fault:
        place = f"{verdict.entry_id or '—'} / {verdict.block_id or '—'}"
        faults.append(Fault(HISTORY[verdict.fault], place, RESTORE))
    return faults


HISTORY = {
    "changed": N_("no entry of the history was changed (entry / block)"),
    "missing": N_("no entry of the history is missing (entry / block)"),
    "inserted": N_("no entry was put into the history past the product (entry / block)"),
    "block": N_("the blocks of the history follow each other as they were sealed (entry / block)"),
}


def parties_differ(wanted: sa.Select, *kinds: str) -> sa.Select:
    """Cases of these kinds whose parties are not what `wanted` says: a SELECT of (case id, organization id, role)."""
    p = _parties.c
    have = sa.select(p.case_id, p.organization_id, p.role).where(p.kind.in_(kinds))
    missing, extra = sa.except_(wanted, have).subquery(), sa.except_(have, wanted).subquery()
    both = sa.union(sa.select(missing.c[0].label("id")), sa.select(extra.c[0])).subquery()
    return sa.select(both.c.id)


def _parties_repeat() -> sa.Select:
    p, c = _parties, _cases
    return sa.select(p.c.case_id).distinct().join(c, c.c.id == p.c.case_id).where(
        sa.or_(p.c.state != c.c.state, p.c.due != c.c.due_sort, p.c.kind != c.c.kind,
               p.c.happened_on != c.c.happened_on)
    )


def _drafts_of_many() -> sa.Select:
    """A draft has one party: who files it."""
    p, c = _parties, _cases
    filer = sa.exists().where(p.c.case_id == c.c.id, p.c.organization_id == c.c.filed_by_id, p.c.role == "filing")
    another = sa.exists().where(
        p.c.case_id == c.c.id, sa.or_(p.c.organization_id != c.c.filed_by_id, p.c.role != "filing")
    )
    return sa.select(c.c.id).where(sa.or_(~filer, sa.and_(c.c.issued.is_(False), another)))


def _due_sort_differs() -> sa.Select:
    return sa.select(_cases.c.id).where(_cases.c.due_sort != sa.func.coalesce(_cases.c.due, NEVER))


def _request_differs() -> sa.Select:
    c, r = _cases, _requests
    of_case = sa.and_(r.c.case_id == c.c.id, r.c.outcome == "open")
    return sa.select(c.c.id).outerjoin(r, of_case).where(
        sa.func.coalesce(c.c.open_request, "") != sa.func.coalesce(r.c.kind, "")
    )


def _state_differs() -> sa.Select:
    return sa.select(_cases.c.id).where(
        sa.func.coalesce(state_as_of(NEVER), "") != _cases.c.state
    )


def _since_differs() -> sa.Select:
    e = _entries.alias("e")
    since = (
        sa.select(e.c.occurred_on).where(e.c.case_id == _cases.c.id, e.c.to_state.is_not(None))
        .order_by(e.c.occurred_on.desc(), e.c.id.desc()).limit(1).correlate(_cases).scalar_subquery()
    )
    return sa.select(_cases.c.id).where(since != _cases.c.state_since)


def _recorded_differs() -> sa.Select:
    """Where it is told at all: an older row is read from the history itself."""
    e = _entries.alias("e")
    newest = (
        sa.select(sa.func.max(e.c.recorded_at)).where(e.c.case_id == _cases.c.id, e.c.to_state.is_not(None))
        .correlate(_cases).scalar_subquery()
    )
    return sa.select(_cases.c.id).where(newest != _cases.c.state_recorded_at)


def _taken() -> sa.CTE:
    """Numbers of cases and void ones, each once, apart into series and place: ``YH-2026-0001``."""
    used = sa.union(
        sa.select(_cases.c.county_id, _cases.c.number).where(_cases.c.number.is_not(None)),
        sa.select(_voided.c.county_id, _voided.c.number),
    ).subquery()
    prefix = _series.c.code + "-" + sa.cast(_series.c.year, sa.String) + "-"
    place = sa.cast(sa.func.substr(used.c.number, sa.func.length(prefix) + 1), sa.Integer)
    return (
        sa.select(_series.c.id.label("series_id"), used.c.county_id, used.c.number, place.label("place"))
        .join(_series, sa.and_(_series.c.county_id == used.c.county_id,
                               sa.func.substr(used.c.number, 1, sa.func.length(prefix)) == prefix))
        .cte("taken")
    )


def _of_documents(series, documents=_documents):
    """Documents of a series."""
    return sa.and_(documents.c.county_id == series.c.county_id, documents.c.code == series.c.code,
                   documents.c.year == series.c.year)


def _series_with_gaps() -> sa.Select:
    """As many as were drawn, none beyond the last: with numbers unique, that is without gap."""
    taken = _taken()
    return (
        sa.select(_series.c.code + "-" + sa.cast(_series.c.year, sa.String))
        .outerjoin(taken, taken.c.series_id == _series.c.id)
        .where(~sa.exists().where(_of_documents(_series)))
        .group_by(_series.c.id, _series.c.code, _series.c.year, _series.c.last)
        .having(sa.or_(
            sa.func.count(taken.c.number) != _series.c.last,
            sa.func.coalesce(sa.func.max(taken.c.place), 0) != _series.c.last,
        ))
    )


def _numbers_never_drawn() -> sa.Select:
    taken = _taken()
    same = sa.and_(taken.c.county_id == _cases.c.county_id, taken.c.number == _cases.c.number)
    return sa.select(_cases.c.number).outerjoin(taken, same).where(
        _cases.c.number.is_not(None), taken.c.number.is_(None), ~sa.exists().where(_documents.c.case_id == _cases.c.id)
    )


def _document_series_with_gaps() -> sa.Select:
    """Each number up to the last is in use, or lies in a jump that the paper register explains: jumps follow each
    other without a gap, and a number taken over later (`after` not below it) lies within one.
    """
    one, jump, before = (_documents.alias(name) for name in ("one", "jump", "before"))
    forward = one.c.after < one.c.n
    same = [sa.and_(other.c.county_id == one.c.county_id, other.c.code == one.c.code, other.c.year == one.c.year)
            for other in (jump, before)]
    follows = sa.or_(one.c.after == 0, sa.exists().where(same[1], before.c.n == one.c.after))
    within = sa.exists().where(same[0], jump.c.after < one.c.n, one.c.n < jump.c.n)
    astray = sa.exists().where(_of_documents(_series, one), sa.case((forward, ~follows), else_=~within))
    steps = sa.func.sum(sa.case((forward, one.c.n - one.c.after), else_=0))
    sums = (
        sa.select(_series.c.id).join(one, _of_documents(_series, one)).group_by(_series.c.id, _series.c.last)
        .having(sa.or_(steps != _series.c.last, sa.func.max(one.c.n) != _series.c.last))
    )
    return sa.select(_series.c.code + sa.cast(_series.c.year, sa.String)).where(sa.or_(astray, _series.c.id.in_(sums)))


def _document_numbers_differ() -> sa.Select:
    """A case with a document number has it for its number, and is the only one that has it."""
    d = _documents
    words = d.c.code + "〔" + sa.cast(d.c.year, sa.String) + "〕" + sa.cast(d.c.n, sa.String) + "号"
    return sa.select(_cases.c.id).join(d, d.c.case_id == _cases.c.id).where(
        sa.or_(_cases.c.number.is_(None), _cases.c.number != words, _cases.c.county_id != d.c.county_id))


def _files_at_fault(session, data_dir, hashing: bool) -> list[Fault]:
    """Every file that a row names is on disk with the content of its hash, and a picture has its thumbnail."""
    faults = []
    made = sa.func.max(sa.case((_files.c.thumbnail == "made", 1), else_=0))  # not while the worker owes it
    named = named_uploads()
    rows = session.execute(
        sa.select(named.c.sha256, sa.func.min(_files.c.case_id), made)
        .outerjoin(_files, _files.c.sha256 == named.c.sha256).group_by(named.c.sha256)
    )
    for sha256, case_id, has_thumbnail in rows.all():
        path, thumbnail = path_of(data_dir, sha256), path_of(data_dir, sha256, thumbnail=True)
        if not path.exists() or (has_thumbnail and not thumbnail.exists()):
            faults.append(Fault(ON_DISK, sha256, N_("put the folder uploads/ of a backup back"), case_id))
        elif hashing and _digest(path) != sha256:
            faults.append(Fault(AS_HASHED, sha256, N_("put this file back from a backup's uploads/"), case_id))
    return faults


ON_DISK = N_("a file named by a case is on disk")
AS_HASHED = N_("a file has the content of its hash")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


RULES = (
    Rule(N_("the parties repeat kind, state and days of their case"), _parties_repeat, SETTLE),
    Rule(N_("who files is a party, and the only one of a draft"), _drafts_of_many, SETTLE),
    Rule(N_("due_sort is the due day"), _due_sort_differs, SETTLE),
    Rule(N_("a case knows its open request"), _request_differs, RESTORE),
    Rule(N_("the state is the one that the history tells"), _state_differs, RESTORE),
    Rule(N_("the state holds since the day that the history tells"), _since_differs, RESTORE),
    Rule(N_("the state was recorded when the history tells"), _recorded_differs, RESTORE),
    Rule(N_("a series has no gap"), _series_with_gaps, RESTORE),
    Rule(N_("a case's number was drawn from its series"), _numbers_never_drawn, RESTORE),
    Rule(N_("a series of document numbers has no gap but the paper register's"), _document_series_with_gaps, RESTORE),
    Rule(N_("a case bears its document number"), _document_numbers_differ, RESTORE),
)
