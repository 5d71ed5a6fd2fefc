"""A job is what its row says: asked for with its transaction, done once, as its user, whoever is killed meanwhile."""

import dataclasses
import datetime as dt
import errno

import pytest
import sqlalchemy as sa
from flask import g

from app.casework.errors import Obstacle
from app.casework.jobs import enqueue
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.hazards.models import Hazard
from app.jobs import daily, operations, upkeep
from app.organization.models import Post, User
from app.organization.settings import Setting, setting
from tests.jobs.support import (
    JOBS,
    ask,
    die,
    effects,
    ended,
    fork,
    kind,
    let_lease_pass,
    let_pause_pass,
    noting,
    row,
    work_off,
)


def test_what_is_rolled_back_was_never_asked_for(world):
    with kind(noting):
        with pytest.raises(ZeroDivisionError), world.system() as session, unit_of_work(session):
            enqueue(session, world.hats["yingji"], "test", {})
            session.flush()
            raise ZeroDivisionError
        assert work_off(world.app) == 0
    with world.system() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(JOBS)).scalar() == 0


def test_a_job_is_done_and_tells_its_result(world):
    with kind(noting):
        job_id = ask(world)
        assert work_off(world.app) == 1
    done = row(world, job_id)
    assert (done.state, done.result, done.attempt, done.lease_owner) == ("done", {"rows": 1}, 1, None)
    assert effects(world) == [job_id]


def test_many_workers_do_each_job_once(world):
    with kind(noting):
        ids = [ask(world) for _ in range(12)]
        workers = [fork(world.app, lambda: work_off(world.app)) for _ in range(4)]
        assert [ended(pid) for pid in workers] == [0] * 4
    assert effects(world) == ids
    assert {row(world, each).state for each in ids} == {"done"}


@pytest.mark.parametrize("when", ["before", "within", "after"])
def test_a_killed_job_is_done_by_the_next_worker_whole_and_once(world, when):
    """Killed before its effect, in the middle of the transaction, and after the commit."""
    def run(running):
        if running.attempt == 1 and when == "before":
            die()
        if running.attempt == 1 and when == "within":
            sa.event.listen(db.engine, "commit", die)
        noting(running)
        if running.attempt == 1 and when == "after":
            die()

    with kind(run):
        job_id = ask(world)
        assert ended(fork(world.app, lambda: work_off(world.app))) == -9
        if when == "after":
            assert row(world, job_id).state == "done"
        else:
            assert row(world, job_id).state == "running" and effects(world) == []
            assert work_off(world.app) == 0, "its lease is not over yet"
            let_lease_pass(world, job_id)
        work_off(world.app)
    assert row(world, job_id).state == "done" and effects(world) == [job_id]


def test_a_job_that_kills_its_workers_is_given_up(world):
    with kind(lambda running: die(), attempts=2):
        job_id = ask(world)
        for _ in range(2):
            assert ended(fork(world.app, lambda: work_off(world.app))) == -9
            let_lease_pass(world, job_id)
        assert work_off(world.app) == 1
    failed = row(world, job_id)
    assert failed.state == "failed" and "2 次" in failed.error


def test_who_was_silent_too_long_writes_nothing(world):
    """Two workers take themselves for the job's: the effect of the first is rolled back."""
    def run(running):
        if running.attempt == 1:
            let_lease_pass(world, running.job_id)
            assert ended(fork(world.app, lambda: work_off(world.app))) == 0
        noting(running)

    with kind(run):
        job_id = ask(world)
        work_off(world.app)
    assert effects(world) == [job_id] and row(world, job_id).attempt == 2


def test_a_long_statement_does_not_lose_its_lease(world, monkeypatch):
    """The lease is renewed beside the job, not by it."""
    monkeypatch.setitem(world.app.config, "JOB_LEASE", 0.2)
    seen = []

    def run(running):
        first, tries = row(world, running.job_id).lease_until, 0
        while not (renewed := row(world, running.job_id).lease_until > first) and (tries := tries + 1) < 5_000:
            pass
        seen.append(renewed)

    with kind(run):
        ask(world)
        work_off(world.app)
    assert seen == [True]


# ── as its user ────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_job_sees_what_its_user_sees_and_no_more(world):
    ours, theirs = world.hazard("yingji"), world.hazard("other_yingji")
    seen = {}

    def run(running):
        seen["ids"] = set(running.session.scalars(sa.select(Hazard.id)))
        seen["same"] = running.session is db.session()
        seen["hat"], seen["setting"] = g.hat.user_name, setting("warning_days")

    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.county.id, key="warning_days", value=9, valid_from=world.day))
    with kind(run):
        ask(world, "yingji")
        work_off(world.app)
    assert ours in seen["ids"] and theirs not in seen["ids"]
    assert seen["same"] and seen["hat"] == world.hats["yingji"].user_name and seen["setting"] == 9


def withdraw(world, what: str) -> None:
    posts, users, who = Post.__table__, User.__table__, world.users["yingji"]
    change = {
        "post ended": sa.update(posts).where(posts.c.user_id == who).values(valid_to=world.day - dt.timedelta(days=1)),
        "role changed": sa.update(posts).where(posts.c.user_id == who).values(role="auditor"),
        "account closed": sa.update(users).where(users.c.id == who).values(active=False),
    }[what]
    with world.system() as session, unit_of_work(session):
        session.execute(change)


@pytest.mark.parametrize("what", ["post ended", "role changed", "account closed"])
def test_rights_withdrawn_between_asking_and_running(world, what):
    with kind(noting):
        job_id = ask(world)
        withdraw(world, what)
        work_off(world.app)
    failed = row(world, job_id)
    assert failed.state == "failed" and "岗位" in failed.error
    assert effects(world) == []


