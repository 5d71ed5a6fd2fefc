"""One person in two posts, and a township of one clerk: two hats are not two persons, and the way out is named."""

from tests.administration.handing_over import give
from tests.support.task_factories import read, read_share, share, task
from tests.tasks.http import send


def wear(visitor, post: int):
    assert visitor.send("/hats/wear", {"post": post}).status_code == 302
    return visitor


def test_a_township_of_one_clerk_has_its_way(world):
    """It asks for more time in a task of its own: he decides in no hat, nor on paper in his own name."""
    ours = share(world, task(world, by="fengcheng", units=("fengcheng",)), "fengcheng")
    due, files = read_share(world, ours).due, world.hats["fengcheng"].post_id
    decides, clerk = give(world, "fengcheng", "fengcheng", "unit_reviewer"), world.as_("fengcheng")
    assert send(world, clerk, "share", "ask_extension", ours).status_code == 302
    refused = send(world, wear(clerk, decides), "share", "approve_extension", ours)
    assert refused.status_code == 422 and "纸面" in refused.text and "代录" in refused.text
    own = send(world, wear(clerk, files), "share", "approve_extension", ours, decided_by="fengcheng的人")
    assert own.status_code == 422 and read_share(world, ours).due == due
    assert send(world, clerk, "share", "approve_extension", ours, decided_by="镇长").status_code == 302
    assert read_share(world, ours).due > due


def test_who_asked_for_one_unit_does_not_decide_for_another(world):
    """Clerk of a township, head of the county office: the office's other people decide."""
    ours = share(world, task(world), "fengcheng")
    both, decides = world.as_("fengcheng"), give(world, "fengcheng", "office", "county_head")
    assert send(world, both, "share", "ask_extension", ours).status_code == 302
    assert send(world, wear(both, decides), "share", "approve_extension", ours).status_code == 422
    assert read_share(world, ours).open_request == "extension"
    assert send(world, world.as_("office_head"), "share", "approve_extension", ours).status_code == 302


def test_who_proposed_the_end_does_not_approve_it(world):
    task_id, both = task(world), world.as_("office")
    decides = give(world, "office", "office", "county_head")
    assert send(world, both, "task", "ask_terminate", task_id).status_code == 302
    assert send(world, wear(both, decides), "task", "approve_terminate", task_id).status_code == 422
    assert read(world, task_id).state == "issued"
    assert send(world, world.as_("office_head"), "task", "approve_terminate", task_id).status_code == 302
