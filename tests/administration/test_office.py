"""Dictionaries, working days, settings: the administrator's; what was counted before a change stays."""

import datetime as dt
import io
import re

import pytest
import sqlalchemy as sa

from app.access import idle
from app.casework.history import TimelineEntry
from app.organization.models import CalendarDay, DictionaryEntry
from app.organization.settings import values
from tests.support.factories import PASSWORD, picture


def entries(world, verb):
    with world.system() as session:
        return session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == verb)).all()


def entry(world, name):
    with world.system() as session:
        return session.scalars(sa.select(DictionaryEntry).where(
            DictionaryEntry.name == name, DictionaryEntry.county_id == world.county.id)).one_or_none()


def held(world, day):
    with world.system() as session:
        return values(session, world.county.id, day)


@pytest.mark.parametrize("path", ["/dictionaries/", "/dictionaries/add", "/calendar/", "/calendar/add", "/settings/"])
def test_the_administrator_s_screens(world, path, statements):
    admin = world.as_("admin")
    admin.get(path)
    with statements() as seen:
        assert admin.get(path).status_code == 200
    assert len(seen) <= 15
    for username in ("office", "yingji", "firm", "auditor", "leader"):
        assert world.as_(username).get(path).status_code == 403


# ── dictionaries ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_entry_is_added_and_retired_never_deleted(world):
    admin = world.as_("admin")
    answer = admin.send("/dictionaries/add", {
        "dictionary": "major_criterion", "name": "工贸判定标准", "document_number": "应急部令10号",
        "valid_from": "2023-05-15", "active": "1",
    })
    assert answer.status_code == 302, answer.text
    made = entry(world, "工贸判定标准")
    assert (made.document_number, made.valid_from) == ("应急部令10号", dt.date(2023, 5, 15))
    assert made.county_id == world.county.id
    assert admin.send(f"/dictionaries/{made.id}/edit", {"version": 1, "active": "0"}).status_code == 302
    assert not entry(world, "工贸判定标准").active
    assert admin.send(f"/dictionaries/{made.id}/edit", {"version": 1, "active": "1"}).status_code == 409
    assert [e.verb for e in entries(world, "entry_changed")] == ["entry_changed"]
    assert "工贸判定标准" in admin.get("/dictionaries/?_flt_0_dictionary=major_criterion").text
    assert "工贸判定标准" not in admin.get("/dictionaries/?_flt_0_active=True").text


@pytest.mark.parametrize("wrong", [
    {"name": "消防"}, {"name": ""}, {"dictionary": ""}, {"dictionary": "colour"},
    {"valid_from": "2026-02-02", "valid_to": "2026-02-01"}, {"valid_from": "soon"},
    {"sort_order": "-1"}, {"sort_order": "9" * 400},
])
def test_what_is_no_entry(world, wrong):
    form = {"dictionary": "hazard_category", "name": "新类别", **wrong}
    answer = world.as_("admin").send("/dictionaries/add", form)
    assert answer.status_code == 422
    assert entry(world, "新类别") is None


def test_another_county_s_entries_are_not_there(world):
    admin, theirs = world.as_("admin"), world.other.entries["fire"]
    assert admin.get("/dictionaries/?_flt_0_dictionary=").text.count(">消防<") == 1
    assert admin.send(f"/dictionaries/{theirs}/edit", {"version": 1, "name": "x"}).status_code == 404


# ── working days ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_day_of_its_own(world):
    admin = world.as_("admin")
    form = {"day": "2026-03-23", "is_workday": "0", "note": "县庆"}
    assert admin.send("/calendar/add", form).status_code == 302
    again = admin.send("/calendar/add", form)
    assert again.status_code == 422
    assert "县庆" in again.text
    with world.system() as session:
        row = session.scalars(sa.select(CalendarDay)).one()
        assert (row.county_id, row.day, row.is_workday) == (world.county.id, dt.date(2026, 3, 23), False)
    assert admin.send(f"/calendar/{row.id}/edit", {"version": 1, "is_workday": "1"}).status_code == 302
    assert entries(world, "calendar_day_changed")[0].changes == {"is_workday": [False, True]}


def test_a_year_without_holidays_is_warned_of(world):
    admin = world.as_("admin")
    world.move_to(dt.date(2040, 6, 1))
    warned = admin.get("/calendar/").text
    assert "2040" in warned and "2041" in warned
    for day in ("2040-01-01", "2040-10-01"):
        admin.send("/calendar/add", {"day": day, "is_workday": "0"})
    alerts = re.findall(r'alert-warning">([^<]*)', admin.get("/calendar/").text)
    assert [("2040" in text, "2041" in text) for text in alerts] == [(False, True)]


