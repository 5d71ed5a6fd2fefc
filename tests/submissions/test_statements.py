"""How many statements the pages cost: the same with one month and two hazards as with many, and at most 15."""

from tests.hazards.test_statements import MOST, counted, fill
from tests.support.submission_factories import do, month_of, on, open_all

PAGES = {
    "overview": ("/submissions/", ("office", "leader")),
    "what is owed": ("/submissions/?show=wanting", ("office",)),
    "a month of the county": ("/submissions/?month=2026-03&show=wanting&sort=-due", ("office",)),
    "own months": ("/submissions/", ("yingji", "fengcheng")),
    "a month on paper": ("/submissions/{case}/timeline", ("yingji", "office")),
    "a month": ("/submissions/{case}", ("yingji", "yingji_head", "office")),
    "its form": ("/submissions/{case}/do/chase", ("office",)),
    "duties": ("/submissions/duties/", ("office", "admin")),
    "workbench": ("/", ("yingji", "office", "fengcheng")),
    "roll-up by industry": ("/roll_up/?by=industry", ("office", "fengcheng", "yingji")),
    "roll-up by township": ("/roll_up/?by=township", ("office", "zhujian")),
    "roll-up of a township": ("/roll_up/?by=department&township={township}", ("office",)),
    "rows of a figure": ("/roll_up/rows?by=township&span=year&figure=open", ("office", "yingji")),
}


def cost(world, page: str, username: str, case_id: int) -> list[str]:
    path = PAGES[page][0].format(case=case_id, township=world["fengcheng"])
    visitor = world.as_(username)
    assert visitor.get(path).status_code == 200, path  # what is read once per process is read by now
    with counted(world.app) as sent:
        visitor.get(path)
    return sent


def test_pages_cost_the_same_early_and_late(world):
    fill(on(world, "03-20"), 3)
    open_all(on(world, "04-02"))
    case_id = month_of(world, "yingji", "2026-03")
    do(world, "yingji", "submit", case_id)
    few = {(page, who): cost(world, page, who, case_id) for page, (_path, users) in PAGES.items() for who in users}
    do(world, "yingji_head", "return", case_id)
    fill(world, 120)
    do(world, "yingji", "submit", case_id)
    for day in ("05-02", "06-02", "07-02"):
        open_all(on(world, day))
    do(world, "yingji", "submit", month_of(world, "yingji", "2026-04"))
    do(world, "office", "chase", month_of(world, "fengcheng", "2026-04"))
    faults = []
    for (page, who), before in few.items():
        sent = cost(world, page, who, case_id)
        if len(sent) > max(len(before), 1) and page != "workbench":  # its other nouns are held elsewhere
            more = [statement for statement in sent if statement not in before]
            faults.append(f"{page}, {who}: {len(before)} statements, then {len(sent)}: {more[:2]}")
        if len(sent) > MOST:
            faults.append(f"{page}, {who}: {len(sent)}:\n  " + "\n  ".join(s[:110] for s in sent))
    assert not faults, "\n".join(faults)
