"""Questions about a hazard, asked of values and a day; a message says why not, None that nothing stands against it."""
from __future__ import annotations

import datetime as dt

from flask_babel import lazy_gettext as _l

from app.hazards.states import DueKind, Level, Listing, Source
from app.organization.rules import is_in_force


def due_of(kind: str, due: dt.date | None, inspected_on: dt.date) -> dt.date | None:
    """The day a deadline falls on: at once is the day of inspection, standing has none. 一（二） 整改时限."""
    if kind == DueKind.IMMEDIATE:
        return inspected_on
    return due if kind == DueKind.DATE else None


def why_not_register(inspected_on, today, kind, due, level, criterion, rectifiers, recheck_unit) -> tuple | None:
    """`(field, message)` of the first thing that keeps a hazard from being issued. 一（二）."""
    if inspected_on > today:
        return "happened_on", _l("The day of inspection cannot be in the future.")
    if kind == DueKind.DATE and due is None:
        return "due", _l("Give the day by which it must be rectified.")
    if due is not None and due < inspected_on:
        return "due", _l("Earlier than the day of inspection, %(day)s.", day=inspected_on)
    if level == Level.MAJOR and not criterion:
        return "criterion_note", _l("A major hazard needs the criterion it meets.")
    if not rectifiers:
        return "rectifiers", _l("Name at least one rectifying unit.")
    if recheck_unit is None:
        return "recheck_unit_id", _l("Name the unit that rechecks.")
    if recheck_unit in rectifiers:
        return "recheck_unit_id", _l(
            "A rectifying unit cannot recheck its own work. Choose the inspecting unit or the township."
        )
    return None


def why_not_criterion(valid_from, valid_to, inspected_on) -> tuple | None:
    """A criterion counts when it was in force on the day of inspection."""
    if is_in_force(valid_from, valid_to, inspected_on):
        return None
    return "criterion_id", _l("This criterion was not in force on %(day)s. Choose the one that was.", day=inspected_on)


def why_not_acknowledge(received_on, inspected_on, today) -> tuple | None:
    """Receipt lies between the inspection and today."""
    if received_on > today:
        return "acknowledged_on", _l("The day cannot be in the future.")
    if received_on < inspected_on:
        return "acknowledged_on", _l("Earlier than the day of inspection, %(day)s.", day=inspected_on)
    return None


def why_not_claim(claimed_on, inspected_on, today, progress, prevention) -> tuple | None:
    """To claim completion the measures against recurrence (防范重复发生的措施) are required. 一（二）."""
    if claimed_on > today:
        return "claimed_on", _l("The day of completion cannot be in the future.")
    if claimed_on < inspected_on:
        return "claimed_on", _l("Earlier than the day of inspection, %(day)s.", day=inspected_on)
    if not (progress or "").strip():
        return "progress", _l("Say how it was rectified.")
    if not (prevention or "").strip():
        return "prevention", _l("Say what keeps it from happening again.")
    return None


def why_not_recheck(rechecked_on, claimed_on, today, unit_id, rectifier_ids) -> tuple | None:
    """The rectifier never rechecks its own; no recheck before the claim."""
    if unit_id in rectifier_ids:
        return "recheckers", _l("A rectifying unit cannot recheck its own work.")
    if rechecked_on > today:
        return "rechecked_on", _l("The day of recheck cannot be in the future.")
    if claimed_on is not None and rechecked_on < claimed_on:
        return "rechecked_on", _l("Earlier than the day of completion, %(day)s.", day=claimed_on)
    return None


def why_not_extend(due_kind, due, today, requested=None):
    """An extension is asked before the deadline. 八（三）3 by analogy; the original day is kept."""
    if due_kind not in (DueKind.DATE, DueKind.IMMEDIATE) or due is None:
        return _l("This hazard has no day to extend.")
    if today > due:
        return _l("The deadline has passed; an extension is asked before it.")
    if requested is not None and requested <= due:
        return _l("The new day must be after the present one, %(day)s.", day=due)
    return None


def must_list(source: str, level: str) -> bool | None:
    """八（一）: major hazards are listed, self-reported ones are not; None: it is not a major one."""
    if level != Level.MAJOR:
        return None
    return source != Source.SELF_REPORT


def why_not_listing(source: str, level: str, listing: str) -> tuple | None:
    """八（一）."""
    if level != Level.MAJOR:
        return "listing", _l("Only a major hazard can be listed.")
    if listing == Listing.LISTED and source == Source.SELF_REPORT:
        return "listing", _l(
            "A self-reported major hazard is not listed; its daily regulator presses for rectification."
        )
    return None
