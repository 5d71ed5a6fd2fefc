"""`flask check`: whether the whole database is what it should be, each fault with its place and its cure.

Reads only, while everybody works on. What must hold stands with whose tables it is about: `app.casework.invariants`
for every case, each noun's `invariants` for its own, `app.jobs.invariants` for the jobs; here is what belongs to none
of them.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from app import installation
from app.access.scope import system_session
from app.casework import texts
from app.casework.attachments import Attachment
from app.casework.cases import Case
from app.casework.history import TimelineEntry
from app.casework.imports import ImportDraft
from app.casework.invariants import RESTORE, Fault, Rule, check
from app.exchange.messages import N_
from app.extensions import db
from app.jobs import invariants as job_invariants
from app.nouns import MORE_RULES, ROOMS
from app.organization.models import Enterprise, Organization, Post, User

_cases, _units, _enterprises, _posts, _users, _drafts = (
    model.__table__ for model in (Case, Organization, Enterprise, Post, User, ImportDraft)
)
ASKED = 100  # cases whose words are looked for: each takes 16 ms at a million
SUMMED = {"cases": _cases, "entries": TimelineEntry.__table__, "files": Attachment.__table__}


def _half_an_enterprise() -> sa.Select:
    is_one, has_row = _units.c.kind == "enterprise", _enterprises.c.id.is_not(None)
    return sa.select(_units.c.name).outerjoin(_enterprises, _enterprises.c.id == _units.c.id).where(is_one != has_row)


def _posts_elsewhere() -> sa.Select:
    """A person's posts are in the person's county: a hat never leads into another."""
    return (
        sa.select(_users.c.username).join(_posts, _posts.c.user_id == _users.c.id)
        .join(_units, _units.c.id == _posts.c.organization_id).where(_units.c.county_id != _users.c.county_id)
    )


def _parties_elsewhere() -> sa.Select:
    """A case belongs to the county of who filed it."""
    return sa.select(_cases.c.id).join(_units, _units.c.id == _cases.c.filed_by_id).where(
        _units.c.county_id != _cases.c.county_id
    )


ADJUST = N_("correct the posts at People and posts")
RULES = (
    Rule(N_("an enterprise has both its rows"), _half_an_enterprise, RESTORE),
    Rule(N_("a person's posts are in the person's county"), _posts_elsewhere, ADJUST),
    Rule(N_("a case belongs to the county of who filed it"), _parties_elsewhere, RESTORE),
)


REINDEX = N_("write it anew: .venv/bin/flask reindex")


def _texts() -> list[Rule]:
    """What can be found of a case is what it says."""
    said = N_("a case is found by what it says")
    known = N_("the index of words knows every case (the newest are asked)")
    return [Rule(said, partial(texts.differing, model), REINDEX) for model in texts.nouns()] + [
        Rule(known, partial(texts.unindexed, ASKED), REINDEX)]


@dataclass(frozen=True)
class Report:
    """`faults` as found; `places`: ``{case id: number}`` of the cases among them; `sums`: how much was read."""

    faults: list[Fault]
    places: dict[int, str]
    sums: dict[str, int]


def check_all(data_dir: str, hashing: bool = True) -> Report:
    """Look at everything. Tables of another release are one fault, and nothing else is asked of them."""
    outdated = [] if installation.is_at_head() else [Fault(
        N_("the tables are those of this release"), "", N_("start the service once: it brings them up to date"))]
    if outdated:
        return Report(outdated, {}, {})
    with system_session("checking the database") as session:
        rules = (*RULES, *_texts(), *job_invariants.RULES, *MORE_RULES,
                 *(rule for room in ROOMS for rule in room.rules))
        faults = [*_sqlite_faults(session), *check(session, data_dir, rules, hashing), *_imports(session, data_dir)]
        sums = {name: session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for name, table in SUMMED.items()}
        return Report(faults, _numbers(session, faults), sums)


def _sqlite_faults(session) -> Iterable[Fault]:
    """What PostgreSQL watches over by itself: whole pages, references that lead somewhere."""
    if db.engine.dialect.name != "sqlite":
        return
    for (said,) in session.execute(sa.text("PRAGMA integrity_check(20)")).all():
        if said != "ok":
            yield Fault(N_("the database file is whole"), said, RESTORE)
    for table, row, parent, _key in session.execute(sa.text("PRAGMA foreign_key_check")).fetchmany(20):
        yield Fault(N_("every reference leads to a row"), f"{table} {row} → {parent}", RESTORE)


def _imports(session, data_dir: str) -> Iterable[Fault]:
    """The file of an import that waits to be confirmed is there."""
    there = {path.name[:64] for path in (Path(data_dir) / "imports").glob("*")}
    rows = session.execute(sa.select(_drafts.c.sha256, _drafts.c.file_name).where(_drafts.c.outcome == "open"))
    for sha256, name in rows:
        if sha256 not in there:
            yield Fault(N_("the file of an open import is on disk"), name, N_("drop that import and upload it again"))


def _numbers(session, faults: list[Fault]) -> dict[int, str]:
    """Numbers of the cases at fault; a share goes by its head's and its own key, a draft has none."""
    ids = sorted({fault.case_id for fault in faults if fault.case_id})
    heads = _cases.alias("heads")
    rows = session.execute(
        sa.select(_cases.c.id, _cases.c.number, heads.c.number)
        .outerjoin(heads, heads.c.id == _cases.c.head_id).where(_cases.c.id.in_(ids))
    )
    return {case_id: own or f"{head} ({case_id})" for case_id, own, head in rows if own or head}
