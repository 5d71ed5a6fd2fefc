"""Only a whole backup, only into an empty place, all of it or nothing (issue 3 §6)."""

import os
import shutil
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from app import installation
from app.upkeep import backup, restore
from app.upkeep.archive import Archive, Damaged, UpkeepError, Writer
from tests.jobs.support import die, ended, fork
from tests.support.databases import PostgreSQL
from tests.support.processes import flask
from tests.upkeep.support import back_up, bring_back, county_at_work, elsewhere, faults, what_is_there


def cut_short(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 20_000)


def change_a_byte(path: Path, of: str) -> None:
    with Archive(path) as archive:
        member = next(each for name, each in archive.members.items() if name.startswith(of))
    with path.open("r+b") as file:
        file.seek(member.offset_data + member.size // 2)
        (byte,) = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))


def add_a_file(path: Path) -> None:
    """With a right hash, but a name of no file of ours: it must not be written anywhere."""
    rewritten(path, lambda facts: None, {"../../evil": path})


def rewritten(path: Path, change, more=None) -> None:
    """The same archive with other facts or further members, its hashes right."""
    scratch = path.with_suffix(".d")
    with Archive(path) as archive, path.with_suffix(".new").open("wb") as out:
        facts = {key: value for key, value in archive.manifest.items() if key not in ("files", "format")}
        change(facts)
        writer = Writer(out)
        for name in archive.manifest["files"]:
            archive.extract(name, scratch / name)
            writer.add(name, scratch / name)
        for name, source in (more or {}).items():
            writer.add(name, source)
        writer.close(facts)
    path.with_suffix(".new").replace(path)


SPOILED = {
    "cut short": cut_short,
    "no archive": lambda path: path.write_bytes(b"PK" * 5000),
    "empty": lambda path: path.write_bytes(b""),
    "a changed photo": lambda path: change_a_byte(path, "uploads/"),
    "a changed database": lambda path: change_a_byte(path, "database/"),
    "a changed list": lambda path: change_a_byte(path, "manifest"),
    "a foreign file": add_a_file,
}


@pytest.mark.one_database
@pytest.mark.parametrize("how", SPOILED)
def test_what_is_not_whole_is_refused_and_nothing_written(world, bare_database, tmp_path, how):
    world.hazard(photos=[world.stored()])
    back_up(world, tmp_path / "one.tar")
    SPOILED[how](tmp_path / "one.tar")
    with elsewhere(bare_database, tmp_path / "var") as app:
        with pytest.raises(Damaged):
            bring_back(app, tmp_path / "one.tar")
        with app.app_context():
            assert installation.is_untouched(app)
        assert what_is_there(tmp_path / "var") == set()
        assert not (tmp_path / "evil").exists() and not (tmp_path.parent / "evil").exists()


def test_nothing_is_restored_over_records(world, tmp_path):
    hazard_id = world.hazard()
    back_up(world, tmp_path / "one.tar")
    with pytest.raises(UpkeepError) as refused:
        bring_back(world.app, tmp_path / "one.tar")
    assert world.app.config["DATA_DIR"] in str(refused.value), "it says which folder to move aside"
    assert world.read(hazard_id).number and faults(world.app) == []


@pytest.mark.one_database
def test_a_folder_with_uploads_alone_is_not_empty(world, bare_database, tmp_path):
    back_up(world, tmp_path / "one.tar")
    photo = tmp_path / "var" / "uploads" / "aa" / "photo"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"somebody's")
    with elsewhere(bare_database, tmp_path / "var") as app, pytest.raises(UpkeepError):
        bring_back(app, tmp_path / "one.tar")
    assert photo.read_bytes() == b"somebody's"


