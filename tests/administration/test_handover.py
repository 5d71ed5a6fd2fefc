"""移交工作: one screen gives what a person leaves behind to who is there; the timelines tell it."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from app.administration import delegations
from app.casework.errors import CaseworkError, NotAllowed, Obstacle
from app.casework.imports import ImportDraft
from app.casework.unit_of_work import unit_of_work
from app.organization.models import Delegation, Post, User
from tests.administration.handing_over import hand_over, import_draft, name_assignee, posts
from tests.administration.test_people import entries, version_of


# ── 承办人 ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_unit_says_who_sees_to_a_case(world, colleague, enter):
    mine, other = world.bring_to("awaiting_recheck"), world.bring_to("awaiting_recheck")
    clerk = enter("yingji")
    page = clerk.get(f"/hazards/{mine}").text
    assert "承办人" in page and "tongshi的人" in page
    form = {"assignee_id": world.users["tongshi"], "version": world.read(mine).version}
    assert clerk.send(f"/hazards/{mine}/assign", form).status_code == 302
    assert world.read(mine).assignee_id == world.users["tongshi"]
    entry, = entries(world, "assign")
    assert (entry.case_id, entry.comment, entry.confined_to_id) == (mine, "tongshi的人", world["yingji"])
    own, whole = (world.as_("tongshi").get(path).text for path in ("/?whose=mine", "/"))
    assert f"/hazards/{mine}" in own and f"/hazards/{other}" not in own
    assert f"/hazards/{mine}" in whole and f"/hazards/{other}" in whole
    assert "承办人" not in world.as_("firm").get(f"/hazards/{mine}").text
    assert "指定承办人" not in world.as_("firm").get(f"/hazards/{mine}").text


@pytest.mark.parametrize("username", ["zhujian", "office", "firm", "leader", "yingji_gone", "admin"])
def test_only_somebody_of_the_unit_who_is_there(world, username):
    hazard_id = world.bring_to("awaiting_recheck")
    if username == "yingji_gone":
        with world.system() as session, unit_of_work(session):
            world.users["yingji_gone"] = world.county.add_user(session, "yingji_gone", "yingji", "unit_clerk")
            session.get(User, world.users["yingji_gone"]).active = False
    with pytest.raises(Obstacle):
        name_assignee(world, "yingji", hazard_id, username)
    assert world.read(hazard_id).assignee_id is None


@pytest.mark.parametrize("username", ["zhujian", "firm", "office", "leader"])
def test_only_the_unit_whose_turn_it_is_names_one(world, username):
    hazard_id = world.bring_to("awaiting_recheck")
    with pytest.raises(CaseworkError):
        name_assignee(world, username, hazard_id, username)
    with pytest.raises(NotAllowed):  # rectifying is the firm's turn
        name_assignee(world, "yingji", world.hazard("yingji"), "yingji")


def test_it_ends_with_the_units_turn(world):
    hazard_id = world.bring_to("awaiting_recheck")
    name_assignee(world, "yingji", hazard_id, "yingji")
    assert world.do("yingji", "fail_recheck", hazard_id).assignee_id is None


# ── handing over ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_all_of_it_moves_in_one_go_and_each_case_tells_it(world, colleague):
    waiting, nobodys = world.bring_to("awaiting_recheck"), world.bring_to("awaiting_recheck")
    draft = world.hazard("yingji", issue=False)
    others_draft = world.hazard("zhujian", issue=False)
    name_assignee(world, "yingji", waiting, "yingji")
    versions = {i: world.read(i).version for i in (waiting, draft, nobodys, others_draft)}
    paper = import_draft(world, "yingji")
    with world.session_of("yingji") as session:
        delegations.delegate(session, world.hats["yingji"], {
            "post_id": world.hats["yingji"].post_id, "delegate_id": world.users["yingji_head"], "reason": "病假",
            "valid_from": world.day, "valid_to": world.day + dt.timedelta(days=9),
        }, world.day)
    moved = hand_over(world, last_day=world.day + dt.timedelta(days=3))
    assert (moved.cases, moved.imports, moved.delegations) == (2, 1, 1)
    for hazard_id, assignee in ((waiting, colleague), (draft, colleague), (nobodys, None), (others_draft, None)):
        row = world.read(hazard_id)
        assert (row.assignee_id, row.version) == (assignee, versions[hazard_id] + (assignee is not None))
    assert {(e.case_id, e.comment, e.user_id) for e in entries(world, "handover")} == {
        (i, "tongshi的人：调走", world.users["yingji_head"]) for i in (waiting, draft)
    }
    with world.system() as session:
        assert session.get(ImportDraft, paper).user_id == colleague
        assert session.scalars(sa.select(Delegation)).one().revoked_on == world.day
    assert posts(world, "yingji") == [(world["yingji"], "unit_clerk", None, world.day + dt.timedelta(days=3))]
    assert len(posts(world, "tongshi")) == 1, "he is a clerk already"
    entry, = entries(world, "person_handover")
    assert entry.extra["cases"] == 2 and entry.extra["name"] == "yingji的人"
    assert "yingji的人 · 应急管理局 填报人 · tongshi的人" in world.as_("auditor").get("/audit/").text
    assert "移交工作" in world.as_("tongshi").get(f"/hazards/{waiting}").text
    assert "移交工作" not in world.as_("firm").get(f"/hazards/{waiting}").text
    assert world.do("tongshi", "pass_recheck", waiting).state == "closed"


def test_the_successor_takes_the_post_from_the_next_day(world):
    hand_over(world, who="yingji", to="yingji_head", last_day=world.day)
    next_day = world.day + dt.timedelta(days=1)
    assert posts(world, "yingji_head")[1] == (world["yingji"], "unit_clerk", next_day, None)
    world.move_to(next_day)
    assert world.as_("yingji").get("/hazards/").status_code == 403
    assert world.as_("yingji_head").get("/hazards/").status_code == 200


def test_the_account_may_be_closed_with_it(world, colleague, enter):
    clerk = enter("yingji")
    with pytest.raises(Obstacle):
        hand_over(world, last_day=world.day + dt.timedelta(days=1), close=True)
    hand_over(world, close=True)
    assert clerk.get("/hazards/").status_code == 302


@pytest.mark.parametrize("to", ["zhujian", "office", "yingji", "admin", "gone", "other_yingji"])
def test_nobody_who_is_not_there(world, to):
    if to == "gone":
        with world.system() as session, unit_of_work(session):
            world.users["gone"] = world.county.add_user(session, "gone", "yingji", "unit_clerk")
            session.scalars(sa.select(Post).where(Post.user_id == world.users["gone"])).one().valid_to = (
                world.day - dt.timedelta(days=1)
            )
    with pytest.raises(Obstacle):
        hand_over(world, to=to)
    assert posts(world, "yingji")[0][3] is None


@pytest.mark.parametrize(("by", "who"), [("zhujian_head", "yingji"), ("office_head", "yingji"),
                                         ("office_head", "admin"), ("yingji_head", "zhujian")])
def test_nobody_elses_people(world, by, who):
    with pytest.raises((CaseworkError, AttributeError)):
        hand_over(world, by=by, who=who, to=f"{who}_head" if who != "admin" else "office")
    assert posts(world, who)[0][3] is None


def test_a_stale_form_moves_nothing(world, colleague):
    with pytest.raises(CaseworkError):
        hand_over(world, version=1)
    assert posts(world, "yingji")[0][3] is None


def test_the_screen(world, colleague):
    """The administrator's too, who is told how many and not which."""
    hazard_id = world.bring_to("awaiting_recheck")
    name_assignee(world, "yingji", hazard_id, "yingji")
    post = world.hats["yingji"].post_id
    for username in ("yingji_head", "admin"):
        page = world.as_(username).get(f"/people/{world.users['yingji']}/hand-over")
        assert page.status_code == 200 and "承办事项和草稿 1 件" in page.text
        assert re.search(rf'<input checked [^>]*name="posts"[^>]*value="{post}"', page.text), "three clicks, not four"
        assert "tongshi的人" in page.text and "zhujian的人" not in page.text
    head, path = world.as_("yingji_head"), f"/people/{world.users['yingji']}/hand-over"
    form = {"version": version_of(head, path), "last_day": "2026-03-20", "comment": "调走", "posts": [post]}
    missing = head.send(path, form)
    assert missing.status_code == 422 and "调走" in missing.text and f"successor_{post}-fault" in missing.text
    none = head.send(path, {**form, "posts": [], f"successor_{post}": colleague})
    assert none.status_code == 422 and "勾选要移交的岗位" in none.text
    assert head.send(path, {**form, f"successor_{post}": colleague}).status_code == 302
    assert world.read(hazard_id).assignee_id == colleague
    assert head.send(path, {**form, f"successor_{post}": colleague}).status_code == 409


@pytest.mark.one_database
def test_the_screens_cost_few_statements(world, colleague, statements):
    hazard_id = world.bring_to("awaiting_recheck")
    name_assignee(world, "yingji", hazard_id, "yingji")
    head = world.as_("yingji_head")
    for path in (f"/people/{world.users['yingji']}/hand-over", "/delegations/", "/roles/", "/people/",
                 "/resetmypassword/form", "/?whose=mine"):
        head.get(path)
        with statements() as seen:
            assert head.get(path).status_code == 200
        assert len(seen) <= 15, (path, len(seen), seen)


def test_many_cases_are_a_set(world, colleague, statements):
    """As many statements for eight cases as for two."""
    def seen_to(count, by):
        for _n in range(count):
            name_assignee(world, by, world.hazard(by, issue=False), by)

    seen_to(2, "yingji")
    with statements() as few:
        hand_over(world)
    seen_to(6, "tongshi")
    with statements() as many:
        moved = hand_over(world, who="tongshi", to="yingji_head")
    assert moved.cases == 8
    assert len(many) <= len(few) + 2
