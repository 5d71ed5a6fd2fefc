"""Working days: the whole year at a glance, and a notice taken over at once."""

import datetime as dt
import re

import sqlalchemy as sa

from app.casework.calendar import county_calendar
from app.casework.deadlines import workdays_after
from app.casework.history import TimelineEntry
from app.organization.models import CalendarDay

TEXT = """一、元旦：1月1日（周日）至3日（周二）放假，共3天。
二、国庆节：10月1日（周一）至7日（周日）放假调休，共7天。9月29日（周六）上班。"""


def days(world) -> list[CalendarDay]:
    with world.system() as session:
        return session.scalars(sa.select(CalendarDay).order_by(CalendarDay.day)).all()


def looks(page: str) -> dict[str, str]:
    """`{day: classes}` of the year's page."""
    return {day: look.strip() for look, day in re.findall(r'class="day ([a-z ]+)"\s+title="([\d-]+) ', page)}


def test_a_year_shows_who_rests_when(world):
    admin = world.as_("admin")
    admin.send("/calendar/add", {"day": "2026-03-23", "is_workday": "0", "note": "县庆"})
    page = admin.get("/calendar/year/2026").text
    found = looks(page)
    assert len(found) == 365 and "县庆" in page
    assert found["2026-03-20"] == "work today" and found["2026-03-21"] == "rest"
    assert found["2026-03-23"] == "rest moved own"
    assert found["2026-02-28"] == "work moved" and found["2026-10-01"] == "rest moved"
    assert "alert-warning" not in page and "alert-warning" in admin.get("/calendar/year/2040").text
    for path in ("/calendar/year/1999", "/calendar/year/2101"):
        assert admin.get(path).status_code == 404
    add = admin.get("/calendar/add?day=2026-05-06&worked=0").text
    assert 'value="2026-05-06"' in add


def test_a_notice_is_looked_at_first_then_taken_over_at_once(world):
    admin, form = world.as_("admin"), {"year": "2040", "text": TEXT}
    world.move_to(dt.date(2040, 6, 1))
    seen = admin.send("/calendar/notice", form)
    assert seen.status_code == 200 and "识别出11天" in seen.text and "2040-09-29" in seen.text
    assert days(world) == []
    assert admin.send("/calendar/notice", {**form, "confirmed": "1"}).status_code == 302
    assert len(days(world)) == 11 and {row.county_id for row in days(world)} == {world.county.id}
    with world.session_of("yingji") as session:
        calendar = county_calendar(session)
    assert calendar.has_data(2040) and not calendar.has_data(2041)
    assert workdays_after(dt.date(2040, 9, 28), 2, calendar) == dt.date(2040, 10, 8)
    with world.session_of("other_yingji") as session:
        assert not county_calendar(session).has_data(2040)


def test_taken_over_again_it_changes_what_is_other_now(world):
    admin, form = world.as_("admin"), {"year": "2040", "text": TEXT, "confirmed": "1"}
    admin.send("/calendar/notice", form)
    admin.send("/calendar/notice", form)
    admin.send("/calendar/notice", {**form, "text": "国庆节：10月7日上班。"})
    assert [row.version for row in days(world)] == [1] * 10 + [2]
    with world.system() as session:
        noted = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "notice_taken_over")).all()
    assert [len(entry.changes) for entry in noted] == [11, 1]
    assert noted[1].changes == {"2040-10-07": [False, True]}


def test_what_holds_no_day_is_told_and_kept(world):
    form = {"year": "2040", "text": "各单位：请遵照执行。", "confirmed": "1"}
    answer = world.as_("admin").send("/calendar/notice", form)
    assert answer.status_code == 422 and "请遵照执行" in answer.text and days(world) == []
    assert world.as_("admin").send("/calendar/notice", {"year": "1", "text": TEXT}).status_code == 422
    assert world.as_("office").get("/calendar/notice").status_code == 403
