"""人员名册 in and out: accounts with one-time passwords told once; a reviewer's reach; two posts of one person."""

import base64
import io
import re

import openpyxl
import pytest
import sqlalchemy as sa
from werkzeug.security import check_password_hash

from app.administration.people_ledger.ledger import PEOPLE_LEDGER as LEDGER
from app.casework.history import TimelineEntry
from app.casework.jobs import Job
from app.casework.unit_of_work import unit_of_work
from app.organization.models import Post, User
from tests.administration.ledgers import cells, confirm, edit, exported, planned, sheet_file, started, take_in

ROW = {"name": "栗某某", "username": "lmm", "unit": "凤城镇", "role": "填报人", "title": "安监站站长",
       "phone": "13800000001", "active": "在用"}
PASSWORD = re.compile(r"<dt>一次性密码</dt><dd><code>(\w+)</code>")


def row(**changes) -> dict:
    return {**ROW, **changes}


def account(world, username: str):
    with world.system() as session:
        user = session.scalars(sa.select(User).where(User.username == username)).one()
        posts = [(p.organization_id, p.role, p.title) for p in sorted(user.posts, key=lambda p: p.id)]
        return {name: getattr(user, name) for name in ("id", "last_name", "phone", "active", "county_id", "password",
                                                       "must_change_password", "password_set_on")} | {"posts": posts}


def everything(world) -> list:
    with world.system() as session:
        return [session.execute(sa.select(model.__table__).order_by(model.__table__.c.id)).all()
                for model in (User, Post)]


def test_a_row_is_an_account_with_its_post(world, tmp_path):
    assert take_in(world, "admin", LEDGER, sheet_file(LEDGER, tmp_path / "人员.xlsx", row()))["new"] == 1
    user = account(world, "lmm")
    assert {key: user[key] for key in ("last_name", "phone", "active", "county_id", "must_change_password")} == {
        "last_name": "栗某某", "phone": "13800000001", "active": True, "county_id": world.county.id,
        "must_change_password": True}
    assert (user["posts"], user["password_set_on"]) == ([(world["fengcheng"], "unit_clerk", "安监站站长")], world.day)
    with world.system() as session:
        added = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "person_added")).one()
        assert (added.extra["name"], added.extra["file"]) == ("栗某某", "人员.xlsx")


def test_user_names_are_made_where_the_file_gives_none(world, tmp_path):
    path = sheet_file(LEDGER, tmp_path / "a.xlsx", *(
        row(name=name, username=None, phone=None) for name in ("甲", "乙")),
        row(name="丙", username=None, unit="北留镇", role="负责人", phone=None))
    take_in(world, "admin", LEDGER, path)
    assert account(world, f"dw{world['fengcheng']}-01")["last_name"] == "甲"
    assert account(world, f"dw{world['fengcheng']}-02")["last_name"] == "乙"
    assert account(world, f"dw{world['beiliu']}-01")["posts"] == [(world["beiliu"], "unit_reviewer", "安监站站长")]


@pytest.mark.parametrize("who", ["admin", "fengcheng_head", "office_head"])
def test_export_then_import_changes_nothing(world, tmp_path, who):
    take_in(world, "admin", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row()))
    path = exported(world, who, LEDGER, tmp_path / "o.xlsx")
    units = {one["单位"] for one in cells(path)}
    assert units == {"fengcheng_head": {"凤城镇"}, "office_head": {"县安委办"}}.get(who, units)
    before = everything(world)
    plan = planned(world, who, LEDGER, path)
    assert [(r.number, r.outcome, r.acts) for r in plan.rows if r.outcome != "unchanged"] == []
    assert plan.rows
    take_in(world, who, LEDGER, path)
    assert everything(world) == before


