"""A real Chromium against a real server on loopback; every other host is closed, and asking for one fails the test."""

import os
import shutil
import threading
from urllib.parse import urlsplit

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

IN_CI = os.environ.get("CI") == "true"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


def pytest_report_header():
    if IN_CI and not CHROMIUM:
        raise pytest.UsageError("CI runs the browser tests, and there is no Chromium")
    return f"browser tests: {'Chromium' if CHROMIUM else 'skipped (no Chromium on this machine)'}"


class Quiet(WSGIRequestHandler):
    def log(self, *arguments):
        pass


@pytest.fixture
def live_url(app):
    """The application answering on loopback for the length of the test; returns its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium, live_url):
    """Opens a window of its own for each person: `browse()`, `browse(PHONE)`; returns a Playwright page.

    When the test ends, a request to another host, an error in a script or on the console has failed it.
    """
    contexts, faults = [], []

    def gate(route):
        if urlsplit(route.request.url).hostname in ("127.0.0.1", None):
            route.continue_()
        else:
            faults.append(f"asked for {route.request.url}")
            route.abort()

    def said(message):
        # An answer such as 422 or 409 is no fault of the page; what a policy blocks or a script reports is.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            faults.append(f"console: {message.text}")

    def open_window(viewport=DESK):
        context = chromium.new_context(
            base_url=live_url, viewport=viewport, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(30_000)  # a busy machine is not a fault
        context.route("**/*", gate)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("console", said)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture
def page(browse):
    return browse()


def wait_until_kept(page) -> None:
    """Until the page has put what was typed into its store; it does so a moment after the last key.

    Asked from outside: the page's policy lets no text be evaluated within.
    """
    for _turn in range(300):
        if page.evaluate("Object.keys(sessionStorage).length"):
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing was kept")
