"""The two tables that carry every mechanism: `cases` and `case_parties`.

A noun's own table shares the key of `cases` (joined-table inheritance). `case_parties` repeats state and days,
so that a unit's list is read from one index however many cases the county has; `sync_parties` writes it in
the same transaction as the case.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import ClassVar

import sqlalchemy as sa
from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, joinedload, mapped_column, relationship

from app.access.scope import Scope, constant, planned_once, scoped
from app.casework.columns import UTCDateTime, utcnow

TITLE_LENGTH = 120
NEVER = dt.date(9999, 12, 31)


class Turn:
    """Whose turn it is: of the unit `turn_organization_id`, as `turn_role`."""

    def is_turn_of(self, hat) -> bool:
        """Whether it waits for whoever wears this hat: what the unit's reviewer decides does not wait for its clerk."""
        ours = self.turn_organization_id in hat.organization_ids
        return ours and (self.turn_role != "reviewer" or turn_role(hat.role) == "reviewer")


def turn_role(role: str) -> str:
    """As whom a role takes its turn."""
    return "reviewer" if role in ("unit_reviewer", "county_head") else "clerk"


class Case(Turn, Model):
    """One row per case of any noun. `turn_*` says whose turn it is; `issued` is false while it is a draft."""

    __tablename__ = "cases"
    is_share: ClassVar[bool] = False  # a noun whose cases have a head
    read_along: ClassVar[tuple[str, ...]] = ()  # relationships that its verbs and forms always ask of a case
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    county_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    # A share of another case: what one unit owes of it. It has no number of its own.
    head_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    number: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    state: Mapped[str] = mapped_column(String(30))
    issued: Mapped[bool] = mapped_column(default=False, server_default="0")
    turn_organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    turn_role: Mapped[str | None] = mapped_column(String(20))
    # 承办人: who of the unit whose turn it is sees to it; NULL: anybody. Ends with the unit's turn.
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    open_request: Mapped[str | None] = mapped_column(String(20))  # kind of the one open request, repeated
    due: Mapped[dt.date | None]
    # `due`, or NEVER when there is none: one index orders both databases alike
    due_sort: Mapped[dt.date] = mapped_column(default=NEVER)
    happened_on: Mapped[dt.date]  # the day the case is about: inspected, received, assigned
    state_since: Mapped[dt.date]
    closed_on: Mapped[dt.date | None]
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    # When the county came to know of the case (its issue) and of its present state, as the history tells: a month
    # that was submitted before counts neither, whatever day they are about. Written by `history.record`.
    recorded_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    state_recorded_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    client_key: Mapped[str | None] = mapped_column(String(36))  # of the form that made it (once.py)
    version: Mapped[int] = mapped_column(default=1)

    parties: Mapped[list[CaseParty]] = relationship(back_populates="case", lazy="selectin")

    __table_args__ = (
        UniqueConstraint("county_id", "number"),
        CheckConstraint("NOT issued OR number IS NOT NULL OR head_id IS NOT NULL", name="issued_has_number"),
        # Each list in its order; the last two columns let a count be answered from the index alone.
        Index("ix_cases_list", "county_id", "kind", "state", "due_sort", "id", "issued", "filed_by_id"),
        Index("ix_cases_state", "county_id", "kind", "state", "id", "issued", "filed_by_id"),
        Index("ix_cases_all", "county_id", "kind", "id", "issued", "filed_by_id"),
        Index("ix_cases_happened", "county_id", "kind", "happened_on", "id"),
        Index("ix_cases_state_happened", "county_id", "kind", "state", "happened_on", "id", "issued", "filed_by_id"),
        Index("ix_cases_recorded", "county_id", "kind", "recorded_at", "happened_on", "id"),
        Index("ix_cases_closed", "county_id", "kind", "closed_on", sqlite_where=sa.text("closed_on IS NOT NULL"),
              postgresql_where=sa.text("closed_on IS NOT NULL")),
        Index("ix_cases_turn", "turn_organization_id", "turn_role", "due_sort", "id"),
        Index("ix_cases_assignee", "assignee_id", "id", sqlite_where=sa.text("assignee_id IS NOT NULL"),
              postgresql_where=sa.text("assignee_id IS NOT NULL")),
        Index("ix_cases_client_key", "created_by_id", "client_key", unique=True,
              sqlite_where=sa.text("client_key IS NOT NULL"), postgresql_where=sa.text("client_key IS NOT NULL")),
    )
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "case", "version_id_col": version}

    def __str__(self) -> str:
        return f"{self.number or ''} {self.title}".strip()


class CaseParty(Model):
    """A unit's part in a case. An overseeing party also reads the parts confined to other parties."""

    __tablename__ = "case_parties"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    role: Mapped[str] = mapped_column(String(20))
    oversees: Mapped[bool] = mapped_column(default=False, server_default="0")
    kind: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(30))
    due: Mapped[dt.date]  # repeats the case's due_sort
    happened_on: Mapped[dt.date]
    case: Mapped[Case] = relationship(back_populates="parties")
    __table_args__ = (
        UniqueConstraint("case_id", "organization_id", "role"),
        Index("ix_case_parties_list", "organization_id", "kind", "state", "due", "case_id"),
        Index("ix_case_parties_happened", "organization_id", "kind", "state", "happened_on", "case_id"),
        Index("ix_case_parties_all", "organization_id", "kind", "case_id", "state"),
    )


