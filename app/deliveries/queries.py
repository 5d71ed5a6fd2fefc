"""What the screens read of deliveries, in a constant number of statements."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from flask_babel import lazy_pgettext as _lp
from sqlalchemy.orm import joinedload, selectinload

from app.access.scope import Scope, labels
from app.casework.cases import Case
from app.casework.counted import asked
from app.casework.listing import Selection, alike
from app.casework.titles import TitledEnum
from app.deliveries.counted import COUNTS
from app.deliveries.models import Delivery
from app.deliveries.states import TERMINAL_STATES, WORKING_STATES, DeliveryState
from app.organization.models import Organization
from app.organization.settings import DEFINITIONS

_cases, _deliveries = Case.__table__, Delivery.__table__
WARNING = DEFINITIONS["warning_days"].default


class Tab(TitledEnum):
    """What a reader looks for, in several states each."""

    TO_SIGN = "to_sign", _lp("delivery", "To be signed for"), "open"
    IN_HAND = "in_hand", _lp("delivery", "In hand"), "open"
    REPORTED = "reported", _lp("delivery", "Result reported"), "claimed"
    DONE = "done", _lp("delivery", "Done"), "closed"

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(state.value for state in {
            Tab.TO_SIGN: (DeliveryState.SERVED,), Tab.IN_HAND: WORKING_STATES,
            Tab.REPORTED: (DeliveryState.REPORTED,), Tab.DONE: TERMINAL_STATES,
        }[self])


@alike
def selection(scope: Scope, filters: Mapping, tab: Tab | None, today: dt.date,
              warning_days: int = WARNING) -> Selection:
    """The list of deliveries. `part`: received or sent by the own units, either (ours), or all in sight."""
    conditions, due = _whose(scope, filters.get("part")), filters.get("due")
    counted = asked(COUNTS, filters.get("counted"))
    if counted:
        conditions += counted.conditions(today)
    if filters.get("unit"):
        conditions.append(_deliveries.c.recipient_id == filters["unit"])
    states = [set(one) for one in (tab and tab.states, counted and counted.count.states, _states_of(due)) if one]
    return Selection(
        "delivery", _deliveries, states=tuple(sorted(set.intersection(*states))) if states else (),
        due=_days_of(due, today, warning_days), organization_id=filters.get("unit"),
        conditions=(*conditions, sa.false()) if states and not set.intersection(*states) else tuple(conditions),
        by_due=tab in (Tab.TO_SIGN, Tab.IN_HAND) or bool(due), words=filters.get("q") or "",
    )


def _whose(scope: Scope, part: str | None) -> list:
    received = _deliveries.c.recipient_id.in_(scope.organization_ids)
    sent = _cases.c.filed_by_id.in_(scope.organization_ids)
    return {"received": [received], "sent": [sent], "ours": [sa.or_(received, sent)]}.get(part, [])


def _states_of(due: str | None) -> tuple[str, ...]:
    return Tab.TO_SIGN.states if due == "unsigned" else Tab.IN_HAND.states if due else ()


def _days_of(due: str | None, today: dt.date, warning_days: int) -> tuple[dt.date | None, dt.date | None]:
    passed = None, today - dt.timedelta(days=1)
    days = {"over": passed, "unsigned": passed, "soon": (today, today + dt.timedelta(days=warning_days))}
    return days.get(due, (None, None))


# A delivery with its head, whose parties nobody asks after; on its own page all at once.
_WITH_HEAD = (joinedload(Delivery.request), joinedload(Delivery.head).lazyload(Case.parties))
WHOLE = (*_WITH_HEAD, selectinload(Delivery.replies))
ALONE = (*_WITH_HEAD, joinedload(Delivery.replies))


def load(session, ids: list[int]) -> list[Delivery]:
    """The deliveries in the order of `ids` with their heads, through the scope."""
    found = {row.id: row for row in session.scalars(sa.select(Delivery).where(Delivery.id.in_(ids)).options(*WHOLE))}
    return [found[i] for i in ids if i in found]


def of_head(session, head_id: int) -> list[Delivery]:
    """A head's deliveries in sight, in order, with all that a line of each says."""
    return list(session.scalars(
        sa.select(Delivery).where(Delivery.head_id == head_id).order_by(Delivery.position).options(*WHOLE)))


def unit_names(session, ids: Iterable[int | None]) -> dict[int, str]:
    """Names of units by id, out of scope or not, in one statement."""
    return labels(session, Organization.__table__, ids)
