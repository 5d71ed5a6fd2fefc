"""Which files a case takes, told by their content; a name proves nothing.

jpg and png are pictures: shown, with a thumbnail. heic, pdf and office files are kept as they came and handed out
to be saved, never run in the browser. Whatever else it is (a page, a drawing with scripts, a program) is refused,
and so is an office file with macros or a password, which nobody else could read or should open.
"""
from __future__ import annotations

import io
import lzma
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from app.casework.errors import Obstacle

OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class FileKind:
    """`suffixes`: names that fit, the first is given to a copy that has none of them."""

    name: str
    media_type: str
    suffixes: tuple[str, ...]
    shown: bool = False  # in the page, as a picture


KINDS = {
    kind.name: kind
    for kind in (
        FileKind("jpg", "image/jpeg", (".jpg", ".jpeg"), shown=True),
        FileKind("png", "image/png", (".png",), shown=True),
        FileKind("heic", "image/heic", (".heic", ".heif")),
        FileKind("pdf", "application/pdf", (".pdf",)),
        FileKind("docx", OFFICE + "wordprocessingml.document", (".docx",)),
        FileKind("xlsx", OFFICE + "spreadsheetml.sheet", (".xlsx",)),
        FileKind("pptx", OFFICE + "presentationml.presentation", (".pptx",)),
        FileKind("doc", "application/msword", (".doc", ".wps")),
        FileKind("xls", "application/vnd.ms-excel", (".xls", ".et")),
        FileKind("ppt", "application/vnd.ms-powerpoint", (".ppt", ".dps")),
        FileKind("ofd", "application/ofd", (".ofd",)),
    )
}
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS.values()}
PICTURES = frozenset({"jpg", "png"})
PHOTOS = PICTURES | {"heic", "pdf"}  # what shows a place before and after; a report of a laboratory is a pdf
SCANS = PHOTOS | {"ofd"}  # of a signed paper
ALL = frozenset(KINDS)

HEIC_BRANDS = frozenset(
    brand.encode() for brand in ("heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs", "mif1", "msf1", "heif")
)
MAIN_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx",
              "OFD.xml": "ofd"}
STREAMS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
MOST_PARTS, MOST_UNPACKED = 20_000, 1 << 30  # beyond it a zip is a bomb for whoever opens it
CONTENT_TYPES = "[Content_Types].xml"
_LONGEST_LIST = 1 << 20
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def photo_kind(content: bytes) -> FileKind | None:
    """jpg, png or heic by the first bytes."""
    if content.startswith(b"\xff\xd8\xff"):
        return KINDS["jpg"]
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return KINDS["png"]
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return KINDS["heic"]
    return None


def kind_of(content: bytes, name: str) -> FileKind:
    """What it is by its content. `name` is for the words only. Raises Obstacle.

    A picture's header and end are looked at elsewhere (`pictures.examine`).
    """
    if not content:
        raise Obstacle(_l("%(name)s is empty.", name=name))
    if photo := photo_kind(content):
        return photo
    if content.startswith(b"%PDF-") and b"%%EOF" in content:  # without its end it was cut short
        return KINDS["pdf"]
    if content.startswith(b"PK\x03\x04"):
        return _packed(content, name)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(content, name)
    raise _unknown(name)


def _unknown(name: str) -> Obstacle:
    return Obstacle(_l("%(name)s is none of the files that can be kept: jpg, png, heic, pdf, ofd, Word, Excel and "
                       "PowerPoint files.", name=name))


def _macros(name: str) -> Obstacle:
    return Obstacle(_l("%(name)s contains macros. Save it without macros (docx, xlsx, pptx) and send that.",
                       name=name))


def _packed(content: bytes, name: str) -> FileKind:
    """A zip: an office file by its main part, and only without macros. Nothing but the list of types is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Obstacle(_l("%(name)s unpacks to far more than it should. Please send another file.", name=name))
            names = {part.filename for part in parts}
            kinds = {kind for part, kind in MAIN_PARTS.items() if part in names}
            types = archive.read(CONTENT_TYPES) if _small(archive, names) else b""
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, ValueError, OSError, EOFError, RuntimeError):
        raise Obstacle(_l("%(name)s cannot be opened: it is damaged or was cut short.", name=name)) from None
    if b"macroEnabled" in types or any(part.lower().endswith("vbaproject.bin") for part in names):
        raise _macros(name)
    if len(kinds) != 1:
        raise _unknown(name)
    return KINDS[kinds.pop()]


def _small(archive: zipfile.ZipFile, names: set[str]) -> bool:
    return CONTENT_TYPES in names and archive.getinfo(CONTENT_TYPES).file_size <= _LONGEST_LIST


def _compound(content: bytes, name: str) -> FileKind:
    """An older office file, by the names of its streams; a new one with a password is kept in the same wrapping."""
    if _has_stream(content, "EncryptedPackage"):
        raise Obstacle(_l("%(name)s has a password. Take the password off and send it again.", name=name))
    if _has_stream(content, "_VBA_PROJECT"):
        raise _macros(name)
    kind = next((kind for stream, kind in STREAMS.items() if _has_stream(content, stream)), None)
    if kind is None:
        raise _unknown(name)
    return KINDS[kind]


def _has_stream(content: bytes, stream: str) -> bool:
    """Names stand in entries of 128 bytes, each in UTF-16 with its own end; the whole file is searched for one."""
    entry = stream.encode("utf-16-le") + b"\0\0"
    at = content.find(entry)
    while at >= 0:
        if at % 128 == 0:
            return True
        at = content.find(entry, at + 1)
    return False


def visible(name: str) -> str:
    """A file's name without what nobody sees: no answer's header takes a control character, PostgreSQL no NUL, and
    behind a mark of direction photo…gpj.exe reads as a picture.
    """
    return "".join(character for character in name if unicodedata.category(character) not in _UNSEEN)


def file_name(*parts: str, ending: str) -> str:
    """A name for a file of ours, of parts that may hold anything: a unit's name is no path."""
    return visible("_".join(parts)).replace("/", "／").replace("\\", "＼") + ending


def fitting_name(name: str, media_type: str) -> str:
    """The name a copy is saved under: its ending fits the content, so that the right program opens it."""
    kind = BY_MEDIA_TYPE.get(media_type)
    fits = kind is None or name.lower().endswith(kind.suffixes)
    return name if fits else name + kind.suffixes[0]


def accept_of(kinds: frozenset[str]) -> str:
    """The `accept` of a file input. Not heic among photos: a phone that is not offered it sends a jpg instead."""
    offered = [kind for kind in KINDS.values() if kind.name in kinds and (kind.name != "heic" or kinds == ALL)]
    return ",".join(kind.media_type if kind.shown else ",".join(kind.suffixes) for kind in offered)
