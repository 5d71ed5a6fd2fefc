"""Words of letters, deliveries and occasions can be found: their texts, from the rows that are there.

Revision: 0016, after 0015. The texts are those of the nouns at this revision; the index follows by itself.
"""
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KINDS = "('letter', 'delivery', 'occasion')"


def _unit(column: str) -> str:
    return f"(SELECT u.name || coalesce(' ' || u.short_name, '') FROM organizations u WHERE u.id = {column})"


def _texts(aggregate: str) -> tuple[str, ...]:
    def lines(*columns: str) -> str:
        return " || '\n' || ".join(f"coalesce({column}, '')" for column in columns)

    items = (f"(SELECT {aggregate}(said, ' ') FROM (SELECT i.text AS said FROM letter_items i "
             "WHERE i.case_id = c.id ORDER BY i.position) AS x)")
    texts = {
        "letters t ON t.id = c.id": lines(
            "c.number", "c.title", _unit("c.filed_by_id"), "t.signer", items, "t.grounds", "t.requirements",
            "t.contact", "t.copies"),
        "deliveries t ON t.id = c.id": lines(
            "(SELECT h.number FROM cases h WHERE h.id = c.head_id)", "c.title", _unit("t.recipient_id"),
            "t.acknowledged_by"),
        "occasions t ON t.id = c.id": lines(
            "c.number", "c.title", _unit("c.filed_by_id"), "t.said_by", "t.weather",
            "CASE WHEN NOT t.confidential THEN t.text END", "CASE WHEN NOT t.confidential THEN t.answer END"),
    }
    return tuple(f"SELECT c.id, substr(folded({text}), 1, 4000) FROM cases c JOIN {source}"
                 for source, text in texts.items())


def upgrade() -> None:
    for text in _texts("string_agg" if op.get_bind().dialect.name == "postgresql" else "group_concat"):
        op.execute(f"INSERT INTO case_texts (case_id, text) {text}")


def downgrade() -> None:
    op.execute(f"DELETE FROM case_texts WHERE case_id IN (SELECT id FROM cases WHERE kind IN {KINDS})")
