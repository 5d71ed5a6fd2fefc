"""Uploads that no row names: a form that was refused after its files were stored, a request cut off.

They go after a day. A file that is uploaded again meanwhile is made young under a lock that the sweep respects, so
what is being attached is never swept; a backup copies what rows name, and no row is ever deleted.
"""
from __future__ import annotations

import datetime as dt
import fcntl
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.attachments import named_uploads, path_of, uploads_locked
from app.casework.columns import utcnow
from app.casework.jobs import job_kind

AGE = dt.timedelta(days=1)  # no form is filled in for longer than its session lives
UPLOAD = re.compile(r"[0-9a-f]{64}")
HALF = re.compile(r"tmp\w{8}")  # a write that was killed
CHUNK = 500


@job_kind("sweep_uploads", _l("Clearing of files that nobody kept"), daily_at=2)
def sweep(running) -> None:
    running.result["rows"] = sweep_uploads(running.session, running.app.config["DATA_DIR"], utcnow())


def sweep_uploads(session, data_dir: str | Path, now: dt.datetime) -> int:
    """Remove old uploads that no row names, with their thumbnails; returns how many. `session` sees all."""
    before, gone, named = (now - AGE).timestamp(), 0, named_uploads()
    old = _old(data_dir, before)
    while chunk := list(islice(old, CHUNK)):
        hashes = [path.name for path in chunk if UPLOAD.fullmatch(path.name)]
        kept = set(session.execute(sa.select(named.c.sha256).where(named.c.sha256.in_(hashes))).scalars())
        for path in chunk:
            if path.name not in kept:
                gone += _remove(data_dir, path, before)
    return gone


def _old(data_dir: str | Path, before: float) -> Iterator[Path]:
    for folder in sorted((Path(data_dir) / "uploads").glob("[0-9a-f][0-9a-f]")):
        for path in folder.iterdir():
            if (UPLOAD.fullmatch(path.name) or HALF.fullmatch(path.name)) and _is_older(path, before):
                yield path


def _is_older(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False


def _remove(data_dir: str | Path, path: Path, before: float) -> bool:
    """Looked at again while nobody writes: stored anew since, it is young, and stays."""
    with uploads_locked(data_dir, fcntl.LOCK_EX):
        if not _is_older(path, before):
            return False
        if UPLOAD.fullmatch(path.name):
            path_of(data_dir, path.name, thumbnail=True).unlink(missing_ok=True)
        path.unlink()
    return True
