"""Search from the bar of any page: at a desk by the key "/", on a phone with the thumb."""

import pytest
from playwright.sync_api import expect

from tests.support import task_factories as tasks
from tests.support.axe import violations
from tests.support.browser import DESK, PHONE
from tests.support.submission_factories import open_all

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
BOX = "检索全部台账"


@pytest.fixture
def filled(world):
    for n in range(7):
        world.hazard(description=f"第{n}处氨罐旁灭火器失效，消防通道被堵", inspectors="王检查")
    world.hazard(description="配电室无人值守", place="消防水池旁的配电室")
    tasks.task(world, content="开展消防通道专项整治，打通生命通道")
    open_all(world)
    return world


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_from_any_page_to_the_case(person, filled, size):
    clerk = person("yingji", size)
    page = clerk.open("/roll_up/").page  # a list has a search of its own
    if size is DESK:
        page.keyboard.press("/")
        expect(page.get_by_label(BOX).and_(page.locator("input"))).to_be_focused()
        page.keyboard.type("消防")
        page.keyboard.press("Enter")
    else:
        box = page.get_by_label(BOX).and_(page.locator("input"))
        assert box.bounding_box()["width"] >= 80
        box.fill("消防")
        box.press("Enter")
    page.wait_for_url("**/search/?q=*")
    assert clerk.sideways() <= 0 and not violations(page)
    heads = page.locator(".found h2").all_inner_texts()
    assert heads[0] == "问题隐患整改清单" and page.locator(".found tbody tr").count() == 5
    expect(page.locator(".found mark").first).to_have_text("消防")
    page.get_by_role("link", name="全部 8 条").click()
    expect(page.locator("#rows tbody tr")).to_have_count(8)
    page.go_back()
    page.locator(".found tbody a").first.click()
    page.wait_for_url("**/hazards/*")


def test_a_slash_that_is_typed_stays_where_it_is(person, filled):
    page = person("yingji").open("/hazards/new").page
    page.get_by_label("问题隐患描述").first.fill("")
    page.keyboard.press("/")
    expect(page.get_by_label(BOX).and_(page.locator("input"))).not_to_be_focused()
    expect(page.get_by_label("问题隐患描述").first).to_have_value("/")


def test_nothing_found_says_what_to_do(person, filled):
    page = person("firm", PHONE).open("/search/?q=查无此词").page
    expect(page.get_by_role("heading", name="没有找到")).to_be_visible()
    assert not violations(page)
