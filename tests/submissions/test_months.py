"""A month is opened for who owes it, frozen with its two dates, reviewed by a second person; what is frozen stays."""

import datetime as dt
import hashlib
import io

import openpyxl
import pytest
import sqlalchemy as sa

from app.casework.attachments import path_of
from app.casework.cases import Case
from app.casework.errors import NotAllowed, NotFound, Obstacle
from app.casework.invariants import check
from app.casework.unit_of_work import unit_of_work
from app.submissions import duties, rules
from app.submissions.invariants import RULES
from app.submissions.models import Submission
from app.submissions.states import SubmissionState as S
from tests.support import task_factories as tasks
from tests.support.submission_factories import HEADER, do, month_of, on, open_all, read, set_to

D = dt.date.fromisoformat


def opened(world, day: str = "04-02", ledger: str = "hazards") -> int:
    """The bureau's month that was opened by that day, with one hazard found in March in it."""
    on(world, "03-20").hazard(happened_on=D("2026-03-10"))
    on(world, day)
    open_all(world)
    return month_of(world, "yingji", "2026-03", ledger)


def printed(world, freeze) -> list[tuple]:
    """The frozen workbook's rows, 序号 first."""
    content = path_of(world.app.config["DATA_DIR"], freeze.sha256).read_bytes()
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    return [row for row in page.iter_rows(min_row=4, values_only=True) if isinstance(row[0], int)]


def faults(world) -> list:
    with world.system() as session:
        return check(session, world.app.config["DATA_DIR"], RULES)


def owed(world) -> set[tuple]:
    table, cases = Submission.__table__, Case.__table__
    with world.system() as session:
        rows = session.execute(sa.select(table.c.unit_id, table.c.ledger, table.c.month).join(
            cases, cases.c.id == table.c.id).where(cases.c.county_id == world.county.id))
        return {tuple(row) for row in rows}


# ── who owes what ──────────────────────────────────────────────────────────────────────────────────────────────
def test_townships_and_departments_owe_both_ledgers_on_the_day_after_the_month(world):
    on(world, "03-31")
    open_all(world)
    assert {month for _unit, _ledger, month in owed(world)} == {"2026-02"}
    on(world, "04-01")
    assert open_all(world) == 16 and open_all(world) == 0  # two counties, four units, two ledgers
    march = {(unit, ledger) for unit, ledger, month in owed(world) if month == "2026-03"}
    units = {world[code] for code in ("fengcheng", "beiliu", "yingji", "zhujian")}
    assert march == {(unit, ledger) for unit in units for ledger in ("tasks", "hazards")}
    assert faults(world) == []


def test_a_machine_that_was_off_opens_the_months_it_missed(world):
    open_all(on(world, "02-03"))
    open_all(on(world, "05-02"))
    assert {month for *_, month in owed(world)} == {"2026-01", "2026-02", "2026-03", "2026-04"}


def test_due_moves_over_the_holiday_and_the_cut_off_may_lie_in_mid_month(world):
    """清明 2026 is the fourth to the sixth of April."""
    assert read(world, opened(world)).due == D("2026-04-07")
    set_to(world, "submission_cut_off_day", 25)
    open_all(on(world, "04-26"))
    april = read(world, month_of(world, "yingji", "2026-04"))
    assert (april.period_from, april.period_until, april.due) == (D("2026-03-26"), D("2026-04-25"), D("2026-04-30"))


@pytest.mark.one_database
@pytest.mark.parametrize(("month", "told", "last"), [
    ("2026-02", [], "2026-02-28"), ("2026-04", [("2020-01-01", 31)], "2026-04-30"),
    ("2026-04", [("2020-01-01", 25)], "2026-04-25"), ("2026-04", [("2026-04-10", 25)], "2026-04-30"),
    ("2026-05", [("2026-04-10", 25)], "2026-05-25"),
])
def test_a_new_cut_off_holds_from_the_next_month_on(month, told, last):
    assert rules.cut_off(month, [(D(day), value) for day, value in told], 31) == D(last)


def tell(world, unit: str, owes: bool, since: str, until: str | None = None, by: str = "office") -> None:
    with world.session_of(by) as session:
        duties.tell(session, world.hats[by], {
            "organization_id": world[unit], "ledger": "hazards", "owes": owes, "valid_from": D(since),
            "valid_to": until and D(until)}, world.day)


def test_a_dated_word_takes_a_duty_away_and_gives_it_back(world):
    tell(world, "zhujian", False, "2026-03-01", "2026-03-31")
    tell(world, "office", True, "2026-03-01", by="admin")
    for day in ("04-01", "05-01"):
        open_all(on(world, day))
    hazards = {(unit, month) for unit, ledger, month in owed(world) if ledger == "hazards"}
    assert (world["zhujian"], "2026-03") not in hazards and (world["zhujian"], "2026-04") in hazards
    assert (world["office"], "2026-03") in hazards


