"""The reminders of a day killed before each statement and commit, and written twice at once: each notice once."""

import datetime as dt

import sqlalchemy as sa

from app.access.scope import system_session
from app.casework.unit_of_work import unit_of_work
from app.reminders.models import Notice
from app.reminders.sweep import remind
from tests.hazards.test_kill import run
from tests.jobs.support import ended, fork
from tests.support import task_factories as tasks

_table = Notice.__table__
SAID = ("organization_id", "role", "case_id", "due", "noticed_on")


def told(world) -> list[tuple]:
    """What the notices say, whatever their ids and instants."""
    with world.system() as session:
        return sorted(map(tuple, session.execute(sa.select(*(_table.c[name] for name in SAID))).all()), key=repr)


def put_back(world, rows: list) -> None:
    with world.system() as session, unit_of_work(session):
        session.execute(sa.delete(_table))
        session.execute(sa.insert(_table), [dict(row._mapping) for row in rows])


def waiting(world) -> list:
    """A day's notices stand, two days were missed, and today has its own: of hazards and of tasks, heads' too."""
    day = dt.date(2026, 3, 20)
    world.hazard(due=day + dt.timedelta(days=10))
    world.hazard(due=day + dt.timedelta(days=5))
    world.hazard(due=dt.date(2026, 3, 18), happened_on=dt.date(2026, 3, 2), rectifiers=[world["fengcheng"]])
    tasks.task(world, "office", ("fengcheng", "beiliu"), due=day + dt.timedelta(days=6), happened_on=day)
    reminding(world)()
    world.move_to(day + dt.timedelta(days=3))
    with world.system() as session:
        return session.execute(sa.select(_table)).all()


def reminding(world):
    def act():
        with world.app.app_context(), system_session("test") as session:
            remind(session, world.county.id, world.day)

    return act


def test_killed_anywhere_the_next_run_makes_it_whole(world):
    before = waiting(world)
    reminding(world)()
    whole = told(world)
    assert len({days for *_rest, days in whole}) >= 3 and {role for _unit, role, *_rest in whole} == {
        "clerk", "reviewer"}
    step = 1
    while True:
        put_back(world, before)
        if run(world, reminding(world), step):
            break
        reminding(world)()
        assert told(world) == whole, f"killed at step {step}, the next run left something else"
        step += 1
    assert step > 10 and told(world) == whole


def test_twice_at_once_is_once(world):
    before = waiting(world)
    reminding(world)()
    whole = told(world)
    put_back(world, before)
    children = [fork(world.app, reminding(world)) for _n in range(2)]
    assert [ended(pid) for pid in children] == [0, 0]
    assert told(world) == whole
