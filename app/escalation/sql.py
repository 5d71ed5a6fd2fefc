"""The few things that rules say to the two databases in different words: JSON objects and lists, days."""
from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _Facts(FunctionElement):
    type = sa.JSON()
    inherit_cache = True


class _Json(FunctionElement):
    """A JSON column within an object: SQLite keeps it as text."""

    type = sa.JSON()
    inherit_cache = True


class plus_days(FunctionElement):
    """The day so many days after another: `plus_days(column, days)`."""

    type = sa.Date()
    inherit_cache = True


class the_day(FunctionElement):
    """A day handed in, as a date wherever it stands."""

    type = sa.Date()
    inherit_cache = True


class how_many(FunctionElement):
    """The length of a JSON list."""

    type = sa.Integer()
    inherit_cache = True


class first_number(FunctionElement):
    """The first of a JSON list of numbers."""

    type = sa.Integer()
    inherit_cache = True


def facts(**values):
    """A JSON object of columns; dates become their ISO words."""
    pairs = []
    for name, value in values.items():
        is_json = isinstance(getattr(value, "type", None), sa.JSON)
        pairs += [sa.literal_column(f"'{name}'"), _Json(value) if is_json else value]
    return _Facts(*pairs)


def _told(template: str):
    def compiled(element, compiler, **kw):
        return template.format(*(compiler.process(one, **kw) for one in element.clauses),
                               all=compiler.process(element.clauses, **kw))

    return compiled


for element, sqlite, postgresql in (
    (_Facts, "json_object({all})", "json_build_object({all})"),
    (_Json, "json({0})", "{0}"),
    (plus_days, "date({0}, {1} || ' days')", "({0} + CAST({1} AS INTEGER))"),
    (the_day, "{0}", "CAST({0} AS DATE)"),
    (how_many, "json_array_length({0})", "json_array_length({0})"),
    (first_number, "json_extract({0}, '$[0]')", "CAST({0} ->> 0 AS INTEGER)"),
):
    compiles(element, "sqlite")(_told(sqlite))
    compiles(element, "postgresql")(_told(postgresql))
