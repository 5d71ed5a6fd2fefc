"""A case's forms on a phone: what is sent without a network waits there, goes by itself, once, and is never lost."""

import re

import pytest
from playwright.sync_api import expect

from app.hazards.states import HazardState
from tests.browser.people import Person, losing_answers
from tests.casework.support import rows
from tests.support import delivery_factories as deliveries
from tests.support import task_factories as tasks
from tests.support.browser import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
DONE, AGAIN = "已清走纸箱，划线禁放", "班前检查通道"


@pytest.fixture
def case(world) -> int:
    return world.bring_to(HazardState.RECTIFYING)


@pytest.fixture
def firm(person, case) -> Person:
    """Before the form that reports completion, all filled in, two pictures chosen."""
    return filled_in(person("firm", PHONE), case)


def filled_in(who: Person, case: int) -> Person:
    who.open(f"/hazards/{case}/do/claim")
    who.fill(整改完成情况=DONE, 防范重复发生的措施=AGAIN)
    who.attach("after_photos", "red", "blue")
    return who


def press(who: Person, title: str = "报告整改完成") -> None:
    who.page.locator("form[data-phone]").get_by_role("button", name=title, exact=True).click()


def offline(who: Person, off: bool = True) -> None:
    who.page.context.set_offline(off)


def waiting(who: Person):
    return who.page.locator("[data-unsent]")


def nothing_waits(who: Person) -> None:
    """The page has looked for it."""
    expect(waiting(who).locator("[data-count]")).to_have_text("0")
    expect(waiting(who)).to_be_hidden()


def told(who: Person, *words: str) -> None:
    for text in words:
        expect(waiting(who).get_by_text(text).first).to_be_visible()


def claims(world, case: int) -> list[tuple]:
    """Of each time it was reported: what was said, and how many pictures came along."""
    return rows(world, "SELECT r.progress, (SELECT count(*) FROM attachments a WHERE a.case_id = r.case_id AND "
                       f"a.purpose = 'after') FROM hazard_rounds r WHERE r.case_id = {case} AND r.progress IS NOT NULL")


def times_done(world, case: int, verb: str = "claim") -> int:
    (count,), = rows(world, f"SELECT count(*) FROM timeline_entries WHERE case_id = {case} AND verb = '{verb}'")
    return count


def once_with_both_pictures(world, case: int) -> None:
    assert claims(world, case) == [(DONE, 2)]
    assert times_done(world, case) == 1


def all_is_back(who: Person) -> None:
    expect(who.field("整改完成情况")).to_have_value(DONE)
    expect(who.field("防范重复发生的措施")).to_have_value(AGAIN)
    expect(who.page.locator("[data-previews] img")).to_have_count(2)


def gone(page) -> None:
    """Nobody is logged in any more, and no answer on its way says otherwise."""
    page.goto("about:blank")
    page.wait_for_load_state("networkidle")  # an answer under way would bring the cookie back
    page.context.clear_cookies()


# ── on a phone ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_with_a_network_it_is_as_ever(firm, world, case):
    press(firm)
    firm.succeeded("报告整改完成")
    expect(firm.page).to_have_url(re.compile(f"/hazards/{case}$"))
    once_with_both_pictures(world, case)
    nothing_waits(firm)


def test_without_a_network_it_waits_and_goes_by_itself(firm, world, case):
    offline(firm)
    press(firm)
    told(firm, "没有网络", "未发送 1 条", "报告整改完成")
    assert claims(world, case) == []
    offline(firm, False)
    firm.succeeded("报告整改完成")  # led to the case, as with a network
    once_with_both_pictures(world, case)
    nothing_waits(firm)


def test_the_page_is_closed_without_a_network(firm, world, case):
    """It waits in the phone, and goes from whatever page is opened next."""
    offline(firm)
    press(firm)
    told(firm, "没有网络")
    context = firm.page.context
    firm.page.close()
    offline(firm, False)
    firm.page = context.new_page()
    with firm.page.expect_response(lambda r: r.request.method == "POST" and r.status == 201):
        firm.open("/hazards/")
    nothing_waits(firm)
    once_with_both_pictures(world, case)


