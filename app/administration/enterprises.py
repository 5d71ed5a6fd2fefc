"""What may be done to an enterprise: add, add from a name only, change, find its doubles. Never deleted."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.administration.saving import assign, locked, one_at_a_time, remember, touch
from app.administration.units import set_names
from app.casework.errors import CaseworkError, NotAllowed, Obstacle
from app.casework.unit_of_work import unit_of_work
from app.organization.directory import regulators_changed
from app.organization.models import Enterprise, EnterpriseRegulator, Organization
from app.organization.rules import may_change
from app.organization.search import like, normalized

STATUSES = {"normal": _l("Operating"), "suspended": _l("Suspended"), "closed": _l("Closed")}
CONTACTS = ("address", "principal", "principal_phone", "safety_manager", "safety_phone")
FIELDS = ("name", "short_name", "territory_id", "industry_id", "uscc", "status", "active", *CONTACTS)
_SUFFIX = re.compile(r"(集团|股份|有限|责任|总|分)*公司$")


class Doubles(CaseworkError):
    """Enterprises that may be the same one: `rows` as the look-up gives them. Ask before adding another."""

    status = 409
    message = _l("There may be such an enterprise already.")

    def __init__(self, rows: list[dict]):
        super().__init__()
        self.rows = rows


def save_enterprise(session, hat, enterprise_id: int | None, version: int | None, data: Mapping, today: dt.date, *,
                    another: bool = False) -> int:
    """Add or change an enterprise; returns its id.

    `data`: FIELDS, `names` (aliases), `regulators` ``[{"organization_id", "subject", "is_daily"}]``. `another`: it
    is not one of the doubles. Raises NotFound, Stale, NotAllowed, Obstacle, Doubles; then nothing changed.
    """
    with unit_of_work(session):
        return write_enterprise(session, hat, enterprise_id, version, data, today, another=another)


def write_enterprise(session, hat, enterprise_id: int | None, version: int | None, data: Mapping, today: dt.date, *,
                     another: bool = False) -> int:
    """`save_enterprise` within the caller's unit of work."""
    data = _cleaned(data)
    is_new = enterprise_id is None
    if is_new:
        enterprise = Enterprise(county_id=hat.county_id, kind="enterprise")
    else:
        enterprise = locked(session, Enterprise, enterprise_id, version)
        if not may_change(hat.role, hat.organization_ids, enterprise.territory_id, _regulator_ids(enterprise)):
            raise NotAllowed
    _check(session, enterprise, data)
    if not another and (is_new or data.get("uscc", enterprise.uscc) != enterprise.uscc):
        refuse_doubles(session, hat.county_id, data.get("name") or enterprise.name, data.get("uscc"), enterprise_id)
    _write(session, hat, enterprise, data, is_new, today)
    return enterprise.id


def add_by_name(session, hat, name: str, township_id: int | None, today: dt.date, *, uscc: str | None = None,
                another: bool = False) -> int:
    """An enterprise of which a ledger gives the name only, or a code besides. Raises Obstacle, Doubles."""
    with unit_of_work(session):
        data = _cleaned({"name": name, "territory_id": township_id, "uscc": uscc})
        enterprise = Enterprise(county_id=hat.county_id, kind="enterprise")
        _check(session, enterprise, data)
        if not another:
            refuse_doubles(session, hat.county_id, data["name"], data["uscc"], None)
        _write(session, hat, enterprise, data, True, today, guarded=False)
        return enterprise.id


def _write(session, hat, enterprise, data: Mapping, is_new: bool, today: dt.date, guarded: bool = True) -> None:
    changes = assign(enterprise, data, FIELDS)
    if is_new:
        enterprise.parent_id = enterprise.territory_id
        session.add(enterprise)
        session.flush()
    with session.no_autoflush:
        more = set_names(session, enterprise, data.get("names")) | set_regulators(enterprise, data.get("regulators"))
    if guarded and not may_change(hat.role, hat.organization_ids, enterprise.territory_id, _regulator_ids(enterprise)):
        raise Obstacle(_l("Your unit must be its territory or one of its regulators."), "territory_id")
    if more and not is_new:
        touch(enterprise)
    if not is_new and {"territory_id", "regulators"} & {*changes, *more}:
        regulators_changed(session, enterprise.id)
    remember(session, hat, "enterprise", enterprise, is_new, changes | more, today)


def _regulator_ids(enterprise) -> set[int]:
    return {row.organization_id for row in enterprise.regulators}


