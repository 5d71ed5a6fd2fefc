"""下载与任务 over HTTP: one's own jobs and files, nobody else's; followed, called off, asked for again."""

import datetime as dt
import os
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.access.permissions import Permission as P
from app.casework.columns import utcnow
from app.casework.errors import Obstacle
from app.casework.jobs import STATES
from app.casework.unit_of_work import unit_of_work
from app.jobs import upkeep
from app.organization.models import Post
from tests.conventions.test_words_on_screens import english
from tests.jobs.support import JOBS, ask, effects, kind, noting, row, work_off

CONTENT = "台账".encode()
JSON = {"Accept": "application/json"}


def making_a_file(running) -> None:
    running.file("隐患台账.xlsx").write_bytes(CONTENT)
    running.result["rows"] = 2310


@pytest.fixture
def made(world):
    """A finished job of `yingji` with its file."""
    with kind(making_a_file):
        job_id = ask(world)
        work_off(world.app)
        yield job_id


def test_the_asker_takes_the_file_and_the_history_tells(world, made, enter):
    who = enter("yingji")
    page = who.get("/jobs/").get_data(as_text=True)
    assert "试验任务" in page and f"/jobs/{made}/file" in page
    with who.get(f"/jobs/{made}/file") as answer:
        assert answer.data == CONTENT and "attachment" in answer.headers["Content-Disposition"]
    assert "2310" in who.get(f"/jobs/{made}").get_data(as_text=True)
    with world.system() as session:
        told = session.execute(sa.text("select count(*) from timeline_entries where verb = 'download'")).scalar()
    assert told == 1


@pytest.mark.parametrize("username", ["yingji_head", "office", "admin", "other_yingji"])
def test_other_peoples_jobs_are_not_there(world, made, username):
    who = world.as_(username)
    assert f"/jobs/{made}" not in who.get("/jobs/").get_data(as_text=True)
    for path in (f"/jobs/{made}", f"/jobs/{made}/file"):
        assert who.get(path).status_code == 404
    for act in ("cancel", "again"):
        assert who.send(f"/jobs/{made}/{act}").status_code == 404


def test_a_system_job_is_nobodys(world):
    with kind(noting):
        job_id = ask(world, by=None)
    for username in ("yingji", "admin", "auditor"):
        assert world.as_(username).get(f"/jobs/{job_id}").status_code == 404


def test_the_post_that_asked_must_still_be_held_to_take_the_file(world, made):
    """A person who has changed units takes no ledger of the old one along."""
    posts = Post.__table__
    with world.system() as session, unit_of_work(session):
        session.execute(sa.update(posts).where(posts.c.user_id == world.users["yingji"])
                        .values(valid_to=world.day - dt.timedelta(days=1)))
        session.add(Post(user_id=world.users["yingji"], organization_id=world["beiliu"], role="unit_clerk"))
    who = world.as_("yingji")
    assert who.get(f"/jobs/{made}/file").status_code == 404
    assert f"/jobs/{made}/file" not in who.get("/jobs/").get_data(as_text=True)


def test_a_job_is_followed_as_json(world):
    def run(running):
        running.progress(30, 120)
        seen.append(world.as_("yingji").get(f"/jobs/{running.job_id}", headers=JSON).json)

    seen = []
    with kind(run):
        job_id = ask(world)
        waiting = world.as_("yingji").get(f"/jobs/{job_id}", headers=JSON).json
        work_off(world.app)
        over = world.as_("yingji").get(f"/jobs/{job_id}", headers=JSON).json
    assert (waiting["state"], waiting["over"], waiting["percent"]) == ("queued", False, None)
    assert (seen[0]["state"], seen[0]["percent"], seen[0]["progress"]) == ("running", 25, 30)
    assert over["state"] == "done" and over["over"]


