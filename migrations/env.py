"""Runs the migrations with the application's database; both directions, both databases."""
from alembic import context
from flask import current_app

from app.extensions import db

config = context.config


def run() -> None:
    # Foreign keys off while SQLite rebuilds a table: its batch mode drops and renames; the pragma does nothing
    # inside a transaction, so it comes first.
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = OFF")
        context.configure(
            connection=connection, target_metadata=db.metadata,
            transaction_per_migration=True, **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = ON")


run()
