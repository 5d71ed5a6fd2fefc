"""From what the office finds in the morning to a signed letter: proposals, the prefilled draft, check, signature."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from app.escalation.states import ProposalState as S
from tests.support import task_factories as tasks
from tests.support.browser import PHONE
from tests.support.escalation_factories import look, proposals
from tests.support.letter_factories import CODE

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
TITLE = "关于抓紧完成燃气安全专项整治的函"


def overdue(world, unit: str, days: int) -> None:
    tasks.task(world, "office", (unit,), due=world.day - dt.timedelta(days=days),
               happened_on=world.day - dt.timedelta(days=60))


@pytest.mark.clause("4.1.1", "4.2.5")
def test_from_twelve_proposals_to_a_signed_letter(person, world):
    for n in range(6):
        overdue(world, "fengcheng", 10 + n)
        overdue(world, "beiliu", 20 + n)
    look(world)
    clerk, head = person("office"), person("office_head")
    clerk.open("/")
    clerk.page.get_by_role("link", name=re.compile(r"12\s*待处理")).click()
    expect(clerk.page.get_by_role("heading", name="凤城镇")).to_be_visible()
    expect(clerk.page.locator(".proposal")).to_have_count(12)
    one = clerk.page.locator(".proposal").filter(has_text="凤城镇").first
    expect(one).to_contain_text("四（二）5")
    one.get_by_role("link", name="起草").click()
    page = clerk.page
    expect(page.get_by_label("任务进展缓慢、逾期或质量不高")).to_be_checked()
    clerk.fill(标题=TITLE, 有关要求="三日内补报进展。")
    page.get_by_role("button", name="保存并送核稿").click()
    expect(page.locator(".case-head h1")).to_have_text(TITLE)
    (accepted,) = proposals(world, S.ACCEPTED)
    assert page.url.endswith(f"/letters/{accepted.letter_id}") and len(proposals(world, S.OPEN)) == 11
    head.open("/")
    head.page.locator("#turn").get_by_role("link", name=TITLE).click()
    with head.verb("核稿通过") as form:
        expect(form.locator(".letter h2")).to_have_text(TITLE)
    head.succeeded("核稿通过")
    with head.verb("签发") as form:
        head.fill(form, 本单位机关代字=CODE)
    head.succeeded("签发")
    expect(head.page.locator(".letter-no")).to_have_text(f"{CODE}〔2026〕1号")
    town = person("fengcheng", PHONE)
    town.page.locator(".turn").get_by_role("link", name=TITLE).first.click()
    expect(town.page.locator(".letter")).to_contain_text("三日内补报进展。")
    assert town.sideways() <= 0
