"""How many statements a page of tasks costs: the same with few shares and tasks and with many, and at most 15."""

import pytest

from app.casework.unit_of_work import unit_of_work
from app.organization.models import Organization
from app.tasks.operations import plan
from app.tasks.registering import complete, register
from tests.hazards.test_statements import counted
from tests.support.task_factories import do, do_share, facts, share, task
from tests.tasks.http import ADDRESS
from tests.tasks.test_verbs_over_http import REVIEWED, SHARE_ROADS, TASK_ROADS, prepared

MOST = 15


def townships(world, count: int) -> list[int]:
    """More townships of the county."""
    with world.system() as session, unit_of_work(session):
        rows = [Organization(kind="township", name=f"第{n}镇", county_id=world.county.id, parent_id=world.county.id)
                for n in range(count)]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def fill(world, count: int, planned: list[dict], **more) -> None:
    """More tasks of the office, in one transaction."""
    hat, day = world.hats["office"], world.day
    with world.session_of("office") as session:
        data = complete(session, hat, {**facts(world), "planned": planned, **more}, day)
        with unit_of_work(session):
            for n in range(count):
                register(session, hat, {**data, "content": f"第{n}项任务"}, (), day, True)


def costs(world, path: str, who: str) -> int:
    visitor = world.as_(who)
    visitor.get(path)  # what is made once per process
    with counted(world.app) as sent:
        assert visitor.get(path).status_code == 200
    return len(sent)


PAGES = {
    "list": ("/tasks/?size=100", ("office", "fengcheng", "leader")),
    "what is late": ("/tasks/?due=over&size=100", ("office", "fengcheng")),
    "shares": ("/tasks/shares/?size=100", ("office", "fengcheng")),
    "own shares": ("/tasks/shares/?part=mine&state=issued&size=100", ("fengcheng",)),
    "carry over": ("/tasks/carry-over?year=2025", ("office",)),
}


@pytest.mark.parametrize("page", PAGES)
def test_a_list_costs_the_same_however_long_it_is(world, page):
    path, people = PAGES[page]
    few = [plan(world["fengcheng"]), plan(world["beiliu"])]
    fill(world, 3, few)
    fill(world, 2, few, year=2025)
    before = {who: costs(world, path, who) for who in people}
    many = [*few, *(plan(unit) for unit in townships(world, 13))]
    fill(world, 60, many)
    fill(world, 10, many, year=2025)
    after = {who: costs(world, path, who) for who in people}
    assert after == before
    assert max(after.values()) <= MOST


@pytest.mark.parametrize("who", ["office", "fengcheng"])
def test_a_tasks_page_costs_the_same_for_one_unit_and_fifteen(world, who):
    few = task(world, units=("fengcheng", "beiliu"))
    many = task(world, units=("fengcheng", "beiliu"))
    do(world, "office", "add_units", many, planned=[plan(unit) for unit in townships(world, 13)])
    for task_id in (few, many):
        do(world, "office", "follow_up", task_id)
        do_share(world, "fengcheng", "ask_extension", share(world, task_id, "fengcheng"))
    assert costs(world, f"/tasks/{many}", who) == costs(world, f"/tasks/{few}", who) <= MOST


@pytest.mark.parametrize("who", ["office", "fengcheng"])
def test_a_shares_page_costs_the_same_however_much_was_reported(world, who):
    own = share(world, task(world), "fengcheng")
    do_share(world, "fengcheng", "report", own)
    before = costs(world, f"/tasks/shares/{own}", who)
    for _n in range(5):
        do_share(world, "fengcheng", "report", own, files=[world.stored()])
    assert costs(world, f"/tasks/shares/{own}", who) == before <= MOST


FORMS = {
    "a new task": "/tasks/new", "a copy": "/tasks/new?copy={issued}", "a sub-task": "/tasks/new?parent={issued}",
    "a draft": "/tasks/{draft}/edit", "a draft of last year's": "/tasks/{follower}/edit",
}


def test_a_form_costs_the_same_for_two_units_and_fifteen(world):
    few = [plan(world["fengcheng"], heads="张三"), plan(world["beiliu"])]
    before = form_costs(world, few)
    many = [*few, *(plan(unit, heads="李四") for unit in townships(world, 13))]
    fill(world, 30, many)
    after = form_costs(world, many)
    assert after == before
    assert max(after.values()) <= MOST, after


def form_costs(world, planned: list[dict]) -> dict:
    last = task(world, year=2025, planned=planned)
    made = {"issued": task(world, planned=planned), "draft": task(world, planned=planned, issue=False),
            "follower": task(world, planned=planned, issue=False, previous_id=last, parent_id=last)}
    return {name: costs(world, path.format(**made), "office") for name, path in FORMS.items()}


@pytest.mark.one_database  # the statements are the same ones
@pytest.mark.parametrize(("noun", "roads"), [("task", TASK_ROADS), ("share", SHARE_ROADS)])
def test_a_verbs_form_costs_the_same_for_two_units_and_six(world, noun, roads):
    few, many = ("fengcheng", "firm"), ("fengcheng", "beiliu", "yingji", "firm", "firm2", "firm3")
    start, faults = world.day, []
    for verb in sorted(roads, key=lambda verb: verb in REVIEWED):  # from then on the office reviews its drafts
        cost = []
        for units in (few, many):
            case_id = prepared(world, noun, verb, units=units)
            cost.append(costs(world, f"{ADDRESS[noun]}/{case_id}/do/{verb}", roads[verb].who))
            world.move_to(start)
        if cost[0] != cost[1] or max(cost) > MOST:
            faults.append((verb, *cost))
    assert not faults
