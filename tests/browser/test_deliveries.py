"""A letter at the screens of those who got it: an enterprise on its phone, a township, and the office that sent it."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE
from tests.support.delivery_factories import read, served

pytestmark = pytest.mark.browser
TITLE = "关于消防通道占用问题的督办函"


def opened(person, path: str):
    person.open(path).page.get_by_role("link", name=TITLE).first.click()
    expect(person.page.locator(".case-head h1")).to_have_text(TITLE)
    return person


def test_an_enterprise_signs_in_two_taps(person, world):
    own = served(world, to=("firm",))["firm"]
    firm = person("firm", PHONE)
    firm.page.locator(".turn").get_by_role("link", name="签收", exact=True).click()
    expect(firm.page.locator("[data-dialog-content]")).to_contain_text("签收后3个工作日内报送整改方案")
    firm.page.get_by_role("button", name="签收", exact=True).click()
    firm.succeeded("签收")
    assert read(world, own).state == "in_hand"
    assert firm.sideways() == 0
    expect(firm.page.locator(".turn", has_text="5天后到期").get_by_role("link", name="报送整改方案")).to_be_visible()


def test_a_letter_is_answered_sent_back_and_accepted(person, world):
    served(world, to=("fengcheng", "beiliu"))
    town, office = person("fengcheng"), person("office")
    opened(town, "/deliveries/")
    with town.verb("签收"):
        pass
    with town.verb("报送整改方案") as form:
        town.fill(form, 整改方案="三月底前清理东侧通道", 签发人="王镇长")
    town.succeeded("报送整改方案")
    with town.verb("报送结果") as form:
        town.fill(form, 整改情况和结果="已清理", 签发人="王镇长")
        town.attach("files", "red", within=form)
    town.succeeded("报送结果")
    opened(office, "/deliveries/?state=reported")
    expect(office.page.locator("#replies")).to_contain_text("已清理")
    with office.verb("退回补报") as form:
        office.fill(form, 理由="照片只有一侧")
    office.succeeded("退回补报")
    town.open("/")
    expect(town.page.locator(".turn").first).to_contain_text("退回1次")
    town.page.locator(".turn").get_by_role("link", name=TITLE).click()
    with town.verb("报送结果") as form:
        town.fill(form, 整改情况和结果="两侧都已清理", 签发人="王镇长")
    opened(office, "/deliveries/?state=reported")
    with office.verb("同意办结"):
        pass
    assert office.state() == "办结"


def test_who_has_not_signed_is_chased_and_signed_for_on_paper(person, world):
    served(world, to=("firm", "beiliu"))
    world.move_to(world.day + dt.timedelta(days=5))
    office = person("office")
    office.open("/deliveries/?due=unsigned&state=to_sign")
    expect(office.page.locator("#rows tbody tr")).to_have_count(2)
    opened(office, f"/deliveries/?unit={world['firm']}&part=all")
    with office.verb("催办") as form:
        office.fill(form, 方式="电话", 催了谁="门卫老李")
    office.succeeded("催办")
    expect(office.page.locator(".timeline")).to_contain_text("电话，门卫老李")
    with office.verb("登记签收") as form:
        office.fill(form, 送达方式="当面", 签收人="门卫老李", 凭据="当面交办公室")
    office.succeeded("登记签收")
    assert office.state() == "办理中"
    office.page.get_by_role("link", name="送达回证").click()
    expect(office.page.locator("main")).to_contain_text("门卫老李")
