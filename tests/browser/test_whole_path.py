"""One hazard from registering to close-out, each step under the login of whoever must take it."""

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.jobs.support import work_off
from tests.support.browser import PHONE

pytestmark = pytest.mark.browser


def register(clerk) -> str:
    """Register a hazard with pictures and issue it; returns the address of its page."""
    clerk.page.get_by_role("link", name="登记隐患").first.click()
    clerk.choose("企业", "铸造", "试验铸造厂")
    clerk.fill(部位或场所="浇注跨", 来源="执法检查", 隐患类别="电气", 检查人="甲、乙",
               问题隐患描述="配电箱无漏电保护，箱门缺失", 整改期限至="2026年3月30日", 整改措施="加装漏电保护")
    clerk.choose("整改单位", "试验", "试验铸造厂")
    clerk.attach("photos", "red", "brown")
    clerk.page.get_by_role("button", name="保存并下达整改").click()
    expect(clerk.page.locator(".case-head")).to_contain_text("YH-2026-0001")
    return clerk.page.url


def received(firm) -> None:
    """The enterprise finds it on its phone, confirms receipt and asks for more time."""
    firm.page.get_by_role("link", name="配电箱无漏电保护").click()
    expect(firm.page.locator("#what")).to_contain_text("监督检查")
    expect(firm.page.locator("#what")).not_to_contain_text("执法检查")
    with firm.verb("签收"):
        pass
    firm.succeeded("签收")
    with firm.verb("申请延期") as form:
        firm.fill(form, 申请延至="2026-04-10", 理由="漏电保护器月底到货")
    firm.succeeded("申请延期")


def claimed(firm) -> None:
    """Completion without 防范重复发生的措施 is refused, and what was typed is still there."""
    with firm.verb("报告整改完成") as form:
        firm.fill(form, 整改完成情况="已加装漏电保护")
    expect(firm.page.get_by_role("alert")).to_contain_text("防范重复发生的措施")
    assert firm.field("整改完成情况").input_value() == "已加装漏电保护"
    form = firm.page.locator("[data-dialog-content]")
    firm.fill(form, 防范重复发生的措施="每月检查一次")
    firm.attach("before_photos", "orange", within=form)
    firm.attach("after_photos", "green", "blue", within=form)
    firm.send("报告整改完成", form)
    firm.succeeded("报告整改完成")
    assert firm.state() == "待复查"


def rechecked(clerk, address: str, title: str, finding: str) -> None:
    clerk.open(address)
    with clerk.verb(title) as form:
        clerk.fill(form, 复查意见=finding)
        clerk.attach("after_photos", "grey", within=form)
    clerk.succeeded(title)


def claimed_for(township, address: str) -> None:
    """The township's clerk fills in for the enterprise, and says for whom and on what evidence."""
    township.open(address)
    with township.verb("报告整改完成") as form:
        expect(form).to_contain_text("代企业填报")
        township.fill(form, 代谁填报="厂长 0356-0000001", 代填依据="现场核实并收到书面报告", 整改完成情况="箱门已补齐",
                      防范重复发生的措施="列入班前检查")
        township.attach("after_photos", "white", within=form)
    township.succeeded("报告整改完成")
    assert township.state() == "待复查 第2轮"


def exported(clerk, tmp_path) -> list[tuple]:
    """The rows of attachment 2 as they are in the file."""
    clerk.open("/hazards/?state=closed")
    clerk.page.get_by_text("导出附件2").click()
    with clerk.page.expect_download() as waiting:
        clerk.page.get_by_role("link", name="A3").click()
    waiting.value.save_as(tmp_path / "ledger.xlsx")
    return list(openpyxl.load_workbook(tmp_path / "ledger.xlsx").active.iter_rows(values_only=True))


@pytest.mark.clause("1.1.3", "1.2.2", "1.2.4", "1.3.1")
def test_registered_sent_back_and_closed_out(world, person, tmp_path):
    clerk, firm = person("yingji"), person("firm", PHONE)
    address = register(clerk)
    assert clerk.state() == "待整改"
    work_off(world.app)  # the small copies
    assert clerk.open(address).drawn_pictures() == 2
    received(firm.open("/"))

    head = person("yingji_head")
    head.page.get_by_role("link", name="配电箱无漏电保护").click()
    with head.verb("批准延期"):
        pass
    head.succeeded("批准延期")
    expect(head.page.locator(".case-now")).to_contain_text("2026-04-10")
    expect(head.page.locator("#what")).to_contain_text("原整改时限")

    claimed(firm.open(address))
    assert firm.sideways() <= 0
    rechecked(clerk, address, "复查不通过", "箱门仍缺")
    assert clerk.state() == "待整改 第2轮"
    claimed_for(person("fengcheng"), address)
    rechecked(clerk, address, "复查通过", "合格")
    assert clerk.state() == "已销号"
    work_off(world.app)
    assert clerk.open(address).drawn_pictures() == 2 + 3 + 1 + 1 + 1
    for words in ("代厂长", "箱门仍缺", "漏电保护器月底到货"):
        expect(clerk.page.locator(".timeline")).to_contain_text(words.replace("代厂长", "厂长"))

    leader = person("leader").open(address)
    assert leader.offered() == []
    assert leader.drawn_pictures() == 8

    rows = exported(clerk, tmp_path)
    found = next(row for row in rows if row[0] == 1)
    said = " ".join(str(cell) for cell in found if cell is not None)
    for words in ("甲、乙", "2026-03-20", "配电箱无漏电保护，箱门缺失", "加装漏电保护", "试验铸造厂", "2026-04-10",
                  "列入班前检查", "合格", "应急管理局"):
        assert words in said, f"{words} is missing in: {said}"
