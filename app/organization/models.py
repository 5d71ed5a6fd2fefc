"""Tables of units, enterprises, dictionaries, calendar days, users and posts."""
from __future__ import annotations

import datetime as dt

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User as FrameworkUser
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, case
from sqlalchemy.orm import Mapped, column_property, declared_attr, mapped_column, relationship, synonym

from app.organization.rules import NAME_LENGTH

KINDS = ("province", "city", "county", "county_office", "township", "department", "enterprise", "justice")
GOVERNMENT_KINDS = tuple(kind for kind in KINDS if kind != "enterprise")
ENTERPRISE_STATUSES = ("normal", "suspended", "closed")


class CountyOwned:
    """A row that belongs to one county and does not exist for any other."""

    @declared_attr
    def county_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("organizations.id"), index=True)


class Organization(Model):
    """A unit. `county_id` of a county is its own id; of the city and province above it is NULL."""

    __tablename__ = "organizations"
    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    short_name: Mapped[str | None] = mapped_column(String(60))
    code: Mapped[str | None] = mapped_column(String(20))
    phone: Mapped[str | None] = mapped_column(String(40))
    issuer_code: Mapped[str | None] = mapped_column(String(30))  # 机关代字 of its letters
    active: Mapped[bool] = mapped_column(default=True, server_default="1")
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    sort_order: Mapped[int] = mapped_column(default=0, server_default="0")
    review_before_issue: Mapped[bool] = mapped_column(default=False, server_default="0")
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    parent: Mapped[Organization | None] = relationship(foreign_keys=[parent_id], remote_side=[id])
    successor: Mapped[Organization | None] = relationship(foreign_keys=[successor_id], remote_side=[id])
    names: Mapped[list[OrganizationName]] = relationship(back_populates="organization")

    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("successor_id IS NULL OR successor_id <> id", name="successor_is_other"),
        Index("ix_organizations_county_kind", "county_id", "kind", "active", "sort_order"),
        Index("ix_organizations_county_name", "county_id", "name"),
        Index("uq_organizations_issuer_code", "county_id", "issuer_code", unique=True),
    )
    # Two identities are enough: an enterprise has a table of its own, every other kind is a plain unit. A mapped
    # property: the version of a row changed in its own table only is not counted with a bare expression.
    family: Mapped[str] = column_property(case((kind == "enterprise", "enterprise"), else_="unit"))
    __mapper_args__ = {
        "polymorphic_on": family,
        "polymorphic_identity": "unit",
        "version_id_col": version,
    }

    def __str__(self) -> str:
        return self.short_name or self.name


class OrganizationName(Model):
    """An old or short name under which offices still write a unit."""

    __tablename__ = "organization_names"
    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    organization: Mapped[Organization] = relationship(back_populates="names")
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    def __str__(self) -> str:
        return self.name


class DictionaryEntry(Model, CountyOwned):
    """An entry of an editable dictionary: industry, hazard_category, inspection_method, major_criterion.

    Entries in use are deactivated, never deleted. `document_number` (文号) and the validity are for criteria, whose
    editions share a name; any other name stands in its dictionary once.
    """

    __tablename__ = "dictionary_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    dictionary: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("dictionary_entries.id"), index=True)
    document_number: Mapped[str | None] = mapped_column(String(120))
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]
    active: Mapped[bool] = mapped_column(default=True, server_default="1")
    sort_order: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    __table_args__ = (UniqueConstraint("county_id", "dictionary", "name", "document_number"),)
    __mapper_args__ = {"version_id_col": version}

    def __str__(self) -> str:
        return self.name


class Enterprise(Organization):
    """An enterprise under supervision. `uscc` (统一社会信用代码) may be missing: some have no licence."""

    __tablename__ = "enterprises"
    id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    industry_id: Mapped[int | None] = mapped_column(ForeignKey("dictionary_entries.id"), index=True)
    uscc: Mapped[str | None] = mapped_column(String(18), index=True)
    address: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(12), default="normal", server_default="normal")
    principal: Mapped[str | None] = mapped_column(String(40))
    principal_phone: Mapped[str | None] = mapped_column(String(40))
    safety_manager: Mapped[str | None] = mapped_column(String(40))
    safety_phone: Mapped[str | None] = mapped_column(String(40))

    territory: Mapped[Organization] = relationship(foreign_keys=[territory_id])
    industry: Mapped[DictionaryEntry | None] = relationship()
    regulators: Mapped[list[EnterpriseRegulator]] = relationship(
        back_populates="enterprise", foreign_keys="EnterpriseRegulator.enterprise_id"
    )
    __table_args__ = (CheckConstraint(f"status IN {ENTERPRISE_STATUSES}", name="status"),)
    __mapper_args__ = {"polymorphic_identity": "enterprise", "inherit_condition": id == Organization.id}


