"""What can be found of a case: one row of text for each, and the condition that words stand in it.

A noun declares its text (`searched`). Whatever is flushed within a unit of work is noted, and the texts of the
cases concerned are written anew before it commits; an insert past the ORM says so itself (`touch`). The index of the
text is the database's own matter (migration 0010): on PostgreSQL an index of grams, on SQLite a table of grams that
triggers keep. What a text matches is always asked of the text too: the index only says where to look.
"""
from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask_appbuilder import Model
from sqlalchemy import event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import column_property
from sqlalchemy.sql.functions import FunctionElement

from app.access.scope import planned_once
from app.access.sessions import ScopedSession
from app.casework.cases import Case
from app.casework.columns import INSERT
from app.organization.grams import asked
from app.organization.models import Organization
from app.organization.search import like

LONGEST = 4000  # characters of a case that can be found
_cases, _units = Case.__table__, Organization.__table__
TEXTS = sa.Table(
    "case_texts", Model.metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),
)

# Loaded by who asks for it (`undefer`): what was found, to be shown.
Case.found_text = column_property(
    sa.select(TEXTS.c.text).where(TEXTS.c.case_id == _cases.c.id).correlate_except(TEXTS).scalar_subquery(),
    deferred=True,
)


# ── what a noun declares ─────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Searched:
    """`lines`: expressions over `cases` joined with the noun's table, each a line of the text. `units`: columns that
    name a unit whose name is one of them. `head`: the noun whose text a share repeats.
    """

    lines: tuple
    units: tuple = ()
    head: type[Case] | None = None


_declared: dict[type[Case], Searched] = {}


def searched(model: type[Case], *lines, units: tuple = (), head: type[Case] | None = None) -> None:
    """Declare what is found of a noun. Only what everybody may read who finds the case: no masked column, no part that
    is confined to somebody.
    """
    _declared[model] = Searched(lines, units, head)


def unit_named(column):
    """The names, long and short, of the unit that a column names."""
    name = _units.c.name + sa.func.coalesce(" " + _units.c.short_name, "")
    return sa.select(name).where(_units.c.id == column).scalar_subquery()


def of_head(column):
    """A column of a share's head."""
    table = column.table.alias("head")
    return sa.select(table.c[column.name]).where(table.c.id == _cases.c.head_id).scalar_subquery()


def joined(column, *where, order):
    """A column of several rows, in their order, as one line."""
    rows = (
        sa.select(column.label("said")).where(*where, column.is_not(None)).order_by(order)
        .correlate_except(column.table).subquery()
    )
    return sa.select(sa.func.aggregate_strings(rows.c.said, " ")).scalar_subquery()


def said(model: type[Case]) -> sa.Select:
    """`(case id, text)` of every case of a noun, as the rows stand now."""
    lines = [sa.func.coalesce(line, "") for line in _declared[model].lines]
    text = functools.reduce(lambda above, line: above + sa.literal("\n") + line, lines)
    table = model.__table__
    return (
        sa.select(_cases.c.id.label("case_id"), sa.func.substr(sa.func.folded(text), 1, LONGEST).label("text"))
        .select_from(_cases.join(table, table.c.id == _cases.c.id))
        .where(_cases.c.kind == model.__mapper__.polymorphic_identity)
    )


def differing(model: type[Case]) -> sa.Select:
    """Ids of the noun's cases whose text is missing or is not what it should be."""
    now = said(model).subquery()
    return (
        sa.select(now.c.case_id).outerjoin(TEXTS, TEXTS.c.case_id == now.c.case_id)
        .where(TEXTS.c.text.is_distinct_from(now.c.text))
    )


def nouns() -> tuple[type[Case], ...]:
    return tuple(_declared)


# ── keeping it ───────────────────────────────────────────────────────────────────────────────────────────────────
def touch(session, model: type, ids: Iterable[int]) -> None:
    """The rows of these cases, or units, changed: their texts are written before the unit of work commits."""
    session.info.setdefault("touched", defaultdict(set))[model].update(ids)


@event.listens_for(ScopedSession, "after_flush")
def _note(session, _context) -> None:
    for one in (*session.new, *session.dirty):
        if isinstance(one, Case):
            touch(session, type(one), (one.id,))
        elif isinstance(one, Organization) and one not in session.new and _is_renamed(one):
            touch(session, Organization, (one.id,))


def _is_renamed(unit: Organization) -> bool:
    known = sa.inspect(unit).attrs
    return known.name.history.has_changes() or known.short_name.history.has_changes()


def forget(session) -> None:
    session.info.pop("touched", None)


def keep(session) -> None:
    """Write the texts of what was touched; one statement for each noun concerned."""
    session.flush()
    touched = session.info.pop("touched", {})
    for model, declared in _declared.items():
        whose = {"cases": touched.get(model), "heads": touched.get(declared.head),
                 "units": declared.units and touched.get(Organization)}
        if whose := {name: list(ids) for name, ids in whose.items() if ids}:
            session.execute(_writing(model, session.connection().dialect.name, *whose), whose)


