"""`make bench`: fill both databases (kept for the next time), start the product on each, time what people do."""
from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa
from flask_migrate import upgrade

from app import create_app
from app.casework.clock import ZONE
from app.extensions import db
from app.organization.models import Post, User
from bench.client import Client
from bench.county import PASSWORD, build
from bench.operations import operations
from bench.together import NAME, together
from config import ROOT
from tests.support.databases import KINDS, SERVER
from tests.support.processes import Running

PEOPLE = ("county", "town", "bureau", "firm")


def database(kind: str, folder: Path, rows: int) -> tuple[str, bool]:
    """`(address, whether it is there already)`."""
    if kind == "sqlite":
        path = folder / "zhualuoshi.db"
        return f"sqlite:///{path}", path.exists()
    name = f"zls_bench_{rows}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        there = connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone()
        if not there:
            connection.execute(f"create database {name}")
    url = sa.make_url(SERVER).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False), bool(there)


def prepare(uri: str, there: bool, folder: Path, rows: int, today: dt.date) -> dict[str, int]:
    """Build the county once; the ids of the people's units."""
    app = create_app("production", DATA_DIR=str(folder), SQLALCHEMY_DATABASE_URI=uri)
    with app.app_context():
        if not there:
            began = time.monotonic()
            upgrade(str(ROOT / "migrations"))
            build(rows, today)
            print(f"{rows:,} hazards written in {time.monotonic() - began:.0f} s", file=sys.stderr)
        with db.engine.connect() as connection:
            posts = sa.select(User.username, Post.organization_id).join_from(User, Post)
            units = dict(map(tuple, connection.execute(posts)))
        db.engine.dispose()
    return units


@dataclass(frozen=True)
class Measured:
    """Milliseconds as the client waits, and of processor time in the server (all that SQLite needs is in it)."""

    waited: list[float]
    worked: float

    def __str__(self) -> str:
        ordered = sorted(self.waited)
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        return f"{statistics.median(ordered):.0f} / {p95:.0f} · {self.worked:.0f}"


def processor_time(pids: list[int]) -> float:
    """Milliseconds that these processes have used so far."""
    used = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        used += int(fields[11]) + int(fields[12])
    return used * 1000 / os.sysconf("SC_CLK_TCK")


def measure(kind: str, folder: Path, rows: int, today: dt.date, only: str) -> dict[str, Measured]:
    """`{operation: what it took}`, warmed by two runs that do not count."""
    folder.mkdir(parents=True, exist_ok=True)
    uri, there = database(kind, folder, rows)
    units = prepare(uri, there, folder, rows, today)
    found = {}
    with Running(folder, DATABASE_URL=uri) as server:
        clients = {name: Client(server.port, name, PASSWORD) for name in PEOPLE}
        counter = int(time.time()) % 20_000  # a later run acts on other cases
        for operation in operations(units, rows, today, folder):
            if only not in operation.name:
                continue
            warm = 2 if operation.samples > 5 else 0
            taken, began = [], processor_time(server.family())
            for n in range(operation.samples + warm):
                began = processor_time(server.family()) if n == warm else began
                taken.append(operation.run(clients, counter := counter + 1))
                if sum(taken) > 60_000:
                    break
            counted = taken[warm:] or taken
            found[operation.name] = Measured(counted, (processor_time(server.family()) - began) / len(counted))
            print(f"{kind:<11} {operation.name:<42} {found[operation.name]}", file=sys.stderr)
        if only in NAME:
            began = processor_time(server.family())
            waited, steps = together(server.port, rows, today, folder)
            found[NAME] = Measured(waited, (processor_time(server.family()) - began) / len(waited))
            told = "，".join(f"{step} {taken:.0f}" for step, taken in steps.items())
            print(f"{kind:<11} {NAME:<42} {found[NAME]}, longest {max(waited):.0f} ({told})", file=sys.stderr)
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(prog="make bench")
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--kinds", default=",".join(KINDS))
    arguments.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "zhualuoshi-bench")
    arguments.add_argument("--only", default="", help="operations whose name holds this")
    given = arguments.parse_args()
    today = dt.datetime.now(ZONE).date()
    kinds = given.kinds.split(",")
    results = {
        kind: measure(kind, given.folder / f"{kind}-{given.rows}", given.rows, today, given.only) for kind in kinds
    }
    print(f"| operation | {' | '.join(f'{kind}: p50 / p95 · CPU ms' for kind in kinds)} |\n|---|{'---|' * len(kinds)}")
    for name in results[kinds[0]]:
        print(f"| {name} | {' | '.join(str(results[kind][name]) for kind in kinds)} |")


if __name__ == "__main__":
    main()
