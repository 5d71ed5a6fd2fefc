"""The tables of the sweep. Proposals are no cases: a sweep writes thousands at once, and a fact proposes once."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_appbuilder import Model
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.scope import Scope, scoped
from app.casework.cases import Case
from app.casework.columns import UTCDateTime, utcnow
from app.escalation.states import Measure, ProposalState


class Proposal(Model):
    """What a rule proposes to `proposer_id` (who would act) about `subject_id` (a case) and `recipient_id` (whom it
    would be sent to).

    `since`: the day on which the facts began (the deadline that passed); `step`: how bad they are. The same facts come
    once, worse ones as a new row. `facts`: ``{"due": "2026-03-02", "percent": 30, …}``, what the rule's sentence says
    besides. `subject_key` is the case's id, or 0. `letter_id`: what became of it. `reopened_on`: the day on which cured
    facts were there again; `decided_on` then still is the day on which they were gone.
    """

    __tablename__ = "proposals"
    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    rule: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    subject_key: Mapped[int] = mapped_column(default=0, server_default="0")
    proposer_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    since: Mapped[dt.date]
    step: Mapped[int] = mapped_column(default=1)
    measure: Mapped[str] = mapped_column(String(12))
    facts: Mapped[dict] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default=ProposalState.OPEN.value)
    postponed_to: Mapped[dt.date | None]
    reason: Mapped[str | None] = mapped_column(Text)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    proposed_on: Mapped[dt.date]
    reopened_on: Mapped[dt.date | None]
    decided_on: Mapped[dt.date | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    subject: Mapped[Case | None] = relationship(foreign_keys=[subject_id])
    __table_args__ = (
        # The sweep's ON CONFLICT, and its search for worse facts of the same thing.
        UniqueConstraint("rule", "subject_key", "recipient_id", "since", "step", name="uq_proposals_facts"),
        CheckConstraint(f"state IN {tuple(s.value for s in ProposalState)}", name="state"),
        CheckConstraint(f"measure IN {tuple(m.value for m in Measure)}", name="measure"),
        CheckConstraint("state <> 'postponed' OR postponed_to IS NOT NULL", name="postponed_to_a_day"),
        CheckConstraint("state <> 'dismissed' OR reason IS NOT NULL", name="dismissed_with_reason"),
        # Lists stand unit by unit; the other columns let counts be answered from the index alone.
        Index("ix_proposals_waiting", "proposer_id", "state", "recipient_id", "id", "measure"),
        Index("ix_proposals_county", "county_id", "state", "recipient_id", "id", "measure"),
        Index("ix_proposals_rule", "county_id", "rule", "state", "id"),
        Index("ix_proposals_subject", "subject_id"),
        Index("ix_proposals_letter", "letter_id"),
        Index("ix_proposals_recipient", "recipient_id", "id"),
    )
    __mapper_args__ = {"version_id_col": version}


class LastSweep(Model):
    """What a rule was last asked of a county, and where the log stood: the same of the same needs no looking.

    `asked`: SHA-256 of the question (the statement with its day and numbers) and of the newest entries of the log.
    """

    __tablename__ = "last_sweeps"
    county_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(String(40), primary_key=True)
    asked: Mapped[str] = mapped_column(String(64))


def _own(scope: Scope):
    """Proposals are for who would act; the county's for the county."""
    if scope.breadth == "county":
        return Proposal.county_id == scope.county_id
    if scope.breadth == "units":
        return Proposal.proposer_id.in_(scope.organization_ids)
    return sa.false()


scoped(Proposal, _own)
scoped(LastSweep, lambda scope: sa.false())
