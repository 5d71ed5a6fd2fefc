"""What a changed field of a delivery is called and how its stored value reads, for the timeline."""
from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.deliveries.states import Method

TITLES = {"plan_due": _l("Plan due"), "reply_due": _l("Answer due"), "method": _l("How it was served")}
UNITS = ENTRIES = ()
ENTRY_TITLES = {
    "serve": _l("Served"), "withdrawn": _l("Withdrawn with the letter"), "void": _l("Void with the letter"),
}


def reader(units: Mapping[int, str], entries: Mapping[int, str]):
    """A function from field name and stored value to the words a reader sees."""

    def said(name: str, value) -> str:
        if value is None or value == "":
            return _("(empty)")
        return str(Method.title_of(value)) if name == "method" else str(value)

    return said
