"""Questions about enterprises and posts, on values."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable

from flask_babel import lazy_gettext as _l

NAME_LENGTH = 120  # characters of a unit's name
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
COUNTY_ROLES = frozenset({"county_clerk", "county_head", "leader"})
# Where each role may be held: a township's post must not see the county.
ROLE_KINDS = {
    "county_clerk": ("county_office",), "county_head": ("county_office",),
    "unit_clerk": ("township", "department", "justice"), "unit_reviewer": ("township", "department", "justice"),
    "enterprise": ("enterprise",), "leader": ("county", "county_office"),
    "auditor": ("county", "county_office", "department"), "administrator": ("county", "county_office", "department"),
}
# Roles that who manages a unit's accounts may give there; never one above or beside the own.
MANAGED_ROLES = {
    "unit_reviewer": frozenset({"unit_clerk", "unit_reviewer"}),
    "county_head": frozenset({"county_clerk", "county_head"}),
    "administrator": frozenset(ROLE_KINDS),
}
# Posts whose holder may let a colleague act.
DELEGABLE_ROLES = frozenset({"unit_clerk", "unit_reviewer", "county_clerk", "county_head", "leader"})

# Capitals or not is one name, and each database knows the capitals of ASCII only.
_USERNAME = re.compile(r"[A-Za-z0-9_.\u4e00-\u9fff-]{2,64}")
_ISSUER_CODE = re.compile(r"[\u4e00-\u9fff]{2,30}")


def username_fault(name: str):
    """Why nobody could sign in by this name, or None."""
    if _USERNAME.fullmatch(name):
        return None
    return _l("Letters, digits, dot, dash and underscore, at least two of them.")


def issuer_code_fault(code: str):
    """Why this is no 机关代字 (阳安办函), or None: Chinese characters, so that no number of ours looks like it."""
    return None if _ISSUER_CODE.fullmatch(code) else _l("Two Chinese characters at least and nothing else: 阳安办函.")


def other_names_fault(names: Iterable[str]):
    """Why one of a unit's other names fits no column, or None."""
    if all(len(name) <= NAME_LENGTH for name in names):
        return None
    return _l("Too long: each name has at most %(count)s characters.", count=NAME_LENGTH)


def uscc_fault(code: str):
    """What is doubtful about a 统一社会信用代码 (GB 32100-2015), or None. Worth a warning, never a refusal.

    The first two places may be letters (N: 农村集体经济组织 …), the next six are digits.
    """
    if len(code) != 18:
        return _l("A credit code has 18 places, this one has %(count)s.", count=len(code))
    if any(char not in _ALPHABET for char in code):
        return _l("A credit code has digits and capitals, but no I, O, S, V or Z.")
    if not code[2:8].isdecimal():
        return _l("Places 3 to 8 of a credit code are the digits of the registry's area.")
    total = sum(pow(3, place, 31) * _ALPHABET.index(char) for place, char in enumerate(code[:17]))
    if _ALPHABET[-total % 31] != code[17]:
        return _l("The check digit of the credit code does not fit.")
    return None


def reads_contacts(role: str, mine: Collection[int], enterprise_id: int, territory_id: int,
                   regulator_ids: Collection[int]) -> bool:
    """Contacts follow the parties: the enterprise, its territory, its regulators, the county office and leaders; and
    the administrator, who brings them in.
    """
    concerned = {enterprise_id, territory_id, *regulator_ids}
    return role in (*COUNTY_ROLES, "administrator") or not concerned.isdisjoint(mine)


def may_change(role: str, mine: Collection[int], territory_id: int, regulator_ids: Collection[int]) -> bool:
    """The county office's clerk and the administrator change every enterprise, a unit's clerk those of its territory
    or its own trade.
    """
    if role in ("county_clerk", "administrator"):
        return True
    return role == "unit_clerk" and not {territory_id, *regulator_ids}.isdisjoint(mine)


def may_stand_in(role: str, organization_id: int, own: Collection[tuple[str, int]]) -> bool:
    """Whether who holds the posts `own` (role, unit) may act in a post delegated to him.

    A colleague of the same unit; in a leader's post the county office, too, whose leader it is.
    """
    if role not in DELEGABLE_ROLES:
        return False
    return any(
        unit == organization_id or (role == "leader" and mine in ("county_clerk", "county_head")) for mine, unit in own
        if mine in DELEGABLE_ROLES
    )


def manages_post(role: str, mine: Collection[int], organization_id: int | None, held: str | None) -> bool:
    """Whether a hat may give, change and end this post: of the own unit and a role it may give there."""
    if held not in MANAGED_ROLES.get(role, ()):
        return False
    return role == "administrator" or organization_id in mine


def manages_account(role: str, mine: Collection[int], posts: Collection[tuple[int, str]]) -> bool:
    """Whether a hat manages the whole account, whose posts (unit, role), ended ones too, are `posts`.

    Who also holds a post elsewhere, or one that this hat may not give, is the administrator's: of such an account
    a reviewer changes the own unit's posts only.
    """
    return role == "administrator" or (
        bool(posts) and all(manages_post(role, mine, unit, held) for unit, held in posts)
    )


def is_in_force(valid_from: dt.date | None, valid_to: dt.date | None, day: dt.date) -> bool:
    """A criterion on a day: both days included; no day, no limit."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)
