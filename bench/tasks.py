"""100,000 tasks of five years beside the county's hazards, each with the share of one unit; written set-based.

A fiftieth of the shares is overdue, as many have reported nothing for months; the rest is done.
"""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from app.demo.scale.writer import Writer
from app.extensions import db


def fill_tasks(count: int, today: dt.date) -> None:
    """Once; needs an application context and a county without tasks."""
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        writer = Writer(connection, today)
        if connection.execute(sa.text("SELECT 1 FROM tasks LIMIT 1")).first():
            return
        if writer.postgresql:
            writer.run("SET LOCAL session_replication_role = replica")
        _fill(writer, count)


def _fill(w: Writer, count: int) -> None:
    unit = dict(w.connection.execute(sa.text(
        "SELECT kind, min(id) FROM organizations WHERE kind IN ('county', 'county_office') GROUP BY kind")).all())
    rows = f"(SELECT n + 1 AS n FROM {w.numbers(count)}) AS counted"
    towns = list(w.connection.execute(sa.text(
        "SELECT id FROM organizations WHERE kind = 'township' ORDER BY id")).scalars())
    town = w.one_of(towns, f"(n % {len(towns)})")
    first = w.connection.execute(sa.text("SELECT max(id) FROM cases")).scalar_one()
    county, office, now = unit["county"], unit["county_office"], dt.datetime.now(dt.UTC).replace(tzinfo=None)
    state = "CASE WHEN n % 50 < 2 THEN 'in_progress' ELSE 'done' END"
    issued = w.day(f"-(n * 1825 / {count}) - 100")
    due = f"CASE n % 50 WHEN 0 THEN {w.day('-(n / 50 % 40)')} WHEN 1 THEN {w.day('200')} ELSE {issued} END"
    ended = f"CASE WHEN n % 50 < 2 THEN NULL ELSE {issued} END"
    into = (
        "INSERT INTO cases (id, kind, county_id, head_id, number, title, state, issued, due, due_sort, happened_on, "
        f"state_since, closed_on, filed_by_id, created_at, version) SELECT {{id}}, '{{kind}}', {county}, {{head}}, "
        f"{{number}}, '第' || n || '项重点任务', {state}, {w.true(True)}, {due}, {due}, {issued}, {issued}, {ended}, "
        f"{office}, :now, 1 FROM {rows}")
    w.run(into.format(id=f"{first} + n", kind="task", head="NULL", number=f"'RW-{w.today.year}-' || (100000 + n)"),
          now=now)
    w.run(into.format(id=f"{first + count} + n", kind="task_share", head=f"{first} + n", number="NULL"), now=now)
    w.run("INSERT INTO tasks (id, year, source, content, due_kind, planned, imported_history) "
          f"SELECT {first} + n, {w.today.year}, 'county', '第' || n || '项重点任务', 'date', '[]', {w.true(False)} "
          f"FROM {rows}")
    w.run("INSERT INTO task_shares (id, unit_id, part, position, is_enterprise, due_kind, issued_on, acknowledged_on, "
          f"percent_claimed, imported_history) SELECT {first + count} + n, {town}, 'lead', 0, "
          f"{w.true(False)}, 'date', {issued}, {issued}, 50, {w.true(False)} FROM {rows}")
    for role, who in (("filing", str(office)), ("responsible", town)):
        w.insert("case_parties", {
            "case_id": f"{first + count} + n", "organization_id": who, "role": f"'{role}'",
            "oversees": w.true(role == "filing"), "kind": "'task_share'", "state": state, "due": due,
            "happened_on": issued,
        }, rows)
    if w.postgresql:
        w.run("SELECT setval(pg_get_serial_sequence('cases', 'id'), (SELECT max(id) FROM cases))")
