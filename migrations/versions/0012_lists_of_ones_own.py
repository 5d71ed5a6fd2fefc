"""Lists: what a person keeps of them, and their order by the day that a case is about.

Revision: 0012, after 0011. The parties repeat that day as they repeat the deadline.
"""
import sqlalchemy as sa
from alembic import op

from app.casework.columns import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEPT = sa.text("ended_at IS NULL")
LISTS = {"ix_case_parties_list": ["state", "due", "case_id"], "ix_case_parties_all": ["case_id", "state"]}


def upgrade() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("list_name", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("opens", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_saved_filters_user_id_ab_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.CheckConstraint("NOT opens OR ended_at IS NULL", name=op.f("ck_saved_filters_kept_one_opens")),
    )
    op.create_index("ix_saved_filters_name", "saved_filters", ["user_id", "list_name", "name"], unique=True,
                    sqlite_where=KEPT, postgresql_where=KEPT)
    op.create_index("ix_saved_filters_opens", "saved_filters", ["user_id", "list_name"], unique=True,
                    sqlite_where=sa.text("opens"), postgresql_where=sa.text("opens"))
    op.create_table(
        "column_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("list_name", sa.String(length=30), nullable=False),
        sa.Column("turned", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_column_choices_user_id_ab_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_choices")),
        sa.UniqueConstraint("user_id", "list_name", name=op.f("uq_column_choices_user_id_list_name")),
    )
    for name in LISTS:  # each of millions of rows is written once, without its place in these
        op.drop_index(name, "case_parties")
    op.add_column("case_parties", sa.Column("happened_on", sa.Date(), nullable=True))
    op.execute("UPDATE case_parties SET happened_on = "
               "(SELECT happened_on FROM cases WHERE cases.id = case_parties.case_id)")
    with op.batch_alter_table("case_parties") as batch:
        batch.alter_column("happened_on", existing_type=sa.Date(), nullable=False)
    for name, columns in {**LISTS, "ix_case_parties_happened": ["state", "happened_on", "case_id"]}.items():
        op.create_index(name, "case_parties", ["organization_id", "kind", *columns])
    op.create_index("ix_cases_state_happened", "cases",
                    ["county_id", "kind", "state", "happened_on", "id", "issued", "filed_by_id"])


def downgrade() -> None:
    op.drop_index("ix_cases_state_happened", "cases")
    op.drop_index("ix_case_parties_happened", "case_parties")
    with op.batch_alter_table("case_parties") as batch:
        batch.drop_column("happened_on")
    op.drop_table("column_choices")
    op.drop_table("saved_filters")
