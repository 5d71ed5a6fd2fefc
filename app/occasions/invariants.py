"""What must hold of an occasion: `parties.py`, said in SQL."""
from __future__ import annotations

import sqlalchemy as sa

from app.casework.cases import Case, CaseParty
from app.casework.invariants import N_, RESTORE, SETTLE, Rule
from app.occasions.models import Occasion
from app.occasions.states import TERMINAL_STATES, OccasionKind, OccasionState

_cases, _parties, _occasions = Case.__table__, CaseParty.__table__, Occasion.__table__


def _parties_differ() -> sa.Select:
    """Who recorded it, and nobody else."""
    p = _parties
    return sa.select(p.c.case_id).join(_cases, _cases.c.id == p.c.case_id).where(
        p.c.kind == "occasion", sa.or_(p.c.role != "filing", p.c.organization_id != _cases.c.filed_by_id))


def _turn_differs() -> sa.Select:
    c = _cases
    waits = sa.and_(c.c.state == OccasionState.OPEN, _occasions.c.type == OccasionKind.INSTRUCTION)
    return sa.select(c.c.id).join(_occasions, _occasions.c.id == c.c.id).where(
        sa.func.coalesce(c.c.turn_organization_id, 0) != sa.case((waits, c.c.filed_by_id), else_=0))


def _ended_differs() -> sa.Select:
    """An ended one has its day, an answered one its answer."""
    c, state = _cases, _cases.c.state
    return sa.select(c.c.id).join(_occasions, _occasions.c.id == c.c.id).where(sa.or_(
        state.in_(TERMINAL_STATES) != c.c.closed_on.is_not(None),
        (state == OccasionState.ANSWERED) != _occasions.c.answer.is_not(None)))


RULES = (
    Rule(N_("an occasion is its unit's alone"), _parties_differ, SETTLE),
    Rule(N_("an instruction that is not answered is its unit's turn"), _turn_differs, SETTLE),
    Rule(N_("an ended occasion has its day, an answered one its answer"), _ended_differs, RESTORE),
)
