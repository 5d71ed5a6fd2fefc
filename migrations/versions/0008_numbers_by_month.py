"""The charts' months: cases by the day they ended, hazards by their first deadline.

Revision: 0008, after 0007.
"""
import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CLOSED = sa.text("closed_on IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_cases_closed", "cases", ["county_id", "kind", "closed_on"], sqlite_where=CLOSED,
                    postgresql_where=CLOSED)
    op.create_index("ix_hazards_original_due", "hazards", ["original_due"])


def downgrade() -> None:
    op.drop_index("ix_hazards_original_due", "hazards")
    op.drop_index("ix_cases_closed", "cases")
