"""What a password must be, in one place for the screens, the commands and the framework's form (等保)."""
from __future__ import annotations

import datetime as dt
import secrets
import string

import sqlalchemy as sa
from flask_appbuilder.exceptions import PasswordComplexityValidationError
from flask_babel import lazy_gettext as _l
from werkzeug.security import check_password_hash

from app.organization.models import UsedPassword, User
from app.organization.settings import setting

_KINDS = (str.islower, str.isupper, str.isdigit)
_READABLE = "".join(set(string.ascii_letters + string.digits) - set("0O1lI5S"))
_SIGNS = "#*"  # none with which a cell would begin a formula
_used = UsedPassword.__table__


def kinds_in(password: str) -> int:
    """How many of small letters, capitals, digits and other characters it has."""
    others = any(not char.isalnum() for char in password)
    return sum(any(map(is_kind, password)) for is_kind in _KINDS) + others


def problem(password: str, username: str = ""):
    """Why this password will not do, in the user's words, or None."""
    shortest, kinds = setting("password_length"), setting("password_kinds")
    if len(password) < shortest:
        return _l("The password needs at least %(count)s characters.", count=shortest)
    if password.isalpha() or password.isdigit():
        return _l("The password needs both letters and digits.")
    if kinds_in(password) < kinds:
        return _l("The password needs %(count)s of these: small letters, capitals, digits, other characters.",
                  count=kinds)
    if len(username) > 3 and username.lower() in password.lower():
        return _l("The password must not hold the user name.")
    return None


def check(password: str) -> None:
    """The framework's question. Raises PasswordComplexityValidationError."""
    fault = problem(password or "")
    if fault:
        raise PasswordComplexityValidationError(str(fault))


def one_time_password() -> str:
    """A password to be told once, without letters that are taken for others; as long and mixed as the office asks."""
    length, kinds = max(12, setting("password_length")), setting("password_kinds")
    letters = _READABLE + _SIGNS if kinds > len(_KINDS) else _READABLE
    while True:
        password = "".join(secrets.choice(letters) for _place in range(length))
        if not problem(password):
            return password


def is_aged(set_on: dt.date | None, today: dt.date, days: int) -> bool:
    """Whether a password is older than the office allows; one whose day is not known is not."""
    return set_on is not None and (today - set_on).days > days


def was_used(session, user: User, password: str, count: int) -> bool:
    """Whether it is the present password or one of the last `count`."""
    former = session.execute(
        sa.select(_used.c.password).where(_used.c.user_id == user.id).order_by(_used.c.id.desc()).limit(count)
    ).scalars()
    return any(check_password_hash(hashed or "", password) for hashed in (user.password, *former))


def replace(session, user: User, hashed: str, today: dt.date, *, once: bool) -> None:
    """Give the account another password, within the caller's transaction; every open session of it is over.

    `once`: told by somebody else, so that its owner must choose another before anything opens.
    """
    if user.password:
        session.execute(sa.insert(_used).values(user_id=user.id, password=user.password, replaced_on=today))
    user.password, user.password_set_on, user.must_change_password = hashed, today, once
    user.session_epoch += 1
    user.fail_login_count, user.locked_until = 0, None
