"""Every test that asks for a database runs on SQLite, and on PostgreSQL where one answers.

A migrated template is built once per kind and process; each test starts from a fresh copy of it (a file copy,
or CREATE DATABASE … TEMPLATE: about 35 ms).
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

IN_CI = os.environ.get("CI") == "true"
CANDIDATES = ("postgresql://postgres@127.0.0.1:5432/postgres", "postgresql:///postgres")


def answering_server() -> str | None:
    """The first PostgreSQL that lets us in and create databases."""
    for url in filter(None, (os.environ.get("TEST_DATABASE_URL"), *CANDIDATES)):
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                row = connection.execute(
                    "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
                ).fetchone()
        except psycopg.OperationalError:
            continue
        if row[0]:
            return url
    return None


SERVER = answering_server()
KINDS = ("sqlite", "postgresql") if SERVER else ("sqlite",)


def pytest_report_header():
    if IN_CI and not SERVER:
        raise pytest.UsageError("CI proves both databases, and no PostgreSQL answers")
    if SERVER:
        return "databases: SQLite and PostgreSQL"
    return "databases: SQLite only (no PostgreSQL answers at TEST_DATABASE_URL or on localhost)"


def pytest_configure(config):
    config.addinivalue_line("markers", "one_database: the database is not what this test is about; SQLite will do")


def pytest_generate_tests(metafunc):
    if "kind" in metafunc.fixturenames:
        alone = metafunc.definition.get_closest_marker("one_database")
        metafunc.parametrize("kind", KINDS[:1] if alone else KINDS, scope="session")


@dataclass
class SQLite:
    """One database file, reset by copying the template over it."""

    folder: Path

    @property
    def uri(self) -> str:
        return f"sqlite:///{self.folder / 'test.db'}"

    def empty(self) -> None:
        for name in ("test.db", "test.db-wal", "test.db-shm"):
            (self.folder / name).unlink(missing_ok=True)

    def keep_as_template(self) -> None:
        shutil.copyfile(self.folder / "test.db", self.folder / "template.db")

    def reset(self) -> None:
        self.empty()
        shutil.copyfile(self.folder / "template.db", self.folder / "test.db")

    def drop(self) -> None:
        self.empty()


@dataclass
class PostgreSQL:
    """One database on the server, reset by creating it anew from the template."""

    name: str

    @property
    def uri(self) -> str:
        url = make_url(SERVER).set(drivername="postgresql+psycopg", database=self.name)
        return url.render_as_string(hide_password=False)

    def _run(self, *statements: str) -> None:
        with psycopg.connect(SERVER, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def empty(self) -> None:
        self._run(f"drop database if exists {self.name} with (force)", f"create database {self.name}")

    def keep_as_template(self) -> None:
        self._run(
            f"drop database if exists {self.name}_template with (force)",
            f"create database {self.name}_template template {self.name}",
        )

    def reset(self) -> None:
        self._run(
            f"drop database if exists {self.name} with (force)",
            f"create database {self.name} template {self.name}_template",
        )

    def drop(self) -> None:
        self._run(*(f"drop database if exists {name} with (force)" for name in (self.name, f"{self.name}_template")))


def place(kind: str, folder: Path, purpose: str) -> SQLite | PostgreSQL:
    """A database of `kind` for `purpose` (a short word), named after this process so that runs never meet."""
    if kind == "sqlite":
        folder.mkdir(parents=True, exist_ok=True)
        return SQLite(folder)
    return PostgreSQL(f"zls_{purpose}_{os.getpid()}")


@pytest.fixture
def bare_database(kind, tmp_path):
    """An empty database without any table: for the migrations and the start."""
    database = place(kind, tmp_path / "bare", "bare")
    database.empty()
    yield database
    database.drop()
