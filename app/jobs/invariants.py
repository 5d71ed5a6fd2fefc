"""What must hold in the table of jobs whoever was killed when: `operations`, said in SQL."""
from __future__ import annotations

import sqlalchemy as sa

from app.casework.invariants import N_, Rule
from app.casework.jobs import KINDS, Job
from app.jobs.operations import OPEN

_jobs = Job.__table__


def _where(*broken) -> sa.Select:
    """The jobs at fault, called as on their user's page."""
    return sa.select(_jobs.c.title + " #" + sa.cast(_jobs.c.id, sa.String)).where(sa.or_(*broken)).order_by(_jobs.c.id)


def _lease_differs() -> sa.Select:
    running = _jobs.c.state == "running"
    return _where(running != _jobs.c.lease_owner.is_not(None), running != _jobs.c.lease_until.is_not(None))


def _end_differs() -> sa.Select:
    return _where(_jobs.c.state.in_(OPEN) != _jobs.c.finished_at.is_(None))


def _silent_failures() -> sa.Select:
    return _where(sa.and_(_jobs.c.state == "failed", sa.func.coalesce(_jobs.c.error, "") == ""))


def _files_differ() -> sa.Select:
    """The name stays when the file itself is let go."""
    makers = [kind.name for kind in KINDS.values() if kind.makes_file]
    nameless = _jobs.c.file_name.is_(None)
    return _where(
        sa.and_(_jobs.c.state == "done", _jobs.c.kind.in_(makers), nameless),
        sa.and_(_jobs.c.file_path.is_not(None), sa.or_(_jobs.c.state != "done", nameless)),
    )


def _never_tried() -> sa.Select:
    begun = _jobs.c.state.in_(("running", "done", "failed"))
    return _where(_jobs.c.attempt < 0, sa.and_(begun, _jobs.c.attempt < 1))


CANCEL = N_("cancel this job and ask for it again")
AGAIN = N_("ask for it again; of an import, see in the history first whether it was entered")
RULES = (
    Rule(N_("a running job has its worker and a lease, any other has neither"), _lease_differs, CANCEL),
    Rule(N_("a job that ended says when, one on its way does not"), _end_differs, AGAIN),
    Rule(N_("a failed job says why"), _silent_failures, AGAIN),
    Rule(N_("a job's file is there when it is done, and not before"), _files_differ, AGAIN),
    Rule(N_("a job that was begun has counted its attempt"), _never_tried, CANCEL),
)
