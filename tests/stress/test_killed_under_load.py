"""Web server, its workers, the jobs' worker and the whole product, killed at random while eight clerks work.

20 seconds in every run; `make stress SECONDS=60` for longer.  Afterwards the database is whole, what was
acknowledged is there, once, and nothing is there that nobody sent.
"""

import itertools
import os
import random
import signal
import time
from collections import Counter

import sqlalchemy as sa

from app.hazards.models import Hazard
from tests.stress.clerks import Clerk, Shift
from tests.support import task_factories
from tests.support.processes import Running, alive, flask, gone

pytest_plugins = ["tests.support.factories"]
CLERKS = ("yingji", "zhujian", "fengcheng", "beiliu", "office", "yingji", "fengcheng", "office")
SECONDS = float(os.environ.get("STRESS_SECONDS", "20"))
PATIENCE = 5  # seconds until the next one is killed, however little was done
WEB_WORKER = "web worker"
VICTIMS = (WEB_WORKER, WEB_WORKER, "worker", "web", "supervisor")  # each comes up before any comes again


class Product:
    """The running product, started again whenever it ended, at the same port."""

    def __init__(self, data, uri: str, shift: Shift):
        self.data, self.uri, self.shift, self.starts = data, uri, shift, 0
        self.running = None

    def start(self) -> None:
        self.running = Running(self.data, DATABASE_URL=self.uri)
        self.shift.port, self.starts = self.running.port, self.starts + 1
        self.shift.open.set()

    def kill(self, which: str, rng: random.Random) -> None:
        """-9 for one of its processes. The product ends when one of its two halves does: then it is started again."""
        supervisor, web, worker, *web_workers = family = self.running.family()
        pid = {"supervisor": supervisor, "web": web, "worker": worker}.get(which) or rng.choice(web_workers)
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
        if which != WEB_WORKER:
            self.shift.open.clear()
            assert gone(family, 40), f"{which} was killed, and something lives on"
            self.end()
            self.start()

    def end(self) -> None:
        with self.running as running:
            if running.process.poll() is None:
                running.end()


def test_nothing_is_lost_or_half_done(world, stages, kind):
    for _ in range(6):
        world.hazard("yingji")
        task_factories.task(world, units=("fengcheng", "beiliu", "yingji", "zhujian"))
    stage = stages(kind)
    stage.app.config.pop("TODAY")
    shift = Shift(0)
    product = Product(stage.data, stage.database.uri, shift)
    product.start()
    clerks = [Clerk(shift, name, world.county.units, seed) for seed, name in enumerate(CLERKS)]
    rng, killed, until = random.Random(7), Counter(), time.monotonic() + SECONDS
    victims = (one for _ in itertools.count() for one in rng.sample(VICTIMS, len(VICTIMS)))
    try:
        for clerk in clerks:
            clerk.start()
        while time.monotonic() < until or len(killed) < len(set(VICTIMS)):
            shift.after(rng.randint(10, 60), PATIENCE)
            product.kill(victim := next(victims), rng)
            killed[victim] += 1
    finally:
        shift.over.set()
        for clerk in clerks:
            clerk.join(60)
        product.end()
    print(f"{kind}: {shift.acts} acts, {len(shift.acknowledged)} hazards, {shift.broken} broken, killed {dict(killed)}")
    assert not shift.faults, shift.faults[:5]
    assert shift.acknowledged, f"nothing was done: {shift}"
    said = descriptions(world)
    assert {said[words] for words in shift.acknowledged} == {1}, "acknowledged, and not there once"
    assert set(said) <= {*shift.sent, "配电箱无漏电保护"}
    assert max(said[words] for words in shift.sent) == 1
    checked = flask(stage.data, "check", DATABASE_URL=stage.database.uri)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def descriptions(world) -> Counter:
    """How often each description is there."""
    with world.system() as session:
        return Counter(session.scalars(sa.select(Hazard.description)))