def test_two_posts_of_one_person(world, tmp_path):
    """By the user name, or by name and phone; and a further post of an account that is there."""
    path = sheet_file(LEDGER, tmp_path / "a.xlsx", row(), row(role="审核人"),
                      row(name="原某某", username=None, phone="13800000002"),
                      row(name="原某某", username=None, phone="13800000002", role="审核人"),
                      row(name="fengcheng的人", username="fengcheng", role="审核人", phone=None))
    assert take_in(world, "admin", LEDGER, path)["new"] == 5
    both = [(world["fengcheng"], "unit_clerk", "安监站站长"), (world["fengcheng"], "unit_reviewer", "安监站站长")]
    assert account(world, "lmm")["posts"] == both
    assert account(world, f"dw{world['fengcheng']}-01")["posts"] == both
    assert [role for _unit, role, _title in account(world, "fengcheng")["posts"]] == ["unit_clerk", "unit_reviewer"]
    assert account(world, "fengcheng")["must_change_password"] is False, "who is there keeps the password"


def test_only_changed_cells_change(world, tmp_path):
    take_in(world, "admin", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row()))
    path = exported(world, "fengcheng_head", LEDGER, tmp_path / "o.xlsx", {"last_name": "栗某某"})
    edit(LEDGER, path, phone="13800000009", role="审核人", active="停用", title=None)
    assert take_in(world, "fengcheng_head", LEDGER, path)["changed"] == 1
    user = account(world, "lmm")
    assert (user["phone"], user["active"], user["posts"]) == (
        "13800000009", False, [(world["fengcheng"], "unit_reviewer", "安监站站长")])
    with world.system() as session:
        last = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "person_changed")).one()
        assert last.changes["phone"] == ["13800000001", "13800000009"]


@pytest.mark.parametrize("who,changes,key", [
    ("admin", {"name": None}, "name"), ("admin", {"unit": None}, "unit"), ("admin", {"unit": "火星镇"}, "unit"),
    ("admin", {"role": None}, "role"), ("admin", {"role": "大王"}, "role"), ("admin", {"role": "领导"}, "role"),
    ("admin", {"username": "a b"}, "username"), ("admin", {"username": "other_firm"}, "username"),
    ("admin", {"username": "fengcheng"}, "name"), ("admin", {"active": "睡觉"}, "active"),
    ("fengcheng_head", {"unit": "北留镇"}, "unit"), ("fengcheng_head", {"role": "系统管理员"}, "role"),
    ("office_head", {"unit": "凤城镇"}, "unit"), ("office_head", {"unit": "县安委办", "role": "系统管理员"}, "role"),
    ("admin", {"unit": "北留镇", "name": "fengcheng的人", "username": None, "phone": "0356-0000000"}, "username"),
])
def test_what_is_wrong_stands_at_its_cell(world, tmp_path, who, changes, key):
    plan = planned(world, who, LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row(**changes)))
    assert plan.rows[0].outcome == "error"
    assert {name for name, cell in plan.rows[0].cells.items() if cell.problem} == {key}


def test_a_reviewers_import_is_the_own_units(world, tmp_path):
    path = sheet_file(LEDGER, tmp_path / "a.xlsx", row(unit=None))
    take_in(world, "fengcheng_head", LEDGER, path)
    assert account(world, "lmm")["posts"][0][:2] == (world["fengcheng"], "unit_clerk")
    other = exported(world, "admin", LEDGER, tmp_path / "o.xlsx", {"last_name": "北留"})
    plan = planned(world, "fengcheng_head", LEDGER, edit(LEDGER, other, phone="1"))
    assert {r.record_id for r in plan.rows} == {None}, "another unit's people are not found"
    assert all(r.outcome in ("ask", "error") for r in plan.rows)


def test_an_account_with_a_post_elsewhere_is_the_administrators(world, tmp_path):
    take_in(world, "admin", LEDGER, sheet_file(LEDGER, tmp_path / "a.xlsx", row(), row(unit="北留镇")))
    path = exported(world, "fengcheng_head", LEDGER, tmp_path / "o.xlsx", {"last_name": "栗某某"})
    plan = planned(world, "fengcheng_head", LEDGER, edit(LEDGER, path, phone="13800000009"))
    assert plan.rows[0].cells["phone"].problem
    assert planned(world, "admin", LEDGER, path).rows[0].outcome == "changed"


