"""A letter through its forms: what is typed stays, what is posted past the scope is refused, one form one letter."""

import io
import re
import uuid

import openpyxl
import pytest
import sqlalchemy as sa

from app.casework.attachments import Attachment
from app.casework.cases import Case
from app.casework.unit_of_work import unit_of_work
from app.letters.models import Letter, Trigger
from app.organization.models import Organization
from tests.letters.http import drafted, send, typed
from tests.support import delivery_factories as service
from tests.support.letter_factories import CODE, bring, deliveries, letter, read


def letters(world) -> int:
    with world.system() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Letter.__table__))


@pytest.mark.clause("4.1.1", "4.2.4")
def test_from_the_form_to_each_recipient(world):
    letter_id = drafted(world, world.as_("office"))
    assert read(world, letter_id).state == "checking"
    assert send(world, world.as_("office_head"), "check", letter_id).status_code == 302
    assert send(world, world.as_("office_head"), "sign", letter_id).status_code == 302
    signed = read(world, letter_id)
    assert (signed.state, signed.number, signed.signer) == ("issued", f"{CODE}〔2026〕1号", "office_head的人")
    for unit in ("fengcheng", "beiliu"):
        page = world.as_(unit).get(f"/letters/{letter_id}")
        assert page.status_code == 200
        for words in (signed.number, "消防通道被占用", "2026-04-10", "3个工作日", "四（二）4"):
            assert words in page.text, words
    assert world.as_("yingji").get(f"/letters/{letter_id}").status_code == 404


def test_a_letter_is_checked_before_it_is_signed(world):
    """In 核稿 the check is the coloured button and what the list offers; then the signature."""
    letter_id, head = drafted(world, world.as_("office")), world.as_("office_head")
    for due, verb in (("核稿通过", "check"), ("签发", "sign")):
        bar = head.get(f"/letters/{letter_id}").text.split('class="case-verbs"')[1]
        assert re.findall(r'<a class="btn btn-primary"[^>]*>([^<]+)</a>', bar) == [due]
        assert f"/letters/{letter_id}/do/{verb}" in head.get("/letters/").text
        assert send(world, head, verb, letter_id).status_code == 302


@pytest.mark.clause("4.2.1", "4.2.2", "4.2.3", "4.2.5", "4.2.6")
@pytest.mark.parametrize("situation", "12356")
def test_each_situation_carries_a_letter(world, situation):
    letter_id = drafted(world, world.as_("office"), situation_4=None, **{f"situation_{situation}": "y"})
    send(world, world.as_("office_head"), "sign", letter_id)
    page = world.as_("fengcheng").get(f"/letters/{letter_id}").text
    assert f"四（二）{situation}" in page and "四（二）4" not in page


def test_one_letter_to_all_townships(world):
    letter_id = drafted(world, world.as_("office"), recipients=None, townships="y", type="advisory",
                        situation_4=None, situation_6="y", reply_required=None)
    send(world, world.as_("office_head"), "sign", letter_id)
    assert set(deliveries(world, letter_id)) == {world["fengcheng"], world["beiliu"]}
    assert letters(world) == 1 and read(world, letter_id).reply_days is None


FAULTS = {
    "title": {"title": " "}, "grounds": {"grounds": ""}, "recipients": {"recipients": None},
    "situations": {"situation_4": None}, "reply_days": {"reply_days": ""}, "plan_days": {"plan_days": "9"},
    "problems": {"problems-0-due": "2026-03-01"}, "type": {"type": "angry"},
}


@pytest.mark.parametrize("field", FAULTS)
def test_a_fault_is_told_and_what_was_typed_stays(world, field):
    answer = world.as_("office").send("/letters/new", typed(world, contact="王五　0356-1", **FAULTS[field]))
    assert answer.status_code == 422 and letters(world) == 0
    assert "alert-danger" in answer.text
    for words in ("王五　0356-1", "消防通道被占用", "凤城镇" if field != "recipients" else "立即整改。"):
        assert words in answer.text


