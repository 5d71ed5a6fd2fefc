"""Tables of deliveries: what one recipient owes of a measure, and its replies."""
from __future__ import annotations

import datetime as dt

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.access.scope import scoped
from app.casework.cases import Case, CasePart, part_rule
from app.casework.columns import UTCDateTime, utcnow
from app.casework.texts import of_head, searched, unit_named
from app.deliveries.states import DayUnit, Method, Outcome, ReplyKind


class Delivery(Case):
    """One recipient's part of a measure: `head_id` of the case is the measure, `filed_by_id` its issuer.

    `due` of the case is the clock that runs now: signing, then the plan, then the reply. `measure` repeats the
    head's kind. `plan_days` and `reply_days` count from `acknowledged_on`; None: none is owed. `via_id`: the unit
    that hands it on to a recipient who has no place in the system.
    """

    __tablename__ = "deliveries"
    is_share = True
    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(30))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    via_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    position: Mapped[int]
    is_enterprise: Mapped[bool] = mapped_column(default=False, server_default="0")
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))  # of an enterprise
    served_on: Mapped[dt.date]
    method: Mapped[str] = mapped_column(String(10), default=Method.SYSTEM.value)  # how it was signed for
    acknowledged_on: Mapped[dt.date | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(64))
    deemed: Mapped[bool] = mapped_column(default=False, server_default="0")  # 视为送达
    reply_required: Mapped[bool] = mapped_column(default=True, server_default="1")
    day_unit: Mapped[str] = mapped_column(String(8), default=DayUnit.WORKING.value)
    plan_days: Mapped[int | None]
    reply_days: Mapped[int | None]
    plan_due: Mapped[dt.date | None]
    reply_due: Mapped[dt.date | None]
    original_reply_due: Mapped[dt.date | None]
    planned_on: Mapped[dt.date | None]
    replied_on: Mapped[dt.date | None]  # of the report that stands; it stops the clock
    returns: Mapped[int] = mapped_column(default=0, server_default="0")  # reports sent back
    chases: Mapped[int] = mapped_column(default=0, server_default="0")
    chased_on: Mapped[dt.date | None]

    head: Mapped[Case] = relationship(
        primaryjoin=lambda: Case.__table__.c.id == foreign(Case.__table__.c.head_id),
        remote_side=lambda: Case.__table__.c.id, viewonly=True,
    )
    replies: Mapped[list[Reply]] = relationship(back_populates="delivery", order_by="Reply.number")
    __table_args__ = (
        CheckConstraint(f"method IN {tuple(m.value for m in Method)}", name="method"),
        CheckConstraint(f"day_unit IN {tuple(u.value for u in DayUnit)}", name="day_unit"),
        CheckConstraint("acknowledged_on IS NULL OR acknowledged_by IS NOT NULL", name="signed_by_somebody"),
        CheckConstraint("NOT deemed OR acknowledged_on IS NOT NULL", name="deemed_has_its_day"),
        CheckConstraint("reply_required = (reply_days IS NOT NULL)", name="reply_has_its_days"),
        Index("ix_deliveries_recipient", "recipient_id", "measure", "served_on", "id"),
    )
    __mapper_args__ = {"polymorphic_identity": "delivery", "inherit_condition": id == Case.id}


class Reply(Model, CasePart):
    """A plan filed or a result reported; kept, never changed. `signer`: who signed for the recipient (签发人)."""

    __tablename__ = "delivery_replies"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    filed_on: Mapped[dt.date]
    text: Mapped[str | None] = mapped_column(Text)
    signer: Mapped[str] = mapped_column(String(64))
    late_reason: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(8), default=Outcome.OPEN.value)
    opinion: Mapped[str | None] = mapped_column(Text)
    judged_on: Mapped[dt.date | None]
    judged_by: Mapped[str | None] = mapped_column(String(120))
    filed_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    delivery: Mapped[Delivery] = relationship(back_populates="replies", foreign_keys=[case_id])
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint(f"kind IN {tuple(k.value for k in ReplyKind)}", name="kind"),
        CheckConstraint(f"outcome IN {tuple(o.value for o in Outcome)}", name="outcome"),
        CheckConstraint("(outcome = 'open') = (judged_on IS NULL)", name="judged_has_its_day"),
    )


scoped(Reply, part_rule(Reply))
_cases, _deliveries = Case.__table__.c, Delivery.__table__.c
searched(  # a head's number is given before it is served, and stays
    Delivery, of_head(_cases.number), _cases.title, unit_named(_deliveries.recipient_id), _deliveries.acknowledged_by,
    units=(_deliveries.recipient_id,),
)
