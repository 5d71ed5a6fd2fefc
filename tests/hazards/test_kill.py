"""kill -9 at the n-th statement, for every n: of every verb, of registering, of the export and of the import.

Each n has a child of its own, forked warm and killed just before its n-th statement (or COMMIT). Afterwards not
one row differs. At last nobody kills it, it succeeds, and the invariants hold.
"""

import datetime as dt
import os
import signal

import openpyxl
import sqlalchemy as sa
from sqlalchemy import event

from app.access.scope import session_for
from app.casework.invariants import check
from app.casework.unit_of_work import unit_of_work
from app.casework.verbs import perform
from app.extensions import db
from app.hazards import registering
from app.hazards.invariants import RULES
from app.hazards.ledger import HAZARD_LEDGER
from app.hazards.states import HazardState as S
from app.hazards.verbs import HAZARDS
from app.ledgers.drafts import plan_file
from app.ledgers.entering import enter
from app.ledgers.exporting import write_ledger
from app.organization.models import Organization

REVIEWED = {"by": "zhujian"}  # whose drafts are reviewed before they are issued
PATHS = {  # verb: (who, state to start from, what comes before, more of the case)
    "submit": ("yingji", S.REGISTERED, (), {}),
    "issue": ("zhujian_head", S.REGISTERED, (("zhujian", "submit"),), REVIEWED),
    "return_draft": ("zhujian_head", S.REGISTERED, (("zhujian", "submit"),), REVIEWED),
    "discard": ("yingji", S.REGISTERED, (), {}),
    "claim": ("firm", S.RECTIFYING, (("firm", "ask_extension"),), {}),
    "acknowledge": ("firm", S.RECTIFYING, (), {}),
    "pass_recheck": ("yingji", S.AWAITING_RECHECK, (), {}),
    "fail_recheck": ("yingji", S.AWAITING_RECHECK, (), {}),
    "ask_extension": ("firm", S.RECTIFYING, (), {}),
    "approve_extension": ("yingji_head", S.RECTIFYING, (("firm", "ask_extension"),), {}),
    "refuse_extension": ("yingji_head", S.RECTIFYING, (("firm", "ask_extension"),), {}),
    "ask_transfer": ("yingji", S.RECTIFYING, (), {}),
    "accept_transfer": ("zhujian", S.RECTIFYING, (("yingji", "ask_transfer"),), {}),
    "return_transfer": ("zhujian", S.RECTIFYING, (("yingji", "ask_transfer"),), {}),
    "ask_reassign": ("yingji", S.RECTIFYING, (), {}),
    "accept_reassign": ("firm3", S.RECTIFYING, (("yingji", "ask_reassign"),), {}),
    "return_reassign": ("firm3", S.RECTIFYING, (("yingji", "ask_reassign"),), {}),
    "take_back": ("yingji", S.RECTIFYING, (("yingji", "ask_transfer"),), {}),
    "chase": ("yingji", S.RECTIFYING, (), {}),
    "correct": ("yingji", S.RECTIFYING, (), {"place": "一号车间"}),
    "raise_level": ("yingji", S.RECTIFYING, (), {}),
    "ask_downgrade": ("yingji", S.RECTIFYING, (("yingji", "raise_level"),), {}),
    "approve_downgrade": ("yingji_head", S.RECTIFYING, (("yingji", "raise_level"), ("yingji", "ask_downgrade")), {}),
    "refuse_downgrade": ("yingji_head", S.RECTIFYING, (("yingji", "raise_level"), ("yingji", "ask_downgrade")), {}),
    "decide_listing": ("yingji_head", S.RECTIFYING, (("yingji", "raise_level"),), {}),
    "merge": ("yingji", S.RECTIFYING, (), {}),
    "ask_cancel": ("yingji", S.RECTIFYING, (), {}),
    "approve_cancel": ("yingji_head", S.RECTIFYING, (("yingji", "ask_cancel"),), {}),
    "refuse_cancel": ("yingji_head", S.RECTIFYING, (("yingji", "ask_cancel"),), {}),
    "ask_gone": ("yingji", S.AWAITING_RECHECK, (), {}),
    "approve_gone": ("yingji_head", S.AWAITING_RECHECK, (("yingji", "ask_gone"),), {}),
    "refuse_gone": ("yingji_head", S.AWAITING_RECHECK, (("yingji", "ask_gone"),), {}),
    "withdraw": ("yingji", S.RECTIFYING, (), {}),
    "reopen": ("yingji", S.CLOSED, (), {}),
    "add_files": ("firm", S.RECTIFYING, (), {}),
}


def content(world) -> dict[str, list]:
    """Every row of every table."""
    with world.system() as session:
        return {
            table.name: sorted(map(repr, session.execute(sa.select(table)))) for table in db.metadata.sorted_tables
        }


def faults(world) -> list:
    with world.system() as session:
        return check(session, world.app.config["DATA_DIR"], RULES)


