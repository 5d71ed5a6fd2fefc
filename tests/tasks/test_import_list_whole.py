"""All confirmed rows or none; and whatever a list says, what it leaves behind holds together."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.casework.errors import Stale
from app.casework.history import TimelineEntry
from app.casework.invariants import check
from app.casework.verbs import perform
from app.ledgers import entering as shared
from app.ledgers.drafts import plan_file
from app.ledgers.entering import RowRefused, enter
from app.tasks import entering
from app.tasks.invariants import RULES
from app.tasks.ledger import TASK_LEDGER
from app.tasks.models import Progress, Share, Task
from app.tasks.printing import CHUNK
from app.tasks.shares.verbs import SHARES
from tests.tasks.lists import a_list, edit, exported, planned, row, take_in, texts


def holds(world) -> list:
    with world.system() as session:
        return check(session, rules=RULES)


def state_of(world) -> tuple:
    """Everything that an import could touch."""
    with world.system() as session:
        return tuple(
            session.execute(sa.select(sa.func.count()).select_from(table.__table__)).scalar()
            for table in (Task, Share, Progress, TimelineEntry)
        ), [(t.id, t.version, t.state) for t in session.scalars(sa.select(Task).order_by(Task.id))]


def into(world, who: str, plan, path) -> dict:
    with world.session_of(who) as session:
        return enter(session, world.hats[who], TASK_LEDGER, plan, world.day, path.name)


def first_share(world) -> int:
    with world.system() as session:
        return session.scalars(sa.select(sa.func.min(Share.id))).one()


def test_one_share_that_moved_and_nothing_is_written(world, tmp_path):
    """Between the preview and the confirmation a unit reports: the user looks again."""
    take_in(world, "office", a_list(tmp_path / "a.xlsx", row(), row(content="森林防火", units="应急管理局")))
    path = edit(edit(exported(world, "office", tmp_path / "o.xlsx"), 1, measures="甲"), 2, measures="乙")
    plan = planned(world, "office", path)
    assert plan.counts()["changed"] == 2
    with world.session_of("fengcheng") as session:
        perform(session, SHARES, "report", first_share(world), None, world.hats["fengcheng"],
                {"reported_on": world.day, "percent": 10, "text": "已动员"}, world.day)
    before = state_of(world)
    with pytest.raises(Stale):
        into(world, "office", plan, path)
    assert state_of(world) == before


def test_what_only_the_operation_knows_names_the_row(world, tmp_path):
    """A rule that the plan could not ask: the row is named, nothing is written, no number is lost."""
    take_in(world, "office", a_list(tmp_path / "a.xlsx", row()))
    path = edit(exported(world, "office", tmp_path / "o.xlsx"), measures="甲")
    new = a_list(tmp_path / "n.xlsx", row(content="森林防火", measures="巡山"))
    plan = planned(world, "office", path)
    plan.rows += planned(world, "office", new).rows
    plan.rows[0].acts = [("follow_up", {"followed_on": world.day + dt.timedelta(days=1), "text": "预先"})]
    before = state_of(world)
    with pytest.raises(RowRefused) as caught:
        into(world, "office", plan, path)
    assert "RW-2026-0001" in str(caught.value)
    assert state_of(world) == before
    take_in(world, "office", new)
    assert texts(exported(world, "office", tmp_path / "o.xlsx"))[0]["trace"].startswith("RW-2026-0002@")
    assert holds(world) == []


@pytest.mark.parametrize(("room", "step"), [
    (entering, "_insert_shares"), (entering, "_insert_parts"), (shared, "record"), (shared, "_finish"),
])
def test_a_crash_leaves_nothing(world, tmp_path, monkeypatch, room, step):
    path = a_list(tmp_path / "a.xlsx", row(progress="已动员"), row(content="森林防火", due="每月"))
    before = state_of(world)
    real = getattr(room, step)

    def crash(*arguments, **more):
        real(*arguments, **more)
        raise RuntimeError(step)

    monkeypatch.setattr(room, step, crash)
    with world.session_of("office") as session:
        plan = plan_file(session, world.hats["office"], TASK_LEDGER, path, world.day, path.name)
        with pytest.raises((RuntimeError, Stale)):
            enter(session, world.hats["office"], TASK_LEDGER, plan, world.day, path.name, draft_id=1, version=1)
    assert state_of(world) == before
    assert holds(world) == []


def test_the_second_of_two_finds_it_there(world, tmp_path):
    path = a_list(tmp_path / "a.xlsx", row())
    plan = planned(world, "office", path)
    take_in(world, "office", path)
    with pytest.raises(Stale):
        into(world, "office", plan, path)
    assert holds(world) == []


CELLS = {
    "content": st.sampled_from(["燃气安全整治", "汛期检查", "+1+1", "森林防火\n第二行", None]),
    "measures": st.sampled_from(["逐户排查", "挂图作战", None]),
    "units": st.sampled_from(["凤城镇 张三、北留镇 李四", "各乡镇", "应急管理局（牵头）、住建局", "没有的单位",
        "牵头：应急管理局 王五；配合：各乡镇", "试验铸造厂\n北留镇 赵六", "各成员单位", "县安委办"]),
    "due": st.sampled_from(["2026-06-30", "12月底前", "立行立改", "长期坚持", "每月", "每季度末", "全年", "看情况",
        dt.date(2026, 5, 1), "2026-06-30（凤城镇 2026-07-15）", None]),
    "progress": st.sampled_from(["3月5日 60%：已排查", "凤城镇 2026-03-06 20%：已部署\n分两步", "正在推进",
        "/", "北留镇 2026-03-06 100%：已完成\n凤城镇 2026-03-07 5%：动员", "完成80%", None]),
    "follow_ups": st.sampled_from(["3月9日电话：加快", "2026-03-10 现场（凤城镇）：偏慢\n2026-03-11：再催", "已督办",
        None]),
    "done_on": st.sampled_from(["2026.3.15", "3月18日", "/", "长期坚持", "2027-01-01", None]),
}


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=5),
       who=st.sampled_from(["office", "fengcheng", "yingji"]))
def test_any_list_leaves_what_holds_and_is_then_unchanged(world, rows, who):
    """And the form that is printed of it comes back without a change, for whoever printed it."""
    with tempfile.TemporaryDirectory() as folder:
        path = a_list(Path(folder) / "a.xlsx", *rows)
        plan = planned(world, who, path)
        into(world, who, plan, path)
        assert holds(world) == []
        entered = {r.number for r in plan.rows if r.outcome in ("new", "changed", "unchanged")}
        again = [r for r in planned(world, who, path).rows if r.number in entered]
        assert not [(r.number, r.outcome, r.acts) for r in again if r.outcome != "unchanged"]
        for reader in {who, "office", "beiliu"}:
            printed = planned(world, reader, exported(world, reader, Path(folder) / "o.xlsx"))
            assert not [(r.number, r.outcome, r.acts) for r in printed.rows if r.outcome != "unchanged"]


def test_five_thousand_rows(world, tmp_path):
    """No row costs statements of its own, but the one on SQLite that says which id it got."""
    path = a_list(tmp_path / "a.xlsx", *(
        row(content=f"第{n}项任务", **({"progress": "3月5日 60%：已排查"} if n % 2 else {}),
            **({"done_on": "3月15日"} if n % 4 == 1 else {})) for n in range(5000)
    ))
    counted = []

    def note(_connection, _cursor, statement, *_):
        counted.append(statement)

    engine = sa.engine.Engine
    plan = planned(world, "office", path)
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        assert into(world, "office", plan, path)["new"] == 5000
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert len([said for said in counted if "INSERT INTO cases" not in said]) < 60
    assert holds(world) == []


def test_more_tasks_than_are_read_at_once(world, tmp_path):
    """The form is streamed in chunks; none is lost or doubled between two, and it comes back unchanged."""
    count = 2 * CHUNK + 1
    take_in(world, "office", a_list(tmp_path / "a.xlsx", *(row(content=f"第{n}项任务") for n in range(count))))
    path = exported(world, "fengcheng", tmp_path / "o.xlsx")
    assert {told["content"] for told in texts(path)} == {f"第{n}项任务" for n in range(count)}
    assert len(texts(path)) == count
    assert planned(world, "fengcheng", path).counts() == {"unchanged": count}
