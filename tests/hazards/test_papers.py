"""Papers for the field: which notice a hazard is given, what stands on it, and the signed one as proof of receipt."""

import datetime as dt
import io
import re

import pytest
import sqlalchemy as sa

from app.casework.attachments import Attachment
from app.casework.history import TimelineEntry
from app.hazards.states import Source
from app.organization.models import EnterpriseRegulator
from tests.hazards.http import WORDS, send
from tests.hazards.test_statements import MOST, counted

ORDER, NOTICE, OWN = "责令限期整改通知单", "整改通知单", "自查隐患整改单"


def text_of(answer) -> str:
    """What stands on the papers, without tags and spaces."""
    assert answer.status_code == 200
    return re.sub(r"<[^>]+>|\s", "", answer.text.partition("<main")[2])


def title_of(world, hazard_id: int, username: str) -> str:
    found = re.search(r"<article.*?<h1>(.*?)</h1>", world.as_(username).get(f"/hazards/{hazard_id}/notice").text, re.S)
    return found[1]


@pytest.mark.parametrize(("by", "facts", "title"), [
    ("yingji", {}, ORDER),
    ("yingji", {"due_kind": "immediate"}, "责令整改通知单"),
    ("yingji", {"due_kind": "standing", "due": None}, "责令整改通知单"),
    ("fengcheng", {}, NOTICE),  # a township does not order
    ("office", {}, NOTICE),
    ("yingji", {"source": "self_report", "proxy_for": "厂长", "proxy_evidence": "电话"}, OWN),
    ("firm", {}, OWN),
])
def test_who_orders_and_who_gives_notice(world, by, facts, title):
    hazard_id = world.hazard(by, **facts)
    assert title_of(world, hazard_id, by) == title


@pytest.mark.one_database
def test_a_department_orders_no_government_unit_and_none_that_supervises_nothing_orders(world):
    public_place = world.hazard("yingji", enterprise_id=None, rectifiers=[world["beiliu"]])
    assert title_of(world, public_place, "yingji") == NOTICE
    with world.system() as session:
        session.execute(sa.delete(EnterpriseRegulator).where(EnterpriseRegulator.organization_id == world["zhujian"]))
        session.commit()
    assert title_of(world, world.hazard("zhujian"), "zhujian") == NOTICE


def test_what_stands_on_a_notice(world):
    hazard_id = world.hazard(
        description="第一行\n第二行<b>", level="major", criterion_id=world["criterion"], criterion_note="第三条",
        interim_measures="停用该设备", document_number="阳应急责改〔2026〕5号", due=dt.date(2026, 4, 2),
        photos=[world.stored()],
    )
    said = text_of(world.as_("firm").get(f"/hazards/{hazard_id}/notice"))
    for words in (
        world.read(hazard_id).number, "试验铸造厂：", "2026年3月10日，应急管理局对你单位进行检查",
        "第一行", "第二行&lt;b&gt;", "部位或场所：一车间", "重大事故隐患", "检查人：检查人",
        "工贸企业重大事故隐患判定标准第三条", "加装漏电保护", "停用该设备", "阳应急责改〔2026〕5号", "第六十五条",
        "于2026年4月2日前（含当日）完成整改", "检查单位（盖章）", "检查人（签名）", "负责人（签收）", "联系电话",
        "年月日", "一式两份", "拒绝签收的，注明情况", "附：现场照片",
    ):
        assert words in said, words


def test_an_extension_stands_beside_the_first_deadline(world):
    hazard_id = world.hazard(due=dt.date(2026, 4, 2))
    world.do("firm", "ask_extension", hazard_id, new_due=dt.date(2026, 4, 20))
    world.do("yingji_head", "approve_extension", hazard_id)
    said = text_of(world.as_("yingji").get(f"/hazards/{hazard_id}/notice"))
    assert "于2026年4月2日前（含当日）完成整改（经批准延期至2026年4月20日）" in said


