"""A row that is not recorded yet: the hazard it describes, at the state its cells prove."""
from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _

from app.hazards import rules
from app.hazards.sheet_rows import DUE_WORDS, METHOD, Recheck, read_recheck, says_done
from app.hazards.states import DueKind, HazardState, Level, Listing, Source
from app.ledgers.namebook import NameBook
from app.ledgers.reading import PEOPLE, Reader

# Where an obstacle to registering is shown.
COLUMN_OF = {
    "happened_on": "inspected_on", "due": "due", "criterion_note": "is_major", "rectifiers": "rectifier",
    "recheck_unit_id": "rechecker", "recheckers": "rechecker", "rechecked_on": "recheck_opinion",
}
DUE_KINDS = {
    "date": DueKind.DATE, "immediate": DueKind.IMMEDIATE, "standing": DueKind.STANDING, "unread": DueKind.WORDS,
}
SOURCE_WORDS = (
    ("自查", Source.SELF_REPORT), ("举报", Source.TIPOFF), ("交办", Source.SUPERIOR), ("帮扶", Source.ASSISTANCE),
    ("考核", Source.ASSESSMENT), ("督查", Source.OVERSIGHT), ("督导", Source.OVERSIGHT),
    ("执法", Source.ENFORCEMENT),
)


def understand(reader: Reader, book: NameBook, hat, today: dt.date) -> dict:
    """Everything the cells say, as the columns of a hazard and its rounds; faults stand in the cells.

    `recheck` is the verdict that goes in, `unread_recheck` the words of one that does not.
    """
    new: dict = {"filed_by_id": hat.organization_id, "county_id": hat.county_id}
    _found(reader, new, book, hat)
    _level(reader, new, book)
    _rectification(reader, new, book)
    _done(reader, new, hat)
    _check(reader, new, today)
    return new


def _found(reader: Reader, new: dict, book: NameBook, hat) -> None:
    """问题隐患情况: who found what, where, when."""
    new["description"] = reader.text("description")
    if not new["description"]:
        reader.fault("description", _("The description cannot be empty."))
    new["method"] = reader.text("method", METHOD)
    new["happened_on"] = reader.day("inspected_on")
    if new["happened_on"] is None:
        reader.fault("inspected_on", _("The day of inspection cannot be empty."))
    inspecting = reader.units("inspector", hat.organization_id) or [(hat.organization_id, None)]
    new["inspecting_unit_id"] = inspecting[0][0]
    new["inspectors"] = reader.people("inspector", inspecting)
    if len(inspecting) > 1:
        reader.remark("inspector", _("The first unit is recorded as the inspecting one; also there: %(names)s.",
                                     names=book.names(unit for unit, _people in inspecting[1:])))


def _level(reader: Reader, new: dict, book: NameBook) -> None:
    major, listed = reader.yes("is_major"), reader.yes("is_listed")
    new["level"] = Level.MAJOR.value if major else Level.GENERAL.value
    new["criterion_note"] = _("As stated in the imported ledger") if major else None
    new["level_decided_by"] = book.names([new["inspecting_unit_id"]])[:120] if major else None
    new["listing"] = Listing.LISTED.value if listed else Listing.UNDECIDED.value
    new["listing_basis"] = _("As stated in the imported ledger") if listed else None


def _rectification(reader: Reader, new: dict, book: NameBook) -> None:
    """整改情况 as ordered: measures, who, by when."""
    new["measures"] = reader.text("measures")
    new["rectifiers"] = reader.units("rectifier")
    if not new["rectifiers"]:
        reader.fault("rectifier", _("Name at least one rectifying unit."))
    said = reader.said("rectifier")
    grouped = any(m.group for m in book.parties(said).value or ())
    new["rectifier_words"] = said[:PEOPLE] if grouped else None
    lead = new["rectifiers"][0][0] if new["rectifiers"] else None
    enterprise = book.units[lead] if book.kind(lead) == "enterprise" else None
    new["enterprise_id"] = enterprise.id if enterprise else None
    new["territory_id"] = enterprise.territory_id if enterprise else _township(book, lead, new)
    new["industry_id"] = enterprise.industry_id if enterprise else None
    new["regulators"] = book.regulators.get(new["enterprise_id"], [])
    new["source"] = _source(book, new)
    if new["listing"] == Listing.LISTED and (why := rules.why_not_listing(new["source"], new["level"], new["listing"])):
        reader.fault("is_listed", why[1])
    _due(reader, new)


def _township(book: NameBook, lead: int | None, new: dict) -> int | None:
    return next((i for i in (lead, new["filed_by_id"]) if book.kind(i) == "township"), None)


def _source(book: NameBook, new: dict) -> str:
    """The form has no source column: it follows from the way of inspection, else from who inspected. 一（一）."""
    if new["inspecting_unit_id"] == new["enterprise_id"] or book.kind(new["inspecting_unit_id"]) == "enterprise":
        return Source.SELF_REPORT.value
    said = next((source for word, source in SOURCE_WORDS if word in (new["method"] or "")), None)
    if said is None:
        said = Source.ENFORCEMENT if book.kind(new["inspecting_unit_id"]) == "department" else Source.OVERSIGHT
    return said.value


