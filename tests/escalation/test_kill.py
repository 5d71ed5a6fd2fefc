"""The sweep killed before each statement and commit, and done twice at once: what stands in the end is the same.

One transaction a rule: killed, it leaves whole rules done or not; the next run does what is missing.
"""

import os

import sqlalchemy as sa

from app.access.scope import session_for, system_session
from app.casework.invariants import check
from app.casework.unit_of_work import unit_of_work
from app.escalation import operations
from app.escalation.invariants import RULES as INVARIANTS
from app.escalation.models import LastSweep, Proposal
from app.escalation.rules import BY_NAME
from app.escalation.sweep import sweep
from app.extensions import db
from tests.escalation.test_sweep import hazard, share
from tests.hazards.test_kill import run, survives
from tests.support import letter_factories as letters
from tests.support import task_factories as tasks
from tests.support.escalation_factories import DAYS, look, proposals

FEW = [BY_NAME[name] for name in ("task_overdue", "hazard_other")]
_table = Proposal.__table__


def told(world) -> list[tuple]:
    """What the proposals say, whatever their ids and instants."""
    with world.system() as session:
        rows = session.execute(sa.select(_table)).all()
    left_out = ("id", "recorded_at")
    return sorted(repr({k: v for k, v in row._mapping.items() if k not in left_out}) for row in rows)


def put_back(world, rows: list) -> None:
    with world.system() as session, unit_of_work(session):
        session.execute(sa.delete(LastSweep))
        session.execute(sa.delete(_table))
        session.execute(sa.insert(_table), [dict(row._mapping) for row in rows])


def waiting(world) -> list:
    """Proposals of five days ago; since then one was cured, one grew worse, one was put off until today."""
    made = [share(world, 12), share(world, 7), share(world, 8)]
    look(world, world.day, FEW)
    with world.session_of("office") as session:
        one = proposals(world, measure="chase")[0]
        operations.postpone(session, world.hats["office"], one.id, one.version, world.day + 1 * DAYS, world.day)
    world.move_to(world.day + 5 * DAYS)
    hazard(world, 3)
    tasks.do_share(world, "fengcheng", "claim", made[0])
    with world.system() as session:
        return session.execute(sa.select(_table)).all()


def sweeping(world):
    def act():
        with world.app.app_context(), system_session("test") as session:
            sweep(session, world.day, FEW)

    return act


def test_killed_anywhere_the_next_run_makes_it_whole(world):
    before = waiting(world)
    look(world, world.day, FEW)
    whole, states = told(world), {one.state for one in proposals(world)}
    assert states == {"open", "cured", "superseded"}
    step = 1
    while True:
        put_back(world, before)
        if run(world, sweeping(world), step):
            break
        with world.system() as session:
            assert check(session, rules=INVARIANTS) == [], step
        sweeping(world)()
        assert told(world) == whole, f"killed at step {step}, the next run left something else"
        step += 1
    assert step > 20 and told(world) == whole


def test_twice_at_once_is_once(world):
    before = waiting(world)
    look(world, world.day, FEW)
    whole = told(world)
    put_back(world, before)
    with world.app.app_context():
        db.session.remove()
        db.engine.dispose()
    children = []
    for _n in range(2):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                with world.app.app_context():
                    db.engine.dispose(close=False)
                    sweeping(world)()
                status = 0
            finally:
                os._exit(status)
        children.append(pid)
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0, 0]
    assert told(world) == whole


def test_no_decision_is_ever_half_done(world):
    share(world, 3)
    share(world, 12)
    share(world, 13)
    look(world)
    chase, reminders = ([one.id for one in proposals(world, measure=name)] for name in ("chase", "reminder"))
    (written, third), hat = reminders, world.hats["office"]

    def doing(what, *more):
        def act():
            with session_for(hat.scope) as session:
                what(session, hat, *more, today=world.day)

        return act

    survives(world, "accept", doing(operations.accept, chase[0], None))
    survives(world, "draft", lambda: letters.letter(world, proposals=[written]))
    assert proposals(world, id=written)[0].state == "accepted" and proposals(world, id=written)[0].letter_id
    survives(world, "postpone", doing(operations.postpone, third, None, world.day + 3 * DAYS))
    survives(world, "dismiss", doing(operations.dismiss, third, None, "不必"))
    survives(world, "reconsider", doing(operations.reconsider, third, None))
