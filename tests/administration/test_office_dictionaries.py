"""Dictionaries in forms: two levels in one line, retired ones gone and kept, criteria by the day of inspection."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from app.access.scope import system_session
from app.casework.errors import Obstacle
from app.casework.unit_of_work import unit_of_work
from app.hazards.rules import why_not_criterion
from app.organization.models import DictionaryEntry
from app.organization.seed import load_county
from tests.hazards.http import send, typed


def add(world, **data) -> int:
    with world.system() as session, unit_of_work(session):
        entry = DictionaryEntry(county_id=world.county.id, **data)
        session.add(entry)
        session.flush()
        return entry.id


def change(world, entry_id: int, **data) -> None:
    with world.system() as session, unit_of_work(session):
        session.execute(sa.update(DictionaryEntry.__table__).where(DictionaryEntry.id == entry_id).values(**data))


def offered(page: str, field: str) -> list[str]:
    select = re.search(rf'<select[^>]*name="{field}".*?</select>', page, re.S)[0]
    return re.findall(r">([^<>]+)</option>", select)


def test_two_levels_stand_in_one_line_below_each_other(world):
    trade = world["trade"]
    foundry = add(world, dictionary="industry", name="冶金铸造", parent_id=trade, sort_order=9)
    add(world, dictionary="industry", name="矿山", sort_order=5)
    clerk = world.as_("yingji")
    for path in ("/hazards/new", "/enterprises/add"):
        assert offered(clerk.get(path).text, "industry_id") == ["—", "冶金工贸", "冶金工贸 / 冶金铸造", "矿山"], path
    hazard_id = world.hazard(industry_id=foundry)
    assert "冶金工贸 / 冶金铸造" in clerk.get(f"/hazards/{hazard_id}").text
    change(world, trade, active=False)
    page = clerk.get("/hazards/new").text
    assert offered(page, "industry_id") == ["—", "矿山"], "without its upper one it is not offered"
    kept = clerk.get(f"/hazards/{hazard_id}/do/correct").text
    assert "冶金工贸 / 冶金铸造" in offered(kept, "industry_id"), "who has it keeps it"


def test_the_list_by_dictionary_and_by_the_upper_entry(world):
    trade, admin = world["trade"], world.as_("admin")
    add(world, dictionary="industry", name="冶金铸造", parent_id=trade, sort_order=2)
    page = admin.get(f"/dictionaries/?_flt_0_parent_id={trade}").text
    assert ">冶金铸造<" in page and ">暗访<" not in page
    assert ">暗访<" in admin.get("/dictionaries/?_flt_0_dictionary=inspection_method").text
    assert admin.get("/dictionaries/?_flt_0_parent_id=x").status_code == 400
    new = admin.get("/dictionaries/add?dictionary=industry").text
    assert "行业：冶金工贸" in offered(new, "parent_id") and "行业：冶金铸造" not in offered(new, "parent_id")


def test_the_page_opens_on_a_dictionary_and_comes_back_to_it(world):
    admin = world.as_("admin")
    page = admin.get("/dictionaries/").text
    assert ">冶金工贸<" in page and ">暗访<" not in page
    assert re.search(r'<li class="active"><a href="[^"]*dictionary=industry"', page)
    everything = admin.get("/dictionaries/?_flt_0_dictionary=").text
    assert ">冶金工贸<" in everything and ">暗访<" in everything
    saved = admin.send(f"/dictionaries/{world['covert']}/edit", {"version": 1, "name": "暗访暗查", "active": "1"})
    assert saved.headers["Location"].endswith("_flt_0_dictionary=inspection_method")


def test_a_criterion_without_a_day_says_so(world):
    criteria = "/dictionaries/?_flt_0_dictionary=major_criterion"
    assert "未注明" in world.as_("admin").get(criteria).text
    change(world, world["criterion"], valid_from=dt.date(2023, 5, 15))
    page = world.as_("admin").get(criteria).text
    assert "未注明" not in page and "2023-05-15" in page
    assert "未注明" not in world.as_("admin").get("/dictionaries/").text, "an industry has no such day"


def test_a_new_entry_stands_behind_the_others(world):
    add(world, dictionary="hazard_category", name="甲", sort_order=41)
    world.as_("admin").send("/dictionaries/add", {"dictionary": "hazard_category", "name": "乙"})
    with world.system() as session:
        assert session.scalar(sa.select(DictionaryEntry.sort_order).where(DictionaryEntry.name == "乙")) == 42


# ── criteria by the day ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.one_database
def test_a_criterion_counts_on_its_first_and_its_last_day():
    first, last = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    day = dt.timedelta(days=1)
    for asked in (first, last):
        assert why_not_criterion(first, last, asked) is None
    for asked in (first - day, last + day):
        assert why_not_criterion(first, last, asked)[0] == "criterion_id"
    assert why_not_criterion(None, None, first) is why_not_criterion(None, last, first) is None


def test_a_new_edition_stands_beside_the_old_one(world):
    """Same name, another number: the day of the inspection decides between them (2.6, 建质规〔2024〕5号)."""
    admin, name, clerk = world.as_("admin"), "工贸企业重大事故隐患判定标准", world.as_("yingji")
    change(world, world["criterion"], document_number="应急管理部令第10号", valid_to=dt.date(2026, 3, 10))
    new = {"dictionary": "major_criterion", "name": name, "document_number": "应急管理部令第99号",
           "valid_from": "2026-03-11"}
    assert admin.send("/dictionaries/add", new).status_code == 302
    again = admin.send("/dictionaries/add", new)
    assert again.status_code == 422 and "字典里已有" in again.text
    assert admin.send("/dictionaries/add", {**new, "dictionary": "hazard_category"}).status_code == 302
    other = admin.send("/dictionaries/add", {**new, "dictionary": "hazard_category", "document_number": "2"})
    assert other.status_code == 422, "elsewhere a name stands once"
    words = offered(clerk.get("/hazards/new").text, "criterion_id")
    assert f"{name}（应急管理部令第99号）" in words
    with world.system() as session:
        edition = session.scalar(sa.select(DictionaryEntry.id).where(
            DictionaryEntry.document_number == new["document_number"],
            DictionaryEntry.dictionary == "major_criterion"))
    asked = {"level": "major", "happened_on": "2026-03-12"}
    assert clerk.send("/hazards/new", typed(world, **asked, criterion_id=world["criterion"])).status_code == 422
    assert clerk.send("/hazards/new", typed(world, **asked, criterion_id=edition)).status_code == 302


def major(world, **changed) -> dict:
    return typed(world, level="major", criterion_id=world["criterion"], **changed)


def test_an_expired_criterion_is_for_inspections_of_its_days(world):
    change(world, world["criterion"], valid_to=dt.date(2026, 3, 10))
    clerk = world.as_("yingji")
    assert any("今天不在施行期" in words for words in offered(clerk.get("/hazards/new").text, "criterion_id"))
    refused = clerk.send("/hazards/new", major(world, happened_on="2026-03-11"))
    assert refused.status_code == 422
    assert "2026-03-11没有施行" in re.search(r'id="criterion_id-fault">([^<]*)', refused.text)[1]
    assert clerk.send("/hazards/new", major(world, happened_on="2026-03-10")).status_code == 302


def test_a_level_is_raised_by_the_criterion_of_the_inspection(world):
    hazard_id, clerk = world.hazard(), world.as_("yingji")
    change(world, world["criterion"], valid_from=world.day)
    refused = send(world, clerk, "raise_level", hazard_id, criterion_id=world["criterion"])
    assert refused.status_code == 422 and "没有施行" in refused.text
    change(world, world["criterion"], valid_from=None)
    assert send(world, clerk, "raise_level", hazard_id, criterion_id=world["criterion"]).status_code == 302


def test_what_was_judged_by_it_stays(world):
    hazard_id = world.hazard(level="major", criterion_id=world["criterion"])
    change(world, world["criterion"], valid_to=dt.date(2020, 1, 1), active=False)
    page = world.as_("yingji").get(f"/hazards/{hazard_id}").text
    assert "工贸企业重大事故隐患判定标准" in page
    world.do("firm", "claim", hazard_id)
    with pytest.raises(Obstacle):
        world.hazard(level="major", criterion_id=world["criterion"])


@pytest.mark.one_database
def test_the_seed_has_the_committees_and_the_criteria_with_their_numbers(app):
    with app.app_context(), system_session("test") as session, unit_of_work(session):
        county = load_county(session)
        table = DictionaryEntry.__table__
        rows = session.execute(sa.select(table).where(table.c.county_id == county.id)).all()
    first = [row for row in rows if row.dictionary == "industry" and row.parent_id is None]
    top = [row.name for row in first]
    assert len(top) == 14 and {"矿山", "危险化学品", "冶金工贸", "民爆", "校园", "餐饮住宿", "农业", "其他"} <= set(top)
    assert all(any(row.parent_id == above.id for row in rows) for above in first)
    criteria = [row for row in rows if row.dictionary == "major_criterion"]
    assert len(criteria) >= 13 and all(row.document_number for row in criteria)
    days = {row.document_number: row.valid_from for row in criteria if row.valid_from}
    assert days == {"应急管理部令第4号": dt.date(2021, 1, 1), "矿安〔2022〕88号": dt.date(2022, 9, 1),
                    "应急管理部令第10号": dt.date(2023, 5, 15), "交办运〔2023〕52号": dt.date(2023, 10, 1)}
    methods = {row.name for row in rows if row.dictionary == "inspection_method"}
    assert {"明查", "暗访", "四不两直", "双随机", "专项检查", "日常检查", "节假日检查", "联合检查", "企业自查",
            "专家会诊"} <= methods
