"""A row of a recorded task: which task it is, and what a changed cell does."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.casework.verbs import perform
from app.tasks.models import FollowUp, Progress, Share, Task
from app.tasks.shares.verbs import SHARES
from app.tasks.verbs import TASKS
from tests.tasks.lists import a_list, add, edit, exported, only_row, planned, row, take_in, texts

DAY = dt.date
BOTH = "凤城镇 2026-03-05 60%：已排查\n北留镇 2026-03-06 10%：已动员"


def made(world, tmp_path, **cells) -> int:
    """One task of the office's, with its rows' words; its id."""
    take_in(world, "office", a_list(tmp_path / "made.xlsx", row(**cells)))
    with world.system() as session:
        return session.scalars(sa.select(sa.func.max(Task.id))).one()


def do(world, by: str, noun, verb: str, case_id: int, **data) -> None:
    with world.session_of(by) as session:
        perform(session, noun, verb, case_id, None, world.hats[by], data, world.day)


def share_of(world, task_id: int, unit: str) -> Share:
    with world.system() as session:
        return session.scalars(
            sa.select(Share).where(Share.head_id == task_id, Share.unit_id == world[unit])
        ).one()


def task_of(world, task_id: int) -> Task:
    with world.system() as session:
        return session.get(Task, task_id)


def told(world, table) -> list:
    with world.system() as session:
        return session.scalars(sa.select(table).order_by(table.id)).all()


def out(world, who: str, tmp_path):
    return exported(world, who, tmp_path / "o.xlsx")


def last(world, case_id: int) -> TimelineEntry:
    with world.system() as session:
        return session.scalars(
            sa.select(TimelineEntry).where(TimelineEntry.case_id == case_id).order_by(TimelineEntry.id.desc())
        ).first()


# ── which task a row is ────────────────────────────────────────────────────────────────────────────────────────────
def test_by_the_number_that_it_carries(world, tmp_path):
    task_id = made(world, tmp_path)
    path = edit(out(world, "office", tmp_path), content="开展燃气安全专项整治行动")
    found = only_row(world, "office", path)
    assert (found.record_id, found.outcome) == (task_id, "changed")


def test_by_its_words_without_a_number(world, tmp_path):
    task_id = made(world, tmp_path, progress=BOTH, due="长期坚持")
    path = edit(out(world, "office", tmp_path), trace=None)
    assert [(r.record_id, r.outcome) for r in planned(world, "office", path).rows] == [(task_id, "unchanged")]


@pytest.mark.one_database
def test_similar_words_are_asked_about(world, tmp_path):
    made(world, tmp_path)
    path = a_list(tmp_path / "a.xlsx", row(content="开展燃气安全专项整治工作"))
    found = only_row(world, "office", path)
    assert [value for value, _words in found.question.answers] == ["RW-2026-0001", "new"]
    assert only_row(world, "office", path, {found.question.key: "new"}).outcome == "new"
    assert only_row(world, "office", path, {found.question.key: "RW-2026-0001"}).outcome == "changed"


@pytest.mark.one_database
def test_the_same_words_for_other_units_are_asked_about(world, tmp_path):
    made(world, tmp_path)
    found = only_row(world, "office", a_list(tmp_path / "a.xlsx", row(units="应急管理局")))
    assert (found.outcome, len(found.question.answers)) == ("ask", 2)


def test_another_countys_number_does_nothing(world, tmp_path):
    """Both counties have a RW-2026-0001; the other's list must not change ours."""
    task_id = made(world, tmp_path)
    theirs = row(content="森林防火", measures="巡山", units="住建局")
    take_in(world, "other_office", a_list(tmp_path / "b.xlsx", theirs))
    path = exported(world, "other_office", tmp_path / "o.xlsx")
    before = task_of(world, task_id)
    found = only_row(world, "office", path)
    assert (found.outcome, found.question is not None) == ("ask", True)
    assert only_row(world, "fengcheng", path).outcome == "ask"
    assert task_of(world, task_id).version == before.version


