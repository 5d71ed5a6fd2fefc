"""Files of a case: photos before and after, papers, evidence.

Bytes are on disk, under their SHA-256, before the row that names them; type by content, not by name. Every
download starts from the case and obeys its scope. Thumbnails are the worker's (`thumbnails.py`); what no row
names goes after a day (`orphans.py`).
"""
from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from flask_appbuilder import Model
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from app.access.scope import scoped
from app.casework.cases import Case, CasePart, part_rule
from app.casework.columns import UTCDateTime, utcnow
from app.casework.disk import told_when_full
from app.casework.errors import Obstacle
from app.casework.file_kinds import ALL, BY_MEDIA_TYPE, FileKind, fitting_name, kind_of, photo_kind, visible
from app.casework.jobs import enqueue
from app.casework.pictures import UNTOLD, Taken, examine, taken_of_heic
from app.organization.settings import DEFINITIONS, setting

PURPOSES = ("before", "after", "paper", "evidence")
THUMBNAILS = ("none", "owed", "made", "failed")  # none: it is no picture
MEGABYTE = 1 << 20
MAX_BYTES = DEFINITIONS["upload_megabytes"].default * MEGABYTE
MAX_DOCUMENT_BYTES = DEFINITIONS["document_megabytes"].default * MEGABYTE