class EnterpriseRegulator(Model):
    """A department that regulates an enterprise in one subject matter; one of them is the daily one (日常监管)."""

    __tablename__ = "enterprise_regulators"
    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    subject: Mapped[str | None] = mapped_column(String(60))
    is_daily: Mapped[bool] = mapped_column(default=False, server_default="0")
    enterprise: Mapped[Enterprise] = relationship(back_populates="regulators", foreign_keys=[enterprise_id])
    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id])
    __table_args__ = (
        UniqueConstraint("enterprise_id", "organization_id"),
        Index(
            "uq_enterprise_regulators_daily",
            "enterprise_id",
            unique=True,
            sqlite_where=is_daily.column,
            postgresql_where=is_daily.column,
        ),
    )


class OrganizationIndustry(Model):
    """An industry that a department supervises."""

    __tablename__ = "organization_industries"
    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    industry_id: Mapped[int] = mapped_column(ForeignKey("dictionary_entries.id"), index=True)
    __table_args__ = (UniqueConstraint("organization_id", "industry_id"),)


class CalendarDay(Model, CountyOwned):
    """A county's own word on one day, over the published holiday calendar."""

    __tablename__ = "calendar_days"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[dt.date]
    is_workday: Mapped[bool]
    note: Mapped[str | None] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    __table_args__ = (UniqueConstraint("county_id", "day"),)
    __mapper_args__ = {"version_id_col": version}


class CountyUser(FrameworkUser):
    """The framework's user, with what it lacks: sessions that can be ended, a lock, a county, a password's age.

    `must_change_password`: nothing else is open until the owner has chosen a password of his own. `password_set_on`
    NULL: not known, its age counts from the next login.
    """

    __tablename__ = "ab_user"
    county_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    phone: Mapped[str | None] = mapped_column(String(40))
    session_epoch: Mapped[int] = mapped_column(default=1, server_default="1")
    locked_until: Mapped[dt.datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default="0")
    password_set_on: Mapped[dt.date | None]
    demo: Mapped[bool] = mapped_column(default=False, server_default="0")
    full_name = synonym("last_name")  # Chinese names are one word; first_name stays empty
    posts: Mapped[list[Post]] = relationship(back_populates="user")

    def get_full_name(self) -> str:
        return self.last_name

    def __repr__(self) -> str:
        return self.last_name


# The framework's relationships look a class up by the name "User": a second one of that name would be ambiguous.
User = CountyUser


class Post(Model):
    """A person's post: organization, role, from–to (both days included; NULL = open)."""

    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    title: Mapped[str | None] = mapped_column(String(60))
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    user: Mapped[User] = relationship(CountyUser, back_populates="posts")
    organization: Mapped[Organization] = relationship()
    __mapper_args__ = {"version_id_col": version}


class UsedPassword(Model):
    """The hash of a password that an account had: the last few are not taken again."""

    __tablename__ = "used_passwords"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    password: Mapped[str] = mapped_column(String(256))
    replaced_on: Mapped[dt.date]
    __table_args__ = (Index("ix_used_passwords_user", "user_id", "id"),)


class Delegation(Model):
    """代理: who holds a post lets a colleague act in it, from–to, both days included.

    `revoked_on`: the day on which it was taken back; from then on it opens nothing.
    """

    __tablename__ = "delegations"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    delegator_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    delegate_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(String(200))
    revoked_on: Mapped[dt.date | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    post: Mapped[Post] = relationship()
    __table_args__ = (
        CheckConstraint("delegator_id <> delegate_id", name="delegate_is_other"),
        CheckConstraint("valid_to >= valid_from", name="ends_after_it_begins"),
    )
    __mapper_args__ = {"version_id_col": version}
