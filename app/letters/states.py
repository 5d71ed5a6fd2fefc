"""The states of a letter, its types, and the six situations of 四（二）."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.titles import TitledEnum


class LetterState(TitledEnum):
    DRAFT = "draft", _lp("letter", "Draft"), "draft"
    CHECKING = "checking", _lp("letter", "To be checked"), "draft"
    SIGNING = "signing", _lp("letter", "To be signed"), "draft"
    ISSUED = "issued", _lp("letter", "Sent"), "open"
    IN_HAND = "in_hand", _lp("letter", "In hand"), "open"
    CLOSED = "closed", _lp("letter", "Done"), "closed"
    WITHDRAWN = "withdrawn", _lp("letter", "Withdrawn"), "void"
    VOID = "void", _lp("letter", "Void"), "void"
    DISCARDED = "discarded", _lp("letter", "Discarded"), "void"


DRAFT_STATES = (LetterState.DRAFT, LetterState.CHECKING, LetterState.SIGNING)
OPEN_STATES = (LetterState.ISSUED, LetterState.IN_HAND)
TERMINAL_STATES = (LetterState.CLOSED, LetterState.WITHDRAWN, LetterState.VOID, LetterState.DISCARDED)


class LetterType(TitledEnum):
    """In the order of severity (practice; the text maps no situation to a type, so the drafter decides)."""

    ADVISORY = "advisory", _l("Advisory letter")
    REMINDER = "reminder", _l("Reminder letter")
    SUPERVISORY = "supervisory", _l("Supervisory letter")


class Situation(TitledEnum):
    """四（二）1–6. The value is the item's number: a rule and a letter cite it."""

    INSTRUCTION = "1", _l("A leader's instruction that must be carried out")
    ACCIDENTS = "2", _l("Accidents are frequent; the situation is grave")
    ELSEWHERE = "3", _l("A larger or typical accident elsewhere")
    NOT_RECTIFIED = "4", _l("Problems fed back are not, falsely or only partly rectified")
    TASK_SLIPS = "5", _l("Work on a task is slow, overdue or poor")
    WEATHER = "6", _l("Bad weather may affect safety")

    @property
    def clause(self) -> str:
        return f"四（二）{self.value}"


# 3.4 of the domain handbook: suggested, never forced.
SUGGESTED_TYPE = {
    Situation.INSTRUCTION: LetterType.SUPERVISORY, Situation.ACCIDENTS: LetterType.REMINDER,
    Situation.ELSEWHERE: LetterType.ADVISORY, Situation.NOT_RECTIFIED: LetterType.SUPERVISORY,
    Situation.TASK_SLIPS: LetterType.REMINDER, Situation.WEATHER: LetterType.ADVISORY,
}