def test_the_answer_is_lost_after_the_server_has_done_it(firm, world, case):
    lost = []
    firm.page.route("**/do/claim", losing_answers(lost))
    press(firm)
    told(firm, "没有网络")
    assert lost == [201]
    firm.page.unroute("**/do/claim")
    with firm.page.expect_response(lambda r: r.request.method == "POST" and r.status == 201):
        firm.open(f"/hazards/{case}")
    nothing_waits(firm)
    firm.open("/")
    expect(firm.page.locator("main")).to_contain_text("已经办过了")
    once_with_both_pictures(world, case)


def test_somebody_else_changed_the_case_meanwhile(firm, world, case):
    """Refused in the server's words; the form as it is now, with what was filled in, and it can be sent."""
    offline(firm)
    press(firm)
    told(firm, "没有网络")
    world.do("yingji", "chase", case)
    offline(firm, False)
    expect(firm.page.get_by_role("alert")).to_contain_text("已被他人处理")
    all_is_back(firm)
    assert claims(world, case) == []
    press(firm)
    firm.succeeded("报告整改完成")
    once_with_both_pictures(world, case)
    nothing_waits(firm)


def test_what_can_no_longer_be_done_is_told_and_kept(firm, world, case):
    """From any page, until its owner lets it go."""
    offline(firm)
    press(firm)
    told(firm, "没有网络")
    world.do("firm", "claim", case)
    offline(firm, False)
    expect(firm.page).to_have_url(re.compile(f"/hazards/{case}$"))
    firm.open("/hazards/")
    told(firm, "报告整改完成", "已被他人处理")
    waiting(firm).locator("summary").click()
    told(firm, DONE, AGAIN)
    expect(waiting(firm).locator("details img")).to_have_count(2)
    firm.page.once("dialog", lambda dialog: dialog.accept())
    waiting(firm).get_by_role("button", name="不要这些内容").click()
    nothing_waits(firm)
    assert DONE not in [words for words, _pictures in claims(world, case)]


def test_what_is_refused_keeps_its_pictures(firm, world, case):
    firm.fill(防范重复发生的措施="")
    offline(firm)
    press(firm)
    told(firm, "没有网络")
    offline(firm, False)
    expect(firm.page.get_by_role("alert")).to_contain_text("防范重复发生的措施")
    expect(firm.page.locator(".has-error .fault")).to_have_count(1)
    firm.open("/")
    waiting(firm).get_by_role("link", name="打开").click()
    expect(firm.page.locator("[data-previews] img")).to_have_count(2)
    expect(firm.page.locator(".has-error .fault")).to_have_count(1)
    firm.fill(防范重复发生的措施=AGAIN)
    press(firm)
    firm.succeeded("报告整改完成")
    once_with_both_pictures(world, case)


def test_who_changed_her_mind_without_a_network_has_the_form_again(firm, world, case):
    offline(firm)
    press(firm)
    told(firm, "没有网络")
    firm.page.once("dialog", lambda dialog: dialog.accept())
    waiting(firm).get_by_role("button", name="不要这些内容").click()
    nothing_waits(firm)
    all_is_back(firm)
    press(firm)
    told(firm, "没有网络")
    offline(firm, False)
    firm.succeeded("报告整改完成")
    once_with_both_pictures(world, case)


def test_another_account_sees_and_sends_nothing(firm, world, case):
    page = firm.page
    page.route("**/do/claim", lambda route: route.abort())
    press(firm)
    told(firm, "没有网络")
    gone(page)
    page.unroute("**/do/claim")
    other = Person(page, "firm2").sign_in()
    other.open("/hazards/")
    nothing_waits(other)
    assert claims(world, case) == []
    gone(page)
    town = filled_in(Person(page, "fengcheng").sign_in(), case)  # may fill in for the enterprise: the same form
    nothing_waits(town)
    expect(town.page.locator("[data-previews] img")).to_have_count(2)
    gone(page)
    with page.expect_response(lambda r: r.request.method == "POST" and r.status == 201):
        Person(page, "firm").sign_in()  # the account that filled it in is back: it goes by itself
    once_with_both_pictures(world, case)


