"""各乡镇 is printed while it says the whole truth: the same units, and no 责任人 that the cell would lose."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.tasks.models import Task
from app.tasks.operations import plan
from app.tasks.spawning import spawn_due
from tests.support.task_factories import do, do_share, read, share, task
from tests.tasks.lists import a_list, exported, row, take_in, texts
from tests.tasks.test_road import retire
from tests.tasks.test_spawning import instances

WORDS = "各乡镇"


def printed(world, tmp_path) -> list[str]:
    return [one["units"] for one in texts(exported(world, "office", tmp_path / "out.xlsx"))]


@pytest.mark.parametrize("successor", [None, "zhujian"])
def test_an_instance_is_not_of_all_once_a_unit_has_gone(world, tmp_path, successor):
    series = task(world, due_kind="monthly", due=None, unit_words=WORDS)
    retire(world, "beiliu", successor)
    world.move_to(dt.date(2026, 4, 2))
    with world.system() as session:
        assert spawn_due(session, world.day) == 1
    first, second = (read(world, one.id) for one in instances(world, series))
    assert (first.unit_words, second.unit_words) == (WORDS, None)
    said = "凤城镇、住建局" if successor else "凤城镇"
    assert printed(world, tmp_path).count(said) == 1


def test_a_draft_issued_to_a_successor_is_not_of_all(world):
    task_id = task(world, issue=False, unit_words=WORDS)
    retire(world, "beiliu", "zhujian")
    do(world, "office", "submit", task_id)
    assert read(world, task_id).unit_words is None


def test_words_that_would_lose_a_person_give_way_to_names(world, tmp_path):
    task(world, unit_words=WORDS)
    task(world, unit_words=WORDS, planned=[plan(world["fengcheng"], heads="张三"), plan(world["beiliu"])])
    assert sorted(printed(world, tmp_path)) == sorted([WORDS, "凤城镇 张三、北留镇"])


def test_a_person_that_the_words_name_is_not_lost(world, tmp_path):
    said = "牵头：应急管理局 王五；配合：各乡镇"
    take_in(world, "office", a_list(tmp_path / "in.xlsx", row(units=said)))
    assert printed(world, tmp_path) == [said]


def test_a_corrected_person_ends_the_words(world, tmp_path):
    """The words still name who it was; so they are not said any more, whether or not somebody comes after."""
    said = "牵头：应急管理局 王五；配合：各乡镇"
    take_in(world, "office", a_list(tmp_path / "in.xlsx", row(units=said)))
    with world.system() as session:
        task_id = session.scalars(sa.select(Task.id)).one()
    do_share(world, "yingji", "correct", share(world, task_id, "yingji"), heads=None)
    assert printed(world, tmp_path) == ["牵头：应急管理局；配合：凤城镇、北留镇"]
