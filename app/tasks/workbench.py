"""What the workbench shows of tasks: drafts and requests of the heads, and what each unit's shares wait for."""
from __future__ import annotations

import datetime as dt

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.casework.desk import Column, Desk, Figure, Numbers, Turn, first_verb
from app.organization.settings import setting
from app.tasks import queries
from app.tasks.counted import COUNTS
from app.tasks.models import Share, Task
from app.tasks.shares.verbs import SHARES
from app.tasks.states import TaskState
from app.tasks.verbs import TASKS
from app.tasks.wording import state_of


def task_turn(task: Task, hat, today: dt.date) -> Turn:
    return Turn(task, task.number, state_of(task), (), first_verb(TASKS, task, hat, today))


def share_turn(share: Share, hat, today: dt.date) -> Turn:
    """A share goes by its task's number, and by the unit that owes it."""
    state, verb = TaskState(share.state).title, first_verb(SHARES, share, hat, today)
    return Turn(share, share.task.number, state, (share.unit_id,), verb, share.claimed_on is not None)


def figures(hat, today: dt.date) -> list[Figure]:
    """Of what the unit owes, issued or supervises: overdue, not signed for in time, progress owed, reported as done."""
    limits = setting("warning_days"), setting("unsigned_days")
    whose = {"part": "ours"} if hat.scope.breadth == "units" else {}

    def figure(title, look="", **query) -> Figure:
        query |= whose
        filters = {name: value for name, value in query.items() if name != "state"}
        selection = queries.share_selection(hat.scope, filters, query.get("state"), today, *limits)
        return Figure(title, selection, url_for("TaskShares.list", **query), look)

    return [
        figure(_("Overdue"), "hot", due="over"),
        figure(_("Not signed for in time"), "hot", due="unsigned"),
        figure(_("Progress owed"), "warm", due="owed"),
        figure(TaskState.CLAIMED.title, state=TaskState.CLAIMED.value),
    ]


def select(scope, filters, today: dt.date):
    return queries.share_selection(scope, filters, None, today, setting("warning_days"), setting("unsigned_days"))


def columns(today: dt.date) -> list[Column]:
    """Of each unit that owes a share."""
    return [
        Column(_("In hand"), {"counted": "open"}),
        Column(_("Overdue"), {"due": "over"}, "hot"),
        Column(_("Within %(days)s days", days=setting("warning_days")), {"due": "soon"}, "warm"),
        Column(_("Not signed for in time"), {"due": "unsigned"}, "hot"),
        Column(_("Done this month"), {"counted": f"closed.{today:%Y-%m}"}),
    ]


NUMBERS = Numbers("TaskShares.list", select, COUNTS, columns, unit=Share.__table__.c.unit_id,
                  ours={"part": "ours"})
DESK = Desk("task", _l("Key tasks"), "Tasks", "tasks/words.html", task_turn, tag=_l("Task"))
SHARE_DESK = Desk("task_share", _l("Key tasks"), "TaskShares", "tasks/words.html", share_turn, figures, _l("Task"),
                  loads=("task",), numbers=NUMBERS)
