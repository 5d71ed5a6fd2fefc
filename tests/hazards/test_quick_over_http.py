"""The phone's form as its script and a plain browser send it: whose it is, what follows, what is offered."""

import datetime as dt
import re

import pytest

from tests.casework.support import rows
from tests.hazards.http import WORDS, registered, upload

JSON = {"Accept": "application/json"}
KEY = "0b8e6c1e-4a53-4e0b-9d0e-9f6a3a1b2c3d"


def asked(clerk) -> str:
    return clerk.get("/hazards/quick", headers=JSON).json["whose"]


def typed(world, clerk, **changed) -> dict:
    form = {
        "drawn_for": asked(clerk), "client_key": KEY, "enterprise_id": world["firm"], "happened_on": "2026-03-19",
        "inspecting_unit_id": world["yingji"], "source": "enforcement", "description": WORDS, "level": "general",
        "within": "7", "issue": "1", "photos": upload(),
    }
    return {k: v for k, v in {**form, **changed}.items() if v is not None}


def sent(world, clerk, **changed):
    return clerk.send("/hazards/quick", typed(world, clerk, **changed), headers=JSON)


@pytest.mark.parametrize("within, due, due_kind, words", [
    ("immediate", dt.date(2026, 3, 19), "immediate", None), ("7", dt.date(2026, 3, 26), "date", "7日"),
    ("15", dt.date(2026, 4, 3), "date", "15日"),
])
def test_a_deadline_by_one_tap(world, enter, within, due, due_kind, words):
    answer = sent(world, enter("yingji"), within=within)
    assert answer.status_code == 201
    hazard = world.read(int(answer.json["url"].rsplit("/", 1)[1]))
    assert (hazard.due, hazard.due_kind, hazard.due_words) == (due, due_kind, words)
    assert (hazard.rectifier_ids, hazard.recheck_unit_id) == ([world["firm"]], world["yingji"])


def test_the_days_on_the_buttons_are_those_that_are_counted(world, enter):
    """A last day on a holiday moves on, on the button too."""
    clerk = enter("yingji")
    choice = re.compile(r'value="(3|7|15|30)"[^>]*>\s*<label[^>]*>[^<]*<small>(\d+月\d+日)')
    shown = dict(choice.findall(clerk.get("/hazards/quick").text))
    assert len(shown) == 4
    for n, (days, words) in enumerate(shown.items()):
        answer = sent(world, clerk, within=days, happened_on=world.day.isoformat(), client_key=KEY[:-1] + str(n))
        due = world.read(int(answer.json["url"].rsplit("/", 1)[1])).due
        assert words == f"{due.month}月{due.day}日"


def test_sent_again_it_is_the_same(world, enter):
    clerk = enter("yingji")
    assert sent(world, clerk).json == sent(world, clerk).json
    plain = clerk.send("/hazards/quick", typed(world, clerk))
    assert plain.headers["Location"] == sent(world, clerk).json["url"]
    assert rows(world, "SELECT count(*) FROM attachments") == [(1,)]


def test_anothers_draft_is_not_sent(world, enter):
    """Whatever the phone believes: what was typed in one account is refused from another."""
    mine, other = enter("yingji"), enter("fengcheng")
    for answer in (sent(world, other, drawn_for=asked(mine)), sent(world, other, drawn_for=""),
                   other.send("/hazards/quick", typed(world, other, drawn_for=asked(mine)))):
        assert answer.status_code == 409
    assert rows(world, "SELECT count(*) FROM cases") == [(0,)]


def test_who_is_not_logged_in_is_told_so(client):
    assert client.get("/hazards/quick", headers=JSON).status_code == 401


def test_faults_come_by_field(world, enter):
    answer = sent(world, enter("yingji"), description="", within=None, level="major")
    assert answer.status_code == 422 and {"description", "within"} <= set(answer.json["faults"])
    answer = sent(world, enter("yingji"), level="major")
    assert answer.status_code == 422 and answer.json["faults"]
    answer = sent(world, enter("yingji"), photos=(upload()[0].__class__(b"#!/bin/sh"), "a.jpg"))
    assert answer.status_code == 422 and "photos" in answer.json["faults"]


def test_an_enterprise_out_of_sight_is_refused(world, enter):
    assert sent(world, enter("yingji"), enterprise_id="999999").status_code == 422


def test_ones_own_enterprises_are_offered_the_newest_first(world, enter):
    clerk = enter("yingji")
    for firm in ("firm", "firm3", "firm"):
        registered(world, clerk, enterprise_id=world[firm], rectifiers=world[firm], method="双随机")
    page = clerk.get("/hazards/quick").text
    assert re.findall(r'data-pick="(\d+)"', page) == [str(world["firm"]), str(world["firm3"])]
    assert 'value="双随机"' in page and 'selected value="enforcement"' in page
    taken_over = re.search(r"<summary>(.*?)</summary>", page)[1]
    assert all(words in taken_over for words in ("双随机", "执法检查", "与上次相同")), "a formal paper will say so"
    assert "data-pick" not in enter("fengcheng").get("/hazards/quick").text


def test_a_source_that_is_none_is_told_and_nothing_is_lost(world, enter):
    clerk = enter("yingji")
    answer = clerk.send("/hazards/quick", typed(world, clerk, source="nonsense"))
    assert answer.status_code == 422 and WORDS in answer.text
