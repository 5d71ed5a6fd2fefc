"""Units report, the issuer acts on the task, at the same moment: one order of locks, nobody waits for ever."""

from app.access.scope import session_for, system_session
from app.casework.errors import CaseworkError
from app.casework.invariants import check
from app.casework.verbs import perform
from app.tasks.invariants import RULES
from app.tasks.shares.verbs import SHARES
from app.tasks.spawning import spawn_due
from app.tasks.verbs import TASKS
from tests.casework.support import in_processes
from tests.support import task_factories as made
from tests.support.task_factories import read, read_share, share, task

ROUNDS = 6


def refused(world, noun, verb: str, who: str, case_id: int, **data) -> str | None:
    """Do a verb; what it was refused for, if it was: somebody else was quicker."""
    answers = made.answers if noun is TASKS else made.share_answers
    hat = world.hats[who]
    try:
        with session_for(hat.scope) as session:
            perform(session, noun, verb, case_id, None, hat, {**answers(world, verb), **data}, world.day)
    except CaseworkError as error:
        return type(error).__name__
    return None


def whole(world) -> None:
    with world.system() as session:
        assert check(session, None, RULES) == []


def test_verbs_of_task_and_shares_cross(world):
    task_id = task(world, units=("fengcheng", "beiliu"))
    ours, theirs = share(world, task_id, "fengcheng"), share(world, task_id, "beiliu")
    acts = (
        lambda n: refused(world, SHARES, "report", "fengcheng", ours, percent=n),
        lambda n: refused(world, SHARES, "report", "beiliu", theirs, percent=n),
        lambda n: refused(world, TASKS, "adjust", "office_head", task_id, content=f"第{n}次调整"),
        lambda n: refused(world, TASKS, "follow_up", "office", task_id),
        lambda n: refused(world, SHARES, "verify_progress", "office", theirs, percent_verified=n),
    )
    faults = in_processes(world.app, len(acts), lambda i: [acts[i](n) for n in range(ROUNDS)])
    assert faults == []
    assert read(world, task_id).state == "in_progress"
    assert read_share(world, ours).percent_claimed == ROUNDS - 1
    whole(world)


def test_both_last_shares_are_confirmed_at_once(world):
    """Each sees the other's: the task is done, whoever came second."""
    task_id = made.bring(world, "claimed")
    shares = [share(world, task_id, unit) for unit in ("fengcheng", "beiliu")]
    people = ("office", "office_head")
    assert in_processes(world.app, 2, lambda i: refused(world, SHARES, "verify", people[i], shares[i])) == []
    assert read(world, task_id).state == "done"
    whole(world)


def test_a_claim_meets_the_termination(world):
    task_id = task(world)
    made.do(world, "office", "ask_terminate", task_id)
    ours = share(world, task_id, "fengcheng")
    acts = (
        lambda: refused(world, TASKS, "approve_terminate", "office_head", task_id),
        lambda: refused(world, SHARES, "claim", "fengcheng", ours),
        lambda: refused(world, SHARES, "report", "beiliu", share(world, task_id, "beiliu")),
    )
    assert in_processes(world.app, len(acts), lambda i: acts[i]()) == []
    assert (read(world, task_id).state, read_share(world, ours).state) == ("terminated", "terminated")
    whole(world)


def test_the_system_spawns_while_people_work(world):
    series = task(world, due_kind="monthly", due=None)
    world.move_to(world.day.replace(month=5))

    def spawn():
        with system_session("spawning under test") as session:
            spawn_due(session, world.day)

    acts = (spawn, spawn, lambda: refused(world, TASKS, "add_units", "office", series))
    assert in_processes(world.app, len(acts), lambda i: acts[i]()) == []
    whole(world)
