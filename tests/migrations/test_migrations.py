"""The migrations: up, down and up again, with data in between, on both databases; models and head are the same."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

from app import create_app
from app.casework import texts
from app.extensions import db, has_model
from tests.support.factories import World
from tests.support.letter_factories import bring
from tests.support.occasion_factories import do as answer
from tests.support.occasion_factories import occasion

FOLDER = Path(__file__).parent.parent.parent / "migrations"
LOGS = ("timeline_entries", "audit_blocks", "sealed_entries")


def revisions() -> list[str]:
    """From the first to the newest."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


@pytest.fixture
def bare(bare_database, tmp_path):
    """The application on an empty database."""
    app = create_app("test", DATA_DIR=str(tmp_path / "data"), SQLALCHEMY_DATABASE_URI=bare_database.uri)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def migrate(app, revision: str, down: bool = False) -> None:
    with app.app_context():
        (downgrade if down else upgrade)(str(FOLDER), revision)
        db.engine.dispose()


def tables(app) -> set[str]:
    with app.app_context():
        found = {name for name in sa.inspect(db.engine).get_table_names() if has_model(name, "table", {})}
        db.engine.dispose()
        return found - {"alembic_version"}


def content(app) -> dict[str, list]:
    """The rows of every table; none of one that the database's revision does not know."""
    with app.app_context(), db.engine.connect() as connection:
        there = set(sa.inspect(connection).get_table_names())
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table)))) if table.name in there else []
            for table in db.metadata.sorted_tables
        }


def triggers(app) -> set[str]:
    with app.app_context(), db.engine.connect() as connection:
        question = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "postgresql":
            question = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        return set(connection.execute(sa.text(question)).scalars())


def test_one_subject_follows_the_other():
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    scripts = ScriptDirectory.from_config(config)
    assert len(scripts.get_heads()) == len(scripts.get_bases()) == 1
    names = sorted(path.name for path in (FOLDER / "versions").glob("*.py"))
    assert [name.split("_")[0] for name in names] == revisions() == [f"{n:04d}" for n in range(1, len(names) + 1)]


def test_up_down_and_up_again_leaves_nothing_behind(bare, kind):
    assert tables(bare) == set()
    migrate(bare, "head")
    assert tables(bare) == {table.name for table in db.metadata.sorted_tables}
    migrate(bare, "base", down=True)
    assert tables(bare) == set()
    assert triggers(bare) == set()
    migrate(bare, "head")
    of_words = () if kind == "postgresql" else ("insert", "update", "delete")
    assert triggers(bare) == {f"{table}_no_{act}" for table in LOGS for act in ("update", "delete")} | {
        f"case_texts_{act}" for act in of_words}


def test_each_revision_goes_down_and_up_with_data_in_it(bare):
    """The data of a county at work; every step but the last keeps it to the letter, save for the tables it brought."""
    migrate(bare, "head")
    world = World(bare)
    world.do("firm", "claim", world.hazard(photos=[world.stored()]))
    before = content(bare)
    for revision in reversed(revisions()[:-1]):
        migrate(bare, revision, down=True)
        kept = tables(bare)
        migrate(bare, "head")
        after = content(bare)
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
        assert after["case_texts"] == before["case_texts"], "written from the rows that are there"
    migrate(bare, "base", down=True)
    migrate(bare, "head")
    assert not any(content(bare).values())


def test_letters_that_are_there_can_be_found_afterwards(bare):
    """The texts that 0016 writes are those that the nouns declare; the index knows them."""
    migrate(bare, "head")
    world = World(bare)
    bring(world, "closed")
    bring(world, "checking", items=[])
    for confidential in (False, True):
        answer(world, "office", "answer", occasion(world, text="转移群众", confidential=confidential))
    before = content(bare)
    migrate(bare, "0015", down=True)
    assert content(bare) == {**before, "case_texts": []}
    migrate(bare, "head")
    assert content(bare) == before
    with world.system() as session:
        assert session.execute(texts.unindexed(100)).all() == []
        assert len(session.execute(texts.where_said(("转移群众",))).all()) == 1


def test_a_source_that_the_older_table_cannot_hold_is_not_lost_on_the_way_down(bare, caplog):
    migrate(bare, "head")
    World(bare).hazard(source="assessment")
    before = content(bare)
    with pytest.raises(SystemExit):
        migrate(bare, "0014", down=True)
    assert "1 hazards have the source 考核反馈" in caplog.text and content(bare) == before


def test_models_and_head_are_the_same(bare):
    migrate(bare, "head")
    with bare.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={
            "compare_type": True, "compare_server_default": True, "include_name": has_model})
        assert compare_metadata(context, db.metadata) == []


def test_named_checks_and_indexes_are_in_the_database(bare):
    """What the comparison does not look at: CHECK constraints, and the conditions of partial indexes."""
    migrate(bare, "head")
    with bare.app_context():
        there = sa.inspect(db.engine)
        for table in db.metadata.sorted_tables:
            checks = {c.name for c in table.constraints if isinstance(c, sa.CheckConstraint) and c.name}
            assert checks <= {c["name"] for c in there.get_check_constraints(table.name)}, table.name
            name, condition = db.engine.dialect.name, f"{db.engine.dialect.name}_where"
            partial = {i.name for i in table.indexes if i.dialect_options[name].get("where") is not None}
            there_are = there.get_indexes(table.name)
            kept = {i["name"] for i in there_are if i.get("dialect_options", {}).get(condition) is not None}
            assert partial <= kept, table.name
