"""People and posts: the administrator's screens, which a unit's reviewer has for the own unit."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from app.access import passwords
from app.access.hats import hats_of
from app.administration import people
from app.casework.history import TimelineEntry
from app.casework.unit_of_work import unit_of_work
from app.organization.models import Post, User
from app.organization.settings import Setting


def entries(world, verb):
    with world.system() as session:
        return session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == verb)).all()


def user_named(world, username):
    with world.system() as session:
        return session.execute(sa.select(User.__table__).where(User.__table__.c.username == username)).one_or_none()


def version_of(visitor, path):
    return re.search(r'name="version"[^>]*value="(\d+)"', visitor.get(path).text)[1]


OWN_PASSWORD = "/resetmypassword/form"


def choose_password(visitor, present, new="Xinmima-2026"):
    answer = visitor.send(OWN_PASSWORD, {"present": present, "password": new, "conf_password": new})
    assert answer.status_code == 302, answer.text


def told(answer):
    return re.search(r'class="once">([^<]+)<', answer.text)[1]


@pytest.mark.parametrize("username", ["office", "leader", "auditor", "yingji", "firm"])
def test_nobody_else_comes_near(world, username):
    other = world.as_(username)
    assert other.get("/people/").status_code == 403
    assert other.get(f"/people/{world.users['admin']}").status_code == 403
    assert other.send(f"/people/{world.users['admin']}/password").status_code == 403


def test_the_list_shows_the_county_s_people_without_a_statement_each(world, statements):
    admin = world.as_("admin")
    person = f"/people/{world.users['yingji']}"
    for path in ("/people/", person, f"{person}/edit", "/people/add"):
        admin.get(path)
        with statements() as seen:
            page = admin.get(path)
        assert page.status_code == 200
        assert len(seen) <= 15, (path, len(seen), seen)
    text = admin.get("/people/?psize_People=100").text
    assert "yingji的人" in text
    assert "应急管理局" in text
    assert "other_" not in text
    assert "other_" not in admin.get("/people/?_flt_0_last_name=yingji").text
    assert "yingji的人" in admin.get("/people/?_flt_0_last_name=应急管理").text
    assert "pbkdf2" not in text


def test_a_person_is_added_and_told_the_password_once(world, visitor):
    admin = world.as_("admin")
    answer = admin.send("/people/add", {
        "last_name": "新来的", "username": "xinlai", "phone": "1", "active": "1",
        "posts-0-organization_id": world["beiliu"], "posts-0-role": "unit_clerk", "posts-0-title": "填报员",
        "posts-0-valid_from": "2026-03-01",
    })
    assert answer.status_code == 200
    password = told(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert passwords.problem(password) is None
    newcomer = visitor("xinlai", password)
    assert newcomer.get("/hazards/").headers["Location"] == OWN_PASSWORD  # the one told is for the first login only
    choose_password(newcomer, password)
    assert newcomer.get("/hazards/").status_code == 200
    entry = entries(world, "person_added")[0]
    assert "posts" in entry.changes
    assert password not in str(entry.changes) + str(entry.extra)


@pytest.mark.parametrize("wrong", [
    {"username": "YINGJI"}, {"username": "a b"}, {"username": "ＬＩ"}, {"username": ""}, {"last_name": ""},
    {"posts-0-role": "county_clerk"},  # a township's post must not see the county
    {"posts-0-organization_id": ""}, {"posts-0-role": "king"},
    {"posts-0-valid_from": "2026-03-02", "posts-0-valid_to": "2026-03-01"},
])
def test_what_cannot_be(world, wrong):
    answer = world.as_("admin").send("/people/add", {
        "last_name": "新来的", "username": "xinlai", "posts-0-organization_id": world["beiliu"],
        "posts-0-role": "unit_clerk", **wrong,
    })
    assert answer.status_code == 422
    assert user_named(world, "xinlai") is None


def test_a_post_of_another_county_cannot_be_given(world):
    answer = world.as_("admin").send("/people/add", {
        "last_name": "新来的", "username": "xinlai", "posts-0-organization_id": world.other.units["office"],
        "posts-0-role": "county_clerk",
    })
    assert answer.status_code == 422


def test_duties_change_and_a_stale_form_is_refused(world):
    admin, user_id = world.as_("admin"), world.users["yingji"]
    path = f"/people/{user_id}/edit"
    with world.system() as session:
        post_id = session.scalars(sa.select(Post.id).where(Post.user_id == user_id)).one()
    version = version_of(admin, path)
    yesterday = world.day - dt.timedelta(days=1)
    form = {
        "version": version, "last_name": "yingji的人", "username": "yingji",
        "posts-0-id": post_id, "posts-0-organization_id": world["yingji"], "posts-0-role": "unit_clerk",
        "posts-0-valid_to": yesterday.isoformat(),
        "posts-1-organization_id": world["zhujian"], "posts-1-role": "unit_reviewer",
    }
    assert admin.send(path, form).status_code == 302
    with world.system() as session:
        hat, = hats_of(session, session.get(User, user_id), world.day)
        assert (hat.organization_id, hat.role) == (world["zhujian"], "unit_reviewer")
    assert admin.send(path, form).status_code == 409
    assert len(entries(world, "person_changed")) == 1


def test_a_login_does_not_make_a_form_stale(world, enter):
    admin, path = world.as_("admin"), f"/people/{world.users['yingji']}/edit"
    version = version_of(admin, path)
    enter("yingji")
    assert admin.send(path, {"version": version, "phone": "0356-2"}).status_code == 302
    assert user_named(world, "yingji").phone == "0356-2"


def test_who_leaves_is_out_at_once(world):
    admin, clerk = world.as_("admin"), world.as_("yingji")
    path = f"/people/{world.users['yingji']}/edit"
    assert clerk.get("/hazards/").status_code == 200
    assert admin.send(path, {"version": version_of(admin, path), "active": "0"}).status_code == 302
    assert clerk.get("/hazards/").status_code == 302
    assert user_named(world, "yingji") is not None


def test_a_reset_password_ends_the_sessions_and_the_lock(world, visitor):
    admin, clerk = world.as_("admin"), world.as_("yingji")
    for _try in range(5):
        world.app.test_client().sign_in("yingji", "wrong")
    answer = admin.send(f"/people/{world.users['yingji']}/password")
    assert answer.status_code == 200
    assert clerk.get("/hazards/").status_code == 302
    visitor("yingji", told(answer))
    assert entries(world, "password_reset")[0].extra["name"] == "yingji的人"


def test_nobody_locks_himself_out(world):
    admin, path = world.as_("admin"), f"/people/{world.users['admin']}/edit"
    assert admin.send(path, {"version": version_of(admin, path), "active": "0"}).status_code == 422
    assert user_named(world, "admin").active


def test_the_other_county_s_people_are_not_there(world):
    admin, theirs = world.as_("admin"), world.users["other_yingji"]
    for path in (f"/people/{theirs}", f"/people/{theirs}/edit"):
        assert admin.get(path).status_code == 404
    assert admin.send(f"/people/{theirs}/edit", {"version": 1, "last_name": "x"}).status_code == 404
    assert admin.send(f"/people/{theirs}/password").status_code == 404


def test_one_time_passwords_pass_the_rule():
    assert all(passwords.problem(people.one_time_password()) is None for _n in range(50))


@pytest.mark.parametrize(("key", "value"), [("password_length", 20), ("password_kinds", 4)])
def test_a_stricter_rule_still_opens_accounts(world, visitor, key, value):
    """A one-time password keeps to whatever the office asks of passwords: else none would ever be found."""
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.county.id, key=key, value=value, valid_from=world.day))
    password = told(world.as_("admin").send(f"/people/{world.users['yingji']}/password"))
    assert len(password) >= 20 if key == "password_length" else passwords.kinds_in(password) == 4
    visitor("yingji", password)
