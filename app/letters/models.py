"""Tables of letters: the letter, why it is written, what it asks."""
from __future__ import annotations

import datetime as dt

from flask_appbuilder import Model
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.scope import scoped
from app.casework.cases import Case, CasePart, part_rule
from app.casework.texts import joined, searched, unit_named
from app.deliveries.models import Delivery
from app.deliveries.states import DayUnit
from app.letters.states import LetterType, Situation


class Letter(Case):
    """One letter, however many it is sent to. `filed_by_id` of the case is the issuer, `number` the document number
    (阳安办函〔2026〕3号), given at signing; `happened_on` the day of the draft, later of the signature.

    `planned`: the recipients of a draft, ``[{"unit": id, "via": id | null}]`` in order; signing makes a delivery of
    each and empties it. `authors`: the users who wrote the draft, and whose post they wore: none of them checks or
    signs it. `due` of the case is the nearest of its deliveries' that runs. `plan_days` and `reply_days` run per
    recipient from the day it signed for it; None: none is owed (`reply_required` off).
    """

    __tablename__ = "letters"
    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    type: Mapped[str] = mapped_column(String(12))
    grounds: Mapped[str] = mapped_column(Text)  # 缘由：依据与事实
    requirements: Mapped[str | None] = mapped_column(Text)  # 要求
    reply_required: Mapped[bool] = mapped_column(default=True, server_default="1")
    day_unit: Mapped[str] = mapped_column(String(8), default=DayUnit.WORKING.value)
    plan_days: Mapped[int | None]
    reply_days: Mapped[int | None]
    contact: Mapped[str | None] = mapped_column(String(120))  # 联系人及电话
    copies: Mapped[str | None] = mapped_column(String(300))  # 抄送
    planned: Mapped[list] = mapped_column(JSON, default=list)
    authors: Mapped[list] = mapped_column(JSON, default=list)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    checked_by: Mapped[str | None] = mapped_column(String(64))
    checked_on: Mapped[dt.date | None]
    signer: Mapped[str | None] = mapped_column(String(64))  # 签发人
    signed_on: Mapped[dt.date | None]
    issuer_code: Mapped[str | None] = mapped_column(String(30))  # 机关代字
    escalated_from_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"), index=True)  # the rung below
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"), index=True)  # 更正函

    items: Mapped[list[LetterItem]] = relationship(back_populates="letter", order_by="LetterItem.position")
    triggers: Mapped[list[Trigger]] = relationship(back_populates="letter", order_by="Trigger.id")
    deliveries: Mapped[list[Delivery]] = relationship(
        primaryjoin="Letter.id == foreign(Delivery.head_id)", order_by="Delivery.position", viewonly=True,
    )
    __table_args__ = (
        CheckConstraint(f"type IN {tuple(t.value for t in LetterType)}", name="type"),
        CheckConstraint(f"day_unit IN {tuple(u.value for u in DayUnit)}", name="day_unit"),
        CheckConstraint("signed_on IS NULL OR signer IS NOT NULL", name="signed_by_somebody"),
        CheckConstraint("reply_required = (reply_days IS NOT NULL)", name="reply_has_its_days"),
    )
    __mapper_args__ = {"polymorphic_identity": "letter", "inherit_condition": id == Case.id}


class LetterItem(Model, CasePart):
    """A problem that the letter names (存在问题), in order; `due`: a day of its own, if any."""

    __tablename__ = "letter_items"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    due: Mapped[dt.date | None]
    letter: Mapped[Letter] = relationship(back_populates="items", foreign_keys=[case_id])


class Trigger(Model, CasePart):
    """A situation of 四（二） that the letter rests on, with the record that shows it, if the system holds it.

    `own_requirement`: the office widened the rule by a setting, so the letter names its own requirement and cites
    no clause.
    """

    __tablename__ = "letter_triggers"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)
    situation: Mapped[str | None] = mapped_column(String(1))
    own_requirement: Mapped[str | None] = mapped_column(String(200))
    shown_by_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    letter: Mapped[Letter] = relationship(back_populates="triggers", foreign_keys=[case_id])
    __table_args__ = (
        CheckConstraint(f"situation IN {tuple(s.value for s in Situation)}", name="situation"),
        CheckConstraint("(situation IS NULL) = (own_requirement IS NOT NULL)", name="clause_or_own_requirement"),
        Index("ix_letter_triggers_shown", "shown_by_id", "case_id"),
    )


scoped(LetterItem, part_rule(LetterItem))
scoped(Trigger, part_rule(Trigger))
_cases, _letters, _items = Case.__table__.c, Letter.__table__.c, LetterItem.__table__.c
searched(  # as it is sent; who drafted and checked it is the issuer's own matter. Its recipients: by their deliveries
    Letter, _cases.number, _cases.title, unit_named(_cases.filed_by_id), _letters.signer,
    joined(_items.text, _items.case_id == _letters.id, order=_items.position), _letters.grounds, _letters.requirements,
    _letters.contact, _letters.copies, units=(_cases.filed_by_id,),
)
