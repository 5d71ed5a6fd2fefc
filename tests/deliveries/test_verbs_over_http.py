"""Each verb of a delivery once through its door: by who may it does what it says, by others nothing."""

import io
import re

import docx
import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.deliveries.operations import Terms
from app.deliveries.verbs import DELIVERIES
from tests.deliveries.http import ROADS, prepared, send
from tests.deliveries.test_invariants import faults
from tests.support.delivery_factories import bring, do, read, served
from tests.support.factories import OTHER, POSTS


def written(world) -> int:
    with world.system() as session:
        return session.scalar(sa.select(sa.func.count(TimelineEntry.id)).where(TimelineEntry.case_id.is_not(None)))


def test_every_verb_has_its_road():
    assert set(ROADS) == set(DELIVERIES.verbs), "a new verb needs its line in http.ROADS"


@pytest.mark.parametrize("verb", ROADS)
def test_who_may_does_it(world, verb):
    road, delivery_id = ROADS[verb], prepared(world, verb)
    who, address = world.as_(road.who), f"/deliveries/{delivery_id}"
    assert f"{address}/do/{verb}" in who.get(address).text, "the page offers the verb"
    assert who.get(f"{address}/do/{verb}").status_code == 200
    before = written(world)
    answer = send(world, who, verb, delivery_id)
    assert answer.status_code == 302, answer.text
    assert read(world, delivery_id).state == road.end
    assert written(world) > before
    assert who.get(address).status_code == 200
    assert faults(world) == set()


@pytest.mark.one_database
@pytest.mark.parametrize("verb", ROADS)
def test_who_may_not_does_nothing(world, client, verb):
    road, delivery_id = ROADS[verb], prepared(world, verb)
    before, entries = read(world, delivery_id), written(world)
    allowed = {road.who, *road.also.split()}
    for name in (prefix + post for prefix in ("", OTHER) for post in POSTS if prefix + post not in allowed):
        answer = send(world, world.as_(name), verb, delivery_id, before.version)
        assert answer.status_code in (403, 404), f"{name}: {answer.status_code}"
        seen = world.as_(name).get(f"/deliveries/{delivery_id}/do/{verb}")
        assert seen.status_code in (302, 403, 404), f"{name}: {seen.status_code}"
    assert send(world, client, verb, delivery_id, before.version).headers["Location"].startswith("/login/")
    assert read(world, delivery_id) == before
    assert written(world) == entries


@pytest.mark.one_database
@pytest.mark.parametrize("verb", [verb for verb, road in ROADS.items() if road.also])
def test_whose_verb_it_is_as_well(world, verb):
    for name in ROADS[verb].also.split():
        start = world.day
        delivery_id = prepared(world, verb)
        answer = send(world, world.as_(name), verb, delivery_id)
        assert answer.status_code == 302, f"{name}: {answer.text}"
        assert read(world, delivery_id).state == ROADS[verb].end
        world.move_to(start)


@pytest.mark.clause("4.3.1")
def test_plan_rectification_and_report_in_time(world):
    """四（三）: who receives a letter draws up a plan, rectifies, and reports in time."""
    delivery_id = served(world)["fengcheng"]
    unit, issuer = world.as_("fengcheng"), world.as_("office")
    for who, verb in ((unit, "acknowledge"), (unit, "file_plan"), (issuer, "accept_plan"), (unit, "report")):
        assert send(world, who, verb, delivery_id).status_code == 302, verb
    page = issuer.get(f"/deliveries/{delivery_id}").text
    for words in ("拟于月底前清理", "已全部清理", "王镇长", "结果报送期限"):
        assert words in page
    assert send(world, issuer, "accept", delivery_id).status_code == 302
    assert read(world, delivery_id).state == "closed"


def coloured(page: str) -> str:
    """The one coloured button of a case's page."""
    (title,) = re.findall(r'<a class="btn btn-primary"[^>]*>([^<]+)</a>', page.split('class="case-verbs"')[1])
    return title


