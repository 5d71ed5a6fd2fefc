"""Reminders: notices, what of them was seen, channels outside the product.

Revision: 0014, after 0013.
"""
import sqlalchemy as sa
from alembic import op

from app.casework.columns import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notices_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["organizations.id"], name=op.f("fk_notices_county_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_notices_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("case_id", "organization_id", "role", "due", "noticed_on",
                            name=op.f("uq_notices_case_id_organization_id_role_due_noticed_on")),
    )
    op.create_index("ix_notices_inbox", "notices", ["organization_id", "role", "noticed_on", "id"])
    op.create_index("ix_notices_day", "notices", ["county_id", "noticed_on"])
    op.create_table(
        "notices_seen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"],
                                name=op.f("fk_notices_seen_organization_id")),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_notices_seen_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices_seen")),
        sa.UniqueConstraint("user_id", "organization_id", "role",
                            name=op.f("uq_notices_seen_user_id_organization_id_role")),
    )
    op.create_table(
        "channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("failed", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("url <> ''", name=op.f("ck_channels_goes_somewhere")),
        sa.ForeignKeyConstraint(["county_id"], ["organizations.id"], name=op.f("fk_channels_county_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_channels_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
    )
    op.create_index(op.f("ix_channels_county_id"), "channels", ["county_id"])


def downgrade() -> None:
    for table in ("channels", "notices_seen", "notices"):
        op.drop_table(table)
