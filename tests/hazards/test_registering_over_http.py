"""What is asked when a hazard is registered, by whom, and what it then holds. 一（一）（二）."""

import datetime as dt

import pytest

from app.casework.unit_of_work import unit_of_work
from app.organization.models import CalendarDay
from tests.hazards.http import registered, send, typed


@pytest.mark.clause("1.1.1")
@pytest.mark.parametrize("username", ["office", "fengcheng", "yingji"])
def test_every_level_keeps_its_list(world, enter, username):
    """County office, township and department each register and find it in their own list."""
    clerk = enter(username)
    hazard_id = registered(world, clerk, inspecting_unit_id=world[username])
    assert world.read(hazard_id).number in clerk.get("/hazards/").text
    assert world.read(hazard_id).filed_by_id == world[username]


@pytest.mark.clause("1.1.3")
@pytest.mark.parametrize("source, words", [
    ("oversight", "督导巡查"), ("assistance", "帮扶指导"), ("enforcement", "执法检查"), ("tipoff", "群众举报核实"),
    ("assessment", "考核反馈"), ("superior", "上级交办"),
])
def test_the_sources(world, enter, source, words):
    clerk = enter("yingji")
    hazard_id = registered(world, clerk, source=source)
    assert words in clerk.get(f"/hazards/{hazard_id}").text
    assert world.read(hazard_id).number in clerk.get(f"/hazards/?source={source}").text


@pytest.mark.clause("1.1.3")
def test_an_enterprise_reports_itself(world, enter):
    """企业自查自报: its own, rechecked by the daily regulator, on whose desk it is."""
    firm = enter("firm")
    assert 'name="source"' not in firm.get("/hazards/new").text
    hazard_id = registered(world, firm)
    hazard = world.read(hazard_id)
    assert (hazard.source, hazard.rectifier_ids, hazard.recheck_unit_id) == (
        "self_report", [world["firm"]], world["yingji"])
    assert "企业自查自报" in enter("yingji").get(f"/hazards/{hazard_id}").text
    send(world, firm, "claim", hazard_id)
    assert send(world, enter("yingji"), "pass_recheck", hazard_id).status_code == 302
    assert world.read(hazard_id).state == "closed"


@pytest.mark.parametrize("username, rectifier, territory", [
    ("yingji", "fengcheng", "fengcheng"), ("fengcheng", "beiliu", "beiliu"), ("fengcheng", "zhujian", "fengcheng"),
    ("yingji", "firm2", "beiliu"), ("yingji", "zhujian", None),
])
def test_without_an_enterprise_inspected_it_is_where_it_is_rectified(world, enter, username, rectifier, territory):
    hazard_id = registered(world, enter(username), enterprise_id="", rectifiers=world[rectifier],
                           inspecting_unit_id=world[username])
    assert world.read(hazard_id).territory_id == (territory and world[territory])


@pytest.mark.clause("1.2.2")
def test_what_the_list_of_hazards_holds(world, enter):
    """问题隐患描述、检查单位和时间、整改措施、防范措施、责任单位及责任人、时限、整改情况、验收情况、督办情况."""
    clerk = enter("yingji")
    hazard_id = registered(
        world, clerk, description="配电箱无漏电保护", happened_on="2026-03-02", measures="加装漏电保护",
        heads="甲某、乙某", due="2026-04-19",
    )
    claim = {"progress": "已加装三处", "prevention": "每月检查一次", "measures": "加装漏电保护"}
    send(world, enter("firm"), "claim", hazard_id, **claim)
    send(world, clerk, "pass_recheck", hazard_id, opinion="复查合格", recheckers="丙某")
    page = clerk.get(f"/hazards/{hazard_id}").text
    for words in ("配电箱无漏电保护", "应急管理局", "2026-03-02", "加装漏电保护", "每月检查一次", "试验铸造厂",
                  "甲某、乙某", "2026-04-19", "已加装三处", "复查合格", "丙某", "销号"):
        assert words in page, words


