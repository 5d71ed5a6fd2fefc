"""Numbers: one series per county, code and year; without gaps, never reused.

Drawn last in the transaction: a rollback gives the number back, a commit uses it up. Who draws second waits
for the first to finish, on both databases.
"""
from __future__ import annotations

import datetime as dt

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.casework.columns import UTCDateTime, utcnow


class NumberSeries(Model):
    """`code` is a kind's business code (YH) or an issuer's 代字; `last` the last number drawn."""

    __tablename__ = "number_series"
    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    code: Mapped[str] = mapped_column(String(30))
    year: Mapped[int]
    last: Mapped[int]
    __table_args__ = (UniqueConstraint("county_id", "code", "year"),)


class VoidedNumber(Model):
    """A number that was drawn and will not be used, with the reason (作废). It stays taken."""

    __tablename__ = "voided_numbers"
    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    number: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(300))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    voided_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    __table_args__ = (UniqueConstraint("county_id", "number"),)


def draw(session, county_id: int, code: str, year: int, count: int = 1) -> list[int]:
    """The next `count` numbers of a series, as one block."""
    insert = {"sqlite": sqlite, "postgresql": postgresql}[session.connection().dialect.name].insert
    table = NumberSeries.__table__
    statement = (
        insert(table)
        .values(county_id=county_id, code=code, year=year, last=count)
        .on_conflict_do_update(
            index_elements=["county_id", "code", "year"], set_={"last": table.c.last + count}
        )
        .returning(table.c.last)
    )
    last = session.execute(statement).scalar_one()
    return list(range(last - count + 1, last + 1))


def business_number(code: str, year: int, n: int) -> str:
    """``YH-2026-0001``; wider than four digits when a year needs it."""
    return f"{code}-{year}-{n:04d}"


def void(session, county_id: int, number: str, reason: str, user_id: int | None) -> None:
    """Mark a drawn number as void (作废). It is never drawn again."""
    session.add(VoidedNumber(county_id=county_id, number=number, reason=reason, user_id=user_id))


