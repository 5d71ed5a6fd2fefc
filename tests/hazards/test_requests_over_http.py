"""Asked by one, decided by another: extension, level, cancellation, transfer, paper decisions."""

import datetime as dt

import sqlalchemy as sa

from app.casework.attachments import Attachment
from tests.hazards.http import registered, send, upload


def test_an_extension_is_asked_before_the_deadline_and_the_original_is_kept(world, enter):
    hazard_id, firm = world.hazard(), enter("firm")
    due = world.read(hazard_id).due
    assert send(world, firm, "ask_extension", hazard_id, new_due=due.isoformat()).status_code == 422
    assert send(world, firm, "ask_extension", hazard_id, new_due="2026-05-01").status_code == 302
    assert world.read(hazard_id).due == due, "asked is not granted"
    head = enter("yingji_head")
    assert send(world, head, "approve_extension", hazard_id).status_code == 302
    hazard = world.read(hazard_id)
    assert (hazard.due, hazard.original_due) == (dt.date(2026, 5, 1), due)
    page = firm.get(f"/hazards/{hazard_id}").text
    assert "2026-05-01" in page and due.isoformat() in page
    world.move_to(dt.date(2026, 5, 2))
    assert send(world, firm, "ask_extension", hazard_id, new_due="2026-06-01").status_code == 422


def test_who_decides_reads_what_is_asked_and_may_answer_otherwise(world, enter):
    """On the form itself: by whom, until when and why, and the way to the other answer."""
    hazard_id, head = world.hazard(), enter("yingji_head")
    send(world, enter("firm"), "ask_extension", hazard_id, new_due="2026-05-01", reason="设备到货推迟")
    page = head.get(f"/hazards/{hazard_id}/do/approve_extension").text
    assert "设备到货推迟" in page and "2026-05-01" in page
    assert f"/hazards/{hazard_id}/do/refuse_extension" in page and "/do/ask_" not in page
    assert "设备到货推迟" in head.get(f"/hazards/{hazard_id}/do/refuse_extension").text
    chased = enter("yingji").get(f"/hazards/{hazard_id}/do/chase").text
    assert "设备到货推迟" not in chased and "extension" not in chased, "chasing answers nothing"


def test_a_list_offers_the_decision_to_who_takes_it(world, enter):
    """What was decided on paper is taken down on its page."""
    hazard_id = world.hazard()
    send(world, enter("firm"), "ask_extension", hazard_id)
    step = f"/hazards/{hazard_id}/do/approve_extension"
    assert step in enter("yingji_head").get("/hazards/").text
    clerk = enter("yingji")
    assert step not in clerk.get("/hazards/").text and step in clerk.get(f"/hazards/{hazard_id}").text


def test_a_recheck_shows_what_was_reported(world, enter):
    hazard_id, clerk = world.hazard(), enter("yingji")
    send(world, enter("firm"), "claim", hazard_id, progress="线路已穿管", prevention="每周巡查一次")
    page = clerk.get(f"/hazards/{hazard_id}/do/pass_recheck").text
    assert "线路已穿管" in page and "每周巡查一次" in page and f"/hazards/{hazard_id}/do/fail_recheck" in page
    assert f"/hazards/{hazard_id}/do/pass_recheck" in clerk.get(f"/hazards/{hazard_id}/do/fail_recheck").text


def test_on_the_day_of_the_deadline_it_is_not_too_late_to_ask(world, enter):
    hazard_id = world.hazard()
    world.move_to(world.read(hazard_id).due)
    assert send(world, enter("firm"), "ask_extension", hazard_id).status_code == 302


def test_a_refused_extension_leaves_the_deadline(world, enter):
    hazard_id = world.hazard()
    due = world.read(hazard_id).due
    send(world, enter("firm"), "ask_extension", hazard_id)
    assert send(world, enter("yingji_head"), "refuse_extension", hazard_id, comment="").status_code == 422
    assert send(world, enter("yingji_head"), "refuse_extension", hazard_id, comment="理由不足").status_code == 302
    assert world.read(hazard_id).due == due and world.read(hazard_id).open_request is None


def test_one_open_request_at_a_time(world, enter):
    hazard_id, clerk = world.hazard(), enter("yingji")
    send(world, enter("firm"), "ask_extension", hazard_id)
    for verb in ("ask_cancel", "ask_gone", "ask_transfer", "ask_reassign"):
        assert send(world, clerk, verb, hazard_id).status_code == 422, verb
    assert send(world, enter("yingji_head"), "approve_cancel", hazard_id).status_code == 403


def test_a_decision_on_paper_is_recorded_with_its_scan(world, enter):
    """代录: who decided, when, the scan; without any of them it does not count."""
    hazard_id, clerk = world.hazard(), enter("yingji")
    send(world, enter("firm"), "ask_extension", hazard_id)
    page = clerk.get(f"/hazards/{hazard_id}/do/approve_extension").text
    assert 'name="decided_by"' in page and 'name="paper_scan"' in page
    for missing in ("decided_by", "decided_on", "paper_scan"):
        assert send(world, clerk, "approve_extension", hazard_id, **{missing: None}).status_code == 422, missing
    assert send(world, clerk, "approve_extension", hazard_id, decided_on="2026-03-21").status_code == 422
    answer = send(world, clerk, "approve_extension", hazard_id, decided_by="分管局长", decided_on="2026-03-19",
                  paper_scan=upload(name="批示.jpg"))
    assert answer.status_code == 302
    page = clerk.get(f"/hazards/{hazard_id}").text
    assert "分管局长" in page and "2026-03-19" in page
    with world.system() as session:
        (scan,) = session.scalars(sa.select(Attachment).where(Attachment.case_id == hazard_id))
    assert scan.purpose == "paper"
    assert world.read(hazard_id).due > world.read(hazard_id).original_due