def test_what_is_asked_at_registering(world, enter):
    clerk = enter("yingji")
    for changed in ({"description": ""}, {"happened_on": ""}, {"happened_on": "2026-03-21"}, {"source": ""},
                    {"due": ""}, {"due": "", "due_days": "5"}, {"due": "", "due_days": "0", "due_unit": "days"},
                    {"due": "2026-03-01"}, {"level": "major"}, {"enterprise_id": "", "rectifiers": ""},
                    {"recheck_unit_id": world["zhujian"], "rectifiers": world["zhujian"]}):
        answer = clerk.send("/hazards/new", typed(world, **changed))
        assert answer.status_code == 422, changed
        kept = changed.get("description", typed(world)["description"])
        assert kept in answer.text, "what was typed stays in the form"


@pytest.mark.parametrize("due_kind, due, words", [
    ("date", dt.date(2026, 4, 19), "2026-04-19"), ("immediate", dt.date(2026, 3, 19), "立行立改"),
    ("standing", None, "长期坚持"),
])
def test_kinds_of_deadline(world, enter, due_kind, due, words):
    """立行立改 is the same day, 长期坚持 has none and is never late."""
    clerk = enter("yingji")
    hazard_id = registered(world, clerk, due_kind=due_kind, due="2026-04-19" if due_kind == "date" else "")
    assert world.read(hazard_id).due == world.read(hazard_id).original_due == due
    assert words in clerk.get(f"/hazards/{hazard_id}").text
    world.move_to(dt.date(2026, 5, 1))
    late = world.read(hazard_id).number in clerk.get("/hazards/?due=over").text
    assert late is (due is not None)


def test_a_draft_is_saved_and_issued_later(world, enter):
    clerk = enter("yingji")
    hazard_id = registered(world, clerk, issue=None)
    draft = world.read(hazard_id)
    assert (draft.state, draft.number, draft.issued) == ("registered", None, False)
    assert enter("firm").get(f"/hazards/{hazard_id}").status_code == 404
    assert send(world, clerk, "submit", hazard_id).status_code == 302
    assert world.read(hazard_id).number == "YH-2026-0001"


def test_review_before_issue_is_a_units_setting(world, enter):
    """Off by default; on, the clerk sends it to the reviewer, who is another person."""
    from tests.hazards.test_verbs_over_http import review_before_issue

    review_before_issue(world, "yingji")
    clerk, head = enter("yingji"), enter("yingji_head")
    hazard_id = registered(world, clerk)
    assert world.read(hazard_id).state == "registered" and not world.read(hazard_id).issued
    assert world.read(hazard_id).title in head.get("/").text, "it stands on the reviewer's desk"
    assert send(world, head, "return_draft", hazard_id, comment="地点不清").status_code == 302
    assert "地点不清" in clerk.get(f"/hazards/{hazard_id}").text
    send(world, clerk, "submit", hazard_id)
    assert send(world, head, "issue", hazard_id).status_code == 302
    assert world.read(hazard_id).state == "rectifying"
    fengcheng = registered(world, enter("fengcheng"), inspecting_unit_id=world["fengcheng"])
    assert world.read(fengcheng).state == "rectifying"


# ── a period instead of a day ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("days, unit, due, words", [
    (15, "days", dt.date(2026, 4, 3), "15日"),
    (16, "days", dt.date(2026, 4, 7), "16日"),  # 4 April begins the holiday of Qingming: the next working day
    (10, "workdays", dt.date(2026, 4, 2), "10个工作日"),
])
def test_a_deadline_given_as_a_period(world, enter, days, unit, due, words):
    """N日 and N个工作日 run from the day after the inspection (19 March)."""
    clerk = enter("yingji")
    hazard_id = registered(world, clerk, due="", due_days=days, due_unit=unit)
    hazard = world.read(hazard_id)
    assert hazard.due == hazard.original_due == due
    page = clerk.get(f"/hazards/{hazard_id}").text
    assert words in page and due.isoformat() in page
    assert "节假日" not in page, "the calendar of 2026 is known"