@pytest.mark.clause("4.3.1")
def test_the_coloured_button_is_the_step_that_is_due(world):
    """The plan that the letter demands comes before the result; where none is asked for the result is next."""
    found, page = served(world), "/deliveries/{}".format
    unit = world.as_("fengcheng")
    for due, verb in (("签收", "acknowledge"), ("报送整改方案", "file_plan"), ("报送结果", "replace_plan"),
                      ("报送结果", "report")):
        assert coloured(unit.get(page(found["fengcheng"])).text) == due
        assert send(world, unit, verb, found["fengcheng"]).status_code == 302
    without = served(world, terms=Terms(reply_days=7))["fengcheng"]
    do(world, "fengcheng", "acknowledge", without)
    assert coloured(unit.get(page(without)).text) == "报送结果"
    assert "报送整改方案" not in unit.get(page(without)).text


@pytest.mark.parametrize(("verb", "changed", "words"), [
    ("file_plan", {"signer": " "}, "请填写这一项"),
    ("file_plan", {"text": " ", "signer": "王镇长"}, "请附上文件，或在这里填写"),
    ("report", {"with_plan": None}, "整改方案还没有报"),
    ("report", {"signer": None}, "请填写这一项"),
])
def test_what_is_missing_is_told_at_its_field_and_what_was_typed_stays(world, verb, changed, words):
    delivery_id = bring(world, "in_hand")
    answer = send(world, world.as_("fengcheng"), verb, delivery_id, **{"text": "先清理东侧", **changed})
    assert answer.status_code == 422
    assert words in answer.text
    assert changed.get("text", "先清理东侧") in answer.text
    assert read(world, delivery_id).state == "in_hand"


def test_a_file_is_a_report_and_is_found_beside_it(world):
    delivery_id = bring(world, "planned")
    assert send(world, world.as_("fengcheng"), "report", delivery_id, text=None, files=True).status_code == 302
    page = world.as_("office").get(f"/deliveries/{delivery_id}").text
    assert f"/deliveries/{delivery_id}/files/" in page.split('id="replies"')[1]


def test_all_who_have_not_signed_are_chased_in_one_press(world):
    found = served(world, to=("fengcheng", "beiliu", "yingji"))
    do(world, "beiliu", "acknowledge", found["beiliu"])
    answer = world.as_("office").send("/deliveries/chase", {"head_id": found["letter"]})
    assert answer.status_code == 302
    assert [read(world, found[unit]).chases for unit in ("fengcheng", "beiliu", "yingji")] == [1, 0, 1]
    assert "催办1次" in world.as_("fengcheng").get("/").text
    for who in ("beiliu", OTHER + "office"):
        world.as_(who).send("/deliveries/chase", {"head_id": found["letter"]})
    assert read(world, found["fengcheng"]).chases == 1
    assert world.as_("office").send("/deliveries/chase", {"head_id": "x"}).status_code == 404


def test_an_unknown_years_deadline_is_shown_with_a_warning(world):
    delivery_id = served(world, terms=Terms(reply_days=400))["fengcheng"]
    do(world, "fengcheng", "acknowledge", delivery_id)
    assert read(world, delivery_id).reply_due.year > 2026
    assert "放假安排还没有公布" in world.as_("fengcheng").get(f"/deliveries/{delivery_id}").text


def test_nobody_approves_what_he_asked_for(world):
    """The clerk who filled in for the enterprise does not record the approval under his own name either."""
    delivery_id = bring(world, "planned", "firm")
    do(world, "office", "ask_extension", delivery_id)
    answer = send(world, world.as_("office"), "approve_extension", delivery_id, decided_by="office的人")
    assert answer.status_code == 422
    assert read(world, delivery_id).open_request == "extension"


def test_receipt_reply_and_decision_are_word_files_of_the_page(world):
    delivery_id = served(world)["fengcheng"]
    unit, head = world.as_("fengcheng"), world.as_("office_head")
    for who, verb in ((unit, "acknowledge"), (unit, "file_plan"), (unit, "ask_extension"), (head, "approve_extension"),
                      (unit, "report")):
        assert send(world, who, verb, delivery_id).status_code == 302, verb
    panel = unit.get(f"/deliveries/{delivery_id}").text.split("SHA-256")
    assert len(panel) == 5, "receipt, plan, decision, report"
    link = re.search(rf'href="(/deliveries/{delivery_id}/files/\d+)" download>送达回执', "".join(panel))[1]
    with unit.get(link) as answer:
        table = docx.Document(io.BytesIO(answer.data)).tables[0]
    words = "\n".join(cell.text for row in table.rows for cell in row.cells)
    assert "凤城镇" in words and "2026年3月20日" in words and "fengcheng的人" in words
