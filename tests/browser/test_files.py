"""Pictures and papers before the screen: a blank until the worker made the small copy, then the picture by itself."""

import pytest
from playwright.sync_api import expect

from tests.casework.made_files import PDF, exif, photo
from tests.jobs.support import work_off
from tests.support.browser import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_picture_appears_once_the_worker_made_it_small(world, person, size):
    hazard_id = world.hazard()
    clerk = person("yingji", size).open(f"/hazards/{hazard_id}/do/add_files")
    clerk.page.locator("#files").set_input_files([
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photo((1200, 800), exif(turned=6))},
        {"name": "检测报告.pdf", "mimeType": "application/pdf", "buffer": PDF},
    ])
    clerk.page.locator("form .btn-primary[type=submit]").click()
    expect(clerk.page.locator("[data-thumbnail]")).to_contain_text("缩略图生成中")
    expect(clerk.page.locator(".files")).to_contain_text("检测报告.pdf")
    expect(clerk.page.locator("[data-place]")).to_contain_text("北纬")
    assert work_off(world.app) >= 1
    expect(clerk.page.locator(".photos img")).to_be_visible()
    tall = clerk.page.locator(".photos img").evaluate("i => i.naturalHeight > i.naturalWidth")
    assert tall and clerk.page.locator("[data-thumbnail]").count() == 0
    assert clerk.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    with clerk.page.expect_download() as saved:
        clerk.page.get_by_role("link", name="检测报告.pdf").click()
    assert saved.value.suggested_filename == "检测报告.pdf"
    assert saved.value.path().read_bytes() == PDF
