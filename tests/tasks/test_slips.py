"""A day that cannot be meant is refused at its field, and nothing that was typed is lost."""

import datetime as dt
import re

import pytest

from tests.support.task_factories import do, read, read_share, share, task
from tests.tasks.http import send, typed
from tests.tasks.lists import add, exported, only_row

TOO_EARLY = "2026-03-14"  # the tasks of these tests were assigned on the 15th


def fault_at(page: str, field: str) -> str:
    """What the form says under a field."""
    found = re.search(rf'id="{field}-fault">(.*?)<', page)
    return found[1] if found else ""


@pytest.mark.parametrize("issued_as", [{}, {"due_kind": "immediate", "due": None}])
def test_an_added_units_deadline_is_not_before_the_assignment(world, issued_as):
    task_id, office = task(world, **issued_as), world.as_("office")
    answer = send(world, office, "task", "add_units", task_id, due=TOO_EARLY)
    assert answer.status_code == 422
    assert "早于交办日期2026-03-15" in fault_at(answer.text, "due").replace(" ", "")
    assert f'value="{TOO_EARLY}"' in answer.text and f'name="lead_units" value="{world["yingji"]}"' in answer.text
    assert share(world, task_id, "yingji") is None
    assert send(world, office, "task", "add_units", task_id, due="2026-03-15").status_code == 302
    assert read_share(world, share(world, task_id, "yingji")).due == dt.date(2026, 3, 15)


@pytest.mark.one_database
@pytest.mark.parametrize("due_kind", ["monthly", "standing"])
def test_a_task_without_a_day_gives_its_units_none(world, due_kind):
    """Kept in the series, the day would be that of every later period's share."""
    task_id, office = task(world, due_kind=due_kind, due=None), world.as_("office")
    answer = send(world, office, "task", "add_units", task_id, due="2026-04-10")
    assert answer.status_code == 422
    assert "没有具体的完成日期" in fault_at(answer.text, "due")
    assert send(world, office, "task", "add_units", task_id).status_code == 302


@pytest.mark.one_database
@pytest.mark.parametrize(("due_kind", "day", "words"), [
    ("monthly", "2026-04-10", "没有具体的完成日期"), ("standing", "2026-04-10", "没有具体的完成日期"),
    ("date", TOO_EARLY, "早于交办日期"),
])
def test_a_new_tasks_unit_has_a_day_only_beside_the_tasks_own(world, due_kind, day, words):
    answer = world.as_("office").send("/tasks/new", typed(
        world, due_kind=due_kind, happened_on="2026-03-15", **{f"due-{world['fengcheng']}": day}))
    assert answer.status_code == 422
    assert words in fault_at(answer.text, "lead_units")
    assert f'name="due-{world["fengcheng"]}" value="{day}"' in answer.text


def test_a_follow_up_is_not_before_the_assignment(world):
    task_id, office = task(world), world.as_("office")
    before = read(world, task_id)
    answer = send(world, office, "task", "follow_up", task_id, followed_on=TOO_EARLY)
    assert answer.status_code == 422
    assert "早于交办日期" in fault_at(answer.text, "followed_on")
    assert f'value="{TOO_EARLY}"' in answer.text and "进度偏慢，请加快" in answer.text
    assert read(world, task_id) == before
    do(world, "office", "follow_up", task_id, followed_on=dt.date(2026, 3, 15))


@pytest.mark.one_database
def test_a_follow_up_of_a_list_is_told_at_its_cell(world, tmp_path):
    task(world)
    path = add(exported(world, "office", tmp_path / "a.xlsx"), follow_ups=f"{TOO_EARLY} 电话调度：加快进度")
    assert "早于交办日期" in only_row(world, "office", path).cells["follow_ups"].problem
