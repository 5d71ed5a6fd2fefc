"""Tables of submissions: the month of a unit's ledger, what was frozen of it, who owes which ledger."""
from __future__ import annotations

import datetime as dt

from flask_appbuilder import Model
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.scope import scoped, within_county
from app.casework.cases import Case, CasePart, part_rule
from app.casework.columns import UTCDateTime
from app.casework.texts import searched, unit_named
from app.organization.models import CountyOwned
from app.submissions.states import SubmittedLedger

_IN = f"ledger IN {tuple(ledger.value for ledger in SubmittedLedger)}"


class Submission(Case):
    """One unit, one ledger, one month. `happened_on` of the case is the last day of the period.

    `recorded_until`: the instant of the freeze that stands; NULL while there is none, after a return too.
    """

    __tablename__ = "ledger_submissions"
    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    ledger: Mapped[str] = mapped_column(String(10))
    month: Mapped[str] = mapped_column(String(7))  # 2026-03
    period_from: Mapped[dt.date]
    period_until: Mapped[dt.date]
    recorded_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    submitted_on: Mapped[dt.date | None]  # of the freeze that stands
    nil: Mapped[bool] = mapped_column(default=False, server_default="0")  # 零报告
    chases: Mapped[int] = mapped_column(default=0, server_default="0")
    chased_on: Mapped[dt.date | None]

    @property
    def owed_from(self) -> dt.date:
        """The first day after the month."""
        return self.period_until + dt.timedelta(days=1)

    freezes: Mapped[list[Freeze]] = relationship(back_populates="submission", order_by="Freeze.number")
    __table_args__ = (
        UniqueConstraint("unit_id", "ledger", "month"),  # one, however many workers open the month
        CheckConstraint(_IN, name="ledger"),
        CheckConstraint("period_until >= period_from", name="period_is_one"),
        CheckConstraint("(recorded_until IS NULL) = (submitted_on IS NULL)", name="submitted_is_frozen"),
        Index("ix_ledger_submissions_month", "ledger", "month", "unit_id"),
    )
    __mapper_args__ = {"polymorphic_identity": "ledger_submission", "inherit_condition": id == Case.id}


class Freeze(Model, CasePart):
    """A month as it was handed in; kept for ever, and replaced by the next one after a return.

    The workbook is an attachment of the case under `sha256`. It tells what happened until `happened_until` and was
    recorded until `recorded_until`; what was recorded up to `recorded_after` stood in the month before. `figures`:
    ``{"month" | "year": {"rows", "found", "late", "ended", "open"}}``, and ``"of_rows": {"found": [1, 3], …}``, the
    rows of the workbook that the month's numbers count, by their 序号; older freezes have none. `header`: the form's,
    by field of FormMeta.
    """

    __tablename__ = "ledger_freezes"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("ledger_submissions.id"))
    number: Mapped[int]
    happened_until: Mapped[dt.date]
    recorded_after: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    recorded_until: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    rows: Mapped[int]
    nil: Mapped[bool] = mapped_column(default=False, server_default="0")
    figures: Mapped[dict] = mapped_column(JSON)
    header: Mapped[dict] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    frozen_on: Mapped[dt.date]
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    frozen_by_name: Mapped[str] = mapped_column(String(64))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))  # the post's holder (代理)
    submission: Mapped[Submission] = relationship(back_populates="freezes", foreign_keys=[case_id])
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("nil = (rows = 0)", name="nil_has_no_rows"),
    )


class Duty(Model, CountyOwned):
    """A word of the county office on whether a unit owes a ledger, from a day, perhaps until a day.

    Words are added, never changed: the newest that covers a day holds. Without one a township and a department owe.
    """

    __tablename__ = "ledger_duties"
    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    ledger: Mapped[str] = mapped_column(String(10))
    owes: Mapped[bool]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    told_on: Mapped[dt.date]
    __table_args__ = (
        CheckConstraint(_IN, name="ledger"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_begins"),
    )


scoped(Freeze, part_rule(Freeze))
scoped(Duty, within_county(Duty))
_cases, _submissions = Case.__table__.c, Submission.__table__.c
searched(Submission, _cases.number, _cases.title, unit_named(_submissions.unit_id), _submissions.month,
         units=(_submissions.unit_id,))
