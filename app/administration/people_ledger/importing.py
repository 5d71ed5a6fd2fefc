"""人员名册 in: which recorded post a row is; a new one is a post of an account that is there, or a new account."""
from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app.access.roles import ROLES
from app.administration.directory_planner import DirectoryPlanner, Listed, one_of, words
from app.administration.people_ledger.printing import number_of, texts_of, versions_of
from app.administration.people_ledger.reach import posts_in_reach
from app.administration.people_ledger.sheet import PEOPLE_SHEET
from app.administration.unit_ledger.importing import ACTIVE_WORDS
from app.exchange.cells import says_nothing
from app.exchange.text import fold, squash
from app.ledgers.planning import RowPlan
from app.ledgers.reading import Cell, Reader
from app.organization.models import Organization, Post, User
from app.organization.rules import MANAGED_ROLES, ROLE_KINDS, manages_account, manages_post, username_fault

_users, _posts, _units = User.__table__, Post.__table__, Organization.__table__
# What offices call a post; which role is meant follows from the kind of the unit, the first that it has.
ROLE_WORDS = {
    "填报人": ("unit_clerk", "county_clerk"), "经办人": ("county_clerk", "unit_clerk"),
    "联络员": ("unit_clerk", "county_clerk"), "安全员": ("unit_clerk", "enterprise"),
    "审核人": ("unit_reviewer", "county_head"), "负责人": ("county_head", "unit_reviewer"),
    "分管领导": ("unit_reviewer", "county_head"),
    "企业": ("enterprise",), "企业账号": ("enterprise",), "领导": ("leader",), "县领导": ("leader",),
    "审计员": ("auditor",), "管理员": ("administrator",), "系统管理员": ("administrator",),
}


@dataclass(frozen=True)
class Held(Listed):
    """A post that somebody holds."""

    user_id: int = 0
    unit_id: int = 0
    role: str = ""
    phone: str | None = None


def unit(planner, reader: Reader, key: str) -> int | None:
    """The unit of the post; left empty, the importer's own where he manages no other."""
    said = squash(reader.said(key))
    if (not said or says_nothing(said)) and planner.hat.role != "administrator":
        return planner.hat.organization_id
    return reader.unit_called(key, said) if said else None


def username(planner, reader: Reader, key: str) -> str | None:
    said = "" if says_nothing(reader.raw(key)) else fold(reader.said(key))
    if said and (fault := username_fault(said)):
        reader.fault(key, str(fault))
        return None
    return said or None


