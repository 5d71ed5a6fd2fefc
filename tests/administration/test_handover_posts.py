"""移交工作, post by post: what is not ticked stays, what ended is found, nobody gets a post unnamed."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from app.access.hats import hats_of
from app.administration import delegations
from app.administration.handover_posts import leaving
from app.casework.errors import CaseworkError, Obstacle
from app.casework.imports import ImportDraft
from app.casework.unit_of_work import unit_of_work
from app.organization.models import Delegation, Organization, User
from tests.administration.handing_over import end_all, give, hand_over, import_draft, name_assignee, posts
from tests.administration.test_people import entries, version_of
from tests.casework.support import in_processes


def offered(world, by, who):
    """`{post id: ticked beforehand}` as the hat is shown them."""
    with world.session_of(by) as session:
        lines = leaving(session, world.hats[by], session.get(User, world.users[who]), world.day)
        return {line.post.id: line.is_usual for line in lines}


def path_of(world, who):
    return f"/people/{world.users[who]}/hand-over"


# ── which posts ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_is_not_ticked_stays_untouched(world, colleague):
    """Clerk and reviewer of a unit, clerk of another: the clerk's post here moves with the clerk's work, no more."""
    decides = give(world, "yingji", "yingji", "unit_reviewer")
    elsewhere = give(world, "yingji", "zhujian", "unit_clerk")
    files, waits = world.bring_to("awaiting_recheck"), world.hazard("yingji")
    name_assignee(world, "yingji", files, "yingji")
    world.do("yingji", "ask_cancel", waits)
    name_assignee(world, "yingji", waits, "yingji")
    assert world.read(waits).turn_role == "reviewer"
    theirs = world.hazard("zhujian", issue=False)
    with world.system() as session, unit_of_work(session):
        session.execute(sa.text("UPDATE cases SET created_by_id = :me WHERE id = :id"),
                        {"me": world.users["yingji"], "id": theirs})
    files_post = world.hats["yingji"].post_id
    assert offered(world, "yingji_head", "yingji") == {files_post: True, decides: True}
    moved = hand_over(world, takers={files_post: "tongshi"})
    assert moved.cases == 1
    assert [world.read(i).assignee_id for i in (files, waits, theirs)] == [colleague, world.users["yingji"], None]
    assert [row[3] for row in posts(world, "yingji")] == [world.day, None, None]
    moved = hand_over(world, by="admin", takers={decides: "yingji_head", elsewhere: "zhujian_head"})
    assert moved.cases == 2
    assert world.read(waits).assignee_id == world.users["yingji_head"]
    assert world.read(theirs).assignee_id == world.users["zhujian_head"]
    assert (world["zhujian"], "unit_clerk") in [row[:2] for row in posts(world, "zhujian_head")]
    assert sorted((e.extra["post"], e.extra["cases"]) for e in entries(world, "person_handover")) == sorted(
        [(files_post, 1), (decides, 1), (elsewhere, 1)]
    )


def test_the_administrator_ticks_the_posts_of_one_unit(world):
    """All ordinary ones when they are of one unit; else those of his own; an overseer's never."""
    clerk = world.hats["yingji"].post_id
    oversees = give(world, "yingji", "yingji", "auditor")
    assert offered(world, "admin", "yingji") == {clerk: True, oversees: False}
    assert offered(world, "yingji_head", "yingji") == {clerk: True}
    elsewhere, office = give(world, "yingji", "zhujian", "unit_clerk"), give(world, "yingji", "office", "county_clerk")
    assert offered(world, "admin", "yingji") == {clerk: False, oversees: False, elsewhere: False, office: True}


@pytest.mark.parametrize("role", ["administrator", "auditor"])
@pytest.mark.parametrize("taker", [None, "office"])
def test_who_watches_over_the_system_just_ends(world, role, taker):
    """Somebody else gets such a post only when he was named for it."""
    post = give(world, "leader", "office", role)
    hand_over(world, by="admin", who="leader", takers={post: taker})
    assert posts(world, "leader")[1][3] == world.day
    got = (world["office"], role, world.day + dt.timedelta(days=1), None)
    assert (got in posts(world, "office")) == (taker is not None)


def test_an_ordinary_post_does_not_just_end(world):
    with pytest.raises(Obstacle):
        hand_over(world, takers={world.hats["yingji"].post_id: None})
    assert posts(world, "yingji")[0][3] is None


def test_nobody_ends_the_post_he_manages_with(world):
    with pytest.raises(Obstacle):
        hand_over(world, by="admin", who="admin", takers={world.hats["admin"].post_id: None})
    assert posts(world, "admin")[0][3] is None


