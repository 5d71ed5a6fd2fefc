"""All confirmed rows or none; and whatever a ledger says, what it leaves behind holds together."""

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.casework.errors import Stale
from app.casework.history import TimelineEntry
from app.casework.invariants import check
from app.hazards.invariants import RULES
from app.hazards.ledger import HAZARD_LEDGER
from app.hazards.models import Hazard
from app.ledgers import entering
from app.ledgers.drafts import plan_file
from app.ledgers.entering import RowRefused, enter
from tests.hazards.ledgers import CLAIMED, PASSED, edit, exported, ledger, planned, row, take_in
from tests.support.factories import DAY


def holds(world) -> list:
    with world.system() as session:
        return check(session, rules=RULES)


def state_of(world) -> tuple:
    """Everything that an import could touch."""
    with world.system() as session:
        return tuple(
            session.execute(sa.select(sa.func.count()).select_from(table)).scalar()
            for table in (Hazard.__table__, TimelineEntry.__table__)
        ), [(h.id, h.version, h.state) for h in session.scalars(sa.select(Hazard).order_by(Hazard.id))]


def test_one_row_that_moved_and_nothing_is_written(world, tmp_path):
    world.hazard("yingji")
    second = world.hazard("yingji", description="另一处")
    path = edit(edit(exported(world, "yingji", tmp_path / "o.xlsx"), 1, measures="甲"), 2, measures="乙")
    plan = planned(world, "yingji", path)
    assert plan.counts()["changed"] == 2
    world.do("yingji", "correct", second, values={"measures": "别人改了"})
    before = state_of(world)
    with world.session_of("yingji") as session, pytest.raises(Stale):
        enter(session, world.hats["yingji"], HAZARD_LEDGER, plan, world.day, path.name)
    assert state_of(world) == before


def test_what_only_the_operation_knows_names_the_row(world, tmp_path, monkeypatch):
    """A rule that the plan could not ask: the row is named, nothing is written, no number is lost."""
    world.hazard("yingji")
    path = edit(exported(world, "yingji", tmp_path / "o.xlsx"), measures="甲")
    new = ledger(tmp_path / "n.xlsx", row(), row(description="另一处"))
    plan = planned(world, "yingji", path)
    plan.rows += planned(world, "yingji", new).rows
    plan.rows[0].acts = [("claim", {"claimed_on": DAY + dt.timedelta(days=1), "progress": "a", "prevention": "b",
                                    "proxy_for": "x", "proxy_evidence": "y"})]
    before = state_of(world)
    with world.session_of("yingji") as session, pytest.raises(RowRefused) as caught:
        enter(session, world.hats["yingji"], HAZARD_LEDGER, plan, world.day, path.name)
    assert "YH-2026-0001" in str(caught.value)
    assert state_of(world) == before
    take_in(world, "yingji", new)
    assert world.read(3).number == "YH-2026-0003"
    assert holds(world) == []


@pytest.mark.parametrize("step", ["insert", "record", "_finish"])
def test_a_crash_leaves_nothing(world, tmp_path, monkeypatch, step):
    path = ledger(tmp_path / "a.xlsx", row(), row(description="另一处", **CLAIMED))
    before = state_of(world)
    real = HAZARD_LEDGER.insert if step == "insert" else getattr(entering, step)

    def crash(*arguments, **more):
        real(*arguments, **more)
        raise RuntimeError(step)

    crashing = replace(HAZARD_LEDGER, insert=crash) if step == "insert" else HAZARD_LEDGER
    if step != "insert":
        monkeypatch.setattr(entering, step, crash)
    with world.session_of("yingji") as session:
        plan = plan_file(session, world.hats["yingji"], HAZARD_LEDGER, path, world.day, path.name)
        with pytest.raises((RuntimeError, Stale)):
            enter(session, world.hats["yingji"], crashing, plan, world.day, path.name, draft_id=1, version=1)
    assert state_of(world) == before
    assert holds(world) == []


def test_the_second_of_two_finds_it_there(world, tmp_path):
    path = ledger(tmp_path / "a.xlsx", row())
    plan = planned(world, "yingji", path)
    take_in(world, "yingji", path)
    with world.session_of("yingji") as session, pytest.raises(Stale):
        enter(session, world.hats["yingji"], HAZARD_LEDGER, plan, world.day, path.name)
    assert holds(world) == []


CELLS = {
    "inspector": st.sampled_from(["应急管理局 张三", "凤城镇", "李四", "县应急局 张三；住建局 李四", "试验铸造厂",
        None]),
    "inspected_on": st.sampled_from(["2026.3.5", "3月5日", "2026年3月10日", 46086, dt.date(2026, 3, 2), "3月35日"]),
    "method": st.sampled_from(["现场检查", "企业自查", None]),
    "description": st.sampled_from(["灭火器压力不足", "配电箱无盖", "=1+1", "通道堵塞\n第二行", None]),
    "is_major": st.sampled_from(["是", "否", "√", None]), "is_listed": st.sampled_from(["是", "否", "/", None]),
    "measures": st.sampled_from(["更换", None]),
    "rectifier": st.sampled_from(["试验铸造厂 王五", "试验商店、试验铸造厂", "北留镇 赵六", "各乡镇", "没有的单位"]),
    "due": st.sampled_from(["3月底", "立行立改", "长期坚持", "15日内", "2026-04-01", "待批复", None]),
    "completion": st.sampled_from(["已更换", "正在整改", "/", None]),
    "completed_on": st.sampled_from(["3月12日", "2026.3.11", "未完成", None, "2026-04-01"]),
    "prevention": st.sampled_from(["每月检查", None]),
    "recheck_opinion": st.sampled_from(["3月13日复查合格", "复查合格", "2026-03-13 复查不合格：仍缺", "待复查",
        "见附件", None]),
    "rechecker": st.sampled_from(["应急管理局：张三", "凤城镇 李四", "王五", None]),
}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=8),
       who=st.sampled_from(["yingji", "fengcheng", "zhujian", "office"]))
def test_any_ledger_leaves_what_holds_and_is_then_unchanged(world, rows, who):
    with tempfile.TemporaryDirectory() as folder:
        path = ledger(Path(folder) / "a.xlsx", *rows)
        plan = planned(world, who, path)
        with world.session_of(who) as session:
            enter(session, world.hats[who], HAZARD_LEDGER, plan, world.day, path.name)
        assert holds(world) == []
        entered = {r.number for r in plan.rows if r.outcome in ("new", "changed", "unchanged")}
        again = [r for r in planned(world, who, path).rows if r.number in entered]
        assert not [(r.number, r.outcome, r.acts) for r in again if r.outcome != "unchanged"]


def test_five_thousand_rows(world, tmp_path):
    """No row costs statements of its own, but the one on SQLite that says which id it got."""
    path = ledger(tmp_path / "a.xlsx", *(row(description=f"第{n}处灭火器失效", **(CLAIMED if n % 2 else {}),
                                             **(PASSED if n % 4 == 1 else {})) for n in range(5000)))
    counted = []

    def note(_connection, _cursor, statement, *_):
        counted.append(statement)

    engine = sa.engine.Engine
    plan = planned(world, "yingji", path)
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        with world.session_of("yingji") as session:
            assert enter(session, world.hats["yingji"], HAZARD_LEDGER, plan, world.day, path.name)["new"] == 5000
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert len([said for said in counted if not said.startswith("INSERT INTO cases")]) < 50
    assert holds(world) == []
