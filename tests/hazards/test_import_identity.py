"""Export → import is the identity: whatever the records say, the file that says the same changes nothing."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.casework.unit_of_work import unit_of_work
from app.exchange.text import squash
from app.hazards.models import Hazard, Rectifier, Round
from app.hazards.registering import complete, register
from tests.hazards.ledgers import edit, exported, planned, take_in
from tests.support.factories import DAY

ALPHABET = st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n=+-@'\"、；：:，,。（）是否合格 　１")
NASTY = (
    "=1+1", "+86", "-1", "@sum", "'单引号", "合计", "审核人：某", "复查不合格", "a\nb", "3.10", "007", "√", "/", "无",
    "2026-03-12 复查合格：好；坏", "张三、李四；王五", "_x000D_", "立行立改", "附件2", "序号", "各乡镇",
    "县应急局 张三",
)
TEXT = st.sampled_from(NASTY) | st.text(ALPHABET, min_size=1, max_size=60).filter(squash)
SHORT = TEXT.map(lambda s: s[:40])
MAYBE = st.none() | TEXT
DAYS = st.dates(dt.date(2025, 6, 1), DAY)


@st.composite
def described(draw) -> dict:
    """A hazard's free columns and what its rounds went through."""
    found = draw(DAYS)
    kind = draw(st.sampled_from(["date", "immediate", "standing", "words"]))
    day, rounds = found, []
    for _ in range(draw(st.integers(0, 3))):
        claimed, rechecked = sorted(draw(st.lists(st.dates(day, DAY), min_size=2, max_size=2)))
        rounds.append({"claimed_on": claimed, "rechecked_on": rechecked, "progress": draw(TEXT),
            "prevention": draw(TEXT),
                       "opinion": draw(TEXT), "recheckers": draw(SHORT), "passed": False})
        day = rechecked
    state = draw(st.sampled_from(["rectifying", "awaiting_recheck", "closed"])) if rounds else "rectifying"
    if rounds and state == "closed":
        rounds[-1]["passed"] = True
    elif rounds and state == "awaiting_recheck":
        rounds[-1] |= {"rechecked_on": None, "opinion": None, "passed": None}
    return {
        "happened_on": found, "due_kind": kind, "due": draw(st.dates(found, dt.date(2027, 1, 1))),
        "due_words": draw(SHORT) if kind == "words" else None, "description": draw(TEXT),
        "method": draw(st.none() | SHORT),
        "inspectors": draw(st.none() | SHORT), "measures": draw(MAYBE), "heads": draw(st.none() | SHORT),
        "level": draw(st.sampled_from(["general", "major"])), "rectifiers": draw(st.sampled_from([
            ("firm",), ("firm", "firm3"), ("beiliu",), ("firm3", "fengcheng"),
        ])), "rounds": rounds, "state": state,
    }


def recorded(world, many: list[dict]) -> None:
    """Hazards as the operations leave them, their free texts and rounds then written straight into the tables."""
    hat = world.hats["yingji"]
    with world.session_of("yingji") as session, unit_of_work(session):
        for one in many:
            units = [world[code] for code in one["rectifiers"]]
            facts = world.facts("yingji", **{k: v for k, v in one.items() if k not in ("rounds", "state", "heads",
                "rectifiers")},
                                criterion_note="条", rectifiers=units, enterprise_id=None)
            hazard = register(session, hat, complete(session, hat, facts), (), world.day, True)
            told = [*one["rounds"], *([{}] if one["rounds"] and one["state"] == "rectifying" else [])] or [{}]
            session.execute(sa.delete(Round.__table__).where(Round.__table__.c.case_id == hazard.id))
            session.execute(sa.insert(Round.__table__), [
                {"case_id": hazard.id, "number": n, "measures": one["measures"], **dict.fromkeys(
                    ("claimed_on", "rechecked_on", "progress", "prevention", "opinion", "recheckers", "passed")),
                        **told_one}
                for n, told_one in enumerate(told, 1)
            ])
            session.execute(sa.update(Rectifier.__table__).where(Rectifier.__table__.c.case_id == hazard.id)
                            .values(heads=one["heads"]))
            session.execute(sa.update(Hazard.__table__).where(Hazard.__table__.c.id == hazard.id).values(
                round_number=len(told), claimed_on=told[-1].get("claimed_on")))
            session.execute(sa.text("update cases set state = :s where id = :i"), {"s": one["state"], "i": hazard.id})


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                                                  HealthCheck.data_too_large])
@given(many=st.lists(described(), min_size=1, max_size=6))
def test_export_then_import_changes_nothing(world, many):
    with world.system() as session:  # each example on its own
        before = session.execute(sa.select(sa.func.count()).select_from(Hazard.__table__)).scalar()
    recorded(world, many)
    with tempfile.TemporaryDirectory() as folder:
        path = exported(world, "yingji", Path(folder) / "o.xlsx")
        plan = planned(world, "yingji", path)
        assert not plan.errors(), plan.errors()
        assert dict(plan.counts()) == {"unchanged": before + len(many)}
        assert take_in(world, "yingji", path)["changed"] == 0


@pytest.mark.parametrize("who", ["yingji", "zhujian", "fengcheng", "office"])
def test_for_every_unit_that_reads_it(world, tmp_path, who):
    for state in ("rectifying", "awaiting_recheck", "closed", "cancelled", "merged", "subject_gone"):
        world.bring_to(state, description=f"隐患{state}")
    world.hazard(who if who in ("yingji", "zhujian", "fengcheng") else "office", issue=False, description="草稿")
    twice = world.bring_to("awaiting_recheck", description="两轮", rectifiers=[world["firm"], world["firm3"]])
    world.do("yingji", "fail_recheck", twice, opinion="仍缺；再改\n三天内")
    world.do("firm", "claim", twice, progress="=已改", prevention="-每天")
    path = exported(world, who, tmp_path / "o.xlsx")
    plan = planned(world, who, path)
    assert (plan.errors(), set(plan.counts())) == ([], {"unchanged"})
    assert len(plan.rows) >= 7
    for number in range(1, len(plan.rows) + 1):
        edit(path, number, trace=None)
    found = planned(world, who, path)
    assert {r.record_id for r in found.rows} == {r.record_id for r in plan.rows}, "by unit, description and day"
    assert set(found.counts()) == {"unchanged"}
