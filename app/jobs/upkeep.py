"""The system's own jobs: sealing the history, and sweeping out what no longer serves anybody."""
from __future__ import annotations

import datetime as dt
import shutil
import time
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from app.access.scope import system_session
from app.casework import history
from app.casework.clock import today
from app.casework.columns import utcnow
from app.casework.imports import ImportDraft
from app.casework.jobs import Job, job_kind
from app.casework.unit_of_work import unit_of_work
from app.exchange.excel_out import PAGES
from app.jobs.operations import OPEN
from app.jobs.running import FOLDER
from app.organization.models import Organization
from app.organization.settings import DEFINITIONS, values

SEAL, SWEEP = "seal", "sweep"
SCRATCH_SECONDS = 86_400  # no download and no upload takes a day
_drafts, _jobs, _units = ImportDraft.__table__, Job.__table__, Organization.__table__


@job_kind(SEAL, _l("Seal the history"))
def _seal(running) -> None:
    running.result["rows"] = seal_all()


def seal_all(alone: bool = False) -> int:
    """Close blocks until nothing is left to seal; returns the number of entries. Hashing comes before the lock.

    `alone`: nobody writes meanwhile. Then a history of millions is not looked through again for each block.
    """
    total = 0
    with system_session("sealing the history") as session:
        while prepared := history.unsealed_hashes(session, alone):
            with unit_of_work(session):
                total += history.seal(session, prepared, alone)
    return total


@job_kind(SWEEP, _l("Sweep out leftovers"), daily_at=4)
def _sweep(running) -> None:
    running.result["rows"] = sweep()


def sweep() -> int:
    """Drop imports that nobody confirmed, and files that no longer serve anybody; returns how many files went."""
    with system_session("sweeping leftovers") as session:
        with unit_of_work(session):
            _drop_drafts(session)
            _let_go_of_files(session)
            _forget_system_jobs(session)
        kept = set(session.execute(sa.select(_drafts.c.sha256).where(_drafts.c.outcome != "dropped")).scalars())
        named = set(session.execute(sa.select(_jobs.c.file_path).where(_jobs.c.file_path.is_not(None))).scalars())
    folder = Path(current_app.config["DATA_DIR"])
    places = ("exports", FOLDER, "imports", "tmp")
    old = [path for place in places for path in (folder / place).glob("*") if is_old(path)]
    gone = [path for path in old if not is_kept(path, folder, kept, named)]
    for path in gone:
        path.unlink(missing_ok=True)
    for pages in list((folder / "exports").rglob(f"{PAGES}*")):  # of an export that was killed
        if pages.stat().st_mtime < time.time() - SCRATCH_SECONDS:
            shutil.rmtree(pages, ignore_errors=True)
    return len(gone)


def is_kept(path: Path, folder: Path, drafts: set[str], named: set[str]) -> bool:
    """An import's file as long as its draft is not dropped, a job's as long as the job names it."""
    if path.parent.name == "imports":
        return path.stem in drafts
    return path.relative_to(folder).as_posix() in named


def is_old(path: Path) -> bool:
    return path.is_file() and path.stat().st_mtime < time.time() - SCRATCH_SECONDS


def _drop_drafts(session) -> None:
    for county_id in session.scalars(sa.select(_drafts.c.county_id).distinct()).all():
        session.execute(
            sa.update(_drafts)
            .where(_drafts.c.county_id == county_id, _drafts.c.outcome == "open",
                   _drafts.c.created_at < _days_ago(session, county_id, "import_draft_days"))
            .values(outcome="dropped", version=_drafts.c.version + 1)
        )


def _let_go_of_files(session) -> None:
    """A job's file may be fetched for some days; the row stays and says that it is gone."""
    for county_id in session.scalars(sa.select(_jobs.c.county_id).distinct()).all():
        session.execute(
            sa.update(_jobs)
            .where(_jobs.c.county_id.is_not_distinct_from(county_id), _jobs.c.file_path.is_not(None),
                   _jobs.c.finished_at < _days_ago(session, county_id, "job_file_days"))
            .values(file_path=None, version=_jobs.c.version + 1)
        )


def _forget_system_jobs(session) -> None:
    """Nobody asked for them, and what they did stands elsewhere: the only rows of this table that go."""
    session.execute(sa.delete(_jobs).where(
        _jobs.c.asked_by_id.is_(None), _jobs.c.state.not_in(OPEN),
        _jobs.c.finished_at < _days_ago(session, None, "system_job_days"),
    ))


def _days_ago(session, county_id: int | None, key: str) -> dt.datetime:
    """As long ago as the county's setting says; for what is no county's own, the longest of all counties."""
    every = sa.select(_units.c.id).where(_units.c.kind == "county")
    counties = [county_id] if county_id else session.scalars(every).all()
    days = max((values(session, each, today())[key] for each in counties), default=DEFINITIONS[key].default)
    return utcnow() - dt.timedelta(days=days)
