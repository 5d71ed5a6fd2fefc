"""From the order to 销号: claims, rechecks, rounds, filling in, withdrawal, each as the role concerned."""

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.hazards.http import registered, rounds, send, typed


@pytest.mark.clause("1.2.2")
def test_prevention_is_required_to_claim(world, enter):
    hazard_id, firm = world.hazard(), enter("firm")
    for missing in ("prevention", "progress", "claimed_on"):
        for nothing in ("", "   "):
            answer = send(world, firm, "claim", hazard_id, **{missing: nothing})
            assert answer.status_code == 422, missing
    for day in ("2026-03-21", "2026-03-01"):  # tomorrow; before the inspection
        assert send(world, firm, "claim", hazard_id, claimed_on=day).status_code == 422
    assert world.read(hazard_id).state == "rectifying"
    assert send(world, firm, "claim", hazard_id).status_code == 302


def test_claimed_and_verified_are_two_days(world, enter):
    hazard_id = world.hazard()
    send(world, enter("firm"), "claim", hazard_id, claimed_on="2026-03-15")
    before_the_claim = send(world, enter("yingji"), "pass_recheck", hazard_id, rechecked_on="2026-03-14")
    assert before_the_claim.status_code == 422
    send(world, enter("yingji"), "pass_recheck", hazard_id, rechecked_on="2026-03-18")
    hazard = world.read(hazard_id)
    assert (hazard.claimed_on, hazard.closed_on) == (dt.date(2026, 3, 15), dt.date(2026, 3, 18))


def test_sent_back_rectified_again_and_closed_each_round_kept(world, enter):
    hazard_id, firm, clerk = world.hazard(), enter("firm"), enter("yingji")
    due = world.read(hazard_id).due
    send(world, firm, "claim", hazard_id, progress="第一次")
    send(world, clerk, "fail_recheck", hazard_id, opinion="仍缺一处")
    hazard = world.read(hazard_id)
    assert (hazard.state, hazard.round_number, hazard.due, hazard.claimed_on) == ("rectifying", 2, due, None)
    send(world, firm, "claim", hazard_id, progress="第二次")
    send(world, clerk, "pass_recheck", hazard_id, opinion="合格")
    assert [(r.progress, r.opinion, r.passed) for r in rounds(world, hazard_id)] == [
        ("第一次", "仍缺一处", False), ("第二次", "合格", True)]
    page = firm.get(f"/hazards/{hazard_id}").text
    for words in ("第一次", "仍缺一处", "第二次", "合格"):
        assert words in page


def test_the_rectifier_never_rechecks_its_own(world, enter):
    """A bureau that rectifies is not offered the recheck, cannot be named for it, and cannot take it over."""
    clerk = enter("zhujian")
    refused = clerk.send("/hazards/new", typed(
        world, inspecting_unit_id=world["zhujian"], rectifiers=world["zhujian"], recheck_unit_id=world["zhujian"]))
    assert refused.status_code == 422
    hazard_id = registered(world, clerk, inspecting_unit_id=world["zhujian"], rectifiers=world["zhujian"])
    assert world.read(hazard_id).recheck_unit_id != world["zhujian"]
    send(world, clerk, "claim", hazard_id)
    assert send(world, clerk, "pass_recheck", hazard_id).status_code == 403
    for receiver in ("zhujian", "yingji"):
        answer = send(world, enter("yingji"), "ask_transfer", hazard_id, receiver_id=world[receiver])
        assert answer.status_code == 422, receiver
    assert world.read(hazard_id).state == "awaiting_recheck"


def test_filling_in_for_an_enterprise_names_whom_and_on_what_evidence(world, enter):
    """代填: township or regulator, never without evidence."""
    hazard_id, clerk = world.hazard(), enter("fengcheng")
    assert 'name="proxy_evidence"' in clerk.get(f"/hazards/{hazard_id}/do/claim").text
    for missing in ("proxy_for", "proxy_evidence"):
        assert send(world, clerk, "claim", hazard_id, **{missing: ""}).status_code == 422
    assert send(world, clerk, "claim", hazard_id, proxy_for="厂长甲", proxy_evidence="电话 3月20日").status_code == 302
    page = enter("firm").get(f"/hazards/{hazard_id}").text
    assert "厂长甲" in page and "电话 3月20日" in page
    assert enter("beiliu").get(f"/hazards/{hazard_id}/do/claim").status_code == 404


def test_nobody_fills_in_for_a_government_unit(world, enter):
    hazard_id = world.hazard(rectifiers=[world["beiliu"]])
    for username in ("yingji", "fengcheng", "office"):
        assert send(world, enter(username), "claim", hazard_id).status_code == 403, username
    send(world, enter("beiliu"), "claim", hazard_id)
    assert world.read(hazard_id).state == "awaiting_recheck"


def test_a_unit_accepts_for_itself(world, enter):
    """Reassigned to a township, it is the township that accepts: nobody stands in for it."""
    hazard_id = world.hazard()
    send(world, enter("yingji"), "ask_reassign", hazard_id, receiver_id=world["beiliu"])
    for username in ("yingji", "fengcheng", "zhujian", "office", "firm"):
        assert send(world, enter(username), "accept_reassign", hazard_id).status_code == 403, username
    assert send(world, enter("beiliu"), "accept_reassign", hazard_id).status_code == 302
    assert world.read(hazard_id).rectifier_ids == [world["beiliu"]]


def test_receipt_lies_between_inspection_and_today(world, enter):
    hazard_id, firm = world.hazard(), enter("firm")
    for day in ("2026-03-21", "2026-03-09"):
        assert send(world, firm, "acknowledge", hazard_id, acknowledged_on=day).status_code == 422, day
    assert send(world, firm, "acknowledge", hazard_id, acknowledged_on="2026-03-10").status_code == 302
    assert world.read(hazard_id).acknowledged_on == dt.date(2026, 3, 10)


def test_long_names_fit_their_signature(world, enter):
    """An enterprise's registered name and a person's may be longer together than the column."""
    with world.system() as session:
        session.execute(sa.text("update organizations set name = :name where id = :id"),
                        {"name": "甲" * 120, "id": world["firm"]})
        session.commit()
    hazard_id = world.hazard()
    assert send(world, enter("firm"), "claim", hazard_id).status_code == 302
    assert rounds(world, hazard_id)[0].claimed_by.endswith("firm的人")


def test_withdrawn_before_receipt_only(world, enter):
    clerk = enter("yingji")
    early, late = world.hazard(), world.hazard()
    send(world, enter("firm"), "acknowledge", late)
    assert send(world, clerk, "withdraw", late).status_code == 422
    assert f"/hazards/{late}/do/withdraw" not in clerk.get(f"/hazards/{late}").text
    number = world.read(early).number
    assert send(world, clerk, "withdraw", early).status_code == 302
    assert world.read(early).state == "registered" and enter("firm").get(f"/hazards/{early}").status_code == 404
    send(world, clerk, "submit", early)
    assert world.read(early).number == number, "the number stays the case's"
