"""Slips of the keyboard and of a phone, and tricks by which one person would be two."""

import io

import pytest
import sqlalchemy as sa
from PIL import Image

from app.casework.errors import Obstacle, Stale
from app.casework.verbs import perform
from app.hazards.verbs import HAZARDS
from app.organization.models import Organization, Post
from tests.casework.support import in_processes
from tests.hazards.http import registered, send, typed, upload


def reviewing(world, unit: str = "yingji") -> None:
    """The unit reviews before issue."""
    units = Organization.__table__
    with world.system() as session:
        session.execute(sa.update(units).where(units.c.id == world[unit]).values(review_before_issue=True))
        session.commit()


def both_hats(world, username: str, role: str, unit: str = "yingji") -> None:
    """The user holds a second post in the unit, and wears it from now on."""
    with world.system() as session:
        post = Post(user_id=world.users[username], organization_id=world[unit], role=role)
        session.add(post)
        session.commit()
        return post.id


# ── slips ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("changed", [
    {"happened_on": "0001-01-01"}, {"happened_on": "0202-03-01"}, {"due": "9999-12-31"}, {"due": "20260-04-01"},
    {"funds": "sNaN"}, {"funds": "NaN"}, {"funds": "Infinity"},
    {"due": "", "due_unit": "days", "due_days": "9" * 400},
])
def test_a_slip_is_told_at_its_field_and_spoils_no_list(world, enter, changed):
    """A day in the year 1 took the whole county's ledger down: no window of months begins before it."""
    clerk = enter("yingji")
    for draft in ({}, {"issue": None}):
        answer = clerk.send("/hazards/new", typed(world, **changed, **draft))
        assert answer.status_code == 422, changed
    assert enter("office").get("/hazards/").status_code == 200


def test_an_extension_ends_within_the_years_of_a_ledger(world, enter):
    hazard_id = world.hazard()
    assert send(world, enter("firm"), "ask_extension", hazard_id, new_due="9999-12-31").status_code == 422


def test_a_phones_jpg_with_a_second_picture_inside(world, enter):
    """MPO, as many phones write it under the name of a jpg."""
    out = io.BytesIO()
    first, second = (Image.new("RGB", (16, 16), colour) for colour in ("red", "blue"))
    first.save(out, "MPO", save_all=True, append_images=[second])
    out.seek(0)
    hazard_id = world.hazard()
    answer = send(world, enter("firm"), "add_files", hazard_id, files=(out, "IMG_0001.jpg"))
    assert answer.status_code == 302
    page = enter("yingji").get(f"/hazards/{hazard_id}").text
    assert "IMG_0001.jpg" in page


# ── who could never take it ───────────────────────────────────────────────────────────────────────────────────────
def test_supervision_is_not_transferred_to_an_enterprise(world, enter):
    """It could neither accept nor return it, and the request would stand for ever."""
    hazard_id = world.hazard()
    answer = send(world, enter("yingji"), "ask_transfer", hazard_id, receiver_id=world["firm2"])
    assert answer.status_code == 422 and world.read(hazard_id).open_request is None
    assert send(world, enter("yingji"), "ask_reassign", hazard_id, receiver_id=world["firm2"]).status_code == 302


# ── one person as two ─────────────────────────────────────────────────────────────────────────────────────────────
def test_who_sent_it_for_review_does_not_review_it_with_another_hat(world, enter):
    """A colleague registered it; who sends it for review and reviews it would still be one person."""
    reviewing(world)
    draft = registered(world, enter("yingji"), issue=None)
    post = both_hats(world, "yingji_head", "unit_clerk")
    person = enter("yingji_head")
    person.send("/hats/wear", {"post": post})
    assert send(world, person, "submit", draft).status_code == 302
    with world.system() as session:
        own = session.scalars(sa.select(Post.id).where(Post.user_id == world.users["yingji_head"]).order_by(Post.id))
        person.send("/hats/wear", {"post": own.first()})
    assert send(world, person, "issue", draft).status_code == 422
    assert world.read(draft).state == "registered"


def test_who_sent_it_for_review_does_not_approve_it_on_paper(world, enter):
    reviewing(world)
    clerk = enter("yingji")
    draft = registered(world, clerk)
    for name in ("yingji的人", "yingji 的人"):
        answer = send(world, clerk, "issue", draft, decided_by=name, decided_on=world.day.isoformat())
        assert answer.status_code == 422, name
    assert send(world, clerk, "issue", draft, decided_by="局长", decided_on=world.day.isoformat()).status_code == 302


def test_a_space_in_the_name_makes_no_second_person(world, enter):
    hazard_id, clerk = world.hazard(), enter("yingji")
    send(world, clerk, "ask_cancel", hazard_id)
    answer = send(world, clerk, "approve_cancel", hazard_id, decided_by="yingji　的人", paper_scan=upload())
    assert answer.status_code == 422 and world.read(hazard_id).state == "rectifying"


# ── two at once ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_two_are_not_merged_into_each_other(world):
    """Each of two clerks takes the other's for the one to keep, at the same moment, a few times over."""
    pairs = [(world.hazard(), world.hazard()) for _ in range(12)]
    numbers = {i: world.read(i).number for pair in pairs for i in pair}

    def work(n):
        for pair in pairs:
            mine, kept = pair if n else reversed(pair)
            with world.session_of("yingji") as session:
                try:
                    perform(session, HAZARDS, "merge", mine, None, world.hats["yingji"],
                            {"kept_number": numbers[kept], "comment": "重复"}, world.day)
                except (Obstacle, Stale):
                    continue

    assert in_processes(world.app, 2, work) == []
    for pair in pairs:
        assert sorted(world.read(i).state for i in pair) != ["merged", "merged"], pair
