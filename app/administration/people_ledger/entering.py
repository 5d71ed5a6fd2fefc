"""Rows of 人员名册 go in: accounts with one-time passwords that exist in clear in this process only."""
from __future__ import annotations

import datetime as dt
import re

import sqlalchemy as sa
from werkzeug.security import generate_password_hash

from app.access.passwords import one_time_password
from app.administration.directory_planner import remember_added
from app.administration.people import new_user, stamp, write_person
from app.administration.people_ledger.printing import shortened
from app.administration.people_ledger.reach import posts_in_reach
from app.administration.saving import one_at_a_time
from app.casework.errors import NotFound, Stale
from app.ledgers.planning import RowPlan
from app.ledgers.reading import batched
from app.organization.models import Organization, Post, User

# A password of 70 random bits cannot be guessed, so a slow hash would protect nothing; it is replaced at the first
# login by one that is hashed slowly. 500 slow ones would keep a web process busy for the better part of a minute.
QUICK_HASH = "pbkdf2:sha256:2000"
_users, _posts, _units = User.__table__, Post.__table__, Organization.__table__
_FIELD = {"name": "last_name"}
_ACCOUNT = ("name", "username", "phone", "active")


def prepare(rows: list[RowPlan]) -> None:
    """A password for each new account; rows of one person share it. Before the transaction: hashing takes its time."""
    given: dict[object, dict] = {}
    for row in rows:
        if row.new["account"] is None:
            mine = given.setdefault(_person(row), {})
            if not mine:
                mine["password"] = one_time_password()
                mine["hashed"] = generate_password_hash(mine["password"], QUICK_HASH)
            row.new |= mine


def _person(row: RowPlan) -> object:
    """Rows of one user name are one person, and those of one name and phone."""
    new = row.new
    if new["username"]:
        return new["username"].lower()
    return (new["name"], new["phone"]) if new["phone"] else id(row)


def insert(session, hat, rows: list[RowPlan], today: dt.date, file_name: str) -> dict:
    """Returns `{"accounts": ids of the new ones}`. Raises Stale when a user name was taken, or one of the posts was
    given, since the plan was made.
    """
    one_at_a_time(session)
    _refuse_if_entered(session, hat, rows, today)
    _name_accounts(session, rows)
    people: dict[object, User] = {}
    for row in rows:
        if row.new["account"] is None and _person(row) not in people:
            people[_person(row)] = _account(session, hat, row.new, today)
    session.flush()
    added = []
    for row in rows:
        user = people.get(_person(row)) or session.get(User, row.new["account"])
        if user is None:
            raise NotFound
        session.add(Post(user_id=user.id, organization_id=row.new["unit"], role=row.new["role"],
                         title=row.new["title"]))
        added.append((user.id, user.last_name, row))
    session.flush()
    remember_added(session, hat, "person_added", added, today, file_name)
    return {"accounts": sorted(user.id for user in people.values())}


def _refuse_if_entered(session, hat, rows: list[RowPlan], today: dt.date) -> None:
    """Without a user name nothing else tells that somebody who had the same file was quicker."""
    known = {i for row in rows for i in row.new["namesakes"]}
    for some in batched({row.new["name"] for row in rows}):
        if set(session.scalars(posts_in_reach(hat, today, _posts.c.id).where(_users.c.last_name.in_(some)))) - known:
            raise Stale


def _account(session, hat, new: dict, today: dt.date) -> User:
    user = new_user(hat, new["hashed"], today)
    user.username, user.last_name, user.phone, user.active = new["username"], new["name"], new["phone"], new["active"]
    user.email = f"{new['username']}@county.invalid"
    session.add(user)
    return user


def _name_accounts(session, rows: list[RowPlan]) -> None:
    """A user name for each new account that the file gives none: the unit's code and a number, fengcheng-03."""
    taken = set(session.execute(sa.select(sa.func.lower(_users.c.username))).scalars())
    wanted = {row.new["username"].lower() for row in rows if row.new["account"] is None and row.new["username"]}
    if wanted & taken:
        raise Stale
    taken |= wanted
    codes = dict(session.execute(sa.select(_units.c.id, _units.c.code).where(
        _units.c.id.in_({row.new["unit"] for row in rows}))).all())
    named: dict[object, str] = {}
    for row in rows:
        if row.new["account"] is None and not row.new["username"]:
            who = _person(row)
            named[who] = named.get(who) or _free(codes.get(row.new["unit"]), row.new["unit"], taken)
    for row in rows:
        if row.new["account"] is None and not row.new["username"]:
            row.new["username"] = named[_person(row)]


def _free(code: str | None, unit_id: int, taken: set[str]) -> str:
    stem = (code or "").lower() if re.fullmatch(r"[A-Za-z0-9_.-]+", code or "") else f"dw{unit_id}"
    number = next(n for n in range(1, 100_000) if f"{stem}-{n:02}" not in taken)
    taken.add(f"{stem}-{number:02}")
    return f"{stem}-{number:02}"


def change(session, hat, row: RowPlan, today: dt.date) -> None:
    """What the cells say otherwise, as if typed into the person's form. Raises Stale, Obstacle, NotAllowed."""
    post = session.get(Post, row.record_id, populate_existing=True)
    if post is None or shortened(stamp(post.user)) != row.version:
        raise Stale
    for _act, said in row.acts:
        data = {_FIELD.get(key, key): value for key, value in said.items() if key in _ACCOUNT}
        if said.keys() & {"role", "title"}:
            one = {name: getattr(post, name) for name in ("id", "organization_id", "role", "title")}
            data["posts"] = [one | {key: said[key] for key in said.keys() & {"role", "title"}}]
        write_person(session, hat, post.user_id, stamp(post.user), data, today)
