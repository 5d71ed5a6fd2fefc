"""A month of the ledger as the clerk, her reviewer and the county office do it at their screens, and the roll-up."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE
from tests.support.submission_factories import on, open_all

pytestmark = pytest.mark.browser
TITLE = "2026年3月问题隐患整改清单"


@pytest.fixture
def march(world):
    """One hazard of March; the month was opened on the first of April."""
    on(world, "03-20").hazard(happened_on=dt.date(2026, 3, 10))
    open_all(on(world, "04-02"))


def freeze(clerk) -> None:
    """From the workbench, in two clicks: her name and number stand there already."""
    clerk.open("/")
    clerk.page.locator("#turn").get_by_role("link", name=TITLE).click()
    with clerk.verb("报送") as form:
        clerk.fill(form, 审核人="李审核")
    clerk.succeeded("报送")
    assert clerk.state() == "已报待审核"


def test_a_month_frozen_returned_approved_and_rolled_up(march, person):
    clerk, head, office = person("yingji"), person("yingji_head"), person("office")
    freeze(clerk)
    head.open("/")
    head.page.locator("#turn").get_by_role("link", name=TITLE).click()
    expect(head.page.locator("#freeze-1")).to_contain_text("配电箱无漏电保护")
    with head.verb("退回") as form:
        head.fill(form, 理由="请补填整改措施")
    head.succeeded("退回")
    freeze(clerk)
    head.open("/")
    head.page.locator("#turn").get_by_role("link", name=TITLE).click()
    with head.verb("审核通过"):
        pass
    head.succeeded("审核通过")
    assert head.state() == "已审"
    with head.page.expect_download() as waiting:
        head.page.get_by_role("link", name="打印、保存封存的表").first.click()
    assert waiting.value.suggested_filename.endswith(".xlsx")
    office.open("/submissions/")
    expect(office.page.locator("#units")).to_contain_text("已审")
    office.page.get_by_role("button", name="一键催办未报单位").click()
    expect(office.page.locator("#units")).to_contain_text("已催办1次")
    listed_and_chased(office)
    office.page.get_by_role("link", name="统计汇总").first.click()
    figure = office.page.locator("tr.total a").first
    expect(figure).to_have_text("1")
    figure.click()
    expect(office.page.locator("tbody tr")).to_have_count(1)


def listed_and_chased(office) -> None:
    """From a number to its rows; by keys from row to row, two ticked, chased with one form."""
    office.open("/submissions/")
    number = office.page.locator(".figures a", has_text="未报").first
    count = int(number.locator("b").inner_text())
    number.click()
    rows = office.page.locator("#rows tbody tr")
    expect(rows).to_have_count(count)
    expect(office.page.locator("[data-keys-help]")).to_be_visible()  # the page takes its keys
    for key in "jxjx":
        office.page.keyboard.press(key)
    expect(office.page.locator(".bulkbar [data-count]")).to_have_text("2")
    office.page.locator(".bulkbar").get_by_role("button", name="催办").click()
    expect(office.page.locator("main")).to_contain_text("凤城镇")
    office.page.locator("main").get_by_role("button", name="催办").click()
    office.page.get_by_role("link", name="回到清单").first.click()
    expect(office.page.locator("#rows").get_by_text("已催办2次")).to_have_count(2)


def test_the_same_on_a_phone(march, person):
    clerk, office = person("yingji", PHONE), person("office", PHONE)
    freeze(clerk)
    clerk.page.get_by_role("link", name="1", exact=True).first.click()
    expect(clerk.page.locator(".frozen tbody tr")).to_have_count(1)
    for who, path in ((clerk, "/submissions/"), (clerk, "/roll_up/"), (office, "/submissions/"),
                      (office, "/submissions/?show=wanting")):
        who.open(path)
        assert who.sideways() <= 0, path
    expect(office.page.locator("#rows tbody tr").first).to_contain_text("催办")
