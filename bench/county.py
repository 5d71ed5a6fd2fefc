"""The county of the bench: that of `flask demo`, built once per size and kept, with the harness's account."""
from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import psycopg
import sqlalchemy as sa
from flask_migrate import upgrade
from werkzeug.security import generate_password_hash

from app import create_app, installation
from app.access.scope import system_session
from app.casework.clock import today
from app.casework.unit_of_work import unit_of_work
from app.demo import scale
from app.demo.scale.loading import EVEN
from app.extensions import db
from app.jobs.daily import ask_for_what_is_due
from app.jobs.runner import work_one
from app.organization.models import Organization, User
from app.organization.settings import Setting
from config import ROOT
from tests.support.databases import SERVER

USER, PASSWORD = "clerk", "clerk-pass-1"  # as the harness logs in (its common.py)
LONG = 10_000_000  # rows from which a job is made of an export: everybody answers at once here
_users, _units = User.__table__, Organization.__table__


@dataclass(frozen=True)
class County:
    """`unit` is a party to one hazard in fifty; `office` files them all."""

    kind: str
    hazards: int
    folder: Path
    url: str
    unit: int


def county(kind: str, root: Path, hazards: int, enterprises: int) -> County:
    """Built if it is not there yet, brought to this release if it is."""
    folder = root / f"ours-{kind}-{hazards}"
    url, built = "", folder / "built"
    if kind == "postgresql":
        name = f"zls_bench_{hazards}"
        url = sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        create_database(name, anew=not built.exists())
    app = create_app("production", DATA_DIR=str(folder), DATABASE_URL=url)
    with app.app_context():
        if built.exists():
            upgrade(str(ROOT / "migrations"))
        else:
            began = time.monotonic()
            assert installation.prepare_demo(app, lambda app: scale.load(app, hazards, enterprises, today(), _say))
            _open(app)
            built.touch()
            _say(f"{kind}: {hazards:,} hazards in {time.monotonic() - began:.0f} s")
        # The day's own work first: a backup of a million hazards would run beside what is measured.
        ask_for_what_is_due()
        while work_one(app, Event()):
            pass
        with system_session("bench") as session:
            unit = session.scalar(sa.select(_units.c.id).where(_units.c.short_name == EVEN))
        db.engine.dispose()
    return County(kind, hazards, folder, url, unit)


def create_database(name: str, anew: bool) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        if anew:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(f"CREATE DATABASE {name}")


def _open(app) -> None:
    """The county office's clerk under the harness's name, as every account of the demo with its password."""
    with system_session("bench") as session, unit_of_work(session):
        session.execute(sa.update(_users).values(password=generate_password_hash(PASSWORD, "pbkdf2:sha256:1")))
        session.execute(sa.update(_users).where(_users.c.username == "anban").values(username=USER))
        county_id = session.scalar(sa.select(_units.c.id).where(_units.c.kind == "county"))
        for key in ("export_job_rows", "import_job_rows"):
            session.add(Setting(county_id=county_id, key=key, value=LONG, valid_from=today()))


def _say(words: str) -> None:
    print(words, file=sys.stderr)
