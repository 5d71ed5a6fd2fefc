"""A colleague's ledger taken in through the screens: looked through, corrected in place, confirmed; then once more."""

import pytest
from playwright.sync_api import expect

from tests.exchange.made import OFFICIAL_HEADS, OFFICIAL_MERGES, row, xlsx

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
TITLE, LINES = ["问题隐患整改清单"], ["填报单位：应急管理局　时间：2026年3月"]
FOOTER = ["审核人：", None, None, "填报人：某甲"]


def ours(**changes) -> tuple:
    """A row as 应急管理局 would have written it, nothing done yet."""
    open_ = {"inspector": "应急管理局 某甲", "rectifier": "试验铸造厂 某丙", "completion": None, "completed_on": None,
             "prevention": None, "recheck_opinion": None, "rechecker": None}
    return row(**open_ | changes)


@pytest.fixture
def ledger(tmp_path):
    rows = [
        TITLE, LINES, *OFFICIAL_HEADS,
        [1, *ours(description="锅炉压力表过期")],
        [None] * 15,
        [4, *ours(description="行车限位失灵", inspected_on="三月里")],
        [5, *ours(description="喷漆房无防爆灯", rectifier="新来的家具厂 某丁")],
        FOOTER,
    ]
    return xlsx(tmp_path / "三月台账.xlsx", rows, OFFICIAL_MERGES)


def upload(clerk, path) -> None:
    clerk.open("/hazards/")
    clerk.page.get_by_role("link", name="导入").click()
    clerk.page.locator("input[type=file]").set_input_files(path)
    clerk.page.get_by_role("button", name="上传并核对").click()


def outcome_tabs(clerk) -> str:
    return clerk.page.locator(".nav-tabs").inner_text()


@pytest.mark.clause("1.2.2", "1.2.4")
def test_looked_through_corrected_confirmed(person, world, ledger):
    clerk = person("yingji")
    upload(clerk, ledger)
    expect(clerk.page.locator(".cell-bad .said")).to_have_text(["三月里", "新来的家具厂 某丁"])
    assert clerk.sideways() <= 0
    bad_day = clerk.page.get_by_label("第 7 行：在此改正")
    bad_day.fill("3月5日")
    bad_day.press("Enter")
    expect(clerk.page.locator(".cell-bad")).to_have_count(1)
    expect(clerk.page.locator("tr", has_text="行车限位失灵")).to_contain_text("2026-03-05")

    clerk.page.get_by_role("button", name="确认导入").click()
    expect(clerk.page.locator(".alert-warning")).to_contain_text("1")
    clerk.page.get_by_label("这次不导入").check()
    clerk.page.get_by_role("button", name="确认导入").click()
    expect(clerk.page.locator(".blank")).to_contain_text("新增 2")
    clerk.page.get_by_role("link", name="去看清单").click()
    expect(clerk.page.locator("#rows")).to_contain_text("锅炉压力表过期")
    expect(clerk.page.locator("#rows")).not_to_contain_text("喷漆房无防爆灯")

    firm = person("firm").open("/hazards/")
    expect(firm.page.locator("#rows tbody tr")).to_have_count(2)
    firm.page.get_by_role("link", name="行车限位失灵").click()
    assert firm.state() == "待整改"


def test_an_unknown_enterprise_is_created_from_its_cell(person, ledger):
    clerk = person("yingji")
    upload(clerk, ledger)
    clerk.page.get_by_role("combobox", name="乡镇").select_option(label="凤城镇")
    clerk.page.get_by_role("button", name="新建企业").click()
    expect(clerk.page.locator(".alert-success")).to_contain_text("新来的家具厂")
    expect(clerk.page.locator(".cell-bad .said")).to_have_text(["三月里"])


def test_the_same_file_again_changes_nothing(person, ledger):
    clerk = person("yingji")
    for _ in range(2):
        upload(clerk, ledger)
        words = outcome_tabs(clerk)
        clerk.page.get_by_label("这次不导入").check()
        clerk.page.get_by_role("button", name="确认导入").click()
        expect(clerk.page.locator(".blank")).to_be_visible()
    assert "新增" not in words
    assert "未变" in words
    expect(clerk.page.locator(".blank")).to_contain_text("新增 0，变更 0")
