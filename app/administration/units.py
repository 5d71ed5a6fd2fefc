"""What may be done to a government unit: add, change, merge into a successor. Never deleted."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.administration.saving import assign, locked, refuse_taken, remember, touch
from app.casework.errors import NotAllowed, Obstacle
from app.casework.history import record
from app.casework.unit_of_work import unit_of_work
from app.organization.models import (
    DictionaryEntry,
    Organization,
    OrganizationIndustry,
    OrganizationName,
    Post,
)
from app.organization.rules import issuer_code_fault, other_names_fault
from app.organization.search import normalized

KINDS = {  # those that a county adds and changes; what is above it stays as it was founded
    "county_office": _l("County office"), "township": _l("Township"), "department": _l("Department"),
    "justice": _l("Justice organ"),
}
FIELDS = ("name", "short_name", "code", "phone", "issuer_code", "review_before_issue", "active", "sort_order")


def save_unit(session, hat, unit_id: int | None, version: int | None, data: Mapping, today: dt.date) -> int:
    """Add or change a unit; returns its id. `data`: FIELDS, `kind` for a new one, `names` (aliases), `industries`.

    Raises NotFound, Stale, NotAllowed, Obstacle; then nothing changed.
    """
    with unit_of_work(session):
        return write_unit(session, hat, unit_id, version, data, today)


def write_unit(session, hat, unit_id: int | None, version: int | None, data: Mapping, today: dt.date,
               told: dict | None = None) -> int:
    """`save_unit` within the caller's unit of work; `told`: what the history keeps besides."""
    data = _cleaned(data)
    is_new = unit_id is None
    if is_new:
        unit = Organization(county_id=hat.county_id, parent_id=hat.county_id, kind=data["kind"])
    else:
        unit = locked(session, Organization, unit_id, version)
    if unit.kind not in KINDS:
        raise NotAllowed
    if data.get("active") and unit.successor_id:
        raise Obstacle(_l("It was merged into another unit and stays inactive."), "active")
    _refuse_namesake(session, hat, unit, data)
    if data.get("issuer_code"):
        _refuse_issuer_code(session, hat, unit, data["issuer_code"])
    changes = assign(unit, data, FIELDS)
    if is_new:
        session.add(unit)
        session.flush()
    with session.no_autoflush:  # one change of the unit, one version
        more = set_names(session, unit, data.get("names")) | set_industries(session, unit, data.get("industries"))
    if more and not is_new:
        touch(unit)
    remember(session, hat, "unit", unit, is_new, changes | more, today, told=told)
    return unit.id


def _cleaned(data: Mapping) -> dict:
    """Names as the look-up compares them; a blank number means the first place."""
    cleaned = dict(data)
    for field in ("name", "short_name"):
        if cleaned.get(field):
            cleaned[field] = normalized(cleaned[field])
    if "issuer_code" in cleaned:
        cleaned["issuer_code"] = normalized(cleaned["issuer_code"]) or None
    if "sort_order" in cleaned:
        cleaned["sort_order"] = cleaned["sort_order"] or 0
    return cleaned


def _refuse_namesake(session, hat, unit, data: Mapping) -> None:
    """Two active units of one name cannot be told apart in a ledger."""
    other = sa.and_(
        Organization.id != (unit.id or 0), Organization.county_id == hat.county_id, Organization.active.is_(True),
        Organization.kind != "enterprise",
    )
    for field in ("name", "short_name"):
        if data.get(field):
            same = sa.or_(Organization.name == data[field], Organization.short_name == data[field])
            refuse_taken(session, Organization.id, sa.and_(other, same), _l("Another unit has this name."), field)


def _refuse_issuer_code(session, hat, unit, code: str) -> None:
    """Two units with one 代字 would number their letters in one series; a merged unit's letters keep theirs."""
    if fault := issuer_code_fault(code):
        raise Obstacle(fault, "issuer_code")
    others = sa.and_(Organization.id != (unit.id or 0), Organization.county_id == hat.county_id,
                     Organization.issuer_code == code)
    refuse_taken(session, Organization.id, others, _l("Another unit signs by this code."), "issuer_code")


def take_issuer_code(session, hat, unit_id: int, code: str | None, today: dt.date) -> str:
    """The 机关代字 of a unit that signs; the first who signs for it tells it, and the unit keeps it.

    Within the caller's unit of work. Raises Obstacle at `issuer_code`.
    """
    unit = session.get(Organization, unit_id, populate_existing=True, with_for_update={"key_share": True})
    if unit.issuer_code is None:
        if not code:
            raise Obstacle(_l("Your unit has no code for its letters yet: fill it in, it is kept."), "issuer_code")
        code = normalized(code)
        _refuse_issuer_code(session, hat, unit, code)
        unit.issuer_code = code
        remember(session, hat, "unit", unit, False, {"issuer_code": [None, code]}, today)
    return unit.issuer_code