def test_the_countys_own_word_on_a_day_moves_the_period(world, enter):
    with world.system() as session, unit_of_work(session):
        session.add_all([
            CalendarDay(county_id=world.county.id, day=dt.date(2026, 3, 23), is_workday=False, note="停电"),
            CalendarDay(county_id=world.other.id, day=dt.date(2026, 3, 24), is_workday=False, note="外县"),
        ])
    hazard_id = registered(world, enter("yingji"), due="", due_days=10, due_unit="workdays")
    assert world.read(hazard_id).due == dt.date(2026, 4, 3)


def test_a_year_without_known_holidays_is_told(world, enter):
    """No crash, but a word: there the days were counted Monday to Friday."""
    clerk = enter("yingji")
    answer = clerk.send("/hazards/new", typed(world, due="", due_days=900, due_unit="days"), follow_redirects=True)
    assert answer.status_code == 200 and "2028" in answer.text and "节假日" in answer.text


def test_a_day_wins_over_a_period_and_takes_its_words_away(world, enter):
    clerk = enter("yingji")
    hazard_id = registered(world, clerk, issue=None, due="", due_days=15, due_unit="days")
    assert world.read(hazard_id).due_words == "15日"
    kept = typed(world, issue=None, due="2026-04-03", version=world.read(hazard_id).version)
    assert clerk.send(f"/hazards/{hazard_id}/edit", kept).status_code == 302
    assert world.read(hazard_id).due_words == "15日", "the same day, as it was set"
    moved = typed(world, issue=None, due="2026-04-10", due_days=15, version=world.read(hazard_id).version)
    assert clerk.send(f"/hazards/{hazard_id}/edit", moved).status_code == 302
    assert (world.read(hazard_id).due, world.read(hazard_id).due_words) == (dt.date(2026, 4, 10), None)


# ── 代填, and two people at one draft ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.clause("1.1.3")
def test_a_self_report_that_the_clerk_fills_in_says_for_whom(world, enter):
    """An enterprise tells by telephone: who said so and on what evidence stand in the timeline."""
    clerk = enter("fengcheng")
    typed_in = {"source": "self_report", "inspecting_unit_id": world["fengcheng"]}
    for missing in ("proxy_for", "proxy_evidence"):
        told = {"proxy_for": "厂长甲某", "proxy_evidence": "电话报告", **typed_in, missing: ""}
        answer = clerk.send("/hazards/new", typed(world, **told))
        assert answer.status_code == 422 and "代" in answer.text, missing
    hazard_id = registered(world, clerk, proxy_for="厂长甲某", proxy_evidence="电话报告", issue=None, **typed_in)
    form = clerk.get(f"/hazards/{hazard_id}/edit").text
    assert "厂长甲某" in form and "电话报告" in form, "asked once, not at every change of the draft"
    page = clerk.get(f"/hazards/{hazard_id}").text
    assert "厂长甲某" in page and "电话报告" in page
    hazard_id = registered(world, clerk, source="oversight", inspecting_unit_id=world["fengcheng"])
    assert world.read(hazard_id).source == "oversight", "found by the unit itself: nobody stands behind it"


def test_a_draft_is_not_written_over_what_another_changed(world, enter):
    clerk = enter("yingji")
    hazard_id = registered(world, clerk, issue=None)
    seen = world.read(hazard_id).version
    first = typed(world, issue=None, description="先改", version=seen)
    assert clerk.send(f"/hazards/{hazard_id}/edit", first).status_code == 302
    for late in ({"version": seen}, {}):  # an older page, and no page of ours at all
        answer = clerk.send(f"/hazards/{hazard_id}/edit", typed(world, issue=None, description="后改", **late))
        assert answer.status_code == 409, late
    assert world.read(hazard_id).description == "先改"
