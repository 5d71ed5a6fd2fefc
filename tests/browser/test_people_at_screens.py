"""What happens to people: the session ends while they type, somebody is quicker, no mouse, many rows at once."""

import pytest
from playwright.sync_api import expect

from app.hazards.states import HazardState
from tests.support.browser import PHONE, wait_until_kept

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


def typed(clerk) -> None:
    clerk.open("/hazards/new")
    clerk.choose("企业", "铸造", "试验铸造厂")
    clerk.fill(来源="帮扶指导", 问题隐患描述="气瓶间通风不良", 整改期限至="2026-04-01", 部位或场所="气瓶间")
    clerk.page.get_by_text("重大", exact=True).click()
    clerk.fill(判定依据条款="第五条")


@pytest.mark.parametrize("size", [None, PHONE])
def test_the_session_ends_while_somebody_types(person, size):
    """Log in again, the same form with its content; then it is sent as if nothing had happened."""
    clerk = person("yingji", *([size] if size else []))
    typed(clerk)
    clerk.page.wait_for_load_state("networkidle")  # an answer under way would bring the cookie back
    clerk.page.context.clear_cookies()
    clerk.page.get_by_role("button", name="保存并下达整改").click()
    expect(clerk.page.get_by_label("密码")).to_be_visible()
    clerk.log_in_here()
    expect(clerk.page).to_have_url("/hazards/new")
    expect(clerk.page.locator("[data-restored]")).to_be_visible()
    assert clerk.field("问题隐患描述").input_value() == "气瓶间通风不良"
    assert clerk.field("企业").input_value() == "试验铸造厂"
    assert clerk.field("判定依据条款").input_value() == "第五条"
    clerk.page.get_by_role("button", name="保存并下达整改").click()
    expect(clerk.page.locator(".case-head h1")).to_have_text("气瓶间通风不良")
    assert clerk.state() == "待整改"
    expect(clerk.page.locator(".case-now")).to_contain_text("试验铸造厂")  # nobody else was named
    clerk.open("/hazards/new")
    expect(clerk.page.locator("[data-restored]")).to_be_hidden()


def test_another_person_does_not_find_what_was_typed(person, browse):
    clerk = person("yingji")
    typed(clerk)
    wait_until_kept(clerk.page)
    clerk.page.wait_for_load_state("networkidle")  # an answer under way would bring the cookie back
    clerk.page.context.clear_cookies()
    clerk.username = "fengcheng"
    clerk.sign_in().open("/hazards/new")
    assert clerk.field("问题隐患描述").input_value() == ""


def test_all_that_is_missing_is_told_at_once(person):
    """Not one fault after the other; each is a link to its field."""
    clerk = person("yingji").open("/hazards/new")
    clerk.page.get_by_role("button", name="保存并下达整改").click()
    told = clerk.page.get_by_role("alert").get_by_role("link")
    assert set(told.all_inner_texts()) >= {"来源", "问题隐患描述", "整改期限至"}
    told.filter(has_text="整改期限至").click()
    expect(clerk.field("整改期限至")).to_be_in_viewport()


def test_two_people_at_once(person, world):
    """The second is told 已被他人处理 and sees the page as it is now."""
    address = f"/hazards/{world.bring_to(HazardState.AWAITING_RECHECK)}"
    first, second = person("yingji").open(address), person("yingji_head").open(address)
    with second.verb("复查不通过") as theirs:
        second.fill(theirs, 复查意见="仍不合格")
        with first.verb("复查通过") as ours:
            first.fill(ours, 复查意见="合格")
        first.succeeded("复查通过")
    expect(second.page.locator(".alert")).to_contain_text("已被他人处理")
    assert second.state() == "已销号"
    assert "复查不通过" not in second.offered()