def rebuild(session) -> int:
    """Write every text that is not what it should be, and the index anew; returns how many texts. In a unit of work."""
    dialect = session.connection().dialect.name
    index = None
    if dialect == "postgresql":  # made once over all rows: kept row by row, a million take twenty minutes
        index = session.scalar(sa.text(
            "SELECT indexdef FROM pg_indexes WHERE indexname = 'case_grams' AND schemaname = current_schema()"))
        session.execute(sa.text("DROP INDEX case_grams"))
    written = sum(session.execute(_writing(model, dialect)).rowcount for model in _declared)
    if index:
        session.execute(sa.text(index))
        session.execute(sa.text("ALTER INDEX case_grams ALTER COLUMN 1 SET STATISTICS 0"))
    else:
        session.execute(sa.text("INSERT INTO case_grams(case_grams) VALUES ('delete-all')"))
        session.execute(sa.text("INSERT INTO case_grams(rowid, words) SELECT case_id, grams(text) FROM case_texts"))
    return written


@functools.cache
def _writing(model: type[Case], dialect: str, *whose: str) -> sa.Insert:
    """Write the texts of a noun that are not what they should be: of these `cases`, shares of these `heads`, or cases
    that name these `units`; without any, of all. Built once: that takes longer than to run it.
    """
    columns = {"cases": (_cases.c.id,), "heads": (_cases.c.head_id,), "units": _declared[model].units}
    asked_for = [column.in_(sa.bindparam(name, expanding=True)) for name in whose for column in columns[name]]
    rows = said(model).where(sa.or_(*asked_for)) if asked_for else said(model)
    statement = INSERT[dialect](TEXTS).from_select(["case_id", "text"], rows)
    return planned_once(statement.on_conflict_do_update(
        index_elements=["case_id"], set_={"text": statement.excluded.text},
        where=TEXTS.c.text != statement.excluded.text,
    ))


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────
class indexed(FunctionElement):
    """The index of a text knows the grams: `indexed(case id, text, question to PostgreSQL, question to SQLite)`."""

    type = sa.types.NullType()  # as Boolean SQLite would be asked `… = 1`, past its index
    inherit_cache = True


@compiles(indexed, "postgresql")
def _on_postgresql(element, compiler, **options):
    _key, text, question, _other = (compiler.process(clause, **options) for clause in element.clauses)
    return f"grams({text}) @@ CAST({question} AS tsquery)"


@compiles(indexed, "sqlite")
def _on_sqlite(element, compiler, **options):
    key, _text, _other, question = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{key} IN (SELECT rowid FROM case_grams WHERE case_grams MATCH {question})"


# A number of a letter is typed with the brackets that the keyboard has: [2026]3号, （2026）3号 are 〔2026〕3号.
_ANY_BRACKET = str.maketrans(dict.fromkeys("[](){}〔〕【】〖〗", "_"))


def stands(words: tuple[str, ...]) -> tuple:
    """Conditions on TEXTS: every piece stands in it."""
    return tuple(TEXTS.c.text.like(like(piece).translate(_ANY_BRACKET), escape="\\") for piece in words)


def is_indexed(words: tuple[str, ...]) -> bool:
    """Whether the index knows anything of it: a letter or a digit was typed."""
    return any(asked(words))


def where_said(words: tuple[str, ...]) -> sa.Select:
    """SELECT of the ids of all cases whose text has every piece, led by the index where it can be."""
    found = sa.select(TEXTS.c.case_id).where(*stands(words))
    if not is_indexed(words):
        return found
    whole, beginnings = map(sorted, asked(words))
    to_postgresql = " & ".join([f"'{gram}'" for gram in whole] + [f"'{one}':*" for one in beginnings])
    to_sqlite = " ".join([f'"{gram}"' for gram in whole] + [f'"{one}"*' for one in beginnings])
    return found.where(indexed(TEXTS.c.case_id, TEXTS.c.text, sa.literal(to_postgresql), sa.literal(to_sqlite)))


class found_by_itself(FunctionElement):
    """The index leads from the grams of a text to its case: `found_by_itself(case id, text)`."""

    type = sa.types.NullType()
    inherit_cache = True


@compiles(found_by_itself, "postgresql")
def _itself_on_postgresql(element, compiler, **options):
    return "true"  # an index of an expression cannot be behind its table


@compiles(found_by_itself, "sqlite")
def _itself_on_sqlite(element, compiler, **options):
    key, text = (compiler.process(clause, **options) for clause in element.clauses)
    question = f"'\"' || replace(grams({text}), ' ', '\" \"') || '\"'"
    index = f"EXISTS (SELECT 1 FROM case_grams WHERE rowid = {key} AND case_grams MATCH {question})"
    return f"(grams({text}) = '' OR {index})"


def unindexed(most: int) -> sa.Select:
    """Ids of the newest cases that their own words do not lead to."""
    newest = sa.select(TEXTS).order_by(TEXTS.c.case_id.desc()).limit(most).subquery()
    return sa.select(newest.c.case_id).where(~found_by_itself(newest.c.case_id, newest.c.text))
