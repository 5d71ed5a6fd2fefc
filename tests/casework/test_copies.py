"""What an enterprise is given of a picture: the pixels, how the camera was held, and nothing that tells a place."""

import io
import struct
import zlib

import pytest
from PIL import ExifTags, Image, ImageChops

from app.casework.copies import Unreadable, without_notes
from tests.casework.made_files import exif, heic, photo

PLACE = b"place-35.4868"


def same(one: bytes, other: bytes) -> bool:
    with Image.open(io.BytesIO(one)) as first, Image.open(io.BytesIO(other)) as second:
        return ImageChops.difference(first.convert("RGB"), second.convert("RGB")).getbbox() is None


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("turned", [1, 6])
def test_a_jpg_keeps_its_pixels_and_how_it_was_held(progressive, turned):
    out = io.BytesIO()
    with Image.open(io.BytesIO(photo((300, 200)))) as picture:
        picture.save(out, "JPEG", progressive=progressive, exif=exif(turned), icc_profile=b"colours", comment=PLACE)
    content = out.getvalue()
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE)
    content = content[:2] + xmp + segment(0xED, PLACE) + content[2:]
    content += b"MotionPhoto" + PLACE + b"\xff\xd9"
    copy = without_notes(content, "jpg")
    assert PLACE not in copy and same(content, copy)
    with Image.open(io.BytesIO(copy)) as picture:
        assert dict(picture.getexif()) == ({ExifTags.Base.Orientation: turned} if turned > 1 else {})
        assert picture.info["icc_profile"] == b"colours"
    assert without_notes(copy, "jpg") == copy


def test_a_png_keeps_its_pixels():
    content = photo(notes=exif(), kind="PNG")
    content = content[:33] + chunk(b"tEXt", PLACE) + chunk(b"gAMA", struct.pack(">I", 45455)) + content[33:] + PLACE
    copy = without_notes(content, "png")
    assert PLACE not in copy and b"eXIf" not in copy and b"gAMA" in copy and same(content, copy)


@pytest.mark.parametrize("order", [">", "<"])
def test_a_heic_s_place_is_blanked_where_it_stands(order):
    notes = exif()
    notes.endian = order
    content = heic(notes) + b"<x:xmpmeta>" + PLACE + b"</x:xmpmeta>" + b"II*\0" + b"\xff" * 3
    told = notes.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude][2]
    assert told == 12.5
    copy = without_notes(content, "heic")
    assert len(copy) == len(content) and PLACE not in copy
    assert struct.pack(order + "II", 25, 2) in content and struct.pack(order + "II", 25, 2) not in copy
    assert b"2026:03:19" in copy, "the rest stays"


@pytest.mark.parametrize(("content", "sort"), [
    (photo()[:200], "jpg"), (photo()[:2] + b"none", "jpg"), (photo(kind="PNG")[:60], "png"),
    (b"\x89PNG\r\n\x1a\n", "png"),
])
def test_what_is_built_otherwise_is_not_handed_out(content, sort):
    with pytest.raises(Unreadable):
        without_notes(content, sort)
