"""The database as one moment saw it, out into files and back, without any tool of the database's.

SQLite: its own online copy, one file. PostgreSQL: one COPY per table in one REPEATABLE READ snapshot; the tables
themselves come from the migrations, so that the same release fits any server. Writers are never held up.
"""
from __future__ import annotations

import gzip
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_migrate import upgrade

from app import installation
from app.casework.attachments import named_uploads
from app.upkeep.archive import CHUNK, Archive, UpkeepError

FAST = 3  # gzip's level: nine tenths of the gain for a third of the time
COUNTED = ("organizations", "ab_user", "cases", "attachments", "timeline_entries")
COUNTIES = "SELECT name FROM organizations WHERE id IN (SELECT county_id FROM organizations) ORDER BY id"
DRAFTS = "SELECT DISTINCT sha256 FROM import_drafts WHERE outcome = 'open'"


@dataclass
class Snapshot:
    """`files`: ``{member: path}``. `named`: ``{folder: hashes that rows name}``. `facts` go into the manifest."""

    facts: dict
    named: dict[str, set[str]]
    files: dict[str, Path] = field(default_factory=dict)


def take(engine: sa.Engine, folder: Path) -> Snapshot:
    """Copy the whole database into `folder`, as it stands now."""
    return (_take_sqlite if engine.dialect.name == "sqlite" else _take_postgresql)(engine, folder)


def _snapshot(kind: str, ask: Callable[[str], list], **more) -> Snapshot:
    uploads = str(sa.select(named_uploads()))
    counties, *named = ([row[0] for row in ask(sql)] for sql in (COUNTIES, uploads, DRAFTS))
    return Snapshot(
        facts={
            "database": kind, "revision": ask("SELECT version_num FROM alembic_version")[0][0], "counties": counties,
            "counts": {table: ask(f"SELECT count(*) FROM {table}")[0][0] for table in COUNTED}, **more,
        },
        named=dict(zip(("uploads", "imports"), map(set, named), strict=True)),
    )


def _take_sqlite(engine: sa.Engine, folder: Path) -> Snapshot:
    copy = folder / "zhualuoshi.db"
    source = engine.raw_connection()
    with closing(source), closing(sqlite3.connect(copy)) as target:
        source.driver_connection.backup(target)  # in one step: a copy in pieces starts anew with every write
        target.execute("PRAGMA journal_mode = DELETE")
        if target.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
            raise UpkeepError(_l("The database file itself is damaged. Stop the service and restore the last backup."))
        snapshot = _snapshot("sqlite", lambda sql: target.execute(sql).fetchall())
    snapshot.files["database/zhualuoshi.db.gz"] = _packed(copy)
    return snapshot


def _packed(path: Path) -> Path:
    packed = path.with_name(path.name + ".gz")
    with path.open("rb") as source, gzip.open(packed, "wb", FAST) as out:
        shutil.copyfileobj(source, out, CHUNK)
    path.unlink()
    return packed


def _take_postgresql(engine: sa.Engine, folder: Path) -> Snapshot:
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        looker = sa.inspect(connection)
        tables = {
            name: [column["name"] for column in looker.get_columns(name)]
            for name in sorted(looker.get_table_names()) if name != "alembic_version"
        }
        sequences = dict(connection.execute(sa.text(
            "SELECT sequencename, last_value FROM pg_sequences"
            " WHERE schemaname = current_schema() AND last_value IS NOT NULL"
        )).all())
        snapshot = _snapshot("postgresql", lambda sql: connection.execute(sa.text(sql)).all(),
                             tables=tables, sequences=sequences)
        cursor = connection.connection.driver_connection.cursor()
        for name, columns in tables.items():
            path = snapshot.files[f"database/{name}.copy.gz"] = folder / f"{name}.copy.gz"
            with gzip.open(path, "wb", FAST) as out, cursor.copy(f"COPY {_columns(name, columns)} TO STDOUT") as rows:
                for piece in rows:
                    out.write(piece)
    return snapshot


def _columns(table: str, columns: list[str]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    return f'"{table}" ({names})'


def put_back(engine: sa.Engine, archive: Archive) -> None:
    """Fill the empty database from the archive, then bring it to this release."""
    (_put_sqlite if engine.dialect.name == "sqlite" else _put_postgresql)(engine, archive)
    installation.migrate()


def _put_sqlite(engine: sa.Engine, archive: Archive) -> None:
    installation.release()
    path = Path(engine.url.database)
    draft = path.with_name(f".{path.name}.restoring")
    with archive.open("database/zhualuoshi.db.gz") as packed, gzip.open(packed) as source, draft.open("wb") as out:
        shutil.copyfileobj(source, out, CHUNK)
    for left in ("-wal", "-shm"):  # of the empty file that stands there now
        path.with_name(path.name + left).unlink(missing_ok=True)
    draft.rename(path)


def _put_postgresql(engine: sa.Engine, archive: Archive) -> None:
    """In one transaction, tables in the order of their references; a key's series goes on where it was."""
    upgrade(installation.MIGRATIONS, revision=archive.manifest["revision"])
    installation.release()
    tables = archive.manifest["tables"]
    with engine.begin() as connection:
        there = sa.MetaData()
        there.reflect(connection)
        order = [table.name for table in there.sorted_tables if table.name in tables]
        connection.exec_driver_sql("TRUNCATE " + ", ".join(f'"{name}"' for name in order))
        cursor = connection.connection.driver_connection.cursor()
        for name in order:
            with (
                archive.open(f"database/{name}.copy.gz") as packed, gzip.open(packed) as source,
                cursor.copy(f"COPY {_columns(name, tables[name])} FROM STDIN") as rows,
            ):
                while piece := source.read(CHUNK):
                    rows.write(piece)
        for sequence, last in archive.manifest["sequences"].items():
            connection.execute(sa.text("SELECT setval(to_regclass(:name), :last)"), {"name": sequence, "last": last})
