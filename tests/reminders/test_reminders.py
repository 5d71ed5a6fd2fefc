"""Notices over HTTP: whose turn it is, before the deadline and after it, and nobody else."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from app.casework.cases import CaseParty
from app.casework.unit_of_work import unit_of_work
from app.reminders.models import Notice
from app.reminders.sweep import remind

_notices, _parties = Notice.__table__, CaseParty.__table__


def sweep(world, day: dt.date | None = None) -> int:
    world.move_to(day or world.day)
    with world.app.app_context(), world.system() as session:
        return remind(session, world.county.id, world.day)


def told(world) -> set[tuple[int, str]]:
    with world.system() as session:
        return set(map(tuple, session.execute(sa.select(_notices.c.organization_id, _notices.c.role)).all()))


@pytest.fixture
def hazard(world):
    """To be rectified by the firm by 30 March."""
    return world.hazard(due=dt.date(2026, 3, 30))


def new_of(world, username: str) -> int:
    found = re.search(r'aria-label="收件箱[ 0-9+]*"[^>]*>.*?(?:<span class="count">(\d+)\+?</span>)?</a>',
                      world.as_(username).get("/inbox/").text, re.DOTALL)
    return int(found[1] or 0)


def test_ten_days_before_whoevers_turn_it_is(world, hazard):
    assert sweep(world) == 1  # 20 March
    assert told(world) == {(world["firm"], "clerk")}
    page = world.as_("firm").get("/inbox/").text
    assert "10天后到期" in page and "未读" in page and new_of(world, "firm") == 1
    for other in ("fengcheng", "yingji", "office", "firm2", "other_firm"):
        assert new_of(world, other) == 0 and "没有需要提醒的" in world.as_(other).get("/inbox/").text


def test_overdue_the_head_is_told_too(world):
    hazard = world.read(world.hazard(due=dt.date(2026, 3, 23), rectifiers=[world["fengcheng"]]))
    sweep(world, dt.date(2026, 3, 26))  # the third working day after
    assert {(world["fengcheng"], "clerk"), (world["fengcheng"], "reviewer")} == told(world)
    assert "逾期3天" in world.as_("fengcheng_head").get("/inbox/").text
    assert hazard.title in world.as_("fengcheng").get("/inbox/").text


def test_twice_is_once(world, hazard):
    assert [sweep(world), sweep(world)] == [1, 0]


def test_a_missed_day_is_made_up_for(world, hazard):
    sweep(world, dt.date(2026, 3, 20))
    sweep(world, dt.date(2026, 3, 28))  # nobody asked on the 27th, T-3
    with world.system() as session:
        days = session.execute(sa.select(_notices.c.noticed_on).order_by(_notices.c.id)).scalars().all()
    assert days == [dt.date(2026, 3, 20), dt.date(2026, 3, 27)]


def test_what_has_moved_on_is_told_no_more(world, hazard):
    sweep(world)
    world.do("firm", "claim", hazard)
    assert new_of(world, "firm") == 0
    assert "已办" in world.as_("firm").get("/inbox/").text


def test_seen_is_seen_for_this_hat_and_never_back(world, hazard):
    sweep(world)
    page = world.as_("firm").get("/inbox/").text
    newest = re.search(r'name="newest" value="(\d+)"', page)[1]
    visitor = world.as_("firm")
    assert visitor.send("/inbox/seen", {"newest": newest}).status_code == 302
    assert new_of(world, "firm") == 0 and "未读" not in visitor.get("/inbox/").text
    assert visitor.send("/inbox/seen", {"newest": "0"}).status_code in (400, 404)
    assert world.as_("firm2").send("/inbox/seen", {"newest": newest}).status_code == 404


def test_who_lost_sight_of_a_case_no_longer_sees_its_notice(world):
    """Given to another unit: its list, its bell, and what the page says of it are gone with the case."""
    hazard = world.hazard(due=dt.date(2026, 3, 30), description="气瓶间通风不良", rectifiers=[world["firm"]])
    sweep(world)
    assert "气瓶间通风不良" in world.as_("firm").get("/inbox/").text and new_of(world, "firm") == 1
    with world.system() as session, unit_of_work(session):
        session.execute(sa.delete(_parties).where(
            _parties.c.case_id == hazard, _parties.c.organization_id == world["firm"]))
    assert world.as_("firm").get(f"/hazards/{hazard}").status_code == 404
    page = world.as_("firm").get("/inbox/").text
    assert "气瓶间通风不良" not in page and "没有需要提醒的" in page and new_of(world, "firm") == 0
