"""`flask escalate`: writes, only looks, tells each proposal as JSON; the daily job does the same, once."""

import datetime as dt
import json

from app.casework.jobs import KINDS
from app.escalation.jobs import hour
from tests.escalation.test_sweep import hazard, share
from tests.support import letter_factories  # noqa: F401 - its rooms are part of what is swept
from tests.support.escalation_factories import DAYS, look, proposals
from tests.support.submission_factories import set_to


def escalate(world, *arguments: str) -> str:
    answer = world.app.test_cli_runner().invoke(args=["escalate", *arguments])
    assert answer.exit_code == 0, answer.output
    return answer.output


def objects(world, *arguments: str) -> list[dict]:
    return [json.loads(line) for line in escalate(world, "--json", *arguments).splitlines()]


def test_it_writes_and_says_how_much(world):
    share(world)
    assert "甲县，2026-03-20：新增 1 条" in escalate(world)
    assert "甲县，2026-03-20：新增 0 条" in escalate(world)
    assert len(proposals(world)) == 1


def test_it_only_looks_when_asked_to(world):
    share(world)
    said = escalate(world, "--dry-run")
    assert "新增 1 条" in said and "没有写入" in said and proposals(world) == []
    (one,) = objects(world, "--dry-run")
    assert one["measure"] == "reminder" and proposals(world) == []


def test_as_of_another_day(world):
    share(world, 0)
    day = world.day + 25 * DAYS
    (one,) = objects(world, "--dry-run", "--as-of", day.isoformat())
    assert (one["measure"], one["facts"]["days"], one["new"]) == ("supervisory", 25, True)
    escalate(world, "--as-of", day.isoformat())
    assert proposals(world)[0].proposed_on == day


def test_every_proposal_is_one_object(world):
    made, other = share(world), hazard(world, 3)
    (first, second) = sorted(objects(world), key=lambda one: one["rule"], reverse=True)
    assert first == {
        "rule": "task_overdue", "clause": "四（二）5", "own_requirement": None,
        "subject": {"id": made, "kind": "task_share", "number": "RW-2026-0001", "title": "开展燃气安全专项整治",
                    "state": "issued"},
        "recipient": {"id": world["fengcheng"], "name": "凤城镇"},
        "proposer": {"id": world["office"], "name": "县安委办"}, "measure": "reminder", "step": 2,
        "facts": {"percent": 0, "since": "2026-03-08", "days": 12},
        "reason": "凤城镇承担的“开展燃气安全专项整治”应于3月8日完成，已逾期12天，自报进展0%。建议发提醒函。",
        "new": True,
    }
    assert second["subject"]["id"] == other and second["clause"] == "一（三）" and second["measure"] == "chase"
    world.move_to(world.day + 1 * DAYS)
    assert [one["new"] for one in objects(world)] == [False, False]


def test_the_daily_job_is_this_and_has_its_hour(world):
    share(world)
    kind = KINDS["escalate"]
    with world.system() as session:
        assert hour(session, world.day) == 6 and kind.daily_at is hour
    set_to(world, "escalation_hour", 4)
    with world.system() as session:
        assert hour(session, world.day) == 4

        class Running:
            today, result = world.day, {}

        Running.session = session
        kind.run(Running)
    assert Running.result["rows"] == 1
    assert Running.result["counties"][str(world.county.id)] == {"new": 1, "cured": 0}
    assert len(proposals(world)) == 1 and look(world).new == 0 and isinstance(world.day, dt.date)
