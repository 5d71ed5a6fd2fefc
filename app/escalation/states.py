"""The states of a proposal, and what may be proposed."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.titles import TitledEnum


class ProposalState(TitledEnum):
    OPEN = "open", _lp("proposal", "To be decided"), "open"
    POSTPONED = "postponed", _lp("proposal", "Postponed"), "draft"
    ACCEPTED = "accepted", _lp("proposal", "Accepted"), "closed"
    DISMISSED = "dismissed", _lp("proposal", "Dismissed"), "void"
    CURED = "cured", _lp("proposal", "Cured"), "closed"
    SUPERSEDED = "superseded", _lp("proposal", "Superseded"), "void"


WAITING = (ProposalState.OPEN, ProposalState.POSTPONED)
BY_ITSELF = (ProposalState.CURED, ProposalState.SUPERSEDED)  # closed by the sweep, decided by nobody


class Measure(TitledEnum):
    """In the order of the rungs. An interview is proposed, and held by hand until its mechanism is there (五)."""

    NOTICE = "notice", _lp("measure", "Notice")
    CHASE = "chase", _lp("measure", "Chase")
    ADVISORY = "advisory", _l("Advisory letter")
    REMINDER = "reminder", _l("Reminder letter")
    SUPERVISORY = "supervisory", _l("Supervisory letter")
    INTERVIEW = "interview", _l("Accountability interview")

    @property
    def rung(self) -> int:
        return list(Measure).index(self)


LETTERS = (Measure.ADVISORY, Measure.REMINDER, Measure.SUPERVISORY)
