"""Which files a case takes, told by their content; what is read from a picture."""

import io
from decimal import Decimal

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from app.casework.attachments import Limits, path_of, store
from app.casework.errors import Obstacle
from app.casework.file_kinds import ALL, KINDS, PHOTOS, PICTURES, SCANS, accept_of, fitting_name, kind_of
from app.casework.pictures import UNTOLD, examine, small_copy, taken_of_heic
from tests.casework.made_files import NORTH, PDF, REFUSED, WHOLE, bomb, docx, exif, heic, photo

pytestmark = pytest.mark.one_database


@pytest.fixture
def told(app):
    """Words need the application's language."""
    with app.test_request_context():
        yield app.config["DATA_DIR"]


def kept(folder: str, content: bytes, name: str, **more):
    return store(folder, io.BytesIO(content), name, **more)


@pytest.mark.parametrize("sort", KINDS)
def test_a_file_of_each_kind_is_kept_as_it_came(told, sort):
    content, name = WHOLE[sort]
    stored = kept(told, content, "随便叫什么")
    assert stored.media_type == KINDS[sort].media_type, "by its content, whatever it is called"
    assert path_of(told, stored.sha256).read_bytes() == content
    assert stored.thumbnail == ("owed" if sort in PICTURES else "none")
    assert fitting_name(name, stored.media_type) == name


@pytest.mark.parametrize(("posted", "name"), [
    ("整改前\x01\x1f.jpg", "整改前.jpg"), ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie: x.jpg"), ("a\0b.jpg", "ab.jpg"),
    ("photo\u202egpj.exe", "photogpj.exe"), ("全角　空格①😀.jpg", "全角　空格①😀.jpg"), ("\x07", "photo"),
])
def test_a_name_keeps_what_can_be_seen(told, posted, name):
    assert kept(told, photo(), posted).original_name == name


@pytest.mark.parametrize("what", REFUSED)
def test_all_else_is_refused_in_words(told, what):
    content, name, word = REFUSED[what]
    with pytest.raises(Obstacle) as refused:
        kept(told, content, name)
    assert word in str(refused.value) and name in str(refused.value)


def test_what_unpacks_to_far_too_much_is_refused_without_unpacking(told):
    with pytest.raises(Obstacle, match="解压"):
        kept(told, bomb(), "炸弹.docx")


@pytest.mark.parametrize(("content", "sort"), [
    (photo() + docx(), "jpg"), (photo(kind="PNG") + PDF, "png"), (PDF + b"<script>alert(1)</script>", "pdf"),
    (photo()[:2] + b"\xff\xfe\x00\x1b<script>alert(1)</script>"[:29] + photo()[2:], "jpg"),
])
def test_what_is_two_things_at_once_is_what_it_begins_with(told, content, sort):
    assert kind_of(content, "x") is KINDS[sort]


def test_each_field_takes_its_kinds_only(told):
    for kinds in (PHOTOS, SCANS, ALL):
        for kind, (content, name) in WHOLE.items():
            if kind in kinds:
                kept(told, content, name, accepts=kinds)
                continue
            with pytest.raises(Obstacle, match="jpg、png、heic、pdf"):
                kept(told, content, name, accepts=kinds)
    assert ".heic" in accept_of(ALL) and "heic" not in accept_of(PHOTOS), "a phone then sends a jpg"
    assert {".docx", ".pdf", ".wps"} <= set(accept_of(ALL).split(","))


@pytest.mark.parametrize(("sort", "most"), [("jpg", "photo"), ("heic", "photo"), ("pdf", "document"),
                                            ("docx", "document")])
def test_each_kind_has_its_limit(told, sort, most):
    content, name = WHOLE[sort]
    limits = {"photo": 1 << 21, "document": 1 << 21, most: len(content)}
    kept(told, content, name, limits=Limits(**limits))
    with pytest.raises(Obstacle, match="MB"):
        kept(told, content, name, limits=Limits(**{**limits, most: len(content) - 1}))


# ── what is read from a picture ────────────────────────────────────────────────────────────────────────────────────
def test_where_and_when_a_picture_was_taken():
    taken = examine(photo(notes=exif()), "x")
    assert taken.latitude == Decimal("35.486806") and taken.longitude == Decimal("112.410000")
    assert taken.at.isoformat() == "2026-03-19T09:12:30"
    assert taken_of_heic(heic(exif())) == taken
    south_west = examine(photo(notes=exif(sides=("S", "W"))), "x")
    assert (south_west.latitude, south_west.longitude) == (-taken.latitude, -taken.longitude)


@pytest.mark.parametrize("notes", [
    exif(place=((95.0, 0, 0), (112.0, 0, 0))), exif(place=((0.0, 0, 0), (0.0, 0, 0))), exif(sides=("?", "E")),
    exif(place=((IFDRational(1, 0), 0, 0), NORTH)), exif(place=None),
])
def test_a_place_that_is_none_is_left_out(notes):
    taken = examine(photo(notes=notes), "x")
    assert taken.latitude is None and taken.longitude is None and taken.at is not None


@pytest.mark.parametrize("at", ["0000:00:00 00:00:00", "gestern", None])
def test_a_time_that_is_none_is_left_out(at):
    taken = examine(photo(notes=exif(at=at)), "x")
    assert taken.at is None and taken.latitude is not None


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # it says what it skips
@pytest.mark.parametrize("cut", [10, 30, 60, 120])
def test_notes_that_cannot_be_read_are_no_reason_to_refuse(cut):
    whole = photo(notes=exif())
    at = whole.index(b"Exif\0\0") + 6
    spoiled = whole[: at + cut] + bytes(255 - b for b in whole[at + cut : at + cut + 20]) + whole[at + cut + 20 :]
    examine(spoiled, "x")
    assert taken_of_heic(heic() + spoiled[at - 6 : at + cut]) is not None
    assert taken_of_heic(heic()) == UNTOLD


def test_a_small_copy_stands_upright_and_tells_nothing():
    content = photo((1200, 800), exif(turned=6))  # the camera was held upright: red is on top
    small = Image.open(io.BytesIO(small_copy(content)))
    assert small.size == (320, 480)
    red, blue = small.getpixel((160, 60)), small.getpixel((160, 420))
    assert red[0] > 200 > 60 > red[2] and blue[2] > 200 > 60 > blue[0]
    assert not small.getexif() and b"Exif" not in small_copy(content)
    assert small_copy(content[:3000]) is None, "what cannot be decoded has none"


def test_a_picture_of_too_many_pixels_is_refused_unseen(told):
    wide = bytearray(photo())
    at = wide.index(b"\xff\xc0") + 5
    wide[at : at + 4] = (60_000).to_bytes(2, "big") * 2
    with pytest.raises(Obstacle, match="像素"):
        kept(told, bytes(wide), "大.jpg")
