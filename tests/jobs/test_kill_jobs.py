"""kill -9 at the n-th statement or commit of a job's life, for every n: its effect stands once, and so does its end."""

import os
import signal

from sqlalchemy import event

from app.extensions import db
from tests.jobs.support import ask, effects, ended, fork, kind, let_lease_pass, noting, row, work_off


def work_until(app, die_at: int) -> None:
    """Work off what is due; the process dies just before its n-th statement, or just after its n-th commit."""
    done = 0

    def count(*_):
        nonlocal done
        done += 1
        if done == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", count)
        event.listen(db.engine, "commit", count)
    work_off(app)


def test_killed_at_any_step_a_job_is_done_once(world):
    asked, step, code = [], 0, -9
    with kind(noting):
        while code != 0:
            step += 1
            asked.append(job_id := ask(world))
            code = ended(fork(world.app, lambda step=step: work_until(world.app, step)))
            if row(world, job_id).state == "running":
                assert effects(world) == asked[:-1], f"killed at step {step}: not done, and yet it left something"
                let_lease_pass(world, job_id)
            work_off(world.app)
            done = row(world, job_id)
            assert (done.state, done.lease_owner) == ("done", None), f"killed at step {step}"
            assert effects(world) == asked, f"killed at step {step}"
    assert step > 8, "it was killed at hardly any step"