def test_up_at_once_down_with_a_second_person(world, enter):
    hazard_id, clerk, head = world.hazard(), enter("yingji"), enter("yingji_head")
    assert send(world, clerk, "raise_level", hazard_id, criterion_note="").status_code == 422
    assert send(world, clerk, "raise_level", hazard_id).status_code == 302
    assert world.read(hazard_id).level == "major"
    assert send(world, clerk, "ask_downgrade", hazard_id).status_code == 302
    assert world.read(hazard_id).level == "major"
    himself = send(world, clerk, "approve_downgrade", hazard_id, decided_by=world.hats["yingji"].user_name)
    assert himself.status_code == 422
    assert send(world, head, "approve_downgrade", hazard_id).status_code == 302
    assert world.read(hazard_id).level == "general"


def test_two_persons_not_two_hats(world, enter):
    """One person who is clerk and reviewer at once asks with the one hat and may not decide with the other."""
    with world.system() as session:
        second = sa.text(
            "insert into posts (user_id, organization_id, role, version) values (:u, :o, 'unit_reviewer', 1)"
        )
        session.execute(second, {"u": world.users["yingji"], "o": world["yingji"]})
        session.commit()
        post = session.execute(sa.text("select max(id) from posts")).scalar()
    hazard_id, both = world.hazard(), enter("yingji")
    send(world, both, "ask_cancel", hazard_id)
    assert both.send("/hats/wear", {"post": post}).status_code == 302
    assert send(world, both, "approve_cancel", hazard_id).status_code == 422
    assert world.read(hazard_id).state == "rectifying"


def test_cancelled_with_reason_and_second_person_the_number_stays_taken(world, enter):
    hazard_id, clerk = world.hazard(), enter("yingji")
    assert send(world, clerk, "ask_cancel", hazard_id, reason="").status_code == 422
    send(world, clerk, "ask_cancel", hazard_id, reason="误报")
    assert world.read(hazard_id).state == "rectifying"
    send(world, enter("yingji_head"), "approve_cancel", hazard_id)
    assert world.read(hazard_id).state == "cancelled"
    assert "误报" in clerk.get(f"/hazards/{hazard_id}").text
    assert world.read(registered(world, clerk)).number != world.read(hazard_id).number


def test_subject_gone_is_verified_by_another(world, enter):
    hazard_id = world.hazard()
    send(world, enter("fengcheng"), "ask_gone", hazard_id, reason="企业已注销拆除")
    assert world.read(hazard_id).state == "rectifying"
    send(world, enter("yingji_head"), "approve_gone", hazard_id)
    assert world.read(hazard_id).state == "subject_gone"


def test_who_asked_takes_the_request_back_and_nobody_else(world, enter):
    hazard_id, clerk, receiver = world.hazard(), enter("yingji"), enter("zhujian")
    send(world, clerk, "ask_transfer", hazard_id)
    assert send(world, receiver, "take_back", hazard_id, comment="替他撤回").status_code == 403
    send(world, clerk, "take_back", hazard_id, comment="发错单位")
    hazard = world.read(hazard_id)
    assert (hazard.open_request, hazard.turn_organization_id) == (None, world["firm"])
    assert send(world, receiver, "accept_transfer", hazard_id).status_code in (403, 404, 409)
    assert world.read(hazard_id).recheck_unit_id == world["yingji"]


def test_handed_over_when_the_receiver_accepts_and_the_deadline_does_not_restart(world, enter):
    hazard_id, clerk, receiver = world.hazard(), enter("yingji"), enter("zhujian")
    before = world.read(hazard_id)
    send(world, clerk, "ask_transfer", hazard_id)
    assert world.read(hazard_id).recheck_unit_id == before.recheck_unit_id
    assert send(world, receiver, "return_transfer", hazard_id, comment="").status_code == 422
    send(world, receiver, "return_transfer", hazard_id, comment="不属我局职责")
    assert world.read(hazard_id).recheck_unit_id == world["yingji"]
    assert "不属我局职责" in clerk.get(f"/hazards/{hazard_id}").text
    send(world, clerk, "ask_transfer", hazard_id)
    send(world, receiver, "accept_transfer", hazard_id)
    after = world.read(hazard_id)
    assert (after.recheck_unit_id, after.due, after.original_due) == (world["zhujian"], before.due, before.original_due)
    send(world, enter("firm"), "claim", hazard_id)
    assert send(world, clerk, "pass_recheck", hazard_id).status_code == 403
    assert send(world, receiver, "pass_recheck", hazard_id).status_code == 302


def test_reassigned_the_deadline_does_not_restart(world, enter):
    hazard_id = world.hazard()
    before = world.read(hazard_id)
    send(world, enter("yingji"), "ask_reassign", hazard_id)
    assert world.read(hazard_id).rectifier_ids == [world["firm"]]
    send(world, enter("firm3"), "accept_reassign", hazard_id)
    after = world.read(hazard_id)
    assert after.rectifier_ids == [world["firm3"]] and after.due == before.due
    assert enter("firm3").get(f"/hazards/{hazard_id}").status_code == 200
