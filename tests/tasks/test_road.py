"""A task on its way: issued to units, done when all its shares are; after each step the invariants hold."""

import dataclasses
import datetime as dt
from itertools import pairwise

import pytest
import sqlalchemy as sa

from app.casework.errors import Obstacle
from app.casework.history import TimelineEntry
from app.casework.invariants import check
from app.casework.numbering import VoidedNumber
from app.casework.unit_of_work import unit_of_work
from app.casework.verbs import perform
from app.organization.models import Organization
from app.tasks.invariants import RULES
from app.tasks.models import Share, Task
from app.tasks.shares.verbs import SHARES
from app.tasks.spawning import spawn_due
from tests.support import task_factories as made
from tests.support.task_factories import do, do_share, read, read_share, share, task


def faults(world) -> list:
    with world.system() as session:
        return check(session, None, RULES)


def test_a_task_is_done_when_all_its_shares_are(world):
    task_id = task(world)
    ours, theirs = share(world, task_id, "fengcheng"), share(world, task_id, "beiliu")
    states = [read(world, task_id).state]
    for who, verb, share_id in (
        ("fengcheng", "acknowledge", ours), ("fengcheng", "report", ours), ("fengcheng", "claim", ours),
        ("beiliu", "claim", theirs), ("office", "verify", ours), ("office", "reject", theirs),
        ("beiliu", "claim", theirs), ("office", "verify", theirs), ("office", "reopen", theirs),
    ):
        do_share(world, who, verb, share_id)
        states.append(read(world, task_id).state)
        assert faults(world) == []
    progress = "in_progress"
    assert states == ["issued", progress, progress, progress, "claimed", "claimed", progress, "claimed", "done",
                      progress]


def test_what_was_done_in_time_and_told_later_needs_no_reason(world):
    share_id = share(world, task(world), "fengcheng")
    in_time = world.day + dt.timedelta(days=20)
    world.move_to(world.day + dt.timedelta(days=25))
    claimed = do_share(world, "fengcheng", "claim", share_id, claimed_on=in_time, overdue_reason=None)
    assert (claimed.state, claimed.claimed_on) == ("claimed", in_time)


@pytest.mark.parametrize("verb", ["report", "claim"])
def test_overdue_progress_asks_for_the_reason(world, verb):
    share_id = share(world, task(world), "fengcheng")
    world.move_to(world.day + dt.timedelta(days=21))
    with pytest.raises(Obstacle) as obstacle:
        do_share(world, "fengcheng", verb, share_id, overdue_reason=" ")
    assert obstacle.value.field == "overdue_reason"
    assert do_share(world, "fengcheng", verb, share_id).state != "issued"


def test_withdrawn_is_a_draft_again_and_issued_anew(world):
    task_id = task(world, units=("fengcheng", "beiliu"), supporting=("yingji",))
    first, number = share(world, task_id, "fengcheng"), read(world, task_id).number
    withdrawn = do(world, "office", "withdraw", task_id)
    assert (withdrawn.state, withdrawn.issued, len(withdrawn.planned)) == ("draft", False, 3)
    assert (read_share(world, first).state, read_share(world, first).issued) == ("terminated", False)
    assert faults(world) == []
    again = do(world, "office", "submit", task_id)
    assert (again.state, again.number) == ("issued", number)
    assert share(world, task_id, "fengcheng") != first
    assert faults(world) == []


def test_what_a_unit_received_is_not_withdrawn(world):
    task_id = task(world)
    do_share(world, "beiliu", "acknowledge", share(world, task_id, "beiliu"))
    with pytest.raises(Exception, match=r"."):
        do(world, "office", "withdraw", task_id)


