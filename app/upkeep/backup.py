"""`flask backup`, the nightly one and the button's: database, uploads and key in one file, while everybody works on.

The database is copied first; every file that its rows name was on disk before the row, so whatever is copied
afterwards has them all.
"""
from __future__ import annotations

import datetime as dt
import re
import shutil
import sqlite3
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.casework.clock import local
from app.casework.columns import utcnow
from app.casework.disk import is_full
from app.console import reason
from app.extensions import db
from app.upkeep import databases
from app.upkeep.archive import DRAFT, STORED, UpkeepError, writing
from config import DEMO_MARK, KEY_FILE, ROOT

FOLDER = "backups"
NAME = re.compile(r"zhualuoshi-(\d{8}-\d{6})(?:-\d+)?\.tar")
KEPT_ALONG = (KEY_FILE, DEMO_MARK, "demo_password")
ABANDONED = 86_400  # seconds after which nobody writes a draft any more: a worker was killed over it
SPARE = 64 << 20  # bytes that a backup leaves free: the product must go on writing


@dataclass(frozen=True)
class Made:
    """A backup that was written, read back and found whole. `missing`: files that rows name and the disk lacks."""

    path: Path
    size: int
    counts: dict
    files: int
    missing: list[str]


@dataclass(frozen=True)
class Kept:
    """A backup in DATA_DIR/backups. `made_at` is the county's time, from its name."""

    path: Path
    size: int
    made_at: dt.datetime


def data_folder() -> Path:
    return Path(current_app.config["DATA_DIR"])


def release() -> str:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def make(target: Path, step: Callable[[int, int], None] = lambda done, total: None) -> Made:
    """Write a backup to `target`, which must not exist. Raises UpkeepError; then nothing is left behind.

    `step(done, total)` is told of each member; it may raise to call the backup off.
    """
    _refuse(target)
    try:
        with writing(target) as (writer, scratch):
            snapshot = databases.take(db.engine, scratch)
            members = [*snapshot.files.items(), *_stored(), *_along()]
            for done, (name, path) in enumerate(members):
                step(done, len(members))
                writer.add(name, path)
            missing = _missing(snapshot, writer.files)
            writer.close({
                "made_at": utcnow().isoformat(), "release": release(), **snapshot.facts, "missing": missing,
            })
    except Exception as fault:
        raise _unwritable(target, fault) from None
    counts = snapshot.facts["counts"]
    return Made(target, target.stat().st_size, counts, len(writer.files) - len(snapshot.files), missing)


def _refuse(target: Path) -> None:
    if target.is_dir():
        raise UpkeepError(_l("%(file)s is a folder. Name the file to write.", file=target))
    if target.exists():
        raise UpkeepError(_l("%(file)s exists already and is kept. Choose another name.", file=target))
    if not target.parent.is_dir():
        raise UpkeepError(_l("There is no folder %(folder)s.", folder=target.parent))
    # The tar and, beside it for a while, the packed database; photos do not shrink.
    needed = _database_size() + sum(path.stat().st_size for _, path in _stored()) + SPARE
    if shutil.disk_usage(target.parent).free < needed:
        raise _full(target)


def _full(target: Path) -> UpkeepError:
    return UpkeepError(_l("The disk of %(folder)s has no room for a backup. Free some space or name another disk.",
                          folder=target.parent))


def _unwritable(target: Path, fault: Exception) -> Exception:
    """A full disk may be met by the file or the database's copy; what is no matter of writing stays as it is."""
    if is_full(fault):
        return _full(target)
    if isinstance(fault, sqlite3.OperationalError):
        return UpkeepError(_l("The database could not be copied to the disk of %(folder)s (%(code)s). Name another"
                              " disk; if it happens there too, look at the server's own disk.",
                              folder=target.parent, code=fault.sqlite_errorname))
    if isinstance(fault, OSError):
        return UpkeepError(_l("%(file)s cannot be written (%(reason)s).", file=target, reason=reason(fault)))
    return fault


def _database_size() -> int:
    if db.engine.dialect.name == "sqlite":
        path = Path(db.engine.url.database)
        return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))
    with db.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar()


def _stored() -> Iterator[tuple[str, Path]]:
    """Uploads and waiting imports, by the name that they have in the archive."""
    folder = data_folder()
    for path in sorted((*(folder / "uploads").glob("*/*"), *(folder / "imports").glob("*"))):
        if STORED.fullmatch(path.name) and path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _along() -> Iterator[tuple[str, Path]]:
    return ((name, data_folder() / name) for name in KEPT_ALONG if (data_folder() / name).is_file())


def _missing(snapshot: databases.Snapshot, files) -> list[str]:
    """Hashes that rows name and no member has: told, and no reason to be without any backup."""
    there = {(name.split("/")[0], name.rsplit("/")[-1][:64]) for name in files if "/" in name}
    return sorted(h for folder, hashes in snapshot.named.items() for h in hashes if (folder, h) not in there)


# ── the kept ones ──────────────────────────────────────────────────────────────────────────────────────────────────
def kept() -> list[Kept]:
    """The backups in DATA_DIR/backups, newest first."""
    zone = local(utcnow()).tzinfo
    found = [
        Kept(path, path.stat().st_size, dt.datetime.strptime(match[1], "%Y%m%d-%H%M%S").replace(tzinfo=zone))
        for path in (data_folder() / FOLDER).glob("*.tar") if (match := NAME.fullmatch(path.name))
    ]
    return sorted(found, key=lambda one: one.made_at, reverse=True)


def make_kept(days: int, step: Callable[[int, int], None] = lambda done, total: None) -> Made:
    """One more in DATA_DIR/backups; once it is whole, those older than `days` go."""
    folder, now = data_folder() / FOLDER, local(utcnow())
    try:
        folder.mkdir(exist_ok=True, mode=0o700)
    except OSError as fault:
        raise _unwritable(folder, fault) from None
    made = make(_free(folder, f"zhualuoshi-{now:%Y%m%d-%H%M%S}"), step)
    for draft in folder.glob(f"{DRAFT}*"):
        if draft.stat().st_mtime < time.time() - ABANDONED:
            shutil.rmtree(draft, ignore_errors=True)
    for old in kept():
        if old.made_at < now - dt.timedelta(days=days):
            old.path.unlink(missing_ok=True)
    return made


def _free(folder: Path, name: str) -> Path:
    """A name that no backup has: the button may be pressed twice within a second."""
    numbered = (folder / f"{name}{f'-{n}' if n else ''}.tar" for n in count())
    return next(path for path in numbered if not path.exists())
