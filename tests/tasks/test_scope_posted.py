"""A posted id that is not the sender's to name is refused in the words in which one that does not exist is.

Of every form field and door of tasks that names another record: answers are compared as wholes, the id left out.
"""

import re

import pytest
import sqlalchemy as sa

from app.casework.cases import Case
from app.casework.history import TimelineEntry
from app.tasks.models import Share
from tests.support.task_factories import bring_share, read, share, task
from tests.tasks.http import send, typed

CASES, ENTRIES = Case.__table__, TimelineEntry.__table__
WORDS, MISSING = "别人的任务内容", 10**6
NONSENSE = (0, -1, 2**31, 2**40, "x", "1e3")


@pytest.fixture
def hidden(world) -> dict[str, int]:
    """Tasks that 应急管理局 does not find: another unit's, its draft, the other county's."""
    facts = {"content": WORDS, "units": ("zhujian",)}
    return {"issued": task(world, "zhujian", **facts), "draft": task(world, "zhujian", issue=False, **facts),
            "elsewhere": task(world, "other_zhujian", **facts)}


def without_ids(answer) -> tuple[int, str]:
    """Status and page, whatever the ids in it: a name or a number of a record would still show."""
    fresh = r'name="(csrf_token|client_key)"[^>]*>|nonce="[^"]*"|name="csrf-token" content="[^"]*"'
    text = re.sub(fresh, "", answer.text)
    return answer.status_code, re.sub(r"\d+", "#", text)


def everything(world) -> tuple:
    """Versions of all cases, and how much the history tells."""
    with world.system() as session:
        return (session.execute(sa.select(CASES.c.id, CASES.c.version).order_by(CASES.c.id)).all(),
                session.scalar(sa.select(sa.func.count()).select_from(ENTRIES)))


def all_refused(world, values, post, status: int = 422) -> None:
    """`post(value)` writes nothing, and says of each value what it says of one that does not exist."""
    before = everything(world)
    expected = without_ids(post(MISSING))
    assert expected[0] == status, expected
    for value in values:
        answer = post(value)
        assert WORDS not in answer.text, value
        assert without_ids(answer) == expected, value
    assert everything(world) == before


def nonsense_refused(world, post) -> None:
    """What is no id of ours is turned away, too, and breaks nothing."""
    before = everything(world)
    for value in NONSENSE:
        assert post(value).status_code in (200, 302, 400, 404, 422), value
    assert everything(world) == before


@pytest.fixture
def own(world) -> int:
    return task(world, "yingji", units=("yingji", "fengcheng"))


@pytest.mark.parametrize("field", ["parent_id", "previous_id"])
def test_a_head_or_a_predecessor_out_of_sight(world, hidden, field):
    yingji = world.as_("yingji")

    def post(value):
        return yingji.send("/tasks/new", typed(world, **{field: str(value)}))

    all_refused(world, hidden.values(), post)
    before = everything(world)
    for value in NONSENSE:
        assert post(value).status_code in (400, 422), value
    assert everything(world) == before


@pytest.mark.parametrize("parameter", ["copy", "parent"])
def test_a_task_to_copy_or_to_divide_out_of_sight(world, hidden, parameter):
    yingji = world.as_("yingji")

    def get(value):
        return yingji.get(f"/tasks/new?{parameter}={value}")

    all_refused(world, hidden.values(), get, status=200)
    nonsense_refused(world, get)


def test_last_years_tasks_out_of_sight_are_not_carried_over(world):
    theirs = [task(world, by, units=("zhujian",), year=2025, content=WORDS) for by in ("zhujian", "other_zhujian")]
    yingji = world.as_("yingji")

    def post(value):
        return yingji.send("/tasks/carry-over?year=2025", {"rowid": [str(value)]})

    all_refused(world, theirs, post, status=200)
    nonsense_refused(world, post)
    mine = task(world, "yingji", units=("yingji",), year=2025)
    assert yingji.send("/tasks/carry-over?year=2025", {"rowid": [str(i) for i in (*theirs, mine)]}).status_code == 302
    with world.system() as session:
        drafts = session.scalars(sa.select(CASES.c.filed_by_id).where(CASES.c.issued.is_(False))).all()
    assert drafts == [world["yingji"]]


