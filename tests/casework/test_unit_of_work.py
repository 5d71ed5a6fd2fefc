"""One transaction per verb: nothing is lost, the second is told, readers wait for nobody."""

import random
import sqlite3

import psycopg
import pytest
import sqlalchemy as sa

from app.casework.cases import Case
from app.casework.errors import NotFound, Obstacle, Stale
from app.casework.history import TimelineEntry
from app.casework.unit_of_work import unit_of_work
from app.casework.verbs import perform
from app.extensions import by_several, db
from app.hazards.models import Hazard
from app.hazards.verbs import HAZARDS
from tests.casework.support import in_processes, rows

WRITERS, CASES = 8, 10
VERBS = {"sqlite": 500, "postgresql": 100}  # SQLite is where writers meet at one lock
_cases, _entries, _hazards = Case.__table__, TimelineEntry.__table__, Hazard.__table__


def one_more(world, case_id) -> None:
    """Raise the funds by one as a person would: read, think, send; read again when somebody was quicker."""
    while True:
        with world.session_of("yingji") as session:
            hazard = session.get(Hazard, case_id)
            version, values = hazard.version, {"funds": (hazard.funds or 0) + 1}
            try:
                perform(session, HAZARDS, "correct", case_id, version, world.hats["yingji"],
                        {"values": values, "reason": "核实"}, world.day)
                return
            except Stale:
                continue


def chase(world, case_id, words, version=None):
    with world.session_of("yingji") as session:
        return perform(session, HAZARDS, "chase", case_id, version, world.hats["yingji"], {"comment": words}, world.day)


def test_eight_processes_lose_nothing(kind, world):
    ids = [world.hazard() for _ in range(CASES)]
    before = dict(map(tuple, rows(world, sa.select(_cases.c.id, _cases.c.version))))
    verbs = VERBS[kind]

    def work(i):
        chance = random.Random(i)
        for n in range(verbs):
            case_id = chance.choice(ids)
            one_more(world, case_id) if n % 10 == 0 else chase(world, case_id, f"{i}/{n}")

    assert in_processes(world.app, WRITERS, work) == []
    chased = [row.comment for row in rows(world, sa.select(_entries.c.comment).where(_entries.c.verb == "chase"))]
    assert sorted(chased) == sorted(f"{i}/{n}" for i in range(WRITERS) for n in range(verbs) if n % 10)
    assert rows(world, sa.select(sa.func.sum(_hazards.c.funds)))[0][0] == WRITERS * len(range(0, verbs, 10))
    each = rows(world,
        sa.select(_cases.c.id, _cases.c.version, sa.func.count().label("verbs"))
        .join(_entries, _entries.c.case_id == _cases.c.id)
        .where(_entries.c.verb.in_(("chase", "correct"))).group_by(_cases.c.id, _cases.c.version)
    )
    assert sum(row.verbs for row in each) == WRITERS * verbs
    assert all(row.version - before[row.id] >= row.verbs for row in each)


def test_the_second_of_two_people_is_told(world):
    case_id = world.hazard()
    version = world.read(case_id).version
    chase(world, case_id, "一", version)
    assert world.read(case_id).version == version + 1
    with pytest.raises(Stale):
        chase(world, case_id, "二", version)
    assert rows(world, sa.select(_entries.c.comment).where(_entries.c.verb == "chase")) == [("一",)]


def test_the_second_of_two_people_is_told_on_the_page(world):
    """Both opened the form; 已被他人处理 comes with the fresh page; nothing is overwritten."""
    case_id = world.hazard()
    version, path = world.read(case_id).version, f"/hazards/{case_id}/do/chase"
    first, second = world.as_("yingji"), world.as_("yingji_head")
    assert first.send(path, {"version": version, "comment": "一"}).status_code == 302
    answer = second.send(path, {"version": version, "comment": "二"})
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "已被他人处理" in page
    assert f"/hazards/{case_id}/do/" in page
    assert rows(world, sa.select(_entries.c.comment).where(_entries.c.verb == "chase")) == [("一",)]


def test_a_refused_verb_changes_nothing(world):
    case_id = world.hazard()
    before = (rows(world, sa.select(_cases)), rows(world, sa.select(sa.func.count()).select_from(_entries)))
    with pytest.raises(Obstacle):
        world.do("firm", "claim", case_id, prevention=" ")
    assert (rows(world, sa.select(_cases)), rows(world, sa.select(sa.func.count()).select_from(_entries))) == before


