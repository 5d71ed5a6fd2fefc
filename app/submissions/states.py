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


class SubmittedLedger(TitledEnum):
    """By the names of `app.ledgers.LEDGERS`, in the order of the attachments."""

    TASKS = "tasks", _l("Key task list")
    HAZARDS = "hazards", _l("Hazard rectification ledger")
