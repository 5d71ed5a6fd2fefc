"""A county of many hazards, written set-based straight into the tables: the operations would take hours.

1,000,000 hazards of five years, 80,000 of them open, 20,000 overdue; 20,000 enterprises, of which a quarter have
five hazards each; every township about 66,000. Everything follows from the row's number, so both databases hold
the same.
"""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask import current_app
from werkzeug.security import generate_password_hash

from app.access.scope import system_session
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.jobs.upkeep import seal_all
from app.organization.models import Enterprise, Organization, Post, User
from app.organization.seed import load_county
from app.worker import refresh_statistics

ENTERPRISES, FEW, OF_FEW = 20_000, 5_000, 5  # of 20,000 enterprises 5,000 have five hazards
PASSWORD = "Jiancha2026"
PLACES = ("一号车间", "原料仓库", "配电室", "锅炉房", "成品堆场", "食堂后厨", "装卸平台", "施工现场", "员工宿舍",
          "喷漆房")
THINGS = ("临时用电线路", "灭火器", "应急照明灯", "安全出口标志", "有限空间警示标识", "消火栓", "压力表", "安全阀",
          "脚手架", "防护栏杆", "配电箱")
FAULTS = ("绝缘层破损", "已过有效期", "损坏未更换", "被杂物遮挡", "未定期检测", "缺失较多", "模糊不清", "台账不全",
          "接线混乱")
RARE = "氨罐"
TABLES = ("cases", "hazards", "hazard_rectifiers", "hazard_rounds", "case_parties", "timeline_entries")


class Writer:
    """Says the few things that the two databases say differently."""

    def __init__(self, connection, rows: int, today: dt.date):
        self.connection, self.rows, self.today = connection, rows, today
        self.postgresql = connection.dialect.name == "postgresql"

    def run(self, statement: str, **values) -> None:
        self.connection.execute(sa.text(statement), values)

    def numbers(self, count: int) -> str:
        """A FROM item with one column `n`, 1 … count."""
        if self.postgresql:
            return f"(SELECT generate_series(1, {count}) AS n) AS numbers"
        return (f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) "
                "SELECT n FROM s) AS numbers")

    def day(self, days: str) -> str:
        """Today plus so many days (an SQL expression)."""
        if self.postgresql:
            return f"(DATE '{self.today}' + CAST({days} AS integer))"
        return f"date('{self.today}', ({days}) || ' days')"

    def one_of(self, words: tuple[str, ...], n: str) -> str:
        cases = " ".join(f"WHEN {i} THEN '{word}'" for i, word in enumerate(words))
        return f"CASE ({n}) % {len(words)} {cases} END"

    def true(self, yes: bool) -> str:
        return ("true" if yes else "false") if self.postgresql else str(int(yes))


def build(rows: int, today: dt.date) -> None:
    """Fill a migrated, empty database. Needs an application context."""
    with system_session("bench") as session, unit_of_work(session):
        county = load_county(session)
        units = {kind: _ids(session, county.id, kind) for kind in ("township", "department", "county_office")}
        _people(session, county.id, units)
        county_id = county.id
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        writer = Writer(connection, rows, today)
        # The data is right by construction: foreign keys are not looked up ten million times.
        writer.run("SET session_replication_role = replica" if writer.postgresql else "PRAGMA cache_size = -400000")
        _enterprises(writer, county_id, units)
        _hazards(writer, county_id, units)
        _parties(writer)
        _counters(writer, county_id)
    _settle()
    refresh_statistics(current_app)
    seal_all()


def _ids(session, county_id: int, kind: str) -> list[int]:
    return list(session.scalars(
        sa.select(Organization.id).where(Organization.county_id == county_id, Organization.kind == kind)
        .order_by(Organization.id)
    ))


def _people(session, county_id: int, units: dict) -> None:
    """The clerks of the county office, of a township and of a department, and an enterprise with five hazards."""
    firm = Enterprise(kind="enterprise", county_id=county_id, name="五条隐患厂", territory_id=units["township"][0])
    session.add(firm)
    session.flush()
    people = {"county": (units["county_office"][0], "county_clerk"), "town": (units["township"][0], "unit_clerk"),
              "bureau": (units["department"][0], "unit_clerk"), "firm": (firm.id, "enterprise")}
    for name, (unit, role) in people.items():
        user = User(first_name="", last_name=name, username=name, email=f"{name}@example.invalid", active=True,
                    county_id=county_id, password=generate_password_hash(PASSWORD, "pbkdf2:sha256:1"))
        session.add(user)
        session.flush()
        session.add(Post(user_id=user.id, organization_id=unit, role=role))


