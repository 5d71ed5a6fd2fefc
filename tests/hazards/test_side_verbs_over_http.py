"""Correction, reopening, repeats, duplicates, listing; what the enterprise may not read; what the office sums up."""

import datetime as dt
import re
from html import unescape

import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.hazards.models import Hazard
from tests.access.test_scope_doors import rows_of
from tests.hazards.http import registered, send
from tests.hazards.ledgers import ledger, row, take_in


# ── side verbs ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_correction_keeps_old_new_and_reason_and_never_the_deadline(world, enter):
    hazard_id, clerk = world.hazard(place="一车间"), enter("yingji")
    due = world.read(hazard_id).due
    assert send(world, clerk, "correct", hazard_id, place="二车间", reason="").status_code == 422
    answer = send(world, clerk, "correct", hazard_id, place="二车间", reason="笔误", due="2027-01-01", level="major",
                  state="closed", enterprise_id=world["firm2"])
    assert answer.status_code == 302
    hazard = world.read(hazard_id)
    assert (hazard.place, hazard.due, hazard.level, hazard.state, hazard.enterprise_id) == (
        "二车间", due, "general", "rectifying", world["firm"])
    page = clerk.get(f"/hazards/{hazard_id}").text
    assert "一车间" in page and "二车间" in page and "笔误" in page


def test_a_correction_that_changes_nothing_is_none(world, enter):
    hazard_id = world.hazard()
    same = {"description": world.read(hazard_id).description, "place": world.read(hazard_id).place}
    before = world.read(hazard_id)
    assert send(world, enter("yingji"), "correct", hazard_id, **same).status_code == 422
    assert world.read(hazard_id) == before


def test_reopened_when_found_fake(world, enter):
    """假整改: a later look finds it not rectified; another round, the original deadline."""
    hazard_id, clerk = world.bring_to("closed"), enter("yingji")
    before = world.read(hazard_id)
    assert send(world, clerk, "reopen", hazard_id, found_on="2026-03-21").status_code == 422
    assert send(world, clerk, "reopen", hazard_id, comment="").status_code == 422
    assert send(world, clerk, "reopen", hazard_id).status_code == 302
    after = world.read(hazard_id)
    assert (after.state, after.round_number, after.closed_on, after.due) == ("rectifying", 2, None, before.due)
    assert after.fake_found_on == world.day
    assert "假整改" in clerk.get(f"/hazards/{hazard_id}").text


def test_the_same_enterprise_and_category_within_12_months_is_flagged(world, enter):
    """屡查屡犯, whoever found the earlier one; the first is not flagged, nor another category, nor after a year."""
    clerk = enter("yingji")
    first = world.hazard("fengcheng", happened_on=dt.date(2025, 6, 1))
    second = world.hazard(happened_on=dt.date(2026, 3, 10))
    other = world.hazard(category_id=world["fire"])
    shop = {"enterprise_id": world["firm3"], "rectifiers": [world["firm3"]]}
    old = world.hazard("yingji", happened_on=dt.date(2024, 1, 1), due=dt.date(2024, 2, 1), **shop)
    late = world.hazard("yingji", **shop)
    flagged = {case for case in (first, second, other, old, late) if "屡查屡犯" in clerk.get(f"/hazards/{case}").text}
    assert flagged == {second}


def test_a_duplicate_is_merged_and_the_link_kept(world, enter):
    kept, double, clerk = world.hazard(), world.hazard(), enter("yingji")
    answer = send(world, clerk, "merge", double, kept_number=world.read(kept).number.lower())
    assert answer.status_code == 302
    assert (world.read(double).state, world.read(double).merged_into_id) == ("merged", kept)
    assert f"/hazards/{kept}" in clerk.get(f"/hazards/{double}").text
    third, draft = world.hazard(), world.hazard()
    world.do("yingji", "withdraw", draft)
    assert send(world, clerk, "merge", third, kept_number=world.read(draft).number).status_code == 422
    assert send(world, clerk, "merge", third, kept_number=world.read(double).number).status_code == 422


@pytest.mark.clause("8.1.4")
def test_a_self_reported_major_hazard_is_not_listed(world, enter):
    """企业自查自报的重大事故隐患不再挂牌: the daily regulator presses."""
    hazard_id = registered(world, enter("firm"), level="major", criterion_id=world["criterion"])
    head = enter("yingji_head")
    assert world.read(hazard_id).recheck_unit_id == world["yingji"]
    assert send(world, head, "decide_listing", hazard_id, listing="listed").status_code == 422
    assert send(world, head, "decide_listing", hazard_id, listing="not_listed").status_code == 302
    assert send(world, enter("yingji"), "chase", hazard_id, comment="请按期整改").status_code == 302
    checked = registered(world, enter("yingji"), level="major", criterion_id=world["criterion"])
    assert send(world, head, "decide_listing", checked).status_code == 302
    assert world.read(checked).listing == "listed"
    general = registered(world, enter("yingji"))
    assert send(world, head, "decide_listing", general).status_code == 422