def test_adjusting_moves_the_deadlines_that_are_the_tasks(world):
    task_id = task(world)
    own, theirs = share(world, task_id, "fengcheng"), share(world, task_id, "beiliu")
    do_share(world, "fengcheng", "ask_extension", own)
    extended = do_share(world, "office_head", "approve_extension", own).due
    adjusted = do(world, "office_head", "adjust", task_id)
    assert (read_share(world, own).due, read_share(world, theirs).due) == (extended, adjusted.due)
    assert read_share(world, theirs).title == adjusted.title == "开展燃气安全专项整治行动"
    assert read_share(world, theirs).original_due == world.day + dt.timedelta(days=20)
    assert faults(world) == []


def test_termination_ends_the_open_shares(world):
    task_id = task(world)
    done = share(world, task_id, "fengcheng")
    do_share(world, "fengcheng", "claim", done)
    do_share(world, "office", "verify", done)
    do_share(world, "beiliu", "ask_extension", share(world, task_id, "beiliu"))
    do(world, "office", "ask_terminate", task_id)
    assert do(world, "office_head", "approve_terminate", task_id).state == "terminated"
    assert (read_share(world, done).state, read_share(world, share(world, task_id, "beiliu")).state) == (
        "done", "terminated")
    assert faults(world) == []


def test_a_released_unit_is_left_out(world):
    task_id = task(world, unit_words="各乡镇")
    do_share(world, "fengcheng", "claim", share(world, task_id, "fengcheng"))
    do_share(world, "office", "verify", share(world, task_id, "fengcheng"))
    do_share(world, "office_head", "release", share(world, task_id, "beiliu"))
    assert read(world, task_id).state == "done"
    assert read(world, task_id).unit_words is None
    assert faults(world) == []


def test_reassigning_hands_the_share_over(world):
    task_id = task(world)
    share_id = share(world, task_id, "fengcheng")
    do_share(world, "office", "ask_reassign", share_id)
    assert faults(world) == []
    taken = do_share(world, "zhujian", "accept_reassign", share_id)
    assert taken.state == "in_progress", "who takes it over has received it"
    assert (taken.unit_id, taken.turn_organization_id) == (world["zhujian"], world["zhujian"])
    assert faults(world) == []


def test_a_unit_has_one_share_of_a_task(world):
    task_id = task(world)
    share_id = share(world, task_id, "fengcheng")
    do_share(world, "office", "ask_reassign", share_id)
    do(world, "office", "add_units", task_id, planned=[made.plan(world["zhujian"])])
    with pytest.raises(Obstacle):
        do_share(world, "zhujian", "accept_reassign", share_id)
    assert faults(world) == []


def test_an_extension_never_brings_a_deadline_forward(world):
    task_id = task(world)
    share_id = share(world, task_id, "fengcheng")
    do_share(world, "fengcheng", "acknowledge", share_id)
    do_share(world, "fengcheng", "ask_extension", share_id, new_due=world.day + dt.timedelta(days=30))
    later = world.day + dt.timedelta(days=90)
    do(world, "office_head", "adjust", task_id, due=later)
    with pytest.raises(Obstacle):
        do_share(world, "office_head", "approve_extension", share_id)
    assert do_share(world, "office_head", "refuse_extension", share_id).due == later


def test_added_units_have_their_share(world):
    task_id = made.bring(world, "claimed", unit_words="各乡镇")
    assert do(world, "office", "add_units", task_id).state == "in_progress"
    assert share(world, task_id, "yingji")
    assert read(world, task_id).unit_words is None
    assert faults(world) == []


def test_a_unit_that_issued_to_itself_needs_a_second_person(world):
    task_id = task(world, by="yingji", units=("yingji",))
    share_id = share(world, task_id, "yingji")
    do_share(world, "yingji", "claim", share_id)
    with pytest.raises(Obstacle):
        do_share(world, "yingji", "verify", share_id, decided_by=world.hats["yingji"].user_name)
    assert do_share(world, "yingji_head", "verify", share_id).state == "done"
    assert read(world, task_id).state == "done"
    assert faults(world) == []


def test_an_enterprises_share_is_filled_in_for_it(world):
    task_id = task(world, units=("firm", "fengcheng"))
    share_id = share(world, task_id, "firm")
    assert do_share(world, "zhujian", "report", share_id).percent_claimed == 60
    assert do_share(world, "firm", "claim", share_id).state == "claimed"
    assert faults(world) == []


