"""The share of the governing text's clauses that the run proved.

A clause counts only when every test that carries it passed, and through HTTP or a browser: the test asks for
one of DOORS.
"""

from pathlib import Path

import pytest

CLAUSES = Path(__file__).parent.parent / "clauses.tsv"
DOORS = {"client", "visitor", "browse", "page", "live_url"}


def known_clauses() -> set[str]:
    lines = CLAUSES.read_text(encoding="utf-8").splitlines()
    return {line.split("\t")[0] for line in lines if line and not line.startswith("#")}


def pytest_collection_modifyitems(items):
    known = known_clauses()
    for item in items:
        for marker in item.iter_markers("clause"):
            unknown = set(marker.args) - known
            assert not unknown, f"{item.nodeid} names clauses that {CLAUSES.name} does not have: {unknown}"
            if DOORS & set(item.fixturenames):
                item.user_properties += [("clause", clause) for clause in marker.args]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session):
    """The last line of the run, below pytest's own."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and not hasattr(session.config, "workerinput"):
        known, proven = known_clauses(), proven_clauses(reporter)
        reporter.write_line(f"条款 {len(proven)}/{len(known)} 条已证明（{len(proven) / len(known):.0%}）")


def proven_clauses(reporter) -> set[str]:
    outcomes: dict[str, set[str]] = {}
    for outcome in ("passed", "failed", "error"):
        for report in reporter.getreports(outcome):
            for name, clause in getattr(report, "user_properties", ()):  # a module that failed to load has none
                if name == "clause":
                    outcomes.setdefault(clause, set()).add(outcome)
    return {clause for clause, seen in outcomes.items() if seen == {"passed"}}
