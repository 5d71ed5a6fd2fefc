"""Words of the many cases that one import brings are written by the worker: the index takes longer for them than the
database for all their rows, and would keep everybody else's save waiting. They are found some seconds later.
"""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.casework.cases import Case
from app.casework.jobs import enqueue, job_kind
from app.casework.texts import touch
from app.casework.unit_of_work import unit_of_work

AT_ONCE = 200  # cases whose words an import itself writes, and the worker in one transaction
JOB = "texts"


def touch_all(session, kind: str, ids: list[int]) -> None:
    """The words of these new cases of one kind: few in this unit of work, many by the worker."""
    if len(ids) <= AT_ONCE:
        touch(session, _model(kind), ids)
    else:
        enqueue(session, None, JOB, {"kind": kind, "ids": ids})


@job_kind(JOB, _l("Words of imported cases"))
def write(running) -> None:
    """Written again they are the same, so twice does no harm."""
    model, ids = _model(running.params["kind"]), running.params["ids"]
    for done in range(0, len(ids), AT_ONCE):
        running.progress(done, len(ids))
        with unit_of_work(running.session):
            touch(running.session, model, ids[done:done + AT_ONCE])


def _model(kind: str) -> type[Case]:
    return Case.__mapper__.polymorphic_map[kind].class_
