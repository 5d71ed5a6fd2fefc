"""A letter's road: two persons, the number at signing, one document for many, and what its deliveries make of it."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.casework.errors import NotAllowed, Obstacle
from app.casework.history import TimelineEntry
from app.casework.invariants import check
from app.casework.numbering import VoidedNumber
from app.letters.invariants import RULES
from app.organization.models import Organization
from tests.support import delivery_factories as service
from tests.support.letter_factories import CODE, bring, deliveries, do, letter, read


def whole(world) -> None:
    with world.system() as session:
        assert check(session, world.app.config["DATA_DIR"], RULES) == []


def entries(world, letter_id: int) -> list:
    with world.system() as session:
        return session.execute(sa.select(TimelineEntry.__table__).where(
            TimelineEntry.__table__.c.case_id == letter_id).order_by(TimelineEntry.__table__.c.id)).all()


def test_one_letter_with_one_number_is_served_on_each(world):
    letter_id = letter(world, units=("fengcheng", "beiliu", "firm"), submit=True)
    assert read(world, letter_id).turn_role == "reviewer"
    signed = do(world, "office_head", "sign", letter_id)
    assert (signed.state, signed.number, signed.planned) == ("issued", f"{CODE}〔2026〕1号", [])
    assert (signed.signer, signed.checked_by) == ("office_head的人", "office_head的人")
    assert list(deliveries(world, letter_id)) == [world["fengcheng"], world["beiliu"], world["firm"]]
    assert signed.due is not None
    with world.system() as session:
        assert session.get(Organization, world["office"]).issuer_code == CODE
    whole(world)


def test_the_state_follows_the_recipients(world):
    letter_id = bring(world, "issued")
    first, second = deliveries(world, letter_id).values()
    service.do(world, "fengcheng", "acknowledge", first)
    assert read(world, letter_id).state == "in_hand"
    for unit, one in (("fengcheng", first), ("beiliu", second)):
        if unit == "beiliu":
            service.do(world, unit, "acknowledge", one)
        service.do(world, unit, "report", one)
        service.do(world, "office", "accept", one)
        whole(world)
    ended = read(world, letter_id)
    assert (ended.state, ended.closed_on, ended.due) == ("closed", world.day, None)
    service.do(world, "office", "reopen", first)
    assert read(world, letter_id).state == "in_hand" and read(world, letter_id).closed_on is None
    whole(world)


def test_a_hint_that_asks_no_answer_is_done_when_all_have_signed(world):
    letter_id = bring(world, "issued", type="advisory", reply_required=False, plan_days=None, reply_days=None)
    for unit, one in zip(("fengcheng", "beiliu"), deliveries(world, letter_id).values(), strict=True):
        service.do(world, unit, "acknowledge", one)
    assert read(world, letter_id).state == "closed"
    whole(world)


def test_who_wrote_it_neither_checks_nor_signs_it(world):
    """Persons, not roles: the same person with the reviewer's post, and on paper under the own name."""
    letter_id = letter(world, "yingji", submit=True)
    with pytest.raises(NotAllowed):  # the writer's own check is a paper's, with another name
        hat = world.hats["yingji_head"]
        world.hats["yingji_head"] = type(hat)(**{**hat.__dict__, "user_id": world.users["yingji"]})
        do(world, "yingji_head", "sign", letter_id)
    world.hats["yingji_head"] = hat
    for verb in ("check", "sign"):
        with pytest.raises(Obstacle) as refused:
            do(world, "yingji", verb, letter_id, decided_by="yingji 的人")
        assert refused.value.field == "decided_by"
    assert read(world, letter_id).state == "checking"


def test_a_unit_with_one_clerk_records_both_on_paper(world):
    letter_id = letter(world, "yingji", submit=True)
    checked = do(world, "yingji", "check", letter_id, decided_by="副局长", scans=[world.stored()])
    assert (checked.state, checked.checked_by) == ("signing", "副局长")
    signed = do(world, "yingji", "sign", letter_id, decided_by="局长", decided_on=world.day - dt.timedelta(days=1),
                scans=[world.stored("blue")], issuer_code="阳应急函")
    assert (signed.signer, signed.signed_on, signed.number) == (
        "局长", world.day - dt.timedelta(days=1), "阳应急函〔2026〕1号")
    whole(world)


