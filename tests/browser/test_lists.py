"""A list as a person makes it hers: sorted by its heads, filters kept, columns chosen, rows gone through with keys."""

import datetime as dt
import os

import pytest
from playwright.sync_api import expect

from tests.support import letter_factories as letters
from tests.support.axe import violations
from tests.support.browser import PHONE
from tests.support.occasion_factories import occasion

pytestmark = pytest.mark.one_database
LOOK = os.environ.get("LOOK_AT")  # a folder for pictures of what is tested


def looked(page, name: str) -> None:
    if LOOK:
        page.screenshot(path=f"{LOOK}/{name}.png", full_page=True)


@pytest.fixture
def rows(world):
    """Three hazards, due one after the other, entered the other way round."""
    return [world.hazard(description=f"第{n}处线路破损", due=world.day + dt.timedelta(days=n), place=f"{n}号车间")
            for n in (30, 20, 10)]


def titles(page) -> list[str]:
    return page.locator("#rows .what").all_inner_texts()


def test_a_click_on_a_head_sorts_and_another_turns_it_round(person, rows):
    page = person("yingji").open("/hazards/").page
    head = page.locator("th:has-text('整改时限')")
    head.locator("a").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert "第10" in titles(page)[0] and "第30" in titles(page)[2]
    looked(page, "sorted")
    head.locator("a").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    assert "第30" in titles(page)[0]
    page.reload()  # the address says it
    assert "第30" in titles(page)[0]


def test_a_filter_is_named_opens_the_list_and_is_removed(person, rows):
    clerk = person("yingji").open("/hazards/?due=soon&state=rectifying")
    page = clerk.page
    page.click(".kept >> text=保存这个筛选")
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("button", name="保存").click()
    assert page.is_visible("text=请填写")  # without a name: told at the field, on a page of its own
    page.get_by_label("名称").fill("快到期的")
    page.get_by_label("打开清单时先用它").check()
    looked(page, "naming")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".kept-one[aria-current]")).to_contain_text("快到期的")
    page.locator(".sidenav").get_by_role("link", name="问题隐患整改清单").click()
    page.wait_for_url("**/hazards/?**due=soon**")
    looked(page, "opened")
    page.locator(".nav-tabs").get_by_role("link", name="全部").click()
    page.click(".filters >> text=清空")
    page.wait_for_url("**/hazards/?state=all")  # everything is still a click away
    assert len(titles(page)) == 3
    page.click(".kept-one")
    page.click(".kept >> text=改名、移除")
    page.locator("dialog[open]").get_by_role("button", name="移除").click()
    expect(page.locator(".kept-one")).to_have_count(0)


def test_columns_are_chosen_and_come_back(person, rows):
    page = person("yingji").open("/hazards/").page
    page.click("summary:has-text('选列')")
    looked(page, "columns")
    menu = page.locator(".column-menu")
    menu.get_by_label("部位或场所").check()
    menu.get_by_label("整改单位").uncheck()
    menu.get_by_role("button", name="应用").click()
    expect(page.locator("td:has-text('20号车间')")).to_be_visible()
    expect(page.locator("#rows .c-unit").nth(1)).to_be_hidden()
    looked(page, "chosen")
    page.set_viewport_size(PHONE)
    assert page.is_visible("#rows td.c-unit >> nth=0")  # a card is a card
    assert not page.is_visible("td:has-text('20号车间')")
    looked(page, "phone")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.click("summary:has-text('选列')")
    menu.get_by_role("button", name="恢复默认").click()
    expect(page.locator("td:has-text('20号车间')")).to_have_count(0)
    assert page.is_visible("#rows td.c-unit >> nth=0")


def test_rows_are_gone_through_with_keys_alone(person, rows):
    page = person("yingji").open("/hazards/").page
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    looked(page, "keys")
    assert page.locator("tr.selected").count() == 1
    assert page.locator("#rows tbody tr").nth(1).locator(".action_check").is_checked()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(page.locator("#rows .what").nth(0)).to_be_focused()
    page.keyboard.press("?")
    looked(page, "help")
    expect(page.locator("dialog[open]")).to_contain_text("下一行")
    page.keyboard.press("j")  # in a dialog it is no key
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("jx?")  # typed is typed
    assert page.locator(".filters .keyword").input_value() == "jx?"
    page.locator(".filters .keyword").fill("")
    page.locator("#rows .what").nth(0).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/hazards/{rows[2]}")


