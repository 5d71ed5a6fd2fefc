"""A unit finds the task and its own share; issuer and leading units all; everybody else nothing, at every door."""

import pytest

from app.casework.invariants import check
from app.casework.unit_of_work import unit_of_work
from app.organization.directory import regulators_changed
from app.organization.models import EnterpriseRegulator
from app.tasks.invariants import RULES
from tests.support.factories import OTHER
from tests.support.task_factories import do, do_share, share, task

WORDS = "只有责任单位写过的话"


def faults(world) -> list:
    with world.system() as session:
        return check(session, None, RULES)


@pytest.fixture
def issued(world):
    """A task of two equal townships; 凤城镇 reported, and was followed up on its own."""
    task_id = task(world)
    ours = share(world, task_id, "fengcheng")
    do_share(world, "fengcheng", "report", ours, text=WORDS, comment=None, files=[world.stored()])
    do(world, "office", "follow_up", task_id, unit_id=world["fengcheng"], text="凤城镇要加快", comment=None)
    return task_id, ours


def doors(task_id: int, share_id: int) -> list[str]:
    return [f"/tasks/shares/{share_id}", f"/tasks/shares/{share_id}/do/report", f"/tasks/shares/{share_id}/files/1",
            f"/tasks/shares/{share_id}/files/1/thumbnail"]


def test_a_unit_sees_the_task_and_its_own_share_only(world, issued):
    task_id, ours = issued
    beiliu = world.as_("beiliu")
    assert beiliu.get(f"/tasks/{task_id}").status_code == 200
    for door in doors(*issued):
        assert beiliu.get(door).status_code == 404, door
    for page in ("/tasks/", f"/tasks/{task_id}", "/tasks/shares/"):
        text = beiliu.get(page).text
        assert f"/tasks/shares/{ours}" not in text
        assert WORDS not in text
        assert "凤城镇要加快" not in text
    timeline = beiliu.get(f"/tasks/{task_id}").text.split('id="timeline"')[1]
    assert "fengcheng的人" not in timeline, "whose report moved the task is told on that unit's share"
    assert "凤城镇要加快" in world.as_("fengcheng").get(f"/tasks/{task_id}").text


@pytest.mark.parametrize("who", ["office", "office_head", "leader"])
def test_issuer_and_county_see_all(world, issued, who):
    visitor = world.as_(who)
    assert WORDS in visitor.get(f"/tasks/shares/{issued[1]}").text
    assert f"/tasks/shares/{issued[1]}" in visitor.get(f"/tasks/{issued[0]}").text


def test_a_leading_unit_sees_those_that_support_it(world):
    task_id = task(world, units=("yingji",), supporting=("fengcheng", "beiliu"))
    supporting = share(world, task_id, "fengcheng")
    do_share(world, "fengcheng", "report", supporting, text=WORDS, comment=None)
    assert WORDS in world.as_("yingji").get(f"/tasks/shares/{supporting}").text
    assert world.as_("beiliu").get(f"/tasks/shares/{supporting}").status_code == 404
    do_share(world, "office_head", "release", share(world, task_id, "yingji"))
    assert world.as_("yingji").get(f"/tasks/shares/{supporting}").status_code == 404
    assert faults(world) == []


def test_who_takes_the_lead_over_sees_all(world):
    task_id = task(world, units=("yingji",), supporting=("fengcheng", "beiliu"))
    lead, supporting = share(world, task_id, "yingji"), share(world, task_id, "fengcheng")
    do_share(world, "office", "ask_reassign", lead)
    assert world.as_("zhujian").get(f"/tasks/shares/{supporting}").status_code == 404
    do_share(world, "zhujian", "accept_reassign", lead)
    assert world.as_("zhujian").get(f"/tasks/shares/{supporting}").status_code == 200
    assert world.as_("yingji").get(f"/tasks/{task_id}").status_code == 404
    assert faults(world) == []


@pytest.mark.parametrize("who", ["zhujian", "yingji_head", "firm", "auditor", "admin", OTHER + "office",
                                 OTHER + "fengcheng", OTHER + "leader"])
def test_everybody_else_finds_nothing(world, issued, who):
    visitor = world.as_(who)
    for door in (f"/tasks/{issued[0]}", f"/tasks/{issued[0]}/do/chase", f"/tasks/{issued[0]}/edit", *doors(*issued)):
        answer = visitor.get(door)
        assert answer.status_code in (302, 403, 404), door
        assert WORDS not in answer.text
    for page in ("/tasks/", "/tasks/shares/", f"/tasks/?unit={world['fengcheng']}", "/tasks/?q=燃气"):
        assert "开展燃气安全专项整治" not in visitor.get(page).text


def test_an_enterprises_township_and_regulators_see_its_share(world):
    task_id = task(world, units=("firm", "beiliu"))
    own = share(world, task_id, "firm")
    for who in ("firm", "fengcheng", "yingji", "zhujian"):
        assert world.as_(who).get(f"/tasks/shares/{own}").status_code == 200, who
        assert world.as_(who).get(f"/tasks/{task_id}").status_code == 200, who
        assert world.as_(who).get(f"/tasks/shares/{share(world, task_id, 'beiliu')}").status_code == 404, who


def test_regulators_follow_the_enterprise(world):
    task_id = task(world, units=("firm3", "beiliu"))
    own = share(world, task_id, "firm3")
    assert world.as_("zhujian").get(f"/tasks/shares/{own}").status_code == 404
    with world.system() as session, unit_of_work(session):
        session.query(EnterpriseRegulator).filter_by(enterprise_id=world["firm3"]).delete()
        session.add(EnterpriseRegulator(enterprise_id=world["firm3"], organization_id=world["zhujian"], is_daily=True))
        regulators_changed(session, world["firm3"])
    assert world.as_("zhujian").get(f"/tasks/shares/{own}").status_code == 200
    assert world.as_("yingji").get(f"/tasks/{task_id}").status_code == 404
    assert faults(world) == []


def test_the_counts_of_a_list_are_those_in_sight(world):
    task_id = task(world)
    do_share(world, "fengcheng", "claim", share(world, task_id, "fengcheng"))
    assert "1个待确认办结" in world.as_("office").get("/tasks/").text
    assert "待确认办结" not in world.as_("beiliu").get("/tasks/").text


def test_filters_ask_only_after_shares_in_sight(world):
    task_id = task(world)
    do_share(world, "beiliu", "acknowledge", share(world, task_id, "beiliu"))
    world.move_to(world.day.replace(day=28))
    link = f'href="/tasks/{task_id}"'
    assert link in world.as_("fengcheng").get("/tasks/?due=unsigned").text
    assert link not in world.as_("beiliu").get("/tasks/?due=unsigned").text
    assert link in world.as_("office").get("/tasks/?due=unsigned").text
