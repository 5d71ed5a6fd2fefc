"""`python -m bench.sweep`: the daily sweep beside the bare set-based SQL that finds and inserts the same.

On each database in turns: bare, ours, ours again with nothing left to do. The bare SQL is written by hand below: one
INSERT … SELECT … ON CONFLICT DO NOTHING for every rule that finds something in this county, in one transaction, without
what ours does besides (successors of merged units, letters and chases already there, what is cured, the history).
"""
from __future__ import annotations

import argparse
import datetime as dt
import resource
import statistics
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

from app import create_app
from app.access.scope import system_session
from app.casework.clock import ZONE
from app.casework.unit_of_work import unit_of_work
from app.escalation.sweep import sweep
from app.extensions import db
from bench.county import county
from bench.tasks import fill_tasks
from tests.support.databases import KINDS

NAME = "sweep"
HAZARD = """
FROM cases c JOIN hazards h ON h.id = c.id JOIN hazard_rectifiers r ON r.case_id = c.id AND r.position = 0
WHERE c.county_id = :county AND c.kind = 'hazard' AND c.state = 'rectifying' AND c.issued AND c.due_sort <= {first}"""
SHARE = """
FROM cases c JOIN task_shares s ON s.id = c.id
WHERE c.county_id = :county AND c.kind = 'task_share' AND c.state IN ('issued', 'in_progress') AND c.issued"""


class Bare:
    """The statements, for one database."""

    def __init__(self, dialect: str, today: dt.date):
        self.json = {"sqlite": "json_object"}.get(dialect, "json_build_object")
        self.day = (lambda n: f"'{today - dt.timedelta(days=n)}'") if dialect == "sqlite" else (
            lambda n: f"DATE '{today - dt.timedelta(days=n)}'")
        self.today = self.day(0)

    def insert(self, rule: str, proposer: str, recipient: str, since: str, step: str, measure: str, facts: str,
               source: str) -> str:
        return (
            "INSERT INTO proposals (county_id, rule, subject_id, subject_key, proposer_id, recipient_id, since, step, "
            "measure, facts, state, proposed_on, recorded_at, version) SELECT "
            f":county, '{rule}', c.id, c.id, {proposer}, {recipient}, {since}, {step}, {measure}, "
            f"{self.json}({facts}), 'open', {self.today}, :now, 1 {source} ON CONFLICT DO NOTHING")

    def rungs(self, days: tuple[int, ...], values: tuple, on: str = "c.due_sort") -> str:
        ladder = reversed(list(zip(days, values, strict=True)))
        return "CASE " + " ".join(f"WHEN {on} <= {self.day(n)} THEN {value}" for n, value in ladder) + " END"

    def statements(self) -> list[str]:
        steps, due, hazard = (1, 2, 3), "c.due_sort", "'level', h.level, 'round', h.round_number"
        letters = ("'chase'", "'reminder'", "'supervisory'")
        found = HAZARD.format(first=self.day(1))
        three = self.rungs((1, 10, 20), steps)
        mine = self.rungs((1, 10, 20), ("h.inspecting_unit_id", "h.inspecting_unit_id", ":office"))
        fed_back = "AND h.source IN ('oversight', 'assistance')"
        other = "AND h.source NOT IN ('oversight', 'assistance')"
        last = "COALESCE(s.reported_on, s.acknowledged_on, s.issued_on)"
        return [
            self.insert("hazard_overdue", mine, "r.organization_id", due, three, self.rungs((1, 10, 20), letters),
                        hazard, f"{found} {fed_back}"),
            self.insert("hazard_other", "h.inspecting_unit_id", "r.organization_id", due, three, "'chase'", hazard,
                        f"{found} {other}"),
            self.insert("hazard_major", ":office", "r.organization_id", due, "1", "'interview'", hazard,
                        HAZARD.format(first=self.day(15)) + " AND h.level = 'major'"),
            self.insert("hazard_weakly", ":office", "r.organization_id", due, "1", "'interview'", hazard,
                        HAZARD.format(first=self.day(60)) + f" AND h.level <> 'major' {other}"),
            self.insert("task_overdue", self.rungs((1, 10, 20), ("c.filed_by_id", "c.filed_by_id", ":office")),
                        "s.unit_id", due, three, self.rungs((1, 10, 20), letters), "'percent', s.percent_claimed",
                        f"{SHARE} AND c.due_sort <= {self.day(1)}"),
            self.insert("task_silent", "c.filed_by_id", "s.unit_id", last, self.rungs((30, 90), (1, 2), last),
                        self.rungs((30, 90), ("'chase'", "'reminder'"), last), "'percent', s.percent_claimed",
                        f"{SHARE} AND c.due_sort >= {self.today} AND {last} <= {self.day(30)}"),
        ]