def test_keys_can_be_turned_off(person, rows):
    page = person("yingji").open("/hazards/").page
    page.get_by_role("button", name="快捷键").click()
    page.get_by_label("在这个浏览器里使用这些快捷键").uncheck()
    page.get_by_role("button", name="关闭").click()
    page.keyboard.press("j")
    assert page.locator("#rows tr:focus-within").count() == 0
    page.reload()
    page.keyboard.press("?")
    assert page.locator("dialog").count() == 0


def test_on_a_phone_the_order_is_chosen_among_the_filters(browse, world, rows):
    from tests.browser.people import Person

    page = Person(browse(PHONE), "yingji").sign_in().open("/hazards/?q=破损").page
    looked(page, "phone-filtered")
    page.click("label:has-text('筛选')")
    page.get_by_label("排序").select_option(label="整改时限，升序")
    looked(page, "phone-filters")
    page.click(".filters >> text=查询")
    assert "第10" in titles(page)[0]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture
def measures(world):
    """Two letters sent one after the other, and what they rest on."""
    letters.bring(world, "issued", title="关于燃气的督办函")
    occasion(world, title="关于燃气的批示")
    world.move_to(world.day + dt.timedelta(days=1))
    letters.bring(world, "in_hand", title="关于消防的督办函", type="reminder")
    occasion(world, title="关于消防的批示", happened_on=world.day)


@pytest.mark.parametrize(("path", "who", "day"), [
    ("/letters/", "office", "签发日期"), ("/deliveries/", "fengcheng", "发函单位、日期"),
    ("/occasions/", "office", "日期")])
def test_lists_of_measures_are_made_hers_too(person, measures, path, who, day):
    clerk = person(who).open(path)
    page = clerk.page
    page.locator(f"th:has-text('{day}') a").last.click()  # the newest first
    expect(page.locator("#rows .what").first).to_contain_text("消防")
    page.locator(f"th:has-text('{day}') a").last.click()
    expect(page.locator("#rows .what").first).to_contain_text("燃气")
    assert len(titles(page)) == 2
    page.wait_for_load_state("load")  # whose script takes the keys
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#rows .what").nth(1)).to_be_focused()
    page.click(".kept >> text=保存这个筛选")
    page.locator("dialog[open]").get_by_label("名称").fill("先来先看")
    page.locator("dialog[open]").get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".kept-one[aria-current]")).to_contain_text("先来先看")
    page.click("summary:has-text('选列')")
    page.locator(".column-menu").get_by_label("状态自").check()
    page.locator(".column-menu").get_by_role("button", name="应用").click()
    expect(page.locator("th.c-since")).to_be_visible()
    looked(page, path.strip("/"))
    assert clerk.sideways() <= 0 and not violations(page)
    page.set_viewport_size(PHONE)
    assert clerk.sideways() <= 0 and not violations(page)
    assert page.is_visible("#rows .what >> nth=1") and not page.is_visible("td.c-since >> nth=0")
    looked(page, path.strip("/") + "-phone")


def test_all_of_it_works_without_script(person, rows, chromium, live_url):
    signed = person("yingji").page.context.storage_state()
    plain = chromium.new_context(base_url=live_url, java_script_enabled=False, storage_state=signed)
    try:
        page = plain.new_page()
        page.goto("/hazards/?level=general")
        page.click("th a:has-text('检查')")
        page.click(".kept >> text=保存这个筛选")
        page.get_by_label("名称").fill("一般的")
        page.get_by_role("button", name="保存", exact=True).click()
        expect(page.locator(".kept-one[aria-current]")).to_contain_text("一般的")
        page.click("summary:has-text('选列')")
        page.get_by_label("整改责任人").check()
        page.get_by_role("button", name="应用").click()
        assert page.is_visible("th:has-text('整改责任人')")
        assert not page.is_visible("text=快捷键")
    finally:
        plain.close()
