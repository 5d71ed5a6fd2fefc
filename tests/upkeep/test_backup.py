"""A backup taken while everybody works holds a county that works, elsewhere too (issue 3 §6)."""

import resource
import stat
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import installation
from app.access.scope import system_session
from app.casework import history
from app.casework.cases import Case
from app.casework.history import TimelineEntry
from app.extensions import db
from app.jobs.upkeep import seal_all
from app.upkeep.archive import UpkeepError
from tests.support.factories import PASSWORD
from tests.support.processes import ROOT, environment
from tests.upkeep.support import back_up, bring_back, county_at_work, elsewhere, faults, photo_address

CASES = Case.__table__


def cases(app) -> int:
    with app.app_context(), system_session("test") as session:
        return session.execute(sa.select(sa.func.count()).select_from(CASES)).scalar_one()


def test_what_was_backed_up_works_elsewhere(world, bare_database, tmp_path):
    hazard_id = county_at_work(world)
    (Path(world.app.config["DATA_DIR"]) / "secret_key").write_text("the key of this county")
    made = back_up(world, tmp_path / "one.tar")
    assert made.missing == [] and made.files >= 1 and made.counts["cases"] == cases(world.app)
    with elsewhere(bare_database, tmp_path / "var") as app:
        back = bring_back(app, tmp_path / "one.tar")
        assert back.verdict.fault is None and back.verdict.sealed > 0
        assert back.counties == ["甲县", "乙县"] and back.counts == made.counts
        assert faults(app) == []
        app.config["TODAY"] = world.day
        clerk = app.test_client()
        assert clerk.sign_in("yingji", PASSWORD).status_code == 302
        with clerk.get(photo_address(world, hazard_id)) as photo:
            assert photo.status_code == 200 and photo.data.startswith(b"\xff\xd8")
        assert (tmp_path / "var" / "secret_key").read_text() == "the key of this county"


def test_work_goes_on_where_it_stopped(world, bare_database, tmp_path):
    """Numbers are not given twice, keys not taken twice, the restore itself stands in the history, seals hold."""
    county_at_work(world)
    back_up(world, tmp_path / "one.tar")
    with elsewhere(bare_database, tmp_path / "var") as app:
        bring_back(app, tmp_path / "one.tar")
        before = world.read(world.hazard()).number
        world.app = app
        world.move_to(world.day)
        assert world.read(world.hazard()).number == before
        with world.system() as session:
            told = session.scalars(sa.select(TimelineEntry.verb).where(TimelineEntry.verb == "restored")).all()
            assert len(told) == 2, "each county's history says so"
            seal_all()
            assert history.verify(session).fault is None


def test_a_backup_amid_writing_is_of_one_moment(world, bare_database, tmp_path):
    """Cases, parties, numbers, history and photos agree with each other, whatever was going on."""
    stop, wrote, troubles = threading.Event(), threading.Semaphore(0), []

    def write(username, colour):
        try:
            while not stop.is_set():
                world.do("firm", "claim", world.hazard(username, photos=[world.stored(colour)]))
                wrote.release()
        except Exception as trouble:
            troubles.append(trouble)
            wrote.release()

    writers = [threading.Thread(target=write, args=who) for who in (("yingji", "red"), ("zhujian", "blue"))]
    for writer in writers:
        writer.start()
    try:
        made = []
        for n in range(2):
            assert wrote.acquire(timeout=60)
            made.append(back_up(world, tmp_path / f"{n}.tar"))
        assert wrote.acquire(timeout=60)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert not troubles
    with elsewhere(bare_database, tmp_path / "var") as app:
        back = bring_back(app, tmp_path / "1.tar")
        assert back.missing == [] and back.verdict.fault is None
        assert 0 < cases(app) == made[-1].counts["cases"] < cases(world.app), "nobody waited for the backup"
        assert faults(app) == []


@pytest.mark.one_database
def test_it_is_for_the_administrator_alone(world, tmp_path):
    """It holds the key, and the records of everybody."""
    made = back_up(world, tmp_path / "one.tar")
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


@pytest.mark.one_database
def test_a_file_that_is_there_is_never_overwritten(world, tmp_path):
    (tmp_path / "one.tar").write_text("precious")
    for place in (tmp_path / "one.tar", tmp_path, tmp_path / "nowhere" / "one.tar"):
        with pytest.raises(UpkeepError):
            back_up(world, place)
    assert (tmp_path / "one.tar").read_text() == "precious"


@pytest.mark.one_database
def test_a_photo_that_is_lost_is_told_and_the_rest_kept(world, tmp_path):
    photo = world.stored()
    world.hazard(photos=[photo])
    for path in (Path(world.app.config["DATA_DIR"]) / "uploads").rglob(f"{photo.sha256}*"):
        path.unlink()
    assert back_up(world, tmp_path / "one.tar").missing == [photo.sha256]


def test_a_disk_without_room_is_told_and_nothing_half_stays(world, tmp_path):
    county_at_work(world)
    data = world.app.config["DATA_DIR"]
    with world.app.app_context():
        url = "" if db.engine.dialect.name == "sqlite" else db.engine.url.render_as_string(hide_password=False)
        source = db.engine.url.database
        installation.release()
    folder = tmp_path / "var"
    folder.mkdir()
    if not url:
        (folder / "zhualuoshi.db").symlink_to(source)
    (folder / "uploads").symlink_to(f"{data}/uploads")
    (tmp_path / "out").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "flask", "backup", str(tmp_path / "out" / "one.tar")], cwd=ROOT, encoding="utf-8",
        env=environment(folder, DATABASE_URL=url.replace("+psycopg", "")), capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "硬盘" in line
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.one_database
def test_it_is_a_plain_archive_that_any_computer_opens(world, tmp_path):
    county_at_work(world)
    with tarfile.open(back_up(world, tmp_path / "one.tar").path) as tar:
        names = tar.getnames()
    assert "database/zhualuoshi.db.gz" in names and names[-1] == "manifest.json"
    assert not [name for name in names if name.startswith(("/", ".."))]
