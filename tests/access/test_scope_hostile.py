"""Whatever is sent, by a user or somebody who wants to be one: answered in words, without a fault, nothing written."""

import io

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.casework.attachments import MAX_BYTES, Attachment, path_of
from app.casework.unit_of_work import unit_of_work
from app.hazards.models import Hazard
from tests.access.test_scope_doors import count
from tests.hazards.http import send, typed, upload
from tests.support.factories import PASSWORD, picture

HUGE = (2**31, 2**63, 2**64, 10**30)


@pytest.fixture
def clerk(world):
    return world.as_("yingji")


@pytest.fixture
def hazard_id(world) -> int:
    return world.hazard()


@pytest.mark.parametrize("number", [*HUGE, 0, "-1", "x", "1e3", "１", "1 or 1=1", "%00", "..%2f..%2fetc%2fpasswd"])
def test_an_address_with_a_number_that_is_none(world, clerk, hazard_id, number):
    for path in (f"/hazards/{number}", f"/hazards/{number}/edit", f"/hazards/{number}/do/chase",
                 f"/hazards/import/{number}", f"/hazards/{number}/files/1", f"/hazards/{hazard_id}/files/{number}",
                 f"/hazards/{hazard_id}/files/{number}/thumbnail", f"/hazards/{hazard_id}/do/{number}"):
        assert clerk.get(path).status_code == 404, path


@pytest.mark.parametrize("query", [
    *(f"page={n}" for n in (*HUGE, 0, -1, "x", 400, 401)), *(f"unit={n}" for n in HUGE), "unit=x", "size=1000000",
    "size=x", "state=x", "level=x", "source=' or 1=1", "due=x", "since=x", "since=0000-00-00", "until=99999-01-01",
    "q=%00", "q=a%00b", "q=%25", "q=_", "q=%5C", "q='", "q=" + "长" * 3000, "nonsense=1", "q=%FF%FE", "page=1&page=2",
    "state=rectifying&page=9",
])
def test_a_list_with_a_query_that_makes_no_sense(clerk, hazard_id, query):
    assert clerk.get(f"/hazards/?{query}").status_code in (200, 400)
    with clerk.get(f"/hazards/export?{query}") as answer:
        assert answer.status_code in (200, 400)


@pytest.mark.parametrize("word", ["_scheme=javascript&_external=1", "_method=PUT", "_anchor=x", "endpoint=x"])
def test_a_query_in_the_words_that_make_addresses(clerk, word):
    for path in ("/hazards/", "/tasks/", "/tasks/shares/", "/units/", "/enterprises/"):
        assert clerk.get(f"{path}?{word}").status_code == 400, path


def test_a_list_with_what_only_its_export_is_told(clerk):
    for path in ("/hazards/", "/tasks/", "/tasks/shares/"):
        assert clerk.get(f"{path}?paper=A4&month=2026-03").status_code == 200, path


@pytest.mark.parametrize("words", ["%", "_", "\\", "100%", "a_b"])
def test_a_wildcard_stands_for_itself(world, clerk, words):
    world.hazard(description=f"含有{words}的一条")
    world.hazard(description="什么都没有")
    page = clerk.get("/hazards/", query_string={"q": words}).text
    assert "的一条" in page and "什么都没有" not in page


def test_a_lookup_with_words_that_make_no_sense(clerk):
    for words in ("%", "_", "\\", "\0", "'", "a" * 5000, "<script>"):
        assert clerk.get("/directory/lookup", query_string={"q": words}).status_code in (200, 400), words
    assert clerk.get("/directory/lookup?q=%25").json["results"] == []
    assert clerk.get("/directory/entries/%00").status_code in (200, 400, 404)


@pytest.mark.parametrize("copied", [*HUGE, -1, "x"])
def test_copying_what_is_not_there(clerk, copied):
    assert clerk.get(f"/hazards/new?copy={copied}").status_code in (200, 404)


def test_rows_of_a_bulk_that_are_none(world, clerk, hazard_id):
    rows = ["x", "-1", "0", "１２", *map(str, HUGE), "1;drop table cases"]
    before = world.read(hazard_id)
    assert clerk.send("/hazards/bulk/chase", {"rowid": rows, "confirmed": "1", "comment": "请抓紧"}).status_code == 302
    assert world.read(hazard_id) == before
    assert clerk.send("/hazards/bulk/nonsense", {"rowid": hazard_id}).status_code == 404
    assert clerk.send("/hazards/bulk/merge", {"rowid": hazard_id, "confirmed": "1"}).status_code == 404
    assert clerk.send("/hazards/bulk/chase", {}).status_code == 302


@pytest.mark.parametrize("version", [0, -1, 999, 2**31, 2**64, "x", ""])
def test_a_version_that_is_not_the_cases(world, clerk, hazard_id, version):
    before = world.read(hazard_id)
    answer = send(world, clerk, "chase", hazard_id, version=version)
    assert answer.status_code in (409, 422)
    assert world.read(hazard_id) == before


