"""Occasions through their forms, and who reads a confidential text."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from app.access.scope import session_for
from app.casework.attachments import Attachment
from app.casework.invariants import check
from app.casework.verbs import perform
from app.occasions.invariants import RULES
from app.occasions.models import Occasion
from app.occasions.verbs import OCCASIONS
from tests.hazards.test_kill import survives
from tests.letters.http import drafted, send, upload
from tests.letters.test_statements import costs
from tests.support.occasion_factories import answers, do, occasion, read

SECRET = "请逐户过一遍结果报我"


def typed(**changed) -> dict:
    form = {"type": "weather", "title": "县气象台发布暴雨预警", "happened_on": "2026-03-20", "said_by": "县气象台",
            "weather": "暴雨", "weather_level": "yellow", "text": "预计大到暴雨", "due": "", "industry_id": ""}
    return {k: v for k, v in {**form, **changed}.items() if v is not None}


def whole(world) -> None:
    with world.system() as session:
        assert check(session, world.app.config["DATA_DIR"], RULES) == []


def recorded(world, who: str, **changed) -> int:
    answer = world.as_(who).send("/occasions/new", typed(**changed), content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    return int(answer.headers["Location"].rsplit("/", 1)[1])


@pytest.mark.clause("4.2.6")
def test_a_warning_becomes_a_letter_to_the_townships(world):
    made = recorded(world, "office", unit_ids=[str(world["fengcheng"]), str(world["beiliu"])])
    office = world.as_("office")
    page = office.get(f"/occasions/{made}").text
    for words in ("QX-2026-0001", "暴雨", "黄色", "凤城镇、北留镇", "四（二）6"):
        assert words in page, words
    link = f"/letters/new?situation=6&shown_by={made}&unit={world['fengcheng']}&unit={world['beiliu']}"
    assert link.replace("&", "&amp;") in page
    form = office.get(link).text
    for words in ("关于做好暴雨天气安全防范工作的提示函", "县气象台发布暴雨黄色预警", "凤城镇", "北留镇"):
        assert words in form, words
    assert "暴雨（黄色）预警信息" in form.split('name="requirements"')[1].split("</textarea>")[0]
    letter = drafted(world, office, situation_4=None, situation_6="y", shown_6=[str(made)])
    assert f"/occasions/{made}" in office.get(f"/letters/{letter}").text
    assert f"/letters/{letter}" in office.get(f"/occasions/{made}").text
    whole(world)


def test_an_occasion_tells_the_letters_that_its_reader_finds(world):
    """A department's draft is its own; once it is signed the county office finds it, too."""
    made, yingji, office = recorded(world, "yingji"), world.as_("yingji"), world.as_("office")
    letter = drafted(world, yingji, recipients=[world["firm"]], situation_4=None, situation_6="y", shown_6=[str(made)])
    page = office.get(f"/occasions/{made}")
    assert page.status_code == 200 and f"/letters/{letter}" not in page.text
    assert f"/letters/{letter}" in yingji.get(f"/occasions/{made}").text
    send(world, world.as_("yingji_head"), "sign", letter)
    assert f"/letters/{letter}" in office.get(f"/occasions/{made}").text


@pytest.mark.parametrize(("field", "changed"), [
    ("weather", {"weather": ""}), ("weather_level", {"weather_level": ""}), ("title", {"title": ""}),
    ("happened_on", {"happened_on": "2026-03-21"}), ("text", {"text": " "}),
    ("said_by", {"type": "instruction", "said_by": ""}),
    ("due", {"type": "instruction", "due": "2026-03-01"}),
])
def test_a_fault_is_told_and_what_was_typed_stays(world, field, changed):
    answer = world.as_("office").send("/occasions/new", typed(**{"said_by": "县气象台", **changed}))
    assert answer.status_code == 422 and f'href="#{field}' in answer.text
    assert 'value="2026-03' in answer.text
    with world.system() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Occasion.__table__)) == 0


