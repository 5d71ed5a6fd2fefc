"""Every list is read from an index, in its order, and the statistics that this needs are kept fresh."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.casework.listing import ids, turns
from app.casework.unit_of_work import unit_of_work
from app.hazards.queries import selection
from app.hazards.states import OPEN_STATES, HazardState
from app.worker import refresh_statistics
from tests.casework.support import let_go, rows

FILTERS = ({}, {"due": "over"}, {"due": "soon"}, {"level": "major"}, {"q": "漏电"}, {"since": dt.date(2026, 3, 1)},
           {"unit": 1})
WHOLE = ("SCAN cases", "SCAN hazards", "SCAN case_parties")
READERS = ("office", "yingji", "fengcheng", "firm")


LARGE = {  # what SQLite knows of a county of a million hazards
    ("cases", "ix_cases_list"): "1000000 1001 1001 1001 334 1 1 1",
    ("cases", "ix_cases_happened"): "1000000 1001 1001 500 1",
    ("cases", "ix_cases_state"): "1000000 1001 1001 1001 1 1 1", ("cases", "ix_cases_all"): "1000000 1001 1001 1 1 1",
    ("cases", "ix_cases_turn"): "1000000 667 667 223 1", ("hazards", "ix_hazards_repeat"): "1000000 50 9",
    ("cases", "ix_cases_recorded"): "1000000 1001 1001 2 1 1", ("cases", "ix_cases_closed"): "920000 1001 1001 501",
    ("cases", "ix_cases_state_happened"): "1000000 1001 1001 334 2 1 1 1",
    ("case_parties", "ix_case_parties_happened"): "6000000 1001 1001 667 4 2",
    ("case_parties", "ix_case_parties_list"): "6000000 1001 1001 667 4 2",
    ("case_parties", "ix_case_parties_all"): "6000000 1001 1001 2 1",
}


@pytest.fixture
def large(world):
    """The statistics of a large county over the tables of a small one."""
    with world.system() as session, unit_of_work(session):
        session.execute(sa.text("ANALYZE"))
        session.execute(sa.text("DELETE FROM sqlite_stat1"))
        for (table, index), stat in LARGE.items():
            session.execute(
                sa.text("INSERT INTO sqlite_stat1 VALUES (:t, :i, :s)"), {"t": table, "i": index, "s": stat}
            )
    let_go(world.app)
    return world


def plans(world, statement) -> list[str]:
    with world.system() as session:
        raw = statement.compile(session.connection(), compile_kwargs={"literal_binds": True})
        return [row[3] for row in session.execute(sa.text(f"EXPLAIN QUERY PLAN {raw}".replace(":", r"\:")))]


@pytest.mark.one_database
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_no_list_reads_a_whole_table(large, reader, filters):
    world = large
    scope = world.hats[reader].scope
    for state in (None, *(OPEN_STATES if "due" in filters else HazardState)):
        asked = selection(scope, filters, state, world.day)
        if asked.asked_states is None:
            continue  # no row is asked for: nothing that waits for its recheck is due soon
        found = plans(world, ids(scope, asked))
        assert not [line for line in found if line.startswith(WHOLE)], (state, found)


@pytest.mark.one_database
def test_the_to_do_list_is_read_from_an_index(world):
    found = plans(world, turns(world.hats["yingji"].scope, "unit_clerk"))
    assert found and all("ix_cases_turn" in line for line in found if line.startswith(("SCAN", "SEARCH")))


@pytest.mark.one_database
def test_sqlite_gets_its_statistics(world):
    world.hazard()
    with world.app.app_context():
        refresh_statistics(world.app)
    known = rows(world, "SELECT DISTINCT tbl FROM sqlite_stat1")
    assert {("cases",), ("case_parties",), ("timeline_entries",)} <= set(known)


def test_the_chore_leaves_other_databases_alone(world):
    with world.app.app_context():
        refresh_statistics(world.app)
