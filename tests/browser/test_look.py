"""What the pages do beyond links and forms: typed text survives, days and names are found, nothing sticks out."""

import pytest

from app.hazards.states import HazardState
from tests.support.browser import PHONE, wait_until_kept
from tests.support.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


def sign_in(page, username: str) -> None:
    page.goto("/login/")
    sign_in_here(page, username)


def sign_in_here(page, username: str = "yingji") -> None:
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("button:has-text('登录')")
    page.wait_for_url(lambda url: "/login/" not in url)


def sign_out(page) -> None:
    page.click("[aria-label$='您的账号']")
    page.click("text=退出登录")
    page.wait_for_url("**/login/**")


def find(page, field: str, words: str, name: str) -> None:
    """Type into a search-as-you-type field and take the row called `name`."""
    page.fill(f"#{field}", words)
    page.click(f"#{field}-list [role=option]:has-text('{name}')")


def assert_fits(page) -> None:
    """Nothing sticks out to the side."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


@pytest.fixture
def yingji(world, page):
    sign_in(page, "yingji")
    return page


def test_typed_text_survives_an_ended_session(yingji):
    page = yingji
    page.goto("/hazards/new")
    page.fill("#description", "二层配电间堆放杂物")
    find(page, "rectifiers", "铸造", "试验铸造厂")
    page.click("text=立行立改")
    page.wait_for_load_state("networkidle")  # an answer under way would bring the cookie back
    page.context.clear_cookies()
    page.click("text=存为草稿")
    page.wait_for_url("**/login/?next=/hazards/new")
    page.wait_for_selector("text=登录已过期")
    sign_in_here(page)
    assert page.url.endswith("/hazards/new")
    page.wait_for_selector("text=您上次填的内容已恢复")
    assert page.input_value("#description") == "二层配电间堆放杂物"
    assert page.is_visible(".chip:has-text('试验铸造厂')")
    assert page.is_checked("input[name=due_kind][value=immediate]")


def test_another_user_of_the_same_computer_sees_nothing_of_it(yingji):
    page = yingji
    page.goto("/hazards/new")
    page.fill("#description", "只给自己看的")
    wait_until_kept(page)
    sign_out(page)
    sign_in(page, "zhujian")
    page.goto("/hazards/new")
    assert page.input_value("#description") == ""
    assert page.evaluate("Object.keys(sessionStorage).length") == 0


def test_what_was_saved_is_not_put_back(yingji):
    page = yingji
    page.goto("/hazards/new")
    page.fill("#description", "三楼应急灯不亮")
    page.select_option("#source", "enforcement")
    find(page, "rectifiers", "铸造", "试验铸造厂")
    page.click("text=立行立改")
    page.click("text=存为草稿")
    page.wait_for_selector("h1:has-text('三楼应急灯不亮')")
    page.goto("/hazards/new")
    assert page.input_value("#description") == ""
    assert not page.is_visible("[data-restored]")


def test_faults_keep_what_was_typed_and_lead_to_the_field(yingji):
    page = yingji
    page.goto("/hazards/new")
    page.fill("#place", "一车间")
    page.click("text=保存并下达整改")
    page.wait_for_selector("[role=alert]")
    assert page.input_value("#place") == "一车间"
    page.click("[role=alert] a:has-text('问题隐患描述')")
    described = page.get_attribute("#description", "aria-describedby").split()
    assert page.get_attribute("#description", "aria-invalid") == "true"
    assert all(page.locator(f"#{each}").count() == 1 for each in described)


def test_a_day_may_be_typed_as_people_write_it_or_picked(yingji):
    page = yingji
    page.goto("/hazards/new")
    for typed in ("2026.3.5", "2026年3月5日", "2026/3/5", "20260305"):
        page.fill("#happened_on", typed)
        page.keyboard.press("Tab")
        assert page.input_value("#happened_on") == "2026-03-05"
    page.click("#happened_on")
    assert page.is_visible(".calendar >> text=2026年3月")
    page.click(".calendar [data-step='1']")
    page.click(".calendar [data-day='2026-04-10']")
    assert page.input_value("#happened_on") == "2026-04-10"
    assert not page.is_visible(".calendar")


def test_names_are_found_with_the_keyboard_alone(yingji):
    page = yingji
    page.goto("/hazards/new")
    page.focus("#enterprise_id")
    page.keyboard.type("试验")
    page.wait_for_selector("#enterprise_id-list [role=option]")
    page.keyboard.press("ArrowDown")
    chosen = page.get_attribute("#enterprise_id", "aria-activedescendant")
    name = page.inner_text(f"#{chosen}")
    page.keyboard.press("Enter")
    assert name.startswith(page.input_value("#enterprise_id"))
    assert page.locator(".chips input[name=enterprise_id]").input_value().isdecimal()
    page.keyboard.type("x")
    assert page.locator(".chips input[name=enterprise_id]").count() == 0


def test_a_verb_opens_in_a_dialog_and_without_script_as_a_page(world, yingji, chromium, live_url):
    hazard_id = world.bring_to(HazardState.AWAITING_RECHECK)
    page = yingji
    page.goto(f"/hazards/{hazard_id}")
    page.click("text=复查不通过")
    page.wait_for_selector("dialog[open] textarea")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    plain = chromium.new_context(base_url=live_url, java_script_enabled=False,
                                 storage_state=page.context.storage_state())
    try:
        other = plain.new_page()
        other.goto(f"/hazards/{hazard_id}")
        other.click("text=复查不通过")
        other.fill("textarea[name=opinion]", "仍缺一处")
        other.click("button:has-text('复查不通过')")
        assert other.is_visible("text=第2轮整改")
    finally:
        plain.close()


def test_selected_rows_get_one_form_and_a_reckoning(world, yingji):
    for _ in range(2):
        world.bring_to(HazardState.RECTIFYING)
    page = yingji
    page.goto("/hazards/")
    assert not page.is_visible(".bulkbar")
    page.click(".action_check_all")
    page.click(".bulkbar >> text=催办")
    page.fill("textarea", "请抓紧")
    page.click("button:has-text('催办')")
    assert page.is_visible("text=成功 2，未办 0")


@pytest.mark.parametrize("username", ["yingji", "firm", "office", "admin", "auditor"])
def test_nothing_sticks_out_on_a_phone(world, browse, username):
    hazard_id = world.bring_to(HazardState.AWAITING_RECHECK)
    page = browse(PHONE)
    sign_in(page, username)
    paths = [f"/hazards/{hazard_id}", f"/hazards/{hazard_id}/do/fail_recheck", "/hazards/new"]
    page.goto("/")
    for link in page.locator(".sidenav a").all():
        paths.append(link.get_attribute("href"))
    for path in paths:
        page.goto(path)
        assert_fits(page)


def test_ledger_reads_as_cards_on_a_phone(world, browse):
    world.hazard()
    page = browse(PHONE)
    sign_in(page, "yingji")
    page.goto("/hazards/")
    card = page.locator("#rows tbody tr").first
    for part in (".c-no", ".c-what", ".c-unit", ".c-state", ".c-verb"):
        assert card.locator(part).is_visible()
    box = card.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.click("label:has-text('筛选')")
    assert page.is_visible("select[name=level]")


def test_pages_hold_under_a_strict_content_policy(app, world, yingji):
    """No inline script, no inline style, nothing from elsewhere."""
    hazard_id = world.bring_to(HazardState.AWAITING_RECHECK)
    page, refused = yingji, []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    for path in ("/", "/hazards/", "/hazards/new", f"/hazards/{hazard_id}", f"/hazards/{hazard_id}/do/fail_recheck"):
        answer = page.goto(path)
        assert "style=" not in page.content().split("<body", 1)[1].split("<template", 1)[0], path
        assert "onclick=" not in page.content(), path
        assert answer.ok, path
    assert not refused
