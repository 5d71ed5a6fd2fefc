"""A recipient finds its own delivery; issuer and county all of them; everybody else nothing, at every door."""

import pytest

from app.administration.enterprises import save_enterprise
from app.casework.unit_of_work import unit_of_work
from app.organization.directory import regulators_changed
from app.organization.models import Enterprise, EnterpriseRegulator
from tests.deliveries.test_invariants import faults
from tests.support.delivery_factories import do, served
from tests.support.factories import OTHER
from tests.support.letter_factories import bring, deliveries

WORDS = "只有收函单位写过的话"


@pytest.fixture
def answered(world):
    """A letter to two townships; 凤城镇 reported."""
    found = served(world, to=("fengcheng", "beiliu"))
    do(world, "fengcheng", "acknowledge", found["fengcheng"])
    do(world, "fengcheng", "report", found["fengcheng"], text=WORDS, comment=None, files=[world.stored()])
    return found


def doors(delivery_id: int) -> list[str]:
    parts = ("", "/timeline", "/receipt", "/do/report", "/do/accept", "/files/1", "/files/1/thumbnail")
    return [f"/deliveries/{delivery_id}{part}" for part in parts]


@pytest.mark.parametrize("who", ["beiliu", "zhujian", "yingji_head", "firm", "auditor", "admin", OTHER + "office",
                                 OTHER + "fengcheng", OTHER + "leader"])
def test_who_is_no_party_finds_nothing(world, answered, who):
    visitor = world.as_(who)
    for door in doors(answered["fengcheng"]):
        answer = visitor.get(door)
        assert answer.status_code in (403, 404), door
        assert WORDS not in answer.text
    for page in ("/deliveries/?part=all", "/deliveries/?part=all&q=消防", f"/deliveries/?unit={world['fengcheng']}"):
        assert f"/deliveries/{answered['fengcheng']}" not in visitor.get(page).text


@pytest.mark.parametrize("who", ["fengcheng", "fengcheng_head", "office", "office_head", "leader"])
def test_recipient_issuer_and_county_read_it(world, answered, who):
    assert WORDS in world.as_(who).get(f"/deliveries/{answered['fengcheng']}").text
    for door in doors(answered["fengcheng"])[:3]:
        assert world.as_(who).get(door).status_code == 200


def test_the_lists_of_what_was_received_and_sent(world, answered):
    def listed(who, query=""):
        text = world.as_(who).get(f"/deliveries/{query}").text
        return [unit for unit in ("fengcheng", "beiliu") if f'href="/deliveries/{answered[unit]}"' in text]

    assert listed("fengcheng") == ["fengcheng"]
    assert listed("beiliu", "?state=to_sign") == ["beiliu"]
    assert listed("beiliu", "?part=sent") == []
    assert listed("office") == listed("office", "?part=sent") == ["fengcheng", "beiliu"]
    assert listed("office", "?state=reported") == ["fengcheng"]
    assert listed("office", f"?unit={world['beiliu']}") == ["beiliu"]
    assert listed("office", "?q=HJ-2026-0001") == ["fengcheng", "beiliu"]
    assert listed("office", "?due=unsigned") == []
    world.move_to(world.day.replace(day=28))
    assert listed("office", "?due=unsigned") == ["beiliu"]
    assert "超期未签收" in world.as_("office").get("/deliveries/").text


def test_an_enterprises_township_and_regulators_read_its_delivery(world):
    found = served(world, to=("firm", "beiliu"))
    for who in ("firm", "fengcheng", "yingji", "zhujian"):
        assert world.as_(who).get(f"/deliveries/{found['firm']}").status_code == 200, who
        assert world.as_(who).get(f"/deliveries/{found['beiliu']}").status_code == 404, who


def test_regulators_follow_the_enterprise(world):
    own = served(world, to=("firm3", "beiliu"))["firm3"]
    assert world.as_("zhujian").get(f"/deliveries/{own}").status_code == 404
    with world.system() as session, unit_of_work(session):
        session.query(EnterpriseRegulator).filter_by(enterprise_id=world["firm3"]).delete()
        session.add(EnterpriseRegulator(enterprise_id=world["firm3"], organization_id=world["zhujian"], is_daily=True))
        regulators_changed(session, world["firm3"])
    assert world.as_("zhujian").get(f"/deliveries/{own}").status_code == 200
    assert world.as_("yingji").get(f"/deliveries/{own}").status_code == 404
    assert faults(world) == set()


def test_who_hands_it_on_reads_it(world):
    own = served(world, to=("zhujian",), via="yingji")["zhujian"]
    assert world.as_("yingji").get(f"/deliveries/{own}").status_code == 200
    assert f"/deliveries/{own}" in world.as_("yingji").get("/").text


def test_an_open_delivery_moves_with_the_enterprise_a_closed_one_stays(world):
    """And one that is opened again is where the enterprise lies by then."""
    letters = {state: bring(world, state, units=("firm",)) for state in ("in_hand", "closed")}
    own = {state: deliveries(world, letter)[world["firm"]] for state, letter in letters.items()}

    def readers(state: str) -> set[tuple[str, str]]:
        paths = {"letter": f"/letters/{letters[state]}", "delivery": f"/deliveries/{own[state]}"}
        return {(who, what) for who in ("fengcheng", "beiliu") for what, path in paths.items()
                if world.as_(who).get(path).status_code == 200}

    def of(who: str) -> set[tuple[str, str]]:
        return {(who, "letter"), (who, "delivery")}

    with world.session_of("office") as session:
        save_enterprise(session, world.hats["office"], world["firm"], session.get(Enterprise, world["firm"]).version,
                        {"territory_id": world["beiliu"]}, world.day)
    assert readers("in_hand") == of("beiliu") and readers("closed") == of("fengcheng")
    assert faults(world) == set()
    do(world, "beiliu", "report", own["in_hand"])
    do(world, "office", "reopen", own["closed"])
    assert readers("closed") == of("beiliu") and faults(world) == set()