@pytest.mark.parametrize("when", ["among the files", "in the database"])
def test_a_killed_restore_is_done_again_by_the_same_command(world, bare_database, tmp_path, when):
    county_at_work(world)
    world.hazard(photos=[world.stored("blue")])
    back_up(world, tmp_path / "one.tar")

    def be_killed():
        if when == "among the files":
            sys.addaudithook(lambda event, about: event == "open" and "/var/uploads/" in str(about[0]) and die())
        else:
            first = "TRUNCATE" if isinstance(bare_database, PostgreSQL) else "SELECT alembic"  # tables are there
            sa.event.listen(Engine, "before_cursor_execute",
                            lambda _connection, _cursor, sql, *_: sql.startswith(first) and die())
        bring_back(app, tmp_path / "one.tar")

    with elsewhere(bare_database, tmp_path / "var") as app:
        assert ended(fork(app, be_killed)) == -9
        with app.app_context():
            assert installation.is_half_restored(app)
        where = {"DATABASE_URL": bare_database.uri} if isinstance(bare_database, PostgreSQL) else {}
        for command in (("serve",), ("check",), ("backup", str(tmp_path / "half.tar"))):
            refused = flask(tmp_path / "var", *command, **where)
            assert refused.returncode == 1 and len(refused.stderr.splitlines()) == 1
        assert bring_back(app, tmp_path / "one.tar").verdict.fault is None
        assert faults(app) == []
        with app.app_context():
            assert not installation.is_half_restored(app)


@pytest.mark.one_database
@pytest.mark.parametrize(("fact", "value"), [("revision", "9999"), ("database", "postgresql")])
def test_a_backup_that_does_not_fit_says_what_would(world, bare_database, tmp_path, fact, value):
    back_up(world, tmp_path / "one.tar")
    rewritten(tmp_path / "one.tar", lambda facts: facts.update({fact: value}))
    with elsewhere(bare_database, tmp_path / "var") as app:
        with pytest.raises(UpkeepError) as refused:
            bring_back(app, tmp_path / "one.tar")
        assert {"revision": "版本", "database": "DATABASE_URL"}[fact] in str(refused.value)
        assert what_is_there(tmp_path / "var") == set()


def test_a_backup_of_an_older_release_is_brought_up_to_date(world, bare_database, tmp_path):
    """As it will be after every upgrade: the tables of then, filled, then migrated."""
    from flask_migrate import downgrade

    hazard_id = world.hazard()
    with world.app.app_context():
        installation.release()
        downgrade(installation.MIGRATIONS, revision="-1")
        installation.release()
    back_up(world, tmp_path / "one.tar")
    with elsewhere(bare_database, tmp_path / "var") as app:
        bring_back(app, tmp_path / "one.tar")
        with app.app_context():
            assert installation.is_at_head()
        assert faults(app) == [] and hazard_id


@pytest.mark.one_database
def test_a_touched_history_is_restored_and_told(world, bare_database, tmp_path):
    county_at_work(world)
    with world.app.app_context(), restore.db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER timeline_entries_no_update")
        connection.exec_driver_sql("UPDATE timeline_entries SET comment = 'x' WHERE id = 3")
    back_up(world, tmp_path / "one.tar")
    with elsewhere(bare_database, tmp_path / "var") as app:
        assert bring_back(app, tmp_path / "one.tar").verdict.fault == "changed"


@pytest.mark.one_database
def test_the_commands_are_for_people(world, tmp_path):
    """Written, refused over records, restored, checked: each says in Chinese what it did and what is next."""
    county_at_work(world)
    data, copy = Path(world.app.config["DATA_DIR"]), tmp_path / "county"
    with world.app.app_context():
        source = Path(restore.db.engine.url.database)
        installation.release()
    shutil.copytree(data, copy)
    shutil.copyfile(source, copy / "zhualuoshi.db")
    made = flask(copy, "backup", str(tmp_path / "one.tar"))
    assert made.returncode == 0 and "备份" in made.stdout and "件" in made.stdout, made.stderr
    over = flask(copy, "restore", str(tmp_path / "one.tar"))
    assert over.returncode == 1 and str(copy) in over.stderr and len(over.stderr.splitlines()) == 1
    back = flask(tmp_path / "new", "restore", str(tmp_path / "one.tar"))
    assert back.returncode == 0 and "甲县" in back.stdout and "flask serve" in back.stdout, back.stderr
    verified = flask(tmp_path / "new", "audit", "verify")
    checked = flask(tmp_path / "new", "check")
    assert verified.returncode == checked.returncode == 0, checked.stdout
    empty = flask(tmp_path / "wrong", "backup", str(tmp_path / "two.tar"))
    assert empty.returncode == 1 and "DATA_DIR" in empty.stderr
    assert not (tmp_path / "two.tar").exists() and backup.NAME
