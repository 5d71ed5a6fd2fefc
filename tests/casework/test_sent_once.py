"""A form that is sent twice makes one case: pressed twice, an answer lost, two at the same moment."""

import uuid

import pytest
import sqlalchemy as sa

from app.casework.once import AlreadyMade, making_once
from app.casework.unit_of_work import unit_of_work
from app.hazards import registering
from tests.casework.support import in_processes, rows
from tests.hazards.http import registered, typed, upload
from tests.tasks import http as tasks

KEY = "0b8e6c1e-4a53-4e0b-9d0e-9f6a3a1b2c3d"
WRITERS, ROUNDS = 4, 12


def made(world, what: str = "id") -> list:
    return rows(world, f"SELECT {what} FROM cases WHERE client_key IS NOT NULL ORDER BY id")


def test_a_page_brings_a_key_of_its_own(world, enter):
    clerk = enter("yingji")
    for path in ("/hazards/new", "/tasks/new"):
        keys = {clerk.get(path).text.partition('name="client_key"')[2].partition('value="')[2][:36] for _n in "ab"}
        assert len(keys) == 2 and all(uuid.UUID(key) for key in keys)


def test_a_hazard_sent_again_is_the_one_that_is_there(world, enter):
    clerk = enter("yingji")
    first = registered(world, clerk, client_key=KEY, photos=upload())
    again = clerk.send("/hazards/new", typed(world, client_key=KEY, photos=upload()))
    assert again.headers["Location"] == f"/hazards/{first}"
    assert "不会再存一次" in clerk.get(f"/hazards/{first}").text
    assert made(world, "id") == [(first,)]
    assert rows(world, "SELECT count(*) FROM attachments") == [(1,)]
    assert registered(world, clerk, client_key=str(uuid.uuid4())) != first


def test_a_task_sent_again_is_the_one_that_is_there(world, enter):
    clerk = enter("yingji")
    first, again = (clerk.send("/tasks/new", tasks.typed(world, client_key=KEY)) for _n in "ab")
    assert first.status_code == 302 and first.headers["Location"] == again.headers["Location"]
    assert len(made(world)) == 1


def test_anothers_key_leads_nowhere(world, enter):
    """The key is one's own: another's makes a case of the other's, and shows nothing of mine."""
    mine = registered(world, enter("yingji"), client_key=KEY)
    other = enter("fengcheng")
    theirs = registered(world, other, client_key=KEY, inspecting_unit_id=world["fengcheng"])
    assert theirs != mine
    assert len({maker for maker, in made(world, "created_by_id")}) == 2
    assert registered(world, other, client_key=KEY, inspecting_unit_id=world["fengcheng"]) == theirs


def test_a_copy_and_a_draft_do_not_take_the_key_along(world, enter):
    clerk = enter("yingji")
    first = registered(world, clerk, client_key=KEY, issue=None, draft="1")
    assert KEY not in clerk.get(f"/hazards/new?copy={first}").text
    clerk.send(f"/hazards/{first}/edit", typed(world, client_key=str(uuid.uuid4()), version="1", issue=None))
    assert made(world, "client_key") == [(KEY,)]


@pytest.mark.parametrize("text", ["", "1", "../" * 12, KEY.upper(), KEY + "0", "'" * 36])
def test_what_is_no_key_is_no_key(world, enter, text):
    first, again = (registered(world, enter("yingji"), client_key=text) for _n in "ab")
    assert first != again and text not in {key for key, in made(world, "client_key")}


def test_a_refused_form_keeps_its_key(world, enter):
    """Corrected and sent again it is still the same form."""
    answer = enter("yingji").send("/hazards/new", typed(world, client_key=KEY, description=""))
    assert answer.status_code == 422 and f'value="{KEY}"' in answer.text


def test_the_same_form_arrives_several_times_at_once(world):
    hat = world.hats["yingji"]
    keys = [str(uuid.uuid4()) for _n in range(ROUNDS)]

    def work(_i):
        for key in keys:
            with world.session_of("yingji") as session:
                data = {**registering.complete(session, hat, world.facts("yingji")), "client_key": key}
                try:
                    with making_once(session, hat, key), unit_of_work(session):
                        registering.register(session, hat, data, (), world.day, issue=True)
                except AlreadyMade as told:
                    assert session.execute(sa.text("SELECT client_key FROM cases WHERE id = :id"),
                                           {"id": told.case_id}).scalar_one() == key

    assert in_processes(world.app, WRITERS, work) == []
    assert sorted(key for key, in made(world, "client_key")) == sorted(keys)
