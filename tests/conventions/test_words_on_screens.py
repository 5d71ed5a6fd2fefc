"""No screen says a word of English: every page that can be opened, every verb's form, every fault and error page."""

import re
from html.parser import HTMLParser

import pytest

from app.hazards.states import HazardState
from app.hazards.verbs import HAZARDS
from app.letters.states import LetterState
from app.letters.verbs import LETTERS
from app.occasions.verbs import OCCASIONS
from app.tasks.shares.verbs import SHARES
from app.tasks.states import TaskState
from app.tasks.verbs import TASKS
from tests.support import letter_factories as letters
from tests.support import occasion_factories as occasions
from tests.support import task_factories as tasks
from tests.support.factories import POSTS

pytest_plugins = ["tests.support.factories"]
pytestmark = pytest.mark.one_database

# What an office reads in Latin letters too: kinds of file, sizes, programs, the code of a number.
FINE = {"APP", "jpg", "png", "heic", "pdf", "ofd", "svg", "xlsx", "xls", "docx", "Word", "PPT", "Excel", "WPS",
        "SQLite", "PostgreSQL", "DATABASE_URL", "KB", "MB", "GB", "YH", "RW", "QX", "HJ", "Ctrl",
        *"".join(POSTS).split("_"), *POSTS}
FILES = (".export", ".blank", "healthz")  # not screens
ATTRIBUTES = ("placeholder", "title", "aria-label", "alt", "data-confirm", "data-none", "data-title")
LATIN = re.compile(r"[A-Za-z][A-Za-z_]+")


TYPED = ("script", "style", "code", "pre")  # a command is typed as it stands


class Words(HTMLParser):
    """Collects what a reader sees or hears: text, and the attributes that browsers show or read out."""

    def __init__(self):
        super().__init__()
        self.said, self._mute = [], 0

    def handle_starttag(self, tag, attrs):
        self._mute += tag in TYPED
        given = dict(attrs)
        self.said.extend(given[name] or "" for name in ATTRIBUTES if name in given)
        if tag == "input" and given.get("type") in ("submit", "button", "reset"):
            self.said.append(given.get("value") or "")

    def handle_endtag(self, tag):
        self._mute -= tag in TYPED

    def handle_data(self, data):
        if not self._mute:
            self.said.append(data)


def english(page: str) -> set[str]:
    words = Words()
    words.feed(page)
    text = re.sub(r"\{year\}|\{month\}", "", " ".join(words.said))
    return {word for word in LATIN.findall(text) if word not in FINE}


def assert_chinese(answer, what: str) -> None:
    found = english(answer.get_data(as_text=True))
    assert not found, f"{what} says {sorted(found)}: give it an English msgid and its Chinese in the catalogue"


def screens(app) -> list[str]:
    """Every address that opens without naming a row."""
    return sorted(
        rule.rule for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.arguments and not rule.endpoint.endswith(FILES)
    )


@pytest.mark.parametrize("username", sorted(POSTS))
def test_screens_of_each_role(app, world, enter, username):
    world.hazard()
    tasks.task(world)
    who = enter(username)
    for path in screens(app):
        answer = who.get(path, follow_redirects=True)
        if answer.mimetype == "text/html":
            assert_chinese(answer, f"{path} as {username}")


@pytest.mark.parametrize("state", sorted(HazardState))
def test_case_page_and_verb_forms(world, enter, state):
    """Fresh, and sent empty: then the validators speak."""
    hazard_id = world.bring_to(state)
    for username in ("yingji", "yingji_head", "firm", "office"):
        who = enter(username)
        assert_chinese(who.get(f"/hazards/{hazard_id}"), f"case page, {state}, {username}")
        for name in HAZARDS.verbs:
            path = f"/hazards/{hazard_id}/do/{name}"
            assert_chinese(who.get(path, follow_redirects=True), path)
    for name in HAZARDS.verbs:
        answer = enter("yingji").send(f"/hazards/{hazard_id}/do/{name}", {"version": "0"}, follow_redirects=True)
        assert_chinese(answer, f"{name} sent empty")


@pytest.mark.parametrize("state", sorted(TaskState))
def test_task_pages_and_verb_forms(world, enter, state):
    """The head's page and each share's, fresh and sent empty."""
    task_id = tasks.bring(world, state)
    pages = [(TASKS, f"/tasks/{task_id}")]
    if share_id := tasks.share(world, task_id, "fengcheng"):
        pages.append((SHARES, f"/tasks/shares/{share_id}"))
    for username in ("office", "office_head", "fengcheng"):
        who = enter(username)
        for noun, page in pages:
            assert_chinese(who.get(page, follow_redirects=True), f"{page}, {state}, {username}")
            for name in noun.verbs:
                path = f"{page}/do/{name}"
                assert_chinese(who.get(path, follow_redirects=True), path)
                assert_chinese(who.send(path, {"version": "0"}, follow_redirects=True), f"{path} sent empty")


