"""A form that is sent twice makes one case, and does its verb once: pressed twice, an answer lost, two at a time."""

import uuid

import pytest
import sqlalchemy as sa

from app.casework.once import AlreadyMade, making_once
from app.casework.unit_of_work import unit_of_work
from app.hazards import registering
from app.hazards.states import HazardState
from tests.casework.support import in_processes, rows
from tests.hazards.http import as_form, registered, send, typed, upload
from tests.tasks import http as tasks

KEY = "0b8e6c1e-4a53-4e0b-9d0e-9f6a3a1b2c3d"
JSON = {"Accept": "application/json"}
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


# ── a verb ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def done(world, case: int, verb: str = "chase") -> int:
    (count,), = rows(world, f"SELECT count(*) FROM timeline_entries WHERE case_id = {case} AND verb = '{verb}'")
    return count


def test_a_verb_sent_again_is_done_once(world, enter):
    """With the version it was drawn from, or that of a fresh form into which it was put back."""
    case, clerk = world.bring_to(HazardState.RECTIFYING), enter("yingji")
    drawn_from = world.read(case).version
    for version in (drawn_from, drawn_from, None):
        answer = send(world, clerk, "chase", case, version, client_key=KEY)
        assert answer.headers["Location"] == f"/hazards/{case}"
    assert "不会再办一次" in clerk.get(f"/hazards/{case}").text
    assert done(world, case) == 1
    send(world, clerk, "chase", case, client_key=str(uuid.uuid4()))
    assert done(world, case) == 2


def test_a_verb_that_led_out_of_its_state_is_known_again(world, enter):
    case, firm = world.bring_to(HazardState.RECTIFYING), enter("firm")
    for _turn in "ab":
        assert send(world, firm, "claim", case, client_key=KEY).status_code == 302
    assert done(world, case, "claim") == 1
    asked = firm.get(f"/hazards/{case}/do/claim?client_key={KEY}&kept_as=/hazards/{case}/do/claim")
    assert asked.status_code == 302
    assert f'data-answered="/hazards/{case}/do/claim"' in firm.get(f"/hazards/{case}").text


def test_anothers_key_is_no_excuse(world, enter):
    """Who was too late is told so, whatever key came along."""
    case = world.bring_to(HazardState.AWAITING_RECHECK)
    version = world.read(case).version
    assert send(world, enter("yingji"), "pass_recheck", case, version, client_key=KEY).status_code == 302
    assert send(world, enter("yingji_head"), "fail_recheck", case, version, client_key=KEY).status_code == 409


def test_a_phone_is_told_in_json(world, enter):
    case, firm = world.bring_to(HazardState.RECTIFYING), enter("firm")
    address, version = f"/hazards/{case}/do/claim", world.read(case).version
    mine = firm.get(address, headers=JSON).json["whose"]

    def sent(visitor=firm, drawn_for=mine, key=KEY, **changed):
        form = {**as_form(world.answers("claim")), "version": version, "drawn_for": drawn_for, "client_key": key}
        return visitor.send(address, {**form, **changed}, content_type="multipart/form-data", headers=JSON)

    assert "prevention" in sent(prevention="").json["faults"]
    refused = sent(enter("fengcheng"))
    assert refused.status_code == 409 and "另一个账号" in refused.json["message"]
    for _turn in "ab":
        assert (sent().status_code, sent().json) == (201, {"url": f"/hazards/{case}"})
    late = sent(key=str(uuid.uuid4()))
    assert late.status_code == 409 and "已被他人处理" in late.json["message"]
    assert done(world, case, "claim") == 1


def test_a_form_is_told_that_it_was_answered(world, enter):
    """By the name it is kept under, once; not where nothing was saved."""
    clerk = enter("yingji")
    clerk.send("/hazards/new", typed(world, description="", kept_as="/hazards/new"))
    assert "data-answered" not in clerk.get("/").text
    registered(world, clerk, kept_as="/hazards/new")
    assert 'data-answered="/hazards/new"' in clerk.get("/").text
    assert "data-answered" not in clerk.get("/").text


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


def test_a_form_for_many_rows_is_answered_by_the_page_that_names_them(world):
    visitor = world.as_("yingji")
    form = {"rowid": world.hazard(), "confirmed": "1", "kept_as": "/hazards/bulk/chase"}
    done = visitor.send("/hazards/bulk/chase", form)
    assert done.status_code == 200 and 'data-answered="/hazards/bulk/chase"' in done.text
