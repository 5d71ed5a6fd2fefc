"""One task for fifteen townships, as the office, two of the townships and the leader do it at their screens."""

import openpyxl
import pytest
from playwright.sync_api import expect

from app.casework.unit_of_work import unit_of_work
from app.organization.models import Organization
from tests.support import task_factories as tasks
from tests.support.browser import PHONE

pytestmark = pytest.mark.browser
TASK, DUE = "经营性自建房安全隐患整治“回头看”", "2026-04-20"


@pytest.fixture
def fifteen(world) -> None:
    """Thirteen townships beside the two of the small county."""
    with world.system() as session, unit_of_work(session):
        session.add_all(
            Organization(county_id=world.county.id, parent_id=world.county.id, kind="township", name=f"第{n}镇")
            for n in range(3, 16)
        )


def assigned(office) -> str:
    """The form, from the workbench: 各乡镇 in one choice; returns the task's address."""
    office.page.get_by_role("link", name="下达任务").click()
    office.fill(主要任务=TASK, 具体措施="1.逐栋建档；2.限期整治。", 文号="演示安委〔2026〕3号", 完成日期=DUE)
    for label, value in (("任务来源", "county"), ("各乡镇", "lead")):
        office.field(label).select_option(value)
    office.page.get_by_role("button", name="保存并下达").click()
    expect(office.page.locator(".case-head h1")).to_have_text(TASK)
    expect(office.page.locator("#units")).to_contain_text("15个单位")
    assert office.state() == "已下达"
    return office.page.url


def share_of(person, unit_word: str = "凤城镇"):
    """Opens the unit's share from its workbench."""
    person.open("/")
    person.page.locator("#turn").get_by_role("link", name=TASK).click()
    expect(person.page.locator(".case-head")).to_contain_text(unit_word)
    return person


def signed_and_reported(township, unit_word: str) -> None:
    share_of(township, unit_word)
    with township.verb("签收"):
        pass
    township.succeeded("签收")
    with township.verb("填报进展") as form:
        township.fill(form, 完成百分比="60", 进展情况="摸排一百二十栋", 存在困难="部分户主外出")
    township.succeeded("填报进展")
    expect(township.page.locator("#progress")).to_contain_text("部分户主外出")


def claimed(township) -> None:
    """Without a word of what was done it is refused, and the day that was typed is still there."""
    with township.verb("申请办结") as form:
        township.fill(form, 完成时间="2026-03-20")
    expect(township.page.get_by_role("alert")).to_be_visible()
    form = township.page.locator("[data-dialog-content]")
    township.fill(form, 完成情况和佐证="一百二十栋全部整治")
    township.attach("files", "green", within=form)
    township.send("申请办结", form)
    township.succeeded("申请办结")
    assert township.state() == "申请办结"


def settled(office, address: str) -> None:
    """The office confirms one and sends one back, each from the table of the task's units."""
    for unit, title, words in (("凤城镇", "同意办结", {}), ("北留镇", "退回", {"理由": "台账与现场不一致"})):
        office.open(address)
        office.page.locator("#units tr").filter(has_text=unit).get_by_role("link", name=unit).click()
        with office.verb(title) as form:
            office.fill(form, **words)
        office.succeeded(title)


@pytest.mark.clause("1.1.1", "1.1.2", "1.2.1", "1.3.1")
def test_fifteen_townships(person, fifteen, tmp_path):
    office = person("office")
    address = assigned(office)
    fengcheng, beiliu = person("fengcheng"), person("beiliu", PHONE)
    for township, unit in ((fengcheng, "凤城镇"), (beiliu, "北留镇")):
        signed_and_reported(township, unit)
        assert township.sideways() <= 0
        claimed(township)
    settled(office, address)
    expect(share_of(beiliu, "北留镇").page.locator(".timeline")).to_contain_text("台账与现场不一致")
    assert beiliu.state() == "推进中"
    assert fengcheng.open(fengcheng.page.url).state() == "办结"
    units = fengcheng.open(address).page.locator("#units").inner_text()
    assert "凤城镇" in units and "第3镇" not in units, "how another unit stands is not theirs to read"

    leader = person("leader").open(address)
    expect(leader.page.locator("#units")).to_contain_text("1个办结")
    assert leader.page.locator("#units tbody tr").count() == 15
    assert leader.offered() == []
    assert leader.state() == "推进中"
    printed(office, tmp_path)


def printed(office, tmp_path) -> None:
    """Attachment 1 has the one row, with the words of the paper for its fifteen units."""
    office.open("/tasks/")
    office.page.get_by_text("导出附件1").click()
    with office.page.expect_download() as waiting:
        office.page.get_by_role("link", name="A3").first.click()
    waiting.value.save_as(tmp_path / "list.xlsx")
    cells = [str(cell) for row in openpyxl.load_workbook(tmp_path / "list.xlsx").active.iter_rows(values_only=True)
             for cell in row if cell is not None]
    said = " ".join(cells)
    for words in (TASK, "逐栋建档", "各乡镇", "凤城镇 2026-03-20 100%：一百二十栋全部整治", DUE):
        assert words in said, f"{words} is missing in: {said}"


def test_many_shares_signed_for_at_once(person, world):
    """A township ticks its rows and signs for all of them in one act."""
    for n in range(3):
        tasks.task(world, content=f"第{n}项任务")
    township = person("fengcheng").open("/tasks/shares/?part=mine")
    township.page.get_by_label("全选本页").check()
    township.page.locator(".bulkbar").get_by_role("button", name="签收").click()
    township.page.get_by_role("button", name="签收").click()
    expect(township.page.locator(".alert")).to_contain_text("成功 3")
