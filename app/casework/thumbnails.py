"""Thumbnails: made by the worker, after the transaction that attached the pictures; a blank is shown till then."""
from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.attachments import Attachment, path_of, write_whole
from app.casework.jobs import enqueue, job_kind
from app.casework.pictures import small_copy
from app.casework.unit_of_work import unit_of_work

_files = Attachment.__table__
MOST, BLOCK = 5_000, 100


@job_kind("thumbnails", _l("Small copies of pictures"))
def make(running) -> None:
    """Those of the pictures named by ``params["files"]``; made anew they are the same, so twice does no harm."""
    hashes, outcome = running.params["files"], {"made": [], "failed": []}
    for number, sha256 in enumerate(hashes, start=1):
        made = make_one(running.app.config["DATA_DIR"], sha256)
        outcome["made" if made else "failed"].append(sha256)
        running.progress(number, len(hashes))
    with unit_of_work(running.session):
        for word, named in outcome.items():
            if named:
                running.session.execute(
                    sa.update(_files).where(_files.c.sha256.in_(named), _files.c.thumbnail == "owed")
                    .values(thumbnail=word)
                )


@job_kind("owed_thumbnails", _l("Small copies still missing"), daily_at=2)
def ask_for_owed(running) -> None:
    """What a full disk or an older version left owed is asked for again, a block at a time."""
    owed = sa.select(_files.c.sha256).where(_files.c.thumbnail == "owed").distinct().order_by(_files.c.sha256)
    hashes = running.session.execute(owed.limit(MOST)).scalars().all()
    with unit_of_work(running.session):
        for start in range(0, len(hashes), BLOCK):
            enqueue(running.session, None, "thumbnails", {"files": hashes[start : start + BLOCK]})


def make_one(data_dir: str, sha256: str) -> bool:
    """The thumbnail of a stored picture, on disk when this returns; False when the picture cannot be decoded."""
    target = path_of(data_dir, sha256, thumbnail=True)
    if target.exists():
        return True
    small = small_copy(path_of(data_dir, sha256).read_bytes())
    if small is None:
        return False
    write_whole(target, small)
    return True
