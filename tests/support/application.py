"""The product under test: one application per kind of database, its data fresh for every test."""

import shutil
from pathlib import Path

import pytest
from flask import g
from flask.testing import FlaskClient
from flask_migrate import upgrade
from flask_wtf.csrf import generate_csrf
from jinja2 import Undefined

from app import create_app
from app.extensions import db
from tests.support.databases import place

ROOT = Path(__file__).parent.parent.parent


class Unsaid(Undefined):
    """What nobody gave a page: it may be asked whether it is there; shown or gone through, it fails the test."""

    __slots__ = ()
    __str__ = __iter__ = __len__ = Undefined._fail_with_undefined_error


class Visitor(FlaskClient):
    """A browser's cookie jar that can send forms with their token."""

    def token(self) -> str:
        """A CSRF token that belongs to this visitor's session."""
        with self.session_transaction() as session:
            kept = dict(session)
        with self.application.test_request_context():
            from flask import session as fresh

            fresh.update(kept)
            token = generate_csrf()
            kept["csrf_token"] = fresh["csrf_token"]
            g.pop("csrf_token", None)
        with self.session_transaction() as session:
            session["csrf_token"] = kept["csrf_token"]
        return token

    def send(self, path: str, data=None, **options):
        """POST a form as the page would, token included."""
        return self.post(path, data={**(data or {}), "csrf_token": self.token()}, **options)

    def sign_in(self, username: str, password: str):
        return self.send("/login/", {"username": username, "password": password})


class Stage:
    """An application of one kind of database, with the means to put everything back."""

    def __init__(self, kind: str, folder: Path):
        self.database = place(kind, folder / kind, "test")
        self.database.empty()
        self.data = folder / kind / "data"
        self.app = create_app("test", DATA_DIR=str(self.data), SQLALCHEMY_DATABASE_URI=self.database.uri)
        self.app.test_client_class = Visitor
        self.app.jinja_env.undefined = Unsaid
        with self.app.app_context():
            upgrade(str(ROOT / "migrations"))
        self._dispose()
        self.database.keep_as_template()

    def _dispose(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def reset(self) -> None:
        self._dispose()
        self.database.reset()
        for entry in self.data.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

    def close(self) -> None:
        self._dispose()
        self.database.drop()


@pytest.fixture(scope="session")
def stages(tmp_path_factory):
    made: dict[str, Stage] = {}
    folder = tmp_path_factory.mktemp("stage")

    def stage(kind: str) -> Stage:
        if kind not in made:
            made[kind] = Stage(kind, folder)
        return made[kind]

    yield stage
    for each in made.values():
        each.close()


@pytest.fixture
def app(kind, stages):
    """The application on a migrated, empty database. Push an application context yourself where you need one."""
    stage = stages(kind)
    stage.reset()
    yield stage.app
    stage._dispose()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def visitor(app):
    """Makes a visitor who is signed in: `visitor("fengcheng", password)`; several may be about at once."""

    def enter(username: str, password: str) -> Visitor:
        who = app.test_client()
        answer = who.sign_in(username, password)
        assert answer.status_code == 302, f"{username} could not sign in"
        return who

    return enter
