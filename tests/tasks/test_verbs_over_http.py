"""Each verb of a task and of a share once through its door: by who may it does what it says, by others nothing."""

from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.casework.invariants import check
from app.tasks.invariants import RULES
from app.tasks.shares.verbs import SHARES
from app.tasks.verbs import TASKS
from tests.hazards.test_verbs_over_http import review_before_issue
from tests.support import task_factories as made
from tests.support.factories import OTHER, POSTS
from tests.tasks.http import ADDRESS, send


@dataclass
class Road:
    """From `start`, after `steps` of (who, verb), `who` does the verb and it stands at `end`.

    `also` names the others whose verb it is as well: nobody else's it is.
    """

    who: str
    start: str
    end: str
    also: str = ""
    steps: tuple = ()
    later: int = 0  # days that pass before the verb


I, P, C, D, T = "issued", "in_progress", "claimed", "done", "terminated"  # noqa: E741 - the states' first letters
TASK_ROADS = {
    "submit": Road("office", "draft", I),
    "issue": Road("office_head", "draft", I, "office", (("office", "submit"),)),
    "return_draft": Road("office_head", "draft", "draft", steps=(("office", "submit"),)),
    "discard": Road("office", "draft", T),
    "withdraw": Road("office", I, "draft"),
    "chase": Road("office", I, I, "office_head", later=5),
    "follow_up": Road("office", I, I, "office_head"),
    "add_units": Road("office", C, P),
    "adjust": Road("office_head", I, I, "office"),
    "correct": Road("office", D, D),
    "ask_terminate": Road("office", I, I),
    "approve_terminate": Road("office_head", I, T, "office", (("office", "ask_terminate"),)),
    "refuse_terminate": Road("office_head", I, I, "office", (("office", "ask_terminate"),)),
    "take_back": Road("office", I, I, steps=(("office", "ask_terminate"),)),
    "merge": Road("office", I, T),
    "add_files": Road("office", I, I),
}
SHARE_ROADS = {
    "acknowledge": Road("fengcheng", I, P),
    "report": Road("fengcheng", P, P),
    "claim": Road("fengcheng", I, C),
    "take_back_claim": Road("fengcheng", C, P),
    "verify": Road("office", C, D, "office_head"),
    "reject": Road("office_head", C, P, "office"),
    "verify_progress": Road("office", P, P, "office_head"),
    "ask_extension": Road("fengcheng", P, P),
    "approve_extension": Road("office_head", P, P, "office", (("fengcheng", "ask_extension"),)),
    "refuse_extension": Road("office_head", P, P, "office", (("fengcheng", "ask_extension"),)),
    "ask_reassign": Road("office", P, P),
    "accept_reassign": Road("zhujian", I, P, "zhujian_head", (("office", "ask_reassign"),)),
    "return_reassign": Road("zhujian", I, I, "zhujian_head", (("office", "ask_reassign"),)),
    "take_back": Road("fengcheng", P, P, steps=(("fengcheng", "ask_extension"),)),
    "chase": Road("office", I, I, "office_head"),
    "correct": Road("fengcheng", I, I, "office"),
    "release": Road("office_head", P, T, "office"),
    "reopen": Road("office", D, P, "office_head"),
    "add_files": Road("fengcheng", I, I, "office"),
}
ROADS = {**{("task", verb): road for verb, road in TASK_ROADS.items()},
         **{("share", verb): road for verb, road in SHARE_ROADS.items()}}
REVIEWED = ("issue", "return_draft")
READ = {"task": made.read, "share": made.read_share}


def prepared(world, noun: str, verb: str, **data) -> int:
    """A case from which `verb` can be done next; `data`: more of the task."""
    road = ROADS[noun, verb]
    if verb in REVIEWED:
        review_before_issue(world, "office")
    bring, do = (made.bring, made.do) if noun == "task" else (made.bring_share, made.do_share)
    case_id = bring(world, road.start, **data)
    for who, step in road.steps:
        do(world, who, step, case_id)
    if road.later:
        world.move_to(world.day.replace(day=world.day.day + road.later))
    return case_id


def extra(world, noun: str, verb: str) -> dict:
    return {"kept_number": made.read(world, made.task(world)).number} if verb == "merge" else {}


def written(world) -> int:
    with world.system() as session:
        return session.scalar(sa.select(sa.func.count(TimelineEntry.id)).where(TimelineEntry.case_id.is_not(None)))


def test_every_verb_has_its_road():
    assert set(TASK_ROADS) == set(TASKS.verbs), "a new verb needs its line in TASK_ROADS"
    assert set(SHARE_ROADS) == set(SHARES.verbs), "a new verb needs its line in SHARE_ROADS"


@pytest.mark.parametrize(("noun", "verb"), ROADS)
def test_who_may_does_it(world, noun, verb):
    road, case_id = ROADS[noun, verb], prepared(world, noun, verb)
    who, address = world.as_(road.who), f"{ADDRESS[noun]}/{case_id}"
    assert f"{address}/do/{verb}" in who.get(address).text, "the page offers the verb"
    assert who.get(f"{address}/do/{verb}").status_code == 200
    more, before = extra(world, noun, verb), written(world)
    answer = send(world, who, noun, verb, case_id, **more)
    assert answer.status_code == 302, answer.text
    assert READ[noun](world, case_id).state == road.end
    assert written(world) > before
    assert who.get(address).status_code in (200, 404)  # 404: it went to another unit
    with world.system() as session:
        assert check(session, world.app.config["DATA_DIR"], RULES) == []


@pytest.mark.one_database
@pytest.mark.parametrize(("noun", "verb"), ROADS)
def test_who_may_not_does_nothing(world, client, noun, verb):
    road, case_id = ROADS[noun, verb], prepared(world, noun, verb)
    more = extra(world, noun, verb)
    before, entries = READ[noun](world, case_id), written(world)
    allowed = {road.who, *road.also.split()}
    strangers = [name for prefix in ("", OTHER) for name in (prefix + post for post in POSTS) if name not in allowed]
    for name in strangers:
        answer = send(world, world.as_(name), noun, verb, case_id, before.version, **more)
        assert answer.status_code in (403, 404), f"{name}: {answer.status_code}"
        seen = world.as_(name).get(f"{ADDRESS[noun]}/{case_id}/do/{verb}")
        assert seen.status_code in (302, 403, 404), f"{name}: {seen.status_code}"
    assert send(world, client, noun, verb, case_id, before.version, **more).headers["Location"].startswith("/login/")
    assert READ[noun](world, case_id) == before
    assert written(world) == entries


@pytest.mark.one_database
@pytest.mark.parametrize(("noun", "verb"), [key for key, road in ROADS.items() if road.also])
def test_whose_verb_it_is_as_well(world, noun, verb):
    road = ROADS[noun, verb]
    for name in road.also.split():
        start = world.day
        case_id = prepared(world, noun, verb)
        answer = send(world, world.as_(name), noun, verb, case_id)
        assert answer.status_code == 302, f"{name}: {answer.status_code}"
        assert READ[noun](world, case_id).state == road.end
        world.move_to(start)
