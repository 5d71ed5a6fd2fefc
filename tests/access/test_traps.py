"""Each of the framework's ranked traps (fab.md, 1–23), tried against this product: none of them springs.

The number in a test's name is the trap's. Scope at every door has tests of its own (test_scope_*).
"""

import datetime as dt
import importlib.metadata
import io
import re
import sys
import threading

import pytest
import sqlalchemy as sa
from flask_appbuilder.models.mixins import FileColumn
from flask_wtf import FlaskForm
from wtforms import DateTimeField

from app import create_app
from app.access.interface import OfficeInterface
from app.access.sessions import ScopedSession
from app.access.views import OfficeView
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.organization.models import Enterprise, Organization, Post, User
from app.serving import Server
from tests.support.factories import PASSWORD, picture

pytestmark = pytest.mark.one_database
FRAMEWORK_ROUTES = {"action", "action_post", "delete", "download", "api", "api_read", "api_create", "api_delete"}


def rules(app):
    return list(app.url_map.iter_rules())


def selects(page: str) -> list[tuple[str, str]]:
    """`(name, inner HTML)` of each select on a page."""
    return re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S)


# ── 1–4: rows at every door ────────────────────────────────────────────────────────────────────────────────────────
def test_1_no_action_takes_a_row_past_the_filters(world):
    assert not [rule for rule in rules(world.app) if rule.endpoint.split(".")[-1] in FRAMEWORK_ROUTES]
    admin = world.as_("admin")
    for path in ("/units/action/close/1", "/units/action_post", "/units/delete/1"):
        assert admin.send(path, {"action": "close", "rowid": 1}).status_code == 404
    hazard = world.hazard("yingji")
    before = world.read(hazard).version
    answer = world.as_("beiliu").send("/hazards/bulk/chase", {"rowid": hazard, "confirmed": "1", "comment": "催"})
    assert answer.status_code in (200, 404, 422)
    assert world.read(hazard).version == before


def test_2_a_posted_reference_out_of_scope_is_refused(world):
    clerk, theirs = world.as_("yingji"), world.other.units
    form = {"happened_on": "2026-03-02", "source": "enforcement", "description": "x", "level": "general",
            "due_kind": "immediate"}
    ours = {"inspecting_unit_id": world["yingji"], "rectifiers": world["firm"], "enterprise_id": world["firm"]}
    for name in ours:
        foreign = theirs["yingji" if name == "inspecting_unit_id" else "firm"]
        assert clerk.send("/hazards/new", {**form, **ours, name: foreign, "issue": "1"}).status_code == 422, name
    office = world.as_("office")
    added = office.send("/enterprises/add", {"name": "新厂", "territory_id": theirs["fengcheng"]})
    moved = office.send(f"/enterprises/{world['firm']}/edit", {"version": 1, "territory_id": theirs["fengcheng"]})
    assert (added.status_code, moved.status_code) == (422, 422)


def test_3_no_rest_and_no_other_api(world):
    assert not [rule.rule for rule in rules(world.app) if rule.rule.startswith(("/api", "/swagger", "/openapi"))]
    for path in ("/api/v1/security/login", "/api/v1/security/refresh", "/api/v1/menu/", "/api/v1/units/",
                 "/users/list/", "/roles/list/", "/registeruser/list/"):
        assert world.as_("admin").get(path).status_code == 404, path


def test_4_no_download_by_name(world):
    assert world.as_("yingji").get("/hazards/download/secret_key").status_code == 404
    assert world.as_("admin").get("/units/download/secret_key").status_code == 404


