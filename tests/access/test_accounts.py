"""Passwords of one's own: asked for before anything else opens, not used before, not too old; logins on record."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.access.logins import count
from app.administration.people import reset_password
from app.casework.history import TimelineEntry, record
from app.casework.unit_of_work import unit_of_work
from app.organization.models import User
from app.organization.settings import Setting
from tests.access.test_routes import WHO, address, routes
from tests.support.factories import PASSWORD

OWN = "/resetmypassword/form"
OPEN = {"/login/", "/logout/", "/healthz", OWN, "/static/<path:filename>", "/static/appbuilder/<path:filename>"}


def update(world, username, **values):
    with world.system() as session, unit_of_work(session):
        user = session.get(User, world.users[username])
        for name, value in values.items():
            setattr(user, name, value)


def read(world, username):
    with world.system() as session:
        return session.get(User, world.users[username])


def entries(world, verb):
    with world.system() as session:
        return session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == verb)).all()


def set_to(world, key, value):
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.county.id, key=key, value=value, valid_from=world.day))


def change(visitor, present, new):
    return visitor.send(OWN, {"present": present, "password": new, "conf_password": new})


# ── first login ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.one_database
def test_no_door_opens_before_the_own_password(world):
    """Every address of the product, downloads too: led to the form; a script is refused."""
    username = "yingji"
    update(world, username, must_change_password=True)
    wrong = []
    for route, method in sorted(set(WHO) & routes(world.app)):
        if route in OPEN:
            continue
        visitor = world.as_(username)
        call = visitor.get if method == "GET" else visitor.send
        page, script = call(address(route)), call(address(route), headers={"Accept": "application/json"})
        if page.headers.get("Location") != OWN or script.status_code != 403:
            wrong.append(f"{method} {route}: {page.status_code} {script.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_told_password_is_good_for_one_thing(world):
    with world.session_of("admin") as session:
        _name, password = reset_password(session, world.hats["admin"], world.users["yingji"], world.day)
    clerk = world.app.test_client()
    assert clerk.sign_in("yingji", password).status_code == 302
    page = clerk.get("/", follow_redirects=True)
    assert "请先设一个只有自己知道的密码" in page.text
    assert 'href="/hazards/"' not in page.text  # no menu whose doors are shut
    assert change(clerk, password, password).status_code == 200  # the told one again
    assert clerk.get("/hazards/").status_code == 302
    assert change(clerk, password, "Xinmima-2026").status_code == 302
    assert clerk.get("/hazards/").status_code == 200, "who changed it goes on"
    assert not read(world, "yingji").must_change_password


def test_who_chose_the_password_is_not_asked(world, enter):
    assert enter("yingji").get("/hazards/").status_code == 200


# ── former passwords, age ──────────────────────────────────────────────────────────────────────────────────────────
def test_the_last_ones_are_not_taken_again(world, enter):
    clerk, words = enter("yingji"), [f"Mima-2026-{n}" for n in range(7)]
    present = PASSWORD
    for word in words:
        assert change(clerk, present, word).status_code == 302
        present = word
    for former in words[1:]:
        answer = change(clerk, present, former)
        assert answer.status_code == 200 and "这个密码用过" in answer.text, former
    assert change(clerk, present, words[0]).status_code == 302, "it is no longer among the last five"
    with world.system() as session:
        kept = str(session.execute(sa.text("SELECT password FROM used_passwords")).all())
    assert not any(word in kept for word in words)


@pytest.mark.parametrize("word", ["Duan-1", "xiaoxie-zimu", "yingji-Mima-2026", "2026202620", "onlyletters9"])
def test_a_weak_one_is_refused_in_words(world, word):
    clerk = world.as_("yingji")
    answer = change(clerk, PASSWORD, word)
    assert answer.status_code == 200 and "has-error" in answer.text


def test_an_old_one_must_be_changed(world, enter):
    world.move_to(dt.date(2026, 3, 20))
    update(world, "yingji", password_set_on=dt.date(2025, 12, 20))  # ninety days
    assert enter("yingji").get("/hazards/").status_code == 200
    world.move_to(dt.date(2026, 3, 21))
    clerk = enter("yingji")
    assert clerk.get("/hazards/").headers["Location"] == OWN
    assert change(clerk, PASSWORD, "Xinmima-2026").status_code == 302
    assert read(world, "yingji").password_set_on == dt.date(2026, 3, 21)
    assert clerk.get("/hazards/").status_code == 200


def test_age_counts_from_the_first_login_where_nobody_knows_it_and_never_for_a_demonstration(world, enter):
    enter("yingji")
    assert read(world, "yingji").password_set_on == world.day
    update(world, "fengcheng", demo=True, password_set_on=dt.date(2020, 1, 1))
    assert enter("fengcheng").get("/hazards/").status_code == 200


# ── sessions ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_one_session_when_the_office_wants_it(world, enter):
    first, second = enter("yingji"), enter("yingji")
    assert first.get("/hazards/").status_code == second.get("/hazards/").status_code == 200
    set_to(world, "one_session", True)
    third = enter("yingji")
    assert [v.get("/hazards/").status_code for v in (first, second, third)] == [302, 302, 200]


def test_a_change_ends_the_other_sessions_and_a_reset_all(world, enter):
    mine, other = enter("yingji"), enter("yingji")
    assert change(mine, PASSWORD, "Xinmima-2026").status_code == 302
    assert (mine.get("/hazards/").status_code, other.get("/hazards/").status_code) == (200, 302)
    with world.session_of("yingji_head") as session:
        reset_password(session, world.hats["yingji_head"], world.users["yingji"], world.day)
    assert mine.get("/hazards/").headers["Location"].startswith("/login/")


# ── the log ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_tries_that_lead_nowhere_are_on_record_without_what_was_typed(world):
    client = world.app.test_client()
    for _n in range(6):
        client.sign_in("yingji", "wrong")
    client.sign_in("WodeMima-2026", "x")  # the password typed where the name belongs
    update(world, "beiliu", active=False)
    client.sign_in("beiliu", PASSWORD)
    assert len(entries(world, "login_failed")) == 5
    locked, unknown, closed = entries(world, "login_refused")
    assert (locked.user_id, closed.user_id) == (world.users["yingji"], world.users["beiliu"])
    assert unknown.user_id is None and unknown.county_id == world.county.id
    assert "WodeMima" not in f"{unknown.user_name}{unknown.comment}{unknown.extra}"
    assert "拒绝登录" in world.as_("auditor").get("/audit/").text


def test_a_flood_does_not_fill_the_history(world):
    nobody = replace(world.hats["yingji"], user_id=None, user_name="不存在的账号")
    with world.system() as session, unit_of_work(session):
        for _n in range(3):
            record(session, nobody, "login_refused", world.day)
    world.app.test_client().sign_in("niemand", "x")
    assert len(entries(world, "login_refused")) == 4
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.county.id, key="refused_an_hour", value=4, valid_from=world.day))
    world.app.test_client().sign_in("niemand", "x")
    assert len(entries(world, "login_refused")) == 4


def test_a_lock_that_is_over_is_over(world):
    """The next mistake is the first of a new count, and is told as such."""
    update(world, "yingji", locked_until=dt.datetime.combine(world.day, dt.time()))
    told = world.app.test_client().sign_in("yingji", "wrong").text
    assert "还可以再试 4 次" in told and "已锁定" not in told


def test_a_try_that_began_before_the_lock_does_not_get_past_it(world):
    """Guessing in many windows at once: a password is compared before the account's row is locked."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    update(world, "yingji", locked_until=now + dt.timedelta(minutes=5))
    with world.app.test_request_context():
        user, told = count(world.users["yingji"], True, now)
    assert user is None and "已锁定" in str(told)
    assert read(world, "yingji").locked_until == now + dt.timedelta(minutes=5)


