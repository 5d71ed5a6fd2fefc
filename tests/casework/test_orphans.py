"""Uploads that no row names go after a day; whatever is being attached stays."""

import contextlib
import datetime as dt
import fcntl
import io
import os
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.casework.attachments import keep, path_of, store, uploads_locked
from app.casework.columns import utcnow
from app.casework.jobs import Job
from app.casework.orphans import AGE, sweep_uploads
from app.casework.thumbnails import make_one
from app.casework.unit_of_work import unit_of_work
from tests.casework.support import in_processes
from tests.jobs.support import work_off
from tests.support.factories import picture

OLD = (AGE + dt.timedelta(hours=1)).total_seconds()


@pytest.fixture
def folder(world) -> Path:
    return Path(world.app.config["DATA_DIR"])


def age(path: Path, seconds: float = OLD) -> Path:
    os.utime(path, (time.time() - seconds,) * 2)
    return path


def upload(world, colour: str, seconds: float = OLD) -> tuple:
    """A stored picture with its thumbnail, so many seconds old; returns it and its path."""
    folder, stored = world.app.config["DATA_DIR"], world.stored(colour)
    make_one(folder, stored.sha256)
    return stored, age(path_of(folder, stored.sha256), seconds)


def sweep(world) -> int:
    with world.system() as session:
        return sweep_uploads(session, world.app.config["DATA_DIR"], utcnow())


def test_what_no_row_names_goes_after_a_day_with_its_small_copy(world, folder):
    orphan, gone = upload(world, "red")
    named, stays = upload(world, "green")
    _young, fresh = upload(world, "blue", OLD - 2 * 3600)
    world.hazard(photos=[named])
    half = age(_write(stays.parent / "tmpab_12xyz"))
    foreign = age(_write(folder / "uploads" / "说明.txt"))
    assert sweep(world) == 2
    assert [p.exists() for p in (gone, half, stays, fresh, foreign)] == [False, False, True, True, True]
    assert not path_of(folder, orphan.sha256, thumbnail=True).exists()
    assert path_of(folder, named.sha256, thumbnail=True).exists()
    assert sweep(world) == 0


def _write(path: Path) -> Path:
    path.write_bytes(b"x")
    return path


def test_the_nightly_job_sweeps(world):
    _orphan, gone = upload(world, "red")
    with world.system() as session, unit_of_work(session):
        session.add(Job(kind="sweep_uploads", title="-", params={}))
    assert work_off(world.app) == 1
    with world.system() as session:
        assert session.scalars(sa.select(Job.state)).one() == "done"
    assert not gone.exists()


def test_an_old_file_that_is_sent_again_is_young(world, folder):
    orphan, path = upload(world, "red")
    keep(folder, orphan.sha256, picture("red"))
    assert sweep(world) == 0
    world.hazard(photos=[orphan])
    age(path)
    assert sweep(world) == 0 and path.exists()


@pytest.mark.one_database
def test_a_file_that_is_sent_again_while_the_sweep_is_at_it_stays(world, folder):
    """The sweep has seen it old and unnamed, and waits for the writer: then it looks again."""
    _orphan, path = upload(world, "red")
    swept = []
    with uploads_locked(folder, fcntl.LOCK_SH):
        sweeper = threading.Thread(target=lambda: swept.append(sweep(world)))
        sweeper.start()
        lock = str((folder / "uploads" / ".lock").stat().st_ino)
        while not any("->" in line and f":{lock} " in line for line in Path("/proc/locks").read_text().splitlines()):
            assert sweeper.is_alive()
            os.sched_yield()
        os.utime(path)
    sweeper.join()
    assert swept == [0] and path.exists()


@pytest.mark.one_database
def test_sending_and_sweeping_at_once_lose_nothing(world, folder):
    """Four send the same old pictures again and again, two sweep: what was sent is there when sending returns."""
    contents = {colour: picture(colour) for colour in ("red", "green", "blue")}

    def work(i: int) -> None:
        if i >= 4:
            for _ in range(150):
                sweep(world)
            return
        for n in range(150):
            colour = list(contents)[n % 3]
            path = path_of(folder, store(folder, io.BytesIO(contents[colour]), "照片.jpg").sha256)
            assert path.read_bytes() == contents[colour]
            with contextlib.suppress(FileNotFoundError), uploads_locked(folder, fcntl.LOCK_SH):
                if i == 0:
                    age(path)

    faults = in_processes(world.app, 6, lambda i: work(i))
    assert not faults, faults[0]