def test_another_countys_unit_is_no_unit(world):
    with pytest.raises(Obstacle), world.session_of("office") as session:
        duties.tell(session, world.hats["office"], {
            "organization_id": world.other.units["fengcheng"], "ledger": "tasks", "owes": False,
            "valid_from": world.day, "valid_to": None}, world.day)


# ── freezing ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_month_is_frozen_as_it_is_printed_and_stays_so(world, recorded):
    submission_id = opened(world)
    done = do(world, "yingji", "submit", submission_id)
    (freeze,) = done.freezes
    assert (done.state, done.submitted_on, done.nil) == (S.SUBMITTED, world.day, False)
    assert (freeze.rows, freeze.happened_until) == (1, D("2026-03-31"))
    assert {name: freeze.header[name] for name in HEADER} == HEADER
    assert freeze.header["period"] == "2026年3月" and freeze.header["filing_unit"] == "应急管理局"
    before = path_of(world.app.config["DATA_DIR"], freeze.sha256).read_bytes()
    assert hashlib.sha256(before).hexdigest() == freeze.sha256
    (row,) = printed(world, freeze)
    hazard_id = world.hazard(happened_on=D("2026-03-11"))  # late: it happened in March
    world.do("firm", "claim", hazard_id)
    assert path_of(world.app.config["DATA_DIR"], freeze.sha256).read_bytes() == before
    assert printed(world, read(world, submission_id).freezes[0]) == [row]
    assert faults(world) == []


def test_what_happened_after_the_month_is_not_told(world, recorded):
    """Found in March; claimed and passed in April, before the clerk froze March."""
    submission_id = opened(world, "04-03")
    hazard_id = world.hazard(happened_on=D("2026-03-12"))
    world.do("firm", "claim", hazard_id, claimed_on=D("2026-04-02"))
    world.do("yingji", "pass_recheck", hazard_id, rechecked_on=D("2026-04-03"))
    world.hazard(happened_on=D("2026-04-01"))
    frozen = do(world, "yingji", "submit", submission_id).freezes[0]
    rows = printed(world, frozen)
    assert len(rows) == 2 and not any("已加装" in str(row) or "2026-04-0" in str(row) for row in rows)
    assert frozen.figures["month"] == {"rows": 2, "found": 2, "late": 0, "ended": 0, "open": 2}
    open_all(on(world, "05-02"))
    april = do(world, "yingji", "submit", month_of(world, "yingji", "2026-04")).freezes[0]
    assert sum("已加装" in str(row) for row in printed(world, april)) == 1
    assert april.figures["month"] == {"rows": 3, "found": 1, "late": 0, "ended": 1, "open": 2}
    assert april.figures["year"]["found"] == 3


def test_late_entries_stand_in_the_next_month_and_in_the_year(world, recorded):
    do(world, "yingji", "submit", opened(world))
    open_and_closed = [world.hazard(happened_on=D("2026-03-15")), world.hazard(happened_on=D("2026-03-16"))]
    world.do("firm", "claim", open_and_closed[1], claimed_on=D("2026-03-20"))
    world.do("yingji", "pass_recheck", open_and_closed[1], rechecked_on=D("2026-03-21"))
    open_all(on(world, "05-02"))
    april = do(world, "yingji", "submit", month_of(world, "yingji", "2026-04")).freezes[0]
    assert len(printed(world, april)) == 3
    assert april.figures["month"] == {"rows": 3, "found": 2, "late": 2, "ended": 1, "open": 2}
    assert april.figures["year"] == {"rows": 3, "found": 3, "late": 0, "ended": 1, "open": 2}
    open_all(on(world, "06-02"))
    may = do(world, "yingji", "submit", month_of(world, "yingji", "2026-05")).freezes[0]
    assert may.figures["month"] == {"rows": 2, "found": 0, "late": 0, "ended": 0, "open": 2}


def test_attachment_1_is_frozen_without_later_progress(world, recorded):
    task_id = tasks.task(on(world, "03-20"), units=("fengcheng", "beiliu"))
    share_id = tasks.share(world, task_id, "fengcheng")
    for day, percent in (("03-25", 30), ("04-02", 80)):
        tasks.do_share(on(world, day), "fengcheng", "report", share_id, percent=percent, text=f"进展{percent}")
    open_all(world)
    frozen = do(world, "fengcheng", "submit", month_of(world, "fengcheng", "2026-03", "tasks")).freezes[0]
    (row,) = printed(world, frozen)
    assert "进展30" in str(row) and "进展80" not in str(row)


