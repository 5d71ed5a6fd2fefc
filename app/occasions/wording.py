"""What a changed field of an occasion is called and how its stored value reads, for the timeline."""
from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

TITLES = {"due": _l("To be answered by")}
UNITS = ENTRIES = ()
ENTRY_TITLES = {"register": _lp("occasion", "Recorded")}


def reader(units: Mapping[int, str], entries: Mapping[int, str]):
    """A function from field name and stored value to the words a reader sees."""
    return lambda name, value: _("(empty)") if value is None or value == "" else str(value)