def test_who_comes_second_is_told_and_sees_the_fresh_page(world, enter, hazard_id):
    first, second, seen = enter("yingji"), enter("yingji_head"), world.read(hazard_id).version
    assert send(world, first, "chase", hazard_id, seen).status_code == 302
    answer = send(world, second, "chase", hazard_id, seen)
    assert answer.status_code == 409
    assert "已被他人处理" in answer.text or "已经处理" in answer.text


@pytest.mark.parametrize("path", [
    "/hazards/new", "/hazards/1/do/chase", "/hazards/bulk/chase", "/hazards/1/edit", "/logout/", "/hazards/import/",
    "/hats/wear", "/resetmypassword/form",
])
def test_no_token_no_write(world, clerk, hazard_id, path):
    before = world.read(hazard_id)
    for token in ({}, {"csrf_token": "x"}, {"csrf_token": ""}):
        answer = clerk.post(path, data={"comment": "x", "version": before.version, **token})
        assert answer.status_code == 400, path
        assert "表单已过期" in answer.text and 'class="sidenav' in answer.text and 'action="/search/"' in answer.text
    assert world.read(hazard_id) == before


def test_nobody_is_sent_to_another_host(world, client, clerk, hazard_id):
    for target in ("https://example.invalid/", "//example.invalid", "/\\example.invalid", "javascript:alert(1)"):
        for name in ("back", "next"):
            answer = clerk.send(f"/hazards/{hazard_id}/do/chase?{name}={target}",
                                {"comment": "请抓紧", "version": world.read(hazard_id).version})
            assert answer.headers["Location"].startswith("/hazards/"), target
    answer = client.send("/login/?next=https://example.invalid/", {"username": "yingji", "password": PASSWORD})
    assert "example.invalid" not in answer.headers["Location"]


@pytest.mark.parametrize("host", ["a..b", "x" * 300, "." * 9])
def test_a_host_whose_name_is_none(clerk, client, host):
    for visitor in (client, clerk):
        for path in ("/login/", "/hazards/", "/nowhere"):
            assert visitor.get(path, headers={"Host": host}).status_code == 400, path


@pytest.mark.parametrize("referrer", ["http://[", "http://[x]:y/", "//[::1/"])
def test_a_page_before_that_is_no_address(clerk, hazard_id, referrer):
    where = {"Referer": referrer}
    assert clerk.send("/hazards/99999999/do/chase", {"comment": "x"}, headers=where).status_code == 404
    assert clerk.post(f"/hazards/{hazard_id}/assign", headers=where).status_code == 400


@pytest.mark.parametrize("chosen", ["²", "0", "-1", "x", *map(str, HUGE), "1" * 5000])
def test_an_assignee_who_is_none(world, clerk, hazard_id, chosen):
    before = world.read(hazard_id)
    form = {"assignee_id": chosen, "version": before.version}
    assert clerk.send(f"/hazards/{hazard_id}/assign", form).status_code == 400
    assert world.read(hazard_id) == before


def test_an_assignment_that_does_not_say_what_it_saw(world, clerk, hazard_id):
    """Without a version it would overwrite whatever a colleague has done meanwhile."""
    before = world.read(hazard_id)
    assert clerk.send(f"/hazards/{hazard_id}/assign", {"assignee_id": world.users["yingji"]}).status_code == 400
    assert world.read(hazard_id) == before


def test_a_get_writes_nothing(world, clerk, hazard_id):
    before = world.read(hazard_id)
    for path in (f"/hazards/{hazard_id}/do/chase?comment=x&version=1", "/hazards/bulk/chase?rowid=1&confirmed=1",
                 "/logout/"):
        clerk.get(path)
    assert world.read(hazard_id) == before
    assert clerk.get("/hazards/").status_code == 200


@pytest.mark.parametrize("words", [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "javascript:alert(1)",
])
def test_what_is_typed_is_shown_and_never_run(world, enter, words):
    hazard_id = world.hazard(description=words, place=words, inspectors=words, document_number=words)
    world.do("yingji", "chase", hazard_id, comment=words)
    visitor = enter("yingji")
    for path in (f"/hazards/{hazard_id}", "/hazards/", "/", f"/hazards/{hazard_id}/do/correct",
                 f"/hazards/?q={words}", f"/hazards/new?copy={hazard_id}"):
        page = visitor.get(path).text
        assert "<script>alert" not in page and "<img src=x" not in page and ">49<" not in page, path


@pytest.mark.parametrize("field", ["description", "place", "inspectors", "measures", "document_number", "method"])
def test_a_nul_in_a_text_is_refused(world, clerk, field):
    answer = clerk.send("/hazards/new", typed(world, **{field: "前\0后"}))
    assert answer.status_code in (302, 400, 422)
    with world.system() as session:
        assert all("\0" not in (h.description + (h.place or "")) for h in session.scalars(sa.select(Hazard)))