def test_the_office_own_papers_are_not_the_recipients(world):
    letter_id = letter(world, "yingji", submit=True)
    do(world, "yingji_head", "send_back", letter_id, comment="语气太软")
    do(world, "yingji", "submit", letter_id)
    do(world, "yingji", "sign", letter_id, decided_by="局长", scans=[world.stored()], issuer_code="阳应急函")
    verbs = {entry.verb: entry.confined_to_id for entry in entries(world, letter_id)}
    assert verbs["send_back"] == verbs["submit"] == verbs["register"] == world["yingji"]
    assert verbs["sign"] is None
    page = world.as_("fengcheng").get(f"/letters/{letter_id}").text
    assert "语气太软" not in page and "关于抓紧整改消防隐患的督办函" in page and ".jpg" not in page


def test_a_number_from_the_paper_register(world):
    first = letter(world, submit=True)
    assert do(world, "office_head", "sign", first, n=17).number == f"{CODE}〔2026〕17号"
    second = letter(world, submit=True)
    with pytest.raises(Obstacle) as refused:
        do(world, "office_head", "sign", second, n=17)
    assert refused.value.field == "n"
    assert do(world, "office_head", "sign", second).number == f"{CODE}〔2026〕18号"
    third = letter(world, submit=True)
    assert do(world, "office_head", "sign", third, n=4).number == f"{CODE}〔2026〕4号"
    whole(world)


def test_a_code_is_one_units(world):
    bring(world, "issued")
    other = letter(world, "yingji", submit=True)
    for code in (CODE, "YH", None):
        with pytest.raises(Obstacle) as refused:
            do(world, "yingji_head", "sign", other, issuer_code=code)
        assert refused.value.field == "issuer_code"
    assert do(world, "yingji_head", "sign", other, issuer_code="阳应急函").number == "阳应急函〔2026〕1号"


@pytest.mark.parametrize("verb", ["withdraw", "void"])
def test_taken_back_the_number_stays_taken(world, verb):
    letter_id = bring(world, "issued")
    ended = do(world, "office_head", verb, letter_id, comment="发错了单位")
    assert ended.state == {"withdraw": "withdrawn", "void": "void"}[verb]
    with world.system() as session:
        assert session.execute(sa.select(VoidedNumber.number, VoidedNumber.reason)).all() == [
            (ended.number, "发错了单位")]
    assert do(world, "office_head", "sign", letter(world, submit=True)).number == f"{CODE}〔2026〕2号"
    whole(world)


def test_withdrawn_only_before_the_first_signature(world):
    letter_id = bring(world, "issued")
    service.do(world, "fengcheng", "acknowledge", deliveries(world, letter_id)[world["fengcheng"]])
    with pytest.raises((NotAllowed, Obstacle)):
        do(world, "office_head", "withdraw", letter_id)
    assert do(world, "office_head", "void", letter_id).state == "void"
    whole(world)


def test_all_who_have_not_signed_are_chased(world):
    letter_id = bring(world, "issued")
    first, second = deliveries(world, letter_id).values()
    service.do(world, "fengcheng", "acknowledge", first)
    do(world, "office", "chase", letter_id)
    assert [service.read(world, one).chases for one in (first, second)] == [0, 1]
    service.do(world, "beiliu", "acknowledge", second)
    with pytest.raises(Obstacle):
        do(world, "office", "chase", letter_id)
    whole(world)


def test_a_correction_is_told_on_both(world):
    old = bring(world, "issued")
    new = letter(world, submit=True, corrects_id=old, title="更正函")
    assert "corrected_by" not in [entry.verb for entry in entries(world, old)]  # not before it is signed
    number = do(world, "office_head", "sign", new).number
    told = next(entry for entry in entries(world, old) if entry.verb == "corrected_by")
    assert told.extra["number"] == number
    signed = next(entry for entry in entries(world, new) if entry.verb == "sign")
    assert signed.extra["corrected"] == read(world, old).number


def test_a_letter_of_another_unit_is_not_corrected(world):
    old = bring(world, "issued")
    for by in ("fengcheng", "yingji", "other_office"):
        with pytest.raises(Obstacle):
            letter(world, by, units=("zhujian",), corrects_id=old)


def test_a_record_out_of_scope_shows_nothing(world):
    foreign = world.hazard("beiliu", enterprise_id=world["firm2"], rectifiers=[world["firm2"]])
    trigger = {"situation": "4", "own_requirement": None, "shown_by_id": foreign}
    with pytest.raises(Obstacle):
        letter(world, "yingji", triggers=[trigger])
    letter(world, "office", triggers=[trigger])


def test_the_hook_of_who_proposed_it(world, monkeypatch):
    from app.letters import drafting

    called = []
    monkeypatch.setattr(drafting, "on_saved", [lambda session, hat, new, ids, today: called.append((new.id, ids))])
    letter_id = letter(world, proposals=[3, 5])
    letter(world)
    assert called == [(letter_id, [3, 5])]