# ── settings ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_value_from_a_day_on(world):
    admin = world.as_("admin")
    later = world.day + dt.timedelta(days=10)
    answer = admin.send("/settings/warning_days/edit", {"value": "5", "valid_from": later.isoformat()})
    assert answer.status_code == 302, answer.text
    assert held(world, world.day)["warning_days"] == 3
    assert held(world, later)["warning_days"] == 5
    entry, = entries(world, "setting_changed")
    assert (entry.changes, entry.extra) == ({"warning_days": [3, 5]}, {"valid_from": later.isoformat()})
    page = admin.get("/settings/").text
    assert later.isoformat() in page
    assert "admin的人" in page


@pytest.mark.parametrize("key,value,day", [
    ("warning_days", "0", "2026-03-20"), ("warning_days", "x", "2026-03-20"), ("warning_days", "", "2026-03-20"),
    ("warning_days", "5", "2026-03-19"), ("title_font", "字" * 61, "2026-03-20"), ("warning_days", "5", ""),
])
def test_what_is_no_value(world, key, value, day):
    assert world.as_("admin").send(f"/settings/{key}/edit", {"value": value, "valid_from": day}).status_code == 422
    assert held(world, dt.date(2030, 1, 1)) == held(world, dt.date(2020, 1, 1))


def test_an_unknown_setting(world):
    assert world.as_("admin").get("/settings/colour/edit").status_code == 404


def set_to(world, key: str, value) -> None:
    form = {"value": str(value), "valid_from": world.day.isoformat()}
    answer = world.as_("admin").send(f"/settings/{key}/edit", form)
    assert answer.status_code == 302, answer.text


def test_days_that_count_as_soon_follow_their_setting(world):
    """In the list's filter, on its badges, on the workbench's figure and in the words beside them."""
    hazard_id = world.hazard(due=world.day + dt.timedelta(days=6))
    clerk = world.as_("yingji")

    def soon() -> tuple:
        found = world.read(hazard_id).number in clerk.get("/hazards/?due=soon").text
        desk = clerk.get("/").text
        figure = re.search(r'due=soon"[^>]*><b>(\d+)</b>', desk)[1]
        badge = "due-soon" in clerk.get(f"/hazards/{hazard_id}").text
        return found, figure, "3天内到期" in desk, "7天内到期" in desk, badge

    assert soon() == (False, "0", True, False, False)
    set_to(world, "warning_days", 7)
    assert soon() == (True, "1", False, True, True)


def test_a_session_ends_when_its_county_says(world, visitor, monkeypatch):
    set_to(world, "idle_minutes", 5)
    ours, theirs = visitor("yingji", PASSWORD), visitor("other_yingji", PASSWORD)
    start = idle.now()
    for passed, in_ours in ((240, 200), (480, 200), (481 + 300, 302)):  # each page begins the count anew
        monkeypatch.setattr(idle, "now", lambda passed=passed: start + passed)
        assert ours.get("/hazards/").status_code == in_ours, passed
        assert theirs.get("/hazards/").status_code == 200, "30 minutes without a setting"
    typed = ours.send("/hazards/new", {"description": "写了一半"})
    assert typed.status_code == 302 and "/login/" in typed.headers["Location"]
    monkeypatch.setattr(idle, "now", lambda: start + 481 + 300 + 1801)
    assert theirs.get("/hazards/").status_code == 302


def test_the_largest_picture_follows_its_setting(world):
    set_to(world, "upload_megabytes", 1)
    hazard_id = world.hazard()
    clerk = world.as_("yingji")
    assert "1 MB" in clerk.get("/hazards/new").text
    large = (io.BytesIO(picture() + b"\0" * (1 << 20)), "大.jpg")
    form = {"purpose": "after", "version": world.read(hazard_id).version, "files": large}
    answer = clerk.send(f"/hazards/{hazard_id}/do/add_files", form, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # the test client leaves its large body open
    assert answer.status_code == 422 and "大.jpg" in answer.text and "1 MB" in answer.text


def test_the_shortest_password_follows_its_setting(world):
    set_to(world, "password_length", 14)
    form = {"present": PASSWORD, "password": "Abcdef12345", "conf_password": "Abcdef12345"}
    answer = world.as_("yingji").send("/resetmypassword/form", form)
    assert answer.status_code == 200 and "14" in answer.text


def test_how_many_records_in_one_go_follows_its_setting(world):
    set_to(world, "bulk_rows", 1)
    two = [world.hazard(), world.hazard()]
    clerk = world.as_("yingji")
    assert clerk.send("/hazards/bulk/chase", {"rowid": two}, follow_redirects=True).text.count("一次最多") == 1
    assert clerk.send("/hazards/bulk/chase", {"rowid": two[:1]}).status_code == 200


def test_the_lock_follows_its_setting(world):
    admin = world.as_("admin")
    admin.send("/settings/lock_failures/edit", {"value": "2", "valid_from": world.day.isoformat()})
    for _try in range(2):
        world.app.test_client().sign_in("yingji", "wrong")
    assert world.app.test_client().sign_in("yingji", "Jiancha2026").status_code == 200
    for _try in range(3):
        world.app.test_client().sign_in("other_yingji", "wrong")
    assert world.app.test_client().sign_in("other_yingji", "Jiancha2026").status_code == 302
