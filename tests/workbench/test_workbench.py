"""The first page: every noun's cases in one order of urgency, and numbers that lead to the rows they count."""

import datetime as dt
import re

import pytest

from app.casework.verbs import perform
from app.nouns import ROOMS
from app.tasks.states import TaskState
from tests.hazards.test_statements import MOST, counted
from tests.support import task_factories as tasks

pytest_plugins = ["tests.support.factories"]


def todo(visitor) -> list[str]:
    """The titles of the lines, in their order."""
    page = visitor.get("/").get_data(as_text=True)
    lines = page.split('id="turn"', 1)[-1].split("</section>", 1)[0]
    return [re.sub(r"<[^>]*>", "", what).strip() for what in re.findall(r'class="what"[^>]*>(.*?)</a>', lines)]


def figures(visitor) -> dict[tuple[str, str], tuple[int, str]]:
    """`{(whose, title): (number, address)}` of the numbers above."""
    page = visitor.get("/").get_data(as_text=True)
    found = {}
    for whose, block in re.findall(r'<nav class="figures" aria-label="([^"]+)">(.*?)</nav>', page, re.S):
        for url, number, title in re.findall(r'<a href="([^"]+)"[^>]*><b>([\d,]+)</b>([^<]+)</a>', block):
            found[whose, title.strip()] = int(number.replace(",", "")), url.replace("&amp;", "&")
    return found


@pytest.mark.clause("1.3.1")
def test_kinds_stand_together_by_deadline(world, visitor):
    """A hazard due tomorrow before a task of next week before a hazard of next month."""
    day, firm = world.day, world["fengcheng"]
    mine = {"rectifiers": [firm]}
    world.hazard(description="下月的隐患", due=day + dt.timedelta(days=30), **mine)
    tasks.task(world, content="下周的任务", due=day + dt.timedelta(days=7))
    world.hazard(description="明天的隐患", due=day + dt.timedelta(days=1), **mine)
    assert todo(world.as_("fengcheng")) == ["明天的隐患", "任务 下周的任务", "下月的隐患"]
    assert todo(world.as_("beiliu")) == ["任务 下周的任务"]
    assert todo(world.as_("zhujian")) == []


def test_whose_turn_it_is_moves_on(world):
    """Signed for and reported by the unit, then it waits for the issuer, then for nobody."""
    share_id = tasks.share(world, tasks.task(world), "fengcheng")
    assert len(todo(world.as_("fengcheng"))) == 1 and todo(world.as_("office")) == []
    tasks.do_share(world, "fengcheng", "claim", share_id)
    assert todo(world.as_("fengcheng")) == [] and len(todo(world.as_("office"))) == 1
    tasks.do_share(world, "office", "verify", share_id)
    assert todo(world.as_("office")) == []
    draft = tasks.task(world, issue=False)
    assert len(todo(world.as_("office"))) == 1, "a draft waits for who files it"
    with world.session_of("office") as session:
        perform(session, ROOMS[0].noun, "discard", draft, None, world.hats["office"], {"comment": "重复"}, world.day)
    assert todo(world.as_("office")) == []


def test_a_decision_asked_for_stands_before_everything_else(world):
    """The territory may fill in for its enterprise; asked to take the case over, it is asked that first."""
    hazard_id = world.hazard()
    world.do("yingji", "ask_transfer", hazard_id, receiver_id=world["fengcheng"])
    page = world.as_("fengcheng").get("/").text
    assert f"/hazards/{hazard_id}/do/accept_transfer" in page and f"/hazards/{hazard_id}/do/claim" not in page


def test_numbers_count_the_rows_of_their_list(world):
    """Overdue, unsigned, owed, claimed: each number opens a list of exactly so many rows."""
    late = tasks.task(world, due=world.day + dt.timedelta(days=1))
    tasks.do_share(world, "fengcheng", "report", tasks.share(world, late, "fengcheng"))
    tasks.bring_share(world, TaskState.CLAIMED)
    standing = tasks.task(world, due_kind="standing", due=None)
    tasks.do_share(world, "fengcheng", "acknowledge", tasks.share(world, standing, "fengcheng"))
    world.hazard(due=world.day + dt.timedelta(days=1))
    world.move_to(world.day + dt.timedelta(days=15))  # past the quarter's first day
    office = world.as_("office")
    found = figures(office)
    counts = {key: number for key, (number, _url) in found.items()}
    assert counts["重点任务", "已逾期"] == 2
    assert counts["重点任务", "超期未签收"] == 3
    assert counts["重点任务", "应报进展"] == 1
    assert counts["重点任务", "申请办结"] == 1
    assert counts["问题隐患", "已逾期"] == 1
    for key, (number, url) in found.items():
        rows = office.get(url).get_data(as_text=True)
        assert len(re.findall(r'name="rowid"', rows)) == number, f"{key}: {url}"
    assert figures(world.as_("zhujian"))["重点任务", "已逾期"][0] == 0, "another unit's shares are not counted"


def test_it_costs_the_same_with_few_cases_and_with_many(world):
    def fill(count: int) -> None:
        for n in range(count):
            world.hazard(description=f"第{n}条", rectifiers=[world["fengcheng"]])
            tasks.task(world, content=f"第{n}项", units=("fengcheng", "beiliu", "yingji"))
            tasks.task(world, by="fengcheng", units=("beiliu",), issue=False)

    def cost() -> int:
        visitor = world.as_("fengcheng")
        assert visitor.get("/").status_code == 200
        with counted(world.app) as sent:
            visitor.get("/")
        assert len(sent) <= MOST, "\n".join(statement[:110] for statement in sent)
        return len(sent)

    fill(1)
    few = cost()
    fill(12)
    assert cost() == few


@pytest.mark.one_database
def test_what_can_be_begun(world):
    """Each role is offered what it may register, and nothing else."""
    both = {"/tasks/new", "/hazards/new"}
    for username, offered in (("office", both), ("firm", {"/hazards/new"}), ("leader", set())):
        page = world.as_(username).get("/").get_data(as_text=True)
        head = page.split('class="page-head"', 1)[1].split("</div>", 1)[0]
        assert set(re.findall(r'href="(/\w+/new)"', head)) == offered, username


def test_a_leading_unit_counts_what_is_its_own_and_not_what_its_supporters_owe(world):
    """It sees their shares in its list; its red numbers are what it has to do itself."""
    tasks.task(world, units=("fengcheng",), supporting=("beiliu",), due=world.day - dt.timedelta(days=1))
    lead = world.as_("fengcheng")
    number, address = figures(lead)["重点任务", "已逾期"]
    assert number == 1
    assert lead.get(address).text.count('name="rowid"') == 1
    assert lead.get("/tasks/shares/?due=over").text.count('name="rowid"') == 2
    assert figures(world.as_("office"))["重点任务", "已逾期"][0] == 2