def set_names(session, unit, wanted: Iterable[str] | None) -> dict:
    """Make the aliases those `wanted`; None leaves them. Returns the change, if any."""
    if wanted is None:
        return {}
    wanted = {name for name in map(normalized, wanted) if name} - {unit.name, unit.short_name}
    if fault := other_names_fault(wanted):
        raise Obstacle(fault, "names")
    rows = {row.name: row for row in session.scalars(
        sa.select(OrganizationName).where(OrganizationName.organization_id == unit.id)
    )}
    for name in rows.keys() - wanted:
        session.delete(rows[name])
    session.add_all(OrganizationName(organization_id=unit.id, name=name) for name in sorted(wanted - rows.keys()))
    return {"names": [sorted(rows), sorted(wanted)]} if wanted != rows.keys() else {}


def set_industries(session, unit, wanted: Iterable[int] | None) -> dict:
    """Make the supervised industries those `wanted` (ids); None leaves them. Returns the change, if any."""
    if wanted is None:
        return {}
    wanted = set(session.scalars(sa.select(DictionaryEntry.id).where(DictionaryEntry.id.in_(list(wanted)))))
    rows = {row.industry_id: row for row in session.scalars(
        sa.select(OrganizationIndustry).where(OrganizationIndustry.organization_id == unit.id)
    )}
    for industry_id in rows.keys() - wanted:
        session.delete(rows[industry_id])
    session.add_all(
        OrganizationIndustry(organization_id=unit.id, industry_id=i) for i in sorted(wanted - rows.keys())
    )
    return {"industries": [sorted(rows), sorted(wanted)]} if wanted != rows.keys() else {}


def merge(session, hat, model: type, row_id: int, version: int | None, successor_id: int, today: dt.date,
          may: Callable[[object], bool] = lambda row: True) -> int:
    """Merge a unit into its successor: "my unit" of the successor's people includes it from now on.

    Its cases stay as they are and are the successor's to act on; its names lead to the successor; its people's
    posts end and go on there. `may`: whether this user may change a row. Returns the successor's id. Raises
    NotFound, Stale, NotAllowed, Obstacle.
    """
    with unit_of_work(session):
        row = locked(session, model, row_id, version)
        successor = session.get(model, successor_id, with_for_update=True)
        if obstacle := why_not_into(row, successor, hat.county_id):
            raise Obstacle(obstacle, "successor")
        if not (may(row) and may(successor)):
            raise NotAllowed
        row.successor_id, row.active = successor.id, False
        _hand_over_names(session, row, successor)
        moved = _move_posts(session, row.id, successor.id, today)
        touch(successor)
        record(session, hat, "unit_merged", today, changes={"successor_id": [None, successor.id]},
               extra={"id": row.id, "name": row.name, "successor": successor.name, "posts": moved})
        return successor.id


def why_not_into(row, successor, county_id: int):
    """The obstacle to merging `row` into `successor`, or None."""
    if successor is None or successor.county_id != county_id:
        return _l("There is no such unit.")
    if row.successor_id is not None:
        return _l("It was merged before.")
    if successor.id == row.id or not successor.active:
        return _l("The successor must be another unit, and active.")
    if (row.kind == "enterprise") != (successor.kind == "enterprise") or row.kind in ("county", "county_office"):
        return _l("A unit merges into a unit, an enterprise into an enterprise; the county office stays.")
    return None


def _hand_over_names(session, row, successor) -> None:
    mine = set(session.scalars(sa.select(OrganizationName.name).where(OrganizationName.organization_id == row.id)))
    theirs = set(session.scalars(
        sa.select(OrganizationName.name).where(OrganizationName.organization_id == successor.id)
    ))
    new = ({row.name, row.short_name, *mine} - {None, successor.name, successor.short_name}) - theirs
    session.add_all(OrganizationName(organization_id=successor.id, name=name) for name in sorted(new))


def _move_posts(session, from_id: int, to_id: int, today: dt.date) -> int:
    """End the unit's running posts yesterday and open the same ones at the successor today."""
    running = session.scalars(
        sa.select(Post).where(
            Post.organization_id == from_id, sa.or_(Post.valid_to.is_(None), Post.valid_to >= today)
        )
    ).all()
    for post in running:
        session.add(Post(user_id=post.user_id, organization_id=to_id, role=post.role, title=post.title,
                         valid_from=max(today, post.valid_from or today), valid_to=post.valid_to))
        post.valid_to = today - dt.timedelta(days=1)
    return len(running)
