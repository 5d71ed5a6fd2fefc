"""What may be done to a person's account: add, change with its posts, give a new password. Never deleted."""
from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from werkzeug.security import generate_password_hash

from app.access.passwords import one_time_password, replace
from app.administration.saving import assign, one_at_a_time, plain, remember
from app.casework.errors import NotAllowed, NotFound, Obstacle, Stale
from app.casework.history import record
from app.casework.unit_of_work import unit_of_work
from app.organization.models import Organization, Post, User
from app.organization.rules import ROLE_KINDS, manages_account, manages_post, username_fault

FIELDS = ("username", "last_name", "phone", "active")
POST_FIELDS = ("organization_id", "role", "title", "valid_from", "valid_to")
_users = User.__table__


def stamp(user: User) -> int:
    """The account as a form sees it, in a number: accounts have no version, and a login is no change of it."""
    return stamp_of(user, [(post.id, post.version) for post in sorted(user.posts, key=lambda post: post.id)])


def stamp_of(row, posts: list[tuple[int, int]]) -> int:
    """The same of a bare row of the account and its posts' ids and versions."""
    return zlib.crc32(repr(([getattr(row, name) for name in FIELDS], posts)).encode())


def save_person(session, hat, user_id: int | None, version: int | None, data: Mapping,
                today: dt.date) -> tuple[int, str]:
    """Add or change an account; returns `(id, one-time password of a new one)`.

    `data`: FIELDS and `posts`: rows of POST_FIELDS, with the `id` of one that is there. A unit's reviewer gives
    posts of the own unit only, and changes of an account that is not wholly the unit's nothing else. Raises
    NotFound, Stale, NotAllowed, Obstacle; then nothing changed.
    """
    password, hashed = "", None
    if user_id is None:
        password = one_time_password()
        hashed = generate_password_hash(password)  # before the transaction: hashing takes its time
    with unit_of_work(session):
        return write_person(session, hat, user_id, version, data, today, hashed), password


def write_person(session, hat, user_id: int | None, version: int | None, data: Mapping, today: dt.date,
                 hashed: str = "") -> int:
    """`save_person` within the caller's unit of work; `hashed`: a new account's one-time password."""
    is_new = user_id is None
    user = new_user(hat, hashed, today) if is_new else locked_user(session, user_id, version)
    _refuse_fields(hat, user, data, is_new)
    _refuse_username(session, data.get("username") or user.username, user_id)
    changes = assign(user, data, FIELDS)
    if is_new:
        user.email = f"{user.username}@county.invalid"  # the framework wants one; nobody writes to it
        session.add(user)
        session.flush()
    changes |= _set_posts(session, hat, user, data.get("posts"))
    if not manages(hat, user) and is_new:
        raise Obstacle(_l("Give the person a post in your unit."), "posts")
    if user.id == hat.user_id and not _keeps_post(user, hat.post_id, today):
        raise Obstacle(_l("Nobody ends the post with which he manages accounts: somebody else does that."))
    remember(session, hat, "person", user, is_new, changes, today, name=user.last_name)
    return user.id


def new_user(hat, hashed: str, today: dt.date) -> User:
    """An account that its owner opens with a password told once."""
    return User(first_name="", county_id=hat.county_id, password=hashed, active=True, must_change_password=True,
                password_set_on=today)


def manages(hat, user: User) -> bool:
    """Whether the whole account is this hat's to manage; not only some of its posts."""
    held = [(post.organization_id, post.role) for post in user.posts]
    return user.county_id == hat.county_id and manages_account(hat.role, hat.organization_ids, held)


def lock_people(session, user_ids: Iterable[int | None]) -> None:
    """Lock several accounts in one order for all; who crosses waits, and nobody waits for ever.

    Not as FOR UPDATE would: an entry that names a person refers to the account, and is written meanwhile.
    """
    wanted = sorted({i for i in user_ids if i is not None})
    session.execute(sa.select(_users.c.id).where(_users.c.id.in_(wanted)).order_by(_users.c.id)
                    .with_for_update(key_share=True))


def locked_user(session, user_id: int, version: int | None) -> User:
    """The account, locked, as the form saw it. Raises NotFound (out of scope too) or Stale."""
    user = session.get(User, user_id, populate_existing=True, with_for_update={"key_share": True})
    if user is None:
        raise NotFound
    if version != stamp(user):
        raise Stale
    return user


def _refuse_fields(hat, user: User, data: Mapping, is_new: bool) -> None:
    """Name, user name, phone and whether it is in use belong to who manages the whole account."""
    asked = any(name in data and data[name] != getattr(user, name) for name in FIELDS)
    if asked and not is_new and not manages(hat, user):
        raise NotAllowed


def _refuse_username(session, username: str | None, except_id: int | None) -> None:
    if fault := username_fault(username or ""):
        raise Obstacle(fault, "username")
    one_at_a_time(session)
    same = sa.and_(sa.func.lower(_users.c.username) == username.lower(), _users.c.id != (except_id or 0))
    if session.execute(sa.select(_users.c.id).where(same)).first():
        raise Obstacle(_l("This user name is taken."), "username")


def _set_posts(session, hat, user: User, rows: list[Mapping] | None) -> dict:
    """Change the posts named by id, add the others; a post ends by its last day. Returns the change, if any."""
    have = {post.id: post for post in user.posts}
    changes = []
    for row in rows or ():
        post = have.get(row.get("id"))
        _check_post(session, hat, post, row)
        before = [plain(getattr(post, name)) for name in POST_FIELDS] if post else None
        if post is None:
            post = Post()
            user.posts.append(post)
        if assign(post, row, POST_FIELDS):
            changes.append([before, [plain(getattr(post, name)) for name in POST_FIELDS]])
    session.flush()
    return {"posts": [[one[0] for one in changes], [one[1] for one in changes]]} if changes else {}


def _check_post(session, hat, post: Post | None, row: Mapping) -> None:
    unit = session.get(Organization, row["organization_id"]) if row.get("organization_id") else None
    if unit is None or not row.get("role"):
        raise Obstacle(_l("A post has a unit and a role."), "posts")
    was = (post.organization_id, post.role) if post else (unit.id, row["role"])
    for unit_id, role in (was, (unit.id, row["role"])):
        if not manages_post(hat.role, hat.organization_ids, unit_id, role):
            raise Obstacle(_l("Posts of another unit, and higher ones, are the administrator's to give."), "posts")
    if unit.kind not in ROLE_KINDS[row["role"]]:
        raise Obstacle(_l("%(unit)s has no such post.", unit=unit), "posts")
    if row.get("valid_from") and row.get("valid_to") and row["valid_to"] < row["valid_from"]:
        raise Obstacle(_l("A post cannot end before it begins."), "posts")


def _keeps_post(user: User, post_id: int, today: dt.date) -> bool:
    return bool(user.active) and any(
        post.id == post_id and (post.valid_from or today) <= today <= (post.valid_to or today) for post in user.posts
    )


def reset_password(session, hat, user_id: int, today: dt.date) -> tuple[str, str]:
    """Give a one-time password and take the lock off; whoever was in with the old one is out.

    Returns `(name, password)`. Raises NotFound (out of scope too), NotAllowed.
    """
    password = one_time_password()
    hashed = generate_password_hash(password)
    with unit_of_work(session):
        user = session.get(User, user_id, with_for_update=True)
        if user is None:
            raise NotFound
        if not manages(hat, user):
            raise NotAllowed
        replace(session, user, hashed, today, once=True)
        record(session, hat, "password_reset", today, extra={"id": user.id, "name": user.last_name})
        return user.last_name, password