class PeoplePlanner(DirectoryPlanner):
    """A row is a recorded post by its number, else by user name (or name), unit and role."""

    sheet = PEOPLE_SHEET
    prefix = "RY"
    cells = {
        "name": words(64), "username": username, "unit": unit,
        "role": lambda planner, reader, key: squash(reader.said(key)) or None, "title": words(60), "phone": words(40),
        "active": one_of(lambda planner: ACTIVE_WORDS),
    }

    def pool(self) -> Iterable[Held]:
        rows = self.session.execute(posts_in_reach(
            self.hat, self.today, _posts.c.id, _posts.c.user_id, _posts.c.organization_id, _posts.c.role,
            _users.c.last_name, _users.c.username, _users.c.phone, _units.c.name,
        )).all()
        versions = versions_of(self.session, {row.user_id for row in rows})
        self.accounts = {row.username.lower(): row.user_id for row in rows}
        return [
            Held(row.id, number_of(row.id), versions[row.user_id],
                 f"{row.last_name} {row.username} {row.name} {ROLES[row.role].title}", squash(row.last_name),
                 code=row.username.lower(), user_id=row.user_id, unit_id=row.organization_id, role=row.role,
                 phone=row.phone)
            for row in rows
        ]

    # ── which post a row is ────────────────────────────────────────────────────────────────────────────────────
    def near(self, plan: RowPlan) -> list[Held]:
        """Of the account named; without a user name, of the same unit's people of this name."""
        new = plan.new
        if new["username"]:
            return [one for one in self.listed.values() if one.code == new["username"].lower()
                    and (one.unit_id, one.role) == (new["unit"], new["role"])]
        return [one for one in self._by_name[squash(new["name"] or "")] if one.unit_id == new["unit"]]

    def is_there(self, plan: RowPlan, known: Held) -> bool:
        return known.role == plan.new["role"] and known.words == squash(plan.new["name"] or "")

    def is_still(self, reader: Reader, known: Held) -> bool:
        return squash(reader.said("username")).lower() == known.code

    def once(self, plan: RowPlan) -> Hashable | None:
        """One post of one account; of those without a user name, one of a name and phone in a unit."""
        new = plan.new
        who = (new["username"] or "").lower() or (new["name"], new["phone"])
        return (who, new["unit"], new["role"]) if new["name"] and new["unit"] and new["role"] else None

    # ── a new post ─────────────────────────────────────────────────────────────────────────────────────────────
    def complete(self, reader: Reader, new: dict) -> None:
        new["active"] = True if new["active"] is None else new["active"]
        if not new["name"]:
            reader.fault("name", _("Please fill this in."))
        if new["unit"] is None:
            reader.fault("unit", _("Please fill this in."))
        new["role"] = self._role(reader, new["unit"], new["role"])
        new["account"] = self._account(reader, new)

    def _role(self, reader: Reader, unit_id: int | None, said: str | None) -> str | None:
        """The role that the word means in a unit of this kind, if this hat may give it there."""
        kind = self.book.kind(unit_id)
        if kind is None:
            return None
        given = [role for role in ROLES if kind in ROLE_KINDS[role] and role in MANAGED_ROLES.get(self.hat.role, ())]
        offers = tuple(str(ROLES[role].title) for role in given)
        titles = {squash(str(ROLES[role].title)): (role,) for role in given}
        meant = [role for role in (*titles.get(said, ()), *ROLE_WORDS.get(said, ())) if kind in ROLE_KINDS[role]]
        if not meant:
            reader.fault("role", _("%(unit)s has these posts: %(roles)s.", unit=self.book.names([unit_id]),
                                   roles="、".join(offers) or "—"), offers)
            return None
        if not manages_post(self.hat.role, self.hat.organization_ids, unit_id, meant[0]):
            key = "role" if unit_id in self.hat.organization_ids else "unit"
            reader.fault(key, _("Posts of another unit, and higher ones, are the administrator's to give."))
        return meant[0]

    def _account(self, reader: Reader, new: dict) -> int | None:
        """The account that gets the post, or None for a new one."""
        if new["username"]:
            known = self.accounts.get(new["username"].lower())
            if known is None and new["username"].lower() in self.taken:
                reader.fault("username", _("This user name is taken."))
            self._refuse_another_name(reader, new)
            return known
        same = [one for one in self._by_name[squash(new["name"] or "")]
                if new["phone"] and one.phone == new["phone"] and one.unit_id != new["unit"]]
        if same:
            reader.fault("username", _("%(name)s with this phone is there already. Write the user name for a further "
                                       "post of the same person.", name=same[0].description), (same[0].code,))
        return None

    def _refuse_another_name(self, reader: Reader, new: dict) -> None:
        held = self._by_code[new["username"].lower()]
        if held and held[0].words != squash(new["name"] or ""):
            reader.fault("name", _("This user name is that of %(name)s.", name=held[0].description))

    @property
    def taken(self) -> set[str]:
        """Every user name there is, in lower case; names of other counties' people are taken too."""
        if not hasattr(self, "_taken"):
            self._taken = set(self.session.execute(sa.select(sa.func.lower(_users.c.username))).scalars())
        return self._taken

    def _refuse_doubles(self, plans: list[RowPlan]) -> None:
        """Rows of one new user name are one person: what they say of her must agree, for one account keeps it."""
        super()._refuse_doubles(plans)
        seen: dict[str, RowPlan] = {}
        for plan in plans:
            new = plan.new or {}
            if not new.get("username") or new["account"] is not None:
                continue
            first = seen.setdefault(new["username"].lower(), plan)
            if squash(new["name"] or "") != squash(first.new["name"] or ""):
                self._fault(plan, "username", _("Row %(row)s of sheet %(sheet)s gives this user name to %(name)s.",
                                                row=first.number, sheet=first.sheet, name=first.new["name"] or ""))
            for key in ("phone", "active"):
                if new[key] not in (None, first.new[key]):
                    self._fault(plan, key, _("Row %(row)s of sheet %(sheet)s says otherwise of this account.",
                                             row=first.number, sheet=first.sheet))

    @staticmethod
    def _fault(plan: RowPlan, key: str, message: str) -> None:
        cell = plan.cells.setdefault(key, Cell(""))
        cell.problem = cell.problem or message

    # ── a recorded one ─────────────────────────────────────────────────────────────────────────────────────────
    def texts(self, ids: set[int]) -> dict[int, dict[str, str]]:
        return texts_of(self.session, ids)

    def records(self, ids: set[int]) -> dict[int, Post]:
        load = sa.orm.joinedload(Post.user).selectinload(User.posts)
        return {post.id: post for post in self.session.scalars(
            sa.select(Post).where(Post.id.in_(ids)).options(load))}

    def recorded(self, record: Post) -> dict:
        user = record.user
        return {"name": user.last_name, "username": user.username, "unit": record.organization_id, "role": record.role,
                "title": record.title, "phone": user.phone, "active": user.active}

    def changes(self, reader: Reader, record: Post, texts: dict[str, str], keys: set[str]) -> list[tuple[str, dict]]:
        acts = super().changes(reader, record, texts, keys - {"role"})
        data = acts[0][1] if acts else {}
        if "role" in keys:
            role = self._role(reader, record.organization_id, squash(reader.said("role")))
            if role != record.role:
                reader.cell("role").before = texts["role"]
                data["role"] = role
        if "unit" in data:
            reader.fault("unit", _("The unit of a post stays: end this post on the person's page and add another."))
        return [("change", data)] if data else []

    def why_not(self, record: Post, data: dict) -> str | None:
        held = [(post.organization_id, post.role) for post in record.user.posts]
        if data.keys() & {"name", "username", "phone", "active"} and not manages_account(
                self.hat.role, self.hat.organization_ids, held):
            return _("Who also holds a post elsewhere is the administrator's to change.")
        taken = (data.get("username") or "").lower()
        if taken and taken != record.user.username.lower() and taken in self.taken:
            return _("This user name is taken.")
        return None