def test_a_unit_that_has_no_share_does_not_find_the_task(world, tmp_path):
    made(world, tmp_path)
    found = only_row(world, "zhujian", edit(out(world, "office", tmp_path), content="改写"))
    assert (found.record_id, found.outcome) == (None, "ask")
    assert "开展" not in found.question.text


@pytest.mark.parametrize("trace", ["@", "RW-2026-0001", "RW-2026-0001@x", "<script>@1", "=1+1@2"])
@pytest.mark.one_database
def test_a_spoiled_number_is_none(world, tmp_path, trace):
    task_id = made(world, tmp_path)
    found = only_row(world, "office", edit(out(world, "office", tmp_path), trace=trace))
    assert found.record_id in (task_id, None)
    assert found.outcome in ("unchanged", "ask")


def test_progress_reported_after_the_export_is_noticed(world, tmp_path):
    """The version that is printed is the task's and its shares' together."""
    task_id = made(world, tmp_path)
    path = edit(out(world, "office", tmp_path), measures="挂图作战")
    do(world, "fengcheng", SHARES, "report", share_of(world, task_id, "fengcheng").id, reported_on=world.day,
       percent=20, text="已动员")
    found = only_row(world, "office", path)
    assert found.outcome == "ask"
    yes = {found.question.key: found.question.answers[0][0]}
    assert only_row(world, "office", path, yes).outcome == "changed"


# ── progress ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_is_added_is_reported_on_the_own_share(world, tmp_path):
    task_id = made(world, tmp_path, progress=BOTH)
    path = add(out(world, "fengcheng", tmp_path), progress="3月18日 80%：已建账")
    take_in(world, "fengcheng", path)
    entry = told(world, Progress)[-1]
    assert (entry.reported_on, entry.percent, entry.text) == (DAY(2026, 3, 18), 80, "已建账")
    share = share_of(world, task_id, "fengcheng")
    assert (entry.case_id, share.percent_claimed, last(world, share.id).verb) == (share.id, 80, "report")
    assert "fengcheng" in entry.reported_by
    assert only_row(world, "fengcheng", path).outcome == "unchanged", "imported once more it is no news"
    assert len(told(world, Progress)) == 3


def test_a_rewritten_cell_is_one_new_entry(world, tmp_path):
    made(world, tmp_path, progress=BOTH)
    take_in(world, "fengcheng", edit(out(world, "fengcheng", tmp_path), progress="已排查并建立台账，完成70%"))
    entry = told(world, Progress)[-1]
    assert (entry.reported_on, entry.percent, entry.text) == (world.day, 70, "已排查并建立台账，完成70%")


def test_a_unit_fills_in_the_offices_file(world, tmp_path):
    """The other township's line, which this one does not find, is no change and no entry of its own."""
    made(world, tmp_path, progress=BOTH)
    path = out(world, "office", tmp_path)
    assert only_row(world, "fengcheng", path).outcome == "unchanged"
    take_in(world, "fengcheng", add(path, progress="已验收"))
    assert [entry.text for entry in told(world, Progress)] == ["已排查", "已动员", "已验收"]
    assert texts(out(world, "beiliu", tmp_path))[0]["progress"] == "北留镇 2026-03-06 10%：已动员"


@pytest.mark.parametrize(("who", "more"), [
    ("office", "已建账"), ("office", "凤城镇 2026-03-18 80%：已建账"), ("fengcheng", "北留镇 2026-03-18 80%：已建账"),
    ("fengcheng", "2027-03-18 之前"), ("fengcheng", "2025年12月1日：早于交办"),
])
@pytest.mark.one_database
def test_progress_that_is_not_the_importers(world, tmp_path, who, more):
    made(world, tmp_path, progress=BOTH)
    found = only_row(world, who, add(out(world, who, tmp_path), progress=more))
    if more.startswith("2027"):
        assert found.outcome == "changed", "no day of an entry: the words as they are"
    else:
        assert (found.outcome, found.acts if who == "office" else [], bool(found.cells["progress"].problem)) == (
            "error", [], True)