def test_without_a_mouse(person, world):
    """A choice by its first letters, a verb in its dialog: by keys alone."""
    clerk = person("yingji").open("/hazards/new")
    keys, box = clerk.page.keyboard, clerk.field("企业")
    box.focus()
    keys.type("建筑")
    expect(clerk.page.locator("[role=listbox] [role=option]")).to_have_count(1)
    keys.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant")
    keys.press("Enter")
    expect(box).to_have_value("试验建筑公司")
    assert clerk.chosen("enterprise_id") == [world["firm2"]]
    box.fill("没有这家")
    expect(clerk.page.get_by_text("没有找到")).to_be_visible()
    assert clerk.chosen("enterprise_id") == [], "typed words are not a choice"

    clerk.open(f"/hazards/{world.bring_to(HazardState.AWAITING_RECHECK)}")
    link = clerk.page.locator(".case-verbs").get_by_role("link", name="复查通过")
    link.focus()
    keys.press("Enter")
    dialog = clerk.page.get_by_role("dialog")
    expect(dialog.get_by_label("复查意见")).to_be_focused()
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(link).to_be_focused()
    keys.press("Enter")
    expect(dialog.get_by_label("复查意见")).to_be_focused()
    keys.type("合格")
    dialog.get_by_role("button", name="复查通过").press("Enter")
    clerk.succeeded("复查通过")


def test_search_as_you_type_on_a_phone(person, world):
    clerk = person("fengcheng", PHONE).open("/hazards/new")
    clerk.choose("企业", "商店", "试验商店")
    assert clerk.chosen("enterprise_id") == [world["firm3"]]
    clerk.choose("整改单位", "试验", "试验商店")
    clerk.choose("整改单位", "住建", "住建局")
    clerk.page.get_by_role("button", name="试验商店").click()  # taken out again
    assert clerk.chosen("rectifiers") == [world["zhujian"]]


def test_many_rows_at_once(person, world):
    """Each row on its own; what was not done is told with its reason."""
    for state in (HazardState.AWAITING_RECHECK, HazardState.AWAITING_RECHECK, HazardState.RECTIFYING):
        world.bring_to(state)
    clerk = person("yingji").open("/hazards/")
    clerk.page.get_by_label("全选本页").check()
    expect(clerk.page.locator(".bulkbar")).to_contain_text("3")
    clerk.page.locator(".bulkbar").get_by_role("button", name="复查通过").click()
    clerk.fill(复查意见="现场核实，合格")
    clerk.page.get_by_role("button", name="复查通过").click()
    expect(clerk.page.locator(".alert")).to_contain_text("成功 2，未办 1")
    expect(clerk.page.locator("table")).to_contain_text("YH-2026-0003")
    clerk.page.get_by_role("link", name="回到清单").click()
    expect(clerk.page.locator("#rows")).to_contain_text("已销号")


def three_chosen(clerk, world) -> None:
    for _ in range(3):
        world.hazard("yingji")
    clerk.open("/hazards/?source=enforcement")
    clerk.page.get_by_label("全选本页").check()


def test_the_session_ends_before_many_rows_are_handled(person, world):
    """Back at the form for many, its rows and words there; then back to the list as it was filtered."""
    clerk = person("yingji")
    three_chosen(clerk, world)
    clerk.page.locator(".bulkbar").get_by_role("button", name="催办").click()
    clerk.page.locator("textarea").fill("请今日内报送整改情况")
    clerk.page.wait_for_load_state("networkidle")  # an answer under way would bring the cookie back
    clerk.page.context.clear_cookies()
    clerk.page.get_by_role("button", name="催办").click()
    expect(clerk.page.locator("[data-kept]")).to_contain_text("登录后还在表单里")
    clerk.log_in_here()
    expect(clerk.page.locator(".chosen li")).to_have_count(3)
    expect(clerk.page.locator("[data-restored]")).to_be_visible()
    expect(clerk.page.locator("textarea")).to_have_value("请今日内报送整改情况")
    clerk.page.get_by_role("button", name="催办").click()
    expect(clerk.page.locator(".alert")).to_contain_text("成功 3")
    assert clerk.page.get_by_role("link", name="回到清单").get_attribute("href") == "/hazards/?source=enforcement"


def test_the_session_ends_while_rows_are_ticked(person, world):
    """Nothing was typed, and nothing is promised; the rows are still chosen."""
    clerk = person("yingji")
    three_chosen(clerk, world)
    clerk.page.wait_for_load_state("networkidle")  # an answer under way would bring the cookie back
    clerk.page.context.clear_cookies()
    clerk.page.locator(".bulkbar").get_by_role("button", name="催办").click()
    expect(clerk.page.locator(".alert-warning")).to_contain_text("登录已过期")
    expect(clerk.page.locator("[data-kept]")).to_be_hidden()
    clerk.log_in_here()
    expect(clerk.page.locator(".chosen li")).to_have_count(3)