def _pick(ids: list[int], n: str) -> str:
    """An id out of a list by number; lists are short."""
    return "CASE (" + n + f") % {len(ids)} " + " ".join(f"WHEN {i} THEN {v}" for i, v in enumerate(ids)) + " END"


def _enterprises(w: Writer, county_id: int, units: dict) -> None:
    """Ids follow those of the units: enterprise k (0 …) is `first + k`; the firm of the bench is number 0."""
    first = w.connection.execute(sa.text("SELECT max(id) FROM organizations")).scalar_one()
    w.first = first
    w.run(
        "INSERT INTO organizations (id, county_id, kind, name, active, sort_order, review_before_issue, version) "
        f"SELECT {first} + n, {county_id}, 'enterprise', '企业' || n || '号', {w.true(True)}, 0, {w.true(False)}, 1 "
        f"FROM {w.numbers(ENTERPRISES - 1)}"
    )
    w.run(
        "INSERT INTO enterprises (id, territory_id, status) "
        f"SELECT {first} + n, {_pick(units['township'], 'n / 3')}, 'normal' FROM {w.numbers(ENTERPRISES - 1)}"
    )
    w.run(
        "INSERT INTO enterprise_regulators (enterprise_id, organization_id, is_daily) "
        f"SELECT {first} + n - 1, {_pick(units['department'], 'n')}, {w.true(True)} FROM {w.numbers(ENTERPRISES)}"
    )