@pytest.mark.one_database
def test_an_overdue_share_says_why(world, tmp_path):
    made(world, tmp_path, progress=BOTH)
    world.move_to(DAY(2026, 7, 10))
    path = out(world, "fengcheng", tmp_path)
    assert only_row(world, "fengcheng", add(path, progress="还在推进")).outcome == "error"
    take_in(world, "fengcheng", add(out(world, "fengcheng", tmp_path), progress="还在推进。未完成原因：设备未到"))
    assert told(world, Progress)[-1].overdue_reason == "设备未到"


def test_an_enterprises_share_is_filled_in_by_who_supervises_it(world, tmp_path):
    task_id = made(world, tmp_path, units="试验铸造厂")
    take_in(world, "fengcheng", edit(out(world, "fengcheng", tmp_path), progress="3月18日 30%：已自查"))
    entry = last(world, share_of(world, task_id, "firm").id)
    assert (entry.verb, bool(entry.extra["proxy_evidence"])) == ("report", True)


# ── follow-ups ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_follow_up_of_the_issuer(world, tmp_path):
    task_id = made(world, tmp_path, follow_ups="3月9日电话：加快")
    path = add(out(world, "office", tmp_path), follow_ups="2026-03-19 现场查看（凤城镇）：进度偏慢\n应增派人手")
    take_in(world, "office", path)
    entry = told(world, FollowUp)[-1]
    assert (entry.followed_on, entry.method, entry.text, entry.confined_to_id) == (
        DAY(2026, 3, 19), "现场查看", "进度偏慢\n应增派人手", world["fengcheng"])
    assert last(world, task_id).verb == "follow_up"
    assert only_row(world, "office", path).outcome == "unchanged"
    assert "进度偏慢" in texts(out(world, "fengcheng", tmp_path))[0]["follow_ups"]
    assert "进度偏慢" not in texts(out(world, "beiliu", tmp_path))[0]["follow_ups"]


@pytest.mark.one_database
def test_nobody_else_follows_up(world, tmp_path):
    made(world, tmp_path, follow_ups="3月9日电话：加快")
    path = out(world, "fengcheng", tmp_path)
    assert only_row(world, "fengcheng", path).outcome == "unchanged"
    found = only_row(world, "fengcheng", add(path, follow_ups="已改进"))
    assert (found.outcome, found.acts, bool(found.cells["follow_ups"].problem)) == ("error", [], True)


# ── completion ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_unit_claims_and_the_issuer_verifies(world, tmp_path):
    task_id = made(world, tmp_path, units="凤城镇", progress="凤城镇 2026-03-05 60%：已排查")
    path = add(out(world, "fengcheng", tmp_path), progress="全部完成", done_on="3月19日")
    take_in(world, "fengcheng", path)
    share = share_of(world, task_id, "fengcheng")
    assert (share.state, share.claimed_on, task_of(world, task_id).state) == ("claimed", DAY(2026, 3, 19), "claimed")
    assert only_row(world, "fengcheng", path).outcome == "unchanged"
    take_in(world, "office", edit(out(world, "office", tmp_path), done_on="2026-03-20"))
    task = task_of(world, task_id)
    assert (task.state, task.closed_on, task.imported_history) == ("done", DAY(2026, 3, 20), False)


@pytest.mark.parametrize(("who", "cells"), [
    ("office", {"done_on": "2026-03-20"}), ("fengcheng", {"done_on": "2026-03-20"}),
    ("fengcheng", {"done_on": "2026-03-21", "progress": "全部完成"}),
    ("fengcheng", {"done_on": "2026-03-01", "progress": "全部完成"}),
    ("yingji", {"done_on": "2026-03-20"}),
])
@pytest.mark.one_database
def test_completion_that_cannot_be_taken_over(world, tmp_path, who, cells):
    """Not claimed yet; no word of what was done; a day to come, or before the present state; not theirs at all."""
    task_id = made(world, tmp_path, progress=BOTH)
    path = edit(out(world, "office", tmp_path), **cells)
    found = only_row(world, who, path)
    assert found.outcome in ("error", "ask")
    assert task_of(world, task_id).state == "in_progress"