def test_the_session_ends_while_it_is_filled_in(firm, world, case):
    firm.page.wait_for_load_state("networkidle")  # an answer under way would bring the cookie back
    firm.page.context.clear_cookies()
    press(firm)
    told(firm, "登录已失效")
    waiting(firm).get_by_role("link", name="重新登录后自动发送").click()
    with firm.page.expect_response(lambda r: r.request.method == "POST" and r.status == 201):
        firm.log_in_here()
    once_with_both_pictures(world, case)


# ── every verb, not one ────────────────────────────────────────────────────────────────────────────────────────────
def sent_later(who: Person, title: str) -> None:
    offline(who)
    press(who, title)
    told(who, "没有网络", title)
    offline(who, False)
    who.succeeded(title)


def test_a_recheck_on_site(person, world):
    case = world.bring_to(HazardState.AWAITING_RECHECK)
    clerk = person("yingji", PHONE).open(f"/hazards/{case}/do/pass_recheck")
    clerk.fill(复查意见="合格")
    clerk.attach("after_photos", "grey")
    sent_later(clerk, "复查通过")
    assert world.read(case).state == HazardState.CLOSED


def test_a_signed_notice_is_uploaded(person, world, case):
    clerk = person("yingji", PHONE).open(f"/hazards/{case}/do/add_files?purpose=paper")
    clerk.attach("files", "white")
    sent_later(clerk, "补充照片或文件")
    assert rows(world, f"SELECT purpose FROM attachments WHERE case_id = {case}") == [("paper",)]


def test_progress_of_a_task(person, world):
    share = tasks.bring_share(world, "in_progress")
    town = person("fengcheng", PHONE).open(f"/tasks/shares/{share}/do/report")
    town.fill(进展情况="已排查12家", 完成百分比="40")
    sent_later(town, "填报进展")
    assert times_done(world, share, "report") == 2


def test_a_letter_is_signed_for(person, world):
    own = deliveries.served(world, to=("firm",))["firm"]
    sent_later(person("firm", PHONE).open(f"/deliveries/{own}/do/acknowledge"), "签收")
    assert deliveries.read(world, own).state == "in_hand"


# ── on a desk: the browser sends it, and its error page must not be the end of what was typed ──────────────────────
def lost_on_a_desk(person, case: int, handler) -> Person:
    clerk = filled_in(person("firm", DESK), case)
    clerk.page.route("**/do/claim", handler)
    press(clerk)
    clerk.page.wait_for_url("chrome-error://**")
    clerk.page.unroute("**/do/claim")
    return clerk


def test_what_found_no_server_is_told_and_put_back(person, world, case):
    clerk = lost_on_a_desk(person, case, lambda r: r.abort() if r.request.method == "POST" else r.fallback())
    clerk.open(f"/hazards/{case}")
    clerk.open("/hazards/")  # by way of other pages: it is not forgotten
    told(clerk, "报告整改完成", "可能没有办成")
    waiting(clerk).get_by_role("link", name="打开").click()
    expect(clerk.page.locator("[data-restored]")).to_be_visible()
    expect(clerk.field("整改完成情况")).to_have_value(DONE)
    press(clerk)
    clerk.succeeded("报告整改完成")
    nothing_waits(clerk)
    assert times_done(world, case) == 1


def test_what_was_done_is_found_to_be_done(person, world, case):
    lost = []
    clerk = lost_on_a_desk(person, case, losing_answers(lost))
    assert lost == [302]
    clerk.open("/")
    told(clerk, "可能没有办成")
    waiting(clerk).get_by_role("link", name="打开").click()
    expect(clerk.page.locator("main")).to_contain_text("已经办过了")
    nothing_waits(clerk)
    once_with_both_pictures(world, case)


def test_an_open_dialog_without_a_network(person, world, case):
    clerk = person("firm", DESK).open(f"/hazards/{case}")
    with clerk.verb("报告整改完成") as form:
        clerk.fill(form, 整改完成情况=DONE, 防范重复发生的措施=AGAIN)
        clerk.attach("after_photos", "red", "blue", within=form)
        offline(clerk)
    told(clerk, "没有网络")
    with clerk.page.expect_response(lambda r: r.request.method == "POST" and r.status == 201):
        offline(clerk, False)
    nothing_waits(clerk)
    once_with_both_pictures(world, case)