# ── 群众举报核实 reads 监督检查 to the enterprise ─────────────────────────────────────────────────────────────
HIDDEN = ("群众举报", "举报核实", "tipoff")  # the last but where the reader typed it


def test_a_tip_off_reads_as_supervision_to_its_enterprise_at_every_door(world, enter):
    """Page, timeline, filter, search and export; to the government it reads as what it is."""
    hazard_id = registered(world, enter("yingji"), source="tipoff")
    number, firm = world.read(hazard_id).number, enter("firm")
    send(world, firm, "claim", hazard_id)
    for path in (f"/hazards/{hazard_id}", "/hazards/", "/", f"/hazards/{hazard_id}/do/add_files",
                 "/hazards/?source=tipoff", f"/hazards/new?copy={hazard_id}"):
        page = firm.get(path).text
        assert not [word for word in HIDDEN if word in page.replace("source=tipoff", "")], path
    assert "监督检查" in firm.get(f"/hazards/{hazard_id}").text
    assert number in firm.get("/hazards/?source=supervision").text
    for source in ("tipoff", "enforcement", "oversight", "assessment"):
        told = firm.get(f"/hazards/?source={source}").text.count(number)
        assert told == firm.get("/hazards/").text.count(number), source
    assert number in enter("yingji").get("/hazards/?source=tipoff").text
    assert "群众举报核实" in enter("fengcheng").get(f"/hazards/{hazard_id}").text


def test_nor_does_the_way_of_inspection_or_an_imported_column_tell_of_it(world, enter, tmp_path):
    """A ledger says 举报 in 检查方式 or in a column of its own: kept for the government, unread by the enterprise."""
    hidden = ("举报", "12345")
    said = row(method="群众举报核实", 隐患来源="12345转来的投诉", 备注="老旧")
    take_in(world, "yingji", ledger(tmp_path / "a.xlsx", said))
    with world.system() as session:
        (hazard_id,) = session.scalars(sa.select(Hazard.id))
        kept = session.scalars(sa.select(TimelineEntry.extra).where(TimelineEntry.verb == "import",
                                                                    TimelineEntry.case_id == hazard_id)).one()["kept"]
    assert kept == ["隐患来源：12345转来的投诉"]
    assert send(world, enter("yingji"), "correct", hazard_id, method="举报复核", reason="补全").status_code == 302
    firm = enter("firm")
    for path in (f"/hazards/{hazard_id}", f"/hazards/{hazard_id}/timeline", f"/hazards/{hazard_id}/notice",
                 f"/hazards/new?copy={hazard_id}", "/hazards/"):
        page = firm.get(path)
        assert page.status_code == 200 and not [word for word in hidden if word in page.text], path
    assert "老旧" in firm.get(f"/hazards/{hazard_id}").text
    assert "举报" not in enter("yingji").get(f"/hazards/{hazard_id}/notice").text, "it is handed to the enterprise"
    for who, tells in (("firm", False), ("yingji", True)):
        assert ("举报复核" in rows_of(enter(who).get("/hazards/export"))) is tells, who
    assert "举报复核" in enter("fengcheng").get(f"/hazards/{hazard_id}").text


def test_the_filter_offers_what_its_reader_may_read(world, enter):
    for who, words in (("firm", {"帮扶指导", "企业自查自报", "上级交办", "监督检查"}),
                       ("yingji", {"督导巡查", "帮扶指导", "考核反馈", "执法检查", "企业自查自报", "群众举报核实",
                                   "上级交办"})):
        offered = re.search(r'<select[^>]*name="source".*?</select>', enter(who).get("/hazards/").text, re.DOTALL)[0]
        assert set(re.findall(r'<option [^>]*value="[a-z_]+"[^>]*>([^<]+)<', offered)) == words


def test_a_masked_filter_tells_no_hidden_value(world, enter):
    """Two hazards, one from a tip-off: no filter of the enterprise's tells them apart."""
    tipoff = world.read(registered(world, enter("yingji"), source="tipoff")).number
    check = world.read(registered(world, enter("yingji"), source="assessment")).number
    firm = enter("firm")
    for source in ("tipoff", "enforcement", "oversight", "assessment", "supervision", "self_report", "superior",
                   "nonsense"):
        page = firm.get(f"/hazards/?source={source}").text
        assert (tipoff in page) is (check in page), source


