"""The states of a task and of a unit's share of it, and the closed lists of words."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.titles import TitledEnum


class TaskState(TitledEnum):
    """A task's state from `issued` on follows from its shares: `rules.state_of_task`."""

    DRAFT = "draft", _lp("task", "Draft"), "draft"
    ISSUED = "issued", _lp("task", "Issued"), "open"
    IN_PROGRESS = "in_progress", _lp("task", "In progress"), "open"
    CLAIMED = "claimed", _lp("task", "Completion reported"), "claimed"
    DONE = "done", _lp("task", "Done"), "closed"
    TERMINATED = "terminated", _lp("task", "Terminated"), "void"


WAITING_FOR_REVIEW = _lp("task", "Waiting for review")  # a draft that its unit's reviewer has before him
OPEN_STATES = (TaskState.ISSUED, TaskState.IN_PROGRESS, TaskState.CLAIMED)
RUNNING_STATES = (TaskState.ISSUED, TaskState.IN_PROGRESS)  # the clock runs: a claim stops it
TERMINAL_STATES = (TaskState.DONE, TaskState.TERMINATED)


class Source(TitledEnum):
    """一（一）: from whom the task comes."""

    CENTRAL = "central", _l("CPC Central Committee and State Council")
    PROVINCE = "province", _lp("task source", "Province")
    CITY = "city", _lp("task source", "City")
    COUNTY = "county", _lp("task source", "County")
    SUPERIOR = "superior", _l("Superior department")


class DueKind(TitledEnum):
    """完成时限. Monthly and quarterly tasks spawn one instance a period; a standing one is never overdue."""

    DATE = "date", _lp("task", "By a date")
    IMMEDIATE = "immediate", _l("At once")
    MONTHLY = "monthly", _l("Every month")
    QUARTERLY = "quarterly", _l("Every quarter")
    STANDING = "standing", _l("Standing")
    WORDS = "words", _l("As worded")


PERIODIC = (DueKind.MONTHLY, DueKind.QUARTERLY)


class Part(TitledEnum):
    """牵头 / 配合."""

    LEAD = "lead", _l("Lead")
    SUPPORTING = "supporting", _l("Supporting")
