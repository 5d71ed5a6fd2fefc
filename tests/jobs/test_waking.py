"""The queue only wakes: with it a job starts at once, without it nothing is lost. The worker stops cleanly."""

import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import pytest
import redis

from app import worker
from app.casework.jobs import enqueue
from app.casework.unit_of_work import unit_of_work
from app.jobs import queue
from app.jobs.health import figures, worker_age
from tests.jobs.support import ask, die, effects, ended, fork, kind, let_lease_pass, noting, row, work_off
from tests.support.processes import free_port


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory):
    """A Redis of the tests' own; without the program none (CI installs it)."""
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("no Redis on this machine")
    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    client = redis.Redis(port=port, retry=None)
    try:
        assert until(lambda: answers(client))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        client.close()
        server.terminate()
        server.wait()


def answers(client) -> bool:
    try:
        return client.ping()
    except redis.RedisError:
        return False


@pytest.fixture(params=["file", "redis"])
def channel(request, world, monkeypatch):
    """Both channels."""
    if request.param == "redis":
        monkeypatch.setitem(world.app.config, "REDIS_URL", request.getfixturevalue("redis_url"))


def heard(app) -> bool:
    with queue.channel(app) as opened:
        return opened.heard()


def until(told, seconds: float = 20) -> bool:
    """Whether something comes true within a time that only a broken machine takes."""
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        if told():
            return True
        time.sleep(0.02)
    return False


def test_a_commit_wakes_and_a_rollback_does_not(world, channel):

    with kind(noting):
        with pytest.raises(ZeroDivisionError), world.system() as session, unit_of_work(session):
            enqueue(session, world.hats["yingji"], "test", {})
            session.flush()
            raise ZeroDivisionError
        assert not heard(world.app)
        ask(world)
        assert heard(world.app) and not heard(world.app)


def test_a_waiting_thread_hears_the_call(world, channel):
    """It waits far longer than the test: only the call lets it go on."""
    stopped, woken = threading.Event(), threading.Event()

    def wait():
        worker.wait(world.app, stopped, seconds=600)
        woken.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    with kind(noting):
        ask(world)
    assert woken.wait(20)
    stopped.set()
    thread.join()


@pytest.mark.parametrize("fate", ["deleted", "garbage", "a folder"])
def test_a_lost_queue_loses_nothing(world, fate, caplog):
    path = Path(world.app.config["DATA_DIR"]) / "queue.db"
    with kind(noting):
        first = ask(world)
        for each in path.parent.glob("queue.db*"):
            each.unlink()
        if fate == "garbage":
            path.write_bytes(b"no database at all" * 100)
        elif fate == "a folder":
            path.mkdir()
        second = ask(world)
        assert work_off(world.app) == 2
    assert effects(world) == [first, second]
    assert ("could not be woken" in caplog.text) is (fate != "deleted")


def test_a_redis_that_does_not_answer_stops_nobody(world, monkeypatch):
    monkeypatch.setitem(world.app.config, "REDIS_URL", "redis://127.0.0.1:1/0")
    with kind(noting):
        job_id = ask(world)
        assert work_off(world.app) == 1
    assert row(world, job_id).state == "done"


def test_what_waits_at_the_start_is_done_and_the_worker_shows_its_life(world):
    data = world.app.config["DATA_DIR"]
    assert worker_age(data) is None
    with kind(noting):
        job_id = ask(world)
        for each in Path(data).glob("queue.db*"):
            each.unlink()
        pid = fork(world.app, lambda: worker.work(world.app))
        try:
            assert until(lambda: row(world, job_id).state == "done")
            assert until(lambda: worker_age(data) is not None)
            second = ask(world)  # this one wakes it: its own look is a minute away
            assert until(lambda: row(world, second).state == "done")
        finally:
            os.kill(pid, signal.SIGTERM)
        assert ended(pid) == 0
    assert effects(world) == [job_id, second]


def test_an_orphan_of_a_killed_worker_is_picked_up_at_the_start(world):
    def run(running):
        if running.attempt == 1:
            die()
        noting(running)

    with kind(run):
        job_id = ask(world)
        assert ended(fork(world.app, lambda: worker.work(world.app))) == -9
        let_lease_pass(world, job_id)
        pid = fork(world.app, lambda: worker.work(world.app))
        try:
            assert until(lambda: row(world, job_id).state == "done")
        finally:
            os.kill(pid, signal.SIGTERM)
        assert ended(pid) == 0
    assert effects(world) == [job_id]


def test_a_stopped_worker_gives_its_job_back(world):
    """The attempt does not count, and the next worker begins at once."""
    def run(running):
        if running.params.get("endless") and running.attempt == 1 and not (marker := _marker(running)).exists():
            marker.touch()
            while True:
                running.progress(1, 2)
                time.sleep(0.01)
        noting(running)

    with kind(run):
        job_id = ask(world, endless=True)
        pid = fork(world.app, lambda: worker.work(world.app))
        assert until(lambda: row(world, job_id).state == "running" and row(world, job_id).progress == 1)
        os.kill(pid, signal.SIGTERM)
        assert ended(pid) == 0
        given_back = row(world, job_id)
        assert (given_back.state, given_back.attempt, given_back.lease_owner) == ("queued", 0, None)
        assert work_off(world.app) >= 1
    assert effects(world) == [job_id]


def _marker(running) -> Path:
    return Path(running.app.config["DATA_DIR"]) / "begun"


def test_a_job_that_does_not_stop_in_time_goes_back_too(world, monkeypatch):
    """What it still writes meanwhile would be rolled back: the lease is no longer its own."""
    monkeypatch.setattr(worker, "PATIENCE", 0.2)

    def run(running):
        if running.params.get("deaf") and not (marker := _marker(running)).exists():
            marker.touch()
            threading.Event().wait()
        noting(running)

    with kind(run):
        job_id = ask(world, deaf=True)
        pid = fork(world.app, lambda: worker.work(world.app))
        assert until(lambda: (Path(world.app.config["DATA_DIR"]) / "begun").exists())
        os.kill(pid, signal.SIGTERM)
        assert ended(pid) == 0
        assert (row(world, job_id).state, row(world, job_id).attempt) == ("queued", 0)
        work_off(world.app)
    assert effects(world) == [job_id]


def test_figures_of_the_queue(world):
    with kind(noting, attempts=1), kind(lambda running: 1 / 0, name="bad", attempts=1):
        ask(world, name="bad")
        work_off(world.app)
        ask(world)
        with world.system() as session:
            told = figures(session)
    assert (told["queued"], told["running"], told["failed_today"]) == (1, 0, 1)
    assert told["oldest_waiting_seconds"] >= 0


def test_nothing_is_read_out_of_a_message(world):
    """What somebody else puts into the queue is never unpickled: it is a call like any other."""
    with queue.channel(world.app) as opened:
        opened.call()
    with sqlite3.connect(Path(world.app.config["DATA_DIR"]) / "queue.db") as connection:
        connection.execute("update task set data = ?", (b"cos\nsystem\n(S'false'\ntR.",))
    connection.close()
    assert heard(world.app)