def test_texts_that_are_too_long_are_refused_in_words(world, clerk):
    for field, length in (("description", 4001), ("place", 201), ("method", 61), ("document_number", 81),
                          ("heads", 201)):
        assert clerk.send("/hazards/new", typed(world, **{field: "长" * length})).status_code == 422, field
    for field, value in (("funds", "1e99"), ("funds", "-1"), ("funds", "NaN"), ("happened_on", "2026-02-30"),
                         ("due", "0001-01-01"), ("level", "较大"), ("source", "supervision"), ("due_kind", "words")):
        assert clerk.send("/hazards/new", typed(world, **{field: value})).status_code == 422, field
    assert count(world) == 0


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
NOT_PICTURES = {
    "a page called jpg": (b"<html><script>alert(1)</script></html>", "a.jpg"),
    "svg": (SVG, "a.svg"),
    "svg called png": (SVG, "a.png"),
    "gif": (picture(kind="GIF"), "a.gif"),
    "half a jpg": (picture(size=(400, 400))[:200], "a.jpg"),
    "nothing in it": (b"", "a.jpg"),
    "a program": (b"MZ" + b"\0" * 500, "a.jpg"),
    "pdf": (b"%PDF-1.4 " + b"x" * 100, "a.pdf"),
}


@pytest.mark.parametrize("what", NOT_PICTURES)
def test_what_is_no_picture_is_refused(world, clerk, hazard_id, what):
    content, name = NOT_PICTURES[what]
    answer = send(world, clerk, "add_files", hazard_id, files=(io.BytesIO(content), name))
    assert answer.status_code == 422
    assert files(world) == []


@pytest.mark.one_database
def test_a_file_of_21_megabytes_is_refused(world, clerk, hazard_id):
    large = FileStorage(io.BytesIO(picture() + b"\0" * (MAX_BYTES + 1)), "大.jpg")
    boundary, body = encode_multipart({
        "files": large, "purpose": "after", "version": "1", "csrf_token": clerk.token()
    })
    # As a stream of our own: the test client would leave its spooled copy open.
    answer = clerk.post(f"/hazards/{hazard_id}/do/add_files", input_stream=io.BytesIO(body), content_length=len(body),
                        content_type=f'multipart/form-data; boundary="{boundary}"')
    assert answer.status_code == 422 and "20 MB" in answer.text
    assert files(world) == []


def test_a_sending_of_65_megabytes_is_refused(world, clerk, hazard_id):
    answer = clerk.post(f"/hazards/{hazard_id}/do/add_files", data={"purpose": "after"},
                        environ_overrides={"CONTENT_LENGTH": str(65 * 1024 * 1024)})
    assert answer.status_code == 413 and "64 MB" in answer.text and 'class="sidenav' in answer.text
    assert files(world) == []


def files(world) -> list[Attachment]:
    with world.system() as session:
        return session.scalars(sa.select(Attachment)).all()


@pytest.mark.parametrize("name", ["../../etc/passwd.jpg", "..\\..\\boot.jpg", "/etc/passwd", "长" * 300 + ".jpg",
                                  "<b>.jpg", ".jpg", "con.jpg"])
def test_a_files_name_is_a_name(world, clerk, hazard_id, name):
    answer = send(world, clerk, "add_files", hazard_id, files=upload(name=name))
    assert answer.status_code == 302
    (kept,) = files(world)
    assert not set(kept.original_name) & {"/", "\\"} and len(kept.original_name) <= 200
    with clerk.get(f"/hazards/{hazard_id}/files/{kept.id}") as sent:
        assert sent.status_code == 200
        assert sent.mimetype == "image/jpeg"
        assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert path_of(world.app.config["DATA_DIR"], kept.sha256).is_file()


def test_a_pngs_type_is_its_contents(world, clerk, hazard_id):
    send(world, clerk, "add_files", hazard_id, files=(io.BytesIO(picture(kind="PNG")), "其实是.jpg"))
    assert [file.media_type for file in files(world)] == ["image/png"]


def test_several_pictures_at_once_before_and_after(world, enter, hazard_id):
    answer = send(world, enter("firm"), "claim", hazard_id, before_photos=[upload("red"), upload("blue", "二.jpg")],
                  after_photos=[upload("green"), (io.BytesIO(picture("black", "PNG")), "四.png")])
    assert answer.status_code == 302
    assert [file.purpose for file in files(world)] == ["before", "before", "after", "after"]
    assert {file.media_type for file in files(world)} == {"image/jpeg", "image/png"}


def test_a_database_that_is_gone_is_told_in_words(world, clerk):
    """Whoever asks: the page does not ask the database who that is."""
    world.app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        with world.system() as session, unit_of_work(session):
            session.execute(sa.text("ALTER TABLE ab_user RENAME TO gone"))
        for answer in (clerk.get("/hazards/"), clerk.post("/hazards/bulk/chase"), clerk.get("/login/")):
            assert answer.status_code == 500
            assert "系统出了问题" in answer.text and "</html>" in answer.text
    finally:
        world.app.config["PROPAGATE_EXCEPTIONS"] = None
