"""Numbers: one series per county, code and year; without gaps, never reused.

Drawn last in the transaction: a rollback gives the number back, a commit uses it up. Who draws second waits
for the first to finish, on both databases.
"""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_appbuilder import Model
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.casework.columns import UTCDateTime, insert_into, utcnow
from app.casework.errors import Obstacle


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


class DocumentNumber(Model):
    """A document number in use: drawn at signing, or taken over from the office's paper register.

    `after`: where the series stood before. What lies between the two is free: it may stand in the paper register,
    and is accepted from there, with an `after` that is greater than its own number.
    """

    __tablename__ = "document_numbers"
    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    code: Mapped[str] = mapped_column(String(30))
    year: Mapped[int]
    n: Mapped[int]
    after: Mapped[int]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    __table_args__ = (UniqueConstraint("county_id", "code", "year", "n"),)


def draw(session, county_id: int, code: str, year: int, count: int = 1) -> list[int]:
    """The next `count` numbers of a series, as one block."""
    table = NumberSeries.__table__
    statement = (
        insert_into(session, table)
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
    """Mark a drawn number as void (作废). It is never drawn again. A long reason stands whole in the history."""
    column = VoidedNumber.__table__.c.reason
    short = reason if len(reason) <= column.type.length else f"{reason[:column.type.length - 1]}…"
    session.add(VoidedNumber(county_id=county_id, number=number, reason=short, user_id=user_id))


def document_number(code: str, year: int, n: int) -> str:
    """``阳安办函〔2026〕3号`` (GB/T 9704-2012): no leading zero."""
    return f"{code}〔{year}〕{n}号"


def next_document_number(session, case, code: str, year: int) -> DocumentNumber:
    """The number after the greatest that is known, in use for the case from now on."""
    return _number(session, case, code, year, None)


def take_document_number(session, case, code: str, year: int, n: int) -> DocumentNumber:
    """The number that the case has in the office's paper register. Raises Obstacle at `n` when it is in use."""
    return _number(session, case, code, year, n)


def _number(session, case, code: str, year: int, n: int | None) -> DocumentNumber:
    series = _locked_series(session, case.county_id, code, year)
    n = n or series.last + 1
    of_series = (_documents.c.county_id == case.county_id, _documents.c.code == code, _documents.c.year == year)
    if session.execute(sa.select(_documents.c.id).where(*of_series, _documents.c.n == n)).first():
        raise Obstacle(_l("%(number)s is in use already.", number=document_number(code, year, n)), "n")
    row = DocumentNumber(county_id=case.county_id, code=code, year=year, n=n, after=series.last, case_id=case.id)
    session.add(row)
    series.last = max(series.last, n)
    session.flush()
    return row


def _locked_series(session, county_id: int, code: str, year: int) -> NumberSeries:
    """The series, made if it is new; who comes second waits here for the first, whichever of the two made it."""
    key = {"county_id": county_id, "code": code, "year": year}
    session.execute(insert_into(session, NumberSeries.__table__).values(**key, last=0).on_conflict_do_nothing(
        index_elements=list(key)))
    return session.scalars(
        sa.select(NumberSeries).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    ).one()


_documents = DocumentNumber.__table__
