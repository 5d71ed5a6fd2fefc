"""The editable dictionaries as forms and pages show them: both levels in one line, a criterion with its number."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _

from app.access.scope import planned_once, scope_of
from app.organization.models import DictionaryEntry
from app.organization.rules import is_in_force

_entries = DictionaryEntry.__table__
_above = _entries.alias("above")
TWO_LEVELS = ("industry", "hazard_category")


class Entry(NamedTuple):
    """What is asked of an entry."""

    id: int
    dictionary: str
    name: str
    parent_id: int | None
    document_number: str | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    sort_order: int


_IN_USE = planned_once(
    sa.select(*(_entries.c[name] for name in Entry._fields))
    .where(_entries.c.active.is_(True), _entries.c.county_id == sa.bindparam("county"))
    .order_by(_entries.c.sort_order, _entries.c.id)
)


def choices(session, today: dt.date) -> dict[str, list[tuple[str, str]]]:
    """``{dictionary: [(id, words)]}`` of what can be chosen: entries in use below entries in use; one statement.

    First level and second follow each other: 矿山, 矿山 / 煤矿. What is not in force today says so: it may have
    been on the day that is being entered.
    """
    rows = session.execute(_IN_USE, {"county": scope_of(session).county_id}).all()
    return _worked_out(tuple(map(tuple, rows)), today)


@lru_cache(maxsize=64)
def _worked_out(entries: tuple[tuple, ...], today: dt.date) -> dict[str, list[tuple[str, str]]]:
    """Every form asks for it, and entries change a few times a year."""
    rows = list(map(Entry._make, entries))
    by_id = {row.id: row for row in rows}
    found: dict[str, list[tuple[tuple, str, str]]] = {}
    for row in rows:
        above = by_id.get(row.parent_id)
        if row.parent_id and above is None:
            continue
        place = (above.sort_order, above.id, 1, row.sort_order, row.id) if above else (row.sort_order, row.id, 0, 0, 0)
        words = _worded(row.name, above and above.name, row.document_number)
        if not is_in_force(row.valid_from, row.valid_to, today):
            words = _("%(entry)s, not in force today", entry=words)
        found.setdefault(row.dictionary, []).append((place, str(row.id), words))
    return {name: [(key, words) for _place, key, words in sorted(entries)] for name, entries in found.items()}


def names(session, ids: Iterable[int | None]) -> dict[int, str]:
    """The words of the entries, retired ones and other counties' too: whoever refers to one may read its name."""
    wanted = {i for i in ids if i is not None}
    if not wanted:
        return {}
    rows = session.execute(
        sa.select(_entries.c.id, _entries.c.name, _above.c.name.label("above"), _entries.c.document_number)
        .outerjoin(_above, _above.c.id == _entries.c.parent_id).where(_entries.c.id.in_(wanted))
    )
    return {row.id: _worded(row.name, row.above, row.document_number) for row in rows}


def _worded(name: str, above: str | None, document_number: str | None) -> str:
    whole = f"{above} / {name}" if above else name
    return f"{whole}（{document_number}）" if document_number else whole


def first_level(session) -> list[DictionaryEntry]:
    """Entries that others may stand below, in use and in order."""
    return session.scalars(
        sa.select(DictionaryEntry).where(
            DictionaryEntry.parent_id.is_(None), DictionaryEntry.active.is_(True),
            DictionaryEntry.dictionary.in_(TWO_LEVELS))
        .order_by(DictionaryEntry.dictionary, DictionaryEntry.sort_order, DictionaryEntry.id)
    ).all()
