"""What each rule was last asked, and where the log stood: the same of the same needs no looking.

Revision: 0017, after 0016.
"""
import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "last_sweeps",
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["organizations.id"], name=op.f("fk_last_sweeps_county_id")),
        sa.PrimaryKeyConstraint("county_id", "rule", name=op.f("pk_last_sweeps")),
    )


def downgrade() -> None:
    op.drop_table("last_sweeps")
