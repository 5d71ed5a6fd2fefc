"""The invented content of the demo county: deterministic, relative to a passed day, and never somebody's."""
import datetime as dt
import io
from collections import Counter

import pytest
from PIL import Image

from app.demo.content import rows
from app.demo.courses import COURSES
from app.demo.enterprises import firms, invented_uscc
from app.demo.people import ACCOUNTS, person, phone
from app.demo.pictures import SCENES, scene, scene_of
from app.demo.stories import COUNT, stories

TODAY = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def told():
    return stories(TODAY)


def test_the_same_day_tells_the_same_stories(told):
    assert stories(TODAY) == told
    assert stories(TODAY + dt.timedelta(days=40)) != told


@pytest.mark.parametrize("today", [TODAY, dt.date(2026, 2, 18), dt.date(2028, 2, 29), dt.date(2027, 1, 1)])
def test_twelve_months_and_never_the_future(today):
    for story in stories(today):
        assert today - dt.timedelta(days=366) < story.day <= today
        days = [story.day, *(step.day for step in story.steps)]
        assert days == sorted(days)
        assert days[-1] <= today


def test_every_course_is_told_and_some_things_are_overdue(told):
    assert len(told) == COUNT == 300
    assert {story.course for story in told} == set(COURSES)
    finishing = {"pass_recheck", "approve_cancel", "approve_gone", "merge", "claim"}
    late = [s for s in told if s.due and s.due < TODAY and not finishing & {step.verb for step in s.steps}]
    assert len(late) >= 10
    assert {story.due_kind for story in told} == {"date", "immediate", "standing"}
    assert len({story.source for story in told}) == 7


def test_nobody_rechecks_what_he_rectified(told):
    for story in told:
        assert story.recheck not in (story.rectifier, story.enterprise)


def test_the_texts_are_many_and_fit(told):
    assert len({row["description"] for row in rows("hazards")}) >= 80
    for row in rows("hazards"):
        assert "{place}" in row["description"]
        assert all(row[field] for field in ("category", "measures", "progress", "prevention", "failed"))
        assert bool(row["level"]) == bool(row["criterion"])
    assert 30 <= len({(s.template["description"], s.place) for s in told}) <= COUNT


def test_the_enterprises():
    everyone = firms()
    assert 55 <= len(everyone) <= 65
    assert len({firm.township for firm in everyone}) == 15
    assert Counter(firm.status for firm in everyone)["closed"] == 1
    assert not all(firm.licensed for firm in everyone)
    first = everyone[0]
    assert (first.township, first.regulators[0]) == ("凤城镇", "县应急管理局")


def test_invented_codes_have_right_check_digits():
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    codes = [invented_uscc(n) for n in range(1, 70)]
    assert len(set(codes)) == 69
    for code in codes:
        weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
        total = sum(w * alphabet.index(c) for w, c in zip(weights, code, strict=False))
        assert code[17] == alphabet[(31 - total % 31) % 31]
        assert code[8:13] == "MADEM"


def test_persons_are_invented_and_their_telephones_cannot_ring():
    assert person("a") == person("a")
    assert phone("a").startswith("0356-000")
    assert len({name for *_rest, name in ACCOUNTS}) == len(ACCOUNTS) == 14


@pytest.mark.parametrize("drawing", SCENES)
def test_pictures_are_small_distinct_and_repeatable(drawing):
    before, after, other = scene(drawing, 1, after=False), scene(drawing, 1, after=True), scene(drawing, 2, after=False)
    assert len({before, after, other}) == 3
    assert before == scene(drawing, 1, after=False)
    assert max(len(before), len(after)) < 40_000
    with Image.open(io.BytesIO(before)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (640, 480))


def test_every_category_has_a_scene():
    assert {scene_of(row["category"]) for row in rows("hazards")} == set(SCENES)
