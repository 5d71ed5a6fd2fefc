"""人员导入 before a screen: from a colleague's workbook to the first morning of one of the people in it."""

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from app.administration.people_ledger.ledger import PEOPLE_LEDGER
from tests.administration.ledgers import sheet_file
from tests.browser.people import Person
from tests.support.browser import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
SIZES = pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
OWN = "Anquan-2026-di1"  # the password that its owner chooses
PEOPLE = (
    {"name": "栗某某", "username": "lmm", "unit": "凤城镇", "role": "填报人", "phone": "13800000001"},
    {"name": "原某某", "unit": "凤城镇", "role": "大王"},
    {"name": "牛某某", "username": "nmm", "unit": "北留镇", "role": "审核人"},
)


def fits(person: Person) -> None:
    assert person.sideways() <= 0, f"{person.page.url} sticks out by {person.sideways()} px"


@pytest.fixture
def told(person, tmp_path):
    """`told(window)`: the administrator before the slips of three people, one row of whose file was mended."""

    def bring(window) -> Person:
        admin = person("admin", window).open("/people/import/")
        fits(admin)
        admin.page.locator("input[type=file]").set_input_files(
            sheet_file(PEOPLE_LEDGER, tmp_path / "人员.xlsx", *PEOPLE))
        admin.page.get_by_role("button", name="上传并核对").click()
        expect(admin.page.locator(".cell-bad .said")).to_have_text(["大王"])
        fits(admin)
        admin.page.get_by_role("button", name="确认导入").click()
        expect(admin.page.locator(".alert-warning")).to_contain_text("1 行")
        admin.page.get_by_role("button", name="审核人", exact=True).click()
        expect(admin.page.locator(".cell-bad")).to_have_count(0)
        admin.page.get_by_role("button", name="确认导入").click()
        expect(admin.page.locator(".slip")).to_have_count(3)
        fits(admin)
        return admin

    return bring


@SIZES
def test_from_the_workbook_to_the_first_login(told, browse, tmp_path, window):
    admin = told(window)
    slip = admin.page.locator(".slip", has_text="栗某某")
    username, password = slip.locator("code").all_inner_texts()
    assert username == "lmm"
    with admin.page.expect_download() as download:
        admin.page.get_by_role("link", name="存为 Excel").click()
    download.value.save_as(tmp_path / "slips.xlsx")
    kept = openpyxl.load_workbook(tmp_path / "slips.xlsx").active
    assert [username, password] in [list(row[3:5]) for row in kept.iter_rows(values_only=True)]

    clerk = Person(browse(window), username)
    clerk.page.goto("/login/")
    sign_in(clerk, password)
    expect(clerk.page.get_by_label("新密码", exact=True)).to_be_visible()
    fits(clerk)
    clerk.page.goto("/hazards/")
    expect(clerk.page.get_by_label("新密码", exact=True)).to_be_visible()  # nothing else opens before
    choose_own(clerk, password)
    clerk.open("/")
    expect(clerk.page.locator("#main h1")).to_be_visible()
    expect(clerk.page.locator(".topbar")).to_contain_text("栗某某")
    fits(clerk)

    admin.page.get_by_role("link", name="完成", exact=True).click()
    expect(admin.page.get_by_text("还有 2 个没有登录过")).to_be_visible()
    fits(admin)
    admin.page.get_by_role("button", name="重新生成密码条").click()
    expect(admin.page.locator(".slip")).to_have_count(2)


def sign_in(person: Person, password: str) -> None:
    person.page.get_by_label("账号").fill(person.username)
    person.page.get_by_label("密码").fill(password)
    person.page.get_by_role("button", name="登录").click()


def choose_own(person: Person, former: str) -> None:
    person.page.get_by_label("现用密码").fill(former)
    person.page.get_by_label("新密码", exact=True).fill(OWN)
    person.page.get_by_label("再输一遍新密码").fill(OWN)
    person.page.get_by_role("button", name="修改密码").click()
    expect(person.page.get_by_label("新密码", exact=True)).to_have_count(0)


def test_the_slips_print_on_a4(told):
    """Ten on a page, none cut in two, nothing of the screen around them."""
    page = told(DESK).page
    page.evaluate("""() => {
        const ten = document.querySelector(".slips"), one = ten.querySelector(".slip");
        while (ten.children.length < 10) ten.append(one.cloneNode(true));
        ten.after(ten.cloneNode(true)); }""")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True))) == 2
    page.set_viewport_size({"width": 703, "height": 1017})  # what A4 leaves between its margins
    page.emulate_media(media="print")
    boxes = page.locator(".slip").evaluate_all("all => all.map(e => e.getBoundingClientRect().toJSON())")
    assert all(box["left"] >= -1 and box["right"] <= 704 for box in boxes)
    for hidden in (".topbar", ".sidenav", ".alert", ".page-head", "[data-print]"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_a_reviewer_opens_an_account_on_her_phone_resets_and_deactivates_it(person, browse):
    head = person("fengcheng_head", PHONE).open("/people/")
    fits(head)
    head.page.get_by_role("link", name="新增", exact=True).click()
    fits(head)
    head.fill(姓名="栗某某", 账号="lmm")
    head.page.get_by_label("角色").select_option(label="填报人")
    head.page.get_by_role("button", name="保存").click()
    first = once(head)

    open_person(head)
    head.page.get_by_role("button", name="重置密码").click()
    head.page.get_by_role("dialog").get_by_role("button", name="是", exact=True).click()
    second = once(head)
    assert first != second
    clerk = Person(browse(PHONE), "lmm")
    clerk.page.goto("/login/")
    sign_in(clerk, first)
    expect(clerk.page.get_by_role("alert").first).to_be_visible()
    sign_in(clerk, second)
    choose_own(clerk, second)

    open_person(head)
    head.page.get_by_role("link", name="修改").click()
    fits(head)
    head.page.get_by_role("radiogroup", name="在用").get_by_text("否", exact=True).click()
    head.page.get_by_role("button", name="保存").click()
    clerk.page.goto("/")
    expect(clerk.page.get_by_label("密码")).to_be_visible()
    sign_in(clerk, OWN)
    expect(clerk.page.get_by_label("密码")).to_be_visible()


def once(person: Person) -> str:
    """The password on the screen."""
    expect(person.page.locator("code.once")).to_be_visible()
    fits(person)
    return person.page.locator("code.once").inner_text()


def open_person(person: Person) -> None:
    person.open("/people/").page.get_by_role("link", name="栗某某").click()
    fits(person)


NOTICE = """一、元旦：1月1日（周五）至3日（周日）放假，共3天。1月10日（周日）上班。
三、3月8日下午"""


@SIZES
def test_a_notice_is_shown_before_it_is_taken_over(person, world, window):
    admin = person("admin", window).open("/calendar/notice?year=2027")
    admin.page.get_by_label("通知原文").fill(NOTICE)
    admin.page.get_by_role("button", name="识别", exact=True).click()
    expect(admin.page.locator("tbody tr")).to_have_count(4)
    expect(admin.page.locator(".alert-warning")).to_contain_text("3月8日下午")
    fits(admin)
    admin.page.get_by_role("button", name="确认录入").click()
    expect(admin.page.locator(".alert-success")).to_contain_text("4")
    fits(admin)
