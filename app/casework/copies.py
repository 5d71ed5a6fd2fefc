"""A picture without its notes, for whom the photographer's whereabouts do not concern; the pixels stay as they are.

What shows the picture is copied, all else is left out: exif but for how the camera was held, comments, previews,
what stands behind the picture's end. A heic is not taken apart: its notes of the place are blanked where they stand.
"""
from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator

from PIL import ExifTags, Image

from app.casework.pictures import BROKEN, FORMATS, notes_of

_JPEG_NOTES = (*range(0xE0, 0xF0), 0xFE)  # what programs write: APP0 … APP15, comments
_JPEG_KEPT = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}  # without these the colours change
_AFTER_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_PNG_KEPT = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT"}
_PNG_START = 8
_TIFF = re.compile(rb"II\*\0|MM\0\*")
_XMP = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>", re.DOTALL)
_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}  # bytes of a value, by the tiff's type
_MOST_ENTRIES = 200


class Unreadable(ValueError):
    """Not built as pictures of its kind are: nobody can tell what is in it."""


def without_notes(content: bytes, kind: str) -> bytes:
    """A copy that tells no place, of a picture of a kind of NOTED. Raises Unreadable."""
    try:
        return NOTED[kind](content)
    except (IndexError, struct.error, *BROKEN) as fault:
        raise Unreadable from fault


def _jpeg(content: bytes) -> bytes:
    kept = [content[:2], _how_it_was_held(content)]
    for marker, part in _segments(content):
        if marker not in _JPEG_NOTES or (marker in _JPEG_KEPT and part[4:].startswith(_JPEG_KEPT[marker])):
            kept.append(part)
    return b"".join(kept)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment from the start to the picture's end, a scan with its data."""
    at = 2
    while True:
        if content[at] != 0xFF:
            raise Unreadable
        marker = content[at + 1]
        if marker == 0xFF:  # a filler
            at += 1
            continue
        if marker == 0xD9:
            yield marker, content[at : at + 2]
            return
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if marker == 0xDA:
            following = _AFTER_SCAN.search(content, end)
            if following is None:
                raise Unreadable
            end = following.start()
        yield marker, content[at:end]
        at = end


def _how_it_was_held(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        turned = notes_of(picture).get(ExifTags.Base.Orientation)
    if turned not in range(2, 9):
        return b""
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = turned
    told = notes.tobytes()
    return b"\xff\xe1" + struct.pack(">H", len(told) + 2) + told


def _png(content: bytes) -> bytes:
    kept, at, name = [content[:_PNG_START]], _PNG_START, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + length + 12
        if end > len(content):
            raise Unreadable
        if name[:1].isupper() or name in _PNG_KEPT:  # a capital: the picture cannot be shown without it
            kept.append(content[at:end])
        at = end
    return b"".join(kept)


def _heic(content: bytes) -> bytes:
    """Of the same length, so that what refers to places in the file stays right."""
    copy = bytearray(_XMP.sub(lambda found: b" " * len(found[0]), content))
    for start in [found.start() for found in _TIFF.finditer(content)]:
        _blank_place(copy, start)
    return bytes(copy)


def _blank_place(copy: bytearray, start: int) -> None:
    """Fill the notes of the place of one exif with zeros; nothing where there are none."""
    order = "<" if copy[start] == 0x49 else ">"
    try:
        first = start + struct.unpack_from(order + "I", copy, start + 4)[0]
        for _at, tag, _type, _count, value in [*_entries(copy, first, order)]:
            if tag == ExifTags.IFD.GPSInfo:
                _blank_entries(copy, start, start + value, order)
    except struct.error:
        return  # these letters stood in the picture by chance


def _blank_entries(copy: bytearray, start: int, place: int, order: str) -> None:
    for at, _tag, kind, count, value in [*_entries(copy, place, order)]:
        size = _TYPE_SIZES.get(kind, 8) * count
        if size > 4:
            begin, end = start + value, min(start + value + size, len(copy))
            copy[begin:end] = bytes(max(0, end - begin))
        copy[at : at + 12] = bytes(12)
    copy[place : place + 2] = bytes(2)


def _entries(copy: bytearray, at: int, order: str) -> Iterator[tuple[int, int, int, int, int]]:
    """Where each entry of a directory stands, its tag, type, count and value."""
    number = struct.unpack_from(order + "H", copy, at)[0]
    if number > _MOST_ENTRIES:
        raise struct.error
    for n in range(number):
        yield at + 2 + 12 * n, *struct.unpack_from(order + "HHII", copy, at + 2 + 12 * n)


NOTED = {"jpg": _jpeg, "png": _png, "heic": _heic}