def child(world, act, die_at: int) -> None:
    """Runs in a forked process: `act`, until the n-th statement or commit."""
    with world.app.app_context():
        db.engine.dispose(close=False)  # the parent's connections stay the parent's
        done = 0

        def count(*_):
            nonlocal done
            done += 1
            if done == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(db.engine, "before_cursor_execute", count)
        event.listen(db.engine, "commit", count)
        act()


def run(world, act, die_at: int) -> bool:
    """Whether it came to its end."""
    with world.app.app_context():
        db.session.remove()
        db.engine.dispose()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            child(world, act, die_at)
            status = 0
        finally:
            os._exit(status)
    status = os.waitpid(pid, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "it failed by itself"
    return not os.WIFSIGNALED(status)


def survives(world, name: str, act) -> int:
    """Kill `act` at each of its steps, then let it pass; returns the number of steps."""
    before, step = content(world), 1
    while not run(world, act, step):
        after = content(world)
        assert after == before, f"{name} killed at step {step} left {differing(before, after)}"
        step += 1
    assert step > 3, f"{name} took no steps"
    assert content(world) != before, f"{name} wrote nothing"
    assert faults(world) == [], name
    return step


def differing(before: dict, after: dict) -> dict:
    return {name: set(after[name]) ^ set(before[name]) for name in before if after[name] != before[name]}


def performing(world, who: str, verb: str, hazard_id: int):
    data, hat = world.answers(verb), world.hats[who]
    if verb == "merge":
        data["kept_number"] = world.read(world.hazard()).number

    def act():
        with session_for(hat.scope) as session:
            perform(session, HAZARDS, verb, hazard_id, None, hat, data, world.day)

    return act


def test_every_verb_has_its_path():
    assert set(PATHS) == set(HAZARDS.verbs)


def test_no_verb_is_ever_half_done(world):
    with world.system() as session, unit_of_work(session):
        session.get(Organization, world[REVIEWED["by"]]).review_before_issue = True
    for verb, (who, state, first, more) in PATHS.items():
        hazard_id = world.bring_to(state, **more)
        for person, step in first:
            world.do(person, step, hazard_id)
        survives(world, verb, performing(world, who, verb, hazard_id))


def test_registering_is_never_half_done(world):
    photos = [world.stored("red"), world.stored("blue")]
    hat = world.hats["yingji"]

    def act():
        with session_for(hat.scope) as session:
            data = registering.complete(session, hat, world.facts("yingji"))
            with unit_of_work(session):
                registering.register(session, hat, data, photos, world.day, True)

    survives(world, "register", act)


def test_an_export_is_whole_or_not_there(world, tmp_path):
    for _ in range(3):
        world.hazard()
    hat, target = world.hats["yingji"], tmp_path / "out.xlsx"

    def act():
        with session_for(hat.scope) as session:
            write_ledger(session, hat, HAZARD_LEDGER, {}, target, world.day)

    step = 1
    before = content(world)
    while not run(world, act, step):
        assert not target.exists(), f"killed at step {step}, half a file stands under the name of a whole one"
        step += 1
    assert content(world) == before
    assert openpyxl.load_workbook(target).active.max_row > 6


def test_an_import_is_never_half_done(world, tmp_path):
    """A ledger with a row that is new and one that changes a hazard: all of it, or none."""
    world.hazard()
    hat, path = world.hats["yingji"], ledger(world, tmp_path)

    def act():
        with session_for(hat.scope) as session:
            plan = plan_file(session, hat, HAZARD_LEDGER, path, world.day, path.name)
            assert [row.outcome for row in plan.rows] == ["changed", "new"], plan.errors()
            enter(session, hat, HAZARD_LEDGER, plan, world.day, path.name)

    survives(world, "import", act)


def ledger(world, folder):
    """The unit's own export, its one row rectified meanwhile, and a new row below."""
    hat, path = world.hats["yingji"], folder / "ledger.xlsx"
    with world.session_of("yingji") as session:
        write_ledger(session, hat, HAZARD_LEDGER, {}, path, world.day)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    place = {cell.value: cell.column for row in sheet.iter_rows(max_row=6) for cell in row if cell.value}
    first = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "配电箱无漏电保护")
    sheet.insert_rows(first + 1)
    for head in ("检查单位及检查人", "检查时间", "整改单位及责任人", "整改时限"):
        sheet.cell(first + 1, place[head], sheet.cell(first, place[head]).value)
    sheet.cell(first + 1, place["问题隐患描述"], "疏散通道堆放原料")
    sheet.cell(first, place["整改措施"], "加装漏电保护并试跳")
    book.save(path)
    return path


def test_a_second_kill_is_survived_too(world):
    """Killed, done again by another, killed again: the invariants hold in between."""
    hazard_id = world.hazard()
    for n, verb in enumerate(("acknowledge", "claim")):
        run(world, performing(world, "firm", verb, hazard_id), 6 + n)
        assert faults(world) == []
    world.move_to(world.day + dt.timedelta(days=1))
    assert world.do("firm", "claim", hazard_id).state == S.AWAITING_RECHECK
    assert faults(world) == []
