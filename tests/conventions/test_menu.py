"""The menu is the screens' table of contents: nothing in it is dead, and nothing that opens is left out."""

import pytest

from app.menu import MENU, TABS, Entry

pytest_plugins = ["tests.support.factories"]
pytestmark = pytest.mark.one_database

# Screens that are reached from another one, and why they need no line of their own.
ELSEWHERE = {
    "Login.login": "before any menu",
    "OwnPassword.this_form_get": "in the menu at the user's name",
    "Delegations.list": "in the menu at the user's name",
    "Channels.new": "a button of the list",
    "Hazards.new": "a button of the ledger, and in the phone's bar",
    "Basis.index": "from every 依据",
    "Directory.lookup": "asked by forms while one types",
    "Jobs.list": "in the top bar and in the menu at the user's name",
    "healthz": "asked by machines",
    "Hazards.quick": "a button of the workbench and a tab, on a phone",
    "Tasks.new": "a button of the list and of the workbench",
    "Tasks.carry_over": "a button of the list",
    "Proposals.rules": "a button of the proposals",
    "Proposals.draft": "a button of a proposal",
    "RollUp.rows": "behind every figure of the roll-up",
    "Search.index": "the box in the top bar",
    "Submissions.overview": "what the county finds first, and a button of its list",
    "Overview.units": "a button of the overview, and beside the numbers of the workbench",
    "Overview.charts": "a button of the overview",
    "Calendar.notice": "a button of the working days",
    "Letters.new": "a button of the list, of an occasion and of a proposal",
    "Letters.lookup": "asked by the form while one types",
    "Occasions.new": "a button of the list",
    "static": "files",
}
# The same for every list: its files, and the way in for a sheet.
OF_A_LIST = {
    ".export": "a file, from the list's export menu", ".blank": "a file, beside the export or the import",
    "Imports.start": "a button of the list", ".save_filter": "a button of the list, beside what is filtered",
}


def entries(blocks) -> list[Entry]:
    return [leaf for block in blocks for entry in block for leaf in (entry.children or (entry,))]


def test_no_entry_is_dead(app):
    dead = [entry.endpoint for entry in (*entries(MENU), *TABS) if entry.endpoint not in app.view_functions]
    assert not dead, f"app/menu.py names screens that do not exist: {dead}"


def test_every_entry_asks_a_permission():
    assert not [entry.endpoint for entry in entries(MENU) if not entry.permission]


def test_every_screen_has_its_line(app):
    """A screen is what opens by GET without naming a row; add it to app/menu.py, or say here where it is found."""
    listed = {entry.endpoint for entry in entries(MENU)}
    screens = {
        rule.endpoint for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and not rule.endpoint.endswith(".add")
    }
    lost = {screen for screen in screens - listed - set(ELSEWHERE) if not screen.endswith(tuple(OF_A_LIST))}
    assert not lost, f"screens that no menu leads to: {sorted(lost)}"


def test_users_see_only_what_opens(world, enter):
    """No door that shuts in one's face: every line of each user's menu answers with a page."""
    for username in ("yingji", "yingji_head", "firm", "office", "leader", "auditor", "admin"):
        who = enter(username)
        page = who.get("/", follow_redirects=True).get_data(as_text=True)
        nav = page.split('id="nav"', 1)[1].split("</nav>", 1)[0]
        links = [part.split('"', 1)[0] for part in nav.split('href="')[1:]]
        assert links, username
        for link in links:
            assert who.get(link).status_code == 200, f"{username} {link}"


def test_no_two_entries_of_a_block_look_alike():
    """Beside its words an entry is found by its icon; an entry with a numeral has none."""
    for block in MENU:
        icons = [entry.icon for entry in block if not entry.numeral]
        assert len(icons) == len(set(icons)), icons
