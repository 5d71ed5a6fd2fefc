"""What must hold between a submission, its freezes, its turn and its parties, said in SQL."""
from __future__ import annotations

import sqlalchemy as sa

from app.casework.attachments import Attachment
from app.casework.cases import Case, CaseParty
from app.casework.invariants import RESTORE, SETTLE, Rule
from app.exchange.messages import N_
from app.submissions.models import Freeze, Submission
from app.submissions.states import HANDED_IN, TERMINAL_STATES, WANTING, SubmissionState

_cases, _submissions, _parties = Case.__table__, Submission.__table__, CaseParty.__table__
_freezes, _files = Freeze.__table__, Attachment.__table__
KIND = "ledger_submission"
_all = sa.select(_cases.c.id).join(_submissions, _submissions.c.id == _cases.c.id)


def _parties_differ() -> sa.Select:
    """The unit is the one party."""
    p, s = _parties, _submissions
    other = sa.exists().where(p.c.case_id == s.c.id, sa.or_(p.c.organization_id != s.c.unit_id, p.c.role != "filing"))
    own = sa.exists().where(p.c.case_id == s.c.id, p.c.organization_id == s.c.unit_id, p.c.role == "filing")
    return sa.select(s.c.id).where(sa.or_(other, ~own))


def _turn_differs() -> sa.Select:
    c = _cases.c
    role = sa.case((c.state.in_(WANTING), "clerk"), (c.state == SubmissionState.SUBMITTED, "reviewer"), else_="")
    unit = sa.case((role == "", 0), else_=_submissions.c.unit_id)
    return _all.where(sa.or_(sa.func.coalesce(c.turn_role, "") != role,
                             sa.func.coalesce(c.turn_organization_id, 0) != unit))


def _freezes_differ() -> sa.Select:
    """Freezes 1 … n without gap; a month that is handed in repeats the last one, any other none."""
    s, last = _submissions, _freezes.alias("last")
    newest = sa.select(sa.func.max(_freezes.c.number)).where(_freezes.c.case_id == s.c.id).scalar_subquery()
    count = sa.select(sa.func.count()).where(_freezes.c.case_id == s.c.id).scalar_subquery()
    handed_in = _cases.c.state.in_(HANDED_IN)
    return _all.outerjoin(last, sa.and_(last.c.case_id == s.c.id, last.c.number == newest)).where(sa.or_(
        sa.func.coalesce(newest, 0) != count,
        handed_in != s.c.recorded_until.is_not(None),
        sa.and_(handed_in, sa.or_(last.c.id.is_(None), last.c.recorded_until != s.c.recorded_until,
                                  last.c.nil != s.c.nil)),
    ))


def _files_differ() -> sa.Select:
    """The workbook of each freeze is a file of the case."""
    f, a = _freezes.c, _files.c
    there = sa.exists().where(a.case_id == f.case_id, a.part_id == f.id, a.sha256 == f.sha256)
    return sa.select(f.case_id).where(~there)


def _ended_differs() -> sa.Select:
    return _all.where(_cases.c.state.in_(TERMINAL_STATES) != _cases.c.closed_on.is_not(None))


RULES = (
    Rule(N_("the one party of a submission is its unit"), _parties_differ, SETTLE),
    Rule(N_("it is the turn of who must submit or review"), _turn_differs, SETTLE),
    Rule(N_("a submitted month repeats its last freeze, and freezes have no gap"), _freezes_differ, RESTORE),
    Rule(N_("each freeze has its workbook"), _files_differ, RESTORE),
    Rule(N_("an ended submission has its day, an open one none"), _ended_differs, RESTORE),
)
