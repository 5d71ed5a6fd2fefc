"""What is typed beside a fault: never lost, looked at again before anything goes in, mended once for all."""

import pytest
import sqlalchemy as sa

from app.hazards.models import Hazard
from tests.hazards.ledgers import confirm, ledger, row, upload

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
