"""What a head does with all its deliveries at once: serve and settle them. Inside the measure's unit of work."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import attributes

from app.casework.calendar import county_calendar
from app.casework.cases import NEVER, Case, sync_parties
from app.casework.deadlines import days_after
from app.casework.errors import Obstacle
from app.casework.history import record
from app.deliveries import parties
from app.deliveries.models import Delivery
from app.deliveries.states import DayUnit, DeliveryState
from app.organization.directory import homes_of, regulators_by_firm, standing
from app.organization.settings import setting

_cases, _deliveries = Case.__table__, Delivery.__table__


@dataclass(frozen=True)
class Terms:
    """What every recipient owes from the day it signs; None: not owed."""

    reply_required: bool = True
    day_unit: str = DayUnit.WORKING.value
    plan_days: int | None = None
    reply_days: int | None = None


def serve(session, hat, head: Case, recipients: Iterable[Mapping], terms: Terms, today: dt.date) -> list[Delivery]:
    """送达: a delivery for each of `recipients`, ``[{"unit": id, "via": id | None}]`` in order.

    A merged unit's successor stands in its place, who is gone is left out. The head's parties are its own to settle
    afterwards (`parties.of_head`). Raises Obstacle at the field "recipients".
    """
    lines = standing(session, list(recipients))
    _refuse(session, head, lines)
    homes = homes_of(session, [line["unit"] for line in lines])
    regulators = regulators_by_firm(session, [unit for unit, (firm, _town) in homes.items() if firm])
    due = days_after(today, setting("letter_unsigned_days"), county_calendar(session))
    served = [_delivery(hat, head, line, homes[line["unit"]], terms, due, today) for line in lines]
    for position, delivery in enumerate(served):
        delivery.position = position
        sync_parties(session, delivery, parties.of_delivery(delivery, regulators))
    session.add_all(served)
    session.flush()
    for delivery in served:
        record(session, hat, "serve", today, case=delivery, to_state=delivery.state)
    session.flush()
    return served


def _refuse(session, head: Case, lines: list[dict]) -> None:
    if not lines:
        raise Obstacle(_l("Name at least one recipient."), "recipients")
    if any(line["unit"] == head.filed_by_id for line in lines):
        raise Obstacle(_l("A unit does not write to itself."), "recipients")
    if session.execute(sa.select(_cases.c.id).where(_cases.c.head_id == head.id).limit(1)).first():
        raise Obstacle(_l("It was served already."), "recipients")


def _delivery(hat, head: Case, line: Mapping, home: tuple, terms: Terms, due: dt.date, today: dt.date) -> Delivery:
    via = line.get("via")
    return Delivery(
        county_id=head.county_id, head_id=head.id, measure=head.kind, title=head.title, issued=True,
        state=DeliveryState.SERVED.value, state_since=today, happened_on=today, due=due, due_sort=due,
        filed_by_id=head.filed_by_id, created_by_id=hat.user_id, recipient_id=line["unit"], via_id=via,
        is_enterprise=home[0], territory_id=home[1], served_on=today, reply_required=terms.reply_required,
        day_unit=terms.day_unit, plan_days=terms.plan_days if terms.reply_required else None,
        reply_days=terms.reply_days if terms.reply_required else None, parties=[], replies=[],
        turn_organization_id=via or line["unit"], turn_role="clerk",
    )


def of_head(session, head_id: int) -> list[Delivery]:
    """A head's deliveries that the session may find, in order; its issuer finds all."""
    return list(session.scalars(sa.select(Delivery).where(Delivery.head_id == head_id).order_by(Delivery.position)))


def settle_all(session, every: list[Delivery]) -> None:
    """As `casework.verbs.settle`, for many deliveries: what they have in common is read once."""
    session.flush()
    regulators = regulators_by_firm(session, [one.recipient_id for one in every if one.is_enterprise])
    for delivery in every:
        delivery.due_sort, whose = delivery.due or NEVER, delivery.turn_organization_id
        delivery.turn_organization_id, delivery.turn_role = parties.turn(delivery)
        if delivery.turn_organization_id != whose:
            delivery.assignee_id = None
        sync_parties(session, delivery, parties.of_delivery(delivery, regulators))
        attributes.flag_modified(delivery, "state")
    session.flush()


def nobody_signed(session, head_id: int) -> bool:
    """Whether a head may still be withdrawn: nobody has signed for it, nor was it deemed served."""
    signed = sa.select(_deliveries.c.id).join(_cases, _cases.c.id == _deliveries.c.id).where(
        _cases.c.head_id == head_id, _deliveries.c.acknowledged_on.is_not(None)).limit(1)
    return session.execute(signed).first() is None


def states_of(session, head_id: int) -> list[tuple[str, dt.date | None]]:
    """`(state, the day it ended)` of a head's deliveries, whoever asks: what the head's own state follows from."""
    rows = session.execute(sa.select(_cases.c.state, _cases.c.closed_on)
                           .where(_cases.c.head_id == head_id, _cases.c.kind == "delivery"))
    return [tuple(row) for row in rows]