# ── slips ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_passwords_are_told_once(world, enter, visitor, tmp_path):
    admin = enter("admin")
    assert "/people/import/" in admin.get("/people/").text
    draft = started(admin, "/people", sheet_file(LEDGER, tmp_path / "a.xlsx", row(), row(
        name="原某某", username="ymm", phone=None)))
    answer = confirm(admin, draft)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    told = PASSWORD.findall(answer.text)
    assert len(told) == 2
    assert "凤城镇" in answer.text and "lmm" in answer.text and "http://localhost/" in answer.text
    for username, password in zip(("lmm", "ymm"), told, strict=True):
        assert check_password_hash(account(world, username)["password"], password)
    assert not any(password in admin.get(draft).text for password in told), "not a second time"
    assert not any(password in str(entry) for password in told for entry in kept(world))
    first = world.app.test_client().sign_in("lmm", told[0])
    assert first.status_code == 302


def kept(world) -> list:
    """Everything that the import left in the database in words."""
    with world.system() as session:
        return [str(row) for table in (TimelineEntry.__table__, User.__table__, Job.__table__) for row in
                session.execute(sa.select(table))] + [str(row) for row in session.execute(
                    sa.text("SELECT fixes, result FROM import_drafts"))]


def test_the_workbook_is_in_the_page(world, enter, tmp_path):
    admin = enter("admin")
    draft = started(admin, "/people", sheet_file(LEDGER, tmp_path / "a.xlsx", row()))
    page = confirm(admin, draft).text
    content = base64.b64decode(re.search(r'href="data:[^;]+;base64,([^"]+)"', page)[1])
    said = [cell.value for line in openpyxl.load_workbook(io.BytesIO(content)).active for cell in line if cell.value]
    assert {"凤城镇", "栗某某", "lmm", PASSWORD.findall(page)[0]} <= set(said)


def test_lost_slips_are_made_anew(world, enter, tmp_path):
    admin = enter("admin")
    draft = started(admin, "/people", sheet_file(LEDGER, tmp_path / "a.xlsx", row(), row(
        name="原某某", username="ymm", phone=None)))
    before = dict(zip(("lmm", "ymm"), PASSWORD.findall(confirm(admin, draft).text), strict=True))
    with world.system() as session, unit_of_work(session):
        session.execute(sa.update(User).where(User.username == "ymm").values(must_change_password=False))
    assert "重新生成" in admin.get(draft).text
    again = admin.send(f"{draft}/slips")
    told = PASSWORD.findall(again.text)
    assert len(told) == 1, "who has chosen an own password keeps it"
    assert told != [before["lmm"]]
    assert check_password_hash(account(world, "lmm")["password"], told[0])
    assert check_password_hash(account(world, "ymm")["password"], before["ymm"])
    assert enter("fengcheng_head").send(f"{draft}/slips").status_code == 404


def test_a_hundred_and_fifty(world, tmp_path):
    """Rows cost no statement of their own when they are looked at; accounts come in by tens of statements."""
    path = sheet_file(LEDGER, tmp_path / "a.xlsx", *(
        row(name=f"第{n}人", username=f"person-{n}", phone=None) for n in range(150)))
    counted = []

    def note(_connection, _cursor, statement, *_):
        counted.append(statement)

    engine = sa.engine.Engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        plan = planned(world, "admin", LEDGER, path)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert plan.counts()["new"] == 150
    assert len(counted) <= 15
    take_in(world, "admin", LEDGER, path)
    with world.system() as session:
        hashes = session.scalars(sa.select(User.password).where(User.username.like("person-%"))).all()
        assert len(set(hashes)) == 150
        rounds = [int(hashed.split("$")[0].rsplit(":", 1)[1]) for hashed in hashes]
        assert sum(rounds) <= 600_000, "all of them together no longer than one of an owner's choosing"