@pytest.mark.parametrize("field", ["lead_units", "supporting_units"])
def test_a_unit_of_another_county_is_neither_issued_to_nor_added(world, own, field):
    yingji, theirs = world.as_("yingji"), [world.other.units[unit] for unit in ("fengcheng", "firm", "office")]
    for post in (
        lambda value: yingji.send("/tasks/new", typed(world, **{field: [str(value)]})),
        lambda value: send(world, yingji, "task", "add_units", own, **{"lead_units": None, field: [str(value)]}),
    ):
        all_refused(world, theirs, post)
        nonsense_refused(world, post)


def test_a_share_is_not_reassigned_into_another_county(world, own):
    yingji, ours = world.as_("yingji"), share(world, own, "fengcheng")

    def post(value):
        return send(world, yingji, "share", "ask_reassign", ours, receiver_id=str(value))

    all_refused(world, [world.other.units[unit] for unit in ("fengcheng", "firm", "office")], post)
    nonsense_refused(world, post)


def test_a_follow_up_is_of_a_unit_of_this_task_only(world, own):
    yingji = world.as_("yingji")

    def post(value):
        return send(world, yingji, "task", "follow_up", own, unit_id=str(value))

    others = [world["beiliu"], world.other.units["fengcheng"], world.other.units["firm"]]
    all_refused(world, others, post)
    before = everything(world)
    for value in NONSENSE:
        assert post(value).status_code == 422, f"{value} is not the whole task: all units would read it"
    assert everything(world) == before


def test_a_task_is_merged_into_a_visible_one_only(world, hidden, own):
    yingji, mine = world.as_("yingji"), task(world, "yingji", issue=False)

    def post(number):
        return send(world, yingji, "task", "merge", own, kept_number=number)

    before, missing = everything(world), "RW-2026-9999"
    expected = without_ids(post(missing))
    assert expected[0] == 422
    for number in (read(world, hidden["issued"]).number, read(world, own).number, str(mine), str(hidden["draft"])):
        assert without_ids(post(number)) == (expected if number.startswith("RW-") else without_ids(post("1"))), number
    assert everything(world) == before


def test_only_a_colleague_sees_to_a_task_or_a_share(world, own):
    yingji, draft = world.as_("yingji"), task(world, "yingji", issue=False)
    theirs = [world.users[name] for name in ("zhujian", "fengcheng", "office", "firm", "admin", "other_yingji")]
    for address, case_id in (("/tasks", draft), ("/tasks/shares", share(world, own, "yingji"))):
        def post(value, address=address, case_id=case_id):
            with world.system() as session:
                version = session.scalar(sa.select(CASES.c.version).where(CASES.c.id == case_id))
            yingji.send(f"{address}/{case_id}/assign", {"assignee_id": str(value), "version": str(version)})
            return yingji.get(f"{address}/{case_id}")  # the page that the browser is sent to, with the words

        all_refused(world, theirs, post, status=200)


@pytest.mark.parametrize(("address", "verb"), [
    ("/tasks", "chase"), ("/tasks/shares", "acknowledge"), ("/tasks/shares", "verify"), ("/tasks/shares", "chase"),
])
def test_a_row_out_of_sight_in_bulk(world, hidden, address, verb):
    """Told as not done, like a row that does not exist: no number, no word of it."""
    if address == "/tasks":
        theirs = list(hidden.values())
    else:
        theirs = [bring_share(world, "claimed" if verb == "verify" else "issued", unit="zhujian", by=by, content=WORDS,
                              units=("zhujian",)) for by in ("zhujian",)]
        with world.system() as session:
            theirs += session.scalars(sa.select(Share.id).where(Share.unit_id == world.other.units["zhujian"])).all()
        assert len(theirs) == 2
    yingji = world.as_("yingji")
    form = {"confirmed": "1", "comment": "请抓紧", "acknowledged_on": "2026-03-20", "verified_on": "2026-03-20"}

    def post(value):
        return yingji.send(f"{address}/bulk/{verb}", {**form, "rowid": [str(value)]})

    all_refused(world, theirs, post, status=200)
    nonsense_refused(world, post)


@pytest.mark.parametrize("address", ["/tasks/{task}", "/tasks/{task}/edit", "/tasks/{task}/do/chase",
                                     "/tasks/{task}/assign", "/tasks/{task}/files/1"])
def test_a_door_out_of_sight_is_like_none(world, hidden, address):
    yingji, post_only = world.as_("yingji"), address.endswith("assign")

    def knock(value):
        path = address.format(task=value)
        return yingji.send(path, {"assignee_id": "", "version": "1"}) if post_only else yingji.get(path)

    all_refused(world, hidden.values(), knock, status=404)
