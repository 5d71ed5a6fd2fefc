"""Files over HTTP: sent with a form, asked for by those whose case it is, small copies made by the worker."""

import io
import re
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from app.casework.attachments import Attachment, path_of
from app.casework.file_kinds import KINDS, PICTURES
from app.casework.jobs import Job
from app.casework.pictures import UNTOLD, examine, taken_of_heic
from app.casework.unit_of_work import unit_of_work
from app.organization.settings import Setting
from tests.casework.made_files import REFUSED, WHOLE, exif, heic, photo
from tests.hazards.http import send, typed
from tests.jobs.support import work_off

SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}


@pytest.fixture
def hazard_id(world) -> int:
    return world.hazard()


def add(world, content: bytes, name: str, hazard_id: int, by: str = "yingji", **more):
    return send(world, world.as_(by), "add_files", hazard_id, files=(io.BytesIO(content), name), **more)


def files(world) -> list[Attachment]:
    with world.system() as session:
        return session.scalars(sa.select(Attachment).order_by(Attachment.id)).all()


@pytest.mark.one_database
@pytest.mark.parametrize("sort", KINDS)
def test_a_file_goes_in_and_comes_out_safely(world, hazard_id, sort):
    content, name = WHOLE[sort]
    assert add(world, content, name, hazard_id).status_code == 302
    (kept,) = files(world)
    page = world.as_("firm").get(f"/hazards/{hazard_id}").text
    assert f"/hazards/{hazard_id}/files/{kept.id}" in page
    assert (name in page) and (("data-thumbnail" in page) == (sort in PICTURES))
    with world.as_("firm").get(f"/hazards/{hazard_id}/files/{kept.id}") as sent:
        assert (sent.status_code, sent.data, sent.mimetype) == (200, content, KINDS[sort].media_type)
        assert SAFE.items() <= dict(sent.headers).items()
        how = sent.headers.get("Content-Disposition", "")
        assert how.startswith("inline" if sort in PICTURES else "attachment") and quote(name) in how


def test_a_copy_gets_an_ending_that_fits(world, hazard_id):
    add(world, WHOLE["docx"][0], "方案.exe", hazard_id)
    (kept,) = files(world)
    with world.as_("yingji").get(f"/hazards/{hazard_id}/files/{kept.id}") as sent:
        assert quote("方案.exe.docx") in sent.headers["Content-Disposition"]


@pytest.mark.one_database
@pytest.mark.parametrize("what", ["a page", "macros by their part", "a password", "half a jpg"])
def test_a_refused_file_is_named_at_its_field_and_what_was_typed_stays(world, what):
    content, name, word = REFUSED[what]
    answer = world.as_("yingji").send("/hazards/new", typed(world, photos=(io.BytesIO(content), name)),
                                      content_type="multipart/form-data")
    assert answer.status_code == 422 and typed(world)["description"] in answer.text
    assert word in re.search(r'id="photos-fault">([^<]*)', answer.text)[1]
    assert files(world) == []


def test_office_files_are_papers_not_photos(world, hazard_id):
    word_file = (io.BytesIO(WHOLE["docx"][0]), "方案.docx")
    answer = send(world, world.as_("firm"), "claim", hazard_id, after_photos=word_file)
    assert answer.status_code == 422 and "jpg、png、heic、pdf" in answer.text
    pdf = (io.BytesIO(WHOLE["pdf"][0]), "报告.pdf")
    assert send(world, world.as_("firm"), "claim", hazard_id, after_photos=pdf).status_code == 302


def test_a_decision_s_scan_may_be_a_pdf(world, hazard_id):
    world.do("firm", "ask_extension", hazard_id)
    scan = (io.BytesIO(WHOLE["pdf"][0]), "批示.pdf")
    answer = send(world, world.as_("yingji"), "approve_extension", hazard_id, paper_scan=scan)
    assert answer.status_code == 302
    assert [(file.purpose, file.media_type) for file in files(world)] == [("paper", "application/pdf")]


def test_another_unit_s_files_are_not_there(world, hazard_id):
    add(world, *WHOLE["pdf"], hazard_id)
    add(world, *WHOLE["jpg"], hazard_id)
    own, other = world.hazard("zhujian", enterprise_id=world["firm2"]), "other_yingji"
    for file in files(world):
        for tail in ("", "/thumbnail"):
            for who in ("beiliu", "firm2", other):
                assert world.as_(who).get(f"/hazards/{hazard_id}/files/{file.id}{tail}").status_code == 404
            assert world.as_("zhujian").get(f"/hazards/{own}/files/{file.id}{tail}").status_code == 404


def test_limits_are_the_county_s_settings(world, hazard_id):
    with world.system() as session, unit_of_work(session):
        for key, value in (("document_megabytes", 1), ("files_per_case", 2)):
            session.add(Setting(county_id=world.county.id, key=key, value=value, valid_from=world.day))
    large = WHOLE["pdf"][0].replace(b"%%EOF", b"\0" * (1 << 20) + b"%%EOF")
    refused = add(world, large, "大.pdf", hazard_id)
    refused.request.environ["wsgi.input"].close()  # the test client leaves its large body open
    assert refused.status_code == 422 and "1 MB" in refused.text
    assert add(world, *WHOLE["pdf"], hazard_id).status_code == 302
    assert add(world, *WHOLE["jpg"], hazard_id).status_code == 302
    full = add(world, *WHOLE["png"], hazard_id)
    assert full.status_code == 422 and "最多2个文件" in full.text
    assert len(files(world)) == 2
    assert "1 MB" in world.as_("yingji").get(f"/hazards/{hazard_id}/do/add_files").text


