"""The states of a submission, and the ledgers that are submitted."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.titles import TitledEnum


class SubmissionState(TitledEnum):
    OWED = "owed", _l("Not submitted"), "open"
    SUBMITTED = "submitted", _l("Submitted, to be reviewed"), "claimed"
    RETURNED = "returned", _lp("submission", "Returned"), "open"
    APPROVED = "approved", _lp("submission", "Approved"), "closed"
    EXCUSED = "excused", _l("Excused"), "void"


WANTING = (SubmissionState.OWED, SubmissionState.RETURNED)  # the unit has yet to submit
HANDED_IN = (SubmissionState.SUBMITTED, SubmissionState.APPROVED)
TERMINAL_STATES = (SubmissionState.APPROVED, SubmissionState.EXCUSED)


class Show(TitledEnum):
    """What a number of a month counts, where it is not a state: an address of the list, each in some states."""

    ASKED = "asked", _l("Owed, not excused")
    WANTING = "wanting", _l("Not submitted or returned")
    OVER = "over", _l("Overdue")
    LATE = "late", _l("Submitted late")
    NIL = "nil", _l("Nil return")

    @property
    def states(self) -> tuple[str, ...]:
        among = {Show.ASKED: (*WANTING, *HANDED_IN), Show.WANTING: WANTING, Show.OVER: WANTING}
        return tuple(state.value for state in among.get(self, HANDED_IN))


class SubmittedLedger(TitledEnum):
    """By the names of `app.ledgers.LEDGERS`, in the order of the attachments."""

    TASKS = "tasks", _l("Key task list")
    HAZARDS = "hazards", _l("Hazard rectification ledger")
