"""`flask check` finds a row of jobs that no run of the product leaves behind."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.casework.columns import utcnow
from app.casework.invariants import check
from app.casework.unit_of_work import unit_of_work
from app.hazards.ledger import HAZARD_LEDGER
from app.jobs import operations
from app.jobs.invariants import RULES
from app.jobs.runner import owner_name
from app.ledgers.exporting import export_kind
from tests.jobs.support import JOBS, ask, kind, noting, work_off


def faults(world) -> list:
    with world.system() as session:
        return check(session, None, RULES)


def corrupt(world, job_id: int, **values) -> None:
    with world.system() as session, unit_of_work(session):
        session.execute(sa.update(JOBS).where(JOBS.c.id == job_id).values(**values))


def failing(_running):
    raise ZeroDivisionError


def waiting(world) -> int:
    with kind(noting):
        return ask(world)


def running(world) -> int:
    job_id = waiting(world)
    with world.system() as session:
        assert operations.claim(session, owner_name(), dt.timedelta(minutes=1)).id == job_id
    return job_id


def done(world) -> int:
    with kind(noting):
        job_id = ask(world)
        work_off(world.app)
    return job_id


def failed(world) -> int:
    with kind(failing, attempts=1):
        job_id = ask(world)
        work_off(world.app)
    return job_id


def exported(world) -> int:
    world.hazard()
    job_id = ask(world, name=export_kind(HAZARD_LEDGER), query={}, paper="")
    work_off(world.app)
    return job_id


LEASE = "a running job has its worker and a lease"
END = "a job that ended says when"
FILE = "a job's file is there when it is done"
TRIED = "a job that was begun has counted its attempt"
BROKEN = [
    (running, {"lease_owner": None}, LEASE), (waiting, {"lease_owner": "host:1:1"}, LEASE),
    (done, {"lease_until": utcnow()}, LEASE), (done, {"finished_at": None}, END),
    (waiting, {"finished_at": utcnow()}, END), (failed, {"error": None}, "a failed job says why"),
    (failed, {"error": ""}, "a failed job says why"), (exported, {"file_name": None}, FILE),
    (exported, {"file_name": None, "file_path": None}, FILE), (waiting, {"file_path": "exports/jobs/1-1.xlsx"}, FILE),
    (running, {"attempt": 0}, TRIED), (done, {"attempt": 0}, TRIED), (waiting, {"attempt": -1}, TRIED),
]


@pytest.mark.parametrize(("state", "values", "words"), BROKEN)
def test_a_row_that_cannot_be_is_named_with_its_cure(world, state, values, words):
    job_id = state(world)
    assert faults(world) == []
    corrupt(world, job_id, **values)
    (found,) = faults(world)
    assert found.what.startswith(words)
    assert found.where.endswith(f"#{job_id}") and found.cure and found.case_id is None


def test_a_file_that_was_let_go_is_no_fault(world):
    corrupt(world, exported(world), file_path=None)
    assert faults(world) == []


@pytest.mark.one_database
def test_the_command_asks_them(world):
    corrupt(world, running(world), lease_owner=None)
    told = world.app.test_cli_runner().invoke(args=["check"])
    assert told.exit_code == 1
    assert "续租期" in told.output and "取消这个后台任务" in told.output
