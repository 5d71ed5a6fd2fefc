"""Measures: letters on deliveries, the occasions they rest on, document numbers, papers and proposals.

Revision: 0013, after 0012.
"""
import sqlalchemy as sa
from alembic import op

from app.casework.columns import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("original_name", sa.String(length=200), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_by", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", UTCDateTime(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["county_id"], ["organizations.id"], name=op.f("fk_paper_templates_county_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["ab_user.id"], name=op.f("fk_paper_templates_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_templates")),
        sa.UniqueConstraint("county_id", "kind", "number", name=op.f("uq_paper_templates_county_id_kind_number")),
    )
    op.create_index("ix_paper_templates_county_id", "paper_templates", ["county_id"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=30), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("via_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_enterprise", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=64), nullable=True),
        sa.Column("deemed", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("reply_required", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("day_unit", sa.String(length=8), nullable=False),
        sa.Column("plan_days", sa.Integer(), nullable=True),
        sa.Column("reply_days", sa.Integer(), nullable=True),
        sa.Column("plan_due", sa.Date(), nullable=True),
        sa.Column("reply_due", sa.Date(), nullable=True),
        sa.Column("original_reply_due", sa.Date(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("returns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("chases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("chased_on", sa.Date(), nullable=True),
        sa.CheckConstraint("day_unit IN ('natural', 'working')", name=op.f("ck_deliveries_day_unit")),
        sa.CheckConstraint("method IN ('system', 'in_person', 'post', 'telephone', 'fax', 'left')",
                           name=op.f("ck_deliveries_method")),
        sa.CheckConstraint("NOT deemed OR acknowledged_on IS NOT NULL", name=op.f("ck_deliveries_deemed_has_its_day")),
        sa.CheckConstraint("acknowledged_on IS NULL OR acknowledged_by IS NOT NULL",
                           name=op.f("ck_deliveries_signed_by_somebody")),
        sa.CheckConstraint("reply_required = (reply_days IS NOT NULL)", name=op.f("ck_deliveries_reply_has_its_days")),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_deliveries_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["organizations.id"], name=op.f("fk_deliveries_recipient_id")),
        sa.ForeignKeyConstraint(["territory_id"], ["organizations.id"], name=op.f("fk_deliveries_territory_id")),
        sa.ForeignKeyConstraint(["via_id"], ["organizations.id"], name=op.f("fk_deliveries_via_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_recipient", "deliveries", ["recipient_id", "measure", "served_on", "id"])
    op.create_table(
        "document_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_document_numbers_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["organizations.id"], name=op.f("fk_document_numbers_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_numbers")),
        sa.UniqueConstraint("county_id", "code", "year", "n", name=op.f("uq_document_numbers_county_id_code_year_n")),
    )
    op.create_index("ix_document_numbers_case_id", "document_numbers", ["case_id"])
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("requirements", sa.Text(), nullable=True),
        sa.Column("reply_required", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("day_unit", sa.String(length=8), nullable=False),
        sa.Column("plan_days", sa.Integer(), nullable=True),
        sa.Column("reply_days", sa.Integer(), nullable=True),
        sa.Column("contact", sa.String(length=120), nullable=True),
        sa.Column("copies", sa.String(length=300), nullable=True),
        sa.Column("planned", sa.JSON(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_by", sa.String(length=64), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("signer", sa.String(length=64), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("issuer_code", sa.String(length=30), nullable=True),
        sa.Column("escalated_from_id", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("day_unit IN ('natural', 'working')", name=op.f("ck_letters_day_unit")),
        sa.CheckConstraint("type IN ('advisory', 'reminder', 'supervisory')", name=op.f("ck_letters_type")),
        sa.CheckConstraint("reply_required = (reply_days IS NOT NULL)", name=op.f("ck_letters_reply_has_its_days")),
        sa.CheckConstraint("signed_on IS NULL OR signer IS NOT NULL", name=op.f("ck_letters_signed_by_somebody")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["ab_user.id"], name=op.f("fk_letters_checked_by_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["letters.id"], name=op.f("fk_letters_corrects_id")),
        sa.ForeignKeyConstraint(["escalated_from_id"], ["letters.id"], name=op.f("fk_letters_escalated_from_id")),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_letters_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index("ix_letters_corrects_id", "letters", ["corrects_id"])
    op.create_index("ix_letters_escalated_from_id", "letters", ["escalated_from_id"])
    op.create_table(
        "occasions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_by", sa.String(length=120), nullable=True),
        sa.Column("confidential", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("weather", sa.String(length=40), nullable=True),
        sa.Column("weather_level", sa.String(length=8), nullable=True),
        sa.Column("industry_id", sa.Integer(), nullable=True),
        sa.Column("unit_ids", sa.JSON(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint("type <> 'weather' OR weather IS NOT NULL", name=op.f("ck_occasions_warning_says_of_what")),
        sa.CheckConstraint("type IN ('instruction', 'elsewhere', 'weather')", name=op.f("ck_occasions_type")),
        sa.CheckConstraint("weather_level IN ('blue', 'yellow', 'orange', 'red')",
                           name=op.f("ck_occasions_weather_level")),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_occasions_id")),
        sa.ForeignKeyConstraint(["industry_id"], ["dictionary_entries.id"], name=op.f("fk_occasions_industry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occasions")),
    )
    op.create_table(
        "papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("template_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("frozen_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("confined_to_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(template_sha256) = 64", name=op.f("ck_papers_template_is_named")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_papers_case_id")),
        sa.ForeignKeyConstraint(["confined_to_id"], ["organizations.id"], name=op.f("fk_papers_confined_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
    )
    op.create_index("ix_papers_case", "papers", ["case_id", "kind", "id"])
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("subject_key", sa.Integer(), server_default="0", nullable=False),
        sa.Column("proposer_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=12), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("postponed_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("reopened_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("measure IN ('notice', 'chase', 'advisory', 'reminder', 'supervisory', 'interview')",
                           name=op.f("ck_proposals_measure")),
        sa.CheckConstraint("state <> 'dismissed' OR reason IS NOT NULL",
                           name=op.f("ck_proposals_dismissed_with_reason")),
        sa.CheckConstraint("state <> 'postponed' OR postponed_to IS NOT NULL",
                           name=op.f("ck_proposals_postponed_to_a_day")),
        sa.CheckConstraint("state IN ('open', 'postponed', 'accepted', 'dismissed', 'cured', 'superseded')",
                           name=op.f("ck_proposals_state")),
        sa.ForeignKeyConstraint(["county_id"], ["organizations.id"], name=op.f("fk_proposals_county_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["cases.id"], name=op.f("fk_proposals_letter_id")),
        sa.ForeignKeyConstraint(["proposer_id"], ["organizations.id"], name=op.f("fk_proposals_proposer_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["organizations.id"], name=op.f("fk_proposals_recipient_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["cases.id"], name=op.f("fk_proposals_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("rule", "subject_key", "recipient_id", "since", "step", name=op.f("uq_proposals_facts")),
    )
    op.create_index("ix_hazards_fake", "hazards", ["fake_found_on"], sqlite_where=sa.text("fake_found_on IS NOT NULL"),
                    postgresql_where=sa.text("fake_found_on IS NOT NULL"))
    op.create_index("ix_hazard_rounds_failed", "hazard_rounds", ["case_id"], sqlite_where=sa.text("passed IS 0"),
                    postgresql_where=sa.text("passed IS false"))
    op.create_index("ix_proposals_county", "proposals", ["county_id", "state", "recipient_id", "id", "measure"])
    op.create_index("ix_proposals_letter", "proposals", ["letter_id"])
    op.create_index("ix_proposals_recipient", "proposals", ["recipient_id", "id"])
    op.create_index("ix_proposals_rule", "proposals", ["county_id", "rule", "state", "id"])
    op.create_index("ix_proposals_subject", "proposals", ["subject_id"])
    op.create_index("ix_proposals_waiting", "proposals", ["proposer_id", "state", "recipient_id", "id", "measure"])
    op.create_table(
        "delivery_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("signer", sa.String(length=64), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("judged_on", sa.Date(), nullable=True),
        sa.Column("judged_by", sa.String(length=120), nullable=True),
        sa.Column("filed_by", sa.String(length=120), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("confined_to_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(outcome = 'open') = (judged_on IS NULL)",
                           name=op.f("ck_delivery_replies_judged_has_its_day")),
        sa.CheckConstraint("kind IN ('plan', 'result')", name=op.f("ck_delivery_replies_kind")),
        sa.CheckConstraint("outcome IN ('open', 'accepted', 'rejected')", name=op.f("ck_delivery_replies_outcome")),
        sa.ForeignKeyConstraint(["case_id"], ["deliveries.id"], name=op.f("fk_delivery_replies_case_id")),
        sa.ForeignKeyConstraint(["confined_to_id"], ["organizations.id"],
                                name=op.f("fk_delivery_replies_confined_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_replies")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_delivery_replies_case_id_number")),
    )
    op.create_table(
        "letter_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("confined_to_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["letters.id"], name=op.f("fk_letter_items_case_id")),
        sa.ForeignKeyConstraint(["confined_to_id"], ["organizations.id"], name=op.f("fk_letter_items_confined_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_items")),
    )
    op.create_index("ix_letter_items_case_id", "letter_items", ["case_id"])
    op.create_table(
        "letter_triggers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("situation", sa.String(length=1), nullable=True),
        sa.Column("own_requirement", sa.String(length=200), nullable=True),
        sa.Column("shown_by_id", sa.Integer(), nullable=True),
        sa.Column("confined_to_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("situation IN ('1', '2', '3', '4', '5', '6')", name=op.f("ck_letter_triggers_situation")),
        sa.CheckConstraint("(situation IS NULL) = (own_requirement IS NOT NULL)",
                           name=op.f("ck_letter_triggers_clause_or_own_requirement")),
        sa.ForeignKeyConstraint(["case_id"], ["letters.id"], name=op.f("fk_letter_triggers_case_id")),
        sa.ForeignKeyConstraint(["confined_to_id"], ["organizations.id"],
                                name=op.f("fk_letter_triggers_confined_to_id")),
        sa.ForeignKeyConstraint(["shown_by_id"], ["cases.id"], name=op.f("fk_letter_triggers_shown_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_triggers")),
    )
    op.create_index("ix_letter_triggers_case_id", "letter_triggers", ["case_id"])
    op.create_index("ix_letter_triggers_shown", "letter_triggers", ["shown_by_id", "case_id"])
    op.create_index("ix_letter_triggers_shown_by_id", "letter_triggers", ["shown_by_id"])
    op.add_column("organizations", sa.Column("issuer_code", sa.String(length=30), nullable=True))
    op.create_index("uq_organizations_issuer_code", "organizations", ["county_id", "issuer_code"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_organizations_issuer_code", "organizations")
    op.drop_index("ix_hazard_rounds_failed", "hazard_rounds")
    op.drop_index("ix_hazards_fake", "hazards")
    op.drop_column("organizations", "issuer_code")
    for table in ("letter_triggers", "letter_items", "delivery_replies", "proposals", "papers", "occasions",
                  "letters", "document_numbers", "deliveries", "paper_templates"):
        op.drop_table(table)
