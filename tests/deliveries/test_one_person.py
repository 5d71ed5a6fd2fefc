"""Posts at both ends of a letter: who filed the plan or the report does not judge it, with whatever hat."""

import pytest

from tests.administration.handing_over import give
from tests.deliveries.http import send
from tests.support.delivery_factories import bring, do, read
from tests.tasks.test_one_person import wear


@pytest.mark.parametrize(("start", "filed", "judged", "end"), [
    ("in_hand", "file_plan", "accept_plan", "planned"), ("planned", "replace_plan", "return_plan", "in_hand"),
    ("planned", "report", "accept", "closed"), ("planned", "report", "reject", "returned"),
])
def test_nobody_judges_what_he_filed(world, start, filed, judged, end):
    delivery_id = bring(world, start)
    both, judges = world.as_("fengcheng"), give(world, "fengcheng", "office", "county_clerk")
    assert send(world, both, filed, delivery_id).status_code == 302
    before = read(world, delivery_id)
    refused = send(world, wear(both, judges), judged, delivery_id)
    assert refused.status_code == 422 and "由发函单位的另一人" in refused.text
    assert read(world, delivery_id) == before
    assert send(world, world.as_("office"), judged, delivery_id).status_code == 302
    assert read(world, delivery_id).state == end


def test_nor_in_one_go_nor_what_he_filed_for_an_enterprise(world):
    own, filled_in = bring(world, "planned"), bring(world, "planned", "firm")
    do(world, "fengcheng", "report", own)
    do(world, "office", "report", filled_in)
    both = wear(world.as_("fengcheng"), give(world, "fengcheng", "office", "county_clerk"))
    answer = both.send("/deliveries/bulk/accept", {"rowid": [str(own)], "confirmed": "1", "comment": "同意"})
    assert "由发函单位的另一人" in answer.text and read(world, own).state == "reported"
    assert send(world, world.as_("office"), "accept", filled_in).status_code == 422
    assert send(world, world.as_("office_head"), "accept", filled_in).status_code == 302
