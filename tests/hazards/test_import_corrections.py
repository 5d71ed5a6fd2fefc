"""What is typed beside a fault: never lost, looked at again before anything goes in, mended once for all."""

import io

import openpyxl
import pytest
import sqlalchemy as sa

from app.hazards.models import Hazard
from app.organization.models import Enterprise, Organization
from tests.hazards.ledgers import CLAIMED, HEADS, confirm, ledger, planned, row, upload

BAD_DAY, NO_DAY = "台账!4!inspected_on", "台账!5!due"


def started(visitor, path) -> str:
    answer = upload(visitor, path)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def descriptions(world) -> list[str]:
    with world.system() as session:
        return session.scalars(sa.select(Hazard.description).order_by(Hazard.id)).all()


@pytest.fixture
def draft(enter, tmp_path):
    """Rows 3 to 5: in order, a day that is none, a deadline that says nothing."""
    return started(enter("yingji"), ledger(tmp_path / "a.xlsx", row(), row(description="甲", inspected_on="3月35日"),
                                           row(description="乙", due="不知道哪天")))


# ── typed, and 确认导入 pressed ────────────────────────────────────────────────────────────────────────────────────
def test_what_was_typed_is_saved_before_the_import_is_confirmed(world, enter, draft):
    clerk = enter("yingji")
    page = confirm(clerk, draft, True, **{f"fix:{BAD_DAY}": "2026-03-05"}).text
    assert "还有 1 行有误" in page and "已保存 1 处改正" in page
    assert descriptions(world) == [], "one row is still faulty"
    confirm(clerk, draft, **{f"fix:{NO_DAY}": "2026-04-30"})
    assert descriptions(world) == ["灭火器压力不足", "甲", "乙"]


def test_a_row_corrected_at_the_last_moment_is_not_left_out(world, enter, draft):
    confirm(enter("yingji"), draft, leave_out="1", **{f"fix:{BAD_DAY}": "2026-03-05"})
    assert descriptions(world) == ["灭火器压力不足", "甲"]


def test_a_correction_that_is_none_stands_in_its_box(world, enter, draft):
    clerk = enter("yingji")
    page = confirm(clerk, draft, True, **{f"fix:{BAD_DAY}": "2026-02-30"}).text
    assert f'name="fix:{BAD_DAY}" value="2026-02-30"' in page
    assert descriptions(world) == []


def test_typed_or_not_what_moved_since_is_looked_at_again(world, enter, draft):
    clerk = enter("yingji")
    answer = clerk.send(f"{draft}/confirm", {"seen": "0" * 32, "leave_out": "1", f"fix:{BAD_DAY}": "2026-03-05"},
                        follow_redirects=True)
    assert "没有写入任何内容" in answer.text and "已保存 1 处改正" in answer.text
    assert descriptions(world) == []


def test_the_tab_stays_and_one_that_is_empty_is_not_shown(enter, draft):
    clerk = enter("yingji")
    answer = clerk.send(f"{draft}/fix?show=error", {f"fix:{BAD_DAY}": "2026-03-05"})
    assert answer.headers["Location"] == f"{draft}?show=error"
    clerk.send(f"{draft}/fix", {f"fix:{NO_DAY}": "2026-04-30"})
    assert "灭火器压力不足" in clerk.get(f"{draft}?show=error").text, "nothing is faulty: all rows"


def test_an_offer_counts_before_what_stands_in_the_box(enter, draft):
    """A browser sends both, the box first."""
    clerk = enter("yingji")
    clerk.send(f"{draft}/fix", {f"fix:{BAD_DAY}": ["3月", "2026-03-05"]})
    assert "没有这一天" not in clerk.get(draft).text


def test_a_correction_is_taken_back_though_it_stands_in_its_box(enter, draft):
    clerk = enter("yingji")
    clerk.send(f"{draft}/fix", {f"fix:{BAD_DAY}": "2026-02-30"})
    page = clerk.send(f"{draft}/fix", {f"fix:{BAD_DAY}": "2026-02-30", "undo": BAD_DAY}, follow_redirects=True).text
    assert "没有这一天：3月35日" in page and "已撤回" in page


