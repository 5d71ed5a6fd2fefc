"""A unit's reviewer manages the accounts of the own unit: not another's, not a higher one, by no door."""

import re

import pytest
import sqlalchemy as sa

from app.casework.unit_of_work import unit_of_work
from app.organization.models import Post, User
from tests.administration.test_people import OWN_PASSWORD, choose_password, told, user_named, version_of

NEW = {"last_name": "新来的", "username": "xinlai", "phone": "1", "active": "1"}


def post_of(world, code, unit, role):
    return {"posts-0-organization_id": world[unit], "posts-0-role": role, "posts-0-title": code}


def posts(world, username):
    with world.system() as session:
        rows = session.scalars(sa.select(Post).where(Post.user_id == world.users[username]).order_by(Post.id))
        return [(row.organization_id, row.role, row.valid_to) for row in rows]


def give(world, username, unit, role):
    """A second post, by the administrator's hand."""
    with world.system() as session, unit_of_work(session):
        session.add(Post(user_id=world.users[username], organization_id=world[unit], role=role))


def test_the_list_holds_the_own_people_only(world):
    text = world.as_("yingji_head").get("/people/?psize_People=100").text
    assert "yingji的人" in text and "yingji_head的人" in text
    for other in ("zhujian的人", "office的人", "admin的人", "firm的人", "other_"):
        assert other not in text


def test_opening_an_account_to_its_first_login(world, visitor):
    head = world.as_("yingji_head")
    answer = head.send("/people/add", {**NEW, **post_of(world, "填报员", "yingji", "unit_clerk")})
    assert answer.status_code == 200, answer.text
    password = told(answer)
    assert user_named(world, "xinlai").must_change_password
    newcomer = visitor("xinlai", password)
    assert newcomer.get("/hazards/").headers["Location"] == OWN_PASSWORD
    choose_password(newcomer, password)
    assert newcomer.get("/hazards/").status_code == 200


@pytest.mark.parametrize(("unit", "role"), [
    ("zhujian", "unit_clerk"), ("fengcheng", "unit_reviewer"), ("office", "county_clerk"), ("office", "county_head"),
    ("office", "administrator"), ("yingji", "administrator"), ("yingji", "auditor"), ("yingji", "leader"),
    ("firm", "enterprise"),
])
def test_no_post_is_given_that_is_not_the_own_units(world, unit, role):
    answer = world.as_("yingji_head").send("/people/add", {**NEW, **post_of(world, "", unit, role)})
    assert answer.status_code == 422
    assert user_named(world, "xinlai") is None


def test_an_account_without_a_post_here_is_not_opened(world):
    assert world.as_("yingji_head").send("/people/add", NEW).status_code == 422
    assert user_named(world, "xinlai") is None


@pytest.mark.parametrize("username", ["zhujian", "office", "admin", "leader", "firm", "other_yingji"])
@pytest.mark.parametrize("door", ["", "/edit", "/password", "/hand-over"])
def test_nobody_elses_account_is_there(world, username, door):
    head, path = world.as_("yingji_head"), f"/people/{world.users[username]}{door}"
    before = user_named(world, username)
    if door != "/password":
        assert head.get(path).status_code == 404
    if door:
        assert head.send(path, {"last_name": "改了", "active": "0", "version": "1"}).status_code == 404
    assert user_named(world, username) == before


def test_the_office_s_head_does_not_touch_who_stands_above(world):
    """The administrator, the auditor and the leader sit in the same office: seen, not managed."""
    head = world.as_("office_head")
    for username in ("admin", "auditor", "leader"):
        path = f"/people/{world.users[username]}"
        before = user_named(world, username)
        page = head.get(path)
        assert page.status_code == 200 and "重置密码" not in page.text
        assert head.send(f"{path}/password").status_code == 403
        version = version_of(head, f"{path}/edit")
        assert 'name="username"' not in head.get(f"{path}/edit").text
        head.send(f"{path}/edit", {"last_name": "改了", "active": "0", "version": version})
        assert user_named(world, username) == before, username
    assert head.send(f"/people/{world.users['office']}/password").status_code == 200


def test_whose_other_post_is_elsewhere_keeps_it(world):
    """Two posts of one person: each unit manages its own; the account itself is the administrator's."""
    give(world, "zhujian", "yingji", "unit_clerk")
    path = f"/people/{world.users['zhujian']}"
    head = world.as_("yingji_head")
    assert head.send(f"{path}/password").status_code == 403
    page = head.get(f"{path}/edit").text
    ids = re.findall(r'name="posts-\d+-id"[^>]*value="(\d+)"', page)
    with world.system() as session:
        mine, others = (
            session.scalars(sa.select(Post.id).where(Post.user_id == world.users["zhujian"],
                                                     Post.organization_id == world[unit])).one()
            for unit in ("yingji", "zhujian")
        )
    assert ids == [str(mine)]
    version = version_of(head, f"{path}/edit")
    end = {"posts-0-organization_id": world["yingji"], "posts-0-role": "unit_clerk", "posts-0-valid_to": "2026-03-19",
           "version": version}
    taken = head.send(f"{path}/edit", {**end, "posts-0-id": others})
    assert taken.status_code == 422, "the other unit's post, by its id"
    assert head.send(f"{path}/edit", {**end, "posts-0-id": mine}).status_code == 302
    assert [(unit, until) for unit, _role, until in posts(world, "zhujian")] == [
        (world["zhujian"], None), (world["yingji"], world.day.replace(day=19)),
    ]
    admin = world.as_("admin")
    assert admin.send(f"{path}/password").status_code == 200


def test_nobody_gives_himself_more_or_ends_what_he_manages_with(world):
    head, path = world.as_("yingji_head"), f"/people/{world.users['yingji_head']}"
    with world.system() as session:
        post = session.scalars(sa.select(Post.id).where(Post.user_id == world.users["yingji_head"])).one()
    version = version_of(head, f"{path}/edit")
    row = {"posts-0-id": post, "posts-0-organization_id": world["yingji"], "posts-0-role": "unit_reviewer",
           "version": version, "last_name": "审", "username": "yingji_head"}
    assert head.send(f"{path}/edit", {**row, "posts-0-valid_to": "2026-03-01"}).status_code == 422
    assert head.send(f"{path}/edit", {**row, "active": "0"}).status_code == 422
    assert head.send(f"{path}/edit", {**row, "posts-0-role": "administrator"}).status_code == 422
    assert posts(world, "yingji_head") == [(world["yingji"], "unit_reviewer", None)]


def test_who_leaves_the_unit_stays_in_its_list(world, enter):
    head, path = world.as_("yingji_head"), f"/people/{world.users['yingji']}"
    clerk = enter("yingji")
    version = version_of(head, f"{path}/edit")
    assert head.send(f"{path}/edit", {
        "last_name": "走了", "username": "yingji", "active": "0", "version": version,
    }).status_code == 302
    assert clerk.get("/hazards/").status_code == 302
    assert "走了" in head.get("/people/").text
    with world.system() as session:
        assert session.get(User, world.users["yingji"]).active is False
