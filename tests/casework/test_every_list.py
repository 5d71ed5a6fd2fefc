"""What the list of every noun has: filters that a person keeps, columns she chooses, orders, pages from row to row."""

import datetime as dt
import html
import re

import pytest

from app.nouns import BY_KIND
from tests.casework.support import rows
from tests.support import delivery_factories as deliveries
from tests.support import letter_factories as letters
from tests.support.occasion_factories import occasion
from tests.tasks.test_statements import townships

LISTS = {  # filters with an order; a column that is hidden, with its class
    "/hazards/": ("due=soon&sort=-due", "unit"), "/tasks/": ("sort=happened", "src"),
    "/tasks/shares/": ("sort=-number", "unit"), "/letters/": ("type=reminder&state=closed&sort=-happened", "src"),
    "/deliveries/": ("part=sent&state=in_hand&sort=due", "turn"), "/occasions/": ("type=weather&sort=happened", "src"),
    "/submissions/": ("month=2026-03&show=wanting&state=owed&sort=-happened", "src"),
}


def numbers(page: str, path: str) -> list[int]:
    """Ids of the rows, in their order."""
    return [int(i) for i in re.findall(rf'<a class="what clip" href="{path}(\d+)"', page)]


def link(page: str, words: str) -> str | None:
    found = re.search(rf'<a href="([^"]*)">{words}</a>', page)
    return found and html.unescape(found[1])


def test_every_noun_has_its_list(app):
    views = {view.noun.kind: view for view in app.appbuilder.baseviews if getattr(view, "noun", None)}
    assert {f"{views[kind].route_base}/" for kind in BY_KIND } == LISTS.keys()
    assert all(views[kind].case_list for kind in BY_KIND)


@pytest.mark.parametrize("path", LISTS)
def test_a_filter_is_kept_and_opens_the_list(world, path):
    query, office = LISTS[path][0], world.as_("office")
    office.send(f"{path}filters/save?{query}&page=3&nonsense=1", {"name": "我的", "opens": "y"})
    opened = office.get(path)
    assert opened.status_code == 302
    assert sorted(opened.headers["Location"].removeprefix(f"{path}?").split("&")) == sorted(query.split("&"))
    assert re.search(r'class="kept-one"[^>]*aria-current="true">我的', office.get(opened.headers["Location"]).text)
    assert office.get(f"{path}?state=all").status_code == 200
    assert world.as_("office_head").get(path).status_code == 200
    (kept,) = rows(world, "SELECT id FROM saved_filters")[0]
    assert office.send(f"{path}filters/{kept}", {"remove": "1"}).status_code == 302
    assert office.get(path).status_code == 200


@pytest.fixture
def filled(world):
    """A row in each of the three lists, of what the office sent and recorded."""
    letters.bring(world, "in_hand", type="reminder")
    occasion(world, due=world.day + dt.timedelta(days=3))
    return world


@pytest.mark.parametrize("path", ["/letters/", "/deliveries/", "/occasions/"])
def test_columns_are_chosen(filled, path):
    hidden, office = LISTS[path][1], filled.as_("office")
    usual = office.get(path).text
    assert "状态自" not in usual.split("<table")[1] and f'class="c-{hidden} off-desk' not in usual
    shown = [name for name in re.findall(r'name="column" value="(\w+)"', usual) if name != hidden]
    assert hidden not in shown and "since" in shown
    assert office.send(f"{path}columns?sort=due", {"column": shown}).headers["Location"] == f"{path}?sort=due"
    chosen = office.get(path).text
    assert 'class="extra c-since' in chosen and re.search(rf'<td class="c-{hidden} off-desk', chosen)
    office.send(f"{path}columns", {"usual": "1"})
    assert office.get(path).text.count("off-desk") == usual.count("off-desk")


def test_the_recipient_stands_where_it_is_not_the_reader(filled):
    """What a unit turned while it looked at what it received hides no recipient of what it sent."""
    town = filled.as_("fengcheng")
    received = town.get("/deliveries/").text
    assert '<th class="c-unit"' not in received and '<td class="c-unit"' not in received
    town.send("/deliveries/columns", {"column": ["src", "due", "state", "since"]})
    everything = town.get("/deliveries/?part=all").text
    assert '<th class="c-unit"' in everything and "off-desk" in everything


@pytest.fixture
def served(world):
    """Deliveries in states of every tab, each due on another day, entered in no order of their days."""
    start, found = world.day, {}
    for n, state in ((9, "in_hand"), (2, "returned"), (12, "served"), (5, "planned"), (7, "reported"), (4, "closed")):
        world.move_to(start + dt.timedelta(days=n))
        found[state] = deliveries.bring(world, state, to=("fengcheng",))
    return found


@pytest.mark.parametrize("who", ["office", "fengcheng"])
def test_deliveries_are_sorted_within_and_across_tabs(world, served, who):
    due = {i: deliveries.read(world, i).due_sort for i in served.values()}
    visitor = world.as_(who)
    for query, states in (("", served), ("state=in_hand", ("in_hand", "returned", "planned"))):
        wanted = sorted((served[state] for state in states), key=lambda i: (due[i], i))
        for sort, order in (("due", wanted), ("-due", wanted[::-1])):
            page = visitor.get(f"/deliveries/?{query}&sort={sort}").text
            assert numbers(page, "/deliveries/") == order, (query, sort)
        assert numbers(visitor.get(f"/deliveries/?{query}&sort=-number").text, "/deliveries/") == sorted(wanted)[::-1]
    happened = sorted(served.values(), key=lambda i: deliveries.read(world, i).happened_on)
    assert numbers(visitor.get("/deliveries/?sort=happened").text, "/deliveries/") == happened


@pytest.mark.parametrize("who", ["office", "yingji"])
def test_pages_of_deliveries_are_turned_from_row_to_row(world, who):
    names = [f"town{n}" for n in range(28)]
    world.county.units.update(zip(names, townships(world, 28), strict=True))
    sent = [i for name, i in deliveries.served(world, who, to=names).items() if name != "letter"]
    visitor, seen, url = world.as_(who), [], "/deliveries/?part=sent&sort=number"
    first = visitor.get(url).text
    assert link(first, "上一页") is None and "after=" in link(first, "下一页")
    second = visitor.get(link(first, "下一页")).text
    seen = numbers(first, "/deliveries/") + numbers(second, "/deliveries/")
    assert seen == sorted(sent) and len(numbers(second, "/deliveries/")) == 3
    assert numbers(visitor.get(link(second, "上一页")).text, "/deliveries/") == numbers(first, "/deliveries/")


def test_letters_and_occasions_are_sorted(world):
    sent = [letters.bring(world, "issued", reply_days=days) for days in (9, 5, 7)]
    drafts, told = letters.letter(world), []
    for n in (3, 1, 2):
        told.append(occasion(world, happened_on=world.day - dt.timedelta(days=n), due=world.day + dt.timedelta(days=n)))
    office = world.as_("office")
    assert numbers(office.get("/letters/?sort=number").text, "/letters/") == [*sent, drafts]
    dues = sorted(sent, key=lambda i: (letters.read(world, i).due_sort, i))
    assert numbers(office.get("/letters/?sort=due&state=issued").text, "/letters/") == dues
    assert numbers(office.get("/occasions/?sort=happened").text, "/occasions/") == [told[0], told[2], told[1]]
    assert numbers(office.get("/occasions/?sort=-due").text, "/occasions/") == [told[0], told[2], told[1]]
    assert numbers(office.get("/occasions/?sort=title").text, "/occasions/") == told[::-1]  # no head, no order