def test_a_form_sent_twice_makes_one_letter(world):
    form = typed(world, client_key=str(uuid.uuid4()))
    first, second = (world.as_("office").send("/letters/new", form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"] and letters(world) == 1


def test_a_record_out_of_scope_is_refused(world):
    """Posted, or found while typing, or brought by the address."""
    firm = world["firm2"]
    foreign = world.hazard("beiliu", enterprise_id=firm, rectifiers=[firm], description="别家的隐患")
    own = world.hazard("yingji", description="自家的隐患")
    yingji = world.as_("yingji")
    answer = yingji.send("/letters/new", typed(world, recipients=[world["firm"]], shown_4=[str(foreign)]))
    assert answer.status_code == 422 and letters(world) == 0
    letter_id = drafted(world, yingji, recipients=[world["firm"]], shown_4=[str(own)])
    with world.system() as session:
        assert session.scalars(sa.select(Trigger.shown_by_id).where(Trigger.case_id == letter_id)).all() == [own]
    found = yingji.get("/letters/lookup?q=的隐患").json["results"]
    assert [row["id"] for row in found] == [own]
    page = yingji.get(f"/letters/new?situation=4&shown_by={foreign}&shown_by={own}").text
    assert "自家的隐患" in page and "别家的隐患" not in page


@pytest.mark.parametrize("who", ["other_office", "firm", "leader", "auditor", "admin", "office_head"])
def test_who_drafts_nothing(world, who):
    assert world.as_(who).send("/letters/new", typed(world)).status_code in (403, 422)
    assert letters(world) == 0


def test_recipients_of_another_county_are_refused(world):
    answer = world.as_("office").send("/letters/new", typed(world, recipients=[str(world.other.units["fengcheng"])]))
    assert answer.status_code == 422 and letters(world) == 0


def test_the_address_fills_a_fresh_form(world):
    hazard = world.hazard(description="配电箱无漏电保护")
    query = f"unit={world['fengcheng']}&situation=4&shown_by={hazard}&proposal=3&proposal=x"
    office = world.as_("office")
    page = office.get(f"/letters/new?type=supervisory&{query}").text
    for words in ("配电箱无漏电保护", "凤城镇", 'name="proposals" type="hidden" value="3"'):
        assert words in page, words
    assert 'name="reply_days" type="text" value="7"' in page.replace('type="number"', 'type="text"')  # of a 督办函
    assert office.get("/letters/new?unit=x&situation=9&shown_by=-1&type=no&from_letter=77").status_code == 200


def test_escalating_goes_to_who_has_not_answered(world):
    old = bring(world, "issued", type="reminder", title="关于消防隐患的提醒函")
    first = deliveries(world, old)[world["fengcheng"]]
    for verb, who in (("acknowledge", "fengcheng"), ("report", "fengcheng"), ("accept", "office")):
        service.do(world, who, verb, first)
    page = world.as_("office").get(f"/letters/new?from_letter={old}").text
    assert "关于消防隐患的督办函" in page and "北留镇" in page and "凤城镇" not in page
    new = drafted(world, world.as_("office"), recipients=[world["beiliu"]], escalated_from_id=str(old))
    send(world, world.as_("office_head"), "sign", new)
    assert read(world, new).number in world.as_("beiliu").get(f"/letters/{old}").text


def test_a_draft_is_edited_until_it_is_sent(world):
    letter_id = drafted(world, world.as_("office"), submit=None, draft="1")
    office, version = world.as_("office"), str(read(world, letter_id).version)
    form = typed(world, title="关于整改的督办函", version=version, submit=None, **{"problems-0-text": "台账不全"})
    assert office.send(f"/letters/{letter_id}/edit", form).status_code == 302
    assert read(world, letter_id).title == "关于整改的督办函"
    timeline = office.get(f"/letters/{letter_id}").text
    assert "消防通道被占用" in timeline and "台账不全" in timeline  # what it said before stands in the history
    assert office.send(f"/letters/{letter_id}/edit", form).status_code == 409
    send(world, office, "submit", letter_id)
    assert office.send(f"/letters/{letter_id}/edit", form).status_code == 302
    assert read(world, letter_id).title == "关于整改的督办函" and read(world, letter_id).state == "checking"


@pytest.mark.parametrize("who", ["fengcheng", "beiliu", "yingji", "office_head", "other_office"])
def test_a_draft_is_its_issuers(world, who):
    draft = letter(world)
    expected = 200 if who == "office_head" else 404
    assert world.as_(who).get(f"/letters/{draft}").status_code == expected
    assert ("关于抓紧整改" in world.as_(who).get("/letters/").text) is (expected == 200)


def test_the_list_opens_what_it_is_asked_for(world):
    open_, closed = bring(world, "issued"), bring(world, "closed", type="reminder", title="关于燃气的提醒函")
    office = world.as_("office")
    for query, sees in (("", (True, True)), ("type=reminder", (False, True)), ("state=closed", (False, True)),
                        ("due=unsigned", (True, False)), ("due=unanswered", (True, False)),
                        ("due=over", (False, False)),
                        ("situation=4", (True, True)), ("situation=6", (False, False)), ("q=燃气", (False, True)),
                        (f"unit={world['fengcheng']}", (True, True)), (f"unit={world['yingji']}", (False, False)),
                        ("since=2026-03-20&until=2026-03-20", (True, True)), ("until=2026-03-01", (False, False))):
        page = office.get(f"/letters/?{query}").text
        assert (f"/letters/{open_}" in page, f"/letters/{closed}" in page) == sees, query


def test_the_export_has_a_row_for_each_recipient(world):
    bring(world, "closed")
    with world.as_("office").get("/letters/export") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    for words in (f"{CODE}〔2026〕1号", "督办函", "四（二）4", "凤城镇", "北留镇", "按期", "2026-03-20"):
        assert words in cells, words
    assert cells.count("按期") == 3  # the head of the column, and each of the two
    with world.as_("fengcheng").get("/letters/export") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert "北留镇" not in [cell for row in sheet.iter_rows(values_only=True) for cell in row]


def test_a_code_is_asked_once_and_kept(world):
    first = drafted(world, world.as_("yingji"), recipients=[world["firm"]])
    head = world.as_("yingji_head")
    assert 'name="issuer_code"' in head.get(f"/letters/{first}/do/sign").text
    refused = send(world, head, "sign", first, issuer_code="")
    assert refused.status_code == 422 and read(world, first).state == "checking"
    assert send(world, head, "sign", first, issuer_code="阳应急函").status_code == 302
    second = drafted(world, world.as_("yingji"), recipients=[world["firm"]])
    assert 'name="issuer_code"' not in head.get(f"/letters/{second}/do/sign").text
    taken = send(world, head, "sign", second, n="1")
    assert taken.status_code == 422 and "阳应急函〔2026〕1号" in taken.text


def test_who_comes_second_is_told(world):
    letter_id = drafted(world, world.as_("office"))
    version = read(world, letter_id).version
    assert send(world, world.as_("office_head"), "check", letter_id).status_code == 302
    assert send(world, world.as_("office_head"), "sign", letter_id, version=version).status_code == 409
    assert read(world, letter_id).state == "signing"


def test_nothing_is_left_behind_by_a_refused_signature(world):
    letter_id = drafted(world, world.as_("office"))
    send(world, world.as_("office_head"), "sign", letter_id, issuer_code="x")
    assert read(world, letter_id).number is None
    with world.system() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Case.__table__).where(
            Case.__table__.c.kind == "delivery")) == 0


