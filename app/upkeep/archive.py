"""One backup is one tar file, whole or not there: its members, and last a manifest that names each with its hash.

A manifest at the end doubles as the mark that the file is complete. Members are named by us alone; a file with any
other name is not ours.
"""
from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_babel import lazy_gettext as _l

from app.console import reason

FORMAT = 1
DRAFT = ".backup-"
MANIFEST = "manifest.json"
STORED = re.compile(r"[0-9a-f]{64}[\w.]{0,40}")  # uploads and imports bear their hash
OURS = re.compile(
    r"(database/[a-z_0-9]+\.(copy|db)\.gz|uploads/[0-9a-f]{2}/[0-9a-f]{64}[\w.]{0,40}|imports/[0-9a-f]{64}[\w.]{0,40}"
    r"|secret_key|demo|demo_password)"
)
CHUNK = 1 << 20


class UpkeepError(Exception):
    """Why it cannot be done, in the words for whoever gave the command."""

    def __init__(self, words):
        super().__init__(str(words))


class Damaged(UpkeepError):
    """Not a backup of ours, cut short, or changed since it was written."""

    def __init__(self, what):
        super().__init__(_l("This file is no whole backup (%(what)s). Nothing was written; take another backup file.",
                            what=what))


class _Hashed(io.RawIOBase):
    """A file that is hashed as it is read."""

    def __init__(self, source):
        self.source, self.hash = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.source.read(size)
        self.hash.update(piece)
        return piece


class Writer:
    """Adds members and remembers their hashes."""

    def __init__(self, out):
        self.tar = tarfile.open(fileobj=out, mode="w")  # noqa: SIM115 - closed by `writing`
        self.files: dict[str, list] = {}

    def add(self, name: str, path: Path) -> None:
        with path.open("rb") as source:
            member = tarfile.TarInfo(name)
            member.size, member.mode = os.fstat(source.fileno()).st_size, 0o600
            hashed = _Hashed(source)
            self.tar.addfile(member, hashed)
        self.files[name] = [member.size, hashed.hash.hexdigest()]

    def close(self, facts: dict) -> None:
        content = json.dumps({"format": FORMAT, **facts, "files": self.files}, ensure_ascii=False).encode()
        seal = hashlib.sha256(content).hexdigest().encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mode = len(content) + 65, 0o600
        self.tar.addfile(member, io.BytesIO(seal + b"\n" + content))
        self.tar.close()


@contextmanager
def writing(target: Path) -> Iterator[tuple[Writer, Path]]:
    """`(writer, folder for drafts)`; `target` appears complete, flushed and read back, or not at all."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=DRAFT) as scratch:
        draft = Path(scratch) / "draft.tar"
        with draft.open("xb") as out:
            draft.chmod(0o600)  # it holds the key and everybody's records
            yield Writer(out), Path(scratch)
            out.flush()
            os.fsync(out.fileno())
        with Archive(draft) as archive:
            archive.verify()
        draft.rename(target)
        flush_folder(target.parent)


def flush_folder(folder: Path) -> None:
    """The names in it are still there after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


class Archive:
    """A backup to read. Raises Damaged on opening what is none; only `verify` has read all of it."""

    def __init__(self, path: Path):
        try:
            self.file = path.open("rb")
        except OSError as fault:
            words = _l("%(file)s cannot be read (%(reason)s).", file=path, reason=reason(fault))
            raise UpkeepError(words) from None
        try:
            self.tar = tarfile.open(fileobj=self.file, mode="r:")  # noqa: SIM115 - its file is closed by __exit__
            self.members = {member.name: member for member in self.tar.getmembers()}
            self.manifest = self._read_manifest()
        except (tarfile.TarError, OSError, ValueError, KeyError, EOFError):
            self.file.close()
            raise Damaged(_l("its list of contents is missing or changed")) from None
        except UpkeepError:
            self.file.close()
            raise

    def _read_manifest(self) -> dict:
        seal, _, content = self.tar.extractfile(self.members[MANIFEST]).read().partition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() != seal:
            raise ValueError(MANIFEST)
        manifest = json.loads(content)
        if manifest["format"] != FORMAT:
            raise UpkeepError(_l("This backup was written by a newer release. Install that release first."))
        return manifest

    def verify(self) -> None:
        """Every member is named, ours, and has the content of its hash; nothing else is in the file."""
        files = self.manifest["files"]
        if {*self.members} != {*files, MANIFEST} or len(self.members) != len(self.tar.getmembers()):
            raise Damaged(_l("contents are missing or were added"))
        for name, (size, wanted) in files.items():
            member = self.members[name]
            if not OURS.fullmatch(name) or not member.isreg() or member.size != size:
                raise Damaged(name)
            with self.open(name) as source:
                if hashlib.file_digest(source, "sha256").hexdigest() != wanted:
                    raise Damaged(name)

    def open(self, name: str):
        return self.tar.extractfile(self.members[name])

    def extract(self, name: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with self.open(name) as source, os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(source, out, CHUNK)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_) -> None:
        self.file.close()
