"""A real county is founded by one command; a demo county only ever fills an empty folder, wholly or not at all."""

import os
import signal
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import create_app, installation
from app.extensions import db
from config import secret
from tests.support.databases import PostgreSQL
from tests.support.processes import Running, flask, free_port, signs_in

FIRST_ADMINISTRATOR = {"COUNTY": "泽州县", "ADMIN_USERNAME": "guanli", "ADMIN_PASSWORD": "Founding-2026"}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "var"


@pytest.fixture
def bare(bare_database, folder):
    """An application on an empty database and folder."""
    app = create_app("test", DATA_DIR=str(folder), SQLALCHEMY_DATABASE_URI=bare_database.uri)
    with app.app_context():
        yield app
        installation.release()


def units(app) -> int:
    return db.session.execute(sa.text("select count(*) from organizations")).scalar_one()


def load(app) -> None:
    installation.found_county("泽州县", "guanli", "Founding-2026", date(2026, 3, 1))


def leave_a_photo(folder) -> Path:
    (Path(folder) / "uploads").mkdir(exist_ok=True)
    photo = Path(folder) / "uploads" / "half.jpg"
    photo.write_bytes(b"half a photo")
    return photo


def load_and_be_killed(app) -> None:
    load(app)
    leave_a_photo(app.config["DATA_DIR"])
    os.kill(os.getpid(), signal.SIGKILL)


def test_the_demo_fills_an_empty_folder_once(bare):
    assert installation.prepare_demo(bare, load)
    before = units(bare)
    assert installation.prepare_demo(bare, pytest.fail)
    assert units(bare) == before > 0


def test_a_killed_load_is_thrown_away_and_made_again(bare, folder):
    def start():
        with bare.app_context():
            installation.prepare_demo(bare, load_and_be_killed)

    installation.release()
    child = get_context("fork").Process(target=start)
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert installation.prepare_demo(bare, load)
    assert units(bare) > 0
    assert list((folder / "uploads").rglob("*.jpg")) == []


def test_a_second_start_waits_for_the_first(bare):
    """It would take the load under way for one that was killed, and throw it away."""
    fork = get_context("fork")
    begun, go_on = fork.Event(), fork.Event()

    def load_slowly(app):
        load(app)
        begun.set()
        assert go_on.wait(60)

    def start(loader):
        with bare.app_context():
            assert installation.prepare_demo(bare, loader)

    installation.release()
    first = fork.Process(target=start, args=(load_slowly,))
    second = fork.Process(target=start, args=(pytest.fail,))
    first.start()
    assert begun.wait(60)
    second.start()
    second.join(2)
    assert second.is_alive(), "it waits"
    go_on.set()
    for process in (first, second):
        process.join(60)
        assert process.exitcode == 0
    assert units(bare) > 0


def test_a_load_that_fails_is_made_again(bare):
    def fail(app):
        load(app)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        installation.prepare_demo(bare, fail)
    assert installation.prepare_demo(bare, load)


def test_a_folder_with_something_in_it_never_becomes_a_demo(bare, folder):
    photo = leave_a_photo(folder)
    assert not installation.prepare_demo(bare, pytest.fail)
    assert photo.exists()


def test_a_founded_county_never_becomes_a_demo(bare):
    installation.migrate()
    load(bare)
    before = units(bare)
    assert not installation.prepare_demo(bare, pytest.fail)
    assert units(bare) == before


def database_variables(database) -> dict[str, str]:
    return {"DATABASE_URL": database.uri} if isinstance(database, PostgreSQL) else {}


def test_a_county_is_founded_and_its_administrator_signs_in(bare_database, folder):
    where = database_variables(bare_database)
    done = flask(folder, "init", **FIRST_ADMINISTRATOR, **where)
    assert done.returncode == 0, done.stderr
    assert "泽州县" in done.stdout
    with Running(folder, HOST="127.0.0.1", **where) as product:
        assert "演示" not in product.output
        assert signs_in(product.url, "guanli", "Founding-2026")
        product.end()
    again = flask(folder, "init", **FIRST_ADMINISTRATOR, **where)
    assert again.returncode == 1 and "管理员" in again.stderr


@pytest.mark.one_database
def test_a_weak_password_founds_nothing(folder, kind):
    done = flask(folder, "init", **{**FIRST_ADMINISTRATOR, "ADMIN_PASSWORD": "123"})
    assert done.returncode == 1 and "密码" in done.stderr


def test_a_user_name_that_somebody_has_is_taken_in_capitals_too(bare):
    """Of two accounts whose names differ by capitals alone nobody could sign in to either."""
    installation.prepare_demo(bare, load)
    with pytest.raises(installation.AlreadyFounded):
        installation.found_county("高平市", "GuanLi", "Founding-2026", date(2026, 3, 1))


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["关 理", "ＧＵＡＮＬＩ", "a"])
def test_a_user_name_by_which_nobody_could_sign_in_founds_nothing(folder, kind, name):
    done = flask(folder, "init", **{**FIRST_ADMINISTRATOR, "ADMIN_USERNAME": name})
    assert done.returncode == 1 and "字母" in done.stderr


@pytest.mark.one_database
def test_what_is_not_given_is_asked_for_in_chinese(folder, kind):
    done = flask(folder, "init")
    assert done.returncode == 1
    assert "县" in done.stdout and "已取消" in done.stderr


@pytest.mark.one_database
def test_without_a_county_the_server_says_what_to_do(folder, kind):
    done = flask(folder, "serve", HOST="127.0.0.1", PORT=str(free_port()))
    assert done.returncode == 1 and "flask init" in done.stderr


@pytest.mark.one_database
@pytest.mark.parametrize("command", ["init", "serve"])
def test_a_database_that_does_not_answer_is_told_in_one_line(folder, kind, command):
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    done = flask(folder, command, **FIRST_ADMINISTRATOR, DATABASE_URL=nowhere)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "数据库" in line


@pytest.mark.one_database
@pytest.mark.parametrize("url", ["nonsense", "mysql://someone:hidden@127.0.0.1/county", "://"])
def test_an_address_that_is_no_database_of_ours_is_told_in_a_line(folder, url):
    for command in (("serve",), ("audit", "verify")):
        done = flask(folder, *command, DATABASE_URL=url)
        assert done.returncode == 1 and "DATABASE_URL" in done.stderr
        assert "Traceback" not in done.stderr and "hidden" not in done.stderr


@pytest.mark.one_database
def test_a_file_that_is_no_database_is_told_in_a_line(folder):
    folder.mkdir()
    (folder / "zhualuoshi.db").write_text("no database")
    done = flask(folder, "serve", "--demo")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert (folder / "zhualuoshi.db").read_text() == "no database"


@pytest.mark.one_database
def test_a_key_cut_short_is_made_anew(folder):
    """A power failure may leave the file without its content; an empty key lets nobody sign in."""
    folder.mkdir()
    (folder / "secret_key").touch()
    assert len(secret(folder / "secret_key")) > 20
    assert secret(folder / "secret_key") == secret(folder / "secret_key")
