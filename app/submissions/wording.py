"""What a changed field of a submission is called and how its stored value reads, for the timeline."""
from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

TITLES = {"nil": _l("Nil return"), "submitted_on": _l("Submitted on")}
UNITS = ENTRIES = ()
ENTRY_TITLES = {"open": _l("Month opened")}


def month_words(month: str) -> str:
    """2026年3月 of `2026-03`."""
    return _("%(month)s/%(year)s", month=int(month[5:]), year=month[:4])


def reader(units: Mapping[int, str], entries: Mapping[int, str]):
    """A function from field name and stored value to the words a reader sees."""

    def said(name: str, value) -> str:
        if name == "nil":
            return _("Yes") if value else _("No")
        return _("(empty)") if value is None or value == "" else str(value)

    return said