class CasePart:
    """A part of a case: a round, a file, a request, a timeline entry.

    It has its own parties: `confined_to_id` NULL means every party of the case; else that unit, and the
    case's overseeing parties.
    """

    @declared_attr
    def confined_to_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("organizations.id"))


# An alias of its own: a loader that aliases `cases` would rewrite the bare table inside the sub-select too.
_cases = Case.__table__.alias("owning")
_mine = CaseParty.__table__.alias("mine")


def _is_party(case_id, scope: Scope, *more):
    return (
        sa.exists()
        .where(_mine.c.case_id == case_id, _mine.c.organization_id.in_(scope.organization_ids), *more)
        .correlate_except(_mine)
    )


def case_rule(scope: Scope, of=Case):
    """A county role finds all issued cases of its county, a unit those it is a party to, a draft its filer only.

    `of`: the class, or the columns of the bare table.
    """
    if scope.breadth == "county":
        return sa.and_(of.county_id == scope.county_id, sa.or_(of.issued.is_(True), _is_party(of.id, scope)))
    if scope.breadth == "units":
        return _is_party(of.id, scope)
    return sa.true() if scope.breadth == "system" else sa.false()


def part_rule(cls: type):
    """The rule for a part: its case exists for the scope, and it is not confined to somebody else."""

    def rule(scope: Scope):
        if scope.breadth == "county":
            return (
                sa.exists()
                .where(
                    _cases.c.id == cls.case_id, _cases.c.county_id == scope.county_id,
                    sa.or_(_cases.c.issued.is_(True), _is_party(_cases.c.id, scope)),
                )
                .correlate_except(_cases)
            )
        if scope.breadth == "units":
            return sa.and_(
                _is_party(cls.case_id, scope),
                sa.or_(
                    cls.confined_to_id.is_(None),
                    cls.confined_to_id.in_(scope.organization_ids),
                    _is_party(cls.case_id, scope, _mine.c.oversees.is_(True)),
                ),
            )
        return sa.false()

    return rule


class _PartyOfCase:
    """A party row exists for whoever finds its case."""

    case_id, confined_to_id = CaseParty.case_id, sa.null()


scoped(Case, case_rule)
scoped(CaseParty, part_rule(_PartyOfCase))


def find(session, model: type[Case], case_id: int, fresh: bool = False) -> Case | None:
    """One case through the scope, in one statement with its parties and with what every reader of it asks for.

    `fresh`: overwrite what the session read before.
    """
    return session.scalars(_found(model, fresh), {"case_id": case_id}).unique().one_or_none()


@cache
def _found(model: type[Case], fresh: bool) -> sa.Select:
    always = (one.key for one in sa.inspect(model).relationships if one.lazy == "selectin")
    whole = (joinedload(getattr(model, name)) for name in dict.fromkeys((*always, *model.read_along)))
    statement = sa.select(model).where(model.id == sa.bindparam("case_id")).options(*whole)
    statement = planned_once(constant(statement))
    return statement.execution_options(populate_existing=True) if fresh else statement


def sync_parties(session, case: Case, wanted: Iterable[tuple[int, str, bool]]) -> None:
    """Make `case_parties` say what the case says: `(organization id, role, oversees)`, state and days repeated."""
    have = {(party.organization_id, party.role): party for party in case.parties}
    keep = set()
    for organization_id, role, oversees in wanted:
        key = (organization_id, role)
        if organization_id is None or key in keep:
            continue
        keep.add(key)
        party = have.get(key)
        if party is None:
            party = CaseParty(organization_id=organization_id, role=role)
            case.parties.append(party)
        party.oversees, party.kind, party.state = oversees, case.kind, case.state
        party.due, party.happened_on = case.due_sort, case.happened_on
    for key, party in have.items():
        if key not in keep:
            case.parties.remove(party)
            session.delete(party)


def put_anew(session, role: str, of_cases, wanted, oversees) -> None:
    """Write the parties of one role anew, of many cases at once; `wanted`: SELECT of (case's id, unit)."""
    c, p, wanted = Case.__table__, CaseParty.__table__, wanted.subquery()
    session.execute(sa.delete(p).where(p.c.role == role, p.c.case_id.in_(of_cases)))
    session.execute(sa.insert(p).from_select(
        ["case_id", "organization_id", "role", "oversees", "kind", "state", "due", "happened_on"],
        sa.select(c.c.id, wanted.c.unit, sa.literal(role), oversees, c.c.kind, c.c.state, c.c.due_sort, c.c.happened_on)
        .join(wanted, wanted.c.id == c.c.id).where(c.c.issued.is_(True)).distinct(),
    ))
