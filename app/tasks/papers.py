"""What is printed of a task: its sheet (任务单), with the shares that its reader finds and what was last reported.

Who is responsible and until when is printed as in attachment 1: it is part of the task.
"""
from __future__ import annotations

import sqlalchemy as sa

from app.tasks import printing, queries
from app.tasks.models import FollowUp, Progress, Task
from app.tasks.states import Source, TaskState


def sheet(session, task: Task) -> dict:
    """`{task, source, units, due, shares, newest, follow_ups, names, states}`; `newest`: progress by share."""
    shares = queries.shares_of(session, [task.id])
    entries = session.scalars(
        sa.select(Progress).where(Progress.case_id.in_([share.id for share in shares]))
        .order_by(Progress.reported_on, Progress.id)
    )
    follow_ups = session.scalars(
        sa.select(FollowUp).where(FollowUp.case_id == task.id).order_by(FollowUp.followed_on, FollowUp.id)
    ).all()
    owed = printing.owed_of(printing.shares_of(session, [task.id])[task.id], task.state, task.planned)
    names = queries.unit_names(session, [
        task.filed_by_id, *(one.unit_id for one in owed), *(share.unit_id for share in shares),
        *(entry.confined_to_id for entry in follow_ups),
    ])
    as_said = not printing.loses_persons(task.unit_words, owed)
    in_sight = {share.id for share in shares}
    return {
        "task": task, "source": Source.title_of(task.source), "shares": shares, "names": names, "states": TaskState,
        "units": task.unit_words if as_said else printing.units_text(owed, names), "follow_ups": follow_ups,
        "due": printing.due_text(task.due_kind, task.due, task.due_words,
                                 [one for one in owed if one.share_id in in_sight], names),
        "newest": {entry.case_id: entry for entry in entries},
    }