def test_a_number_among_the_corrected_values_is_kept_in_words(world):
    """Found by the test above: the history could not write the former funds, and the correction failed."""
    case_id = world.hazard(funds=1)
    one_more(world, case_id)
    told = rows(world, sa.select(_entries.c.changes).where(_entries.c.verb == "correct"))
    assert told == [({"funds": ["1.00", "2.00"]},)]


def test_a_case_out_of_scope_is_not_there(world):
    with pytest.raises(NotFound):
        world.do("beiliu", "chase", world.hazard())


def test_readers_never_wait_for_a_writer(kind, world):
    """Reads while another connection holds the write lock and has written."""
    case_id = world.hazard()
    with world.system() as writer, unit_of_work(writer):
        writer.execute(sa.update(_cases).values(title="未提交"))
        with world.session_of("yingji") as reader:
            if kind == "sqlite":
                reader.execute(sa.text("PRAGMA busy_timeout = 0"))
            assert reader.get(Hazard, case_id).title == "配电箱无漏电保护"
            assert reader.scalar(sa.select(sa.func.count()).select_from(Hazard)) == 1


@pytest.mark.one_database
def test_a_read_takes_no_write_lock(world):
    world.hazard()
    with world.system() as reader:
        reader.execute(sa.select(_cases)).all()
        path = world.app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
        other = sqlite3.connect(path, timeout=0, isolation_level=None)
        other.execute("UPDATE cases SET title = '写入'")
        other.close()
        assert reader.execute(sa.select(_cases.c.title)).all() == [("配电箱无漏电保护",)]


@pytest.mark.one_database
def test_sqlite_is_set_up_for_many_processes(world):
    with world.system() as session:
        connection = session.connection()
        told = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys", "cache_size")}
    assert told == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 15000, "foreign_keys": 1,
                    "cache_size": -16_384}


def test_pages_leave_their_statements_prepared(kind, world):
    """PostgreSQL plans what is made once, once per connection; at a ROLLBACK the driver would forget it.

    What reads many rows for one unit and few for another is planned each time.
    """
    if kind == "sqlite":
        return  # it keeps the statements of a connection by itself
    visitor = world.as_("yingji")
    for _visit in range(15):
        visitor.get("/hazards/")
    with world.app.app_context(), db.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT statement, generic_plans FROM pg_prepared_statements").all()
    assert [text for text, plans in kept if plans and "posts" in text]
    lists = [text for text, _plans in kept if text.startswith(("SELECT (SELECT count(*)", "SELECT DISTINCT"))]
    assert not [text for text in lists if "turn_organization_id" not in text]  # what waits is one walk of one index


def test_a_page_s_statement_is_one_process_s_work(kind, world):
    """But for what counts a whole history, to the end of its transaction."""
    if kind != "postgresql":
        return
    asked = sa.text("SHOW max_parallel_workers_per_gather")
    with world.session_of("office") as session:
        alone = session.scalar(asked)
        by_several(session)
        together = session.scalar(asked)
        session.rollback()
        assert (alone, together, session.scalar(asked)) == ("0", "2", "0")


def test_what_was_written_and_not_committed_is_taken_back(world):
    """However the transaction began: one that has written never ends with COMMIT by itself."""
    case_id = world.hazard()
    with world.app.app_context():
        for end in ("rollback", "close"):
            connection = db.engine.connect()
            connection.execute(sa.update(_cases).where(_cases.c.id == case_id).values(title="没有这回事"))
            getattr(connection, end)()
            connection.close()
    assert rows(world, sa.select(_cases.c.id).where(_cases.c.title == "没有这回事")) == []


def test_a_page_answers_though_the_server_has_ended_its_connections(kind, world):
    """As after a restart of PostgreSQL: the pool notices before a statement fails."""
    if kind == "sqlite":
        return  # no server between
    visitor = world.as_("yingji")
    assert visitor.get("/hazards/").status_code == 200
    with world.app.app_context():
        url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as other:
        ended = other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                              "WHERE datname = current_database() AND pid <> pg_backend_pid()").fetchall()
    assert ended
    assert visitor.get("/hazards/").status_code == 200