@pytest.mark.parametrize("state", sorted(LetterState))
def test_letter_pages_and_verb_forms(world, enter, state):
    letter_id = letters.bring(world, state)
    for username in ("office", "office_head", "fengcheng"):
        who = enter(username)
        assert_chinese(who.get(f"/letters/{letter_id}"), f"letter, {state}, {username}")
        for name in LETTERS.verbs:
            path = f"/letters/{letter_id}/do/{name}"
            assert_chinese(who.get(path, follow_redirects=True), path)
            assert_chinese(who.send(path, {"version": "0"}, follow_redirects=True), f"{path} sent empty")
    answer = enter("office").send("/letters/new", {"type": "?", "plan_days": "x", "submit": "1"})
    assert_chinese(answer, "letter, nonsense")


def test_occasion_pages_and_verb_forms(world, enter):
    occasion_id, who = occasions.occasion(world, confidential=True), enter("office")
    assert_chinese(who.get(f"/occasions/{occasion_id}"), "occasion")
    for name in OCCASIONS.verbs:
        path = f"/occasions/{occasion_id}/do/{name}"
        assert_chinese(who.get(path), path)
        assert_chinese(who.send(path, {"version": "0"}, follow_redirects=True), f"{path} sent empty")
    assert_chinese(who.send("/occasions/new", {"type": "?", "happened_on": "x"}), "occasion, nonsense")
    assert_chinese(enter("leader").get(f"/occasions/{occasion_id}"), "occasion, masked")


def test_forms_sent_with_nonsense(world, enter):
    who = enter("yingji")
    nonsense = {"happened_on": "morgen", "due": "xx", "funds": "viel", "enterprise_id": "x", "rectifiers": "9999",
                "category_id": "77", "level": "?", "due_kind": "?", "source": "?", "issue": "1"}
    answer = who.send("/hazards/new", nonsense)
    assert answer.status_code == 422
    words = re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True))
    assert not english(words) - {"morgen", "xx", "viel"}
    assert_chinese(who.get("/hazards/?state=bogus&page=-1&due=x"), "list with nonsense")
    assert_chinese(who.send("/hazards/bulk/chase", {}, follow_redirects=True), "bulk without rows")


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/hazards/999999", 404), ("/hazards/1/assign", 405)]
)
def test_error_pages(world, enter, path, status):
    answer = enter("yingji").get(path)
    assert answer.status_code == status
    assert_chinese(answer, path)


def test_forbidden_too_large_and_without_token(app, world, enter):
    forbidden = enter("auditor").get("/hazards/new")
    assert forbidden.status_code == 403
    assert_chinese(forbidden, "403")
    app.config["MAX_CONTENT_LENGTH"] = 1000
    try:
        large = enter("yingji").send("/hazards/new", {"description": "长" * 2000})
    finally:
        app.config["MAX_CONTENT_LENGTH"] = 64 * 1024 * 1024
    assert large.status_code == 413
    assert_chinese(large, "413")
    tokenless = enter("yingji").post("/hazards/new", data={"description": "无"})
    assert tokenless.status_code == 400
    assert_chinese(tokenless, "400")


def test_fault_of_ours(app, world, enter):
    """The page of a 500 needs neither database nor session."""
    who = enter("yingji")
    original = app.view_functions["Hazards.list"]
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    app.view_functions["Hazards.list"] = broken
    try:
        answer = who.get("/hazards/")
    finally:
        app.view_functions["Hazards.list"] = original
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status_code == 500
    assert_chinese(answer, "500")


def test_login_page(client):
    assert_chinese(client.get("/login/"), "login")
    assert_chinese(client.send("/login/", {"username": "niemand", "password": "x"}), "refused login")


def test_expired_session_returns_to_the_form(world, enter):
    """Logged out while typing: login, then the same form; the browser kept the text."""
    who = enter("yingji")
    who.delete_cookie("zhualuoshi")
    answer = who.post("/hazards/new", data={"description": "未存", "csrf_token": "stale"})
    assert answer.status_code == 302
    assert "/login/?next=/hazards/new" in answer.location
    assert_chinese(who.get(answer.location), "login after expiry")
