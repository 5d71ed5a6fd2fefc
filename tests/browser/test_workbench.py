"""The first page and the leader's sheet: parts that come later, charts equal to their tables, paper."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from tests.support import escalation_factories as facts
from tests.support import letter_factories as letters
from tests.support import task_factories as tasks
from tests.support.browser import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
SERIES = """name => { const all = Array.from(document.querySelectorAll('[data-chart]'));
  const chart = all.find(one => one.querySelector('h2').textContent === name);
  const option = echarts.getInstanceByDom(chart.querySelector('.canvas')).getOption();
  return option.series.map(one => one.data.map(point => point.value)); }"""
CELLS = """name => { const all = Array.from(document.querySelectorAll('[data-chart]'));
  const chart = all.find(one => one.querySelector('h2').textContent === name);
  return Array.from(chart.querySelectorAll('tbody tr')).map(row =>
    Array.from(row.querySelectorAll('td')).map(cell => parseFloat(cell.textContent) || 0)); }"""


@pytest.fixture
def late(world):
    """What is overdue and what is to be done: hazards of a firm, a task of two townships, letters, proposals."""
    for n in range(8):
        world.hazard(description=f"第{n}条重大隐患", level="major", criterion_note="第三条",
                     due=world.day + dt.timedelta(days=1), industry_id=world["trade"])
    tasks.task(world, due=world.day + dt.timedelta(days=1))
    letters.bring(world, "in_hand")
    world.move_to(world.day + dt.timedelta(days=9))
    letters.bring(world, "issued")
    facts.look(world)
    return world


def test_charts_come_after_the_page_and_say_what_their_tables_say(person, late):
    office = person("office")
    page = office.open("/").page
    expect(page.locator("#turn")).to_be_visible()
    expect(page.locator(".canvas canvas").first).to_be_visible()
    office.open("/overview/charts")
    expect(page.locator(".canvas canvas").last).to_be_visible()
    names = page.locator("[data-chart] h2").all_inner_texts()
    assert {name.partition("：")[0] for name in names} == {"问题隐患", "重点任务", "函件"}
    for name in names:
        cells, drawn = page.evaluate(CELLS, name), page.evaluate(SERIES, name)
        assert drawn == [[row[n] for row in cells] for n in ((2,) if name.endswith("按期率") else (0, 1))], name
        assert any(any(row) for row in cells) or name == "函件：按期率", name  # no answer was due yet


def test_a_number_of_a_unit_opens_its_rows(person, late):
    page = person("office").open("/").page
    row = page.locator(".by-unit tr", has_text="凤城镇").filter(has=page.locator("a[href^='/hazards']"))
    row.locator("a.hot").first.click()
    page.wait_for_url("**/hazards/**unit=*")
    expect(page.locator("#rows tbody tr")).to_have_count(8)


def test_the_next_verb_is_done_in_place(person, late):
    """From the line to its form and back, on a desk without leaving the page."""
    page = person("fengcheng").open("/").page
    page.locator("#turn").get_by_role("link", name="签收").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="签收").click()
    expect(page.locator(".alert-success")).to_contain_text("签收：已办理")
    assert page.url.endswith("/"), "the next one waits there"


def test_on_a_phone_the_verb_is_at_the_thumb(browse, late):
    from tests.browser.people import Person

    someone = Person(browse(PHONE), "fengcheng").sign_in()
    someone.open("/")
    assert someone.sideways() <= 0
    verb = someone.page.locator("#turn .btn-verb").first.bounding_box()
    assert verb["x"] > PHONE["width"] / 2 and verb["height"] >= 36


@pytest.mark.parametrize("username", ["leader", "fengcheng"])
def test_the_leaders_sheet_is_one_screen_and_one_sheet_of_paper(person, late, username):
    someone = person(username, DESK)
    page = someone.open("/overview/").page
    expect(page.locator(".canvas canvas").last).to_be_attached()
    expect(page.get_by_role("heading", name="逾期的重大隐患")).to_be_visible()
    assert page.locator(".figures").count() >= 4 and page.locator(".turn").count() == 5, "a full one"
    assert page.evaluate("document.documentElement.scrollHeight") <= DESK["height"]
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    width, height = (float(side) for side in re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", paper).groups())
    assert abs(width - 595) < 2 and abs(height - 842) < 2, "A4, upright"
