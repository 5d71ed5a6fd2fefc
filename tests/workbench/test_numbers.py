"""Every number of workbench, overview and charts is the length of the list that it opens; none costs more by many."""

import datetime as dt
import re
from html import unescape

import pytest

from app.deliveries.states import DeliveryState
from app.hazards.states import HazardState
from app.tasks.states import TaskState
from tests.hazards.test_statements import MOST, counted
from tests.support import delivery_factories as deliveries
from tests.support import task_factories as tasks

pytest_plugins = ["tests.support.factories"]
NUMBER = re.compile(r'<td class="num"><a href="([^"]+)"[^>]*>([\d,]+)</a>')


def numbers_of(page: str) -> list[tuple[str, int]]:
    return [(unescape(url), int(number.replace(",", ""))) for url, number in NUMBER.findall(page)]


def rows_of(visitor, url: str) -> int:
    """How many rows the list has, page by page."""
    page = visitor.get(f"{url}&size=100").get_data(as_text=True)
    return len(re.findall(r'<td class="c-no', page))


@pytest.fixture
def busy(world):
    """A county where each number counts something: other months, late and in time, drafts, cancelled, imported."""
    for state in HazardState:
        world.bring_to(state)
    for state in TaskState:
        tasks.bring(world, state)
    for state in DeliveryState:
        deliveries.bring(world, state)
    day = world.day
    world.hazard(due=day + dt.timedelta(days=1), level="major", criterion_note="第三条", industry_id=world["trade"])
    world.hazard(due=day + dt.timedelta(days=12), rectifiers=[world["fengcheng"]], industry_id=world["trade"])
    late = world.hazard(due=day + dt.timedelta(days=2), description="迟了的", industry_id=world["trade"])
    world.do("firm", "acknowledge", late)
    tasks.task(world, due=day + dt.timedelta(days=1))
    late_task = tasks.task(world, due=day + dt.timedelta(days=2))
    tasks.do_share(world, "fengcheng", "acknowledge", tasks.share(world, late_task, "fengcheng"))
    world.move_to(day + dt.timedelta(days=10))
    world.do("firm", "claim", late)
    world.do("yingji", "pass_recheck", late)
    world.move_to(day + dt.timedelta(days=14))  # in the next month
    soon = world.hazard(due=world.day + dt.timedelta(days=2))
    world.hazard(due=world.day + dt.timedelta(days=2))
    world.do("firm", "acknowledge", soon)
    world.do("firm", "claim", soon)
    world.do("yingji", "pass_recheck", soon)
    tasks.do_share(world, "fengcheng", "claim", tasks.share(world, late_task, "fengcheng"))
    tasks.do_share(world, "office", "verify", tasks.share(world, late_task, "fengcheng"))
    deliveries.bring(world, "closed")
    return world


@pytest.mark.clause("1.3.1")
@pytest.mark.parametrize("username", ["office", "leader"])
def test_every_number_of_a_unit_is_its_list(busy, username):
    visitor = busy.as_(username)
    found = numbers_of(visitor.get("/overview/units").get_data(as_text=True))
    kinds = {re.search(r"(counted|due)=(\w+)", url).group(2) for url, _n in found}
    assert kinds >= {"open", "over", "soon", "unsigned", "closed"}, "each kind of number counts something here"
    assert {url.split("?")[0] for url, _n in found} == {"/hazards/", "/tasks/shares/", "/deliveries/"}
    for url, number in found:
        assert rows_of(visitor, url) == number, url


@pytest.mark.parametrize("username", ["office", "fengcheng", "yingji"])
def test_every_number_of_a_chart_is_its_list(busy, username):
    visitor = busy.as_(username)
    found = numbers_of(visitor.get("/overview/charts").get_data(as_text=True))
    if username == "office":
        names = {name for url, _n in found for name in re.findall(r"counted=(\w+)\.", url)}
        assert names == {"opened", "closed", "due", "kept"}
        assert any("industry=" in url for url, _n in found) and any("unit=" in url for url, _n in found)
        assert {url.split("?")[0] for url, _n in found} == {"/hazards/", "/tasks/shares/", "/deliveries/"}
    assert found
    for url, number in found:
        assert rows_of(visitor, url) == number, url


