"""Words of cases can be found: one text for each case, and an index of its pairs of characters.

Revision: 0011, after 0010. Built from the rows that are there: about a minute for a million hazards. The texts are
those of the nouns at this revision; `flask reindex` writes what a later release words otherwise.

PostgreSQL: an index of an expression. It keeps no statistics, so that a search is always led by the index: by them
the planner would read the whole table for a word that is common, and compute the grams of each row. Nor a list of
what is still to be entered: each search would read that list, and now and then a clerk's save would empty it. SQLite: a table
of grams whose rows triggers write, with the grams that the application computes (app/organization/grams.py).
"""
import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "CREATE FUNCTION folded(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT "
    "translate(normalize(t, NFKC), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') $$",
    "CREATE FUNCTION grams(t text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE AS $$ "
    "DECLARE c text[] := string_to_array(t, NULL); found text[] := '{}'; BEGIN "
    "FOR i IN 1 .. cardinality(c) LOOP found[i] := c[i] || coalesce(c[i + 1], ''); END LOOP; "
    "RETURN array_to_tsvector(found); END $$",
)
TRIGGERS = {
    "insert": "AFTER INSERT ON case_texts BEGIN "
              "INSERT INTO case_grams(rowid, words) VALUES (new.case_id, grams(new.text)); END",
    "update": "AFTER UPDATE OF text ON case_texts BEGIN "
              "INSERT INTO case_grams(case_grams, rowid, words) VALUES ('delete', old.case_id, grams(old.text)); "
              "INSERT INTO case_grams(rowid, words) VALUES (new.case_id, grams(new.text)); END",
    "delete": "AFTER DELETE ON case_texts BEGIN "
              "INSERT INTO case_grams(case_grams, rowid, words) VALUES ('delete', old.case_id, grams(old.text)); END",
}


def _unit(column: str) -> str:
    return f"(SELECT u.name || coalesce(' ' || u.short_name, '') FROM organizations u WHERE u.id = {column})"


def _joined(aggregate: str) -> str:
    return (f"(SELECT {aggregate}(said, ' ') FROM (SELECT r.heads AS said FROM hazard_rectifiers r "
            "WHERE r.case_id = c.id AND r.heads IS NOT NULL ORDER BY r.position) AS x)")


def _texts(aggregate: str) -> tuple[str, ...]:
    def lines(*columns: str) -> str:
        return " || '\n' || ".join(f"coalesce({column}, '')" for column in columns)

    task = ("c.number", "t.content", "t.document_number", "t.measures")
    head = ("h.number", "t.content", "t.document_number", "t.measures")
    texts = {
        "FROM cases c JOIN hazards t ON t.id = c.id": lines(
            "c.number", "t.description", _unit("t.enterprise_id"), "t.place", "t.inspectors", _joined(aggregate),
            "t.document_number"),
        "FROM cases c JOIN tasks t ON t.id = c.id": lines(*task),
        "FROM cases c JOIN task_shares s ON s.id = c.id LEFT JOIN cases h ON h.id = c.head_id "
        "LEFT JOIN tasks t ON t.id = c.head_id": lines(*head, _unit("s.unit_id"), "s.heads"),
        "FROM cases c JOIN ledger_submissions t ON t.id = c.id": lines(
            "c.number", "c.title", _unit("t.unit_id"), "t.month"),
    }
    return tuple(f"SELECT c.id, substr(folded({text}), 1, 4000) {source}" for source, text in texts.items())


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in FUNCTIONS if postgresql else ():
        op.execute(statement)
    op.create_table(
        "case_texts",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_texts_case_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_texts"),
    )
    for text in _texts("string_agg" if postgresql else "group_concat"):
        op.execute(f"INSERT INTO case_texts (case_id, text) {text}")
    if postgresql:
        op.execute("CREATE INDEX case_grams ON case_texts USING gin (grams(text)) WITH (fastupdate = off)")
        op.execute("ALTER INDEX case_grams ALTER COLUMN 1 SET STATISTICS 0")
        return
    op.execute("CREATE VIRTUAL TABLE case_grams USING fts5(words, content = '', tokenize = 'ascii', detail = none, "
               "columnsize = 0)")
    op.execute("INSERT INTO case_grams(rowid, words) SELECT case_id, grams(text) FROM case_texts")
    for act, what in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER case_texts_{act} {what}")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    if not postgresql:
        op.execute("DROP TABLE case_grams")
    op.drop_table("case_texts")  # its index and triggers go with it
    for name in ("grams", "folded") if postgresql else ():
        op.execute(f"DROP FUNCTION {name}(text)")
