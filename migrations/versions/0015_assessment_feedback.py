"""A hazard's source may be 考核反馈, 四（二）4.

Revision: 0015, after 0014.
"""
import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OLD = "source IN ('oversight', 'assistance', 'enforcement', 'self_report', 'tipoff', 'superior')"
NEW = "source IN ('oversight', 'assistance', 'assessment', 'enforcement', 'self_report', 'tipoff', 'superior')"


def upgrade() -> None:
    _check(NEW)


def downgrade() -> None:
    """Such a hazard has no place in the older table; another source would be a lie. Refused before anything changes."""
    count = op.get_bind().execute(sa.text("SELECT count(*) FROM hazards WHERE source = 'assessment'")).scalar_one()
    if count:
        raise RuntimeError(f"{count} hazards have the source 考核反馈 (assessment), which the older version cannot hold")
    _check(OLD)


def _check(condition: str) -> None:
    with op.batch_alter_table("hazards") as batch:
        batch.drop_constraint(op.f("ck_hazards_source"), type_="check")
        batch.create_check_constraint(op.f("ck_hazards_source"), condition)
