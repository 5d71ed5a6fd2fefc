"""Ledger submissions and their freezes, who owes which ledger; when a case and its state were recorded.

Revision: 0007, after 0006.
"""
import sqlalchemy as sa
from alembic import op

from app.casework.columns import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


DRAFTS = "('registered', 'draft')"
OF_CASE = "FROM timeline_entries e WHERE e.case_id = cases.id"


def upgrade() -> None:
    op.create_table(
        "ledger_duties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("ledger", sa.String(length=10), nullable=False),
        sa.Column("owes", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ledger IN ('tasks', 'hazards')", name=op.f("ck_ledger_duties_ledger")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from",
                           name=op.f("ck_ledger_duties_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["county_id"], ["organizations.id"], name=op.f("fk_ledger_duties_county_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"],
                                name=op.f("fk_ledger_duties_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_duties")),
    )
    op.create_index(op.f("ix_ledger_duties_county_id"), "ledger_duties", ["county_id"])
    op.create_index(op.f("ix_ledger_duties_organization_id"), "ledger_duties", ["organization_id"])
    op.create_table(
        "ledger_submissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("ledger", sa.String(length=10), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_until", sa.Date(), nullable=False),
        sa.Column("recorded_until", UTCDateTime(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("nil", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("chases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("chased_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ledger IN ('tasks', 'hazards')", name=op.f("ck_ledger_submissions_ledger")),
        sa.CheckConstraint("(recorded_until IS NULL) = (submitted_on IS NULL)",
                           name=op.f("ck_ledger_submissions_submitted_is_frozen")),
        sa.CheckConstraint("period_until >= period_from", name=op.f("ck_ledger_submissions_period_is_one")),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_ledger_submissions_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["organizations.id"], name=op.f("fk_ledger_submissions_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_submissions")),
        sa.UniqueConstraint("unit_id", "ledger", "month", name=op.f("uq_ledger_submissions_unit_id_ledger_month")),
    )
    op.create_index("ix_ledger_submissions_month", "ledger_submissions", ["ledger", "month", "unit_id"])
    op.create_table(
        "ledger_freezes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("happened_until", sa.Date(), nullable=False),
        sa.Column("recorded_after", UTCDateTime(), nullable=True),
        sa.Column("recorded_until", UTCDateTime(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("nil", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("frozen_on", sa.Date(), nullable=False),
        sa.Column("frozen_by_id", sa.Integer(), nullable=True),
        sa.Column("frozen_by_name", sa.String(length=64), nullable=False),
        sa.Column("on_behalf_of_id", sa.Integer(), nullable=True),
        sa.Column("confined_to_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("nil = (rows = 0)", name=op.f("ck_ledger_freezes_nil_has_no_rows")),
        sa.ForeignKeyConstraint(["case_id"], ["ledger_submissions.id"], name=op.f("fk_ledger_freezes_case_id")),
        sa.ForeignKeyConstraint(["confined_to_id"], ["organizations.id"],
                                name=op.f("fk_ledger_freezes_confined_to_id")),
        sa.ForeignKeyConstraint(["frozen_by_id"], ["ab_user.id"], name=op.f("fk_ledger_freezes_frozen_by_id")),
        sa.ForeignKeyConstraint(["on_behalf_of_id"], ["ab_user.id"], name=op.f("fk_ledger_freezes_on_behalf_of_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_freezes")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_ledger_freezes_case_id_number")),
    )
    op.create_index(
        "ix_timeline_entries_states", "timeline_entries", ["case_id", "occurred_on", "id", "recorded_at", "to_state"],
        sqlite_where=sa.text("to_state IS NOT NULL"), postgresql_where=sa.text("to_state IS NOT NULL"))
    op.add_column("cases", sa.Column("recorded_at", UTCDateTime(), nullable=True))
    op.add_column("cases", sa.Column("state_recorded_at", UTCDateTime(), nullable=True))
    op.execute(f"""UPDATE cases SET
        recorded_at = CASE WHEN issued THEN
            (SELECT min(e.recorded_at) {OF_CASE} AND e.to_state NOT IN {DRAFTS}) END,
        state_recorded_at = (SELECT max(e.recorded_at) {OF_CASE} AND e.to_state IS NOT NULL)""")
    op.create_index("ix_cases_recorded", "cases", ["county_id", "kind", "recorded_at", "happened_on", "id"])


def downgrade() -> None:
    op.drop_index("ix_cases_recorded", "cases")
    with op.batch_alter_table("cases") as batch:
        batch.drop_column("state_recorded_at")
        batch.drop_column("recorded_at")
    op.drop_index("ix_timeline_entries_states", "timeline_entries")
    for table in ("ledger_freezes", "ledger_submissions", "ledger_duties"):
        op.drop_table(table)
