"""What is read from a picture: that it is whole and not huge, where and when it was taken, a small copy."""
from __future__ import annotations

import datetime as dt
import io
import math
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from flask_babel import lazy_gettext as _l
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from app.casework.errors import Obstacle

FORMATS = ("JPEG", "PNG")
MAX_PIXELS = 80_000_000  # a decompression bomb is larger than any phone's photo
THUMBNAIL = (480, 480)
BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError)
_EXIF_SEARCH = 1 << 20  # of a heic file; its exif stands near one of its ends
_HEMISPHERES = {"N": 1, "S": -1, "E": 1, "W": -1}


@dataclass(frozen=True)
class Taken:
    """Where and when, as the camera says; degrees north and east."""

    latitude: Decimal | None = None
    longitude: Decimal | None = None
    at: dt.datetime | None = None


UNTOLD = Taken()

def examine(content: bytes, name: str) -> Taken:
    """Look at a jpg or png without decoding it. Raises Obstacle."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            taken = _taken(notes_of(picture))
            is_whole = _has_end(content) if picture.format != "PNG" else picture.verify() is None
    except Image.DecompressionBombError:
        raise Obstacle(_l("%(name)s has too many pixels.", name=name)) from None
    except BROKEN:
        is_whole = False
    if not is_whole:
        raise Obstacle(_l("%(name)s is not a readable jpg or png picture. Please choose another file.", name=name))
    return taken


def _has_end(content: bytes) -> bool:
    """Whether a jpg's scan has an end: segments are skipped by their length, a preview inside one does not count."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xDA:
            return content.find(b"\xff\xd9", at) >= 0
        at += 1 if marker == 0xFF else 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return False


def taken_of_heic(content: bytes) -> Taken:
    """Where and when a heic picture was taken; its exif stands in it as in a jpg, the rest is not read."""
    for start, part in ((0, content[:_EXIF_SEARCH]), (max(0, len(content) - _EXIF_SEARCH), content[-_EXIF_SEARCH:])):
        at = part.find(b"Exif\0\0")
        if at >= 0:
            with suppress(*BROKEN, KeyError, TypeError):
                exif = Image.Exif()
                exif.load(content[start + at : start + at + 0xFFFF])
                return _taken(exif)
    return UNTOLD


def notes_of(picture: Image.Image) -> Image.Exif:
    """The exif of an open picture; empty where there is none that can be read."""
    if picture.format == "PNG" and "exif" not in picture.info:
        return Image.Exif()  # it would be decoded to look for one behind the pixels
    try:
        return picture.getexif()
    except (*BROKEN, KeyError, TypeError):  # written by whatever program: never a reason to refuse the picture
        return Image.Exif()


def _taken(exif: Image.Exif) -> Taken:
    place, at = (None, None), None
    with suppress(*BROKEN, KeyError, TypeError, ZeroDivisionError, InvalidOperation):
        place = _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
    with suppress(*BROKEN, KeyError, TypeError):
        text = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
        at = dt.datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S") if text else None  # noqa: DTZ007 - the camera's clock has no zone
    return Taken(*place, at)


def _place(gps: dict) -> tuple[Decimal | None, Decimal | None]:
    """Latitude and longitude, both or neither."""
    found = []
    for name, limit in (("Latitude", 90), ("Longitude", 180)):
        parts = gps.get(ExifTags.GPS[f"GPS{name}"])
        if not parts:
            return None, None
        value = sum(float(part) / 60**n for n, part in enumerate(parts))
        side = _HEMISPHERES[str(gps.get(ExifTags.GPS[f"GPS{name}Ref"], "")).strip("\0 ").upper()]
        if not math.isfinite(value) or not 0 <= value <= limit:
            return None, None
        found.append(Decimal(f"{side * value:.6f}"))
    return None if found == [0, 0] else found[0], None if found == [0, 0] else found[1]


def small_copy(content: bytes) -> bytes | None:
    """A thumbnail's jpg, turned as the camera was held and without any of its notes; None: it cannot be decoded."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            picture.draft("RGB", (THUMBNAIL[0] * 2, THUMBNAIL[1] * 2))  # a jpg is decoded small at once
            small = ImageOps.exif_transpose(picture)
            small.thumbnail(THUMBNAIL)
            out = io.BytesIO()
            small.convert("RGB").save(out, "JPEG", quality=80)
    except BROKEN:
        return None
    return out.getvalue()
