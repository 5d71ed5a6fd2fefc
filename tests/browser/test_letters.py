"""A letter's whole path at the screens: the issuer's clerk, its head, a township and an enterprise."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE
from tests.support.letter_factories import CODE

pytestmark = pytest.mark.browser
TITLE = "关于抓紧整改沿街商铺消防隐患的督办函"


def drafted(clerk) -> str:
    """From the list, by the suggestion: situation, record, recipients; returns the letter's address."""
    clerk.open("/letters/")
    clerk.page.locator(".page-head").get_by_role("link", name="起草函件").click()
    page = clerk.page
    expect(clerk.field("几日内报送整改情况")).not_to_be_visible()
    page.get_by_label("反馈问题不整改").check()
    expect(page.locator("[data-suggestion]")).to_have_text("建议：督办函，由起草人决定。")
    clerk.choose("有关记录", "配电箱", "配电箱无漏电保护", within=page.locator(".situation").nth(3))
    page.locator(".seg").get_by_text("督办函", exact=True).click()
    expect(clerk.field("几日内报送整改情况")).to_have_value("7")  # the days that the office gives to a 督办函
    clerk.choose("收函单位", "凤城", "凤城镇")
    clerk.choose("收函单位", "铸造", "试验铸造厂")
    clerk.fill(标题=TITLE, 缘由="督导反馈的隐患至今未整改到位。", 有关要求="立即整改，举一反三。")
    page.locator(".problem").first.get_by_label("问题", exact=True).fill("三户商铺疏散通道堵塞")
    page.get_by_role("button", name="再加一条问题").click()
    expect(page.locator(".problem")).to_have_count(2)
    page.locator(".problem").nth(1).get_by_label("问题", exact=True).fill("电动自行车室内充电")
    page.get_by_role("button", name="保存并送核稿").click()
    expect(page.locator(".case-head h1")).to_have_text(TITLE)
    assert clerk.state() == "核稿"
    return page.url


def signed(head) -> None:
    """From the workbench: checked with the letter in sight, then signed; the unit's code is asked once."""
    head.open("/")
    head.page.locator("#turn").get_by_role("link", name=TITLE).click()
    with head.verb("核稿通过") as form:
        expect(form.locator(".letter h2")).to_have_text(TITLE)
    head.succeeded("核稿通过")
    with head.verb("签发") as form:
        head.fill(form, 本单位机关代字=CODE)
    head.succeeded("签发")
    assert head.state() == "已发"
    expect(head.page.locator(".letter-no")).to_have_text(f"{CODE}〔2026〕1号")
    expect(head.page.locator(".plain-list")).to_contain_text(f"{TITLE}.docx")


def answered(recipient, words: str) -> None:
    """Signed for, then the plan and the result as the coloured button asks, from the recipient's own workbench."""
    recipient.open("/")
    recipient.page.locator("#turn").get_by_role("link", name=TITLE).click()
    expect(recipient.page.locator(".letter")).to_contain_text("三户商铺疏散通道堵塞")
    with recipient.verb("签收"):
        pass
    recipient.succeeded("签收")
    for title in ("报送整改方案", "报送结果"):
        expect(recipient.page.locator(".case-verbs .btn-primary")).to_have_text(title)
        with recipient.verb(title) as form:
            for box in form.locator("textarea").all():
                if box.is_visible():
                    box.fill(words)
            form.get_by_label("签发人", exact=True).fill("王镇长")
        recipient.succeeded(title)


@pytest.mark.clause("4.1.1", "4.2.4", "4.3.1")
def test_a_letter_from_draft_to_its_last_answer(person, world):
    hazard = world.hazard("office", inspecting_unit_id=world["office"], description="配电箱无漏电保护")
    assert hazard
    clerk, head = person("office"), person("office_head")
    address = drafted(clerk)
    signed(head)
    for who, size in (("fengcheng", None), ("firm", PHONE)):
        recipient = person(who, size) if size else person(who)
        answered(recipient, "已全部清理，台账附后")
        assert recipient.sideways() <= 0
    for unit in ("凤城镇", "试验铸造厂"):
        clerk.open(address)
        clerk.page.locator("#deliveries tr").filter(has_text=unit).get_by_role("link", name=unit).click()
        expect(clerk.page.locator(".case-head")).to_contain_text(unit)
        with clerk.verb("同意办结"):
            pass
        clerk.succeeded("同意办结")
    clerk.open(address)
    assert clerk.state() == "办结"
    expect(clerk.page.locator(".case-now")).to_contain_text("2个办结")


@pytest.mark.one_database
def test_a_small_unit_of_one_clerk_signs_on_paper(person, world):
    """Checked and signed on one paper: one form records both, and the number that the register gave it."""
    clerk = person("yingji")
    clerk.open(f"/letters/new?situation=2&type=reminder&unit={world['firm']}")
    clerk.fill(标题="关于规范用电的提醒函", 缘由="巡查发现用电不规范。")
    clerk.page.get_by_role("button", name="保存并送核稿").click()
    with clerk.verb("签发") as form:
        clerk.fill(form, 本单位机关代字="阳应急函", 签发人="局长", 纸面登记簿上的号="12")
        clerk.attach("paper_scan", "white", within=form)
    clerk.succeeded("签发")
    expect(clerk.page.locator(".letter-no")).to_have_text("阳应急函〔2026〕12号")


@pytest.mark.one_database
@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_what_was_typed_stays_when_a_fault_is_told(person, world, size):
    clerk = person("office", size) if size else person("office")
    clerk.open("/letters/new")
    clerk.fill(缘由="巡查发现用电不规范。")
    clerk.page.get_by_role("button", name="保存并送核稿").click()
    expect(clerk.page.get_by_role("alert")).to_be_visible()
    expect(clerk.field("缘由")).to_have_value("巡查发现用电不规范。")
    assert clerk.sideways() <= 0
