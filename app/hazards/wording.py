"""What a changed field is called and how its stored value reads, for the timeline."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.hazards.states import DueKind, HazardState, Level, Listing, Source

# The fields whose change a reader wants to see; keys and counters stay inside.
TITLES = {
    "description": _l("Description of the hazard"), "place": _l("Place"), "source": _l("Source"),
    "method": _l("Way of inspection"), "inspecting_unit_id": _l("Inspecting unit"), "inspectors": _l("Inspectors"),
    "enterprise_id": _l("Enterprise"), "territory_id": _l("Territory"), "industry_id": _l("Industry"),
    "category_id": _l("Category"), "level": _l("Level"), "criterion_id": _l("Criterion for major"),
    "criterion_note": _l("Clause of the criterion"), "due_kind": _l("Kind of deadline"), "due": _l("Deadline"),
    "recheck_unit_id": _l("Rechecking unit"), "interim_measures": _l("Interim measures"),
    "funds": _l("Funds (10,000 yuan)"), "document_number": _l("Document number"),
    "lessons": _l("Like places checked too"), "happened_on": _l("Day of inspection"), "listing": _l("Listing"),
    "listing_basis": _l("Basis of the listing decision"), "level_decided_by": _l("Level decided by"),
    "measures": _l("Measures"), "progress": _l("Result of rectification"),
    "prevention": _l("Measures against recurrence"), "opinion": _l("Finding"), "recheckers": _l("Recheckers"),
    "heads": _l("Responsible persons"),
}
UNITS = ("inspecting_unit_id", "enterprise_id", "territory_id", "recheck_unit_id")
ENTRIES = ("industry_id", "category_id", "criterion_id")
_LISTS = {"source": Source, "level": Level, "due_kind": DueKind, "listing": Listing, "state": HazardState}


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
        if name in ENTRIES:
            return entries.get(value, str(value))
        return str(_LISTS[name].title_of(value)) if name in _LISTS else str(value)

    return said
