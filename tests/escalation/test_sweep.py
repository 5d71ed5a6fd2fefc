"""The sweep over days: once each, cured, back again, worse; merged units, missed days, other counties, settings."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.casework.invariants import check
from app.casework.unit_of_work import unit_of_work
from app.escalation.invariants import RULES as INVARIANTS
from app.escalation.models import Proposal
from app.escalation.operations import accepted_with, dismiss, postpone
from app.escalation.rules import BY_NAME, RULES
from app.escalation.states import Measure
from app.escalation.states import ProposalState as S
from app.letters.models import Letter
from app.organization.models import Enterprise, Organization
from app.organization.settings import DEFINITIONS, Setting
from tests.support import task_factories as tasks
from tests.support.escalation_factories import DAYS, change, letter, look, occasion, proposals
from tests.support.submission_factories import set_to


def share(world, days: int = 12, unit: str = "fengcheng", by: str = "office", **data) -> int:
    """A share that is so many days overdue; returns its id."""
    due = world.day - dt.timedelta(days=days)
    task_id = tasks.task(world, by, (unit,), due=due, happened_on=due - 30 * DAYS, **data)
    return tasks.share(world, task_id, unit)


def hazard(world, days: int, by: str = "yingji", **data) -> int:
    due = world.day - dt.timedelta(days=days)
    return world.hazard(by, due=due, happened_on=due - 9 * DAYS, **data)


def states(world, **having) -> list[tuple]:
    return [(one.step, one.state) for one in proposals(world, **having)]


def faults(world) -> list:
    with world.system() as session:
        return check(session, rules=INVARIANTS)


def test_once_however_often(world):
    share(world)
    hazard(world, 3)
    assert look(world).new == 2
    before = proposals(world)
    for _again in range(3):
        swept = look(world)
        assert (swept.new, swept.again, swept.cured, swept.superseded) == (0, 0, 0, 0)
    assert proposals(world) == before and faults(world) == []


def test_step_by_step_and_the_lower_one_goes(world):
    share(world, 0)
    seen = []
    for _day in range(22):
        world.move_to(world.day + 1 * DAYS)
        look(world)
        seen.append([(one.measure, (one.proposed_on - one.since).days) for one in proposals(world, S.OPEN)])
    assert seen[0] == seen[8] == [("chase", 1)] and seen[9] == seen[18] == [("reminder", 10)]
    assert seen[19] == seen[21] == [("supervisory", 20)]
    assert states(world) == [(1, S.SUPERSEDED), (2, S.SUPERSEDED), (3, S.OPEN)] and faults(world) == []


def test_a_machine_that_was_off_makes_up_for_it(world):
    share(world, 0)
    look(world)
    world.move_to(world.day + 25 * DAYS)
    look(world)
    assert [(one.step, one.measure, one.proposed_on) for one in proposals(world)] == [(3, "supervisory", world.day)]


def test_cured_and_back_again_and_says_so(world):
    made = share(world)
    look(world)
    world.move_to(world.day + 2 * DAYS)
    tasks.do_share(world, "fengcheng", "claim", made)
    assert look(world).cured == 1
    (gone,) = proposals(world)
    assert (gone.state, gone.decided_on, gone.decided_by) == (S.CURED, world.day, None)
    world.move_to(world.day + 1 * DAYS)
    tasks.do_share(world, "office", "reject", made)
    assert look(world).again == 1
    (back,) = proposals(world, rule="task_overdue")
    assert (back.state, back.reopened_on, back.decided_on) == (S.OPEN, world.day, gone.decided_on)


def test_a_new_deadline_begins_anew(world):
    """Dismissed at the old one; extended, and overdue again: other facts."""
    made = hazard(world, -5)
    world.do("firm", "ask_extension", made, new_due=world.day + 20 * DAYS)
    world.move_to(world.day + 8 * DAYS)
    look(world)
    (first,) = proposals(world)
    with world.session_of("yingji") as session:
        dismiss(session, world.hats["yingji"], first.id, first.version, "已约定延期", world.day)
    world.do("yingji_head", "approve_extension", made)
    world.move_to(world.day + 20 * DAYS)
    look(world)
    assert [(one.since, one.state) for one in proposals(world)] == [(first.since, S.DISMISSED),
                                                                   (world.read(made).due, S.OPEN)]


def test_what_was_put_off_goes_when_it_is_cured_or_worse(world):
    made = [share(world, 8), share(world, 8)]
    look(world)
    for one in proposals(world):
        with world.session_of("office") as session:
            postpone(session, world.hats["office"], one.id, one.version, world.day + 30 * DAYS, world.day)
    tasks.do_share(world, "fengcheng", "claim", made[0])
    world.move_to(world.day + 5 * DAYS)
    look(world)
    assert {(one.subject_id, one.step, one.state) for one in proposals(world)} == {
        (made[0], 1, S.CURED), (made[1], 1, S.SUPERSEDED), (made[1], 2, S.OPEN)}


def test_a_look_at_another_day_spoils_nothing(world):
    """As of a later day, then of an earlier one, then of today: what stands is right for the latest."""
    share(world, 12)
    look(world, world.day + 10 * DAYS)
    look(world, world.day - 8 * DAYS)
    look(world)
    assert [(one.step, one.state) for one in proposals(world, S.OPEN, S.POSTPONED)] == [(3, S.OPEN)]
    assert faults(world) == []


def test_a_unit_that_was_merged_is_reached_where_it_is_now(world):
    """As recipient and as proposer, however far on; an enterprise too."""
    share(world, 12, "beiliu")
    hazard(world, 3, "zhujian", enterprise_id=world["firm2"], rectifiers=[world["firm2"]])
    into = {(Organization, "beiliu"): "fengcheng", (Organization, "zhujian"): "yingji", (Enterprise, "firm2"): "firm3",
            (Enterprise, "firm3"): "firm"}
    for (model, unit), successor in into.items():
        change(world, model, world[unit], active=False, successor_id=world[successor])
    look(world)
    found = {one.rule: one for one in proposals(world)}
    assert found["task_overdue"].recipient_id == world["fengcheng"]
    assert (found["hazard_other"].proposer_id, found["hazard_other"].recipient_id) == (world["yingji"], world["firm"])


def test_nobody_is_written_to_by_himself(world):
    """The unit issued the task to itself: its own rungs are nobody's, the last is the office's."""
    share(world, 12, "fengcheng", by="fengcheng")
    look(world)
    assert proposals(world) == []
    world.move_to(world.day + 9 * DAYS)
    look(world)
    assert [(one.proposer_id, one.measure) for one in proposals(world)] == [(world["office"], "supervisory")]


def test_counties_keep_to_themselves(world):
    with world.system() as session, unit_of_work(session):
        session.add(_setting(world.other.id, "task_reminder_days", 30))
    share(world, 12)
    share_of_other = tasks.task(world, "other_office", ("fengcheng",), due=world.day - 12 * DAYS,
                                happened_on=world.day - 40 * DAYS)
    look(world)
    with world.system() as session:
        rows = session.execute(sa.select(Proposal.county_id, Proposal.measure).order_by(Proposal.county_id)).all()
    assert share_of_other and [tuple(row) for row in rows] == [(world.county.id, "reminder"), (world.other.id, "chase")]


def _setting(county_id: int, key: str, value):
    return Setting(county_id=county_id, key=key, value=value, valid_from=dt.date(2020, 1, 1))


def test_a_widened_rule_names_the_offices_own_requirement(world):
    made = hazard(world, 12)
    look(world)
    assert [one.rule for one in proposals(world)] == ["hazard_other"]
    set_to(world, "letters_on_other_hazards", True)
    look(world)
    (one,) = proposals(world, rule="hazard_other_letter")
    rule = BY_NAME[one.rule]
    assert (one.subject_id, one.measure, rule.clause, rule.situation) == (made, "reminder", None, None)
    assert rule.own_requirement
    set_to(world, "letters_on_other_hazards", False)
    look(world)
    assert states(world, rule="hazard_other_letter") == [(1, S.CURED)]


def test_numbers_are_the_offices(world):
    set_to(world, "task_reminder_days", 5)
    share(world, 6)
    look(world)
    assert [one.measure for one in proposals(world)] == ["reminder"]


def test_a_letter_that_came_to_nothing_brings_the_proposal_back(world):
    made = share(world)
    look(world)
    (one,) = proposals(world)
    letter_id = letter(world, "fengcheng", shown_by=made, state="draft")
    with world.session_of("office") as session, unit_of_work(session):
        accepted_with(session, world.hats["office"], session.get(Letter, letter_id), [one.id], world.day)
    look(world)
    assert [(p.state, p.letter_id) for p in proposals(world)] == [(S.ACCEPTED, letter_id)]
    change(world, Letter, letter_id, state="discarded")
    look(world)
    assert [(p.state, p.letter_id) for p in proposals(world)] == [(S.OPEN, None)]


def test_several_letters_within_some_weeks(world):
    """Three for what was not carried out; weather does not count, nor does what lies too far back."""
    for n in range(2):
        letter(world, "beiliu", signed=world.day - (20 + n) * DAYS)
    letter(world, "beiliu", signed=world.day - 70 * DAYS)
    letter(world, "beiliu", type="advisory", situation="6")
    look(world)
    assert proposals(world, rule="letters_repeated") == []
    letter(world, "beiliu", type="supervisory", situation="4", delivered={"reply_due": world.day - 2 * DAYS})
    look(world)
    (one,) = proposals(world, rule="letters_repeated")
    assert (one.measure, one.proposer_id, one.recipient_id, one.subject_id) == (
        Measure.INTERVIEW, world["office"], world["beiliu"], None)
    assert (one.facts["times"], one.facts["late"]) == (3, 3)
    world.move_to(world.day + 1 * DAYS)
    letter(world, "beiliu", type="supervisory", situation="5")
    look(world)
    assert [state for _step, state in states(world, rule="letters_repeated")] == [S.SUPERSEDED, S.OPEN]


def test_letters_that_came_to_nothing_do_not_count_among_several(world):
    """And of answers that are not late nothing is said."""
    for state in ("void", "withdrawn", "issued", "issued"):
        letter(world, "beiliu", state=state)
    look(world)
    assert proposals(world, rule="letters_repeated") == []
    letter(world, "beiliu")
    look(world)
    (one,) = proposals(world, rule="letters_repeated")
    assert (one.step, one.facts["times"], one.facts["late"]) == (3, 3, 0)
    page = world.as_("office").get("/proposals/").get_data(as_text=True)
    assert "份提醒函、督办函。" in page and "没有按期回复" not in page


def test_an_instruction_to_one_unit_goes_to_it_and_to_several_in_one(world):
    occasion(world, "instruction", "beiliu", happened_on=world.day - 3 * DAYS)
    occasion(world, "instruction", "beiliu", "fengcheng", happened_on=world.day - 3 * DAYS)
    look(world)
    assert [one.recipient_id for one in proposals(world)] == [world["beiliu"], world.county.id]
    assert proposals(world)[1].facts["units"] == [world["beiliu"], world["fengcheng"]]


@pytest.mark.one_database
def test_every_rule_has_its_settings_and_says_what_follows():
    for rule in RULES:
        assert set(rule.keys) <= DEFINITIONS.keys(), rule.name
        assert bool(rule.clause) != bool(rule.own_requirement), f"{rule.name}: a clause or a requirement"
        assert str(rule.sentence) and str(rule.after) and str(rule.title), rule.name
    assert len(BY_NAME) == len(RULES)