def timed(run) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def measure(today: dt.date, rounds: int) -> dict[str, object]:
    """Seconds of each, by name; rows; megabytes. Needs an application context."""
    with db.engine.connect() as connection:
        county, office = connection.execute(sa.text(
            "SELECT county_id, id FROM organizations WHERE kind = 'county_office'")).one()
        statements = Bare(connection.dialect.name, today).statements()

    def clear() -> None:
        with system_session("bench") as session, unit_of_work(session):
            session.execute(sa.text("DELETE FROM proposals"))
        settle()

    def bare() -> None:
        with system_session("bench") as session, unit_of_work(session):
            for statement in statements:
                session.execute(sa.text(statement), {
                    "county": county, "office": office, "now": dt.datetime.now(dt.UTC).replace(tzinfo=None)})

    def ours() -> None:
        with system_session("bench") as session:
            sweep(session, today)

    taken: dict[str, list[float]] = {"bare": [], "bare again": [], "ours": [], "ours again": []}
    counts, before = set(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _round in range(rounds):
        for name, run in (("bare", bare), ("ours", ours)):
            clear()
            taken[name].append(timed(run))
            counts.add(told())
            taken[f"{name} again"].append(timed(run))
            counts.add(told())
    assert len(counts) == 1, f"not the same proposals: {[len(one) for one in counts]}"
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {**{name: statistics.median(each) for name, each in taken.items()}, "rows": sum(
        n for *_rest, n in next(iter(counts))), "grown": grown}


def told() -> tuple:
    """What stands there: by rule, step, measure, proposer's kind."""
    with db.engine.connect() as connection:
        rows = connection.execute(sa.text(
            "SELECT rule, step, measure, state, sum(proposer_id), sum(recipient_id), count(*) FROM proposals "
            "GROUP BY rule, step, measure, state ORDER BY rule, step, measure, state"))
        return tuple(tuple(row) for row in rows)


def settle() -> None:
    """As the database's own upkeep would have it."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE proposals")


def main() -> None:
    said = argparse.ArgumentParser(prog="python -m bench.sweep")
    said.add_argument("--hazards", type=int, default=1_000_000)
    said.add_argument("--enterprises", type=int, default=20_000)
    said.add_argument("--tasks", type=int, default=100_000)
    said.add_argument("--kinds", default=",".join(KINDS))
    said.add_argument("--root", type=Path, default=Path(tempfile.gettempdir()) / "zhualuoshi-bench")
    said.add_argument("--rounds", type=int, default=3)
    given, today = said.parse_args(), dt.datetime.now(ZONE).date()
    print("| database | proposals | bare s | ours s | ratio | bare again | ours again | memory grown MB |\n"
          "|---|---|---|---|---|---|---|---|")
    for kind in given.kinds.split(","):
        large = county(kind, given.root, given.hazards, given.enterprises)
        app = create_app("production", DATA_DIR=str(large.folder), DATABASE_URL=large.url)
        with app.app_context():
            fill_tasks(given.tasks, today)
            found = measure(today, given.rounds)
        print(f"| {kind} | {found['rows']:,} | {found['bare']:.2f} | {found['ours']:.2f} | "
              f"{found['ours'] / found['bare']:.1f} x | {found['bare again']:.2f} | {found['ours again']:.2f} | "
              f"{found['grown']:.0f} |", flush=True)


if __name__ == "__main__":
    main()
