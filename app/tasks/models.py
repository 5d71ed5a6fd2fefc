"""Tables of tasks: the head, each unit's share, its progress, the issuer's follow-ups."""
from __future__ import annotations

import datetime as dt

from flask_appbuilder import Model
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.scope import scoped
from app.casework.cases import Case, CasePart, part_rule
from app.casework.columns import UTCDateTime, utcnow
from app.casework.texts import of_head, searched, unit_named
from app.tasks.states import DueKind, Part, Source


class Task(Case):
    """One 重点工作任务. `happened_on` of the case is the day it was assigned; `due` the task's own deadline.

    `planned`: the units of a draft, ``[{"unit": id, "part": "lead", "heads": "…", "due": "2026-06-30"}]`` in
    order; issuing makes a share of each and empties it. `unit_words` (各乡镇) is printed while units and
    persons are unchanged, and no person is left out by it.
    """

    __tablename__ = "tasks"
    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    year: Mapped[int]
    source: Mapped[str] = mapped_column(String(12))
    document_number: Mapped[str | None] = mapped_column(String(120))  # 文号
    content: Mapped[str] = mapped_column(Text)  # 主要任务
    measures: Mapped[str | None] = mapped_column(Text)  # 具体措施
    due_kind: Mapped[str] = mapped_column(String(10), default=DueKind.DATE.value)
    due_words: Mapped[str | None] = mapped_column(String(120))
    original_due: Mapped[dt.date | None]
    unit_words: Mapped[str | None] = mapped_column(String(200))
    planned: Mapped[list] = mapped_column(JSON, default=list)
    review_asked_on: Mapped[dt.date | None]
    issued_on: Mapped[dt.date | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), index=True)  # a sub-task of
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), index=True)  # last year's
    series_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))  # an instance of a periodic task
    period: Mapped[str | None] = mapped_column(String(7))  # 2026-03 or 2026-Q1
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    imported_history: Mapped[bool] = mapped_column(default=False, server_default="0")

    shares: Mapped[list[Share]] = relationship(
        back_populates="task", primaryjoin="Task.id == foreign(Share.head_id)", order_by="Share.position",
        viewonly=True,
    )
    __table_args__ = (
        UniqueConstraint("series_id", "period"),  # one instance a period, however many workers spawn
        CheckConstraint(f"source IN {tuple(s.value for s in Source)}", name="source"),
        CheckConstraint(f"due_kind IN {tuple(k.value for k in DueKind)}", name="due_kind"),
        CheckConstraint("(series_id IS NULL) = (period IS NULL)", name="instance_has_period"),
    )
    __mapper_args__ = {"polymorphic_identity": "task", "inherit_condition": id == Case.id}


class Share(Case):
    """What one responsible unit owes of a task: `head_id` of the case is the task.

    `percent_claimed` is the unit's word, `percent_verified` the issuer's. `claimed_on` stops the clock.
    """

    __tablename__ = "task_shares"
    is_share = True
    id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    part: Mapped[str] = mapped_column(String(10), default=Part.LEAD.value)
    position: Mapped[int]
    heads: Mapped[str | None] = mapped_column(String(200))  # 责任人
    is_enterprise: Mapped[bool] = mapped_column(default=False)
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))  # of an enterprise
    due_kind: Mapped[str] = mapped_column(String(10))  # repeats the task's
    original_due: Mapped[dt.date | None]
    issued_on: Mapped[dt.date]
    acknowledged_on: Mapped[dt.date | None]
    reported_on: Mapped[dt.date | None]  # the day of the newest progress entry
    percent_claimed: Mapped[int] = mapped_column(default=0)
    percent_verified: Mapped[int | None]
    claimed_on: Mapped[dt.date | None]
    imported_history: Mapped[bool] = mapped_column(default=False, server_default="0")

    task: Mapped[Task] = relationship(
        back_populates="shares", primaryjoin="Task.id == foreign(Share.head_id)", viewonly=True
    )
    progress: Mapped[list[Progress]] = relationship(back_populates="share", order_by="Progress.id")
    __table_args__ = (
        CheckConstraint(f"part IN {tuple(p.value for p in Part)}", name="part"),
        CheckConstraint("percent_claimed BETWEEN 0 AND 100", name="percent_claimed"),
        CheckConstraint("percent_verified BETWEEN 0 AND 100", name="percent_verified"),
    )
    __mapper_args__ = {"polymorphic_identity": "task_share", "inherit_condition": id == Case.id}


class Progress(Model, CasePart):
    """An entry of 推进落实情况: what a unit reported of its share on a day. Kept, never changed."""

    __tablename__ = "task_progress"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("task_shares.id"))
    reported_on: Mapped[dt.date]
    percent: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    difficulties: Mapped[str | None] = mapped_column(Text)
    next_step: Mapped[str | None] = mapped_column(Text)
    overdue_reason: Mapped[str | None] = mapped_column(Text)
    reported_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    share: Mapped[Share] = relationship(back_populates="progress", foreign_keys=[case_id])
    __table_args__ = (
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        Index("ix_task_progress_case", "case_id", "id"),
    )


class FollowUp(Model, CasePart):
    """An entry of 跟踪督办情况, of the task or, confined to it, of one responsible unit."""

    __tablename__ = "task_follow_ups"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    followed_on: Mapped[dt.date]
    method: Mapped[str | None] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    followed_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    __table_args__ = (Index("ix_task_follow_ups_case", "case_id", "id"),)


scoped(Progress, part_rule(Progress))
scoped(FollowUp, part_rule(FollowUp))
_cases, _tasks, _shares = Case.__table__.c, Task.__table__.c, Share.__table__.c
TEXT = (_tasks.content, _tasks.document_number, _tasks.measures)
searched(Task, _cases.number, *TEXT)
searched(Share, *(of_head(column) for column in (_cases.number, *TEXT)), unit_named(_shares.unit_id), _shares.heads,
         units=(_shares.unit_id,), head=Task)
