"""What a person may type or paste, on its way out: no fault, every file opens, the words are those typed."""
import datetime as dt
import io
import re
import zipfile
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from docx import Document
from lxml import etree

from app.access.hats import hats_of
from app.administration.unit_ledger.ledger import UNIT_LEDGER
from app.casework.attachments import path_of
from app.casework.unit_of_work import unit_of_work
from app.exchange.workbooks import read
from app.letters.placeholders import LETTER, built_in
from app.organization.models import Organization, User
from app.papers.models import Paper
from app.papers.rendering import render
from tests.administration.ledgers import sheet_file
from tests.exchange.made import replace_part
from tests.hazards.http import typed
from tests.hazards.ledgers import ledger, row, upload
from tests.letters import http as letters
from tests.papers.test_templates import entitled, put
from tests.submissions.test_screens import FORM, opened, post
from tests.submissions.test_screens import text as page_of


def is_whole(workbook: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return all(etree.fromstring(archive.read(name)) is not None
                   for name in archive.namelist() if name.endswith(".xml"))


def confirmed(visitor, path):
    sent = {"ledger": (io.BytesIO(path.read_bytes()), "a.xlsx")}
    draft = visitor.send("/units/import/", sent, content_type="multipart/form-data").headers["Location"]
    seen = re.search(r'name="seen" value="(\w+)"', visitor.get(draft).text)[1]
    return visitor.send(f"{draft}/confirm", {"seen": seen, "leave_out": "1"})


def quick_firm(world, name: str):
    visitor = world.as_("fengcheng")
    return visitor.post("/enterprises/quick", json={"name": name, "township_id": world["fengcheng"]},
                        headers={"X-CSRFToken": visitor.token()})


def test_a_name_that_a_cell_wraps_is_one_name(world, tmp_path):
    confirmed(world.as_("admin"), sheet_file(UNIT_LEDGER, tmp_path / "a.xlsx", {"name": "新城\n镇", "kind": "乡镇"}))
    with world.system() as session:
        township = session.scalars(sa.select(Organization.id).where(Organization.name == "新城镇")).one()
    with world.as_("office").get(f"/roll_up/export?township={township}") as file:
        assert file.status_code == 200 and "新城镇" in unquote(file.headers["Content-Disposition"])


@pytest.mark.parametrize("names", ["长" * 121, "坏_x0000_值"])
def test_another_name_is_one_that_a_column_holds(world, tmp_path, names):
    path = sheet_file(UNIT_LEDGER, tmp_path / "a.xlsx", {"name": "新城镇", "kind": "乡镇", "names": names})
    assert confirmed(world.as_("admin"), path).status_code == 302


@pytest.mark.parametrize("address, username", [("/units/add", "admin"), ("/enterprises/add", "fengcheng")])
def test_another_name_that_is_too_long_is_told_at_its_field(world, address, username):
    answer = world.as_(username).send(address, {
        "name": "新城镇", "kind": "township", "names": "长" * 121, "territory_id": world["fengcheng"], "active": "1",
        "review_before_issue": "0", "status": "normal", "sort_order": "1"})
    assert answer.status_code == 422 and "最多120字" in answer.text and "长" * 121 in answer.text


@pytest.mark.parametrize("column", ["due", "rectifier", "is_major"])
def test_a_faulty_cell_with_a_control_character_comes_back_marked(world, tmp_path, column):
    visitor = world.as_("yingji")
    draft = upload(visitor, ledger(tmp_path / "a.xlsx", row(**{column: "坏_x0001_值"}))).headers["Location"]
    with visitor.get(f"{draft}/marked") as file:
        assert file.status_code == 200 and is_whole(file.data)


def test_a_sheet_that_is_called_as_none_may_be_comes_back_marked(world, tmp_path):
    path, visitor = ledger(tmp_path / "a.xlsx", row(due="不知道哪天")), world.as_("yingji")
    with zipfile.ZipFile(path) as archive:
        named = archive.read("xl/workbook.xml").decode().replace("台账", "三月/四月")
    draft = upload(visitor, replace_part(path, "xl/workbook.xml", named.encode())).headers["Location"]
    with visitor.get(f"{draft}/marked") as file:
        assert file.status_code == 200 and "抓落实核对" in "".join(
            zipfile.ZipFile(io.BytesIO(file.data)).read(name).decode()
            for name in zipfile.ZipFile(io.BytesIO(file.data)).namelist() if "comment" in name and name.endswith("xml"))


def test_the_font_of_a_form_is_written_as_it_can_be(world):
    answer = world.as_("admin").send("/settings/title_font/edit", {"value": "仿宋\x01体", "valid_from": "2026-03-20"})
    assert answer.status_code == 302
    with world.as_("yingji").get("/hazards/export") as file:
        assert is_whole(file.data)


@pytest.mark.parametrize("said", ["_x0041_x0042_", "_x005F_x0041_", "型号_x000D_"])
def test_what_reads_as_an_escape_stays_as_it_was_typed(world, tmp_path, said):
    visitor = world.as_("yingji")
    visitor.send("/hazards/new", typed(world, description=said))
    with visitor.get("/hazards/export") as file:
        (tmp_path / "out.xlsx").write_bytes(file.data)
    assert said in [cell for _number, cells in read(tmp_path / "out.xlsx")[0].rows for cell in cells]


def test_a_frozen_month_s_page_shows_what_was_typed(world):
    month = opened(world)
    world.hazard("yingji", description="型号_x000D_", happened_on=dt.date(2026, 3, 11))
    post(world, "yingji", "submit", month, **FORM)
    page = page_of(world, "yingji", f"/submissions/{month}")
    assert "型号_x000D_" in page and "_x005F_" not in page


def test_a_frozen_month_s_file_is_called_after_the_whole_unit(world):
    with world.system() as session, unit_of_work(session):
        session.get(Organization, world["yingji"]).name = "应急管理局/安委办"
    with world.system() as session:
        world.hats = {name: hats_of(session, session.get(User, i), world.day)[0] for name, i in world.users.items()}
    month = opened(world)
    post(world, "yingji", "submit", month, **FORM)
    with world.as_("office").get(f"/submissions/{month}/files/1") as file:
        assert "问题隐患整改清单_应急管理局／安委办" in unquote(file.headers["Content-Disposition"])


def test_what_no_character_is_does_not_keep_a_letter_from_its_paper():
    assert Document(io.BytesIO(render(built_in(), {**LETTER.example, "issuer": "甲\ufffe乙\ud800"}))).paragraphs


@pytest.mark.parametrize("placeholder, typed_as, said", [
    ("{{ copies }}", {"copies": "抄" * 256}, "抄" * 255), ("{{ title }}", {"title": "关于甲&乙的函"}, "关于甲&乙的函")])
def test_a_property_of_the_office_s_template_holds_plain_words(world, placeholder, typed_as, said):
    assert put(world.as_("office_head"), entitled(placeholder)).status_code == 302
    letter = letters.drafted(world, world.as_("office"), **typed_as)
    letters.send(world, world.as_("office_head"), "sign", letter)
    with world.system() as session:
        sha256 = session.scalars(sa.select(Paper.sha256).where(Paper.case_id == letter)).one()
    assert Document(path_of(world.app.config["DATA_DIR"], sha256)).core_properties.title == said


@pytest.mark.parametrize("name", ["坏\ud800名字", "坏\0名字", "坏\x0b名字"])
def test_a_new_firm_s_name_from_a_script_is_cleaned(world, name):
    assert quick_firm(world, name).status_code == 201
    with world.system() as session:
        assert session.scalars(sa.select(Organization.id).where(Organization.name == "坏名字")).one()
