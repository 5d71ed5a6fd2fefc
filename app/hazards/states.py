"""The states of a hazard and its closed lists of words, each with its own title and colour."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.titles import TitledEnum


class HazardState(TitledEnum):
    REGISTERED = "registered", _l("Registered"), "draft"
    RECTIFYING = "rectifying", _l("To be rectified"), "open"
    AWAITING_RECHECK = "awaiting_recheck", _l("To be rechecked"), "claimed"
    CLOSED = "closed", _l("Closed out"), "closed"
    CANCELLED = "cancelled", _l("Cancelled"), "void"
    MERGED = "merged", _l("Merged"), "void"
    SUBJECT_GONE = "subject_gone", _l("Subject gone"), "void"


OPEN_STATES = (HazardState.RECTIFYING, HazardState.AWAITING_RECHECK)
TERMINAL_STATES = (HazardState.CLOSED, HazardState.CANCELLED, HazardState.MERGED, HazardState.SUBJECT_GONE)


class Source(TitledEnum):
    """一（一）, 四（二）4 and 八（一）; `supervision` is never stored: it is what the enterprise reads instead."""

    OVERSIGHT = "oversight", _l("Supervision tour")
    ASSISTANCE = "assistance", _l("Assistance and guidance")
    ASSESSMENT = "assessment", _l("Assessment feedback")
    ENFORCEMENT = "enforcement", _l("Enforcement inspection")
    SELF_REPORT = "self_report", _l("Enterprise self-check report")
    TIPOFF = "tipoff", _l("Verified public tip-off")
    SUPERIOR = "superior", _l("Assigned by superior")
    SUPERVISION = "supervision", _l("Supervision and inspection")


TIPOFF_WORDS = ("举报", "投诉", "信访")  # what tells of one in a text
STORED_SOURCES = tuple(source for source in Source if source is not Source.SUPERVISION)


class Level(TitledEnum):
    GENERAL = "general", _lp("hazard level", "General")
    MAJOR = "major", _lp("hazard level", "Major")


class DueKind(TitledEnum):
    DATE = "date", _l("By a date")
    IMMEDIATE = "immediate", _l("At once")
    STANDING = "standing", _l("Standing")
    WORDS = "words", _l("As worded")


class Listing(TitledEnum):
    UNDECIDED = "undecided", _l("Not decided")
    LISTED = "listed", _l("Listed")
    NOT_LISTED = "not_listed", _l("Not listed")