@pytest.mark.parametrize("state", STATES)
def test_no_state_speaks_english(world, state):
    with kind(making_a_file):
        job_id = ask(world)
        known = {"state": state, "progress": 30, "total": 120, "lease_until": utcnow(), "error": "磁盘已满",
                 "result": {"rows": 3, "new": 1, "left_out": 0, "url": "/hazards/"}, "file_name": "台账.xlsx"}
        with world.system() as session, unit_of_work(session):
            session.execute(sa.update(JOBS).where(JOBS.c.id == job_id).values(**known))
        for path in ("/jobs/", f"/jobs/{job_id}"):
            assert not english(world.as_("yingji").get(path).get_data(as_text=True))


def test_called_off_and_asked_for_again(world, enter):
    who = enter("yingji")
    with kind(noting):
        job_id = ask(world)
        assert "取消" in who.get(f"/jobs/{job_id}").get_data(as_text=True)
        who.send(f"/jobs/{job_id}/cancel")
        assert row(world, job_id).state == "cancelled"
        answer = who.send(f"/jobs/{job_id}/again")
        another = int(answer.headers["Location"].rsplit("/", 1)[1])
        work_off(world.app)
        assert "已经结束" in who.send(f"/jobs/{another}/cancel", follow_redirects=True).get_data(as_text=True)
        assert who.send(f"/jobs/{another}/again").status_code == 422
    assert row(world, another).state == "done" and effects(world) == [another]


def test_why_it_failed_is_told(world):
    def run(running):
        raise Obstacle("文件已被替换")

    with kind(run):
        job_id = ask(world)
        work_off(world.app)
        for path in ("/jobs/", f"/jobs/{job_id}"):
            page = world.as_("yingji").get(path).get_data(as_text=True)
            assert "文件已被替换" in page and "再试" in page


def test_without_the_right_it_is_not_asked_for_again(world):
    with kind(lambda running: 1 / 0, permission=P.HAZARDS_IMPORT, attempts=1):
        job_id = ask(world, "yingji_head")
        work_off(world.app)
        assert world.as_("yingji_head").send(f"/jobs/{job_id}/again").status_code == 422


def age_file(world, job_id: int, days: int) -> Path:
    path = Path(world.app.config["DATA_DIR"]) / row(world, job_id).file_path
    then = time.time() - days * 86_400
    os.utime(path, (then, then))
    with world.system() as session, unit_of_work(session):
        session.execute(sa.update(JOBS).where(JOBS.c.id == job_id)
                        .values(finished_at=utcnow() - dt.timedelta(days=days)))
    return path


@pytest.mark.parametrize("days", [6, 8])
def test_files_are_kept_for_some_days(world, made, days):
    path = age_file(world, made, days)
    with world.app.app_context():
        upkeep.sweep()
    who = world.as_("yingji")
    kept = days < 7
    assert path.exists() is kept
    with who.get(f"/jobs/{made}/file") as answer:
        assert answer.status_code == (200 if kept else 404)
    assert ("保留期" in who.get(f"/jobs/{made}").get_data(as_text=True)) is not kept


def test_old_system_jobs_are_forgotten_and_peoples_stay(world):
    with kind(noting), kind(lambda running: None, name="upkeep", permission=None):
        system, own = ask(world, by=None, name="upkeep"), ask(world)
        work_off(world.app)
    with world.system() as session, unit_of_work(session):
        session.execute(sa.update(JOBS).values(finished_at=utcnow() - dt.timedelta(days=31)))
    with world.app.app_context():
        upkeep.sweep()
    with world.system() as session:
        left = session.execute(sa.select(JOBS.c.id)).scalars().all()
    assert own in left and system not in left


def test_the_list_costs_the_same_however_long(world, statements):
    with kind(making_a_file):
        ask(world)
        who = world.as_("yingji")
        who.get("/jobs/")
        with statements() as few:
            who.get("/jobs/")
        for _ in range(24):
            ask(world)
        work_off(world.app)
        with statements() as many:
            assert who.get("/jobs/").get_data(as_text=True).count("/file") == 25
    assert len(many) == len(few) <= 15
