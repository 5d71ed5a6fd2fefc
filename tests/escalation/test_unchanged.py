"""A second sweep of the same day does not look again, unless something was done, however it was committed."""

import pytest
import sqlalchemy as sa

from app.casework.columns import utcnow
from app.casework.history import TimelineEntry
from app.casework.unit_of_work import unit_of_work
from app.escalation.rules import RULES
from app.escalation.states import ProposalState as S
from app.escalation.sweep import sweep
from tests.escalation.test_command import escalate
from tests.escalation.test_sweep import hazard, share
from tests.hazards.test_statements import counted
from tests.support import task_factories as tasks
from tests.support.escalation_factories import DAYS, proposals
from tests.support.submission_factories import set_to


def swept(world, **how):
    """The daily look as the worker does it, and how many rules looked."""
    with counted(world.app) as sent, world.system() as session:
        done = sweep(session, world.day, **how)[world.county.id]
    return done, sum("INSERT INTO proposals_found" in statement for statement in sent)


@pytest.fixture
def looked(world):
    """A world that was swept today; the second county is left out of the count."""
    made = share(world), hazard(world, 3)
    done, looks = swept(world)
    assert done.new == 2 and looks == 2 * len(RULES)
    return made


def entry(world, entry_id: int) -> None:
    """An entry of the log with an id of its own, as a transaction that began earlier and took longer leaves it."""
    with world.system() as session, unit_of_work(session):
        session.execute(sa.insert(TimelineEntry.__table__).values(
            id=entry_id, recorded_at=utcnow(), occurred_on=world.day, user_name="某人",
            organization_name="县安委办", role="clerk", verb="login", changes={}, extra={}))


def test_where_nothing_was_done_no_rule_looks(world, looked):
    before = proposals(world)
    done, looks = swept(world)
    assert looks == 0 and (done.new, done.again, done.cured, done.superseded) == (0, 0, 0, 0)
    assert proposals(world) == before


def test_what_was_done_since_is_seen(world, looked):
    tasks.do_share(world, "fengcheng", "claim", looked[0])
    done, looks = swept(world)
    assert looks and done.cured == 1


def test_another_day_looks_and_so_does_the_first_one_again(world, looked):
    world.move_to(world.day + 10 * DAYS)
    done, looks = swept(world)
    assert done.new == 2 and looks > len(RULES), "all but the few that ask for no day"
    world.move_to(world.day - 10 * DAYS)
    assert swept(world)[1] == looks


def test_a_number_that_changed_is_another_question(world, looked):
    set_to(world, "hazard_chase_days", 4)
    done, looks = swept(world)
    assert 0 < looks < len(RULES), "the rules that do not ask this number have nothing to look for"
    assert done.cured == 1


def test_an_entry_that_was_committed_late_is_seen(world, looked):
    entry(world, 10_001)
    assert swept(world)[1] and not swept(world)[1]
    entry(world, 10_000)
    assert swept(world)[1] and not swept(world)[1]


def test_a_rehearsal_is_not_remembered(world):
    share(world)
    assert "新增 1 条" in escalate(world, "--dry-run")
    assert "新增 1 条" in escalate(world) and "新增 0 条" in escalate(world)


def test_one_may_ask_to_look_anyway(world, looked):
    assert swept(world, anew=True)[1] == 2 * len(RULES)
    with world.system() as session, unit_of_work(session):
        session.execute(sa.text("DELETE FROM proposals"))  # whatever happened to the table
    assert "新增 0 条" in escalate(world) and "新增 2 条" in escalate(world, "--anew")


def test_what_is_put_off_wakes_all_the_same(world, looked):
    with world.system() as session, unit_of_work(session):
        session.execute(sa.text("UPDATE proposals SET state = 'postponed', postponed_to = :day"), {"day": world.day})
    assert swept(world)[1] == 0 and len(proposals(world, S.OPEN)) == 2
