"""A unit's ladder: one line of events in time, of what slipped, as far as its reader may see it."""

import re

import pytest

from app.casework.deadlines import ONE_DAY
from tests.escalation.test_sweep import hazard, share
from tests.support import letter_factories as letters
from tests.support import task_factories as tasks
from tests.support.escalation_factories import DAYS, look


def ladder(world, who: str, unit: str, status: int = 200) -> str:
    answer = world.as_(who).get(f"/proposals/unit/{world[unit]}")
    assert answer.status_code == status, (who, unit, answer.status_code)
    return answer.get_data(as_text=True)


def events(page: str) -> list[tuple[str, str]]:
    """`(day, what)` in the order of the page."""
    return re.findall(r'<li[^>]*><time datetime="([^"]+)">.*?</time>\s*<div><b>(.*?)</b>', page, re.S)


@pytest.mark.clause("1.2.1")
def test_what_slipped_stands_in_one_line_of_time(world):
    start = world.day
    made = share(world, -2)
    in_time = share(world, -9)
    tasks.do_share(world, "fengcheng", "claim", in_time)
    tasks.do_share(world, "office", "verify", in_time)
    world.move_to(start + 3 * DAYS)
    look(world)
    tasks.do_share(world, "office", "chase", made)
    world.move_to(start + 5 * DAYS)
    tasks.do_share(world, "fengcheng", "claim", made)
    tasks.do_share(world, "office", "reject", made, comment="资料不全")
    look(world)
    letters.bring(world, "issued", units=("fengcheng",))
    page = ladder(world, "office", "fengcheng")
    found = events(page)
    assert found == sorted(found, key=lambda one: one[0])
    assert [what for _day, what in found][:5] == ["到期", "升级建议：催办", "催办", "申请办结", "退回"]
    assert found[0][0] == (start + 2 * ONE_DAY).isoformat()
    assert "资料不全" in page and "没有办结，到今天3天" in page
    assert page.count("RW-2026-0002") == 0, "what was done in time is no rung"


def test_each_reader_sees_his_part(world):
    share(world, 12)
    share(world, 12, by="zhujian")
    hazard(world, 21, source="oversight")
    look(world)
    office, bureau = ladder(world, "office", "fengcheng"), ladder(world, "zhujian", "fengcheng")
    assert office.count(">到期</b>") == 2 and bureau.count(">到期</b>") == 1
    assert office.count("升级建议：") == 2 and bureau.count("升级建议：") == 1
    own = ladder(world, "fengcheng", "fengcheng")
    assert own.count(">到期</b>") == 2 and "升级建议：" not in own, "what is proposed about it is not its to read"
    assert "没有拖下来的事" in ladder(world, "beiliu", "fengcheng")
    assert ladder(world, "office", "firm").count(">到期</b>") == 1
    assert "没有拖下来的事" in ladder(world, "beiliu", "firm")
    ladder(world, "other_office", "fengcheng", 404)
    ladder(world, "firm", "firm", 403)
    ladder(world, "auditor", "fengcheng", 403)


def test_it_is_found_from_units_enterprises_and_proposals(world):
    share(world, 12)
    look(world)
    for who, path, unit in (("office", f"/units/{world['fengcheng']}", "fengcheng"),
                            ("yingji", f"/enterprises/{world['firm']}", "firm"),
                            ("office", "/proposals/", "fengcheng")):
        assert f'href="/proposals/unit/{world[unit]}"' in world.as_(who).get(path).get_data(as_text=True), path
    assert "/proposals/unit/" not in world.as_("admin").get(f"/units/{world['fengcheng']}").get_data(as_text=True)