def test_the_name_is_found_in_capitals_too(world):
    assert world.app.test_client().sign_in("YingJi", PASSWORD).status_code == 302


# ── accounts are rows under the scope ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("username", "found"), [
    ("yingji", {"yingji"}), ("firm", {"firm"}), ("leader", {"leader"}), ("auditor", {"auditor"}),
    ("yingji_head", {"yingji", "yingji_head"}),
    ("office_head", {"office", "office_head", "leader", "auditor", "admin"}),
])
def test_an_account_exists_for_its_owner_and_who_manages_it(world, username, found):
    with world.session_of(username) as session:
        there = {user.username for user in session.scalars(sa.select(User))}
        other = session.get(User, world.users["other_yingji"])
    assert (there, other) == (found, None)


def test_the_administrator_finds_the_countys_accounts_and_no_other(world):
    with world.session_of("admin") as session:
        there = {user.username for user in session.scalars(sa.select(User))}
    assert there == {name for name in world.users if not name.startswith("other_")}


def test_an_ordinary_login_is_no_warning(world, caplog):
    """Only an address of another site is one: it must not drown in the log."""
    client = world.app.test_client()
    assert client.get("/login/").status_code == 200
    assert client.sign_in("yingji", PASSWORD).headers["Location"] == "/"
    assert client.get("/login/").status_code == 302
    assert [record for record in caplog.records if record.levelname == "WARNING"] == []
    client.get("/login/?next=https://example.invalid/")
    assert "Invalid redirect" in caplog.text


def test_the_login_page_says_why_and_keeps_the_name(app, world):
    visitor = app.test_client()
    told = [visitor.sign_in("yingji", "wrong").text for _ in range(6)]
    assert "账号或密码不对" in told[0] and 'value="yingji"' in told[0]
    assert "锁定" in told[5]