def test_an_account_with_a_post_left_is_not_closed(world, colleague):
    give(world, "yingji", "yingji", "unit_reviewer")
    with pytest.raises(Obstacle) as refused:
        hand_over(world, takers={world.hats["yingji"].post_id: "tongshi"}, close=True)
    assert refused.value.field == "close"
    assert hand_over(world, close=True)


def test_a_post_that_ends_sooner_is_not_made_longer(world, colleague):
    post = give(world, "yingji", "yingji", "unit_reviewer", until=world.day + dt.timedelta(days=2))
    hand_over(world, takers={post: "tongshi"}, last_day=world.day + dt.timedelta(days=9))
    assert posts(world, "yingji")[1][3] == world.day + dt.timedelta(days=2)
    assert posts(world, "tongshi")[1][2] == world.day + dt.timedelta(days=3)


def test_what_he_was_lent_ends_with_the_post_it_stood_on(world, colleague):
    """Two posts of the unit: the delegation lasts as long as one of them."""
    second = give(world, "yingji", "yingji", "unit_reviewer")
    with world.session_of("yingji_head") as session:
        delegations.delegate(session, world.hats["yingji_head"], {
            "post_id": world.hats["yingji_head"].post_id, "delegate_id": world.users["yingji"], "reason": "病假",
            "valid_from": world.day, "valid_to": world.day + dt.timedelta(days=9),
        }, world.day)

    def revoked():
        with world.system() as session:
            return session.scalars(sa.select(Delegation.revoked_on)).one()

    assert hand_over(world, takers={world.hats["yingji"].post_id: "tongshi"}).delegations == 0
    assert revoked() is None
    assert hand_over(world, takers={world.hats["yingji"].post_id: "tongshi", second: "tongshi"}).delegations == 1
    assert revoked() == world.day


# ── who has left already ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("closed", [False, True])
def test_a_post_that_ended_is_handed_over_all_the_same(world, colleague, closed):
    waiting, draft = world.bring_to("awaiting_recheck"), world.hazard("yingji", issue=False)
    paper = import_draft(world, "yingji")
    name_assignee(world, "yingji", waiting, "yingji")
    post = end_all(world, "yingji", days_ago=3, closed=closed)
    for username in ("yingji_head", "admin"):
        assert path_of(world, "yingji") in world.as_(username).get(f"/people/{world.users['yingji']}").text
    head, path = world.as_("yingji_head"), path_of(world, "yingji")
    page = head.get(path).text
    assert "已于 2026-03-17 结束" in page and "承办事项和草稿 2 件，未完成的导入 1 个" in page
    form = {"version": version_of(head, path), "last_day": "2026-03-20", "posts": [post],
            f"successor_{post}": colleague}
    assert head.send(path, form).status_code == 302
    assert [world.read(i).assignee_id for i in (waiting, draft)] == [colleague, colleague]
    with world.system() as session:
        assert session.get(ImportDraft, paper).user_id == colleague
    assert posts(world, "yingji")[0][3] == world.day - dt.timedelta(days=3), "the past is not rewritten"
    assert offered(world, "yingji_head", "yingji") == {}, "nothing hangs on it any more"
    assert "name=\"posts\"" not in head.get(path).text
    assert head.send(path, form).status_code == 422, "nor does a second form give anything"


def test_whoever_takes_a_post_that_ended_holds_it_from_today(world):
    import_draft(world, "yingji")
    post = end_all(world, "yingji", days_ago=30)
    hand_over(world, takers={post: "yingji_head"})
    assert posts(world, "yingji_head")[1] == (world["yingji"], "unit_clerk", world.day, None)


def test_the_last_of_many_ended_posts_speaks_for_them(world, colleague):
    hazard_id = world.bring_to("awaiting_recheck")
    name_assignee(world, "yingji", hazard_id, "yingji")
    end_all(world, "yingji", days_ago=90)
    last = give(world, "yingji", "yingji", "unit_clerk", until=world.day - dt.timedelta(days=5))
    assert offered(world, "yingji_head", "yingji") == {last: True}
    now = give(world, "yingji", "yingji", "unit_clerk")
    assert offered(world, "yingji_head", "yingji") == {now: True}


def test_a_unit_merged_meanwhile(world):
    """Who had left before it: his work is there, the people of the new unit take it."""
    hazard_id = world.bring_to("awaiting_recheck", by="zhujian")
    name_assignee(world, "zhujian", hazard_id, "zhujian")
    end_all(world, "zhujian", days_ago=3)
    with world.system() as session, unit_of_work(session):
        unit = session.get(Organization, world["zhujian"])
        unit.successor_id, unit.active = world["yingji"], False
    with world.system() as session:
        world.hats["yingji_head"], = hats_of(session, session.get(User, world.users["yingji_head"]), world.day)
    post, = offered(world, "yingji_head", "zhujian")
    hand_over(world, who="zhujian", takers={post: "yingji"})
    assert world.read(hazard_id).assignee_id == world.users["yingji"]


