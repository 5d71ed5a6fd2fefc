"""Who logs in: found by name, counted, locked for a while after failures; every try stands in the history (等保)."""
from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from flask_login import UserMixin
from werkzeug.security import check_password_hash

from app.access.hats import Hat, hats_among, hats_of, own_and_lent
from app.access.passwords import is_aged
from app.access.scope import IDENTIFYING, planned_once
from app.casework.clock import today
from app.casework.history import TimelineEntry, record
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.organization.models import Organization, User
from app.organization.settings import values

_entries, _units = TimelineEntry.__table__, Organization.__table__


def account(*conditions, lock: bool = False) -> User | None:
    """The account, before anybody knows who asks: the one statement on people that no scope limits."""
    statement = sa.select(User).where(*conditions).execution_options(**IDENTIFYING)
    return db.session.scalars(statement.with_for_update() if lock else statement).one_or_none()


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """The account as every request needs to know it, with the hats it may wear today; who changes it reads it again
    as a `User`.
    """

    id: int
    username: str
    password: str
    full_name: str
    phone: str | None
    active: bool
    session_epoch: int
    must_change_password: bool
    hats: tuple[Hat, ...]

    def get_full_name(self) -> str:
        return self.full_name


_users = User.__table__
_ACCOUNT = (
    _users.c.id, _users.c.username, _users.c.password, _users.c.last_name, _users.c.phone, _users.c.active,
    _users.c.session_epoch, _users.c.must_change_password,
)


def _who() -> sa.Select:
    """The account, beside each of its hats."""
    hats = own_and_lent().subquery()
    return (sa.select(hats, *(column.label(f"account_{column.name}") for column in _ACCOUNT))
            .select_from(_users.outerjoin(hats, sa.true())).where(_users.c.id == sa.bindparam("user_id")))


_WHO = planned_once(_who())


def signed_in(user_id: int, today: dt.date) -> SignedIn | None:
    """Who a session says it is."""
    rows = db.session.execute(_WHO, {"user_id": user_id, "today": today}).all()
    if not rows:
        return None
    account = rows[0][-len(_ACCOUNT):]
    _id, _username, _password, name, phone, *_more = account
    return SignedIn(*account, tuple(hats_among([row for row in rows if row.id], user_id, name, phone)))


def named(username: str) -> User | None:
    """The account of this name, capitals or not."""
    return account(sa.func.lower(User.username) == username.lower()) if username else None


def held(user: User) -> dict:
    """The settings of the user's county: before a hat is worn there is none to ask."""
    return values(db.session, user.county_id, today())


def visitor(user: User) -> Hat:
    """A hat for what happens before one is chosen: login, logout."""
    hats = hats_of(db.session, user, today())
    if hats:
        return hats[0]
    return Hat(user.id, user.full_name, 0, None, "", "", "", user.county_id, ())


def admit(username: str, password: str) -> tuple[User | None, str | None]:
    """`(user, None)` or `(None, what to tell)`; failures are counted and lock the account for a while."""
    name = username.strip()
    user = named(name)
    if user is None or not user.active:
        check_password_hash(current_app.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"], password)
        _refused(user, name)
        return None, _("Wrong account or password.")
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    if is_locked(user, now):
        minutes = int((user.locked_until - now).total_seconds() // 60) + 1
        _refused(user, name)
        return None, _("Too many failures: this account is locked for %(minutes)s more minutes.", minutes=minutes)
    right = bool(password) and check_password_hash(user.password or "", password)
    return count(user.id, right, now)


def is_locked(user: User, now: dt.datetime) -> bool:
    return user.locked_until is not None and user.locked_until > now


def count(user_id: int, right: bool, now: dt.datetime) -> tuple[User | None, str | None]:
    """What a try comes to, as `admit` says it; one that began before others locked the account fails with them."""
    with unit_of_work(db.session):
        user = account(User.id == user_id, lock=True)
        settings = held(user)
        failures, minutes = settings["lock_failures"], settings["lock_minutes"]
        right = right and not is_locked(user, now)
        if right:
            _enter(user, settings, now)
        elif not is_locked(user, now):
            user.fail_login_count, user.locked_until = (user.fail_login_count or 0) + 1, None
            if user.fail_login_count >= failures:
                user.locked_until, user.fail_login_count = now + dt.timedelta(minutes=minutes), 0
        locked, left = is_locked(user, now), failures - (user.fail_login_count or 0)
        record(db.session, visitor(user), "login" if right else "login_failed", today())
    if right:
        return user, None
    if locked:
        return None, _("Too many failures: this account is locked for %(minutes)s more minutes.", minutes=minutes)
    return None, _("Wrong account or password; %(left)s more tries, then it is locked for %(minutes)s minutes.",
                   left=left, minutes=minutes)


def _enter(user: User, settings: dict, now: dt.datetime) -> None:
    """Who is in: an aged password must be changed first, and with 单点 the same account's other sessions end."""
    user.login_count, user.last_login = (user.login_count or 0) + 1, now
    user.fail_login_count, user.locked_until = 0, None
    if settings["one_session"]:
        user.session_epoch += 1
    if user.demo:
        return
    user.password_set_on = user.password_set_on or today()
    if is_aged(user.password_set_on, today(), settings["password_age_days"]):
        user.must_change_password = True


def _refused(user: User | None, name: str) -> None:
    """A try at a locked, a closed or no account. The typed name may be a password: only its keyed trace is kept."""
    if user is not None:
        who, county_id = visitor(user), user.county_id
        extra = {}
    else:
        county_id = db.session.execute(sa.select(sa.func.min(_units.c.id)).where(_units.c.kind == "county")).scalar()
        who = Hat(None, _("Unknown account"), 0, None, "", "", "", county_id, ())
        key = current_app.config["SECRET_KEY"].encode()
        extra = {"trace": hmac.new(key, name.lower().encode(), hashlib.sha256).hexdigest()[:12]}
    if not _is_flooded(county_id):
        with unit_of_work(db.session):
            record(db.session, who, "login_refused", today(), extra=extra)


def _is_flooded(county_id: int | None) -> bool:
    """Tries that lead nowhere are recorded up to a number: a flood must not fill the history."""
    most = values(db.session, county_id, today())["refused_an_hour"]
    newest = db.session.execute(
        sa.select(_entries.c.recorded_at).where(_entries.c.county_id == county_id, _entries.c.verb == "login_refused")
        .order_by(_entries.c.id.desc()).offset(most - 1).limit(1)
    ).scalar()
    return newest is not None and newest > dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
