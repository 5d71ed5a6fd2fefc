"""Bringing a data folder to life: migrate it, found a county in it, or load the demo county into an empty one.

The demo county is loaded once.  A mark in the folder says `loading` from before the first table until after the
last row, then `loaded`: a load that was killed is thrown away and made again, a folder with anything else in it
never becomes a demo.
"""

import datetime as dt
import fcntl
import os
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from werkzeug.security import generate_password_hash

from app.access.roles import ROLES
from app.access.scope import system_session
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.organization.models import Organization, Post, User
from app.organization.seed import load_county
from config import DEMO_LOADED, DEMO_MARK, ROOT, secret

MIGRATIONS = str(ROOT / "migrations")
LOADING = "loading"
RESTORING = "restoring"  # the file in the data folder while a backup is put back
_units, _posts, _users = Organization.__table__, Post.__table__, User.__table__


class AlreadyFounded(Exception):
    """The county has its first administrator; further accounts are made on the screens."""


def is_half_restored(app: Flask) -> bool:
    """A backup was being put back here, and that was cut short."""
    return (Path(app.config["DATA_DIR"]) / RESTORING).exists()


def migrate() -> None:
    """Bring the tables to this release, then let go of every connection, so that a fork shares none."""
    upgrade(MIGRATIONS)
    release()


def is_at_head() -> bool:
    """Whether the tables are those of this release."""
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == heads()


@cache
def heads() -> set[str]:
    """The newest migration of this release; read once, from the files."""
    return set(ScriptDirectory(MIGRATIONS).get_heads())


def release() -> None:
    db.session.remove()
    db.engine.dispose()


@contextmanager
def alone(folder: Path):
    """One process at a time; the lock goes with the process that holds it, however it ends."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def prepare_demo(app: Flask, load) -> bool:
    """Migrate; on an empty data folder and database call `load(app)` and mark it; returns whether this is a demo.

    A second start waits for the first: it would take a load under way for one that was killed, and wipe it.
    """
    with alone(Path(app.config["DATA_DIR"])):
        return _prepare_demo(app, load)


def _prepare_demo(app: Flask, load) -> bool:
    mark = Path(app.config["DATA_DIR"]) / DEMO_MARK
    state = mark.read_text() if mark.exists() else None
    if state is None and is_untouched(app):
        state = LOADING
        mark.write_text(LOADING)
    elif state == LOADING:
        wipe(app)
    migrate()
    app.config["DEMO_PASSWORD"] = demo_password(app) if state else None
    if state == LOADING:
        load(app)
        release()
        draft = mark.with_suffix(".new")
        draft.write_text(DEMO_LOADED)
        draft.rename(mark)
    return state is not None


def may_become_demo(app: Flask) -> bool:
    """Nothing is here yet, or a demo county whose loading was cut short."""
    mark = Path(app.config["DATA_DIR"]) / DEMO_MARK
    return mark.read_text() == LOADING if mark.exists() else is_untouched(app)


def is_untouched(app: Flask) -> bool:
    """No table in the database and no file among uploads, exports and imports."""
    folder = Path(app.config["DATA_DIR"])
    kinds = ("uploads", "exports", "imports")
    files = [each for name in kinds for each in (folder / name).rglob("*") if each.is_file()]
    tables = sa.inspect(db.engine).get_table_names()
    release()
    return not files and not tables


def wipe(app: Flask) -> None:
    """Throw an unfinished load away: everything in the folder came from it."""
    if db.engine.dialect.name == "sqlite":
        path = Path(db.engine.url.database)
        release()
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    else:
        downgrade(MIGRATIONS, revision="base")
        release()
    for name in ("uploads", "exports", "imports"):
        for each in (Path(app.config["DATA_DIR"]) / name).rglob("*"):
            if each.is_file():
                each.unlink()


def demo_password(app: Flask) -> str:
    """`DEMO_PASSWORD`, else one made at random for this folder; a changed one is given to the demo accounts."""
    path = Path(app.config["DATA_DIR"]) / "demo_password"
    kept = path.read_text() if path.exists() else None
    wanted = os.environ.get("DEMO_PASSWORD")
    if not wanted:
        return kept or secret(path, size=6)
    if kept != wanted:
        path.touch(mode=0o600)
        path.write_text(wanted)
        if kept:
            set_demo_password(wanted)
    return wanted


def set_demo_password(password: str) -> None:
    with system_session("demo password from the environment") as session, unit_of_work(session):
        session.execute(sa.update(_users).where(_users.c.demo).values(password=generate_password_hash(password)))
    release()


def demo_accounts() -> list[tuple[str, str, str]]:
    """Name to sign in with, unit and role of each demo account, in the order in which they were made."""
    with system_session("demo accounts for the console") as session:
        rows = session.execute(
            sa.select(_users.c.username, sa.func.coalesce(_units.c.short_name, _units.c.name), _posts.c.role)
            .join(_posts, _posts.c.user_id == _users.c.id)
            .join(_units, _units.c.id == _posts.c.organization_id)
            .where(_users.c.demo)
            .order_by(_users.c.id)
        ).all()
    release()
    return [(username, unit, str(ROLES[role].title)) for username, unit, role in rows]


def found_county(name: str, username: str, password: str, today: dt.date) -> None:
    """Load the county's units and dictionaries and make its first administrator, in one transaction.

    Raises AlreadyFounded when the county has an administrator, or the name to sign in with is taken, capitals or not.
    """
    with system_session("flask init") as session, unit_of_work(session):
        county = load_county(session, name)
        same = sa.func.lower(_users.c.username) == username.lower()
        taken = session.execute(sa.select(_users.c.id).where(same)).first()
        if taken or _has_administrator(session, county.id):
            raise AlreadyFounded
        office = session.execute(
            sa.select(_units.c.id).where(_units.c.county_id == county.id, _units.c.kind == "county_office")
        ).scalar_one()
        user = User(
            first_name="", last_name=username, username=username, email=f"{username}@county.invalid", active=True,
            password=generate_password_hash(password), county_id=county.id,
        )
        session.add(user)
        session.flush()
        session.add(Post(user_id=user.id, organization_id=office, role="administrator", valid_from=today))


def is_founded() -> bool:
    """Whether anybody could sign in."""
    with system_session("starting the server") as session:
        found = session.execute(sa.select(_users.c.id).limit(1)).first() is not None
    release()
    return found


def _has_administrator(session, county_id: int) -> bool:
    return session.execute(
        sa.select(_posts.c.id)
        .join(_units, _units.c.id == _posts.c.organization_id)
        .where(_units.c.county_id == county_id, _posts.c.role == "administrator")
    ).first() is not None
