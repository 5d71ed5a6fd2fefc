"""The invented tasks of the demo county: deterministic, relative to a passed day, and never in the future."""
import datetime as dt

import pytest

from app.demo.content import rows
from app.demo.enterprises import firms
from app.demo.task_courses import SHARE_COURSES, ShareCourse
from app.demo.task_stories import SHOWN, TOWNSHIPS, task_stories
from app.organization.seed import _rows

TODAY = dt.date(2026, 11, 23)
DAYS = [TODAY, dt.date(2026, 1, 1), dt.date(2026, 2, 18), dt.date(2028, 2, 29), dt.date(2026, 12, 31)]


@pytest.fixture(scope="module")
def told():
    return task_stories(TODAY)


def test_the_same_day_tells_the_same_tasks(told):
    assert task_stories(TODAY) == told
    assert task_stories(TODAY + dt.timedelta(days=40)) != told


@pytest.mark.parametrize("today", DAYS)
def test_two_lists_and_never_the_future(today):
    stories = task_stories(today)
    assert {story.year for story in stories} >= {today.year - 1}
    for story in stories:
        assert story.issued <= today
        assert story.due is None or story.due >= story.issued
        days = [story.issued, *(step.day for step in story.steps)]
        assert days == sorted(days) and days[-1] <= today, story.key


@pytest.mark.parametrize("today", DAYS)
def test_each_share_goes_forward(today):
    """On one share nothing happens before what led to it, and nothing after it was done."""
    for story in task_stories(today):
        for unit in story.units:
            for period in {step.period for step in story.steps}:
                verbs = [s.verb for s in story.steps if s.unit == unit and s.period == period]
                assert "verify" not in verbs or verbs[-1] == "verify", (story.key, unit, verbs)
                assert "verify" not in verbs or "claim" in verbs


def test_what_a_visitor_wants_to_see_is_there(told):
    steps = [step for story in told for step in story.steps]
    assert {step.verb for step in steps} >= {
        "acknowledge", "report", "claim", "verify", "reject", "verify_progress", "ask_extension", "approve_extension",
        "chase", "release", "follow_up", "spawn", "ask_terminate", "approve_terminate",
    }
    assert {story.due_kind for story in told} == {"date", "immediate", "monthly", "quarterly", "standing"}
    assert {story.source for story in told} == {"central", "province", "city", "county", "superior"}
    assert sum(len(story.units) >= 15 for story in told) >= 8
    assert any(story.parent for story in told) and any(story.previous for story in told)
    acting = {(story.key, step.unit) for story in told for step in story.steps}
    unsigned = [(story.key, unit) for story in told for unit in story.units if (story.key, unit) not in acting]
    assert ("A22", "凤城镇") in unsigned and len(unsigned) < 15
    assert len([story for story in told if story.year == TODAY.year]) >= 24


def test_a_sub_task_and_a_successor_come_after_what_they_name(told):
    seen = set()
    for story in told:
        assert {story.parent, story.previous} - {""} <= seen, story.key
        seen.add(story.key)


def test_units_are_those_of_the_county():
    units = {row["short_name"].format(level="县", place="阳城") for row in _rows("units")}
    units |= {row["name"] for row in _rows("townships")}
    assert set(TOWNSHIPS) == {row["name"] for row in _rows("townships")}
    for story in task_stories(dt.date(2026, 12, 31)):
        assert {story.issuer, *story.units} <= units | {firm.name for firm in firms()}, story.key


def test_every_row_has_a_course_that_is_known():
    table = rows("tasks")
    assert len({row["key"] for row in table}) == len(table)
    assert {row["course"] for row in table} == {*SHARE_COURSES, "series", "draft"}
    assert all(hasattr(ShareCourse, course) for course in {c for one in SHARE_COURSES.values() for c in one})
    assert {key for key, _unit in SHOWN} <= {row["key"] for row in table}
    assert all("演示" in row["document_number"] for row in table if row["document_number"])
