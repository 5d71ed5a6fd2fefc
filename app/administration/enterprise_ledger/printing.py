"""An enterprise as its sheet prints it: texts by column key, read in chunks from the bare tables.

The ids come from a selection under the reader's scope. Who reads an enterprise's name only, as another township
does, finds the rest of its row empty.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from app.access.scope import labels, scope_of
from app.administration.enterprises import STATUSES
from app.exchange.sheets import TRACE_KEY, Trace
from app.organization.models import DictionaryEntry, Enterprise, EnterpriseRegulator, Organization, OrganizationName
from app.organization.rules import reads_contacts

CHUNK = 500
PREFIX = "QY"
CONTACTS = ("address", "principal", "principal_phone", "safety_manager", "safety_phone")
PUBLIC = ("name", "uscc", "territory", "industry", TRACE_KEY)
_units, _firms = Organization.__table__, Enterprise.__table__
_regulators, _names = EnterpriseRegulator.__table__, OrganizationName.__table__


def number_of(enterprise_id: int) -> str:
    return f"{PREFIX}{enterprise_id}"


def regulator_text(name: str, subject: str | None) -> str:
    """``住建局（燃气）``."""
    return f"{name}（{subject}）" if subject else name


def printed(session, ids: list[int], units: dict[int, str], industries: dict[int, str]) -> Iterator[tuple[int, dict]]:
    """`(id, {column key: text})` in the order of `ids`; names are filled in as they come up."""
    scope = scope_of(session)
    rows = {row.id: row for row in session.execute(
        sa.select(_units, *(column for column in _firms.c if column.name != "id"))
        .join(_firms, _firms.c.id == _units.c.id).where(_units.c.id.in_(ids))
    )}
    regulators, names = defaultdict(list), defaultdict(list)
    for row in session.execute(
        sa.select(_regulators).where(_regulators.c.enterprise_id.in_(ids)).order_by(_regulators.c.id)
    ):
        regulators[row.enterprise_id].append(row)
    for row in session.execute(sa.select(_names).where(_names.c.organization_id.in_(ids)).order_by(_names.c.name)):
        names[row.organization_id].append(row.name)
    wanted = {row.territory_id for row in rows.values()}
    wanted |= {one.organization_id for some in regulators.values() for one in some}
    units.update(labels(session, _units, wanted - units.keys()))
    fresh = {row.industry_id for row in rows.values()} - industries.keys()
    industries.update(labels(session, DictionaryEntry.__table__, fresh))
    for i in ids:
        if i in rows:
            yield i, _masked(scope, rows[i], regulators[i],
                             _texts(rows[i], regulators[i], names[i], units, industries))


def _texts(row, regulators, names: list[str], units: dict[int, str], industries: dict[int, str]) -> dict[str, str]:
    daily = [r for r in regulators if r.is_daily]
    others = [r for r in regulators if not r.is_daily]
    return {
        "name": row.name, "short_name": row.short_name or "", "uscc": row.uscc or "",
        "territory": units.get(row.territory_id, ""), "industry": industries.get(row.industry_id, ""),
        "daily": "、".join(regulator_text(units[r.organization_id], r.subject) for r in daily),
        "others": "、".join(regulator_text(units[r.organization_id], r.subject) for r in others),
        "status": str(STATUSES[row.status]), **{key: getattr(row, key) or "" for key in CONTACTS},
        "names": "、".join(names), TRACE_KEY: str(Trace(number_of(row.id), row.version)),
    }


def _masked(scope, row, regulators, texts: dict[str, str]) -> dict[str, str]:
    ids = [r.organization_id for r in regulators]
    if scope.breadth == "system" or reads_contacts(scope.role, scope.organization_ids, row.id, row.territory_id, ids):
        return texts
    return {key: text if key in PUBLIC else "" for key, text in texts.items()}


def stream(session, statement: sa.Select) -> Iterator[dict[str, str]]:
    """The texts of every enterprise that `statement` (ids first) selects, in chunks."""
    units: dict[int, str] = {}
    industries: dict[int, str] = {}
    result = session.execute(statement, execution_options={"yield_per": CHUNK})
    for part in result.partitions():
        for _id, texts in printed(session, [row[0] for row in part], units, industries):
            yield texts


def texts_of(session, ids: Iterable[int]) -> dict[int, dict[str, str]]:
    units: dict[int, str] = {}
    industries: dict[int, str] = {}
    ids = sorted(ids)
    return {i: texts for at in range(0, len(ids), CHUNK)
            for i, texts in printed(session, ids[at : at + CHUNK], units, industries)}
