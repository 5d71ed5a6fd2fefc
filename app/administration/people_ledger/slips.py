"""One-time passwords as slips: shown in the answer to the button that made them, and kept nowhere."""
from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import sqlalchemy as sa
from werkzeug.security import generate_password_hash

from app.access.passwords import one_time_password, replace
from app.administration.people import manages
from app.administration.people_ledger.entering import QUICK_HASH
from app.administration.people_ledger.sheet import SLIPS
from app.casework.history import record
from app.casework.unit_of_work import unit_of_work
from app.exchange.excel_out import Layout, write
from app.ledgers.planning import Plan
from app.organization.models import Organization, Post, User

_units, _posts = Organization.__table__, Post.__table__


@dataclass(frozen=True)
class Slip:
    unit: str
    name: str
    username: str
    password: str


def slips_of(plan: Plan, units: dict[int, str]) -> list[Slip]:
    """Of an import just written: one for each new account, in the order of the file."""
    found = {}
    for row in plan.rows:
        if row.outcome == "new" and row.new.get("password"):
            new = row.new
            found.setdefault(new["username"], Slip(units.get(new["unit"], ""), new["name"], new["username"],
                                                   new["password"]))
    return list(found.values())


def reset_slips(session, hat, user_ids: list[int], today) -> list[Slip]:
    """New passwords for those of the accounts that were never opened with the first one; others are left alone."""
    fresh = [(one_time_password()) for _one in user_ids]
    hashed = [generate_password_hash(password, QUICK_HASH) for password in fresh]
    told = []
    with unit_of_work(session):
        for user_id, password, hidden in zip(user_ids, fresh, hashed, strict=True):
            user = session.get(User, user_id, with_for_update=True)
            if user is None or not user.must_change_password or not manages(hat, user):
                continue
            replace(session, user, hidden, today, once=True)
            record(session, hat, "password_reset", today, extra={"id": user.id, "name": user.last_name})
            told.append((user.id, user.last_name, user.username, password))
    units = _units_of(session, [one[0] for one in told])
    return [Slip(units.get(user_id, ""), name, username, password) for user_id, name, username, password in told]


def _units_of(session, user_ids: list[int]) -> dict[int, str]:
    """Where each has the first post, by user id."""
    name = sa.func.coalesce(_units.c.short_name, _units.c.name)
    rows = session.execute(
        sa.select(_posts.c.user_id, name).join(_units, _units.c.id == _posts.c.organization_id)
        .where(_posts.c.user_id.in_(user_ids)).order_by(_posts.c.id.desc())
    )
    return dict(rows.all())


def unit_names(session, plan: Plan) -> dict[int, str]:
    ids = {row.new["unit"] for row in plan.rows if row.outcome == "new"}
    name = sa.func.coalesce(_units.c.short_name, _units.c.name)
    return dict(session.execute(sa.select(_units.c.id, name).where(_units.c.id.in_(ids))).all())


def workbook(slips: list[Slip], folder: str) -> bytes:
    """The slips as a sheet; the rows wait in `folder` while it is made."""
    out = io.BytesIO()
    rows = [{"unit": s.unit, "name": s.name, "username": s.username, "password": s.password} for s in slips]
    write(out, SLIPS, rows, layout=Layout(paper="A4", temp_folder=folder))
    return out.getvalue()


def as_address(content: bytes, kind: str) -> str:
    """A file within the page itself: nothing of it lies on the server."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