def _due(reader: Reader, new: dict) -> None:
    due = reader.due("due", new["happened_on"])
    if due is None:
        new["due_kind"], new["due_words"] = DueKind.WORDS.value, None
        reader.fault("due", _("Give the day by which it must be rectified, 立行立改 or 长期坚持."))
        return
    new["due_kind"] = DUE_KINDS[due.kind].value
    new["due_words"] = due.words[:DUE_WORDS] if due.words else None
    new["due"] = rules.due_of(new["due_kind"], due.day, new["happened_on"]) if new["happened_on"] else due.day


def _done(reader: Reader, new: dict, hat) -> None:
    """What was done: nothing → 待整改; completion dated → 待复查; recheck passed, by whom and when → 销号."""
    new["progress"] = reader.text("completion")
    new["prevention"] = reader.text("prevention")
    new["claimed_on"] = reader.day("completed_on", reference=new["happened_on"])
    said = read_recheck(reader, new["claimed_on"] or new["happened_on"])
    named = reader.units("rechecker", hat.organization_id)
    new["recheckers"] = reader.people("rechecker", named)
    new["recheck_unit_id"] = named[0][0] if named else _default_recheck_unit(new)
    if said and said.passed and not new["claimed_on"]:
        new["claimed_on"] = said.day
    new["state"] = (HazardState.AWAITING_RECHECK if new["claimed_on"] else HazardState.RECTIFYING).value
    if not new["claimed_on"] and new["progress"] and says_done(new["progress"]):
        reader.remark("completion", _("Without the day of completion it stays to be rectified: fill in that day."))
    if new["claimed_on"] and not new["prevention"]:
        reader.remark("prevention", _("Still to be filled in: measures against recurrence."))
    _recheck(reader, new, said, bool(named), hat)


def _default_recheck_unit(new: dict) -> int | None:
    rectifying = {unit for unit, _people in new["rectifiers"]}
    candidates = (new["inspecting_unit_id"], *new["regulators"], new["territory_id"])
    return next((i for i in candidates if i is not None and i not in rectifying), None)


def _recheck(reader: Reader, new: dict, said: Recheck | None, named: bool, hat) -> None:
    """Only unit and day prove a recheck, and only the rechecking unit may bring it in."""
    words = reader.text("recheck_opinion")
    why_not = _why_no_recheck(new, said, named, hat) if words else None
    new["recheck"] = said if words and not why_not else None
    new["unread_recheck"] = words if why_not else None
    if why_not:
        reader.remark("recheck_opinion", why_not)
    elif said and said.passed:
        new["state"] = HazardState.CLOSED.value
        reader.remark("recheck_opinion", _("Closed out on %(day)s, marked as imported history.", day=said.day))
    elif said:
        new["state"] = HazardState.RECTIFYING.value
        reader.remark("recheck_opinion", _("Sent back on %(day)s, to be rectified again.", day=said.day))


def _why_no_recheck(new: dict, said: Recheck | None, named: bool, hat):
    if said is None:
        return _("Kept in the history only: neither passed nor failed can be read from this.")
    if said.day is None:
        return _("Kept in the history only, not closed out: the day of the recheck is missing. "
                 "Write it like “2026-03-12 复查合格”.")
    if not named:
        return _("Kept in the history only, not closed out: the rechecking unit is missing.")
    if new["recheck_unit_id"] not in hat.organization_ids:
        return _("Kept in the history only: the rechecking unit decides on it.")
    if not said.passed and (new["claimed_on"] is None or said.day < new["claimed_on"]):
        return _("Kept in the history only: it is about an earlier state.")
    return None


def _check(reader: Reader, new: dict, today: dt.date) -> None:
    if new["happened_on"] is None:
        return
    rectifying = [unit for unit, _people in new["rectifiers"]]
    _refuse(reader, rules.why_not_register(
        new["happened_on"], today, new["due_kind"], new.get("due"), new["level"], new["criterion_note"], rectifying,
        new["recheck_unit_id"],
    ))
    claimed, recheck = new["claimed_on"], new["recheck"]
    if claimed and claimed > today:
        reader.fault("completed_on", _("The day of completion cannot be in the future."))
    elif claimed and claimed < new["happened_on"]:
        reader.fault("completed_on", _("Earlier than the day of inspection, %(day)s.", day=new["happened_on"]))
    if recheck:
        _refuse(reader, rules.why_not_recheck(recheck.day, claimed, today, new["recheck_unit_id"], rectifying))


def _refuse(reader: Reader, obstacle: tuple | None) -> None:
    if obstacle:
        reader.fault(COLUMN_OF[obstacle[0]], obstacle[1])
