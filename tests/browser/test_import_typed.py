"""Corrections typed into the preview of an import: whatever is pressed next, they are not lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.hazards.ledgers import ledger, row

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
FIRST, SECOND = "第 4 行：在此改正", "第 5 行：在此改正"


@pytest.fixture
def preview(person, tmp_path):
    """Rows 4 and 5 have a day that is none, row 6 a deadline that asks."""
    path = ledger(tmp_path / "三月.xlsx", row(), row(description="甲", inspected_on="3月35日"),
                  row(description="乙", inspected_on="3月36日"), row(description="丙", due="尽快"))
    clerk = person("yingji").open("/hazards/import/")
    clerk.page.locator("input[type=file]").set_input_files(path)
    clerk.page.get_by_role("button", name="上传并核对").click()
    expect(clerk.page.locator(".cell-bad")).to_have_count(2)
    return clerk


def press(clerk, name: str) -> None:
    clerk.page.get_by_role("button", name=name).last.click()


def test_confirming_saves_what_was_typed(preview):
    preview.page.get_by_label(FIRST).fill("2026-03-05")
    preview.page.get_by_label(SECOND).fill("2026-02-30")
    press(preview, "确认导入")
    expect(preview.page.locator(".alert-warning")).to_contain_text("还有 2 行")
    expect(preview.page.get_by_label(SECOND)).to_have_value("2026-02-30")
    expect(preview.page.locator("[data-restored]")).to_be_hidden()
    preview.page.get_by_label(SECOND).fill("2026-03-06")
    preview.page.get_by_label("这次不导入").check()
    press(preview, "确认导入")
    expect(preview.page.locator(".blank")).to_contain_text("新增 3")


def test_another_tab_takes_along_what_was_typed(preview):
    preview.page.get_by_label(FIRST).fill("2026-03-05")
    preview.page.get_by_role("link", name="待确认").click()
    expect(preview.page).to_have_url(re.compile("show=ask$"))
    expect(preview.page.locator(".alert-success")).to_contain_text("已保存 1 处改正")
    preview.page.get_by_role("link", name="有误").click()
    expect(preview.page.locator(".cell-bad .said")).to_have_text(["3月36日"])
    expect(preview.page.locator(".alert-success")).to_have_count(0)


@pytest.mark.parametrize("button", ["保存改正", "确认导入"])
def test_the_session_ends_while_corrections_are_typed(preview, button):
    preview.page.get_by_role("link", name="有误").click()
    expect(preview.page).to_have_url(re.compile("show="))
    preview.page.get_by_label(FIRST).fill("2026-03-05")
    preview.page.get_by_label(SECOND).fill("2026-03-06")
    preview.page.wait_for_load_state("networkidle")  # an answer under way would bring the cookie back
    preview.page.context.clear_cookies()
    press(preview, button)
    expect(preview.page.get_by_label("密码")).to_be_visible()
    preview.log_in_here()
    expect(preview.page.locator("[data-restored]")).to_be_visible()
    expect(preview.page.get_by_label(FIRST)).to_have_value("2026-03-05")
    expect(preview.page.get_by_label(SECOND)).to_have_value("2026-03-06")
    press(preview, "保存改正")
    expect(preview.page.locator(".alert-success")).to_contain_text("已保存 2 处改正")
    expect(preview.page.locator(".cell-bad")).to_have_count(0)


def test_nothing_to_fill_an_unreadable_cell_with(person, tmp_path):
    """“Leave it empty” stands behind a box that is empty, too."""
    path = ledger(tmp_path / "三月.xlsx", row(completed_on="3月35日"))
    clerk = person("yingji").open("/hazards/import/")
    clerk.page.locator("input[type=file]").set_input_files(path)
    press(clerk, "上传并核对")
    press(clerk, "留空")
    expect(clerk.page.locator(".cell-bad")).to_have_count(0)


def test_a_fault_is_in_sight_wherever_its_column_is(preview):
    """Said beside the row, which leads to its cell; the heads stay, and the box is not higher than the screen."""
    page = preview.page
    page.get_by_role("link", name="待确认").click()
    told = page.locator("a.told")
    expect(told).to_contain_text("整改时限")
    expect(told).to_be_in_viewport()
    cell = page.locator("td.cell-ask")
    expect(cell).not_to_be_in_viewport(ratio=0.9)
    told.click()
    expect(cell).to_be_in_viewport(ratio=0.9)
    expect(page.locator("th.k-due")).to_be_in_viewport()
    box, foot = page.locator(".sheet").bounding_box(), page.locator(".form-foot").bounding_box()
    assert box["y"] + box["height"] <= foot["y"], "its scroll bar is in sight"
