"""每月 / 每季度: an instance a period, each once, whoever makes it; 长期坚持: progress owed each quarter."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.casework.invariants import check
from app.tasks import rules
from app.tasks.invariants import RULES
from app.tasks.models import Task
from app.tasks.spawning import spawn_due
from tests.casework.support import in_processes
from tests.support.task_factories import do, do_share, read, read_share, share, task


def instances(world, series: int) -> list:
    with world.system() as session:
        return session.execute(
            sa.select(Task.id, Task.period, Task.due, Task.state, Task.number).where(Task.series_id == series)
            .order_by(Task.period)
        ).all()


def spawn(world) -> int:
    with world.system() as session:
        return spawn_due(session, world.day)


def faults(world) -> list:
    with world.system() as session:
        return check(session, None, RULES)


def test_the_first_instance_comes_with_the_issue(world):
    series = task(world, due_kind="monthly", due=None)
    [first] = instances(world, series)
    assert (first.period, first.due, first.number) == ("2026-03", dt.date(2026, 3, 31), "RW-2026-0002")
    assert share(world, first.id, "fengcheng")
    assert share(world, series, "fengcheng") is None
    assert spawn(world) == 0
    assert faults(world) == []


def test_each_period_has_one_and_missed_ones_are_made_up_for(world):
    series = task(world, due_kind="monthly", due=None)
    world.move_to(dt.date(2026, 6, 1))
    assert spawn(world) == 3
    assert spawn(world) == 0
    assert [row.period for row in instances(world, series)] == ["2026-03", "2026-04", "2026-05", "2026-06"]
    assert faults(world) == []


def test_many_workers_make_it_once(world):
    series = task(world, due_kind="quarterly", due=None)
    world.move_to(dt.date(2026, 7, 2))
    assert in_processes(world.app, 4, lambda _i: spawn(world)) == []
    assert [row.period for row in instances(world, series)] == ["2026-Q1", "2026-Q2", "2026-Q3"]
    assert faults(world) == []


def test_a_series_ends_with_its_year(world):
    series = task(world, due_kind="quarterly", due=None)
    world.move_to(dt.date(2026, 12, 31))
    spawn(world)
    world.move_to(dt.date(2027, 1, 4))
    assert spawn(world) == 0
    assert read(world, series).state == "issued"
    for row in instances(world, series):
        for unit in ("fengcheng", "beiliu"):
            do_share(world, unit, "claim", share(world, row.id, unit))
            do_share(world, "office", "verify", share(world, row.id, unit))
    spawn(world)
    assert read(world, series).state == "done"
    assert faults(world) == []


def test_a_terminated_series_spawns_no_more(world):
    series = task(world, due_kind="monthly", due=None)
    do(world, "office", "ask_terminate", series)
    do(world, "office_head", "approve_terminate", series)
    world.move_to(dt.date(2026, 5, 5))
    assert spawn(world) == 0


def test_units_added_to_a_series_have_the_coming_instances(world):
    series = task(world, due_kind="monthly", due=None)
    do(world, "office", "add_units", series)
    world.move_to(dt.date(2026, 4, 1))
    spawn(world)
    before, after = instances(world, series)
    assert share(world, before.id, "yingji") is None
    assert share(world, after.id, "yingji")
    assert faults(world) == []


def test_a_standing_task_is_never_late_and_owes_progress_each_quarter(world):
    task_id = task(world, due_kind="standing", due=None)
    own = share(world, task_id, "fengcheng")
    do_share(world, "fengcheng", "report", own)
    owed = "/tasks/shares/?due=owed"
    assert f"/tasks/shares/{own}" not in world.as_("office").get(owed).text
    world.move_to(dt.date(2026, 4, 1))
    assert f"/tasks/shares/{own}" in world.as_("office").get(owed).text
    assert "应报进展" in world.as_("fengcheng").get(f"/tasks/shares/{own}").text
    assert f"/tasks/shares/{own}" not in world.as_("office").get("/tasks/shares/?due=over").text
    do_share(world, "fengcheng", "report", own)
    assert f"/tasks/shares/{own}" not in world.as_("office").get(owed).text
    assert read_share(world, own).due is None


@pytest.mark.one_database
def test_at_once_is_the_day_of_issue(world):
    assert read(world, task(world, due_kind="immediate", due=None)).due == world.day


@pytest.mark.parametrize(("due_kind", "day", "period", "last"), [
    ("monthly", dt.date(2028, 2, 3), "2028-02", dt.date(2028, 2, 29)),
    ("monthly", dt.date(2026, 12, 31), "2026-12", dt.date(2026, 12, 31)),
    ("quarterly", dt.date(2026, 2, 3), "2026-Q1", dt.date(2026, 3, 31)),
    ("quarterly", dt.date(2026, 11, 3), "2026-Q4", dt.date(2026, 12, 31)),
])
def test_periods(due_kind, day, period, last):
    assert rules.period_of(due_kind, day) == period
    assert rules.last_day(period) == last
    assert rules.first_day(period) <= day <= last
