"""Questions about a task and a unit's share of it, asked of values and a day; a message says why not, None why yes."""
from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Iterable

from flask_babel import lazy_gettext as _l

from app.casework.deadlines import is_overdue
from app.tasks.states import PERIODIC, RUNNING_STATES, TERMINAL_STATES, DueKind, Part, TaskState


def due_of(kind: str, due: dt.date | None, issued_on: dt.date) -> dt.date | None:
    """The day a deadline falls on. 立行立改: the day of issue; a periodic, standing or merely worded one has none."""
    if kind == DueKind.IMMEDIATE:
        return issued_on
    return due if kind == DueKind.DATE else None


def why_not_issue(assigned_on, today, year, kind, due, units: Collection[int]) -> tuple | None:
    """`(field, message)` of the first thing that keeps a task from being issued. 一（一）, 附录A1."""
    if assigned_on > today:
        return "happened_on", _l("The day of assignment cannot be in the future.")
    if kind == DueKind.DATE and due is None:
        return "due", _l("Give the day by which it must be done.")
    if due is not None and due < assigned_on:
        return "due", _l("Earlier than the day of assignment, %(day)s.", day=assigned_on)
    if kind in PERIODIC and year < today.year:
        return "due_kind", _l("The year of the task is over: there is no period left to do it in.")
    if not units:
        return "lead_units", _l("Name at least one responsible unit.")
    return None


def why_not_own_day(due: dt.date | None, due_kind: str, assigned_on: dt.date) -> object | None:
    """A unit's own deadline, beside the task's: only where the task has a day, and not before it was assigned."""
    if due is None:
        return None
    if due_kind not in (DueKind.DATE, DueKind.IMMEDIATE):
        return _l("This task has no day: its units have none either.")
    return _l("Earlier than the day of assignment, %(day)s.", day=assigned_on) if due < assigned_on else None


def state_of_task(states: Iterable[str]) -> TaskState:
    """A task's state from `issued` on: it is done when all its shares are. A share ended early no longer counts."""
    states = list(states)
    left = [state for state in states if state not in TERMINAL_STATES]
    if not left:
        return TaskState.DONE if TaskState.DONE in states else TaskState.TERMINATED if states else TaskState.ISSUED
    if all(state == TaskState.CLAIMED for state in left):
        return TaskState.CLAIMED
    return TaskState.ISSUED if set(states) == {TaskState.ISSUED} else TaskState.IN_PROGRESS


def is_mixed(parts: Iterable[str]) -> bool:
    """牵头 and 配合 both: only then the leading units oversee the others; equals (各乡镇) keep to their own share."""
    return Part.SUPPORTING in set(parts)


# ── receipt, progress, completion ──────────────────────────────────────────────────────────────────────────────
def why_not_on(day: dt.date, earliest: dt.date, today: dt.date) -> object | None:
    """A day that something of a share was done lies between the assignment and today."""
    if day > today:
        return _l("The day cannot be in the future.")
    if day < earliest:
        return _l("Earlier than the day of assignment, %(day)s.", day=earliest)
    return None


def why_not_report(reported_on, assigned_on, due, today, text, overdue_reason, as_of=None) -> tuple | None:
    """附录A1 填报进展: text; when it is overdue, `as_of` today or the day told, the reason for it."""
    if message := why_not_on(reported_on, assigned_on, today):
        return "reported_on", message
    if not (text or "").strip():
        return "text", _l("Say what was done.")
    if is_overdue(due, as_of or today) and not (overdue_reason or "").strip():
        return "overdue_reason", _l("The deadline has passed: give the reason.")
    return None


def why_not_verify(verified_on, claimed_on, today) -> tuple | None:
    """Nothing is verified before it was claimed."""
    if verified_on > today:
        return "verified_on", _l("The day cannot be in the future.")
    if claimed_on is not None and verified_on < claimed_on:
        return "verified_on", _l("Earlier than the day of completion, %(day)s.", day=claimed_on)
    return None


def why_not_extend(due_kind, due, today, requested=None):
    """An extension is asked before the deadline (附录A1); the original day is kept."""
    if due_kind not in (DueKind.DATE, DueKind.IMMEDIATE) or due is None:
        return _l("This task has no day to extend.")
    if today > due:
        return _l("The deadline has passed; an extension is asked before it.")
    if requested is not None and requested <= due:
        return _l("The new day must be after the present one, %(day)s.", day=due)
    return None


# ── what a list shows in red ───────────────────────────────────────────────────────────────────────────────────
def quarter_start(day: dt.date) -> dt.date:
    return dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def progress_owed(kind: str, reported_on: dt.date | None, acknowledged_on: dt.date | None, today: dt.date) -> bool:
    """长期坚持: progress is owed each quarter, from its first day until it is reported."""
    last = reported_on or acknowledged_on
    return kind == DueKind.STANDING and last is not None and last < quarter_start(today)


def is_unsigned(state: str, issued_on: dt.date | None, today: dt.date, days: int) -> bool:
    """Not acknowledged `days` after it was issued: shown red, and chased."""
    return state == TaskState.ISSUED and issued_on is not None and (today - issued_on).days > days


def is_late(state: str, due: dt.date | None, today: dt.date) -> bool:
    """Overdue while the clock runs; a claim stops it."""
    return state in RUNNING_STATES and is_overdue(due, today)


# ── periods ────────────────────────────────────────────────────────────────────────────────────────────────────
def period_of(kind: str, day: dt.date) -> str:
    """``2026-03`` of a monthly task, ``2026-Q1`` of a quarterly one."""
    if kind == DueKind.QUARTERLY:
        return f"{day.year}-Q{(day.month - 1) // 3 + 1}"
    return f"{day.year}-{day.month:02d}"


def first_day(period: str) -> dt.date:
    year, part = int(period[:4]), period[5:]
    return dt.date(year, int(part[1]) * 3 - 2 if part.startswith("Q") else int(part), 1)


def last_day(period: str) -> dt.date:
    """The last day of a period: the deadline of its instance."""
    first = first_day(period)
    month = first.month + (2 if "Q" in period else 0)
    return dt.date(first.year, month, calendar.monthrange(first.year, month)[1])


def periods_due(kind: str, year: int, issued_on: dt.date, today: dt.date) -> list[str]:
    """The periods of the task's year that have begun since it was issued, the one of the issue included."""
    first = max(issued_on, dt.date(year, 1, 1))
    last = min(today, dt.date(year, 12, 31))
    days = (dt.date(year, month, 1) for month in range(1, 13))
    return list(dict.fromkeys(
        period_of(kind, day) for day in days if day <= last and last_day(period_of(kind, day)) >= first
    ))