# ── faults ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_obstacle_is_told_at_once(world):
    def run(running):
        raise Obstacle("第3行不对")

    with kind(run):
        job_id = ask(world)
        work_off(world.app)
    assert (row(world, job_id).state, row(world, job_id).error) == ("failed", "第3行不对")


def test_a_fault_is_tried_again_later_and_then_told(world):
    with kind(lambda running: 1 / 0, attempts=2):
        job_id = ask(world)
        assert work_off(world.app) == 1, "not again at once"
        assert row(world, job_id).state == "queued"
        let_pause_pass(world, job_id)
        work_off(world.app)
    failed = row(world, job_id)
    assert failed.state == "failed" and failed.attempt == 2 and "系统出错" in failed.error


def test_a_full_disk_fails_with_clear_words_and_leaves_no_half_file(world):
    left = []

    def run(running):
        path = running.file("台账.xlsx")
        path.write_bytes(b"half")
        left.append(path)
        raise OSError(errno.ENOSPC, "No space left on device")

    with kind(run):
        job_id = ask(world)
        work_off(world.app)
    failed = row(world, job_id)
    assert failed.state == "failed" and "磁盘已满" in failed.error and failed.file_path is None
    assert not left[0].exists()


def test_a_kind_that_is_gone_fails(world):
    with kind(noting):
        job_id = ask(world)
    work_off(world.app)
    assert row(world, job_id).state == "failed"


# ── calling off ────────────────────────────────────────────────────────────────────────────────────────────────
def call_off(world, job_id: int) -> None:
    with world.system() as session, unit_of_work(session):
        assert operations.cancel(session, job_id)


def test_a_waiting_job_is_called_off(world):
    with kind(noting):
        job_id = ask(world)
        call_off(world, job_id)
        assert work_off(world.app) == 0
    assert row(world, job_id).state == "cancelled" and effects(world) == []


@pytest.mark.parametrize("told", ["by progress", "at its end"])
def test_a_running_job_is_called_off(world, told):
    passed, files = [], []

    def run(running):
        files.append(running.file("台账.xlsx"))
        files[0].write_bytes(b"x")
        call_off(world, running.job_id)
        if told == "by progress":
            running.progress(1, 2)
        passed.append(True)
        noting(running)

    with kind(run):
        job_id = ask(world)
        work_off(world.app)
    assert row(world, job_id).state == "cancelled" and effects(world) == []
    assert bool(passed) is (told == "at its end") and not files[0].exists()


def test_progress_is_written_and_the_job_goes_on(world):
    def run(running):
        running.progress(3, 10)
        seen.append(row(world, running.job_id))
        with unit_of_work(running.session):  # SQLite has one writer: this must not wait for itself
            running.progress(4)

    seen = []
    with kind(run):
        job_id = ask(world)
        work_off(world.app)
    assert (seen[0].progress, seen[0].total) == (3, 10)
    assert row(world, job_id).state == "done"


# ── what nobody asks for ───────────────────────────────────────────────────────────────────────────────────────
def test_a_daily_job_is_asked_for_once_among_many(world):
    noon = dt.datetime.combine(world.day, dt.time(4), dt.UTC)  # noon in the county
    with kind(noting, name="test_daily", daily_at=3), kind(noting, name="test_late", daily_at=23):
        helpers = [fork(world.app, lambda: within(world, noon)) for _ in range(4)]
        assert [ended(pid) for pid in helpers] == [0] * 4
    with world.system() as session:
        found = session.execute(sa.select(JOBS.c.kind, JOBS.c.once_key)).all()
    keys = [key for name, key in found if name in ("test_daily", "test_late")]
    assert keys == [f"test_daily:{world.day}"]


def within(world, now) -> list[str]:
    with world.app.app_context():
        return daily.ask_for_what_is_due(now)


def test_one_kind_that_cannot_tell_its_hour_does_not_hold_up_the_others(world, caplog):
    def broken(session, day):
        raise ZeroDivisionError

    now = dt.datetime.combine(world.day, dt.time(4), dt.UTC)
    with kind(noting, name="a_broken", daily_at=broken), kind(noting, name="test_daily", daily_at=lambda s, d: 3):
        assert "test_daily" in within(world, now)
    assert "a_broken" in caplog.text


def test_who_is_nobody_asks_for_nothing(world):
    """A command's hat has no user: its job would run as the system and see every county."""
    hat = dataclasses.replace(world.hats["yingji"], user_id=None)
    with kind(noting), world.system() as session, pytest.raises(ValueError), unit_of_work(session):
        enqueue(session, hat, "test", {})


def test_the_next_day_it_is_asked_for_again(world):
    with kind(noting, name="test_daily", daily_at=0):
        now = dt.datetime.combine(world.day, dt.time(4), dt.UTC)
        assert "test_daily" in within(world, now) and "test_daily" not in within(world, now)
        world.move_to(world.day + dt.timedelta(days=1))
        assert "test_daily" in within(world, now + dt.timedelta(days=1))


def test_sealing_is_asked_for_when_there_is_something_to_seal(world):
    now = dt.datetime.combine(world.day, dt.time(0), dt.UTC)
    assert upkeep.SEAL not in within(world, now)
    world.hazard()
    assert upkeep.SEAL in within(world, now)
    assert upkeep.SEAL not in within(world, now + dt.timedelta(minutes=1)), "one waits already"
    work_off(world.app)
    with world.system() as session:
        sealed = session.execute(sa.select(JOBS).where(JOBS.c.kind == upkeep.SEAL)).one()
        assert sealed.state == "done" and sealed.result["rows"] > 0
    assert upkeep.SEAL not in within(world, now + dt.timedelta(minutes=2))