# ── small copies ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_worker_makes_small_copies_and_the_page_waits_for_them(world, hazard_id):
    add(world, photo((1200, 800), exif(turned=6)), "竖.jpg", hazard_id)
    (kept,) = files(world)
    small = f"/hazards/{hazard_id}/files/{kept.id}/thumbnail"
    clerk = world.as_("yingji")
    assert clerk.get(small).status_code == 204
    assert f'data-thumbnail="{small}"' in clerk.get(f"/hazards/{hazard_id}").text
    assert work_off(world.app) >= 1
    with clerk.get(small) as sent:
        assert (sent.status_code, sent.mimetype) == (200, "image/jpeg") and SAFE.items() <= dict(sent.headers).items()
    page = clerk.get(f"/hazards/{hazard_id}").text
    assert f'<img src="{small}"' in page and "data-thumbnail" not in page
    assert [file.thumbnail for file in files(world)] == ["made"]


def test_a_picture_that_cannot_be_decoded_is_a_file_with_a_name(world, hazard_id):
    whole = photo((900, 700))
    middle = whole.index(b"\xff\xda") + 20
    spoiled = whole[:middle] + b"\xff\xd9" + whole[-2:]  # header and end are there, the lines are not
    assert add(world, spoiled, "坏.jpg", hazard_id).status_code == 302
    (kept,) = files(world)
    path = path_of(world.app.config["DATA_DIR"], kept.sha256)
    path.write_bytes(path.read_bytes()[:middle])
    work_off(world.app)
    assert [file.thumbnail for file in files(world)] == ["failed"]
    page = world.as_("yingji").get(f"/hazards/{hazard_id}").text
    assert ">坏.jpg</a>" in page and "<figure" not in page
    assert world.as_("yingji").get(f"/hazards/{hazard_id}/files/{kept.id}/thumbnail").status_code == 404


def test_the_same_picture_again_owes_nothing(world, hazard_id):
    add(world, photo(), "一.jpg", hazard_id)
    work_off(world.app)
    add(world, photo(), "二.jpg", world.hazard())
    assert [file.thumbnail for file in files(world)] == ["made", "made"]
    assert work_off(world.app) == 0


def test_a_form_that_is_refused_asks_for_no_small_copy(world, hazard_id):
    stale = add(world, photo(), "一.jpg", hazard_id, version=99)
    assert stale.status_code == 409
    with world.system() as session:
        assert session.scalars(sa.select(Job)).all() == []


def test_what_is_still_owed_is_asked_for_again_the_next_night(world, hazard_id):
    add(world, photo(), "一.jpg", hazard_id)
    with world.system() as session, unit_of_work(session):
        session.execute(sa.update(Job.__table__).values(state="failed"))
        session.add(Job(kind="owed_thumbnails", title="-", params={}))
    work_off(world.app)
    assert [file.thumbnail for file in files(world)] == ["made"]


# ── where and when ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_place_and_time_are_the_government_s_to_read(world, hazard_id):
    content = photo(notes=exif())
    add(world, content, "现场.jpg", hazard_id)
    for who in ("yingji", "fengcheng", "office", "leader"):
        page = world.as_(who).get(f"/hazards/{hazard_id}").text
        assert "北纬35.48681°，东经112.41000°" in page and "2026-03-19 09:12拍摄" in page, who
    page = world.as_("firm").get(f"/hazards/{hazard_id}").text
    assert "北纬" not in page and "35.48" not in page and "2026-03-19 09:12拍摄" in page
    (kept,) = files(world)
    assert path_of(world.app.config["DATA_DIR"], kept.sha256).read_bytes() == content, "the original is untouched"


@pytest.mark.one_database
@pytest.mark.parametrize(("content", "name"), [
    (photo(notes=exif(turned=6)), "现场.jpg"), (photo(notes=exif(), kind="PNG"), "现场.png"),
    (heic(exif()), "现场.heic"),
])
def test_an_enterprise_is_given_a_copy_without_the_notes(world, hazard_id, content, name):
    """The inspector's original stays as it came, for the government and its hash."""
    add(world, content, name, hazard_id)
    (kept,) = files(world)
    address = f"/hazards/{hazard_id}/files/{kept.id}"
    with world.as_("fengcheng").get(address) as answer:
        assert answer.data == content
    with world.as_("firm").get(address) as answer:
        assert answer.status_code == 200 and answer.data != content and SAFE.items() <= dict(answer.headers).items()
        copy = answer.data
    assert path_of(world.app.config["DATA_DIR"], kept.sha256).read_bytes() == content
    if name.endswith("heic"):
        assert len(copy) == len(content) and taken_of_heic(content).latitude and taken_of_heic(copy).latitude is None
    else:
        assert examine(content, name).latitude and examine(copy, name) == UNTOLD


def test_a_paper_has_no_place(world, hazard_id):
    add(world, photo(notes=exif()), "批示.jpg", hazard_id, purpose="paper")
    (kept,) = files(world)
    assert (kept.latitude, kept.longitude) == (None, None)