@pytest.mark.parametrize("username", ["yingji", "office", "firm"])
def test_the_paper_tells_no_source_and_shows_nothing_confined(world, username):
    """It is handed to the enterprise, whoever prints it."""
    hazard_id = world.hazard(source="tipoff", photos=[world.stored(), world.stored("blue")])
    world.do("firm", "claim", hazard_id, after_photos=[world.stored("green"), world.stored("white")])
    with world.system() as session:
        for file in session.scalars(sa.select(Attachment).where(Attachment.id.in_(
            sa.select(sa.func.max(Attachment.id)).group_by(Attachment.purpose)))):
            file.confined_to_id = world["yingji"]
        session.commit()
    for paper, pictures in (("notice", 1), ("recheck/1", 2)):
        answer = world.as_(username).get(f"/hazards/{hazard_id}/{paper}")
        assert not any(str(source.title) in text_of(answer) for source in Source), paper
        assert answer.text.count("<img ") == pictures, paper


def test_each_round_has_its_own_recheck(world):
    hazard_id = world.hazard(photos=[world.stored()])
    visitor = world.as_("firm")
    assert visitor.get(f"/hazards/{hazard_id}/recheck/1").status_code == 404  # nothing is reported yet
    world.do("firm", "claim", hazard_id, progress="第一次整改", after_photos=[world.stored("green")])
    open_form = visitor.get(f"/hazards/{hazard_id}/recheck/1")
    assert "√" not in text_of(open_form) and 'class="lines"' in open_form.text
    world.do("yingji", "fail_recheck", hazard_id, opinion="仍缺一处")
    world.do("firm", "claim", hazard_id, progress="第二次整改")
    world.do("yingji", "pass_recheck", hazard_id, opinion="已全部加装")
    first, second = (text_of(visitor.get(f"/hazards/{hazard_id}/recheck/{n}")) for n in (1, 2))
    assert "第一次整改" in first and "仍缺一处" in first and "√整改不合格" in first and "第1轮" in first
    assert "第二次整改" in second and "已全部加装" in second and "√整改合格" in second and "仍缺一处" not in second
    assert visitor.get(f"/hazards/{hazard_id}/recheck/3").status_code == 404
    assert "整改前" in first and "整改后" in first


def test_a_draft_is_not_printed_and_a_cancelled_one_says_so(world):
    draft = world.hazard(issue=False)
    assert world.as_("yingji").get(f"/hazards/{draft}/notice").status_code == 404
    cancelled = world.bring_to("cancelled")
    assert title_of(world, cancelled, "yingji") == f"{ORDER}（已撤销）"


def test_many_notices_in_the_order_of_the_ticks(world):
    ids = [world.hazard(description=f"第{n}条隐患") for n in range(3)]
    other, draft = world.hazard("beiliu", enterprise_id=world["firm2"], rectifiers=[world["firm2"]],
                                description=WORDS), world.hazard(issue=False, description=WORDS)
    answer = world.as_("yingji").send("/hazards/notices", {"rowid": [*reversed(ids), other, draft, "x", 999_999]})
    assert re.findall(r"第(\d)条隐患", answer.text) == ["2", "1", "0"]
    assert answer.text.count("<article") == 3
    assert WORDS not in answer.text


@pytest.mark.one_database
def test_nothing_ticked_and_too_many_are_told(world):
    visitor = world.as_("yingji")
    for rows, words in (([], "没有可打印的"), (range(1, 52), "一次最多打印50份")):
        answer = visitor.send("/hazards/notices", {"rowid": [*rows]}, follow_redirects=True)
        assert words in answer.text


def test_many_notices_cost_the_statements_of_few(world):
    visitor = world.as_("yingji")

    def sent_for(count: int) -> list[str]:
        ids = [world.hazard(photos=[world.stored()], criterion_id=world["criterion"], level="major",
                            criterion_note="第三条") for _ in range(count)]
        visitor.send("/hazards/notices", {"rowid": ids[:1]})
        with counted(world.app) as sent:
            assert visitor.send("/hazards/notices", {"rowid": ids}).text.count("<article") == count
        return sent

    few, many = sent_for(2), sent_for(30)
    assert len(many) == len(few) <= MOST, "\n".join(many)


