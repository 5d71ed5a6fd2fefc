"""How many statements a page of letters costs: the same with few recipients and letters and with many; at most 15."""

import pytest

from app.casework.unit_of_work import unit_of_work
from app.letters.operations import plan
from tests.hazards.test_statements import counted
from tests.support.letter_factories import bring, do, letter
from tests.tasks.test_statements import townships

MOST = 15


def costs(world, path: str, who: str) -> int:
    visitor = world.as_(who)
    visitor.get(path)  # what is made once per process
    with counted(world.app) as sent:
        assert visitor.get(path).status_code == 200
    return len(sent)


def to_many(world) -> list[dict]:
    return [plan(world["fengcheng"]), plan(world["firm"]), *(plan(unit) for unit in townships(world, 13))]


@pytest.mark.parametrize("who", ["office", "fengcheng", "firm", "leader"])
def test_the_list_costs_the_same_however_long(world, who):
    for _n in range(3):
        bring(world, "issued", units=("fengcheng", "firm"))
    before = costs(world, "/letters/?size=100", who)
    planned = to_many(world)
    for _n in range(12):
        letter_id = letter(world, planned=planned, submit=True)
        do(world, "office_head", "sign", letter_id)
    assert costs(world, "/letters/?size=100", who) == before <= MOST
    assert costs(world, "/letters/?due=unsigned&size=100", who) <= MOST


@pytest.mark.parametrize("who", ["office", "fengcheng"])
def test_a_letters_page_costs_the_same_for_one_and_fifteen(world, who):
    hazard = world.hazard(description="配电箱无漏电保护")
    triggers = [{"situation": "4", "own_requirement": None, "shown_by_id": hazard}]
    few = letter(world, units=("fengcheng", "firm"), submit=True, triggers=triggers)
    many = letter(world, planned=to_many(world), submit=True, triggers=triggers)
    for letter_id in (few, many):
        do(world, "office_head", "sign", letter_id)
    assert costs(world, f"/letters/{many}", who) == costs(world, f"/letters/{few}", who) <= MOST


def test_a_form_costs_the_same_for_two_recipients_and_fifteen(world):
    few = letter(world, units=("fengcheng", "firm"))
    many = letter(world, planned=to_many(world))
    assert costs(world, f"/letters/{many}/edit", "office") == costs(world, f"/letters/{few}/edit", "office") <= MOST
    assert costs(world, "/letters/new", "office") <= MOST
    assert costs(world, "/letters/lookup?q=配电", "office") <= MOST


def test_signing_to_many_costs_no_statement_for_each_but_its_rows(world):
    """Two recipients or fifteen: what they have in common is read once."""
    cost = []
    for planned in ([plan(world["fengcheng"]), plan(world["firm"])], to_many(world)):
        letter_id = letter(world, planned=planned, submit=True)
        with world.session_of("office_head") as session, unit_of_work(session):
            pass
        with counted(world.app) as sent:
            do(world, "office_head", "sign", letter_id)
        cost.append(sum("SELECT" in str(statement).upper()[:7] for statement in sent))
    assert cost[1] <= cost[0] + 4, cost
