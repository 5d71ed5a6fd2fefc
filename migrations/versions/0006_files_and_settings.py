"""Files of all kinds: longer types, thumbnails made by the worker, where and when a picture was taken; settings
know the day they were told.

Revision: 0006, after 0005.
"""
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OLD = "purpose IN ('before', 'after', 'paper')"
NEW = "purpose IN ('before', 'after', 'paper', 'evidence')"
THUMBNAILS = "thumbnail IN ('none', 'owed', 'made', 'failed')"


def upgrade() -> None:
    with op.batch_alter_table("attachments") as batch:
        batch.alter_column("media_type", type_=sa.String(length=100), existing_type=sa.String(length=40),
                           existing_nullable=False)
        batch.add_column(sa.Column("part_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("thumbnail", sa.String(length=6), server_default="none", nullable=False))
        batch.add_column(sa.Column("latitude", sa.Numeric(precision=9, scale=6), nullable=True))
        batch.add_column(sa.Column("longitude", sa.Numeric(precision=9, scale=6), nullable=True))
        batch.add_column(sa.Column("taken_at", sa.DateTime(), nullable=True))
        batch.drop_constraint(op.f("ck_attachments_purpose"), type_="check")
        batch.create_check_constraint(op.f("ck_attachments_purpose"), NEW)
        batch.create_check_constraint(op.f("ck_attachments_thumbnail"), THUMBNAILS)
        batch.create_check_constraint(op.f("ck_attachments_place_is_whole"), "(latitude IS NULL) = (longitude IS NULL)")
    with op.batch_alter_table("settings") as batch:
        batch.add_column(sa.Column("told_on", sa.Date(), nullable=True))
    # Until now every file was a picture; the worker looks where a thumbnail is there already.
    op.execute("UPDATE attachments SET thumbnail = 'owed'")


def downgrade() -> None:
    """What is not a picture has no place in the older tables: it must not be there."""
    with op.batch_alter_table("settings") as batch:
        batch.drop_column("told_on")
    with op.batch_alter_table("attachments") as batch:
        batch.drop_constraint(op.f("ck_attachments_place_is_whole"), type_="check")
        batch.drop_constraint(op.f("ck_attachments_thumbnail"), type_="check")
        batch.drop_constraint(op.f("ck_attachments_purpose"), type_="check")
        batch.create_check_constraint(op.f("ck_attachments_purpose"), OLD)
        for column in ("taken_at", "longitude", "latitude", "thumbnail", "part_id"):
            batch.drop_column(column)
        batch.alter_column("media_type", type_=sa.String(length=40), existing_type=sa.String(length=100),
                           existing_nullable=False)
