"""The charts' months: cases by the day they ended, hazards by their first deadline.

Revision: 0007, after 0006.
"""
import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
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
