"""Each verb once through its door: by who may it does what it says, by everybody else it does nothing."""

from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.hazards.verbs import HAZARDS
from tests.hazards.http import send
from tests.support.factories import OTHER, POSTS


@dataclass
class Road:
    """From `start`, after `steps` of (who, verb), `who` does the verb and the hazard stands at `end`.

    `also` names the others whose verb it is as well: nobody else's it is.
    """

    who: str
    start: str
    end: str
    also: str = ""
    steps: tuple = ()
    facts: dict = None


def asked(kind: str, by: str = "yingji") -> tuple:
    return ((by, f"ask_{kind}"),)


MAJOR = {"level": "major", "criterion_note": "第三条"}
R, A, C = "rectifying", "awaiting_recheck", "closed"
OVERSEERS = "fengcheng office"
EVERYBODY_CONCERNED = "yingji yingji_head zhujian zhujian_head fengcheng fengcheng_head office office_head"
ROADS = {
    "submit": Road("yingji", "registered", R),
    "issue": Road("yingji_head", "registered", R, "yingji", steps=(("yingji", "submit"),)),
    "return_draft": Road("yingji_head", "registered", "registered", steps=(("yingji", "submit"),)),
    "discard": Road("yingji", "registered", "cancelled"),
    "withdraw": Road("yingji", R, "registered"),
    "acknowledge": Road("firm", R, R, "yingji zhujian fengcheng office"),
    "claim": Road("firm", R, A, "yingji zhujian fengcheng office"),
    "pass_recheck": Road("yingji", A, C, "yingji_head"),
    "fail_recheck": Road("yingji_head", A, R, "yingji"),
    "ask_extension": Road("firm", R, R, "yingji zhujian fengcheng office"),
    "approve_extension": Road("yingji_head", R, R, "yingji", asked("extension", "firm")),
    "refuse_extension": Road("yingji_head", R, R, "yingji", asked("extension", "firm")),
    "ask_transfer": Road("yingji", R, R, "office"),
    "accept_transfer": Road("zhujian", R, R, "zhujian_head", asked("transfer")),
    "return_transfer": Road("zhujian", R, R, "zhujian_head", asked("transfer")),
    "ask_reassign": Road("yingji", R, R),
    "accept_reassign": Road("firm3", R, R, "yingji zhujian fengcheng office", asked("reassign")),
    "return_reassign": Road("firm3", R, R, "yingji zhujian fengcheng office", asked("reassign")),
    "take_back": Road("yingji", R, R, steps=asked("transfer")),
    "chase": Road("fengcheng_head", R, R, EVERYBODY_CONCERNED),
    "correct": Road("yingji", C, C),
    "raise_level": Road("zhujian", R, R, "yingji yingji_head zhujian_head"),
    "ask_downgrade": Road("yingji", R, R, facts=MAJOR),
    "approve_downgrade": Road("yingji_head", R, R, "yingji", asked("downgrade"), MAJOR),
    "refuse_downgrade": Road("yingji_head", R, R, "yingji", asked("downgrade"), MAJOR),
    "decide_listing": Road("yingji_head", R, R, "yingji zhujian zhujian_head fengcheng fengcheng_head office_head",
                           facts=MAJOR),
    "merge": Road("yingji", R, "merged"),
    "ask_cancel": Road("yingji", R, R),
    "approve_cancel": Road("yingji_head", R, "cancelled", "yingji", asked("cancel")),
    "refuse_cancel": Road("yingji_head", R, R, "yingji", asked("cancel")),
    "ask_gone": Road("fengcheng", R, R, "yingji zhujian"),
    "approve_gone": Road("yingji_head", R, "subject_gone", "yingji", asked("gone", "fengcheng")),
    "refuse_gone": Road("yingji_head", R, R, "yingji", asked("gone", "fengcheng")),
    "reopen": Road("yingji", C, R, "yingji_head office office_head"),
    "add_files": Road("firm", R, R, "yingji zhujian fengcheng office"),
}
REVIEWED = ("issue", "return_draft")


def prepared(world, verb: str) -> int:
    road = ROADS[verb]
    if verb in REVIEWED:
        review_before_issue(world, "yingji")
    hazard_id = world.bring_to(road.start, **(road.facts or {}))
    for who, step in road.steps:
        world.do(who, step, hazard_id)
    return hazard_id


def review_before_issue(world, unit: str) -> None:
    with world.system() as session:
        session.execute(sa.text("update organizations set review_before_issue = :on where id = :id"),
                        {"on": True, "id": world[unit]})
        session.commit()


def extra(world, verb: str) -> dict:
    return {"kept_number": world.read(world.hazard()).number} if verb == "merge" else {}