def test_nil_is_said_and_never_understood(world):
    submission_id = opened(world)
    with pytest.raises(Obstacle):
        do(world, "yingji", "nil_return", submission_id)
    empty = month_of(world, "beiliu", "2026-03")
    with pytest.raises(Obstacle):
        do(world, "beiliu", "submit", empty)
    done = do(world, "beiliu", "nil_return", empty)
    assert done.nil and done.freezes[0].nil and done.freezes[0].rows == 0 and done.state == S.SUBMITTED
    assert openpyxl.load_workbook(io.BytesIO(path_of(
        world.app.config["DATA_DIR"], done.freezes[0].sha256).read_bytes())).active.max_row > 5
    assert faults(world) == []


# ── review ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_second_person_approves_and_a_returned_month_is_frozen_anew(world, recorded):
    submission_id = opened(world)
    first = do(world, "yingji", "submit", submission_id)
    back = do(world, "yingji_head", "return", submission_id, comment="漏报一条")
    assert (back.state, back.recorded_until, back.submitted_on) == (S.RETURNED, None, None)
    world.hazard(happened_on=D("2026-03-15"))
    again = do(world, "yingji", "submit", submission_id)
    assert [freeze.rows for freeze in again.freezes] == [1, 2] and again.recorded_until > first.recorded_until
    done = do(world, "yingji_head", "approve", submission_id)
    assert (done.state, done.closed_on) == (S.APPROVED, world.day)
    assert faults(world) == []


def test_who_froze_does_not_approve_on_paper_either(world):
    submission_id = opened(world)
    do(world, "yingji", "submit", submission_id)
    with pytest.raises(Obstacle):
        do(world, "yingji", "approve", submission_id, decided_by=world.hats["yingji"].user_name)
    assert do(world, "yingji", "approve", submission_id, decided_by="分管领导").state == S.APPROVED


def test_months_go_one_after_the_other(world):
    submission_id = opened(world)
    open_all(on(world, "05-02"))
    april = month_of(world, "yingji", "2026-04")
    with pytest.raises(Obstacle):
        do(world, "yingji", "submit", april)
    do(world, "yingji", "submit", submission_id)
    do(world, "yingji", "submit", april)
    with pytest.raises(Obstacle):
        do(world, "yingji_head", "return", submission_id)
    do(world, "yingji_head", "return", april)
    assert do(world, "yingji_head", "return", submission_id).state == S.RETURNED


def test_the_office_chases_excuses_and_sends_back(world):
    submission_id = opened(world)
    chased = do(world, "office", "chase", submission_id)
    assert (chased.chases, chased.chased_on) == (1, world.day)
    do(world, "yingji", "submit", submission_id)
    do(world, "yingji_head", "approve", submission_id)
    assert do(world, "office_head", "send_back", submission_id).state == S.RETURNED
    assert do(world, "office", "excuse", submission_id).state == S.EXCUSED
    assert faults(world) == []


def test_nobody_else_finds_a_units_month(world):
    submission_id = opened(world)
    for stranger in ("zhujian", "fengcheng", "other_office", "other_yingji", "firm"):
        with pytest.raises(NotFound):
            do(world, stranger, "withdraw", submission_id)
    with pytest.raises(NotAllowed):
        do(world, "leader", "chase", submission_id)


BROKEN = {
    "the one party of a submission": lambda c, p, s, f: sa.delete(p),
    "it is the turn of who must submit": lambda c, p, s, f: sa.update(c).where(c.c.kind == "ledger_submission").values(
        turn_role="clerk"),
    "a submitted month repeats its last freeze": lambda c, p, s, f: sa.update(f).values(number=2),
    "each freeze has its workbook": lambda c, p, s, f: sa.update(f).values(sha256="0" * 64),
    "an ended submission has its day": lambda c, p, s, f: sa.update(c).values(closed_on=D("2026-04-02")),
    "the state was recorded when": lambda c, p, s, f: sa.update(c).values(
        state_recorded_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
}


@pytest.mark.parametrize("words", BROKEN)
def test_a_broken_invariant_is_named_with_its_cure(world, words):
    from app.casework.cases import CaseParty
    from app.submissions.models import Freeze

    do(world, "yingji", "submit", opened(world))
    assert faults(world) == []
    tables = [cls.__table__ for cls in (Case, CaseParty, Submission, Freeze)]
    with world.system() as session, unit_of_work(session):
        session.execute(BROKEN[words](*tables))
    found = [fault for fault in faults(world) if fault.what.startswith(words)]
    assert found and found[0].where and found[0].cure
