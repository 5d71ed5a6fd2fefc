"""Tables of hazards: the case's own columns, its rectifying units, its rounds of rectification and recheck."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.scope import scoped
from app.casework.cases import Case, CasePart, part_rule
from app.casework.masks import Mask
from app.casework.texts import joined, searched, unit_named
from app.hazards.states import STORED_SOURCES, TIPOFF_WORDS, DueKind, Level, Listing, Source

# Were only tip-offs read as 监督检查, the enterprise could tell one from the word; so every source that comes
# from an authority reads the same to it. (9.x, 领域手册 3.9: the accused unit never sees source = 举报.)
SOURCE_MASK = Mask(
    hidden_from=lambda role: role == "enterprise",
    instead={s.value: Source.SUPERVISION.value
             for s in (Source.TIPOFF, Source.ENFORCEMENT, Source.OVERSIGHT, Source.ASSESSMENT)},
)
# Ledgers write it as the way of inspection, too. Many a hazard has none, so an empty one tells nothing.
METHOD_MASK = Mask(hidden_from=SOURCE_MASK.hidden_from, words=TIPOFF_WORDS)


class Hazard(Case):
    """One 问题隐患. `happened_on` of the case is the day of inspection; `due` and `original_due` are days."""

    __tablename__ = "hazards"
    read_along = ("rounds", "request")
    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    description: Mapped[str] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(20), info={"mask": SOURCE_MASK})
    method: Mapped[str | None] = mapped_column(String(60), info={"mask": METHOD_MASK})
    inspecting_unit_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    inspectors: Mapped[str | None] = mapped_column(String(200))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprises.id"))
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    industry_id: Mapped[int | None] = mapped_column(ForeignKey("dictionary_entries.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("dictionary_entries.id"))
    level: Mapped[str] = mapped_column(String(10), default=Level.GENERAL.value)
    criterion_id: Mapped[int | None] = mapped_column(ForeignKey("dictionary_entries.id"))
    criterion_note: Mapped[str | None] = mapped_column(String(300))
    level_decided_by: Mapped[str | None] = mapped_column(String(120))
    level_decided_on: Mapped[dt.date | None]
    listing: Mapped[str] = mapped_column(String(12), default=Listing.UNDECIDED.value)
    listing_basis: Mapped[str | None] = mapped_column(String(300))
    listing_decided_by: Mapped[str | None] = mapped_column(String(120))
    listing_decided_on: Mapped[dt.date | None]
    due_kind: Mapped[str] = mapped_column(String(10), default=DueKind.DATE.value)
    due_words: Mapped[str | None] = mapped_column(String(120))
    original_due: Mapped[dt.date | None]
    rectifier_words: Mapped[str | None] = mapped_column(String(200))  # 各乡镇, as printed while unchanged
    recheck_unit_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    interim_measures: Mapped[str | None] = mapped_column(Text)
    funds: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))  # 万元
    document_number: Mapped[str | None] = mapped_column(String(80))
    lessons: Mapped[str | None] = mapped_column(Text)
    review_asked_on: Mapped[dt.date | None]
    acknowledged_on: Mapped[dt.date | None]
    round_number: Mapped[int] = mapped_column(default=1)
    claimed_on: Mapped[dt.date | None]  # 整改完成时间, as claimed; 销号时间 is the case's closed_on
    fake_found_on: Mapped[dt.date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    imported_history: Mapped[bool] = mapped_column(default=False, server_default="0")

    rectifiers: Mapped[list[Rectifier]] = relationship(
        back_populates="hazard", order_by="Rectifier.position", lazy="selectin"
    )
    rounds: Mapped[list[Round]] = relationship(back_populates="hazard", order_by="Round.number")

    __table_args__ = (
        CheckConstraint(f"source IN {tuple(s.value for s in STORED_SOURCES)}", name="source"),
        CheckConstraint(f"level IN {tuple(s.value for s in Level)}", name="level"),
        CheckConstraint(f"listing IN {tuple(s.value for s in Listing)}", name="listing"),
        CheckConstraint(f"due_kind IN {tuple(s.value for s in DueKind)}", name="due_kind"),
        CheckConstraint("listing <> 'listed' OR level = 'major'", name="listed_is_major"),
        Index("ix_hazards_repeat", "enterprise_id", "category_id"),
        Index("ix_hazards_original_due", "original_due"),
        # Few, and looked for among all of them (escalation/rules).
        Index("ix_hazards_fake", "fake_found_on", sqlite_where=sa.text("fake_found_on IS NOT NULL"),
              postgresql_where=sa.text("fake_found_on IS NOT NULL")),
    )
    __mapper_args__ = {"polymorphic_identity": "hazard", "inherit_condition": id == Case.id}

    @property
    def lead(self) -> Rectifier | None:
        """The first rectifying unit leads (牵头)."""
        return self.rectifiers[0] if self.rectifiers else None

    @property
    def current_round(self) -> Round | None:
        return next((r for r in self.rounds if r.number == self.round_number), None)


class Rectifier(Model):
    """A rectifying unit (整改单位) and its responsible persons, in order; the first leads."""

    __tablename__ = "hazard_rectifiers"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("hazards.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    heads: Mapped[str | None] = mapped_column(String(200))
    is_enterprise: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    hazard: Mapped[Hazard] = relationship(back_populates="rectifiers")
    __table_args__ = (UniqueConstraint("case_id", "organization_id"),)


class Round(Model, CasePart):
    """One round: what was ordered, what was claimed, what the recheck found. Each is kept."""

    __tablename__ = "hazard_rounds"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("hazards.id"))
    number: Mapped[int]
    measures: Mapped[str | None] = mapped_column(Text)
    progress: Mapped[str | None] = mapped_column(Text)
    prevention: Mapped[str | None] = mapped_column(Text)
    claimed_on: Mapped[dt.date | None]
    claimed_by: Mapped[str | None] = mapped_column(String(120))
    proxy: Mapped[str | None] = mapped_column(String(300))
    recheck_unit_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    recheckers: Mapped[str | None] = mapped_column(String(200))
    rechecked_on: Mapped[dt.date | None]
    opinion: Mapped[str | None] = mapped_column(Text)
    passed: Mapped[bool | None]
    hazard: Mapped[Hazard] = relationship(back_populates="rounds", foreign_keys=[case_id])
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("passed IS NULL OR rechecked_on IS NOT NULL", name="passed_is_dated"),
        Index("ix_hazard_rounds_failed", "case_id", sqlite_where=sa.text("passed IS 0"),
              postgresql_where=sa.text("passed IS false")),
    )


scoped(Round, part_rule(Round))
_hazards, _rectifiers = Hazard.__table__.c, Rectifier.__table__.c
searched(
    Hazard, Case.__table__.c.number, _hazards.description, unit_named(_hazards.enterprise_id), _hazards.place,
    _hazards.inspectors, joined(_rectifiers.heads, _rectifiers.case_id == _hazards.id, order=_rectifiers.position),
    _hazards.document_number, units=(_hazards.enterprise_id,),
)
