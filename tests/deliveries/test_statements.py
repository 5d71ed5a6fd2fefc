"""How many statements a page of deliveries costs: the same with few and with many, and at most 15."""

import pytest

from tests.deliveries.http import ROADS, prepared
from tests.support.delivery_factories import bring, do
from tests.tasks.test_statements import MOST, costs, townships

PAGES = {
    "all": ("/deliveries/?size=100&part=all", ("office", "fengcheng", "leader")),
    "to sign": ("/deliveries/?state=to_sign", ("office", "fengcheng")),
    "in hand": ("/deliveries/?state=in_hand&size=100&part=all", ("office", "fengcheng")),
    "overdue": ("/deliveries/?due=over&part=ours&size=100", ("office", "fengcheng")),
}


@pytest.mark.parametrize("page", PAGES)
def test_a_list_costs_the_same_however_long_it_is(world, page):
    path, people = PAGES[page]
    for state in ("served", "planned"):
        bring(world, state)
    before = {who: costs(world, path, who) for who in people}
    names = [f"town{n}" for n in range(13)]
    world.county.units.update(zip(names, townships(world, 13), strict=True))
    for state in ("served", "in_hand", "planned", "reported", "closed", "returned"):
        bring(world, state, to=("fengcheng", *names))
    after = {who: costs(world, path, who) for who in people}
    assert after == before
    assert max(after.values()) <= MOST, after


@pytest.mark.parametrize("who", ["office", "fengcheng"])
def test_a_deliverys_page_costs_the_same_however_much_was_replied(world, who):
    delivery_id = bring(world, "planned")
    path = f"/deliveries/{delivery_id}"
    before = costs(world, path, who)
    for _n in range(4):
        do(world, "fengcheng", "replace_plan", delivery_id, files=[world.stored()])
    assert costs(world, path, who) == before <= MOST
    assert costs(world, f"{path}/receipt", who) <= MOST


@pytest.mark.one_database  # the statements are the same ones
def test_a_verbs_form_costs_the_same_for_two_units_and_six(world):
    few, many = ("fengcheng", "firm"), ("fengcheng", "beiliu", "yingji", "firm", "firm2", "firm3")
    start, faults = world.day, []
    for verb, road in ROADS.items():
        cost = []
        for units in (few, many):
            delivery_id = prepared(world, verb, to=units)
            cost.append(costs(world, f"/deliveries/{delivery_id}/do/{verb}", road.who))
            world.move_to(start)
        if cost[0] != cost[1] or max(cost) > MOST:
            faults.append((verb, *cost))
    assert not faults
