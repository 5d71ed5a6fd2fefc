"""代理: a colleague acts in a post from–to; every entry says in whose place; the two count as one person."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.access.hats import hats_of
from app.administration import delegations
from app.casework.errors import CaseworkError, Obstacle
from app.casework.history import TimelineEntry
from app.casework.unit_of_work import unit_of_work
from app.casework.verbs import perform
from app.hazards.verbs import HAZARDS
from app.organization.models import Delegation, Post, User


def hats(world, username, day=None):
    with world.system() as session:
        return hats_of(session, session.get(User, world.users[username]), day or world.day)


def lend(world, by, to, since=0, until=5, post=None):
    """`by` lets `to` act in his post; days from today."""
    day, hat = world.day, world.hats[by]
    with world.session_of(by) as session:
        return delegations.delegate(session, hat, {
            "post_id": post or hat.post_id, "delegate_id": world.users[to], "reason": "外出培训",
            "valid_from": day + dt.timedelta(days=since), "valid_to": day + dt.timedelta(days=until),
        }, day)


def do(world, hat, verb, hazard_id, **data):
    from app.access.scope import session_for

    with world.app.app_context(), session_for(hat.scope) as session:
        perform(session, HAZARDS, verb, hazard_id, None, hat, {**world.answers(verb), **data}, world.day)


def entries(world, verb):
    with world.system() as session:
        return session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == verb)).all()


# ── the hat ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_hat_is_there_from_the_first_day_to_the_last(world):
    lend(world, "yingji_head", "yingji", since=1, until=3)
    for days, roles in ((0, ["unit_clerk"]), (1, ["unit_clerk", "unit_reviewer"]),
                        (3, ["unit_clerk", "unit_reviewer"]), (4, ["unit_clerk"])):
        assert [hat.role for hat in hats(world, "yingji", world.day + dt.timedelta(days=days))] == roles, days
    assert [hat.role for hat in hats(world, "yingji_head", world.day + dt.timedelta(days=2))] == ["unit_reviewer"]


def test_it_is_worn_and_each_entry_says_in_whose_place(world, enter):
    lend(world, "yingji_head", "yingji")
    hazard_id = world.hazard("yingji")
    clerk = enter("yingji")
    page = clerk.get("/").text
    assert "应急管理局 审核人（代 yingji_head的人）" in page
    assert clerk.send("/hats/wear", {"post": world.hats["yingji_head"].post_id}).status_code == 302
    version = world.read(hazard_id).version
    assert clerk.send(f"/hazards/{hazard_id}/do/raise_level", {"version": version, "criterion_note": "第三条"}
                      ).status_code == 302
    entry, = entries(world, "raise_level")
    assert (entry.user_id, entry.role) == (world.users["yingji"], "unit_reviewer")
    assert entry.extra["on_behalf_of"] == "yingji_head的人"
    assert "yingji的人（代 yingji_head的人）" in clerk.get(f"/hazards/{hazard_id}").text
    assert "（代 yingji_head的人）" in world.as_("auditor").get("/audit/").text


def test_accounts_are_not_lent(world, enter):
    lend(world, "yingji_head", "yingji")
    clerk = enter("yingji")
    clerk.send("/hats/wear", {"post": world.hats["yingji_head"].post_id})
    for path in ("/people/", "/people/add", f"/people/{world.users['yingji']}/edit", "/delegations/"):
        assert clerk.get(path).status_code == 403, path
    assert clerk.send(f"/people/{world.users['yingji']}/password").status_code == 403


@pytest.mark.parametrize("how", ["delegator inactive", "post ended", "delegate left", "revoked", "given back"])
def test_it_ends_with_what_it_rests_on(world, how):
    given = lend(world, "yingji_head", "yingji")
    assert len(hats(world, "yingji")) == 2
    if how in ("revoked", "given back"):
        who = "yingji_head" if how == "revoked" else "yingji"
        with world.session_of(who) as session:
            delegations.revoke(session, world.hats[who], given, 1, world.day)
    else:
        with world.system() as session, unit_of_work(session):
            if how == "delegator inactive":
                session.get(User, world.users["yingji_head"]).active = False
            else:
                who = "yingji_head" if how == "post ended" else "yingji"
                session.scalars(sa.select(Post).where(Post.user_id == world.users[who])).one().valid_to = (
                    world.day - dt.timedelta(days=1)
                )
    assert not [hat for hat in hats(world, "yingji") if hat.on_behalf_of]


# ── who gives what to whom ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("by", "to", "may"), [
    ("yingji_head", "yingji", True), ("yingji", "yingji_head", True), ("office_head", "office", True),
    ("leader", "office", True), ("leader", "office_head", True),
    ("yingji_head", "zhujian", False), ("yingji_head", "office", False), ("yingji_head", "firm", False),
    ("yingji_head", "yingji_head", False), ("yingji", "other_yingji", False), ("office", "auditor", False),
    ("office_head", "admin", False), ("firm", "yingji", False), ("auditor", "office", False),
    ("admin", "office", False),
])
def test_to_colleagues_of_the_unit(world, by, to, may):
    if may:
        lend(world, by, to)
        assert hats(world, to)[-1].on_behalf_of == f"{by}的人"
    else:
        with pytest.raises(Obstacle):
            lend(world, by, to)
        assert not [hat for hat in hats(world, to) if hat.on_behalf_of]


def test_a_lent_post_is_not_lent_on(world):
    lend(world, "yingji_head", "yingji")
    with pytest.raises(Obstacle):
        lend(world, "yingji", "yingji_head", post=world.hats["yingji_head"].post_id)


def test_who_has_left_is_not_offered_and_not_taken(world, enter):
    with world.system() as session, unit_of_work(session):
        session.get(User, world.users["yingji"]).active = False
    with pytest.raises(Obstacle):
        lend(world, "yingji_head", "yingji")
    assert "yingji的人" not in enter("yingji_head").get("/delegations/").text.split("<form", 2)[-1]


@pytest.mark.parametrize(("since", "until"), [(-1, 3), (3, 2)])
def test_days_that_cannot_be(world, since, until):
    with pytest.raises(Obstacle):
        lend(world, "yingji_head", "yingji", since, until)


def test_one_delegate_at_a_time(world):
    lend(world, "office", "office_head", 0, 5)
    with pytest.raises(Obstacle):
        lend(world, "office", "office_head", 5, 9)
    lend(world, "office", "office_head", 6, 9)


# ── the page ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_on_the_own_page_it_is_given_seen_and_taken_back(world, enter):
    head, clerk = enter("yingji_head"), enter("yingji")
    form = {"post_id": world.hats["yingji_head"].post_id, "delegate_id": world.users["yingji"],
            "valid_from": "2026-03-20", "valid_to": "2026-03-27", "reason": "外出培训"}
    assert head.send("/delegations/", form).status_code == 302
    wrong = head.send("/delegations/", {**form, "delegate_id": world.users["zhujian"]})
    assert wrong.status_code == 422 and "外出培训" in wrong.text
    for page in (head.get("/delegations/").text, clerk.get("/delegations/").text):
        assert "2026-03-20 至 2026-03-27" in page and "代理中" in page
    with world.system() as session:
        given = session.scalars(sa.select(Delegation.id)).one()
    for stranger in ("zhujian_head", "office_head", "other_yingji_head"):
        assert "外出培训" not in world.as_(stranger).get("/delegations/").text
        assert world.as_(stranger).send(f"/delegations/{given}/revoke", {"version": 1}).status_code == 404
    assert head.send(f"/delegations/{given}/revoke", {"version": 7}).status_code == 409
    assert head.send(f"/delegations/{given}/revoke", {"version": 1}).status_code == 302
    assert "已撤销" in head.get("/delegations/").text
    assert [len(entries(world, verb)) for verb in ("delegated", "delegation_revoked")] == [1, 1]


# ── two persons ────────────────────────────────────────────────────────────────────────────────────────────────────
def lent_hat(world, username):
    return next(hat for hat in hats(world, username) if hat.on_behalf_of)


def test_who_asked_does_not_decide_in_anothers_place(world):
    lend(world, "yingji_head", "yingji")
    hazard_id = world.hazard("yingji")
    world.do("yingji", "ask_cancel", hazard_id)
    with pytest.raises(CaseworkError):
        do(world, lent_hat(world, "yingji"), "approve_cancel", hazard_id)
    assert world.do("yingji_head", "approve_cancel", hazard_id).state == "cancelled"


def test_what_a_delegate_asked_its_holder_does_not_decide(world):
    """The reviewer acts in the clerk's post and asks; then neither the clerk's holder nor he decides."""
    with world.system() as session, unit_of_work(session):
        session.add(Post(user_id=world.users["yingji"], organization_id=world["yingji"], role="unit_reviewer"))
    lend(world, "yingji", "yingji_head", post=world.hats["yingji"].post_id)
    hazard_id = world.hazard("yingji")
    do(world, lent_hat(world, "yingji_head"), "ask_cancel", hazard_id)
    as_reviewer = next(hat for hat in hats(world, "yingji") if hat.role == "unit_reviewer")
    for hat in (as_reviewer, world.hats["yingji_head"]):
        with pytest.raises(CaseworkError) as refused:
            do(world, hat, "approve_cancel", hazard_id)
        assert "on paper" in str(refused.value), "the way out is named"
    with pytest.raises(CaseworkError):  # on paper, in the holder's name
        do(world, world.hats["yingji"], "approve_cancel", hazard_id, decided_by="yingji的人")
    do(world, world.hats["yingji"], "approve_cancel", hazard_id, decided_by="分管领导")
    assert world.read(hazard_id).state == "cancelled"


def test_a_township_of_one_clerk_has_its_way(world):
    """One person holds both posts: he does not decide what he asked, in no hat; the paper is the way, and is named."""
    with world.system() as session, unit_of_work(session):
        session.add(Post(user_id=world.users["fengcheng"], organization_id=world["fengcheng"], role="unit_reviewer"))
        session.get(User, world.users["fengcheng_head"]).active = False
    hazard_id = world.hazard("fengcheng")
    world.do("fengcheng", "ask_cancel", hazard_id)
    clerk = world.as_("fengcheng")
    reviewer = next(hat for hat in hats(world, "fengcheng") if hat.role == "unit_reviewer")
    clerk.send("/hats/wear", {"post": reviewer.post_id})
    version = world.read(hazard_id).version
    refused = clerk.send(f"/hazards/{hazard_id}/do/approve_cancel", {"version": version, "comment": "同意"})
    assert refused.status_code == 422 and "纸面" in refused.text and "代录" in refused.text
    world.do("fengcheng", "approve_cancel", hazard_id, decided_by="镇长")
    assert world.read(hazard_id).state == "cancelled"
