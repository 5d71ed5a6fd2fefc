"""How many statements the pages cost: the same with two proposals as with many, and at most 15."""

from tests.escalation.test_sweep import hazard, share
from tests.hazards.test_statements import MOST, counted
from tests.support.escalation_factories import DAYS, letter, look, occasion, proposals

PAGES = {
    "list": ("/proposals/", ("office", "yingji", "leader")),
    "of all units": ("/proposals/?whose=all", ("office", "leader")),
    "decided": ("/proposals/?tab=accepted", ("office",)),
    "rules": ("/proposals/rules", ("office", "fengcheng")),
    "dismiss": ("/proposals/{one}/dismiss", ("office",)),
    "ladder": ("/proposals/unit/{unit}", ("office", "yingji", "fengcheng")),
    "workbench": ("/", ("office", "yingji")),
}


def cost(world, page: str, who: str, one: int) -> list[str]:
    path, visitor = PAGES[page][0].format(one=one, unit=world["fengcheng"]), world.as_(who)
    assert visitor.get(path).status_code == 200, path  # what is read once per process is read by now
    with counted(world.app) as sent:
        visitor.get(path)
    return sent


def fill(world, times: int) -> None:
    for n in range(times):
        made = share(world, 12 + n)
        hazard(world, 3 + n)
        letter(world, "fengcheng", shown_by=made, type="advisory", signed=world.day - 20 * DAYS)
        occasion(world, "weather", "fengcheng", "beiliu")


def test_pages_cost_the_same_early_and_late(world):
    fill(world, 1)
    look(world)
    one = proposals(world, proposer_id=world["office"])[0].id
    few = {(page, who): cost(world, page, who, one) for page, (_path, users) in PAGES.items() for who in users}
    fill(world, 12)
    look(world)
    faults = []
    for (page, who), before in few.items():
        sent = cost(world, page, who, one)
        if len(sent) > len(before) and page != "workbench":
            more = [statement for statement in sent if statement not in before]
            faults.append(f"{page}, {who}: {len(before)} statements, then {len(sent)}: {more[:2]}")
        if len(sent) > MOST:
            faults.append(f"{page}, {who}: {len(sent)}:\n  " + "\n  ".join(s[:110] for s in sent))
    assert not faults, "\n".join(faults)
