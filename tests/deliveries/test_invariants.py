"""What the tables of deliveries must say holds after every verb, and is missed where it does not."""

import pytest
import sqlalchemy as sa

from app.casework.cases import Case, CaseParty
from app.casework.invariants import check
from app.casework.unit_of_work import unit_of_work
from app.deliveries.invariants import RULES
from app.deliveries.models import Delivery, Reply
from app.deliveries.states import DeliveryState
from tests.support.delivery_factories import bring, do, served

_cases, _deliveries, _parties, _replies = (t.__table__ for t in (Case, Delivery, CaseParty, Reply))


def faults(world) -> set[str]:
    with world.system() as session:
        return {fault.what for fault in check(session, None, RULES)}


@pytest.mark.one_database
def test_they_hold_in_every_state(world):
    for state in DeliveryState:
        bring(world, state)
        bring(world, state, "firm")
        assert faults(world) == set(), state


def test_they_hold_along_the_side_roads(world):
    delivery_id = bring(world, "planned", "firm")
    for who, verb in (
        ("firm", "replace_plan"), ("office", "return_plan"), ("firm", "file_plan"), ("office", "accept_plan"),
        ("firm", "ask_extension"), ("office_head", "refuse_extension"), ("firm", "ask_extension"),
        ("office_head", "approve_extension"), ("office", "chase"), ("firm", "report"), ("office", "reject"),
        ("firm", "report"), ("office", "accept"), ("office", "reopen"), ("fengcheng", "report"), ("office", "accept"),
    ):
        do(world, who, verb, delivery_id)
        assert faults(world) == set(), verb
    handed_on = served(world, to=("zhujian",), via="yingji")["zhujian"]
    do(world, "yingji", "record_receipt", handed_on)
    assert faults(world) == set()


SPOILT = {
    "the parties of a delivery are those that it names": sa.delete(_parties).where(_parties.c.role == "territory"),
    "it is the turn of who must act next on a delivery": sa.update(_cases).where(
        _cases.c.kind == "delivery").values(turn_organization_id=None),
    "a delivery repeats what its letter says": sa.update(_deliveries).values(measure="card"),
    "a letter is served once on each recipient": sa.update(_deliveries).values(
        recipient_id=sa.select(sa.func.min(_deliveries.c.recipient_id)).scalar_subquery()),
    "a delivery is signed for before it is answered, and then has its deadlines": sa.update(_deliveries).values(
        acknowledged_on=None),
    "the deadline of a delivery is the one that runs": sa.update(_cases).where(
        _cases.c.kind == "delivery").values(due=None),
    "a delivery repeats what became of its replies": sa.update(_replies).values(
        outcome="rejected", judged_on=sa.func.current_date()),
    "an ended delivery has its day, an open one none": sa.update(_cases).where(
        _cases.c.kind == "delivery").values(closed_on=sa.func.current_date()),
}


@pytest.mark.parametrize("rule", SPOILT)
def test_each_is_missed_where_it_does_not_hold(world, rule):
    bring(world, "planned", "firm")
    with world.system() as session, unit_of_work(session):
        session.execute(SPOILT[rule])
    assert rule in faults(world)


def test_every_rule_is_tried():
    assert set(SPOILT) == {str(rule.what) for rule in RULES}
