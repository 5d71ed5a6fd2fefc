"""kill -9 while many rows go in or out at once: a task to all units, a list of attachment 1, a long export.

Registering and importing are killed at every statement in tests/hazards/test_kill.py, verbs in test_kill.py; here the
same means are asked at their first, middle and last write and just before the commit. The export as a job, whose file
and row have to come to one end, is killed at every step.
"""

import os
import signal

import openpyxl
import sqlalchemy as sa
from sqlalchemy import event

from app.access.scope import session_for
from app.casework.history import TimelineEntry
from app.casework.imports import ImportDraft
from app.casework.invariants import check
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.jobs.invariants import RULES as JOB_RULES
from app.ledgers.drafts import plan_draft
from app.ledgers.entering import enter
from app.ledgers.exporting import export_kind
from app.tasks.invariants import RULES
from app.tasks.ledger import TASK_LEDGER
from app.tasks.models import Share
from app.tasks.operations import plan
from app.tasks.registering import complete, register
from tests.hazards.test_kill import content, differing
from tests.jobs.support import ask, ended, fork, let_lease_pass, row, work_off
from tests.jobs.test_kill_jobs import work_until
from tests.support import task_factories as made
from tests.tasks.lists import a_list, add, exported, upload
from tests.tasks.lists import row as line
from tests.tasks.test_statements import townships

WRITES = ("INSERT", "UPDATE", "DELETE")


def run(world, act, die_at: int | None, count_in=None) -> bool:
    """`act` in a process of its own, killed just before its n-th write; None: before its commit, the writes counted.

    Returns whether it came to its end.
    """
    def until():
        writes = 0

        def note(_connection, _cursor, statement, *_):
            nonlocal writes
            writes += statement.startswith(WRITES)
            if writes == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

        def finish(_connection):
            if die_at is None and writes:
                count_in.write_text(str(writes))
                os.kill(os.getpid(), signal.SIGKILL)

        with world.app.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            event.listen(db.engine, "commit", finish)
            act()

    code = ended(fork(world.app, until))
    assert code in (0, -9), "it failed by itself"
    return code == 0


def survives(world, tmp_path, act) -> None:
    before, counted = content(world), tmp_path / "writes"
    assert not run(world, act, None, counted)
    last = int(counted.read_text())
    assert content(world) == before, "killed before its commit"
    for at in sorted({1, (last + 1) // 2, last}):
        assert not run(world, act, at)
        after = content(world)
        assert after == before, f"killed at write {at} of {last} left {differing(before, after)}"
    assert run(world, act, last + 1)
    assert content(world) != before
    with world.system() as session:
        assert check(session, world.app.config["DATA_DIR"], (*RULES, *JOB_RULES)) == []


def test_a_task_is_with_all_its_units_or_with_none(world, tmp_path):
    files, hat = [world.stored("red"), world.stored("blue")], world.hats["office"]
    planned = [*(plan(unit) for unit in townships(world, 28)), plan(world["firm"]),
               plan(world["yingji"], "supporting"), plan(world["zhujian"], "supporting")]

    def act():
        with session_for(hat.scope) as session:
            data = complete(session, hat, {**made.facts(world), "planned": planned}, world.day)
            with unit_of_work(session):
                register(session, hat, data, files, world.day, True)

    survives(world, tmp_path, act)
    with world.system() as session:
        assert session.scalar(sa.select(sa.func.count(Share.id))) == len(planned)


def test_a_list_is_confirmed_whole_or_not_at_all(world, tmp_path):
    """New rows, a periodic one with its instance, a finished one, and one that reports on a recorded task."""
    made.task(world, units=("office", "fengcheng"))
    path = exported(world, "office", tmp_path / "清单.xlsx")
    book = openpyxl.load_workbook(add(path, progress="2026-03-18 30%：已动员", follow_ups="2026-03-19 电话调度：加快"))
    fresh = openpyxl.load_workbook(a_list(
        tmp_path / "新.xlsx", line(content="自建房整治", units="各乡镇"), line(content="例会", due="每月"),
        line(content="森林防火", units="应急管理局牵头，北留镇配合", done_on="3月1日"))).active
    for values in fresh.iter_rows(min_row=3, values_only=True):
        book.active.insert_rows(5)
        for at, value in enumerate(values, 1):
            book.active.cell(5, at, value)
    book.save(path)
    draft_id = int(upload(world.as_("office"), path).headers["Location"].rstrip("/").rsplit("/", 1)[1])
    hat = world.hats["office"]

    def act():
        with session_for(hat.scope) as session:
            draft = session.get(ImportDraft, draft_id)
            found = plan_draft(session, hat, TASK_LEDGER, draft, world.day)
            assert sorted(one.outcome for one in found.rows) == ["changed", "new", "new", "new"], found.errors()
            enter(session, hat, TASK_LEDGER, found, world.day, draft.file_name, draft_id=draft.id,
                  version=draft.version)

    survives(world, tmp_path, act)
    with world.system() as session:
        assert session.get(ImportDraft, draft_id).outcome == "done"


def test_an_export_killed_at_any_step_is_one_file_and_one_entry(world):
    made.task(world)
    entries, code, step = TimelineEntry.__table__, -9, 0
    while code != 0:
        step += 1
        job_id = ask(world, "office", export_kind(TASK_LEDGER), query={}, paper="")
        code = ended(fork(world.app, lambda step=step: work_until(world.app, step)))
        if row(world, job_id).state == "running":
            let_lease_pass(world, job_id)
        work_off(world.app)
        done = row(world, job_id)
        assert (done.state, done.result["rows"]) == ("done", 1), f"killed at step {step}: {done.error}"
        page = openpyxl.load_workbook(f"{world.app.config['DATA_DIR']}/{done.file_path}").active
        assert page["B4"].value == "开展燃气安全专项整治"
        with world.system() as session:
            told = session.scalar(sa.select(sa.func.count()).select_from(entries).where(entries.c.verb == "export"))
            assert told == step, f"killed at step {step}"
            assert check(session, None, JOB_RULES) == []
    assert step > 10, "it was killed at hardly any step"
