"""What a changed field of a letter is called and how its stored value reads, for the timeline."""
from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.deliveries.states import DayUnit
from app.letters.states import LetterType, Situation

TITLES = {
    "type": _l("Type of letter"), "title": _lp("letter", "Title"), "grounds": _l("Grounds"),
    "requirements": _l("Requirements"), "reply_required": _l("An answer is asked for"), "day_unit": _l("Counted in"),
    "plan_days": _l("Days until the plan"), "reply_days": _l("Days until the answer"),
    "contact": _l("Contact and phone"), "copies": _l("Copies to"),
    "number": _lp("letter", "Document number"), "signer": _l("Signed by"), "signed_on": _l("Signed on"),
    "checked_by": _lp("letter", "Checked by"), "problems": _l("Problems"), "situations": _l("Situation"),
    "recipients": _l("Recipients"),
}
UNITS = ENTRIES = ()
_LISTS = {"type": LetterType, "day_unit": DayUnit}
ENTRY_TITLES = {
    "register": _lp("letter", "Drafted"), "edit_draft": _l("Draft changed"),
    "follow_deliveries": _l("As its recipients stand"), "corrected_by": _l("Corrected by another letter"),
    "escalated_by": _l("Followed by a stronger letter"),
}


def reader(units: Mapping[int, str], entries: Mapping[int, str]):
    """A function from field name and stored value to the words a reader sees."""

    def said(name: str, value) -> str:
        if value is None or value in ("", []):
            return _("(empty)")
        if name == "reply_required":
            return _("Yes") if value else _("No")
        if name == "situations":
            return "；".join(str(Situation(one).title) if one in set(Situation) else one for one in value)
        if isinstance(value, list):
            return ("、" if name == "recipients" else "；").join(map(str, value))
        return str(_LISTS[name].title_of(value)) if name in _LISTS else str(value)

    return said