def table_of(page: str, title: str) -> dict[str, list[str]]:
    """The cells of a chart's table by their first column."""
    chart = page.split(f"<h2>{title}</h2>", 1)[1].split("</section>", 1)[0]
    return {
        re.sub("<[^>]+>", "", cells[0]): [re.sub("<[^>]+>", "", cell) for cell in cells[1:]]
        for cells in (re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in
                      re.findall(r"<tr>(.*?)</tr>", chart.split("<tbody>")[1]))
    }


def test_the_on_time_rate_has_its_denominator_and_none_without_one(world):
    """By the deadline first set: an extension makes nobody punctual; what is not over yet is not asked."""
    first = world.day + dt.timedelta(days=2)
    kept, late, extended, _never = (world.hazard(description=what, due=first) for what in "甲乙丙丁")
    world.hazard(description="以后的", due=world.day + dt.timedelta(days=11))
    for hazard_id in (kept, late, extended):
        world.do("firm", "acknowledge", hazard_id)
    world.do("firm", "ask_extension", extended, new_due=first + dt.timedelta(days=5))
    world.do("yingji_head", "approve_extension", extended)
    world.do("firm", "claim", kept)
    world.move_to(first + dt.timedelta(days=3))
    world.do("firm", "claim", late)
    world.do("firm", "claim", extended)
    rates = table_of(world.as_("office").get("/overview/charts").get_data(as_text=True), "问题隐患：按期率")
    assert rates["2026-03"] == ["1", "4", "25.0%"]
    assert rates["2026-02"] == ["0", "0", "—"]
    assert len(rates) == 12 and next(iter(rates)) == "2025-04"


@pytest.mark.parametrize("asked", ["closed.2026-13", "closed", "open.2026-03", "nonsense", "closed.2026-3", "x" * 400])
def test_what_no_number_says_narrows_nothing(world, asked):
    """An address made by hand is as if it were not there, or counts the whole; it never breaks the list."""
    world.hazard()
    answer = world.as_("office").get(f"/hazards/?counted={asked}")
    assert answer.status_code == 200
    assert ("只列" in answer.get_data(as_text=True)) is (asked == "closed")
    assert world.as_("office").get("/hazards/?industry=9a&counted=").status_code == 200


def test_the_list_says_which_number_it_is_behind_and_keeps_it(busy):
    page = busy.as_("office").get(f"/hazards/?counted=opened.2026-03&industry={busy['trade']}").get_data(as_text=True)
    assert "2026年3月新增" in page and "冶金工贸</b>" in page
    assert 'type="hidden" name="counted" value="opened.2026-03"' in page, "another filter goes on from here"


def test_the_export_holds_the_rows_of_the_number(busy):
    """Confirmed by the addresses: the list's export is given the same filters."""
    page = busy.as_("office").get("/hazards/?counted=closed.2026-03").get_data(as_text=True)
    assert re.search(r'href="/hazards/export\?[^"]*counted=closed\.2026-03', page)


@pytest.mark.parametrize("address", ["/", "/overview/", "/overview/units", "/overview/charts"])
def test_it_costs_the_same_with_few_cases_and_with_many(world, address):
    def fill(count: int) -> None:
        for n in range(count):
            world.hazard(description=f"第{n}条", rectifiers=[world["fengcheng"]], due=world.day, level="major",
                         criterion_note="第三条", industry_id=world["trade"])
            tasks.task(world, content=f"第{n}项", units=("fengcheng", "beiliu", "yingji"), due=world.day)

    def cost() -> int:
        visitor = world.as_("office")
        assert visitor.get(address).status_code == 200
        with counted(world.app) as sent:
            visitor.get(address)
        assert len(sent) <= MOST, "\n".join(statement[:110] for statement in sent)
        return len(sent)

    fill(1)
    world.move_to(world.day + dt.timedelta(days=1))
    few = cost()
    world.move_to(world.day - dt.timedelta(days=1))
    fill(9)
    world.move_to(world.day + dt.timedelta(days=1))
    assert cost() == few
