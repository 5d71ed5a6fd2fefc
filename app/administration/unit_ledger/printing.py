"""A government unit as its sheet prints it, read in chunks from the bare tables for ids chosen under the scope."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from app.access.scope import labels
from app.administration.units import KINDS
from app.exchange.sheets import TRACE_KEY, Trace
from app.organization.models import DictionaryEntry, Organization, OrganizationIndustry, OrganizationName

CHUNK = 500
PREFIX = "DW"
YES, NO, IN_USE, OUT_OF_USE = "是", "否", "在用", "停用"
_units, _names, _industries = Organization.__table__, OrganizationName.__table__, OrganizationIndustry.__table__


def number_of(unit_id: int) -> str:
    return f"{PREFIX}{unit_id}"


def printed(session, ids: list[int], parents: dict[int, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """`(id, {column key: text})` in the order of `ids`; `parents` is filled as units come up."""
    rows = {row.id: row for row in session.execute(sa.select(_units).where(_units.c.id.in_(ids)))}
    names, industries = defaultdict(list), defaultdict(list)
    for row in session.execute(sa.select(_names).where(_names.c.organization_id.in_(ids)).order_by(_names.c.name)):
        names[row.organization_id].append(row.name)
    entries = DictionaryEntry.__table__
    for unit_id, name in session.execute(
        sa.select(_industries.c.organization_id, entries.c.name)
        .join(entries, entries.c.id == _industries.c.industry_id).where(_industries.c.organization_id.in_(ids))
        .order_by(entries.c.sort_order, entries.c.id)
    ):
        industries[unit_id].append(name)
    parents.update(labels(session, _units, {row.parent_id for row in rows.values()} - parents.keys()))
    for i in ids:
        if i in rows:
            yield i, _texts(rows[i], names[i], industries[i], parents)


def _texts(row, names: list[str], industries: list[str], parents: dict[int, str]) -> dict[str, str]:
    return {
        "name": row.name, "short_name": row.short_name or "", "kind": str(KINDS[row.kind]),
        "parent": parents.get(row.parent_id, ""), "code": row.code or "", "phone": row.phone or "",
        "industries": "、".join(industries), "review": YES if row.review_before_issue else NO,
        "names": "、".join(names), "active": IN_USE if row.active else OUT_OF_USE,
        TRACE_KEY: str(Trace(number_of(row.id), row.version)),
    }


def stream(session, statement: sa.Select) -> Iterator[dict[str, str]]:
    """The texts of every unit that `statement` (ids first) selects, in chunks."""
    parents: dict[int, str] = {}
    result = session.execute(statement, execution_options={"yield_per": CHUNK})
    for part in result.partitions():
        for _id, texts in printed(session, [row[0] for row in part], parents):
            yield texts


def texts_of(session, ids: Iterable[int]) -> dict[int, dict[str, str]]:
    parents: dict[int, str] = {}
    ids = sorted(ids)
    return {i: texts for at in range(0, len(ids), CHUNK)
            for i, texts in printed(session, ids[at : at + CHUNK], parents)}
