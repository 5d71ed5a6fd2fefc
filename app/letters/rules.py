"""Questions about a letter, asked of values and a day; a message says why not, None why yes."""
from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from flask_babel import lazy_gettext as _l

from app.deliveries.states import TERMINAL_STATES, DeliveryState
from app.letters.states import SUGGESTED_TYPE, LetterState, LetterType, Situation

_RUNGS = tuple(LetterType)


def suggested_type(situations: Iterable[str]) -> LetterType | None:
    """The most severe of what the situations suggest (handbook 3.4); the drafter decides."""
    found = [SUGGESTED_TYPE[Situation(value)] for value in situations]
    return max(found, key=_RUNGS.index, default=None)


def next_rung(type_: str) -> LetterType | None:
    """What follows when a letter is not answered; after the last one comes the interview (五)."""
    at = _RUNGS.index(LetterType(type_))
    return _RUNGS[at + 1] if at + 1 < len(_RUNGS) else None


def why_not_submit(title: str, grounds: str, units: Collection[int], issuer: int, situations: Collection[str],
                   own_requirement: str | None) -> tuple | None:
    """`(field, message)` of the first thing that keeps a draft from being sent. 四（一）, 四（二）, 附录C1."""
    if not (title or "").strip():
        return "title", _l("Please fill this in.")
    if not units:
        return "recipients", _l("Name at least one recipient.")
    if issuer in units:
        return "recipients", _l("A unit writes no letter to itself.")
    if not situations and not own_requirement:
        return "situations", _l("Name the situation that the letter rests on, or the office's own requirement.")
    if not (grounds or "").strip():
        return "grounds", _l("Please fill this in.")
    return None


def why_not_days(reply_required: bool, plan_days: int | None, reply_days: int | None) -> tuple | None:
    """A letter that asks for an answer says by when; the plan comes before the result. 四（三）"""
    if not reply_required:
        return None
    if not reply_days:
        return "reply_days", _l("An answer is asked for: say within how many days.")
    if plan_days and plan_days > reply_days:
        return "plan_days", _l("The plan is due before the result is.")
    return None


def why_not_items(dues: Iterable[dt.date | None], today: dt.date) -> tuple | None:
    """A problem's own day lies ahead."""
    if any(due is not None and due < today for due in dues):
        return "problems", _l("A problem's day lies in the past.")
    return None


def state_of_letter(states: Iterable[str]) -> LetterState:
    """A letter's state from `issued` on, from its deliveries'. One that was ended early no longer counts."""
    states = list(states)
    if states and all(state in TERMINAL_STATES for state in states):
        return LetterState.CLOSED if DeliveryState.CLOSED in states else LetterState.VOID
    return LetterState.IN_HAND if set(states) - {DeliveryState.SERVED} else LetterState.ISSUED


def may_follow(state: str, issued: bool) -> bool:
    """Whether a letter may be corrected by another one: whoever was served reads both."""
    return issued and state not in (LetterState.WITHDRAWN, LetterState.VOID)
