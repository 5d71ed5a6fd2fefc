"""Tables of papers: the office's templates, version by version, and the frozen papers of cases."""
from __future__ import annotations

import datetime as dt

from flask_appbuilder import Model
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.access.scope import scoped, within_county
from app.casework.attachments import names_upload
from app.casework.cases import CasePart, part_rule
from app.casework.columns import UTCDateTime, utcnow
from app.organization.models import CountyOwned


class PaperTemplate(Model, CountyOwned):
    """A template that the office put in the place of the product's own; the newest version of a kind holds.

    Versions are added, never changed. `sha256` NULL: back to the product's own.
    """

    __tablename__ = "paper_templates"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    number: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(String(64))
    original_name: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(200))
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    uploaded_by: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    __table_args__ = (UniqueConstraint("county_id", "kind", "number"),)


class Paper(Model, CasePart):
    """A paper of a case: `context` is what its placeholders said when it was frozen, `template_sha256` from what.

    `sha256` is that of the file once rendered, which is an attachment of the case; until then NULL, and the worker
    owes it. `part_id`: the reply or request that it is the paper of.
    """

    __tablename__ = "papers"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(30))
    part_id: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(200))
    context: Mapped[dict] = mapped_column(JSON)
    template_sha256: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str | None] = mapped_column(String(64))
    frozen_on: Mapped[dt.date]
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    __table_args__ = (
        CheckConstraint("length(template_sha256) = 64", name="template_is_named"),
        Index("ix_papers_case", "case_id", "kind", "id"),
    )


names_upload(PaperTemplate.__table__.c.sha256)
names_upload(Paper.__table__.c.template_sha256)
scoped(PaperTemplate, within_county(PaperTemplate))
scoped(Paper, part_rule(Paper))