# ── the signed notice comes back ───────────────────────────────────────────────────────────────────────────────
def acknowledged(world, hazard_id: int) -> tuple[list[str], dict]:
    """`(purposes of the files, evidence in the timeline)`."""
    with world.system() as session:
        purposes = session.scalars(sa.select(Attachment.purpose).where(Attachment.case_id == hazard_id)).all()
        entry = session.scalars(sa.select(TimelineEntry).where(
            TimelineEntry.case_id == hazard_id, TimelineEntry.verb == "acknowledge")).one_or_none()
    return purposes, entry.extra if entry else {}


@pytest.mark.parametrize("username", ["yingji", "fengcheng", "zhujian", "office"])
def test_the_signed_notice_is_evidence_enough(world, username):
    hazard_id = world.hazard()
    answer = send(world, world.as_(username), "acknowledge", hazard_id, proxy_evidence=None, proxy_for="张厂长")
    assert answer.status_code == 302
    purposes, evidence = acknowledged(world, hazard_id)
    assert world.read(hazard_id).acknowledged_on == world.day
    assert purposes == ["paper"]
    assert evidence["proxy_for"] == "张厂长" and "签收单" in evidence["proxy_evidence"]


@pytest.mark.one_database
def test_neither_paper_nor_other_evidence_is_no_receipt(world):
    hazard_id = world.hazard()
    for nothing in ("", "  "):
        answer = send(world, world.as_("yingji"), "acknowledge", hazard_id, proxy_evidence=nothing, paper_scan=None)
        assert answer.status_code == 422 and "请附上签收单" in answer.text
    assert world.read(hazard_id).acknowledged_on is None
    assert send(world, world.as_("yingji"), "acknowledge", hazard_id, paper_scan=None).status_code == 302
    assert acknowledged(world, hazard_id)[1]["proxy_evidence"] == "电话"


@pytest.mark.one_database
def test_what_is_no_scan_is_told_at_the_field(world):
    hazard_id = world.hazard()
    answer = send(world, world.as_("yingji"), "acknowledge", hazard_id,
                  paper_scan=(io.BytesIO(b"MZ" * 50), "签收单.jpg"))
    assert answer.status_code == 422
    assert world.read(hazard_id).acknowledged_on is None


@pytest.mark.one_database
def test_the_case_page_leads_to_the_papers_and_to_the_upload(world):
    hazard_id = world.hazard(heads="李厂长")
    page = world.as_("yingji").get(f"/hazards/{hazard_id}").text
    assert f"/hazards/{hazard_id}/notice" in page and f"/hazards/{hazard_id}/timeline" in page
    assert re.search(rf'href="/hazards/{hazard_id}/do/acknowledge"[^>]*>.*?上传签收单', page)
    assert 'value="李厂长"' in world.as_("yingji").get(f"/hazards/{hazard_id}/do/acknowledge").text
    assert "上传签收单" not in world.as_("firm").get(f"/hazards/{hazard_id}").text
    world.do("firm", "acknowledge", hazard_id)
    page = world.as_("yingji").get(f"/hazards/{hazard_id}").text
    assert re.search(rf'href="/hazards/{hazard_id}/do/add_files\?purpose=paper"[^>]*>.*?上传签收单', page)
    form = world.as_("yingji").get(f"/hazards/{hazard_id}/do/add_files?purpose=paper").text
    assert re.search(r'<input[^>]*checked[^>]*value="paper"', form)


# ── the timeline ───────────────────────────────────────────────────────────────────────────────────────────────
def test_the_timeline_is_printed_as_its_reader_sees_it(world):
    hazard_id = world.hazard()
    world.do("firm", "claim", hazard_id)
    world.do("yingji", "fail_recheck", hazard_id, opinion="仍缺一处")
    said = text_of(world.as_("firm").get(f"/hazards/{hazard_id}/timeline"))
    assert said.index("登记") < said.index("报告整改完成") < said.index("复查不通过")
    assert "仍缺一处" in said
