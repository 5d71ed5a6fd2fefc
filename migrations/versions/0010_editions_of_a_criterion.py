"""A criterion for major hazards is issued anew under the same name: its official number tells the editions apart.

Revision: 0010, after 0009.
"""
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OLD, NEW = ["county_id", "dictionary", "name"], ["county_id", "dictionary", "name", "document_number"]


def upgrade() -> None:
    _unique(OLD, NEW)


def downgrade() -> None:
    """Two editions of one name have no place in the older table: they must not be there."""
    _unique(NEW, OLD)


def _unique(before: list[str], after: list[str]) -> None:
    with op.batch_alter_table("dictionary_entries") as batch:
        batch.drop_constraint(op.f(f"uq_dictionary_entries_{'_'.join(before)}"), type_="unique")
        batch.create_unique_constraint(op.f(f"uq_dictionary_entries_{'_'.join(after)}"), after)
