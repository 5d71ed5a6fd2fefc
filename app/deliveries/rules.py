"""Questions about a delivery, asked of values and a day; a message says why not. 四（三）, domain handbook 2.3."""
from __future__ import annotations

import datetime as dt

from flask_babel import lazy_gettext as _l

from app.casework.deadlines import WorkCalendar, days_after, is_overdue, workdays_after
from app.deliveries.states import WORKING_STATES, DayUnit, DeliveryState

RUNNING_STATES = (DeliveryState.SERVED, *WORKING_STATES)  # the clock runs: to sign, then to answer
FUTURE = _l("The day cannot be in the future.")


# ── deadlines ──────────────────────────────────────────────────────────────────────────────────────────────────
def deadline(signed_on: dt.date, days: int | None, unit: str, calendar: WorkCalendar) -> dt.date | None:
    """The last day of a period that runs from the day it was signed for; None: nothing is owed."""
    if days is None:
        return None
    count = workdays_after if unit == DayUnit.WORKING else days_after
    return count(signed_on, days, calendar)


def running_due(plan_due: dt.date | None, planned_on: dt.date | None, reply_due: dt.date | None) -> dt.date | None:
    """The clock that runs once it is signed for: the plan's until that is filed, then the reply's."""
    days = [reply_due, None if planned_on else plan_due]
    return min((day for day in days if day is not None), default=None)


def is_unsigned(state: str, due: dt.date | None, today: dt.date) -> bool:
    """Not signed for within the days that the office gives: shown red, chased, and perhaps deemed served."""
    return state == DeliveryState.SERVED and is_overdue(due, today)


def is_late(state: str, due: dt.date | None, today: dt.date) -> bool:
    """A plan or a report is overdue; a report stops the clock."""
    return state in WORKING_STATES and is_overdue(due, today)


def is_behind(state: str, due: dt.date | None, today: dt.date) -> bool:
    return is_unsigned(state, due, today) or is_late(state, due, today)


# ── signing ────────────────────────────────────────────────────────────────────────────────────────────────────
def why_not_on(day: dt.date, earliest: dt.date, today: dt.date):
    """Something of a delivery was done on a day between what came before it and today."""
    if day > today:
        return FUTURE
    return _l("Earlier than %(day)s, when it came so far.", day=earliest) if day < earliest else None


def why_not_deem(state: str, due: dt.date | None, today: dt.date):
    """视为送达 only where it stayed unsigned for longer than the office allows."""
    if is_unsigned(state, due, today):
        return None
    return _l("Until %(day)s it can still be signed for; only then may it be deemed served.", day=due)


# ── the answer ─────────────────────────────────────────────────────────────────────────────────────────────────
def owes_plan(plan_days: int | None, planned_on: dt.date | None) -> bool:
    return plan_days is not None and planned_on is None


def why_not_report(reply_due, filed_on, late_reason, plan_owed: bool, with_plan: bool):
    """`(field, message)`. An overdue report gives the reason; a plan still owed comes first, or with the report."""
    if plan_owed and not with_plan:
        return "with_plan", _l("The rectification plan is still owed: file it first, or say that this report contains "
                               "it.")
    if is_overdue(reply_due, filed_on) and not (late_reason or "").strip():
        return "late_reason", _l("The deadline has passed: give the reason.")
    return None


def why_not_extend(reply_due: dt.date | None, today: dt.date, asked: dt.date | None = None):
    """An extension is asked before the deadline; the original day is kept."""
    if reply_due is None or today > reply_due:
        return _l("The deadline has passed; an extension is asked before it.")
    if asked is not None and asked <= reply_due:
        return _l("The new day must be after the present one, %(day)s.", day=reply_due)
    return None


def why_not_new_due(new_due: dt.date | None, today: dt.date):
    """Who sends a report back may set a new day, which lies ahead."""
    return _l("The new day cannot be in the past.") if new_due is not None and new_due < today else None
