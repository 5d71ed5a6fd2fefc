"""A file on its way in: uploaded, looked through, corrected, confirmed (导入).

The file lies in DATA_DIR/imports under its hash; what the user corrected is `fixes`, so that the preview is
always worked out anew from file, fixes and the records as they are now. Nothing else is written before 确认.
"""
from __future__ import annotations

import datetime as dt

from flask_appbuilder import Model
from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.access.scope import Scope, scoped
from app.casework.columns import UTCDateTime, utcnow

OUTCOMES = ("open", "done", "dropped")


class ImportDraft(Model):
    """`fixes`: ``{"<sheet>!<row>!<column key>": value}``."""

    __tablename__ = "import_drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    fixes: Mapped[dict] = mapped_column(JSON, default=dict)
    outcome: Mapped[str] = mapped_column(String(10), default="open")
    result: Mapped[dict] = mapped_column(JSON, default=dict)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),)
    __mapper_args__ = {"version_id_col": version}


def _own(scope: Scope):
    """An import on its way exists for who uploaded it, with the hat worn then."""
    return (ImportDraft.user_id == scope.user_id) & ImportDraft.organization_id.in_(scope.organization_ids)


scoped(ImportDraft, _own)
