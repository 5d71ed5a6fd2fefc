"""Who is a party to a delivery and to its head, whose turn it is, and what a hat's unit is to it.

The recipient finds the head and its own delivery; the issuer (filing) finds all. An enterprise's delivery is also its
township's and its regulators', who may fill in for it; so may the unit that hands it on (`via`).
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import object_session

from app.casework.cases import Case, put_anew
from app.casework.verbs import relations_of
from app.deliveries.models import Delivery
from app.deliveries.states import OPEN_STATES, WORKING_STATES, DeliveryState, Method
from app.organization.directory import followers, regulators_by_firm
from app.organization.models import Enterprise, EnterpriseRegulator

_cases, _deliveries = Case.__table__, Delivery.__table__
_firms, _regulators = Enterprise.__table__, EnterpriseRegulator.__table__
STANDING_IN = frozenset({"territory", "regulator", "filing"})


def delivery_parties(delivery: Delivery, regulators: Iterable[int]) -> list[tuple]:
    """`(organization id, role, oversees)`."""
    found = [(delivery.filed_by_id, "filing", True), (delivery.recipient_id, "recipient", False)]
    found += [(delivery.via_id, "via", True)] if delivery.via_id is not None else []
    if delivery.is_enterprise:
        found += [(delivery.territory_id, "territory", True)] if delivery.territory_id is not None else []
        found += [(unit, "regulator", True) for unit in regulators]
    return found


def of_delivery(delivery: Delivery, regulators: Mapping[int, Iterable[int]] | None = None) -> list[tuple]:
    """`regulators`: when known already, as for all deliveries of a head at once."""
    if regulators is None:
        firms = [delivery.recipient_id] if delivery.is_enterprise else []
        regulators = regulators_by_firm(object_session(delivery), firms)
    found = delivery_parties(delivery, regulators.get(delivery.recipient_id, ()))
    if delivery.open_request:
        found.append((delivery.request.asked_for_id, "asking", False))
    return found


def of_head(session, head_id: int) -> list[tuple]:
    """The parties that a head has through its deliveries: for the measure's own `parties`, beside its issuer."""
    d = _deliveries.c
    rows = session.execute(
        sa.select(d.recipient_id, d.via_id, d.is_enterprise, d.territory_id)
        .join(_cases, _cases.c.id == d.id).where(_cases.c.head_id == head_id).order_by(d.position)
    ).all()
    firms = [row for row in rows if row.is_enterprise]
    regulators = regulators_by_firm(session, [row.recipient_id for row in firms])
    found = [
        *((row.recipient_id, "recipient", False) for row in rows),
        *((row.via_id, "via", False) for row in rows if row.via_id is not None),
        *((row.territory_id, "supervising", False) for row in firms if row.territory_id is not None),
        *((unit, "supervising", False) for row in firms for unit in regulators[row.recipient_id]),
    ]
    return list(dict.fromkeys(found))


def answering_id(delivery: Delivery) -> int:
    """Who answers: the recipient; who hands it on, until the recipient has signed in the system itself."""
    online = delivery.acknowledged_on is not None and delivery.method == Method.SYSTEM
    return delivery.recipient_id if delivery.via_id is None or online else delivery.via_id


def turn(delivery: Delivery) -> tuple[int | None, str | None]:
    if delivery.open_request:
        return delivery.request.decider_id, "reviewer"
    if delivery.state in (DeliveryState.SERVED, *WORKING_STATES):
        return answering_id(delivery), "clerk"
    if delivery.state == DeliveryState.REPORTED:
        return delivery.filed_by_id, "clerk"
    return None, None


def relations(delivery: Delivery, hat) -> frozenset[str]:
    """Adds `stand_in`: who may fill in for the recipient (代填)."""
    mine = set(relations_of(delivery, hat))
    if "recipient" not in mine and ("via" in mine or (delivery.is_enterprise and mine & STANDING_IN)):
        mine.add("stand_in")
    return frozenset(mine)


def follow_regulators(session, enterprise_id: int) -> None:
    """A new regulator finds the enterprise's deliveries and their heads, a former one no longer does; the township to
    which it moved finds those that are open. What was done is its former township's.
    """
    own = sa.select(_deliveries.c.id).where(_deliveries.c.recipient_id == enterprise_id)
    running = sa.select(_cases.c.id).where(_cases.c.id.in_(own), _cases.c.state.in_(OPEN_STATES))
    home = sa.select(_firms.c.territory_id).where(_firms.c.id == enterprise_id).scalar_subquery()
    session.execute(sa.update(_deliveries).where(_deliveries.c.id.in_(running)).values(territory_id=home))
    put_anew(session, "territory", running,
             sa.select(_deliveries.c.id.label("id"), _deliveries.c.territory_id.label("unit"))
             .where(_deliveries.c.id.in_(running), _deliveries.c.territory_id.is_not(None)), sa.true())
    put_anew(session, "regulator", own,
             sa.select(_deliveries.c.id.label("id"), _regulators.c.organization_id.label("unit"))
             .join(_regulators, _regulators.c.enterprise_id == _deliveries.c.recipient_id)
             .where(_deliveries.c.recipient_id == enterprise_id), sa.true())
    heads = sa.select(_cases.c.head_id).where(_cases.c.id.in_(own))
    case, firm = _cases.alias("delivery"), _deliveries.alias("firm")
    of_firms = sa.select(case.c.head_id.label("id"), firm.c.recipient_id, firm.c.territory_id).join(
        firm, firm.c.id == case.c.id).where(case.c.head_id.in_(heads), firm.c.is_enterprise.is_(True)).subquery()
    put_anew(session, "supervising", heads, sa.union(
        sa.select(of_firms.c.id, of_firms.c.territory_id.label("unit")).where(of_firms.c.territory_id.is_not(None)),
        sa.select(of_firms.c.id, _regulators.c.organization_id)
        .join(_regulators, _regulators.c.enterprise_id == of_firms.c.recipient_id),
    ), sa.false())


followers.append(follow_regulators)
