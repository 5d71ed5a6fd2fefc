"""Which recorded hazard a row of a ledger is: by the number it carries, else by unit, description and day.

Everything is read through the session's scope: a hazard that the importer does not find does not exist here.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.casework.cases import CaseParty
from app.exchange.text import squash
from app.hazards.models import Hazard, Rectifier
from app.hazards.printing import texts_of
from app.hazards.queries import VOID
from app.hazards.states import HazardState
from app.ledgers.reading import batched

_parties, _STATES = CaseParty.__table__, tuple(state.value for state in HazardState)
_COLUMNS = (Hazard.id, Hazard.number, Hazard.version, Hazard.state, Hazard.description, Hazard.happened_on,
            Rectifier.organization_id)


class Known(NamedTuple):
    """A recorded hazard as far as matching needs it; a draft has no number.

    `words`: its description squashed; `lead_id`: who rectifies.
    """

    id: int
    number: str | None
    version: int
    state: str
    description: str
    happened_on: dt.date
    lead_id: int
    words: str


class Records:
    """The hazards that this session finds; `own`: the ids of the importer's unit and of those merged into it."""

    def __init__(self, session, own: tuple[int, ...]):
        self.session, self.own = session, own

    def by_number(self, numbers: set[str]) -> dict[str, Known]:
        return {k.number: k for k in self._known(Hazard.number, numbers)}

    def _known(self, column, values: Iterable) -> list[Known]:
        statement = sa.select(*_COLUMNS).join(
            Rectifier, sa.and_(Rectifier.case_id == Hazard.id, Rectifier.position == 0)
        )
        return [
            Known(*row, squash(row.description))
            for some in batched(values) for row in self.session.execute(statement.where(column.in_(some))).all()
        ]

    def near(self, rows: list[dict]) -> dict[tuple[int, dt.date], list[Known]]:
        """Hazards by `(leading rectifying unit, day of inspection)` of the rows; void ones behind the others.

        Of the unit's drafts, which an export prints without a number, only those in the very words of a row.
        """
        leads = {row["rectifiers"][0][0] for row in rows if row["rectifiers"]}
        days = {row["happened_on"] for row in rows if row["happened_on"]}
        if not leads or not days:
            return {}
        ids: list[int] = []
        for some in batched(sorted(leads)):  # by the parties' index of days, which goes by states; words have none
            ids += self.session.execute(
                sa.select(_parties.c.case_id).where(
                    _parties.c.organization_id.in_(some), _parties.c.kind == "hazard", _parties.c.state.in_(_STATES),
                    _parties.c.happened_on.between(min(days), max(days)), _parties.c.role == "rectifying",
                )
            ).scalars()
        drafts = self._drafts({squash(row["description"] or "") for row in rows})
        found: dict[tuple[int, dt.date], list[Known]] = {}
        for known in sorted(self._known(Hazard.id, ids) + drafts, key=lambda k: (k.state in VOID, k.id)):
            if known.happened_on in days:
                found.setdefault((known.lead_id, known.happened_on), []).append(known)
        return found

    def _drafts(self, said: set[str]) -> list[Known]:
        ids = self.session.execute(
            sa.select(_parties.c.case_id).where(
                _parties.c.organization_id.in_(self.own), _parties.c.kind == "hazard",
                _parties.c.state == HazardState.REGISTERED.value, _parties.c.role == "filing",
            )
        ).scalars()
        return [known for known in self._known(Hazard.id, list(ids)) if known.words in said]

    def texts(self, ids: set[int]) -> dict[int, dict[str, str]]:
        return texts_of(self.session, sorted(ids))

    def whole(self, ids: set[int]) -> dict[int, Hazard]:
        """The hazards with their rounds, by id."""
        return {
            hazard.id: hazard
            for some in batched(sorted(ids))
            for hazard in self.session.scalars(
                sa.select(Hazard).where(Hazard.id.in_(some)).options(joinedload(Hazard.rounds))
            ).unique()
        }