class Attachment(Model, CasePart):
    """A file of a case. `round_number` ties a photo to a round of rectification, `part_id` a file to another part
    of its case, such as an entry of progress.

    Where and when a picture was taken is the camera's word: for the government's users, and needed for nothing.
    """

    __tablename__ = "attachments"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    round_number: Mapped[int | None]
    part_id: Mapped[int | None]
    purpose: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(100))
    original_name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    thumbnail: Mapped[str] = mapped_column(String(6), default="none", server_default="none")
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    taken_at: Mapped[dt.datetime | None]  # by the camera's clock, wherever that stood
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    uploaded_by_name: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    __table_args__ = (
        CheckConstraint(f"purpose IN {PURPOSES}", name="purpose"),
        CheckConstraint(f"thumbnail IN {THUMBNAILS}", name="thumbnail"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place_is_whole"),
    )

    @property
    def kind(self) -> FileKind:
        return BY_MEDIA_TYPE[self.media_type]

    @property
    def save_as(self) -> str:
        return fitting_name(self.original_name, self.media_type)

    def place_for(self, role: str | None) -> tuple[Decimal, Decimal] | None:
        """Latitude and longitude; not for an enterprise, whom the inspector's whereabouts do not concern."""
        return None if role == "enterprise" or self.latitude is None else (self.latitude, self.longitude)


scoped(Attachment, part_rule(Attachment))
_files = Attachment.__table__
_naming = [_files.c.sha256]  # the columns that name an upload: it is kept, backed up and checked


def names_upload(column: sa.Column) -> None:
    """Declare that another table names uploads, too."""
    _naming.append(column)


def named_uploads() -> sa.Subquery:
    """`sha256` of every upload that some row names, once."""
    return sa.union(*(sa.select(column.label("sha256")).where(column.is_not(None)) for column in _naming)).subquery()


@dataclass(frozen=True)
class Limits:
    """Most bytes of one file."""

    photo: int = MAX_BYTES
    document: int = MAX_DOCUMENT_BYTES

    @classmethod
    def now(cls) -> Limits:
        """As the county's settings say today."""
        return cls(setting("upload_megabytes") * MEGABYTE, setting("document_megabytes") * MEGABYTE)


@dataclass(frozen=True)
class StoredFile:
    """A file on disk that no row names yet."""

    sha256: str
    media_type: str
    original_name: str
    size: int
    thumbnail: str = "none"
    taken: Taken = UNTOLD


def path_of(data_dir: str | Path, sha256: str, thumbnail: bool = False) -> Path:
    """Where a file lies under DATA_DIR."""
    return Path(data_dir) / "uploads" / sha256[:2] / (sha256 + (".thumb.jpg" if thumbnail else ""))


def store(data_dir: str | Path, stream, original_name: str, accepts: frozenset[str] = ALL,
          limits: Limits = Limits()) -> StoredFile:
    """Check and write one upload of one of the kinds accepted; on disk and flushed when this returns.

    Raises Obstacle in the user's words.
    """
    name = visible(Path(original_name.replace("\\", "/")).name)[-200:] or "photo"
    content = stream.read(max(limits.photo, limits.document) + 1)
    largest = limits.photo if photo_kind(content) else limits.document
    if len(content) > largest:
        raise Obstacle(_l("%(name)s is larger than %(megabytes)s MB. Please send a smaller one.", name=name,
                          megabytes=largest // MEGABYTE))
    kind = kind_of(content, name)
    if kind.name not in accepts:
        raise Obstacle(_l("%(name)s is not what is asked for here: %(kinds)s.", name=name,
                          kinds=words_of(accepts)))
    taken = examine(content, name) if kind.shown else taken_of_heic(content) if kind.name == "heic" else UNTOLD
    digest = hashlib.sha256(content).hexdigest()
    keep(data_dir, digest, content)
    made = path_of(data_dir, digest, thumbnail=True).exists()
    return StoredFile(digest, kind.media_type, name, len(content),
                      ("made" if made else "owed") if kind.shown else "none", taken)


def words_of(kinds: frozenset[str]) -> str:
    """``jpg、png、heic、pdf``, in the catalogue's order."""
    return "、".join(kind.name for kind in BY_MEDIA_TYPE.values() if kind.name in kinds)


def keep(data_dir: str | Path, sha256: str, content: bytes) -> None:
    """Write an upload, or make the one that is there young again: the sweep takes it for an orphan only when old."""
    path = path_of(data_dir, sha256)
    with uploads_locked(data_dir, fcntl.LOCK_SH), told_when_full():
        if path.exists():
            os.utime(path)
        else:
            write_whole(path, content)


@contextmanager
def uploads_locked(data_dir: str | Path, how: int) -> Iterator[None]:
    """Whoever writes an upload shares the lock; who sweeps has it alone."""
    folder = Path(data_dir) / "uploads"
    with told_when_full():
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Whole or not at all, and still there after a power cut: file and folder are flushed around the renaming.

    Raises DiskFull.
    """
    if path.exists():
        return
    with told_when_full():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            Path(temporary).replace(path)
            folder = os.open(path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def attach(session, case: Case, hat, files, purpose: str, round_number: int | None = None,
           confined_to_id: int | None = None, part_id: int | None = None) -> list[Attachment]:
    """Name stored files in the case; within the verb's transaction, which also asks for the thumbnails.

    Raises Obstacle when the case has more files than the office lets it have.
    """
    files = list(files)
    if not files:
        return []
    _refuse_too_many(session, case, len(files))
    rows = [
        Attachment(
            case_id=case.id, round_number=round_number, part_id=part_id, purpose=purpose, sha256=file.sha256,
            media_type=file.media_type, original_name=file.original_name, size=file.size, thumbnail=file.thumbnail,
            **(_taken(file) if purpose != "paper" else {}),
            uploaded_by_id=hat.user_id, uploaded_by_name=hat.user_name, confined_to_id=confined_to_id,
        )
        for file in files
    ]
    session.add_all(rows)
    if owed := sorted({file.sha256 for file in files if file.thumbnail == "owed"}):
        enqueue(session, None, "thumbnails", {"files": owed})
    return rows


def attach_chosen(act, purpose: str) -> None:
    """The verb that only adds files: those of its form, which are the entry's comment, too. Raises Obstacle."""
    files = act.data["files"]
    if not files:
        raise Obstacle(_l("Choose at least one file."), "files")
    attach(act.session, act.case, act.hat, files, purpose)
    act.comment = "、".join(file.original_name for file in files)


def _taken(file: StoredFile) -> dict:
    """Of a picture of a place; where a paper was photographed is nobody's concern."""
    return {"latitude": file.taken.latitude, "longitude": file.taken.longitude, "taken_at": file.taken.at}


def _refuse_too_many(session, case: Case, more: int) -> None:
    most = setting("files_per_case")
    have = session.execute(sa.select(sa.func.count()).where(_files.c.case_id == case.id)).scalar_one()
    if have + more > most:
        raise Obstacle(_l("A record takes %(most)s files at most; this one has %(have)s.", most=most, have=have))
