"""The order in which a large county comes to be: units and people, enterprises, hazards, indexes, seals."""
from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from app.access.scope import system_session
from app.casework import texts
from app.casework.unit_of_work import unit_of_work
from app.demo.people import load_people
from app.demo.scale import enterprises
from app.demo.scale.hazards import TABLES, Hazards
from app.demo.scale.writer import Writer
from app.extensions import db
from app.jobs.upkeep import seal_all
from app.organization.models import DictionaryEntry, Organization
from app.organization.seed import load_county

COUNTY, EVEN = "阳城县", "县水务局"  # the second is a party to exactly one hazard in fifty
_units, _entries = Organization.__table__, DictionaryEntry.__table__


def load(app: Flask, hazards: int, firms: int, today: dt.date, say: Callable[[str], None] = print) -> None:
    """Fill a migrated, empty database; the accounts get the password in ``app.config["DEMO_PASSWORD"]``.

    A load that was cut short cannot be gone on with: it is thrown away and made again (`installation.prepare_demo`).
    """
    began = time.monotonic()

    def tell(words: str) -> None:
        say(f"演示县：{words}（{time.monotonic() - began:.0f} 秒）")

    with app.app_context():
        county_id, units, category, first = _directory(app.config["DEMO_PASSWORD"], firms)
        tell(f"单位、人员和 {firms:,} 家企业")
        _write(lambda writer: Hazards(
            writer, county_id, units["county_office"][0], units, first, firms, category, hazards), today, tell)
        with system_session("demo county at scale") as session, unit_of_work(session):
            texts.rebuild(session)
        tell("检索文字")
        tell(f"{seal_all(alone=True):,} 条办理记录封存")


def _directory(password: str, firms: int) -> tuple[int, dict, int, int]:
    with system_session("demo county at scale") as session, unit_of_work(session):
        county = load_county(session, COUNTY)
        rows = session.execute(
            sa.select(_units.c.id, _units.c.kind, _units.c.short_name).where(_units.c.county_id == county.id)
            .order_by(_units.c.id)
        ).all()
        units = {kind: [(row.id, row.short_name) for row in rows if row.kind == kind and row.short_name != EVEN]
                 for kind in ("township", "department", "county_office")}
        units["even"] = next(row.id for row in rows if row.short_name == EVEN)
        first = enterprises.load(session, county.id, COUNTY, units, firms)
        load_people(session, county, {row.short_name: row.id for row in rows} | {enterprises.FIRST: first}, [],
                    password)
        category = session.scalar(sa.select(sa.func.min(_entries.c.id)).where(
            _entries.c.county_id == county.id, _entries.c.dictionary == "hazard_category"))
        return county.id, units, category, first


def _write(hazards: Callable[[Writer], Hazards], today: dt.date, tell: Callable[[str], None]) -> None:
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        writer = Writer(connection, today)
        # Right by construction, and proved by `flask check`: references are not looked up twenty million times.
        writer.run("SET LOCAL session_replication_role = replica" if writer.postgresql
                   else "PRAGMA cache_size = -400000")
        indexes = writer.take_indexes(TABLES)
        hazards(writer).write()
        tell("问题隐患、当事单位和办理记录")
        for ddl in indexes:
            writer.run(ddl)
        tell("索引")
    _settle()


def _settle() -> None:
    """As the databases' own upkeep would have it after a while."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
        else:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execution_options(writes=True)
            for statement in ("PRAGMA analysis_limit = 1000", "ANALYZE"):
                connection.exec_driver_sql(statement)
            connection.commit()