# ── posted ids ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("of", ["zhujian", "other_yingji", "yingji_head", "his elsewhere", "ended", "words"])
def test_no_post_passes_that_was_not_offered(world, colleague, of):
    own = world.hats["yingji"].post_id
    foreign = {
        "his elsewhere": lambda: give(world, "yingji", "zhujian", "unit_clerk"), "words": lambda: "abc",
        "ended": lambda: give(world, "yingji", "yingji", "unit_reviewer", until=world.day - dt.timedelta(days=1)),
    }.get(of, lambda: world.hats[of].post_id)()
    head, path = world.as_("yingji_head"), path_of(world, "yingji")
    form = {"version": version_of(head, path), "last_day": "2026-03-20", "comment": "调走", "posts": [own, foreign],
            f"successor_{own}": colleague, f"successor_{foreign}": colleague}
    answer = head.send(path, form)
    assert answer.status_code == 422 and "调走" in answer.text
    assert re.search(r'class="form-group has-error">\s*<label class="check">', answer.text), "told at the field"
    with pytest.raises(CaseworkError):
        hand_over(world, takers={own: "tongshi", 0 if of == "words" else foreign: "tongshi"})
    assert posts(world, "yingji")[0][3] is None


@pytest.mark.parametrize("how", ["ended", "closed", "another unit", "another county", "himself"])
def test_who_is_not_there_is_refused_by_a_direct_post(world, colleague, how):
    own = world.hats["yingji"].post_id
    head, path = world.as_("yingji_head"), path_of(world, "yingji")
    version = version_of(head, path)
    assert f'value="{colleague}"' in head.get(path).text
    if how in ("ended", "closed"):  # between the form and its sending
        end_all(world, "tongshi", days_ago=1 if how == "ended" else -5, closed=how == "closed")
    taker = {"another unit": world.users["zhujian"], "another county": world.users["other_yingji"],
             "himself": world.users["yingji"]}.get(how, colleague)
    answer = head.send(path, {"version": version, "last_day": "2026-03-20", "posts": [own], f"successor_{own}": taker})
    assert answer.status_code == 422 and f'id="successor_{own}-fault"' in answer.text
    assert posts(world, "yingji")[0][3] is None
    assert entries(world, "person_handover") == []


def test_two_hand_over_the_same_person_at_once(world, colleague):
    """The reviewer and the administrator, to two people: the second is told; nothing moves twice."""
    hazard_id = world.bring_to("awaiting_recheck")
    name_assignee(world, "yingji", hazard_id, "yingji")
    versions = {by: version_of(world.as_(by), path_of(world, "yingji")) for by in ("yingji_head", "admin")}
    pairs = list(zip(versions, ("tongshi", "yingji_head"), strict=True))

    def act(i):
        by, to = pairs[i]
        try:
            hand_over(world, by=by, to=to, version=int(versions[by]))
        except CaseworkError as error:
            assert type(error).__name__ == "Stale"

    assert in_processes(world.app, 2, act) == []
    entry, = entries(world, "person_handover")
    assert world.read(hazard_id).assignee_id == entry.extra["successor_id"]
    assert len(entries(world, "handover")) == 1
    is_clerk_already = entry.extra["successor_id"] == colleague
    assert len(posts(world, "yingji_head")) + len(posts(world, "tongshi")) == (2 if is_clerk_already else 3)


def test_two_hand_over_who_left_long_ago(world, colleague):
    """His posts change no more, so that no version tells: the second finds nothing left."""
    hazard_id = world.bring_to("awaiting_recheck")
    name_assignee(world, "yingji", hazard_id, "yingji")
    post = end_all(world, "yingji")
    takers = ("tongshi", "yingji_head")

    def act(i):
        try:
            hand_over(world, takers={post: takers[i]})
        except Obstacle as obstacle:
            assert obstacle.field == "posts"

    assert in_processes(world.app, 2, act) == []
    entry, = entries(world, "person_handover")
    assert world.read(hazard_id).assignee_id == entry.extra["successor_id"]


def test_who_is_handed_over_may_be_at_work(world, colleague):
    """His own steps name him, and lock the cases that move: both come to their ends, in whatever order."""
    ids = [world.bring_to("awaiting_recheck") for _n in range(4)]
    for hazard_id in ids:
        name_assignee(world, "yingji", hazard_id, "yingji")

    def act(i):
        try:
            if i:
                hand_over(world)
            else:
                for hazard_id in ids:
                    world.do("yingji", "fail_recheck", hazard_id)
        except CaseworkError as error:
            assert type(error).__name__ == "NotAllowed"

    assert in_processes(world.app, 2, act) == []
    assert len(entries(world, "person_handover")) == 1
    assert {world.read(i).assignee_id for i in ids} <= {None, colleague}