def _cleaned(data: Mapping) -> dict:
    cleaned = dict(data)
    for field in ("name", "short_name", "uscc"):
        if cleaned.get(field):
            cleaned[field] = normalized(cleaned[field])
    if cleaned.get("uscc"):
        cleaned["uscc"] = re.sub(r"\s", "", cleaned["uscc"]).upper()
    if "status" in cleaned:
        cleaned["status"] = cleaned["status"] or "normal"
        cleaned["active"] = cleaned["status"] != "closed"
    return cleaned


def _check(session, enterprise, data: Mapping) -> None:
    if not (data.get("name") or enterprise.name):
        raise Obstacle(_l("Please fill this in."), "name")
    territory_id = data.get("territory_id", enterprise.territory_id)
    territory = session.get(Organization, territory_id) if territory_id else None
    if territory is None or territory.kind != "township":
        raise Obstacle(_l("Choose the township in which it lies."), "territory_id")
    if data.get("active") and enterprise.successor_id:
        raise Obstacle(_l("It was merged into another and stays inactive."), "status")
    wanted = [row["organization_id"] for row in data.get("regulators") or ()]
    found = session.execute(sa.select(Organization.id).where(
        Organization.id.in_(wanted), Organization.kind != "enterprise"
    )).all()
    if len(found) != len(set(wanted)):
        raise Obstacle(_l("A regulator is a unit of the county."), "regulators")
    if len(wanted) != len(set(wanted)):
        raise Obstacle(_l("Each regulator stands once; several matters go into one line."), "regulators")
    if sum(bool(row.get("is_daily")) for row in data.get("regulators") or ()) > 1:
        raise Obstacle(_l("One of the regulators is the daily one, not several."), "regulators")


def set_regulators(enterprise, wanted: list[Mapping] | None) -> dict:
    """Make the regulators those `wanted`; None leaves them. Returns the change, if any."""
    if wanted is None:
        return {}
    before = _regulators(enterprise.regulators)
    rows = {row.organization_id: row for row in enterprise.regulators}
    session = sa.orm.object_session(enterprise)
    daily = {one["organization_id"] for one in wanted if one.get("is_daily")}
    for row in rows.values():
        if row.is_daily and row.organization_id not in daily:  # unique: taken off before it is put elsewhere
            row.is_daily = False
            session.flush()
    keep = set()
    for one in wanted:
        row = rows.get(one["organization_id"])
        if row is None:
            row = EnterpriseRegulator(organization_id=one["organization_id"])
            enterprise.regulators.append(row)
        row.subject, row.is_daily = one.get("subject"), bool(one.get("is_daily"))
        keep.add(one["organization_id"])
    for organization_id in rows.keys() - keep:
        enterprise.regulators.remove(rows[organization_id])
        session.delete(rows[organization_id])
    after = _regulators(enterprise.regulators)
    return {"regulators": [before, after]} if before != after else {}


def _regulators(rows) -> list:
    return sorted([row.organization_id, row.subject, row.is_daily] for row in rows)


def refuse_doubles(session, county_id: int, name: str, uscc: str | None, except_id: int | None) -> None:
    """Raise Doubles when an enterprise of this name or code is there already."""
    one_at_a_time(session)
    rows = doubles(session, county_id, name, uscc, except_id)
    if rows:
        raise Doubles(rows)


def doubles(session, county_id: int, name: str, uscc: str | None, except_id: int | None, limit: int = 5) -> list[dict]:
    """`[{"id", "text"}]`: active enterprises with the same code, or whose name has the same core."""
    county = session.scalars(sa.select(Organization.name).where(Organization.id == county_id)).first()
    core = core_of(name, county or "")
    same = Enterprise.name.like(like(core), escape="\\")
    if uscc:
        same = sa.or_(same, Enterprise.uscc == uscc)
    rows = session.execute(
        sa.select(Enterprise.id, Enterprise.name)
        .where(Enterprise.active.is_(True), Enterprise.id != (except_id or 0), same)
        .order_by(Enterprise.name != name, Enterprise.id).limit(limit)
    )
    return [{"id": row.id, "text": row.name} for row in rows]


def core_of(name: str, county: str) -> str:
    """What is an enterprise's own in its name: without the county before and the kind of company behind it."""
    core = _SUFFIX.sub("", normalized(name))
    for place in (county, county[:-1]):
        if place and core.startswith(place) and len(core) - len(place) >= 2:
            core = core[len(place):]
            break
    return core if len(core) >= 2 else normalized(name)
