"""What a changed field of a task or a share is called and how its stored value reads, for the timeline."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.tasks.states import WAITING_FOR_REVIEW, DueKind, Source, TaskState

# The fields whose change a reader wants to see; keys and counters stay inside.
TITLES = {
    "content": _l("Main task"), "measures": _l("Concrete measures"), "source": _l("Source of the task"),
    "document_number": _lp("task", "Document number"), "year": _l("Year of the list"), "happened_on": _l("Assigned on"),
    "due_kind": _l("Kind of deadline"), "due": _lp("task", "Deadline"), "due_words": _l("Words of the deadline"),
    "unit_words": _l("Responsible units in words"), "unit_id": _l("Responsible unit"),
    "heads": _lp("task", "Responsible persons"), "percent_claimed": _l("Claimed percent"),
    "percent_verified": _l("Verified percent"),
}
UNITS = ("unit_id",)
ENTRIES = ()
_LISTS = {"source": Source, "due_kind": DueKind}
ENTRY_TITLES = {
    "register": _l("Registered"), "edit_draft": _l("Draft changed"), "import": _l("Imported"),
    "follow_shares": _l("As its units stand"), "spawn": _l("Instance of a periodic task"),
    "finish": _l("The year of the periodic task is over"), "terminate": _l("Terminated with the task"),
    "merge": _l("Merge duplicate"), "withdraw": _l("Withdrawn with the task"), "adjust": _l("Adjusted with the task"),
    "issue": _l("Issued to the unit"),
}


def state_of(case):
    """草稿, 待审核, 已下达 …: as the reader of a task or a share is told it; see docs/decisions/0017."""
    if case.state == TaskState.DRAFT and case.review_asked_on:
        return WAITING_FOR_REVIEW
    return TaskState(case.state).title


def ids_in(changes: Iterable[Mapping], names: tuple[str, ...]) -> list[int]:
    """The ids that stand in `changes` (``{field: [before, after]}``) under one of `names`."""
    return [value for one in changes for name in names for value in one.get(name) or () if value is not None]


def reader(units: Mapping[int, str], entries: Mapping[int, str]):
    """A function from field name and stored value to the words a reader sees."""

    def said(name: str, value) -> str:
        if value is None or value == "":
            return _("(empty)")
        if name in UNITS:
            return units.get(value, str(value))
        if name.startswith("percent"):
            return f"{value}%"
        return str(_LISTS[name].title_of(value)) if name in _LISTS else str(value)

    return said
