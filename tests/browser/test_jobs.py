"""下载与任务 before a screen: the page follows the job by itself, and the file is under one's hand."""

import threading

import pytest
from playwright.sync_api import expect

from app.jobs.runner import work_one
from tests.jobs.support import ask, kind, row, work_off
from tests.support.browser import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_follows_the_job_until_its_file_is_there(world, person, window):
    """Waiting, a third done, done: nobody touches the page."""
    shown, go_on = threading.Event(), threading.Event()

    def run(running):
        running.progress(1, 3)
        shown.set()
        assert go_on.wait(30)
        running.file("隐患台账.xlsx").write_bytes(b"x")

    with kind(run):
        job_id = ask(world)
        who = person("yingji", window).open(f"/jobs/{job_id}")
        expect(who.page.get_by_text("排队中")).to_be_visible()
        worker = threading.Thread(target=work_one, args=(world.app, threading.Event()))
        worker.start()
        assert shown.wait(30)
        expect(who.page.get_by_text("1 / 3")).to_be_visible()
        go_on.set()
        with who.page.expect_download() as download:
            who.page.locator("#main").get_by_role("link", name="下载", exact=True).click()
        worker.join()
    assert download.value.suggested_filename == "隐患台账.xlsx"
    assert who.sideways() <= 0


def test_from_the_list_a_job_is_called_off_and_asked_for_again(world, person):
    with kind(lambda running: None):
        job_id = ask(world)
        who = person("yingji").open("/")
        who.page.locator(".topbar").get_by_role("link", name="下载").click()
        who.page.get_by_role("button", name="取消任务").click()
        expect(who.page.get_by_text("已取消", exact=True)).to_be_visible()
        who.page.get_by_role("button", name="再试一次").click()
        expect(who.page.get_by_text("排队中")).to_be_visible()
        work_off(world.app)
        expect(who.page.get_by_text("已完成")).to_be_visible()
    assert row(world, job_id).state == "cancelled"