# ── in time, and summed up ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.clause("1.3.1")
def test_who_is_late_and_since_when(world, enter):
    """The unit's list says what is late and by how many days; a chase reaches whose turn it is."""
    hazard_id = world.hazard()
    world.move_to(world.read(hazard_id).due + dt.timedelta(days=12))
    clerk = enter("yingji")
    assert "逾期 12 天" in clerk.get("/hazards/?due=over").text or "逾期12天" in clerk.get("/hazards/?due=over").text
    assert send(world, clerk, "chase", hazard_id, comment="请立即整改").status_code == 302
    assert "请立即整改" in enter("firm").get(f"/hazards/{hazard_id}").text


@pytest.mark.clause("1.3.2")
def test_the_county_office_has_its_levels_data_together(world, enter):
    """各级安委办汇总本级数据: every unit's hazards in one list and one file, drafts and other counties apart."""
    numbers = [world.read(world.hazard(unit)).number for unit in ("yingji", "fengcheng", "zhujian")]
    world.hazard("yingji", issue=False, description="尚未下达")
    foreign = world.hazard("other_yingji", description="外县的一条")
    page = enter("office").get("/hazards/").text
    assert all(number in page for number in numbers)
    assert "尚未下达" not in page and "外县的一条" not in page and foreign


@pytest.mark.clause("14.1.2")
def test_townships_and_departments_see_and_do_their_own(world, enter):
    mine = world.hazard("beiliu", enterprise_id=world["firm2"], rectifiers=[world["firm2"]])
    theirs = world.hazard("yingji")
    clerk = enter("beiliu")
    page = clerk.get("/hazards/").text
    assert world.read(mine).number in page and world.read(theirs).number not in page
    assert clerk.get(f"/hazards/{theirs}").status_code == 404
    assert send(world, clerk, "chase", theirs).status_code == 404
    assert send(world, clerk, "chase", mine).status_code == 302


@pytest.mark.clause("14.1.4")
def test_what_the_filter_shows_is_what_is_downloaded(world, enter):
    """A spreadsheet of the list, under the filter and the scope; the enterprise's holds no word of a tip-off."""
    major = world.hazard(level="major", criterion_note="第三条", description="储罐无联锁", source="tipoff")
    world.hazard(description="地面湿滑")
    world.hazard("beiliu", enterprise_id=world["firm2"], rectifiers=[world["firm2"]], description="别处的一条")
    for username in ("yingji", "firm", "office"):
        visitor = enter(username)
        filtered = rows_of(visitor.get("/hazards/export?level=major"))
        assert "储罐无联锁" in filtered and "地面湿滑" not in filtered, username
        whole = rows_of(visitor.get("/hazards/export"))
        assert "地面湿滑" in whole and ("别处的一条" in whole) is (username == "office"), username
        assert username != "firm" or not [cell for cell in whole for word in HIDDEN if word in cell]
    assert major


def test_every_entry_tells_who_with_which_hat(world, enter):
    hazard_id = world.hazard()
    send(world, enter("fengcheng_head"), "chase", hazard_id, comment="请抓紧")
    page = enter("yingji").get(f"/hazards/{hazard_id}").text
    line = page[page.index("请抓紧") - 400:page.index("请抓紧")]
    assert "凤城镇" in line and "fengcheng_head的人" in line and "催办" in line


@pytest.mark.parametrize("came_from, led_to", [
    ("http://localhost/hazards/?due=over&page=2", "/hazards/?due=over&page=2"), ("http://localhost/", "/"),
    ("http://localhost/hazards/{id}", "/hazards/{id}"), ("http://localhost/hazards/{id}/do/chase", "/hazards/{id}"),
    ("https://example.invalid/", "/hazards/{id}"), ("http://localhost/\\example.invalid", "/hazards/{id}"),
    (None, "/hazards/{id}"),
])
def test_a_verb_leads_back_to_where_its_form_was_opened(world, enter, came_from, led_to):
    """From a list to the list, for the next one; from the case's page, or from nowhere, to the case."""
    hazard_id, clerk = world.hazard(), enter("yingji")
    said = {"Referer": came_from.format(id=hazard_id)} if came_from else {}
    form = clerk.get(f"/hazards/{hazard_id}/do/chase", headers=said).text
    back = re.search(r'name="back" value="(.*?)"', form)
    answer = send(world, clerk, "chase", hazard_id, back=unescape(back[1]) if back else None)
    assert answer.headers["Location"] == led_to.format(id=hazard_id)
