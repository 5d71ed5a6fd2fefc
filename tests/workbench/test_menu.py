"""The menu: where one stands, and what opens first."""

import re

import pytest

pytest_plugins = ["tests.support.factories"]
pytestmark = pytest.mark.one_database


def here(page: str) -> list[str]:
    """The addresses of the entries that the side menu marks."""
    menu = page.split('class="sidenav"', 1)[1].split("</nav>", 1)[0]
    return re.findall(r'<a href="([^"]+)"[^>]* aria-current="page"', menu)


@pytest.mark.parametrize("ledger", ["tasks", "hazards", "enterprises"])
def test_an_import_belongs_to_its_ledger(world, ledger):
    assert here(world.as_("office").get(f"/{ledger}/import/").text) == [f"/{ledger}/"]


def test_an_auditor_begins_at_the_log(world):
    assert world.as_("auditor").get("/").headers["Location"] == "/audit/"


@pytest.mark.parametrize(("username", "offered"), [("leader", False), ("firm", True), ("yingji", True)])
def test_rows_are_ticked_only_by_who_may_do_something_with_them(world, username, offered):
    hazard_id = world.hazard()
    page = world.as_(username).get("/hazards/").text
    assert f"/hazards/{hazard_id}" in page
    assert ('name="rowid"' in page) is offered and ("/hazards/bulk/" in page) is offered
    assert ("/hazards/bulk/pass_recheck" in page) is (username == "yingji")
