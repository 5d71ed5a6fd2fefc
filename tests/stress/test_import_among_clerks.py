"""A long import while eight clerks work: nobody meets an error, nothing of either gets lost.

How long anybody waits is measured, not tested: `make bench` (bench/results.md).
"""

import datetime as dt
import re
import time
from collections import Counter

import sqlalchemy as sa

from app.casework.unit_of_work import unit_of_work
from app.hazards.models import Hazard
from app.organization.settings import Setting
from bench.client import Client, hidden
from tests.hazards.ledgers import ledger, row
from tests.stress.clerks import Clerk, Connection, Shift
from tests.support import task_factories
from tests.support.factories import PASSWORD
from tests.support.processes import Running, flask

pytest_plugins = ["tests.support.factories"]
CLERKS = ("yingji", "zhujian", "fengcheng", "beiliu", "office", "yingji", "fengcheng", "office")
ROWS = 120


def imported(client: Client, path, patience: float = 300) -> None:
    """Upload a ledger, look at it, confirm, wait for the worker."""
    token = {"csrf_token": hidden(client.get("/hazards/import/").text, "csrf_token")}
    sent = client.upload("/hazards/import/", token, "ledger", path.name, path.read_bytes())
    preview = client.get(sent.location)
    seen = {name: hidden(preview.text, name) for name in ("csrf_token", "seen")}
    confirmed = client.post(f"{sent.location}/confirm", seen)
    assert "/jobs/" in confirmed.location, "too short to be the worker's"
    until = time.monotonic() + patience
    while not re.search(r'class="state state-(closed|draft|void)', client.get(confirmed.location).text):
        assert time.monotonic() < until, "the worker does not come to an end"
        time.sleep(0.2)


def test_a_long_import_disturbs_nobody(world, stages, kind, tmp_path):
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.county.id, key="import_job_rows", value=50, valid_from=world.day))
    for _ in range(4):
        world.hazard()
        task_factories.task(world, units=("fengcheng", "beiliu", "yingji", "zhujian"))
    path = ledger(tmp_path / "台账.xlsx", *(row(description=f"第{n}处灭火器失效") for n in range(ROWS)))
    stage = stages(kind)
    stage.app.config.pop("TODAY")
    shift = Shift(0)
    with Running(stage.data, DATABASE_URL=stage.database.uri) as product:
        shift.port = product.port
        shift.open.set()
        clerks = [Clerk(shift, name, world.county.units, seed) for seed, name in enumerate(CLERKS)]
        for clerk in clerks:
            clerk.start()
        try:
            shift.after(8, 60)
            imported(Connection(product.port, "yingji", PASSWORD), path)
            shift.after(8, 60)
        finally:
            shift.over.set()
            for clerk in clerks:
                clerk.join(60)
        product.end()
    assert not shift.faults and not shift.broken, shift.faults[:5]
    with world.system() as session:
        said = Counter(session.scalars(sa.select(Hazard.description).where(Hazard.happened_on == dt.date(2026, 3, 5))))
        there = set(session.scalars(sa.select(Hazard.description)))
    assert said == {f"第{n}处灭火器失效": 1 for n in range(ROWS)}
    assert shift.acknowledged and set(shift.acknowledged) <= there
    checked = flask(stage.data, "check", DATABASE_URL=stage.database.uri)
    assert checked.returncode == 0, checked.stdout + checked.stderr