def test_an_instruction_is_answered_once(world):
    made = recorded(world, "office", type="instruction", title="县领导批示", due="2026-04-01", files=upload("批示.jpg"))
    assert (read(world, made).turn_role, read(world, made).due) == ("clerk", dt.date(2026, 4, 1))
    done = do(world, "office", "answer", made)
    assert (done.state, done.answer, done.turn_organization_id) == ("answered", "已逐户排查", None)
    answer = world.as_("office").get(f"/occasions/{made}/do/cancel")
    assert answer.status_code == 302
    whole(world)


def test_a_form_sent_twice_records_once(world):
    form = typed(client_key=str(uuid.uuid4()))
    first, second = (world.as_("office").send("/occasions/new", form) for _n in range(2))
    assert first.headers["Location"] == second.headers["Location"]


@pytest.mark.parametrize(("who", "finds", "reads"), [
    ("yingji", True, True), ("yingji_head", True, True), ("office", True, True), ("office_head", True, True),
    ("fengcheng", False, False), ("firm", False, False), ("other_office", False, False), ("auditor", False, False),
])
def test_a_confidential_text_is_for_its_unit_and_the_county_office(world, who, finds, reads):
    made = occasion(world, "yingji", text=SECRET, confidential=True, files=[world.stored()])
    with world.system() as session:
        file_id = session.scalar(sa.select(Attachment.id).where(Attachment.case_id == made))
    visitor = world.as_(who)
    page, paper = visitor.get(f"/occasions/{made}"), visitor.get(f"/occasions/{made}/timeline")
    assert (page.status_code == 200) is finds and (SECRET in page.text + paper.text) is reads
    with visitor.get(f"/occasions/{made}/files/{file_id}") as answer:
        assert (answer.status_code == 200) is reads
    assert SECRET not in visitor.get("/occasions/").text
    assert SECRET not in visitor.get(f"/letters/new?situation=1&shown_by={made}").text


def test_a_leader_finds_it_but_reads_no_confidential_text(world):
    made = occasion(world, "yingji", text=SECRET, confidential=True, files=[world.stored()])
    with world.system() as session:
        file_id = session.scalar(sa.select(Attachment.id).where(Attachment.case_id == made))
    leader = world.as_("leader")
    page = leader.get(f"/occasions/{made}")
    assert page.status_code == 200 and SECRET not in page.text and "不公开" in page.text
    assert leader.get(f"/occasions/{made}/files/{file_id}").status_code == 404
    assert leader.get(f"/occasions/{made}/files/{file_id}/thumbnail").status_code == 404


def test_the_history_repeats_no_confidential_text(world):
    made = occasion(world, "yingji", text=SECRET, confidential=True)
    do(world, "yingji", "answer", made, answer=SECRET)
    assert SECRET not in world.as_("auditor").get("/audit/").text
    assert SECRET not in world.as_("leader").get(f"/occasions/{made}").text


def test_another_units_occasion_is_no_basis(world):
    made = occasion(world, "yingji")
    for who in ("zhujian", "fengcheng"):
        assert world.as_(who).get(f"/occasions/{made}").status_code == 404
        assert "县领导关于" not in world.as_(who).get("/occasions/").text
        assert world.as_(who).get("/letters/lookup?q=县领导").json["results"] == []


@pytest.mark.one_database
@pytest.mark.parametrize("verb", OCCASIONS.verbs)
def test_no_verb_is_ever_half_done(world, verb):
    made, hat, data = occasion(world), world.hats["office"], answers(world, verb)

    def act():
        with session_for(hat.scope) as session:
            perform(session, OCCASIONS, verb, made, None, hat, data, world.day)

    survives(world, verb, act)
    whole(world)


def test_the_list_costs_the_same_however_long(world):
    occasion(world)
    before = costs(world, "/occasions/", "office")
    for _n in range(12):
        made = occasion(world, unit_ids=[world["fengcheng"]], files=[world.stored()])
    assert costs(world, "/occasions/", "office") == before <= 15
    assert costs(world, f"/occasions/{made}", "office") <= 15