# ── 5–8: what an address may ask ───────────────────────────────────────────────────────────────────────────────────
def test_5_threads_do_not_mix_their_filters(world):
    faults, switch = [], sys.getswitchinterval()

    def look(word: str, other: str):
        clerk = world.as_("office")
        for _n in range(12):
            page = clerk.get(f"/enterprises/?_flt_0_name={word}").text
            if f'value="{word}"' not in page or f'value="{other}"' in page or f"试验{word}</a>" not in page:
                faults.append(word)

    sys.setswitchinterval(1e-5)
    try:
        words = ("铸造厂", "建筑公司")
        threads = [threading.Thread(target=look, args=(words[n % 2], words[1 - n % 2])) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(switch)
    assert faults == []


def test_6_no_write_without_a_token_and_none_by_get(world):
    for rule in rules(world.app):
        if "POST" not in rule.methods or rule.endpoint.endswith("static"):
            continue
        path = re.sub(r"<(?:\w+:)?\w+>", "1", rule.rule)
        assert world.as_("admin").post(path).status_code == 400, path
    for path in ("/hats/wear", "/logout/", "/enterprises/quick", "/people/1/password", "/audit/verify"):
        assert world.as_("admin").get(path).status_code == 405, path


@pytest.mark.parametrize("column", ["password", "created_by.password", "posts.id", "locked_until", "no_such", ""])
def test_7_only_declared_columns_order(world, column):
    admin = world.as_("admin")
    assert admin.get(f"/people/?_oc_People={column}&_od_People=asc").status_code == 400
    assert admin.get("/people/?_oc_People=username&_od_People=sideways").status_code == 400
    assert admin.get("/people/?_oc_People=username&_od_People=desc").status_code == 200


def test_8_pages_are_clamped_and_nonsense_is_a_400(world):
    with world.system() as session, unit_of_work(session):
        for n in range(120):
            session.add(Organization(county_id=world.county.id, kind="department", name=f"第{n}科"))
    admin = world.as_("admin")
    page = admin.get("/units/?psize_Units=20000").text
    assert page.count('<a class="what"') == 100
    assert admin.get("/units/?page_Units=399999").status_code == 200
    for query in ("page_Units=abc", "psize_Units=-1", "page_Units=9999999999999", "_flt_9_name=1", "psize_Units="):
        assert admin.get(f"/units/?{query}").status_code == 400, query
    assert world.as_("office").get("/enterprises/?_flt_0_territory_id=abc").status_code == 400
    assert world.as_("office").get("/enterprises/?_flt_0_territory_id=99999999999999999999").status_code == 400


# ── 9–12: forms and versions ───────────────────────────────────────────────────────────────────────────────────────
def test_9_and_10_related_rows_are_searched_not_listed(world):
    with world.system() as session, unit_of_work(session):
        for n in range(300):
            session.add(Enterprise(county_id=world.county.id, kind="enterprise", name=f"大量企业{n}号",
                                   territory_id=world["beiliu"]))
    clerk = world.as_("office")
    for path in ("/hazards/", "/hazards/new", f"/enterprises/{world['firm']}/edit", "/enterprises/add"):
        page = clerk.get(path)
        assert "大量企业" not in page.text, path
        assert len(page.data) < 60_000, path
    assert len(clerk.get("/directory/lookup?kinds=enterprises&q=大量").json["results"]) == 20
    assert clerk.get("/api/column/add/x").status_code == 404


def test_11_a_stale_form_overwrites_nothing(world):
    admin, path = world.as_("admin"), f"/units/{world['yingji']}/edit"
    seen = re.search(r'name="version"[^>]*value="(\d+)"', admin.get(path).text)[1]
    assert admin.send(path, {"version": seen, "phone": "1"}).status_code == 302
    assert admin.send(path, {"version": seen, "phone": "2"}).status_code == 409
    assert 'value="1"' in admin.get(path).text


def test_12_the_pins_that_the_framework_needs():
    version = {name: tuple(map(int, importlib.metadata.version(name).split(".")[:2]))
               for name in ("marshmallow", "marshmallow-sqlalchemy", "wtforms")}
    assert version["marshmallow"] < (4, 0)
    assert version["marshmallow-sqlalchemy"] < (1, 4)
    assert version["wtforms"] < (3, 4)


# ── 13–15: the framework's list ────────────────────────────────────────────────────────────────────────────────────
def test_13_sorting_by_a_relation_under_scope(world):
    for username in ("office", "beiliu", "firm"):
        clerk = world.as_(username)
        for direction in ("asc", "desc"):
            answer = clerk.get(f"/enterprises/?_oc_Enterprises=territory.name&_od_Enterprises={direction}")
            assert answer.status_code == 200
            assert answer.text.count('<a class="what"') == (1 if username == "firm" else 3)


def test_14_migrations_see_every_table_and_a_start_makes_none(tmp_path):
    fresh = create_app("test", DATA_DIR=str(tmp_path))
    assert {"organizations", "cases", "hazards", "timeline_entries", "ab_user", "posts"} <= set(db.metadata.tables)
    with fresh.app_context():
        assert sa.inspect(db.engine).get_table_names() == []
        db.engine.dispose()


@pytest.mark.parametrize("trap", [
    {"related_views": [OfficeView]}, {"list_columns": None}, {"show_columns": None},
])
def test_15_what_the_base_cannot_make_safe_is_refused_at_start(app, trap):
    class Careless(OfficeView):
        datamodel = OfficeInterface(Organization)
        list_columns = show_columns = ["name"]

    for name, value in trap.items():
        setattr(Careless, name, value)
    with app.app_context(), pytest.raises(AssertionError):
        Careless()


def test_15_the_framework_s_own_writes_are_closed(app):
    interface = OfficeInterface(Organization)
    for write in (interface.add, interface.edit, interface.delete):
        with pytest.raises(NotImplementedError):
            write(None)


# ── 16–19: logins, typed text, dates, files ────────────────────────────────────────────────────────────────────────
def test_16_guessing_locks_the_account_for_a_while(world):
    def guess(password):
        return world.app.test_client().sign_in("yingji", password).status_code

    assert [guess("wrong") for _n in range(5)] == [200] * 5
    assert guess(PASSWORD) == 200
    with world.system() as session, unit_of_work(session):
        user = session.get(User, world.users["yingji"])
        assert user.locked_until is not None
        user.locked_until -= dt.timedelta(minutes=31)
    assert guess(PASSWORD) == 302
    assert [guess(word) for word in [*["wrong"] * 4, PASSWORD]] == [*[200] * 4, 302]


def test_17_what_was_typed_is_kept_whatever_stands_in_the_way(world):
    typed = {"name": "应急管理局", "kind": "department", "phone": "0356-7654321", "names": "甲名\n乙名",
             "industries": world["trade"]}
    answer = world.as_("admin").send("/units/add", typed)
    assert answer.status_code == 422
    for text in ("0356-7654321", "甲名\n乙名", "冶金工贸"):
        assert text in answer.text.replace("\r", "")
    hazard = {"happened_on": "2026-03-02", "description": "配电箱门锁坏", "due_kind": "date",
              "rectifiers": world["firm"]}
    answer = world.as_("yingji").send("/hazards/new", {**hazard, "issue": "1"})
    assert answer.status_code == 422
    assert "配电箱门锁坏" in answer.text
    assert "试验铸造厂" in answer.text


def test_18_no_field_of_the_broken_kind(app):
    def subclasses(cls):
        for one in cls.__subclasses__():
            yield one
            yield from subclasses(one)

    ours = [form for form in subclasses(FlaskForm) if form.__module__.startswith("app.")]
    assert len(ours) > 10
    kinds = {field.field_class for form in ours for field in vars(form).values() if hasattr(field, "field_class")}
    assert not [kind for kind in kinds if kind is DateTimeField]


def test_19_a_file_s_chinese_name_comes_back_and_its_content_decides(world):
    clerk, hazard = world.as_("yingji"), world.hazard("yingji")
    send = {"purpose": "before", "comment": "补充", "version": world.read(hazard).version}
    answer = clerk.send(f"/hazards/{hazard}/do/add_files", {**send, "files": (io.BytesIO(picture()), "现场照片.jpg")},
                        content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    url = re.search(rf'/hazards/{hazard}/files/\d+(?=")', clerk.get(f"/hazards/{hazard}").text)[0]
    with clerk.get(url) as file:
        assert "%E7%8E%B0%E5%9C%BA%E7%85%A7%E7%89%87.jpg" in file.headers["Content-Disposition"]
        assert file.data == picture()
    send["version"] = world.read(hazard).version
    for name in ("运行.exe", "网页.html", "照片.jpg"):
        answer = clerk.send(f"/hazards/{hazard}/do/add_files", {**send, "files": (io.BytesIO(b"<html>MZ"), name)},
                            content_type="multipart/form-data")
        assert answer.status_code == 422, name
    columns = [column for table in db.metadata.tables.values() for column in table.c]
    assert not [column for column in columns if isinstance(column.type, FileColumn)]


# ── 20–23: sessions, choices, serving, no unit ─────────────────────────────────────────────────────────────────────
def test_20_a_session_ends_when_it_should(world, enter):
    clerk = enter("yingji")
    cookie = clerk.get_cookie("zhualuoshi")
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    assert cookie.expires is not None
    copied = world.app.test_client()
    copied.set_cookie("zhualuoshi", cookie.value)
    assert copied.get("/hazards/").status_code == 200
    clerk.send("/logout/")
    assert copied.get("/hazards/").status_code == 302
    # a new password ends the sessions that were opened with the old one
    first, second = enter("yingji"), enter("yingji")
    form = {"present": PASSWORD, "password": "Xinmima2026", "conf_password": "Xinmima2026"}
    for wrong in ({"present": "guessed"}, {"present": ""}, {"conf_password": "another"},
                  {"password": "short1", "conf_password": "short1"}):
        assert first.send("/resetmypassword/form", {**form, **wrong}).status_code == 200
    assert second.get("/hazards/").status_code == 200
    assert first.send("/resetmypassword/form", form).status_code == 302
    assert second.get("/hazards/").status_code == 302
    assert world.app.test_client().sign_in("yingji", "Xinmima2026").status_code == 302


def test_20_who_is_no_longer_active_is_out(world):
    clerk = world.as_("yingji")
    assert clerk.get("/hazards/").status_code == 200
    with world.system() as session, unit_of_work(session):
        session.get(User, world.users["yingji"]).active = False
    assert clerk.get("/hazards/").status_code == 302


def test_21_nothing_is_picked_for_the_user(world):
    for username, path in (("office", "/hazards/new"), ("office", "/enterprises/add"), ("admin", "/units/add"),
                           ("admin", "/people/add"), ("admin", "/dictionaries/add")):
        page = world.as_(username).get(path).text
        for name, inner in selects(page):
            first = re.search(r"<option([^>]*)>", inner)
            assert 'value=""' in first[1], f"{path} {name}"
            assert not re.search(r'<option[^>]*selected[^>]*value="[^"]', inner), f"{path} {name}"


def test_22_a_worker_opens_its_own_connections(app):
    server = Server(app, "127.0.0.1")
    assert server.cfg.preload_app is False
    assert server.cfg.worker_class_str == "sync"


def test_23_nobody_has_no_rows(world):
    world.hazard("yingji")
    with world.app.app_context():
        session = ScopedSession(db)
        for model in (Organization, Enterprise, Post):
            assert session.scalars(sa.select(model)).all() == []
        session.close()
    with world.system() as session, unit_of_work(session):
        for post in session.scalars(sa.select(Post).where(Post.user_id == world.users["yingji"])):
            post.valid_to = world.day - dt.timedelta(days=1)
    clerk = world.as_("yingji")
    for path in ("/hazards/", "/enterprises/", "/units/", "/directory/lookup?q="):
        assert clerk.get(path).status_code == 403, path


def test_a_script_of_an_ended_session_does_not_use_up_the_persons_message(app, world):
    """Search-as-you-type is told 401; the message that the session ended waits for the login page."""
    browser = app.test_client()
    assert browser.post("/hazards/new", data={"description": "x"}).status_code == 302
    asked = browser.get("/directory/lookup?q=x", headers={"Accept": "application/json"})
    assert (asked.status_code, asked.is_json) == (401, True)
    late = app.test_client().get("/directory/lookup?q=x", headers={"Accept": "application/json"})
    assert (late.status_code, late.headers.getlist("Set-Cookie")) == (401, [])
    assert "登录已过期" in browser.get("/login/").text
