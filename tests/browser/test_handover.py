"""Who is away lets a colleague act; who leaves is handed over: each at his own screen, at the desk and on a phone."""

import pytest
from playwright.sync_api import expect

from app.casework.assigning import assign
from app.casework.unit_of_work import unit_of_work
from app.hazards.models import Hazard
from tests.support.browser import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


@pytest.fixture
def waiting(world) -> int:
    """A second clerk in the department, and a hazard to recheck that the first one sees to."""
    with world.system() as session, unit_of_work(session):
        world.users["tongshi"] = world.county.add_user(session, "tongshi", "yingji", "unit_clerk")
    hazard_id = world.bring_to("awaiting_recheck", description="气瓶间通风不良")
    with world.session_of("yingji") as session:
        assign(session, Hazard, hazard_id, world.read(hazard_id).version, world.hats["yingji"], world.users["yingji"],
               world.day)
    return hazard_id


def delegated(head) -> None:
    """From the menu under the own name; the post is the only one there is."""
    head.open("/").page.get_by_label("您的账号").click()
    head.page.get_by_role("link", name="代理", exact=True).click()
    head.fill(代理人="yingji的人（应急管理局 填报人）", 止="2026-03-27", 理由="外出培训")
    head.page.get_by_role("button", name="设代理", exact=True).click()
    expect(head.page.locator(".alert-success")).to_be_visible()


def changed_hat(clerk, words: str, on_phone: bool) -> None:
    """Beside the name at the top; on a phone under the name."""
    top = clerk.open("/").page.locator(".topbar")
    (top.get_by_label("您的账号") if on_phone else top.get_by_title("切换岗位")).click()
    clerk.page.get_by_role("button", name=words).click()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_somebody_acts_in_anothers_place(person, world, size):
    hazard_id = world.hazard("yingji")
    world.do("firm", "ask_extension", hazard_id)
    head = person("yingji_head", size)
    delegated(head)
    assert head.sideways() <= 0
    clerk = person("yingji", size)
    changed_hat(clerk, "应急管理局 审核人（代 yingji_head的人）", size is PHONE)
    clerk.page.locator("#turn a", has_text="配电箱无漏电保护").first.click()
    with clerk.verb("批准延期"):
        pass
    clerk.succeeded("批准延期")
    expect(clerk.page.locator(".timeline li").first).to_contain_text("yingji的人（代 yingji_head的人）")
    assert clerk.sideways() <= 0


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_who_leaves_is_handed_over(person, waiting, world, size):
    """The post is ticked already: choose the successor, hand over, yes; and it waits for him."""
    head = person("yingji_head", size).open(f"/people/{world.users['yingji']}")
    head.page.get_by_role("link", name="移交工作").click()
    expect(head.page.get_by_label("应急管理局 填报人")).to_be_checked()
    assert head.sideways() <= 0
    head.fill(接手人="tongshi的人（应急管理局 填报人）")
    head.page.get_by_role("button", name="移交", exact=True).click()
    head.page.get_by_role("dialog").get_by_role("button", name="是").click()
    expect(head.page.locator(".alert-success")).to_contain_text("1 件")
    successor = person("tongshi", size).open("/?whose=mine")
    successor.page.locator("#turn a", has_text="气瓶间通风不良").first.click()
    expect(successor.page.locator(".timeline")).to_contain_text("tongshi的人")
    with successor.verb("复查通过") as form:
        successor.fill(form, 复查意见="合格")
    successor.succeeded("复查通过")
