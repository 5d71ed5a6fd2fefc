"""Many rows at once, as each database takes them quickest: COPY on PostgreSQL, one statement's rows on SQLite."""
from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa


@contextmanager
def uncollected() -> Iterator[None]:
    """Thousands of rows at a time hold nothing that only the collector of cycles could free; looking through them
    over and over took two fifths of an import's time. Also a decorator.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def put(session, table: sa.Table, rows: list[dict]) -> None:
    """INSERT rows that name the same columns; a column that they leave out gets its default. In a unit of work."""
    if not rows:
        return
    connection = session.connection()
    columns = _columns(table, rows, connection.dialect)
    into, values = f"{table.name} ({', '.join(columns)})", zip(*columns.values(), strict=True)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({marks})", list(values))
        return
    with connection.connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def reserve(session, table: sa.Table, count: int) -> list[int]:
    """The ids of so many rows to come, in order.

    SQLite has one writer: under the lock that a unit of work holds they are counted on from the highest.
    """
    if session.connection().dialect.name == "sqlite":
        first = (session.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0) + 1
        return [*range(first, first + count)]
    drawn = sa.func.nextval(sa.func.pg_get_serial_sequence(table.name, "id"))
    return sorted(session.scalars(sa.select(drawn).select_from(sa.func.generate_series(1, count).alias("n"))))


def _columns(table: sa.Table, rows: list[dict], dialect) -> dict[str, list]:
    """`{column: a value for each row}`, as the column's type hands it to the database."""
    found = {}
    for column in table.columns:
        usual = column.default.arg if column.default is not None and column.default.is_scalar else None
        if column.name in rows[0] or usual is not None:
            values = [row.get(column.name, usual) for row in rows]
            make = column.type.dialect_impl(dialect).bind_processor(dialect)
            if make and isinstance(column.type, sa.Date):  # a ledger says the same days over and over
                make = {day: make(day) for day in set(values)}.get
            found[column.name] = [*map(make, values)] if make else values
    return found
