"""Proposals at the screens: read unit by unit, chased, put off, dismissed; who finds what; what was decided stays."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.escalation.states import ProposalState as S
from tests.support import task_factories as tasks
from tests.support.escalation_factories import DAYS, letter, look, occasion, proposals


def text(world, who: str, path: str, status: int = 200) -> str:
    answer = world.as_(who).get(path)
    assert answer.status_code == status, (who, path, answer.status_code)
    return answer.get_data(as_text=True)


def overdue(world, days: int = 12, unit: str = "fengcheng", by: str = "office") -> int:
    """A share that is so many days overdue; returns its id."""
    task_id = tasks.task(world, by, (unit,), due=world.day - days * DAYS, happened_on=world.day - 60 * DAYS)
    return tasks.share(world, task_id, unit)


def entries(world, verb: str) -> list:
    table = TimelineEntry.__table__
    with world.system() as session:
        return session.execute(sa.select(table).where(table.c.verb == verb)).all()


@pytest.mark.clause("4.2.5")
def test_the_office_opens_in_the_morning(world):
    """12 条升级建议, each with its reason, its clause, what it would send and what follows."""
    for unit in ("fengcheng", "beiliu"):
        overdue(world, 12, unit)
    overdue(world, 3)
    look(world)
    home = text(world, "office", "/")
    assert re.search(r'href="/proposals/"[^>]*><b>3</b>待处理', home)
    page = text(world, "office", "/proposals/")
    assert "<b>凤城镇</b>承担的“开展燃气安全专项整治”应于3月8日完成，已逾期<span class=\"hot\">12</span>天" in page
    assert "建议发提醒函。" in page and "四（二）5" in page and "3月28日起建议督办函" in page
    assert page.index("凤城镇") < page.index("北留镇") and page.count("<h2>凤城镇</h2>") == 1
    assert "建议催办。" in page and "3月27日起建议提醒函" in page
    only = text(world, "office", f"/proposals/?unit={world['beiliu']}&measure=reminder")
    assert "<h2>北留镇</h2>" in only and "<h2>凤城镇</h2>" not in only


def test_chasing_is_done_at_once_by_the_cases_own_verb(world):
    share = overdue(world, 3)
    look(world)
    (one,) = proposals(world)
    answer = world.as_("office").send("/proposals/accept", {"rowid": one.id, f"v{one.id}": one.version})
    assert answer.status_code == 302
    (one,) = proposals(world)
    assert (one.state, one.decided_by, one.decided_on) == (S.ACCEPTED, world.hats["office"].user_name, world.day)
    (chase,) = entries(world, "chase")
    assert chase.case_id == share and "应于3月17日完成，已逾期3天" in chase.comment and "请抓紧办理" in chase.comment
    (decided,) = entries(world, "proposal_accepted")
    assert decided.case_id is None and "重点任务逾期未完成（催办）" in decided.extra["name"]
    assert decided.changes == {"state": ["open", "accepted"]}
    assert look(world).new == 0 and "请抓紧办理" in text(world, "fengcheng", f"/tasks/shares/{share}")
    assert "采纳升级建议" in text(world, "auditor", "/audit/")
    assert "已采纳" in text(world, "office", "/proposals/?tab=accepted")


def test_several_of_one_unit_are_chased_together(world):
    shares = [overdue(world, 3), overdue(world, 4)]
    look(world)
    page = text(world, "office", "/proposals/")
    assert "2条一起催办" in page
    sent = {"rowid": [one.id for one in proposals(world)]} | {f"v{one.id}": one.version for one in proposals(world)}
    world.as_("office").send("/proposals/accept", sent)
    assert {entry.case_id for entry in entries(world, "chase")} == set(shares)
    assert all(one.state == S.ACCEPTED for one in proposals(world))


def test_put_off_it_comes_back_on_its_day(world):
    overdue(world, 12)
    look(world)
    (one,) = proposals(world)
    path = f"/proposals/{one.id}/postpone"
    assert "凤城镇承担的" in text(world, "office", path)
    form = {"version": one.version, "to": (world.day + 5 * DAYS).isoformat()}
    for wrong in ("", world.day.isoformat(), (world.day + 200 * DAYS).isoformat()):
        answer = world.as_("office").send(path, {**form, "to": wrong})
        assert answer.status_code == 422 and wrong in answer.get_data(as_text=True)
    assert world.as_("office").send(path, form).status_code == 302
    look(world, world.day + 1 * DAYS)
    assert proposals(world, S.POSTPONED)[0].postponed_to == world.day + 5 * DAYS
    assert "推迟" in text(world, "office", "/proposals/?tab=postponed")
    world.move_to(world.day + 5 * DAYS)
    look(world)
    assert [p.state for p in proposals(world)] == [S.OPEN] and "已逾期<span class=\"hot\">17</span>天" in text(
        world, "office", "/proposals/")
    assert len(entries(world, "proposal_postponed")) == 1


def test_dismissed_facts_do_not_come_back_and_worse_ones_do(world):
    overdue(world, 12)
    look(world)
    (one,) = proposals(world)
    path, visitor = f"/proposals/{one.id}/dismiss", world.as_("office")
    assert visitor.send(path, {"version": one.version, "reason": " "}).status_code == 422
    assert visitor.send(path, {"version": one.version, "reason": "已当面约定"}).status_code == 302
    for _day in range(3):
        world.move_to(world.day + 1 * DAYS)
        look(world)
    assert [p.state for p in proposals(world)] == [S.DISMISSED]
    assert "已当面约定" in text(world, "office", "/proposals/?tab=dismissed")
    (entry,) = entries(world, "proposal_dismissed")
    assert entry.comment == "已当面约定"
    world.move_to(world.day + 5 * DAYS)
    look(world)
    assert [(p.state, p.measure) for p in proposals(world)] == [(S.DISMISSED, "reminder"), (S.OPEN, "supervisory")]


def test_a_dismissal_is_taken_back(world):
    overdue(world, 12)
    look(world)
    (one,) = proposals(world)
    visitor = world.as_("office")
    visitor.send(f"/proposals/{one.id}/dismiss", {"version": one.version, "reason": "点错了"})
    (one,) = proposals(world)
    assert visitor.send(f"/proposals/{one.id}/reconsider", {"version": one.version - 1}).status_code == 302
    assert proposals(world)[0].state == S.DISMISSED
    visitor.send(f"/proposals/{one.id}/reconsider", {"version": one.version})
    assert proposals(world)[0].state == S.OPEN and len(entries(world, "proposal_open")) == 1


def test_who_was_too_late_is_told_so(world):
    overdue(world, 3)
    look(world)
    (one,) = proposals(world)
    first, second = world.as_("office"), world.as_("office_head")
    first.send(f"/proposals/{one.id}/dismiss", {"version": one.version, "reason": "不必"})
    for path, form in (("accept", {"rowid": one.id, f"v{one.id}": one.version}),
                       (f"{one.id}/dismiss", {"version": one.version, "reason": "也不必"}),
                       (f"{one.id}/postpone", {"version": one.version, "to": "2026-03-25"})):
        answer = second.send(f"/proposals/{path}", form, follow_redirects=True)
        assert "已被他人处理" in answer.get_data(as_text=True), path
    assert proposals(world)[0].reason == "不必" and entries(world, "chase") == []


def test_a_measure_is_its_units_and_the_office_may_press_in_its_place(world):
    """The bureau's hazard is the bureau's to chase: nobody else's, but the office's."""
    hazard = world.hazard("zhujian", due=world.day - 3 * DAYS, happened_on=world.day - 9 * DAYS)
    look(world)
    (one,) = proposals(world)
    for who in ("zhujian", "zhujian_head"):
        assert "试验铸造厂" in text(world, who, "/proposals/")
    assert "没有待处理的建议" in text(world, "office", "/proposals/")
    assert "由住建局办理" in text(world, "office", "/proposals/?whose=all")
    for stranger in ("fengcheng", "yingji", "other_office", "other_zhujian"):
        assert "试验铸造厂" not in text(world, stranger, "/proposals/?whose=all")
        visitor = world.as_(stranger)
        for path in ("postpone", "dismiss"):
            assert visitor.get(f"/proposals/{one.id}/{path}").status_code == 404, (stranger, path)
            assert visitor.send(f"/proposals/{one.id}/{path}", {"version": 1, "reason": "越权", "to": "2026-03-25"}
                                ).status_code == 404
        assert visitor.send(f"/proposals/{one.id}/reconsider", {"version": 1}).status_code == 404
        assert visitor.send("/proposals/accept", {"rowid": one.id}).status_code == 404
        assert visitor.get(f"/proposals/draft?rowid={one.id}").status_code == 404
    assert "试验铸造厂" in text(world, "leader", "/proposals/?whose=all")
    assert world.as_("leader").send("/proposals/accept", {"rowid": one.id}).status_code == 403
    assert world.as_("firm").get("/proposals/").status_code == 403
    answer = world.as_("office").send(f"/proposals/{one.id}/dismiss", {"version": one.version, "reason": "替你定"})
    assert answer.status_code == 403 and proposals(world)[0].state == S.OPEN
    world.as_("office").send("/proposals/accept", {"rowid": one.id, f"v{one.id}": one.version})
    assert proposals(world)[0].state == S.ACCEPTED and entries(world, "chase")[0].case_id == hazard


def test_what_cannot_be_chased_any_more_is_told(world):
    share = overdue(world, 3)
    look(world)
    (one,) = proposals(world)
    tasks.do_share(world, "fengcheng", "claim", share)
    tasks.do_share(world, "office", "verify", share)
    answer = world.as_("office").send("/proposals/accept", {"rowid": one.id, f"v{one.id}": one.version},
                                      follow_redirects=True)
    assert "这一步现在不由您办理" in answer.get_data(as_text=True)
    assert proposals(world)[0].state == S.OPEN
    look(world)
    assert proposals(world)[0].state == S.CURED
    assert "情形已不存在" in text(world, "office", "/proposals/?tab=itself")


@pytest.mark.clause("4.2.6", "4.2.3")
def test_weather_goes_to_all_townships_in_one_proposal(world):
    occasion(world, "weather", "fengcheng", "beiliu", "yingji", "zhujian")
    occasion(world, "elsewhere")
    look(world)
    page = text(world, "office", "/proposals/")
    assert "<h2>4个单位</h2>" in page and "<h2>起草时选定的单位</h2>" in page
    assert "四（二）6" in page and "四（二）3" in page and "不要求回复" in page


def test_an_interview_is_taken_up_by_hand(world):
    hazard = world.hazard(level="major", criterion_note="第三条", due=world.day - 16 * DAYS,
                          happened_on=world.day - 20 * DAYS)
    assert hazard
    look(world)
    (one,) = [p for p in proposals(world) if p.measure == "interview"]
    page = text(world, "office", "/proposals/")
    assert "五（二）2" in page and "提请约谈" in page and "重大事故隐患" in page
    world.as_("office").send("/proposals/accept", {"rowid": one.id, f"v{one.id}": one.version})
    assert [p.state for p in proposals(world, measure="interview")] == [S.ACCEPTED]


def test_the_rules_are_shown_with_their_clauses_and_numbers(world):
    page = text(world, "fengcheng", "/proposals/rules")
    assert "重点任务逾期未完成" in page and "四（二）5" in page and "督办函 <span class=\"quiet\">20天</span>" in page
    assert "未启用：其他来源的隐患逾期也建议发函" in page and "本办关于按期整改隐患的工作要求" in page


def test_a_letter_that_follows_a_letter_names_it(world):
    made = letter(world, "fengcheng", type="reminder", signed=world.day - 30 * DAYS)
    assert made
    look(world)
    page = text(world, "office", "/proposals/")
    assert "回复提醒函（甲安办函〔2026〕1号），已逾期" in page and "四（三）" in page and "建议发督办函" in page


@pytest.mark.clause("13.1.1")
def test_the_day_of_the_mechanisms_end_is_told(world):
    world.move_to(dt.date(2027, 9, 2))
    look(world)
    assert proposals(world) == []
    world.move_to(dt.date(2027, 9, 3))
    look(world)
    assert "本机制有效期两年，12月2日期满。" in text(world, "office", "/proposals/")
    (one,) = proposals(world)
    world.as_("office").send("/proposals/accept", {"rowid": one.id, f"v{one.id}": one.version})
    world.move_to(dt.date(2027, 12, 3))
    look(world)
    assert [(p.step, p.state) for p in proposals(world)] == [(1, S.ACCEPTED), (2, S.OPEN)]
