"""A task's sheet and timelines on paper: what the reader finds, and no more."""

import datetime as dt
import re

import pytest

from tests.hazards.test_statements import MOST, counted
from tests.support import task_factories as made


def text_of(answer) -> str:
    assert answer.status_code == 200
    return re.sub(r"<[^>]+>|\s", "", answer.text.partition("<main")[2])


@pytest.fixture
def task_id(world) -> int:
    found = made.task(world, content="主要任务的字句", measures="具体措施的字句", due=dt.date(2026, 6, 30))
    for unit in ("fengcheng", "beiliu"):
        share = made.share(world, found, unit)
        made.do_share(world, unit, "acknowledge", share)
        made.do_share(world, unit, "report", share, text=f"{unit}的进展")
    return found


@pytest.mark.parametrize(("username", "seen", "hidden"), [
    ("office", ("fengcheng的进展", "beiliu的进展"), ()),
    ("leader", ("fengcheng的进展", "beiliu的进展"), ()),
    ("fengcheng", ("fengcheng的进展",), ("beiliu的进展",)),
    ("beiliu_head", ("beiliu的进展",), ("fengcheng的进展",)),
])
def test_the_sheet_has_the_shares_in_sight(world, task_id, username, seen, hidden):
    said = text_of(world.as_(username).get(f"/tasks/{task_id}/sheet"))
    number = made.read(world, task_id).number
    for words in ("主要任务的字句", "具体措施的字句", "2026-06-30", "阳安办发〔2026〕3号", number, *seen):
        assert words in said, words
    assert not any(words in said for words in hidden)


@pytest.mark.parametrize("username", ["yingji", "firm", "other_office"])
def test_no_paper_of_a_task_out_of_sight(world, task_id, username):
    share = made.share(world, task_id, "fengcheng")
    for path in (f"/tasks/{task_id}/sheet", f"/tasks/{task_id}/timeline", f"/tasks/shares/{share}/timeline"):
        assert world.as_(username).get(path).status_code == 404, path


def test_timelines_of_head_and_share(world, task_id):
    assert "下达" in text_of(world.as_("fengcheng").get(f"/tasks/{task_id}/timeline"))
    own = made.share(world, task_id, "fengcheng")
    assert "签收" in text_of(world.as_("fengcheng").get(f"/tasks/shares/{own}/timeline"))
    assert world.as_("beiliu").get(f"/tasks/shares/{own}/timeline").status_code == 404


@pytest.mark.one_database
def test_the_sheet_costs_the_same_with_two_units_and_with_four(world, task_id):
    more = made.task(world, units=("fengcheng", "beiliu", "yingji", "zhujian"))
    visitor = world.as_("office")
    visitor.get(f"/tasks/{task_id}/sheet")

    def sent_for(one: int) -> int:
        with counted(world.app) as sent:
            visitor.get(f"/tasks/{one}/sheet")
        return len(sent)

    assert sent_for(more) == sent_for(task_id) <= MOST
