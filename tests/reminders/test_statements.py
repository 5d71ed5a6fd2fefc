"""What the inbox and the bell above every page cost: the same with few notices as with many, and at most 15."""

import datetime as dt

from tests.hazards.test_statements import MOST, counted
from tests.reminders.test_reminders import new_of, sweep

PAGES = ("/inbox/", "/jobs/", "/hazards/?size=100")  # the bell hangs above them all


def cost(world, path: str, who: str) -> list[str]:
    visitor = world.as_(who)
    assert visitor.get(path).status_code == 200  # what is read once per process is read by now
    with counted(world.app) as sent:
        visitor.get(path)
    return sent


def test_the_inbox_and_the_bell_cost_the_same_early_and_late(world):
    due = world.day + dt.timedelta(days=10)
    world.hazard(due=due)
    sweep(world)
    few = {path: cost(world, path, "firm") for path in PAGES}
    for _more in range(30):
        world.hazard(due=due)
    sweep(world)
    assert new_of(world, "firm") == 31
    for path, before in few.items():
        sent = cost(world, path, "firm")
        assert len(sent) <= min(len(before), MOST), (path, [s for s in sent if s not in before])
        assert sum("notices" in statement for statement in sent) <= 2, path
