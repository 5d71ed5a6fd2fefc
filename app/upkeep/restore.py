"""`flask restore FILE`: a whole backup into an empty installation, or nothing.

The file is read to its end before the first byte is written. What is written then stands under a mark in the data
folder: a restore that was killed is thrown away by the next one, and no server starts on half of one.
"""
from __future__ import annotations

import datetime as dt
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask
from flask_babel import lazy_gettext as _l

from app import installation
from app.access.hats import Hat
from app.access.scope import system_session
from app.casework import history
from app.casework.clock import today
from app.casework.disk import is_full
from app.casework.unit_of_work import unit_of_work
from app.console import reason
from app.extensions import db
from app.organization.models import Organization
from app.upkeep import databases
from app.upkeep.archive import MANIFEST, Archive, UpkeepError

MARK = installation.RESTORING


@dataclass(frozen=True)
class Restored:
    """What came back. `verdict`: what the history's seals say of it."""

    made_at: dt.datetime
    counties: list[str]
    counts: dict
    files: int
    missing: list[str]
    verdict: history.Verdict


def restore(app: Flask, path: Path) -> Restored:
    """Raises UpkeepError before anything is written, unless the disk or the database fails in between."""
    folder = Path(app.config["DATA_DIR"])
    with Archive(path) as archive, installation.alone(folder):
        _refuse_other_kind(archive.manifest)
        _refuse_what_is_there(app, folder)
        archive.verify()
        _refuse_too_little_room(folder, archive)
        mark = folder / MARK
        mark.touch()
        try:
            _write(folder, archive)
        except Exception as fault:
            if is_full(fault):
                raise _too_little(folder) from None
            if not isinstance(fault, OSError):
                raise
            raise UpkeepError(_l("Restoring stopped (%(reason)s). Remove the cause and give the same command again.",
                                 reason=reason(fault))) from None
        with system_session("checking what was restored") as session:
            verdict = history.verify(session)
            _remember(session, archive.manifest["made_at"])
        installation.release()
        mark.unlink()
        return _told(archive.manifest, verdict)


def _refuse_other_kind(manifest: dict) -> None:
    if manifest["database"] != db.engine.dialect.name:
        raise UpkeepError(
            _l("This backup holds a PostgreSQL database. Set DATABASE_URL to an empty one.")
            if manifest["database"] == "postgresql" else
            _l("This backup holds an SQLite database. Leave DATABASE_URL unset.")
        )
    known = {script.revision for script in ScriptDirectory(installation.MIGRATIONS).walk_revisions()}
    if manifest["revision"] not in known:
        raise UpkeepError(_l("This backup was written by a newer release. Install that release first."))


def _refuse_what_is_there(app: Flask, folder: Path) -> None:
    if (folder / MARK).exists():
        installation.wipe(app)
    elif not installation.is_untouched(app):
        raise UpkeepError(_l(
            "There are records already: restoring fills an empty installation only. Stop the service, move"
            " %(folder)s aside (for PostgreSQL name a new, empty database in DATABASE_URL), and try again.",
            folder=folder,
        ))


def _refuse_too_little_room(folder: Path, archive: Archive) -> None:
    """Photos as they are; a packed database grows about five times."""
    sizes = archive.manifest["files"].items()
    needed = sum(size * (6 if name.startswith("database/") else 1) for name, (size, _) in sizes)
    if shutil.disk_usage(folder).free < needed:
        raise _too_little(folder)


def _too_little(folder: Path) -> UpkeepError:
    return UpkeepError(_l("The disk of %(folder)s has too little room for what the backup holds. Free some space and"
                          " give the same command again.", folder=folder))


def _write(folder: Path, archive: Archive) -> None:
    for name in archive.manifest["files"]:
        if not name.startswith("database/") and name != MANIFEST:
            archive.extract(name, folder / name)
    databases.put_back(db.engine, archive)
    os.sync()  # one for all: thousands of photos


def _remember(session, made_at: str) -> None:
    """The history itself says from when on it was written anew."""
    county = Organization.__table__.c.county_id
    with unit_of_work(session):
        for county_id in session.execute(sa.select(county).where(county.is_not(None)).distinct()).scalars().all():
            hat = Hat(None, str(_l("Command line")), 0, None, "", "", "", county_id, ())
            history.record(session, hat, "restored", today(), extra={"made_at": made_at})


def _told(manifest: dict, verdict: history.Verdict) -> Restored:
    files = sum(1 for name in manifest["files"] if name.startswith(("uploads/", "imports/")))
    return Restored(dt.datetime.fromisoformat(manifest["made_at"]), manifest["counties"], manifest["counts"], files,
                    manifest["missing"], verdict)
