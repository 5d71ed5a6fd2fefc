"""SQL that writes millions of rows without reading one into Python, in the words of either database."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

_PLAIN_INDEXES = {  # name and DDL of the indexes that are no constraint
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes "
                  "WHERE tablename = :table AND schemaname = current_schema() "
                  "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexname::regclass)",
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL",
}


class Writer:
    """Over one connection; `today` is day 0, days before it are negative numbers."""

    def __init__(self, connection, today: dt.date):
        self.connection, self.today = connection, today
        self.dialect = connection.dialect.name
        self.postgresql = self.dialect == "postgresql"

    def run(self, statement: str, **values):
        return self.connection.execute(sa.text(statement), values)

    def insert(self, table: str, columns: dict[str, object], source: str) -> None:
        """INSERT … SELECT: `columns` by name, each an SQL expression over `source`."""
        names, values = ", ".join(columns), ", ".join(str(value) for value in columns.values())
        self.run(f"INSERT INTO {table} ({names}) SELECT {values} FROM {source}")

    def numbers(self, count: int) -> str:
        """A FROM item with one column `n`, 0 … count - 1."""
        if self.postgresql:
            return f"(SELECT generate_series(0::bigint, {count - 1}) AS n) AS numbers"
        return (f"(WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {count - 1}) "
                "SELECT n FROM s) AS numbers")

    def day(self, days: str) -> str:
        if self.postgresql:
            return f"(DATE '{self.today}' + CAST({days} AS integer))"
        return f"date('{self.today}', ({days}) || ' days')"

    def instant(self, days: str) -> str:
        """Nine in the morning there, as the database keeps an instant."""
        if self.postgresql:
            return f"({self.day(days)} + TIME '01:00')"
        return f"({self.day(days)} || ' 01:00:00.000000')"

    def least(self, one: str, other: str) -> str:
        return f"{'LEAST' if self.postgresql else 'MIN'}({one}, {other})"

    def digits(self, number: str) -> str:
        """At least four of them."""
        if self.postgresql:
            text = f"CAST({number} AS varchar)"
            return f"lpad({text}, GREATEST(4, length({text})), '0')"
        return f"printf('%04d', {number})"

    def one_of(self, values, n: str) -> str:
        """The n-th of a short list of words or keys, counted from 0."""
        cases = " ".join(f"WHEN {i} THEN {self._said(value)}" for i, value in enumerate(values))
        return f"CASE {n} {cases} END"

    @staticmethod
    def _said(value) -> str:
        return str(value) if isinstance(value, int) else f"'{value}'"

    def true(self, yes: bool) -> str:
        return ("true" if yes else "false") if self.postgresql else str(int(yes))

    def take_indexes(self, tables) -> list[str]:
        """Drop the plain indexes of tables; the statements that make them again: one sort each, not a million steps."""
        found = []
        for table in tables:
            for name, ddl in self.run(_PLAIN_INDEXES[self.dialect], table=table).all():
                self.run(f"DROP INDEX {name}")
                found.append(ddl)
        return found

    def count_on(self, table: str) -> None:
        """The next key follows the largest; SQLite finds it by itself."""
        if self.postgresql:
            self.run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