def test_a_unit_that_issued_to_itself_does_not_verify_by_a_file(world, tmp_path):
    take_in(world, "fengcheng", a_list(tmp_path / "a.xlsx", row(units="凤城镇", progress="已排查")))
    path = add(out(world, "fengcheng", tmp_path), progress="全部完成", done_on="2026-03-20")
    take_in(world, "fengcheng", path)
    found = only_row(world, "fengcheng", edit(out(world, "fengcheng", tmp_path), done_on="2026-03-20"))
    assert found.outcome in ("error", "unchanged")
    with world.system() as session:
        assert session.scalars(sa.select(Task)).one().state == "claimed"


# ── the task itself ────────────────────────────────────────────────────────────────────────────────────────────────
def test_its_words_are_corrected_with_old_and_new(world, tmp_path):
    task_id = made(world, tmp_path)
    path = edit(out(world, "office", tmp_path), measures="挂图作战", units="凤城镇 赵六、北留镇 李四")
    take_in(world, "office", path)
    with world.system() as session:
        found = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "correct")).all()
    assert {tuple(entry.changes) for entry in found} == {("measures",), ("heads",)}
    assert (task_of(world, task_id).measures, share_of(world, task_id, "fengcheng").heads) == ("挂图作战", "赵六")


@pytest.mark.parametrize(("cells", "key"), [
    ({"due": "2026-07-31"}, "due"), ({"due": "长期坚持"}, "due"), ({"due": "2026-06-30（凤城镇 2026-07-15）"}, "due"),
    ({"units": "凤城镇"}, "units"), ({"units": "凤城镇、住建局"}, "units"),
    ({"units": "牵头：凤城镇；配合：北留镇"}, "units"),
])
@pytest.mark.one_database
def test_what_an_import_cannot_change_is_shown(world, tmp_path, cells, key):
    task_id = made(world, tmp_path)
    found = only_row(world, "office", edit(out(world, "office", tmp_path), **cells))
    assert (found.record_id, found.outcome, found.acts) == (task_id, "error", [])
    assert found.cells[key].problem


@pytest.mark.parametrize("cells", [
    {"content": "改写任务"}, {"measures": "改写措施"}, {"units": "凤城镇 赵六、北留镇 钱七"},
])
@pytest.mark.one_database
def test_who_may_not_act_sees_why_and_changes_nothing(world, tmp_path, cells):
    task_id = made(world, tmp_path)
    before = task_of(world, task_id)
    found = only_row(world, "fengcheng", edit(out(world, "fengcheng", tmp_path), **cells))
    assert (found.record_id, found.outcome) == (task_id, "error")
    assert found.cells[next(iter(cells))].problem
    assert task_of(world, task_id).version == before.version


def test_an_empty_cell_says_nothing_and_a_missing_row_deletes_nothing(world, tmp_path):
    task_id = made(world, tmp_path, progress=BOTH, follow_ups="3月9日电话：加快")
    path = edit(out(world, "office", tmp_path), **dict.fromkeys(("measures", "units", "due", "progress", "follow_ups")))
    assert only_row(world, "office", path).outcome == "unchanged"
    assert task_of(world, task_id).state == "in_progress"


def test_several_acts_in_one_row_are_one_transaction(world, tmp_path):
    task_id = made(world, tmp_path, units="凤城镇")
    do(world, "fengcheng", SHARES, "claim", share_of(world, task_id, "fengcheng").id, claimed_on=world.day, text="完成")
    path = edit(out(world, "office", tmp_path), content="燃气专项整治", follow_ups="现场核实", done_on="2026-03-20")
    take_in(world, "office", path)
    task = task_of(world, task_id)
    assert (task.content, task.state, len(told(world, FollowUp))) == ("燃气专项整治", "done", 1)


@pytest.mark.one_database
def test_a_draft_matches_by_its_words(world, tmp_path):
    made(world, tmp_path)
    with world.system() as session:
        task = session.scalars(sa.select(Task)).one()
    do(world, "office", TASKS, "withdraw", task.id, comment="再改")
    found = only_row(world, "office", a_list(tmp_path / "a.xlsx", row()))
    assert (found.record_id, found.outcome) == (task.id, "unchanged")