# ── one mistake in many rows ───────────────────────────────────────────────────────────────────────────────────────
def test_the_same_wrong_name_is_mended_with_one_click(world, enter, tmp_path):
    """In every row of the column, whoever the person beside it; a row that was corrected otherwise keeps that."""
    clerk = enter("yingji")
    draft = started(clerk, ledger(
        tmp_path / "a.xlsx", row(rectifier="试验铸造场 王五"), row(description="甲", rectifier="试验铸造场 赵六"),
        row(description="乙", rectifier="试验铸造场"), row(description="丙", rectifier="试验商铺")))
    page = clerk.get(draft).text
    assert page.count("同名 3 行一起改") >= 3 and "同样的" not in page, "no two cells say quite the same"
    clerk.send(f"{draft}/fix", {"alike": "0:台账!3!rectifier", "fix:台账!5!rectifier": "试验商店"})
    page = clerk.get(draft).text
    assert "没有“试验铸造场”" not in page and "没有“试验商铺”" in page
    confirm(clerk, draft, leave_out="1")
    with world.system() as session:
        leads = session.scalars(sa.select(Hazard).order_by(Hazard.id)).all()
        assert [(h.lead.organization_id, h.lead.heads) for h in leads] == [
            (world["firm"], "王五"), (world["firm"], "赵六"), (world["firm3"], None)]


def test_what_is_typed_is_taken_for_all_that_say_the_same(enter, tmp_path):
    clerk = enter("yingji")
    draft = started(clerk, ledger(tmp_path / "a.xlsx", *(
        row(description=words, inspected_on="3月35日") for words in ("甲", "乙", "丙"))))
    assert clerk.get(draft).text.count("同样的 3 行都这样改") == 3
    assert "请先在框里填上" in clerk.send(f"{draft}/fix", {"alike": ":台账!4!inspected_on"}, follow_redirects=True).text
    sent = {"alike": ":台账!4!inspected_on", "fix:台账!4!inspected_on": "2026-03-05"}
    page = clerk.send(f"{draft}/fix", sent, follow_redirects=True).text
    assert "已保存 3 处改正" in page and "没有这一天" not in page
    for nonsense in ("9:台账!4!inspected_on", "²:台账!4!inspected_on", ":x", "0:x!y!z"):
        assert clerk.send(f"{draft}/fix", {"alike": nonsense}).status_code == 302


def test_a_closed_enterprise_is_said_to_be_one(world, enter, tmp_path):
    """Neither unknown nor to be created a second time; another one's name is no help."""
    with world.system() as session:
        session.execute(sa.update(Organization.__table__).where(Organization.__table__.c.id == world["firm"])
                        .values(active=False))
        session.execute(sa.update(Enterprise.__table__).where(Enterprise.__table__.c.id == world["firm"])
                        .values(status="closed"))
        session.commit()
    clerk = enter("fengcheng")
    page = clerk.get(started(clerk, ledger(tmp_path / "a.xlsx", row(inspector="凤城镇")))).text
    assert "“试验铸造厂”在名录里，但已关闭或停用" in page
    assert "没有“试验铸造厂”" not in page and "名录里还没有" not in page


# ── what was left out ──────────────────────────────────────────────────────────────────────────────────────────────
def test_rows_left_out_are_named_and_come_back_corrected_as_they_were(world, enter, draft):
    clerk = enter("yingji")
    confirm(clerk, draft, leave_out="1", **{f"fix:{BAD_DAY}": "2026-03-05"})
    page = clerk.get(draft).text
    assert "没有导入的 1 行" in page and "整改时限：" in page and "乙" in page
    assert "/hazards/?state=all&amp;sort=-number" in page, "the list begins with what came in"
    with clerk.get(f"{draft}/marked") as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
    at = list(HEADS)
    assert book.active.cell(4, at.index("inspected_on") + 2).value == "2026-03-05"
    red = [cell for cells in book.active.iter_rows() for cell in cells if cell.fill.start_color.rgb == "FFFF7C80"]
    assert [(cell.row, cell.column) for cell in red] == [(5, at.index("due") + 2)]


# ── what is missing is said ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("app")
def test_what_a_close_out_lacks_is_said(world, tmp_path):
    told = [found.cells["recheck_opinion"].note for found in planned(world, "yingji", ledger(
        tmp_path / "a.xlsx", row(**CLAIMED, recheck_opinion="合格", rechecker="应急管理局：张三"),
        row(description="甲", **CLAIMED, recheck_opinion="2026年3月12日复查合格"))).rows]
    assert "没有写复查日期" in told[0] and "2026-03-12 复查合格" in told[0]
    assert "没有写复查单位" in told[1]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(("words", "remarked"), [
    ("已完成", True), ("已整改到位", True), ("整改完毕", True), ("正在整改", False), ("未完成", False),
    ("已联系厂家", False),
])
def test_done_without_a_day_is_remarked_upon(world, tmp_path, words, remarked):
    (found,) = planned(world, "yingji", ledger(tmp_path / "a.xlsx", row(completion=words))).rows
    assert found.new["state"] == "rectifying"
    assert ("没有填整改完成时间" in (found.cells["completion"].note or "")) is remarked
