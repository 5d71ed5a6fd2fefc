"""A disk without room: told in words, nothing typed is lost, no half file and no row stays."""

import io
import random
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.casework.attachments import Attachment, path_of, write_whole
from app.casework.disk import DiskFull, is_full, told_when_full
from app.casework.thumbnails import make_one
from app.extensions import db
from app.hazards.models import Hazard
from tests.casework.made_files import photo
from tests.casework.support import in_processes
from tests.hazards.http import WORDS, typed
from tests.support.small_disk import ROOM, fill_up

LARGE = photo((400, 300)) + b"\0" * (2 * ROOM)


def fill_in(world) -> None:
    """Hazards whose ledger is larger than there is room for, packed too."""
    chance = random.Random(1)
    for n in range(80):
        words = "".join(chr(chance.randrange(0x4E00, 0x9F00)) for _ in range(1000))
        world.hazard(description=f"第{n}条{words}")


def alone(world, work) -> None:
    """Run `work` in a process of its own, which may take the room away."""
    world.app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        faults = in_processes(world.app, 1, lambda _i: work())
    finally:
        world.app.config.pop("PROPAGATE_EXCEPTIONS")
    assert not faults, faults[0]


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]


def counts(world) -> tuple[int, int]:
    with world.system() as session:
        return tuple(session.scalar(sa.select(sa.func.count()).select_from(model)) for model in (Hazard, Attachment))


@pytest.mark.one_database
def test_an_upload_meets_a_full_disk_at_its_field_and_what_was_typed_stays(world):
    clerk, folder = world.as_("yingji"), Path(world.app.config["DATA_DIR"]) / "uploads"

    def work():
        fill_up(folder)
        answer = clerk.send("/hazards/new", typed(world, photos=(io.BytesIO(LARGE), "现场.jpg")),
                            content_type="multipart/form-data")
        assert answer.status_code == 422 and WORDS in answer.text
        assert "磁盘已满" in re.search(r'id="photos-fault">([^<]*)', answer.text)[1]
        assert left(folder) == []

    alone(world, work)
    assert counts(world) == (0, 0)


@pytest.mark.one_database
def test_an_export_meets_a_full_disk_on_a_page_of_its_own(world):
    fill_in(world)
    clerk, folder = world.as_("yingji"), Path(world.app.config["DATA_DIR"]) / "exports"

    def work():
        fill_up(folder)
        answer = clerk.get("/hazards/export")
        assert answer.status_code == 507 and "服务器磁盘已满" in answer.text
        assert list(folder.iterdir()) == []

    alone(world, work)


@pytest.mark.one_database
def test_an_import_meets_a_full_disk(world):
    fill_in(world)
    clerk, folder = world.as_("yingji"), Path(world.app.config["DATA_DIR"]) / "imports"
    with clerk.get("/hazards/export") as sent:
        ledger = sent.data

    def work():
        fill_up(folder)
        answer = clerk.send("/hazards/import/", {"ledger": (io.BytesIO(ledger), "台账.xlsx")},
                            content_type="multipart/form-data")
        assert answer.status_code in (422, 507) and "磁盘已满" in answer.text
        assert left(folder) == []

    assert len(ledger) > ROOM
    alone(world, work)
    with world.system() as session:
        assert session.execute(sa.text("SELECT count(*) FROM import_drafts")).scalar() == 0


@pytest.mark.one_database
def test_a_small_copy_meets_a_full_disk_and_is_made_later(world):
    folder = Path(world.app.config["DATA_DIR"])
    stored = world.stored()
    assert 500 * stored.size > ROOM
    target = path_of(folder, stored.sha256, thumbnail=True)

    def work():
        content = path_of(folder, stored.sha256).read_bytes()
        fill_up(target.parent)
        with pytest.raises(DiskFull):
            write_whole(target, content * 500)
        assert {path.name for path in left(target.parent)} <= {stored.sha256}

    alone(world, work)
    assert make_one(str(folder), stored.sha256) and target.exists()


def test_a_database_without_room_is_told_as_such(world):
    """SQLite's own limit stands for the disk's; PostgreSQL says it by its code."""
    with world.app.app_context():
        if db.engine.dialect.name == "postgresql":
            with pytest.raises(sa.exc.DBAPIError) as refused, db.engine.begin() as connection:
                connection.execute(sa.text("DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$"))
            assert is_full(refused.value)
            return

    def small(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    clerk = world.as_("yingji")

    def work():
        sa.event.listen(db.engine, "connect", small)
        answer = clerk.send("/hazards/new", typed(world, description="长" * 4000, measures="长" * 4000))
        for _n in range(20):
            if answer.status_code != 302:
                break
            answer = clerk.send("/hazards/new", typed(world, description="长" * 4000, measures="长" * 4000))
        assert answer.status_code == 507 and "服务器磁盘已满" in answer.text

    alone(world, work)
    assert clerk.get("/hazards/").status_code == 200


@pytest.mark.one_database
def test_what_is_no_full_disk(app):
    assert not is_full(None) and not is_full(ValueError("x")) and not is_full(OSError(2, "no such file"))
    assert is_full(RuntimeError(OSError(28, "x"))) and is_full(OSError(122, "x"))
    with pytest.raises(PermissionError), told_when_full():
        raise PermissionError(13, "x")