def test_two_posts_of_one_person_are_one_person(world):
    """Who asked for an extension, or claimed his own unit's work, decides on neither with his other hat."""
    task_id = task(world, by="yingji", units=("yingji", "fengcheng"))
    own = share(world, task_id, "yingji")
    other_hat = dataclasses.replace(world.hats["yingji"], role="unit_reviewer")
    for asked, decided in (("ask_extension", "approve_extension"), ("claim", "verify")):
        do_share(world, "yingji", asked, own)
        with world.session_of("yingji") as session, pytest.raises(Obstacle):
            perform(session, SHARES, decided, own, None, other_hat, made.share_answers(world, decided), world.day)
    assert read_share(world, own).state == "claimed"


def test_the_words_of_a_follow_up_reach_whom_they_concern(world):
    task_id = task(world)
    do(world, "office", "follow_up", task_id, unit_id=world["fengcheng"])
    with pytest.raises(Obstacle):
        do(world, "office", "follow_up", task_id, unit_id=world["zhujian"])


def test_chasing_a_task_chases_who_is_late(world):
    task_id = task(world)
    with pytest.raises(Obstacle):
        do(world, "office", "chase", task_id)
    do_share(world, "fengcheng", "acknowledge", share(world, task_id, "fengcheng"))
    world.move_to(world.day + dt.timedelta(days=4))
    do(world, "office", "chase", task_id)
    with world.system() as session:
        chased = session.execute(sa.select(TimelineEntry.case_id).where(TimelineEntry.verb == "chase")).scalars().all()
    assert sorted(chased) == sorted([task_id, share(world, task_id, "beiliu")])


def retire(world, unit: str, successor: str | None = None) -> None:
    with world.system() as session, unit_of_work(session):
        row = session.get(Organization, world[unit])
        row.active, row.successor_id = False, world[successor] if successor else None


def test_a_unit_that_is_gone_is_not_issued_to(world):
    task_id = task(world, issue=False)
    retire(world, "beiliu")
    with pytest.raises(Obstacle):
        do(world, "office", "submit", task_id)
    assert read(world, task_id).state == "draft"


@pytest.mark.parametrize("way", [("zhujian",), ("yingji", "zhujian")], ids=["merged", "merged again"])
def test_a_merged_units_successor_has_the_coming_instances(world, way):
    series = task(world, due_kind="monthly", due=None)
    for merged, into in pairwise(("beiliu", *way)):
        retire(world, merged, into)
    world.move_to(dt.date(2026, 4, 1))
    with world.system() as session:
        assert spawn_due(session, world.day) == 1
    with world.system() as session:
        instance = sa.select(Task.id).where(Task.period == "2026-04").scalar_subquery()
        units = session.execute(sa.select(Share.unit_id).where(Share.head_id == instance)).scalars()
        assert sorted(units) == sorted([world["fengcheng"], world["zhujian"]])
    assert read(world, series).state == "issued"
    assert faults(world) == []


def test_a_number_of_a_discarded_draft_stays_taken(world):
    task_id = task(world)
    do(world, "office", "withdraw", task_id)
    discarded = do(world, "office", "discard", task_id)
    with world.system() as session:
        assert session.execute(sa.select(VoidedNumber.number)).scalars().all() == [discarded.number]
    assert read(world, task(world)).number == "RW-2026-0002"
    assert faults(world) == []


def test_a_duplicate_ends_in_the_task_it_repeats(world):
    kept, twice = task(world), task(world)
    merged = do(world, "office", "merge", twice, kept_number=read(world, kept).number)
    assert (merged.state, merged.merged_into_id) == ("terminated", kept)
    assert read_share(world, share(world, twice, "fengcheng")).state == "terminated"
    with pytest.raises(Obstacle):
        do(world, "office", "merge", kept, kept_number=merged.number)
    assert faults(world) == []
