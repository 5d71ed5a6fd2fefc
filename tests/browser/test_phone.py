"""A hazard registered on a phone: pictures first, few taps, and a lost connection loses nothing and doubles nothing."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person, losing_answers
from tests.casework.support import rows
from tests.hazards.http import registered
from tests.support.browser import PHONE
from tests.support.factories import picture

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

WORDS = "配电室门口堆放纸箱"


@pytest.fixture
def inspector(person, world, enter):
    """On the quick page, in a unit where this person has registered one before."""
    registered(world, enter("yingji"), method="随机抽查")
    return come(person("yingji", PHONE))


def come(who: Person) -> Person:
    who.open("/hazards/quick")
    expect(who.page.locator("form[data-ready]")).to_be_visible()
    return who


def photographed(who: Person, *colours: str) -> None:
    """One picture after the other, as a camera gives them."""
    for colour in colours:
        taken = {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": picture(colour, size=(60, 40))}
        who.page.locator("#photos").set_input_files(taken)
    expect(who.page.locator("[data-photos] img")).to_have_count(len(colours))


def filled_in(who: Person, words: str = WORDS) -> None:
    photographed(who, "red", "blue")
    who.page.locator("[data-pick]").first.click()
    who.page.locator("#description").fill(words)
    who.page.get_by_text("7天").click()


def press(who: Person) -> None:
    who.page.locator("button[name=issue]").click()


def there(world, words: str = WORDS) -> list[tuple]:
    """Id and number of pictures of each hazard of these words."""
    return rows(world, "SELECT h.id, (SELECT count(*) FROM attachments a WHERE a.case_id = h.id) FROM hazards h "
                       f"WHERE h.description = '{words}' ORDER BY h.id")


KEPT = """() => new Promise(yes => { indexedDB.open("zhualuoshi").onsuccess = e => {
  e.target.result.transaction("drafts").objectStore("drafts").getAll().onsuccess = all => yes(JSON.stringify(
    all.target.result.map(d => d.fields))); }; })"""


def until(page, holds) -> None:
    for _turn in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never was so")


def one_with_both_pictures(world) -> int:
    (hazard_id, pictures), = there(world)
    assert pictures == 2
    return hazard_id


def unsent(who: Person):
    return who.page.locator("[data-unsent]")


def told(who: Person, words: str) -> None:
    """Why it waits; the other reasons stand in the page, too, unseen."""
    expect(unsent(who).get_by_text(words)).to_be_visible()


def test_a_few_taps_make_a_hazard(inspector, world):
    """Two pictures, the enterprise of last time, words, a deadline, sent: what is usual fills the rest."""
    filled_in(inspector)
    press(inspector)
    expect(inspector.page.locator(".case-now")).to_be_visible()
    hazard = world.read(one_with_both_pictures(world))
    assert (hazard.enterprise_id, hazard.rectifier_ids) == (world["firm"], [world["firm"]])
    assert (hazard.source, hazard.method, hazard.state) == ("enforcement", "随机抽查", "rectifying")
    assert hazard.inspecting_unit_id == world["yingji"] and hazard.inspectors
    assert hazard.due_words == "7日"


def test_the_network_is_cut_before_sending(inspector, world):
    filled_in(inspector)
    context = inspector.page.context
    context.set_offline(True)
    press(inspector)
    told(inspector, "没有网络")
    expect(unsent(inspector).locator("b")).to_have_text("未发送 1 条")
    assert there(world) == []
    expect(inspector.page.locator("#description")).to_have_value("")  # the next one may begin
    context.set_offline(False)
    expect(unsent(inspector)).to_be_hidden()
    one_with_both_pictures(world)
    come(inspector)
    expect(inspector.page.locator("[data-resumed]")).to_be_hidden()  # an empty form is nothing begun


def test_the_page_is_closed_without_a_network(inspector, world):
    """It waits in the phone, and goes from whatever page is opened next."""
    filled_in(inspector)
    context = inspector.page.context
    context.set_offline(True)
    press(inspector)
    told(inspector, "没有网络")
    inspector.page.close()
    context.set_offline(False)
    inspector.page = context.new_page()
    with inspector.page.expect_response(lambda r: r.request.method == "POST" and r.status == 201):
        inspector.open("/hazards/")
    expect(unsent(inspector)).to_be_hidden()
    one_with_both_pictures(world)


def test_the_answer_is_lost_after_the_server_has_saved(inspector, world):
    filled_in(inspector)
    page, lost = inspector.page, []

    def lose(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.fallback()

    page.route("**/hazards/quick", lose)
    press(inspector)
    told(inspector, "没有网络")
    assert lost == [201]
    unsent(inspector).get_by_role("button", name="立即发送").click()
    expect(unsent(inspector)).to_be_hidden()
    one_with_both_pictures(world)


def test_another_account_sees_and_sends_nothing(inspector, world):
    filled_in(inspector)
    page, context = inspector.page, inspector.page.context
    page.route("**/hazards/quick", lambda route: route.abort())
    press(inspector)
    told(inspector, "没有网络")
    page.unroute("**/hazards/quick")
    page.route("**/hazards/quick", lambda r: r.abort() if r.request.headers.get("accept") == "application/json"
               else r.fallback())
    context.clear_cookies()
    other = come(Person(page, "fengcheng").sign_in())
    page.unroute("**/hazards/quick")
    page.reload()
    expect(page.locator("form[data-ready]")).to_be_visible()
    expect(unsent(other)).to_be_hidden()
    expect(page.locator("#description")).to_have_value("")
    expect(page.locator("[data-photos] img")).to_have_count(0)
    assert there(world) == []
    context.clear_cookies()
    with page.expect_response(lambda r: r.request.method == "POST" and r.status == 201):
        Person(page, "yingji").sign_in()  # the account that typed it is back: it goes by itself
    one_with_both_pictures(world)


def test_the_session_ends_while_it_is_typed(inspector, world):
    filled_in(inspector)
    page = inspector.page
    page.wait_for_load_state("networkidle")  # an answer under way would bring the cookie back
    page.context.clear_cookies()
    press(inspector)
    told(inspector, "登录已失效")
    unsent(inspector).get_by_role("link", name="重新登录后自动发送").click()
    with page.expect_response(lambda r: r.request.method == "POST" and r.status == 201):
        inspector.log_in_here()
    one_with_both_pictures(world)


def test_what_is_refused_comes_back_with_its_pictures(inspector, world):
    filled_in(inspector)
    page = inspector.page
    page.get_by_text("重大", exact=True).click()  # owes a criterion
    press(inspector)
    expect(page.locator(".has-error .fault")).to_have_count(1)
    expect(page.locator("[data-photos] img")).to_have_count(2)
    page.reload()
    expect(page.locator(".has-error .fault")).to_have_count(1)
    expect(page.locator("[data-photos] img")).to_have_count(2)
    page.locator("#criterion_note").fill("第三条")
    press(inspector)
    expect(page.locator(".case-now")).to_be_visible()
    one_with_both_pictures(world)


def test_what_was_begun_is_back_after_the_page_was_closed(inspector, world):
    page = inspector.page
    filled_in(inspector)
    page.locator("#place").fill("一车间")
    until(page, lambda: "一车间" in page.evaluate(KEPT))  # a moment after the last key
    page.reload()
    expect(page.locator("[data-resumed]")).to_be_visible()
    expect(page.locator("#description")).to_have_value(WORDS)
    expect(page.locator("[data-photos] img")).to_have_count(2)
    press(inspector)
    expect(page.locator(".case-now")).to_be_visible()
    assert world.read(one_with_both_pictures(world)).place == "一车间"


def test_the_full_form_takes_over_what_was_typed(inspector, world):
    page = inspector.page
    filled_in(inspector)
    page.get_by_role("link", name="完整表格").click()
    expect(page.locator("#measures")).to_be_visible()
    expect(page.locator("#description")).to_have_value(WORDS)
    expect(page.locator("[data-previews] img")).to_have_count(2)
    page.locator("#measures").fill("立即清理")
    press(inspector)
    expect(page.locator(".case-now")).to_be_visible()
    assert world.read(one_with_both_pictures(world)).due_words == "7日"
    come(inspector)
    expect(page.locator("[data-resumed]")).to_be_hidden()


def test_who_logs_out_is_told_what_is_not_sent(inspector):
    page = inspector.page
    filled_in(inspector)
    page.route("**/hazards/quick", lambda route: route.abort())
    press(inspector)
    told(inspector, "没有网络")
    page.locator("details.menu summary").last.click()
    page.get_by_role("button", name="退出").click()
    expect(page.locator("dialog")).to_contain_text("还有没发送的内容")
    page.get_by_role("button", name="取消").click()
    expect(unsent(inspector)).to_be_visible()


def test_an_enterprise_reports_itself_on_its_phone(person, world):
    firm = come(person("firm", PHONE))
    photographed(firm, "red", "blue")
    firm.page.locator("#description").fill(WORDS)
    firm.page.get_by_text("立行立改").click()
    press(firm)
    expect(firm.page.locator(".case-now")).to_be_visible()
    hazard = world.read(one_with_both_pictures(world))
    assert (hazard.source, hazard.enterprise_id) == ("self_report", world["firm"])


def test_the_full_form_put_back_is_still_the_same_form(person, world):
    """The answer was lost, the page opened anew: what is put back carries its key, and makes no second record."""
    clerk = person("yingji")
    page = clerk.open("/hazards/new").page
    clerk.choose("企业", "试验", "试验铸造厂")
    page.locator("#source").select_option("enforcement")
    page.locator("#description").fill(WORDS)
    page.locator("#due").fill("2026-04-19")
    page.route("**/hazards/new", losing_answers([]))
    press(clerk)
    until(page, lambda: there(world))
    until(page, lambda: page.url.startswith("chrome-error"))  # the browser's page of the lost answer
    page.unroute("**/hazards/new")
    clerk.open("/")
    told(clerk, "登记隐患")
    unsent(clerk).get_by_role("link", name="打开").click()
    expect(page.locator("#description")).to_have_value(WORDS)
    press(clerk)
    expect(page.locator(".case-now")).to_be_visible()
    assert len(there(world)) == 1
