"""What is kept of a page from one request to the next says what holds now, and nobody else's token."""

import re

from app import shell, templating
from app.casework.unit_of_work import unit_of_work
from app.organization.models import DictionaryEntry
from app.organization.settings import Setting
from tests.support.factories import PASSWORD

BAR = re.compile(r'<header class="topbar">.*?</header>', re.S)
FILTERS = re.compile(r'<form class="filters".*?</form>', re.S)


def bar(visitor, path="/hazards/") -> str:
    return BAR.search(visitor.get(path).text)[0]


def filters(visitor, path="/hazards/") -> str:
    return FILTERS.search(visitor.get(path).text)[0]


def test_the_top_bar_says_whose_it_is_and_what_waits_now(world, visitor):
    clerk, firm = visitor("yingji", PASSWORD), visitor("firm", PASSWORD)
    assert bar(clerk) == bar(clerk).replace(shell.TOKEN, "") != bar(firm)
    before = bar(firm)
    world.hazard()
    assert 'class="count">0<' in before and 'class="count">1<' in bar(firm)
    assert 'value="消防"' in bar(clerk, "/search/?q=消防") and 'value="消防"' not in bar(clerk)


def test_the_top_bars_forms_carry_the_token_of_their_reader(world, visitor):
    clerk, other = visitor("yingji", PASSWORD), visitor("firm", PASSWORD)
    for _visit in range(2):
        token, its = (re.search(r'name="csrf_token" value="([^"]+)"', bar(one))[1] for one in (clerk, other))
    assert other.post("/logout/", data={"csrf_token": token}).status_code != 302
    assert clerk.post("/logout/", data={"csrf_token": token}).headers["Location"] == "/login/"
    assert other.get("/hazards/").status_code == 200 and its != token


def test_the_filters_show_what_was_asked_what_was_wrong_and_what_may_be_chosen(world, visitor):
    clerk = visitor("office", PASSWORD)
    plain = filters(clerk)
    assert 'value="2026-03-01"' in filters(clerk, "/hazards/?since=2026-03-01") and filters(clerk) == plain
    assert 'value="3月初"' in filters(clerk, "/hazards/?since=3月初")
    unit = world["fengcheng"]
    assert f'value="{unit}"' in filters(clerk, f"/hazards/?unit={unit}") and f'value="{unit}"' not in plain
    assert 'name="state" value="closed"' in filters(clerk, "/hazards/?state=closed")
    assert 'value="-due" selected' in filters(clerk, "/hazards/?sort=-due")


def test_a_renamed_entry_is_offered_by_its_new_name(world, visitor):
    clerk = visitor("yingji", PASSWORD)
    assert "物业领域" not in clerk.get("/hazards/new").text
    entry = next(iter(world.county.entries.values()))
    with world.system() as session, unit_of_work(session):
        session.get(DictionaryEntry, entry).name = "物业领域"
    assert "物业领域" in clerk.get("/hazards/new").text


def test_a_setting_in_the_words_of_a_filter_shows_and_breaks_nothing(world, visitor, monkeypatch):
    """However many parts are kept, and whatever those of before the change were found by."""
    monkeypatch.setattr(templating, "MOST_PARTS", 4)
    clerk = visitor("office", PASSWORD)
    assert "3天内到期" in filters(clerk)
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.county.id, key="warning_days", value=9, valid_from=world.day))
    for month in range(1, 10):
        assert "9天内到期" in filters(clerk, f"/hazards/?since=2026-0{month}-01")
