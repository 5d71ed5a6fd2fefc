"""The form of a task: many units in one act, own deadlines, copies, sub-tasks, last year's list; nothing hostile."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from app.tasks.models import Share, Task
from tests.hazards.test_verbs_over_http import review_before_issue
from tests.support import task_factories as made
from tests.support.task_factories import read, task
from tests.tasks.http import registered, send, typed


def shares(world, task_id: int) -> list:
    with world.system() as session:
        return session.execute(
            sa.select(Share.unit_id, Share.part, Share.heads, Share.due).where(Share.head_id == task_id)
            .order_by(Share.position)
        ).all()


def tasks(world) -> int:
    with world.system() as session:
        return session.scalar(sa.select(sa.func.count(Task.id)))


def test_all_townships_in_one_act(world):
    task_id = registered(world, world.as_("office"), lead_units=None, townships="lead")
    assert [row.unit_id for row in shares(world, task_id)] == [world["fengcheng"], world["beiliu"]]
    found = read(world, task_id)
    assert (found.state, found.number, found.unit_words) == ("issued", "RW-2026-0001", "各乡镇")


def test_a_group_beside_other_units_has_no_words(world):
    task_id = registered(world, world.as_("office"), lead_units=[str(world["yingji"])], townships="supporting")
    assert [(row.unit_id, row.part) for row in shares(world, task_id)] == [
        (world["yingji"], "lead"), (world["fengcheng"], "supporting"), (world["beiliu"], "supporting")]
    assert read(world, task_id).unit_words is None


def test_units_are_listed_and_keep_their_own_heads_and_day(world):
    office, unit = world.as_("office"), world["fengcheng"]
    form = {**typed(world), "list": "1", f"heads-{unit}": "张三、李四"}
    listed = office.send("/tasks/new", form)
    assert listed.status_code == 200
    assert f'name="heads-{unit}" value="张三、李四"' in listed.text
    assert tasks(world) == 0
    task_id = registered(world, office, **{f"heads-{unit}": "张三、李四", f"due-{unit}": "2026-05-01"})
    assert shares(world, task_id)[0][2:] == ("张三、李四", dt.date(2026, 5, 1))
    assert shares(world, task_id)[1][2:] == (None, dt.date(2026, 6, 30))


@pytest.mark.one_database
@pytest.mark.parametrize(("field", "value"), [
    ("content", " "), ("source", ""), ("happened_on", "2027-01-01"), ("due", ""), ("due", "2026-01-01"),
    ("lead_units", None), ("year", "20260"), ("due_kind", "sometime"), ("townships", "all"),
])
def test_a_slip_is_told_and_nothing_typed_is_lost(world, field, value):
    answer = world.as_("office").send("/tasks/new", typed(world, **{field: value}))
    assert answer.status_code == 422
    assert 'class="fault"' in answer.text
    assert field == "content" or "开展消防通道整治" in answer.text
    assert tasks(world) == 0


@pytest.mark.one_database
def test_a_day_that_is_none_is_told_at_the_units(world):
    answer = world.as_("office").send("/tasks/new", typed(world, **{f"due-{world['fengcheng']}": "下周"}))
    assert answer.status_code == 422
    assert "下周" in answer.text
    assert tasks(world) == 0


@pytest.mark.one_database
@pytest.mark.parametrize("field", ["lead_units", "parent_id", "previous_id"])
def test_what_is_another_countys_cannot_be_posted(world, field):
    theirs = world.other.units["fengcheng"] if field == "lead_units" else task(world, by="other_office")
    count = tasks(world)
    answer = world.as_("office").send("/tasks/new", typed(world, **{field: [str(theirs)]}))
    assert answer.status_code == 422
    assert tasks(world) == count


@pytest.mark.one_database
def test_another_units_task_is_no_parent(world):
    own = task(world, by="yingji", units=("yingji",))
    assert world.as_("zhujian").send("/tasks/new", typed(world, parent_id=str(own))).status_code == 422


def test_a_draft_is_edited_and_issued(world):
    office = world.as_("office")
    form = {k: v for k, v in typed(world).items() if k != "issue"}
    answer = office.send("/tasks/new", {**form, "draft": "1"})
    task_id = int(answer.headers["Location"].rsplit("/", 1)[1])
    assert world.as_("fengcheng").get(f"/tasks/{task_id}").status_code == 404
    assert 'value="2026-06-30"' in office.get(f"/tasks/{task_id}/edit").text
    stale = office.send(f"/tasks/{task_id}/edit", {**typed(world), "version": "99"})
    assert stale.status_code == 409
    saved = office.send(f"/tasks/{task_id}/edit",
                        {**typed(world, content="改过的任务"), "version": str(read(world, task_id).version)})
    assert saved.status_code == 302
    assert (read(world, task_id).content, read(world, task_id).state) == ("改过的任务", "issued")
    assert office.get(f"/tasks/{task_id}/edit").status_code == 302


def test_a_draft_that_waits_for_its_reviewer_says_so(world):
    """草稿 → 待审核 → 已下达, wherever its state is told; the reviewer finds it, and it may come back."""
    review_before_issue(world, "office")
    clerk, head = world.as_("office"), world.as_("office_head")
    task_id = registered(world, clerk)
    own = f"/tasks/{task_id}"

    def told(visitor, path: str) -> bool:
        return "待审核" in re.sub(r'class="[^"]*timeline.*', "", visitor.get(path).text, flags=re.S)

    assert all(told(who, path) for who, path in ((clerk, "/tasks/"), (clerk, own), (head, own), (head, "/")))
    assert made.share(world, task_id, "fengcheng") is None
    assert send(world, head, "task", "return_draft", task_id).status_code == 302
    assert not told(clerk, "/tasks/") and not told(clerk, own)
    assert send(world, clerk, "task", "submit", task_id).status_code == 302
    assert send(world, head, "task", "issue", task_id).status_code == 302
    assert read(world, task_id).state == "issued" and not told(clerk, own)


def test_a_copy_names_the_same_units(world):
    copied = task(world, units=("fengcheng",), supporting=("yingji",))
    page = world.as_("office").get(f"/tasks/new?copy={copied}").text
    assert "逐户排查" in page
    assert f'name="lead_units" value="{world["fengcheng"]}"' in page
    assert f'name="supporting_units" value="{world["yingji"]}"' in page


def test_a_sub_task_is_linked_and_shown(world):
    parent = task(world)
    office = world.as_("office")
    child = registered(world, office, parent_id=str(parent))
    assert read(world, child).parent_id == parent
    assert f"/tasks/{child}" in office.get(f"/tasks/{parent}").text
    assert f"/tasks/{parent}" in office.get(f"/tasks/{child}").text


def test_last_years_list_is_carried_over_once(world):
    office = world.as_("office")
    last = task(world, year=2025, due=dt.date(2026, 2, 28), happened_on=dt.date(2026, 1, 5), unit_words="各乡镇")
    other = task(world, year=2025, by="yingji", units=("yingji",))
    page = office.get("/tasks/carry-over?year=2025").text
    assert f'value="{last}"' in page
    assert f'value="{other}"' not in page
    assert office.send("/tasks/carry-over?year=2025", {"rowid": [str(last), str(other)]}).status_code == 302
    with world.system() as session:
        drafts = session.execute(sa.select(Task.id).where(Task.previous_id == last)).scalars().all()
    draft = read(world, drafts[0])
    assert (len(drafts), draft.state, draft.year, draft.due, draft.unit_words) == (
        1, "draft", 2026, dt.date(2027, 2, 28), "各乡镇")
    assert [line["unit"] for line in draft.planned] == [world["fengcheng"], world["beiliu"]]
    assert office.send("/tasks/carry-over?year=2025", {"rowid": [str(last), str(other)]}).status_code == 200
    assert f"/tasks/{last}" in office.get(f"/tasks/{drafts[0]}").text


def test_many_are_signed_for_and_chased_at_once(world):
    ids = [made.share(world, task(world), "fengcheng") for _ in range(3)]
    answer = world.as_("fengcheng").send("/tasks/shares/bulk/acknowledge", {
        "rowid": [str(i) for i in ids], "confirmed": "1", "acknowledged_on": "2026-03-20"})
    assert answer.status_code == 200
    assert {made.read_share(world, i).state for i in ids} == {"in_progress"}
    chased = world.as_("office").send("/tasks/shares/bulk/chase", {
        "rowid": [str(i) for i in ids], "confirmed": "1", "comment": "请抓紧"})
    assert chased.status_code == 200


def test_the_reason_for_being_late_is_asked_for_when_it_is_owed(world):
    own = made.share(world, task(world), "fengcheng")
    visitor, form = world.as_("fengcheng"), {"reported_on": "2026-03-20", "percent": "30", "text": "已部署"}
    assert 'name="overdue_reason"' not in visitor.get(f"/tasks/shares/{own}/do/report").text
    world.move_to(dt.date(2026, 4, 15))
    page = visitor.get(f"/tasks/shares/{own}/do/report").text
    assert re.search(r'<label class="control-label req"[^>]*>逾期原因', page), "and said so before anything is sent"
    version = str(made.read_share(world, own).version)
    refused = visitor.send(f"/tasks/shares/{own}/do/report", {**form, "version": version})
    assert refused.status_code == 422
    assert "已超过完成时限，请填写逾期原因" in refused.text
    assert "已部署" in refused.text
    told = visitor.send(f"/tasks/shares/{own}/do/report", {**form, "version": version, "overdue_reason": "降雨"})
    assert told.status_code == 302


def test_who_confirms_reads_what_was_reported(world):
    own = made.share(world, task(world), "fengcheng")
    made.do_share(world, "fengcheng", "claim", own, text="逐户走访完毕")
    page = world.as_("office").get(f"/tasks/shares/{own}/do/verify").text
    assert "逐户走访完毕" in page and f"/tasks/shares/{own}/do/reject" in page
