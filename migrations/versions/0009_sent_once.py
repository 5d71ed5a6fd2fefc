"""A form that is sent twice makes one case: the key it carried, unique among its maker's.

Revision: 0009, after 0008. A column and an index are added beside the rows: a large table is not written anew.
"""
import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

GIVEN = sa.text("client_key IS NOT NULL")


def upgrade() -> None:
    op.add_column("cases", sa.Column("client_key", sa.String(length=36), nullable=True))
    op.create_index("ix_cases_client_key", "cases", ["created_by_id", "client_key"], unique=True,
                    sqlite_where=GIVEN, postgresql_where=GIVEN)


def downgrade() -> None:
    op.drop_index("ix_cases_client_key", "cases")
    op.drop_column("cases", "client_key")
