"""A delivery on its way: signed for, planned, reported, judged; each clock from the day it was signed for."""

import datetime as dt

import pytest

from app.casework.errors import NotAllowed, Obstacle
from app.deliveries.operations import Terms, nobody_signed
from tests.support.delivery_factories import bring, do, end, read, served

DAY = dt.date(2026, 3, 20)  # a Friday


def test_every_recipient_has_its_own_clock(world):
    """Working days, from the day each signed: 清明 is on 4 April, with its Monday off."""
    both = served(world, terms=Terms(plan_days=3, reply_days=10))
    assert read(world, both["fengcheng"]).due == dt.date(2026, 3, 23)  # three days, a Monday
    first = do(world, "fengcheng", "acknowledge", both["fengcheng"])
    world.move_to(DAY + dt.timedelta(days=4))
    second = do(world, "firm", "acknowledge", both["firm"])
    assert (first.plan_due, first.reply_due) == (dt.date(2026, 3, 25), dt.date(2026, 4, 3))
    assert (second.plan_due, second.reply_due) == (dt.date(2026, 3, 27), dt.date(2026, 4, 8))
    assert (first.due, second.due) == (first.plan_due, second.plan_due)


def test_natural_days_end_after_the_holiday(world):
    delivery_id = served(world, terms=Terms(day_unit="natural", reply_days=15))["fengcheng"]
    assert do(world, "fengcheng", "acknowledge", delivery_id).reply_due == dt.date(2026, 4, 7)


def test_the_clock_runs_to_the_plan_then_to_the_reply_until_the_report(world):
    delivery_id = served(world)["fengcheng"]
    dues = [do(world, who, verb, delivery_id).due for who, verb in (
        ("fengcheng", "acknowledge"), ("fengcheng", "file_plan"), ("office", "return_plan"), ("fengcheng", "file_plan"),
        ("fengcheng", "report"))]
    plan, reply = dt.date(2026, 3, 25), dt.date(2026, 3, 31)
    assert dues == [plan, reply, plan, reply, reply]
    assert read(world, delivery_id).replied_on == DAY


def test_where_no_reply_is_asked_for_signing_closes_it(world):
    delivery_id = served(world, terms=Terms(reply_required=False))["fengcheng"]
    signed = do(world, "fengcheng", "acknowledge", delivery_id)
    assert (signed.state, signed.closed_on, signed.reply_due) == ("closed", DAY, None)
    with pytest.raises(Obstacle):
        do(world, "office", "reopen", delivery_id)


def test_a_report_waits_for_the_plan_unless_it_contains_it(world):
    delivery_id = bring(world, "in_hand")
    with pytest.raises(Obstacle) as obstacle:
        do(world, "fengcheng", "report", delivery_id, with_plan=False)
    assert obstacle.value.field == "with_plan"
    reported = do(world, "fengcheng", "report", delivery_id)
    assert (reported.state, reported.planned_on, reported.turn_organization_id) == ("reported", DAY, world["office"])


def test_sent_back_the_original_day_is_kept(world):
    delivery_id = bring(world, "reported")
    new = DAY + dt.timedelta(days=30)
    back = do(world, "office", "reject", delivery_id, new_due=new)
    assert (back.state, back.returns, back.reply_due, back.due, back.replied_on) == ("returned", 1, new, new, None)
    assert back.original_reply_due == dt.date(2026, 3, 31)
    do(world, "fengcheng", "report", delivery_id)
    assert do(world, "office", "accept", delivery_id).closed_on == DAY


def test_a_report_after_the_deadline_gives_the_reason(world):
    delivery_id = bring(world, "planned")
    world.move_to(dt.date(2026, 4, 1))
    with pytest.raises(Obstacle) as obstacle:
        do(world, "fengcheng", "report", delivery_id, late_reason=" ")
    assert obstacle.value.field == "late_reason"
    with pytest.raises(Obstacle) as obstacle:
        do(world, "fengcheng", "ask_extension", delivery_id)
    assert str(obstacle.value)
    assert do(world, "fengcheng", "report", delivery_id).state == "reported"


def test_an_extension_moves_the_reply_and_keeps_the_original(world):
    delivery_id = bring(world, "planned")
    asked = do(world, "fengcheng", "ask_extension", delivery_id)
    assert (asked.open_request, asked.turn_organization_id) == ("extension", world["office"])
    assert asked.turn_role == "reviewer"
    moved = do(world, "office_head", "approve_extension", delivery_id)
    assert (moved.reply_due, moved.due) == (DAY + dt.timedelta(days=60), DAY + dt.timedelta(days=60))
    assert moved.original_reply_due == dt.date(2026, 3, 31)


def test_deemed_served_only_after_the_days_to_sign(world):
    delivery_id = served(world)["fengcheng"]
    with pytest.raises(Obstacle):
        do(world, "office_head", "deem_served", delivery_id)
    world.move_to(dt.date(2026, 3, 24))
    with pytest.raises(NotAllowed):
        do(world, "fengcheng", "deem_served", delivery_id)
    deemed = do(world, "office_head", "deem_served", delivery_id)
    assert (deemed.deemed, deemed.state, deemed.acknowledged_on) == (True, "in_hand", dt.date(2026, 3, 24))


def test_a_receipt_outside_the_system_names_who_and_proves_it(world):
    delivery_id = served(world)["firm"]
    world.move_to(DAY + dt.timedelta(days=4))
    with pytest.raises(Obstacle) as obstacle:
        do(world, "office", "record_receipt", delivery_id, evidence=None)
    assert obstacle.value.field == "evidence"
    for day in (DAY - dt.timedelta(days=1), world.day + dt.timedelta(days=1)):
        with pytest.raises(Obstacle) as obstacle:
            do(world, "fengcheng", "record_receipt", delivery_id, acknowledged_on=day)
        assert obstacle.value.field == "acknowledged_on"
    signed = do(world, "fengcheng", "record_receipt", delivery_id, acknowledged_on=DAY + dt.timedelta(days=1))
    assert (signed.method, signed.acknowledged_by, signed.plan_due) == ("in_person", "门卫老李", dt.date(2026, 3, 25))


def test_who_hands_it_on_acts_for_a_recipient_without_a_place(world):
    delivery_id = served(world, to=("zhujian",), via="yingji")["zhujian"]
    assert read(world, delivery_id).turn_organization_id == world["yingji"]
    signed = do(world, "yingji", "record_receipt", delivery_id)
    assert signed.turn_organization_id == world["yingji"]
    assert do(world, "yingji", "report", delivery_id).state == "reported"


def test_ended_with_the_letter(world):
    both = served(world)
    do(world, "fengcheng", "acknowledge", both["fengcheng"])
    do(world, "fengcheng", "ask_extension", both["fengcheng"])
    with world.system() as session:
        assert not nobody_signed(session, both["letter"])
    end(world, both["letter"], "void")
    ours = read(world, both["fengcheng"])
    assert (ours.state, ours.closed_on, ours.open_request, ours.turn_organization_id) == ("void", DAY, None, None)
    assert read(world, both["firm"]).state == "void"


@pytest.mark.parametrize("to", [(), ("office",)])
def test_nothing_is_served_on_nobody_or_oneself(world, to):
    with pytest.raises(Obstacle) as obstacle:
        served(world, to=to)
    assert obstacle.value.field == "recipients"
