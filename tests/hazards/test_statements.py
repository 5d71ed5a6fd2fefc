"""How many statements a page costs: the same with 5 cases and with 200, and at most 15."""

import datetime as dt
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.hazards.registering import complete, register
from tests.support.factories import World

MOST = 15


@contextmanager
def counted(app):
    """The statements sent to the database meanwhile; transactions' own words are not counted."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def fill(world: World, count: int) -> None:
    """More hazards of the bureau, each with two rectifying units, in one transaction."""
    hat, day = world.hats["yingji"], world.day
    firms = ("firm", "firm3")
    with world.session_of("yingji") as session, unit_of_work(session):
        for n in range(count):
            facts = world.facts("yingji", description=f"第{n}条", enterprise_id=world[firms[n % 2]],
                                rectifiers=[world[firms[n % 2]], world["zhujian"]], due=day + dt.timedelta(days=n % 40))
            register(session, hat, complete(session, hat, facts), (), day, True)


def ask(world: World, count: int) -> None:
    """Requests of every kind that a list has to know of."""
    with world.system() as session:
        found = sa.text("select id from cases where state = 'rectifying' order by id desc")
        ids = session.execute(found).scalars().all()
    for n, hazard_id in enumerate(ids[:count]):
        if n % 2:
            world.do("yingji", "ask_reassign", hazard_id, receiver_id=world["firm2"])
        else:
            world.do("yingji", "ask_cancel", hazard_id)


PAGES = {
    "list": ("/hazards/?size=100", ("yingji", "office", "firm", "fengcheng")),
    "list of a state": ("/hazards/?state=rectifying&size=100", ("yingji", "office", "firm")),
    "list by filters": ("/hazards/?q=条&level=general&source=enforcement&due=soon&unit={unit}", ("yingji", "office")),
    "workbench": ("/", ("yingji", "yingji_head", "firm", "office", "leader")),
    "form": ("/hazards/new", ("yingji", "firm")),
    "a phone's form": ("/hazards/quick", ("yingji", "firm")),
    "a copy": ("/hazards/new?copy={case}", ("yingji",)),
    "case": ("/hazards/{case}", ("yingji", "firm", "office", "fengcheng")),
    "notice": ("/hazards/{case}/notice", ("yingji", "firm", "office")),
    "recheck": ("/hazards/{case}/recheck/1", ("yingji", "firm")),
    "timeline": ("/hazards/{case}/timeline", ("yingji", "firm")),
    "a verb's form": ("/hazards/{case}/do/chase", ("yingji", "office")),
    "a correction's form": ("/hazards/{case}/do/correct", ("yingji",)),
}


def cost(world: World, page: str, username: str, case_id: int) -> list[str]:
    path = PAGES[page][0].format(case=case_id, unit=world["firm"])
    visitor = world.as_(username)
    assert visitor.get(path).status_code == 200  # what is read once per process is read by now
    with counted(world.app) as sent:
        visitor.get(path)
    return sent


def test_pages_cost_the_same_with_5_cases_and_with_200(world):
    case_id = rich_case(world)
    fill(world, 4)
    ask(world, 2)
    few = {(page, who): cost(world, page, who, case_id) for page, (_path, users) in PAGES.items() for who in users}
    fill(world, 195)
    ask(world, 20)
    faults = []
    for (page, who), before in few.items():
        sent = cost(world, page, who, case_id)
        if len(sent) > len(before):
            more = [statement for statement in sent if statement not in before]
            faults.append(f"{page}, {who}: {len(before)} statements with 5 cases, {len(sent)} with 200: {more[:2]}")
        if len(sent) > MOST:
            listed = "\n  ".join(statement[:110] for statement in sent)
            faults.append(f"{page}, {who}: {len(sent)} statements, at most {MOST}:\n  {listed}")
    assert not faults, "\n".join(faults)


def rich_case(world: World) -> int:
    """A hazard with two rounds, pictures, corrections and an open request."""
    hazard_id = world.hazard(
        photos=[world.stored("red"), world.stored("blue")], rectifiers=[world["firm"], world["zhujian"]],
        industry_id=world["trade"], criterion_id=world["criterion"],
    )
    world.do("firm", "claim", hazard_id, after_photos=[world.stored("green")])
    world.do("yingji", "fail_recheck", hazard_id)
    world.do("yingji", "correct", hazard_id, values={"place": "三车间", "category_id": world["fire"]})
    world.do("firm", "ask_extension", hazard_id)
    return hazard_id


@pytest.mark.parametrize("rounds", [1, 6])
def test_a_case_page_costs_the_same_with_many_rounds_and_entries(world, rounds):
    hazard_id = world.hazard()
    for _ in range(rounds):
        world.do("firm", "claim", hazard_id, after_photos=[world.stored("red"), world.stored("green")])
        world.do("yingji", "fail_recheck", hazard_id)
        world.do("yingji", "correct", hazard_id, values={"place": f"第{_}处"})
    sent = cost(world, "case", "yingji", hazard_id)
    assert len(sent) <= MOST, "\n".join(sent)


@pytest.mark.parametrize("path", ["/tasks/", "/tasks/carry-over", "/letters/"])
def test_an_empty_list_asks_nothing_of_what_stands_below_its_rows(world, path):
    """SQLite would look through every case of the county, to find none: a fifth of a second at a million hazards."""
    visitor = world.as_("office")
    with counted(world.app) as sent:
        assert visitor.get(path).status_code == 200
    assert sent and not [statement for statement in sent if "head_id IN (" in statement]
