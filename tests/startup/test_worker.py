"""What happens although nobody asks, and the auditor's two commands."""

import datetime as dt
import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import worker
from app.casework import history
from app.casework.columns import utcnow
from app.casework.imports import ImportDraft
from app.casework.unit_of_work import unit_of_work
from app.jobs import upkeep
from app.organization.settings import DEFINITIONS, Setting

DRAFTS = ImportDraft.__table__
LONG_AGO = dt.timedelta(days=DEFINITIONS["import_draft_days"].default + 1)


def leave(data: str, name: str, days: float) -> Path:
    """A file in the data folder, last touched some days ago."""
    path = Path(data) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    then = path.stat().st_mtime - days * 86_400
    os.utime(path, (then, then))
    return path


def add_draft(world, sha256: str, age: dt.timedelta, outcome: str = "open") -> None:
    hat = world.hats["fengcheng"]
    with world.system() as session, unit_of_work(session):
        session.add(ImportDraft(
            county_id=hat.county_id, organization_id=hat.organization_id, user_id=hat.user_id, kind="hazards",
            file_name="台账.xlsx", sha256=sha256, fixes={}, outcome=outcome, result={}, created_at=utcnow() - age,
        ))


def test_an_import_that_nobody_confirms_is_dropped_with_its_file(world):
    data = world.app.config["DATA_DIR"]
    waiting, stale, done = (leave(data, f"imports/{name * 64}", 40) for name in "abc")
    add_draft(world, waiting.name, dt.timedelta(days=1))
    add_draft(world, stale.name, LONG_AGO)
    add_draft(world, done.name, LONG_AGO, "done")
    with world.app.app_context():
        assert upkeep.sweep() == 1
    with world.system() as session:
        outcomes = dict(session.execute(sa.select(DRAFTS.c.sha256, DRAFTS.c.outcome)).all())
    assert outcomes == {waiting.name: "open", stale.name: "dropped", done.name: "done"}
    assert waiting.exists() and done.exists() and not stale.exists()


def test_how_long_an_import_may_wait_is_a_setting_of_its_county(world):
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.other.id, key="import_draft_days", value=90, valid_from=world.day))
        session.add(Setting(county_id=world.county.id, key="import_draft_days", value=5, valid_from=world.day))
    add_draft(world, "d" * 64, dt.timedelta(days=6))
    theirs = world.hats["other_fengcheng"]
    with world.system() as session, unit_of_work(session):
        session.execute(sa.insert(DRAFTS).values(
            county_id=theirs.county_id, organization_id=theirs.organization_id, user_id=theirs.user_id, kind="hazards",
            file_name="台账.xlsx", sha256="e" * 64, fixes={}, outcome="open", result={}, created_at=utcnow() - LONG_AGO,
            version=1,
        ))
    with world.app.app_context():
        upkeep.sweep()
    with world.system() as session:
        outcomes = dict(session.execute(sa.select(DRAFTS.c.sha256, DRAFTS.c.outcome)).all())
    assert outcomes == {"d" * 64: "dropped", "e" * 64: "open"}


def test_leftovers_go_and_what_is_in_use_stays(world):
    data = world.app.config["DATA_DIR"]
    old, fresh = leave(data, "exports/old.xlsx", 2), leave(data, "exports/fresh.xlsx", 0)
    photo = leave(data, "uploads/photo.jpg", 400)
    pages = leave(data, "exports/.pages-killed/tmp1", 2).parent
    os.utime(pages, (0, 0))
    with world.app.app_context():
        upkeep.sweep()
    assert fresh.exists() and photo.exists() and not old.exists() and not pages.exists()


def test_a_chore_that_fails_is_logged_and_does_not_stop_the_worker(app, caplog):
    def broken(app):
        raise ZeroDivisionError

    worker.do(app, broken)
    assert "broken" in caplog.text


def test_the_history_is_sealed_and_verified_by_command(world):
    world.hazard()
    run = world.app.test_cli_runner().invoke
    sealed = run(args=["audit", "seal"])
    verified = run(args=["audit", "verify"])
    assert sealed.exit_code == verified.exit_code == 0
    with world.system() as session:
        verdict = history.verify(session)
    assert verdict.sealed > 0 and str(verdict.sealed) in sealed.output
    assert verdict.newest_hash in verified.output


@pytest.mark.one_database
@pytest.mark.parametrize("fault", ["changed", "missing", "inserted", "block"])
def test_a_touched_history_is_named_and_ends_with_1(app, fault, monkeypatch):
    verdict = history.Verdict(fault, 4711, 815, blocks=3, sealed=9, unsealed=0, newest_hash=None)
    monkeypatch.setattr(history, "verify", lambda session: verdict)
    done = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert done.exit_code == 1
    assert ("815" if fault == "block" else "4711") in done.output