def _hazards(w: Writer, county_id: int, units: dict) -> None:
    rows, few = w.rows, max(1, FEW * w.rows // 1_000_000)
    step = rows // (few * OF_FEW)
    firm = f"{w.first} + CASE WHEN n % {step} = 0 THEN (n / {step}) % {few} ELSE {FEW} + n % {ENTERPRISES - FEW} END"
    open_since, overdue = rows - rows * 6 // 100, rows // 50  # the newest are open; of older ones each 50th is overdue
    state = (f"CASE WHEN n > {open_since} THEN CASE WHEN n % 3 = 0 THEN 'awaiting_recheck' ELSE 'rectifying' END "
             f"WHEN n % {rows // overdue} = 1 THEN 'rectifying' WHEN n % 40 = 0 THEN 'cancelled' ELSE 'closed' END")
    age = f"-(({rows} - n) * 1825 / {rows}) - 1"
    due = f"CASE WHEN n > {open_since} THEN 1 + n % 40 ELSE {age} + 30 END"
    w.run(
        f"CREATE TEMPORARY TABLE plan AS SELECT n AS id, {firm} AS firm, {state} AS state, "
        f"{w.day(age)} AS found, {w.day(due)} AS due, CASE WHEN n % 2 = 0 THEN {_pick(units['department'], 'n / 2')} "
        f"ELSE 0 END AS unit, "
        f"{w.one_of(PLACES, 'n')} || {w.one_of(THINGS, 'n / 7')} || {w.one_of(FAULTS, 'n / 3')} || "
        f"CASE WHEN n % 20000 = 7 THEN '，{RARE}旁' ELSE '' END || '，第' || n || '处' AS words FROM {w.numbers(rows)}"
    )
    territory = "SELECT territory_id FROM enterprises WHERE enterprises.id = plan.firm"
    w.run(f"UPDATE plan SET unit = ({territory}) WHERE unit = 0")
    ended = "CASE WHEN state IN ('closed', 'cancelled') THEN found ELSE NULL END"
    turn = "CASE state WHEN 'rectifying' THEN firm WHEN 'awaiting_recheck' THEN unit ELSE NULL END"
    w.run(
        "INSERT INTO cases (id, kind, county_id, number, title, state, issued, turn_organization_id, turn_role, due, "
        "due_sort, happened_on, state_since, closed_on, filed_by_id, created_at, version) "
        f"SELECT id, 'hazard', {county_id}, 'YH-{w.today.year}-' || CASE WHEN id < 1000 THEN substr('000' || id, -4) "
        f"ELSE CAST(id AS varchar(9)) END, words, state, {w.true(True)}, {turn}, CASE WHEN {turn} IS NULL THEN NULL "
        f"ELSE 'clerk' END, due, due, found, found, {ended}, unit, :now, 1 FROM plan ORDER BY id".replace(
            "substr('000' || id, -4)", "right('000' || id, 4)" if w.postgresql else "substr('000' || id, -4)"),
        now=dt.datetime.now(dt.UTC).replace(tzinfo=None),
    )
    category = "(SELECT min(id) FROM dictionary_entries WHERE dictionary = 'hazard_category')"
    w.run(
        "INSERT INTO hazards (id, description, source, inspecting_unit_id, enterprise_id, territory_id, category_id, "
        "level, listing, due_kind, original_due, recheck_unit_id, round_number, imported_history, claimed_on) "
        "SELECT plan.id, words, CASE plan.id % 4 WHEN 0 THEN 'oversight' WHEN 1 THEN 'enforcement' WHEN 2 THEN "
        f"'assistance' ELSE 'superior' END, unit, firm, territory_id, {category} + plan.id % 8, "
        "CASE WHEN plan.id % 50 = 0 THEN 'major' ELSE 'general' END, 'undecided', 'date', due, unit, 1, "
        f"{w.true(False)}, CASE WHEN state IN ('closed', 'awaiting_recheck') THEN found END "
        "FROM plan JOIN enterprises ON enterprises.id = firm ORDER BY plan.id"
    )
    w.run("INSERT INTO hazard_rectifiers (id, case_id, organization_id, heads, is_enterprise, position) "
          f"SELECT id, id, firm, '负责人', {w.true(True)}, 0 FROM plan")
    w.run(
        "INSERT INTO hazard_rounds (id, case_id, number, measures, progress, prevention, claimed_on, rechecked_on, "
        "recheck_unit_id, opinion, passed) SELECT id, id, 1, '立即整改并建立台账', "
        "CASE WHEN state IN ('closed', 'awaiting_recheck') THEN '已整改' END, '每月检查', "
        "CASE WHEN state IN ('closed', 'awaiting_recheck') THEN found END, "
        "CASE WHEN state = 'closed' THEN found END, CASE WHEN state = 'closed' THEN unit END, "
        f"CASE WHEN state = 'closed' THEN '合格' END, CASE WHEN state = 'closed' THEN {w.true(True)} END FROM plan"
    )
    entry = ("INSERT INTO timeline_entries (id, case_id, county_id, recorded_at, occurred_on, user_name, "
             "organization_id, organization_name, role, verb, to_state, changes, extra) SELECT {id}, id, {county}, "
             ":now, found, '检查人', unit, '检查单位', 'unit_clerk', '{verb}', {state}, '{{}}', '{{}}' FROM plan")
    w.run(entry.format(id="id", county=county_id, verb="submit", state="state"),
          now=dt.datetime.now(dt.UTC).replace(tzinfo=None))


def _parties(w: Writer) -> None:
    """About five per case: who files, inspects and rechecks is one unit here; township, daily regulator, enterprise."""
    common = "plan.id, {unit}, '{role}', {oversees}, 'hazard', state, due"
    sources = {
        "filing": ("unit", "plan"), "inspecting": ("unit", "plan"), "rechecking": ("unit", "plan"),
        "territory": ("territory_id", "plan JOIN enterprises ON enterprises.id = firm"),
        "regulator": ("organization_id", "plan JOIN enterprise_regulators ON enterprise_id = firm"),
        "rectifying": ("firm", "plan"),
    }
    for role, (unit, source) in sources.items():
        w.run("INSERT INTO case_parties (case_id, organization_id, role, oversees, kind, state, due) SELECT "
              + common.format(unit=unit, role=role, oversees=w.true(role != "rectifying")) + f" FROM {source}")


def _counters(w: Writer, county_id: int) -> None:
    w.run("INSERT INTO number_series (county_id, code, year, last) VALUES (:county, 'YH', :year, :last)",
          county=county_id, year=w.today.year, last=w.rows)
    w.run("DROP TABLE plan")
    if w.postgresql:
        for table in (*TABLES, "organizations"):
            sequence = "cases" if table in ("hazards",) else table
            w.run(f"SELECT setval(pg_get_serial_sequence('{sequence}', 'id'), (SELECT max(id) FROM {sequence}))")
        w.run("SET session_replication_role = origin")


def _settle() -> None:
    """As the databases' own upkeep would have it."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
            # As for the peers, and as the README advises: the disk is no turntable any more.
            name = connection.engine.url.database
            for setting in ("random_page_cost = 1.1", "work_mem = '32MB'"):
                connection.exec_driver_sql(f"ALTER DATABASE {name} SET {setting}")
        else:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