def written(world) -> int:
    """How many entries the history has besides logins."""
    with world.system() as session:
        return session.scalar(sa.select(sa.func.count(TimelineEntry.id)).where(TimelineEntry.case_id.is_not(None)))


def test_every_verb_has_its_road():
    assert set(ROADS) == set(HAZARDS.verbs), "a new verb needs its line in ROADS"


@pytest.mark.parametrize("verb", ROADS)
def test_who_may_does_it(world, enter, verb):
    road, hazard_id = ROADS[verb], prepared(world, verb)
    who = enter(road.who)
    page = who.get(f"/hazards/{hazard_id}")
    assert f"/hazards/{hazard_id}/do/{verb}" in page.text, "the case page offers the verb"
    assert who.get(f"/hazards/{hazard_id}/do/{verb}").status_code == 200
    before = written(world)
    answer = send(world, who, verb, hazard_id, **extra(world, verb))
    assert answer.status_code == 302
    assert world.read(hazard_id).state == road.end
    assert written(world) > before
    assert who.get(f"/hazards/{hazard_id}").status_code in (200, 404)  # 404: it went to another unit


@pytest.mark.one_database
@pytest.mark.parametrize("verb", ROADS)
def test_who_may_not_does_nothing(world, client, verb):
    road, hazard_id = ROADS[verb], prepared(world, verb)
    more = extra(world, verb)
    before, entries = world.read(hazard_id), written(world)
    allowed = {road.who, *road.also.split()}
    strangers = [name for prefix in ("", OTHER) for name in (prefix + post for post in POSTS) if name not in allowed]
    for name in strangers:
        answer = send(world, world.as_(name), verb, hazard_id, before.version, **more)
        assert answer.status_code in (403, 404), f"{name}: {answer.status_code}"
        seen = world.as_(name).get(f"/hazards/{hazard_id}/do/{verb}")
        assert seen.status_code in (302, 403, 404), f"{name}: {seen.status_code}"
    assert send(world, client, verb, hazard_id, before.version, **more).headers["Location"].startswith("/login/")
    assert world.read(hazard_id) == before
    assert written(world) == entries


@pytest.mark.one_database
@pytest.mark.parametrize("verb", [verb for verb, road in ROADS.items() if road.also])
def test_whose_verb_it_is_as_well(world, verb):
    road = ROADS[verb]
    for name in road.also.split():
        hazard_id = prepared(world, verb)
        answer = send(world, world.as_(name), verb, hazard_id)
        assert answer.status_code == 302, f"{name}: {answer.status_code}"
        assert world.read(hazard_id).state == road.end


def test_a_verb_for_many_goes_back_to_the_list_as_it_was(world):
    """Which rows were chosen is said; whether it is done or called off, the filters stay."""
    case_id, office = world.hazard("fengcheng"), world.as_("office")
    number, came = world.read(case_id).number, "http://localhost/hazards/?due=soon&unit=3"
    chosen = office.send("/hazards/bulk/chase", {"rowid": [case_id]}, headers={"Referer": came}).text
    assert number in chosen and 'href="/hazards/?due=soon&amp;unit=3">取消' in chosen
    form = {"rowid": [case_id], "confirmed": "1", "comment": "请抓紧", "list_query": "due=soon&unit=3"}
    assert 'href="/hazards/?due=soon&amp;unit=3"' in office.send("/hazards/bulk/chase", form).text
    elsewhere = {"Referer": "https://example.org/hazards/bulk?x=1"}
    assert 'href="/hazards/">取消' in office.send("/hazards/bulk/chase", {"rowid": [case_id]}, headers=elsewhere).text
    answer = office.send("/hazards/bulk/chase", {"list_query": "due=over\r\nX: 1"})
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/hazards/?due=over")


def test_the_form_for_many_has_an_address(world):
    """It names the rows and only shows the form; too many rows for an address lead to the list."""
    mine, office = world.hazard("yingji"), world.as_("office")
    page = office.get(f"/hazards/bulk/chase?rows={mine}-x&list_query=due%3Dsoon&confirmed=1&comment=a").text
    assert world.read(mine).number in page and 'href="/hazards/?due=soon">取消' in page
    stranger = world.app.test_client()
    sent = {"rowid": [str(mine), "x"], "list_query": "due=soon", "comment": "请抓紧", "csrf_token": "old"}
    login = stranger.post("/hazards/bulk/chase", data=sent).headers["Location"]
    assert login.endswith(f"next=/hazards/bulk/chase?rows%3D{mine}%26list_query%3Ddue%253Dsoon")
    many = stranger.post("/hazards/bulk/chase", data={"rowid": [str(n) for n in range(1, 999)]}).headers["Location"]
    assert many.endswith("next=/hazards/bulk/chase")
