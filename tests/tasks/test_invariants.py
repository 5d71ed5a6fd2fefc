"""Every invariant of tasks and shares finds what breaks it, and names the place and the cure."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.casework.cases import Case, CaseParty
from app.casework.invariants import check
from app.casework.unit_of_work import unit_of_work
from app.tasks.invariants import RULES
from app.tasks.models import Progress, Share, Task
from app.tasks.operations import plan
from tests.support.task_factories import bring_share, do, do_share, share, task

CASES, PARTIES, SHARES = Case.__table__, CaseParty.__table__, Share.__table__
TASKS, PROGRESS = Task.__table__, Progress.__table__
OF_SHARES = CASES.c.kind == "task_share"
BROKEN = {  # the rule's words: what breaks it
    "the parties of a task and its shares": sa.delete(PARTIES).where(PARTIES.c.role == "responsible"),
    "it is the turn of who must act next": sa.update(CASES).where(OF_SHARES).values(turn_role="reviewer"),
    "a task's state is the one that its shares make": sa.update(CASES).where(CASES.c.kind == "task").values(
        state="claimed"),
    "a draft of a task has no share": sa.update(CASES).where(CASES.c.kind == "task").values(issued=False),
    "a share repeats its newest entry": sa.update(PROGRESS).values(percent=99),
    "an ended task or share has its day": sa.update(CASES).values(closed_on=dt.date(2026, 3, 20)),
    "a share's claim stands while it waits": sa.update(SHARES).values(claimed_on=dt.date(2026, 3, 20)),
}


def faults(world) -> list:
    with world.system() as session:
        return check(session, None, RULES)


def corrupt(world, *statements) -> None:
    with world.system() as session, unit_of_work(session):
        for statement in statements:
            session.execute(statement)


@pytest.mark.parametrize("words", BROKEN)
def test_a_broken_invariant_is_named_with_its_cure(world, words):
    bring_share(world, "in_progress")
    assert faults(world) == []
    corrupt(world, BROKEN[words])
    (found, *_more) = [fault for fault in faults(world) if fault.what.startswith(words)]
    assert found.where and found.cure


SECOND = "a unit has at most one open share of a task"


def seconds(world) -> list[int]:
    return [fault.case_id for fault in faults(world) if fault.what == SECOND]


def test_a_second_open_share_of_a_unit_is_found_and_its_cure_works(world):
    task_id = task(world)
    ours, theirs = share(world, task_id, "fengcheng"), share(world, task_id, "beiliu")
    corrupt(world, sa.update(SHARES).where(SHARES.c.id == theirs).values(unit_id=world["fengcheng"]))
    assert sorted(seconds(world)) == sorted([ours, theirs])
    do_share(world, "fengcheng", "claim", ours)
    do_share(world, "office", "verify", ours)
    assert seconds(world) == [theirs], "beside a finished one it is the open one that is too many"
    do_share(world, "office_head", "release", theirs)
    assert faults(world) == []


def test_a_released_unit_may_be_asked_anew(world):
    task_id = task(world)
    do_share(world, "office_head", "release", share(world, task_id, "fengcheng"))
    do(world, "office", "add_units", task_id, planned=[plan(world["fengcheng"])])
    assert faults(world) == []
