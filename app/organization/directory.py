"""The directory's scope, and look-ups by name within the caller's county (单位名录)."""
from __future__ import annotations

from collections.abc import Callable, Iterable

import sqlalchemy as sa

from app.access.scope import Scope, planned_once, scoped, within_county
from app.organization.models import (
    CalendarDay,
    Delegation,
    DictionaryEntry,
    Enterprise,
    EnterpriseRegulator,
    Organization,
    OrganizationIndustry,
    OrganizationName,
    Post,
    UsedPassword,
    User,
)
from app.organization.rules import MANAGED_ROLES

_all, _firms, _regulators = Organization.__table__, Enterprise.__table__, EnterpriseRegulator.__table__
_HERITAGE = (_all.c.id, _all.c.active, _all.c.successor_id)


def _units(scope: Scope):
    """Every government unit reads the county's directory; an enterprise sees itself only."""
    if scope.county_id is None:
        return sa.false()
    if scope.role == "enterprise":
        return Organization.id.in_(scope.organization_ids)
    return sa.or_(
        Organization.county_id == scope.county_id,
        sa.and_(Organization.county_id.is_(None), Organization.kind.in_(("province", "city"))),
    )


def _through_unit(column):
    units = sa.orm.aliased(Organization.__table__)

    def rule(scope: Scope):
        if scope.county_id is None:
            return sa.false()
        if scope.role == "enterprise":
            return column.in_(scope.organization_ids)
        return column.in_(sa.select(units.c.id).where(units.c.county_id == scope.county_id))

    return rule


def _people(scope: Scope):
    """An account exists for its owner, for who manages the accounts of a unit where it has or had a post, and for the
    county's administrator.
    """
    if scope.county_id is None:
        return sa.false()
    if scope.role == "administrator":  # the command line too, which is nobody in person
        return User.county_id == scope.county_id
    if scope.user_id is None:
        return sa.false()
    if scope.role not in MANAGED_ROLES:
        return User.id == scope.user_id
    held = sa.select(Post.__table__.c.user_id).where(Post.__table__.c.organization_id.in_(scope.organization_ids))
    return sa.or_(User.id == scope.user_id, User.id.in_(held))


def _delegations(scope: Scope):
    """A delegation exists for the two whom it concerns."""
    return sa.or_(Delegation.delegator_id == scope.user_id, Delegation.delegate_id == scope.user_id)


scoped(Organization, _units)
scoped(User, _people)
scoped(UsedPassword, lambda scope: sa.false())
scoped(Delegation, _delegations)
scoped(OrganizationName, _through_unit(OrganizationName.organization_id))
scoped(EnterpriseRegulator, _through_unit(EnterpriseRegulator.enterprise_id))
scoped(OrganizationIndustry, _through_unit(OrganizationIndustry.organization_id))
scoped(DictionaryEntry, within_county(DictionaryEntry))
scoped(CalendarDay, within_county(CalendarDay))
scoped(Post, _through_unit(Post.organization_id))


_REGULATORS = planned_once(
    sa.select(_regulators.c.organization_id, _regulators.c.is_daily)
    .where(_regulators.c.enterprise_id == sa.bindparam("enterprise"))
    .order_by(_regulators.c.is_daily.desc(), _regulators.c.id)
)


def regulators_of(session, enterprise_id: int) -> list[tuple[int, bool]]:
    """`(organization id, is the daily one)` of an enterprise's regulators, the daily one first."""
    return [tuple(row) for row in session.execute(_REGULATORS, {"enterprise": enterprise_id})]


def regulators_by_firm(session, firms: Iterable[int]) -> dict[int, list[int]]:
    """`{enterprise: its regulators}`; one statement, none without an enterprise."""
    found: dict[int, list[int]] = {firm: [] for firm in firms}
    if found:
        for firm, regulator in session.execute(
            sa.select(_regulators.c.enterprise_id, _regulators.c.organization_id)
            .where(_regulators.c.enterprise_id.in_(found)).order_by(_regulators.c.id)
        ):
            found[firm].append(regulator)
    return found


def homes_of(session, unit_ids: Iterable[int]) -> dict[int, tuple[bool, int | None]]:
    """`{unit: (is an enterprise, its territory)}`; one statement."""
    rows = session.execute(
        sa.select(_all.c.id, _all.c.kind, _firms.c.territory_id)
        .outerjoin(_firms, _firms.c.id == _all.c.id).where(_all.c.id.in_(list(unit_ids)))
    )
    return {row.id: (row.kind == "enterprise", row.territory_id) for row in rows}


def standing(session, planned: list[dict]) -> list[dict]:
    """The planned units as they are today: of a merged one who took it over last, who is gone left out."""
    ids = {line["unit"] for line in planned}
    then = sa.select(_all.c.id.label("planned"), *_HERITAGE).where(_all.c.id.in_(ids)).cte("then", recursive=True)
    then = then.union(sa.select(then.c.planned, *_HERITAGE).where(_all.c.id == then.c.successor_id))
    now = dict(session.execute(sa.select(then.c.planned, then.c.id).where(then.c.active.is_(True))).all())
    found: dict[int, dict] = {}
    for line in planned:
        if unit := now.get(line["unit"]):
            found.setdefault(unit, {**line, "unit": unit})
    return list(found.values())


# What a noun does when an enterprise's regulators or its township change: `(session, enterprise id)`, within that
# transaction.
followers: list[Callable[[object, int], None]] = []


def regulators_changed(session, enterprise_id: int) -> None:
    """Let every noun that repeats regulators and township among its cases' parties follow."""
    session.flush()
    for follow in followers:
        follow(session, enterprise_id)