@pytest.mark.parametrize(("state", "told"), [
    ("draft", "起草"), ("issued", "已发"), ("in_hand", "办理中"), ("closed", "办结"), ("void", "作废")])
def test_the_record_on_paper_tells_the_letters_own_state(world, state, told):
    page = world.as_("office").get(f"/letters/{bring(world, state)}/timeline")
    assert page.status_code == 200 and f"现在：{told}" in page.text


@pytest.mark.parametrize("asked", ["from_letter", "corrects"])
def test_what_follows_goes_to_the_successor_of_a_merged_unit(world, asked):
    letter_id = bring(world, "issued", units=("beiliu",))
    with world.system() as session, unit_of_work(session):
        merged = session.get(Organization, world["beiliu"])
        merged.active, merged.successor_id = False, world["fengcheng"]
    page = world.as_("office").get(f"/letters/new?{asked}={letter_id}").text
    assert f'name="recipients" value="{world["fengcheng"]}"' in page


def test_a_words_file_name_shows_all_that_is_in_it(world):
    letter_id = letter(world, title="关于整改的\u202e函", submit=True)
    send(world, world.as_("office_head"), "sign", letter_id)
    with world.system() as session:
        assert session.scalar(sa.select(Attachment.original_name)) == "关于整改的函.docx"
