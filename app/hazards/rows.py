"""The rows of a list as plain values: read in two statements through the scope, and written by nobody.

The rules of the verbs ask them as they would ask the hazard itself.
"""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace

import sqlalchemy as sa

from app.access.scope import Scope, planned_once, scope_of
from app.casework.cases import Case, CaseParty, Turn, case_rule
from app.casework.deadlines import due_words
from app.casework.masks import shown
from app.casework.requests import CaseRequest
from app.hazards.models import Hazard, Rectifier
from app.hazards.states import HazardState, Source
from app.organization.models import Organization

COLUMNS = (
    "id", "county_id", "number", "title", "state", "due", "happened_on", "state_since", "closed_on", "filed_by_id",
    "created_by_id", "turn_organization_id", "turn_role", "open_request", "place", "source", "inspecting_unit_id",
    "enterprise_id", "territory_id", "category_id", "recheck_unit_id", "level", "listing", "due_kind", "due_words",
    "round_number", "claimed_on", "fake_found_on", "review_asked_on", "acknowledged_on",
)
NAMED = {"inspecting_unit": "inspecting_unit_id", "territory": "territory_id", "turn": "turn_organization_id"}
_cases, _hazards, _parties = Case.__table__, Hazard.__table__, CaseParty.__table__
_rectifiers, _units = Rectifier.__table__, Organization.__table__


class HazardRow(Turn, SimpleNamespace):
    """`COLUMNS`, the names of the units of `NAMED`, `rectifiers`; `parties`: those only that are the reader's.

    `row`: what was read, by which two lines are the same.
    """

    @property
    def lead(self):
        return self.rectifiers[0] if self.rectifiers else None

    def __eq__(self, other):
        return self.row == other.row and self.rectifiers == other.rectifiers

    def __hash__(self):
        return hash((self.row, *self.rectifiers))


@dataclass(frozen=True)
class Look:
    """What a line says and how it looks, beside its own values."""

    role: str
    today: dt.date
    warning_days: int
    checks: bool
    turned: frozenset[str]
    css: dict[str, str] = field(compare=False)  # follows from what was turned

    def due_words(self, due: dt.date | None):
        return due_words(due, self.today, self.warning_days)

    def source_of(self, hazard) -> str:
        return Source.title_of(shown(Hazard.source.expression, hazard.source, self.role))

    def state_of(self, hazard) -> HazardState:
        return HazardState(hazard.state)


@dataclass(frozen=True)
class _Mine:
    organization_id: int
    role: str


def _name_of(units: sa.Table):
    return sa.func.coalesce(units.c.short_name, units.c.name)


@lru_cache(maxsize=256)
def _rows(scope: Scope) -> sa.Select:
    of_hazard = {**_hazards.c, **_cases.c}
    mine = (
        sa.select(sa.func.aggregate_strings(_parties.c.role, " "))
        .where(_parties.c.case_id == _cases.c.id, _parties.c.organization_id.in_(sa.bindparam("mine", expanding=True)))
        .scalar_subquery()
    )
    found = _cases.join(_hazards, _hazards.c.id == _cases.c.id)
    columns = [*(of_hazard[name] for name in COLUMNS), mine.label("roles")]
    for name, column in NAMED.items():
        unit = _units.alias(name)
        columns.append(_name_of(unit).label(name))
        found = found.outerjoin(unit, unit.c.id == of_hazard[column])
    return planned_once(sa.select(*columns).select_from(found).where(
        _cases.c.id.in_(sa.bindparam("ids", expanding=True)), case_rule(scope, _cases.c)))


_RECTIFIERS = planned_once(
    sa.select(_rectifiers.c.case_id, _rectifiers.c.organization_id, _rectifiers.c.heads, _rectifiers.c.is_enterprise,
              _name_of(_units).label("name"))
    .join(_units, _units.c.id == _rectifiers.c.organization_id)
    .where(_rectifiers.c.case_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(_rectifiers.c.case_id, _rectifiers.c.position)
)


def rows(session, hat, ids: list[int]) -> list[HazardRow]:
    """The hazards in the order of `ids`, as `hat` finds them."""
    if not ids:
        return []
    unit = hat.organization_ids[0] if hat.organization_ids else None
    found = {}
    for row in session.execute(_rows(scope_of(session)), {"ids": ids, "mine": hat.organization_ids}).all():
        values = row._mapping
        parties = [_Mine(unit, role) for role in (row.roles or "").split()]
        found[row.id] = HazardRow(**values, row=row, parties=parties, rectifiers=[], request=None)
    for row in session.execute(_RECTIFIERS, {"ids": list(found)}).all():
        found[row.case_id].rectifiers.append(row)
    _add_requests(session, [row for row in found.values() if row.open_request == "reassign"])
    return [found[i] for i in ids if i in found]


def _add_requests(session, asked: list[HazardRow]) -> None:
    """What a rule asks of a request: whether an enterprise is to take the rectification over."""
    if not asked:
        return
    request = (CaseRequest.case_id, CaseRequest.payload)
    of_these = CaseRequest.case_id.in_([row.id for row in asked])
    found = dict(session.execute(sa.select(*request).where(of_these, CaseRequest.outcome == "open")).all())
    for row in asked:
        row.request = SimpleNamespace(kind=row.open_request, payload=found[row.id]) if row.id in found else None
