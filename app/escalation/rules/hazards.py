"""四（二）4: what was fed back and is not, falsely or only partly rectified; the others are chased, 一（三）.

And which of them come up for an interview, 五（二）2、3.
"""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.cases import Case
from app.escalation.rules.rule import (
    Parameters,
    Reached,
    Rule,
    Rung,
    by_days,
    by_times,
    fewest,
    found,
    last_day,
    number,
    words,
)
from app.escalation.sql import plus_days
from app.escalation.states import Measure as M
from app.hazards.models import Hazard, Rectifier, Round
from app.hazards.states import HazardState, Level, Source
from app.organization.models import EnterpriseRegulator

_cases, _hazards, _rectifiers, _rounds = (one.__table__ for one in (Case, Hazard, Rectifier, Round))
_regulators = EnterpriseRegulator.__table__
SITUATION, FED_BACK_CLAUSE = "4", "四（二）4"
FED_BACK = (Source.OVERSIGHT.value, Source.ASSISTANCE.value, Source.ASSESSMENT.value)  # 督导检查考核反馈
OPEN = (HazardState.RECTIFYING.value, HazardState.AWAITING_RECHECK.value)


def _in_hand(parameters: Parameters, *states: str) -> tuple:
    return (_cases.c.county_id == parameters.county_id, _cases.c.kind == "hazard", _cases.c.state.in_(states),
            _cases.c.issued.is_(True))


def _with_lead(statement: sa.Select) -> sa.Select:
    """To the leading rectifying unit."""
    return statement.join_from(_cases, _hazards, _hazards.c.id == _cases.c.id).join(
        _rectifiers, sa.and_(_rectifiers.c.case_id == _cases.c.id, _rectifiers.c.position == 0))


def _overdue(rule: Rule, as_of: dt.date, parameters: Parameters, reached: Reached, proposer, *which) -> sa.Select:
    """A claim stops the clock: only those to be rectified are late."""
    return _with_lead(found(
        subject=_cases.c.id, proposer=proposer, recipient=_rectifiers.c.organization_id, since=_cases.c.due_sort,
        step=reached.step, measure=reached.measure, reached=plus_days(_cases.c.due_sort, reached.threshold),
        level=_hazards.c.level, round=_hazards.c.round_number,
    )).where(*_in_hand(parameters, HazardState.RECTIFYING.value),
             _cases.c.due_sort <= last_day(rule, as_of, parameters), *which)


def not_rectified(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    reached = by_days(rule, _cases.c.due_sort, as_of, parameters)
    return _overdue(rule, as_of, parameters, reached, reached.proposer(_hazards.c.inspecting_unit_id),
                    _hazards.c.source.in_(FED_BACK))


def partly(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """So many rechecks found it wanting."""
    failed = (
        sa.select(_rounds.c.case_id, sa.func.count().label("times"), sa.func.min(_rounds.c.rechecked_on).label("first"),
                  sa.func.max(_rounds.c.rechecked_on).label("last"))
        .where(_rounds.c.passed.is_(False), _rounds.c.rechecked_on <= as_of)
        .group_by(_rounds.c.case_id).subquery("failed")
    )
    reached = by_times(rule, failed.c.times, parameters)
    return _with_lead(found(
        subject=_cases.c.id, proposer=reached.proposer(_hazards.c.inspecting_unit_id),
        recipient=_rectifiers.c.organization_id, since=failed.c.first, step=reached.step, measure=reached.measure,
        level=_hazards.c.level, times=failed.c.times, last=failed.c.last,
    )).join(failed, failed.c.case_id == _cases.c.id).where(
        *_in_hand(parameters, *OPEN), _hazards.c.source.in_(FED_BACK), failed.c.times >= fewest(rule, parameters))


def falsely(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """假整改: a later look found it so. The county office's at once."""
    return _with_lead(found(
        subject=_cases.c.id, proposer=number(parameters.office_id), recipient=_rectifiers.c.organization_id,
        since=_hazards.c.fake_found_on, step=number(1), measure=words(M.SUPERVISORY.value), level=_hazards.c.level,
    )).where(*_in_hand(parameters, *OPEN), _hazards.c.source.in_(FED_BACK), _hazards.c.fake_found_on <= as_of)


def _chaser():
    """Who presses. What an enterprise reported itself: its daily regulator, 八（一）, else its township; all else: who
    inspected.
    """
    daily = (
        sa.select(sa.func.min(_regulators.c.organization_id))
        .where(_regulators.c.enterprise_id == _hazards.c.enterprise_id, _regulators.c.is_daily.is_(True))
        .scalar_subquery()
    )
    own = _hazards.c.source == Source.SELF_REPORT.value
    return sa.case((own, sa.func.coalesce(daily, _hazards.c.territory_id, _hazards.c.recheck_unit_id)),
                   else_=_hazards.c.inspecting_unit_id)


def of_other_source(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    reached = by_days(rule, _cases.c.due_sort, as_of, parameters)
    return _overdue(rule, as_of, parameters, reached, _chaser(), _hazards.c.source.not_in(FED_BACK))


def letter_on_other_source(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """Only where the office widened the rule; the letter then names its own requirement."""
    reached = by_days(rule, _cases.c.due_sort, as_of, parameters)
    return _overdue(rule, as_of, parameters, reached, reached.proposer(_chaser()),
                    _hazards.c.source.not_in(FED_BACK))


def major(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """五（二）2, whatever its source."""
    reached = by_days(rule, _cases.c.due_sort, as_of, parameters)
    return _overdue(rule, as_of, parameters, reached, number(parameters.office_id),
                    _hazards.c.level == Level.MAJOR.value)


def weakly(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """五（二）3: where no letter was to be sent; the road of the others leads through their letters."""
    reached = by_days(rule, _cases.c.due_sort, as_of, parameters)
    return _overdue(rule, as_of, parameters, reached, number(parameters.office_id),
                    _hazards.c.level != Level.MAJOR.value, _hazards.c.source.not_in(FED_BACK))


LATE = _l("%(who)s: “%(title)s” was to be rectified by %(since)s and is %(days)s days overdue.")
RULES = (
    Rule("hazard_fake", FED_BACK_CLAUSE, _l("A hazard was rectified falsely"), (Rung(M.SUPERVISORY),), falsely,
         situation=SITUATION,
         sentence=_l("%(who)s: “%(title)s” was found on %(since)s to have been rectified falsely.")),
    Rule("hazard_partly", FED_BACK_CLAUSE, _l("A hazard is only partly rectified"),
         (Rung(M.SUPERVISORY, "failed_recheck_times"),), partly, situation=SITUATION, times=True,
         sentence=_l("%(who)s: “%(title)s” failed %(times)s rechecks, the last on %(last)s.")),
    Rule("hazard_overdue", FED_BACK_CLAUSE, _l("A hazard fed back is overdue"),
         (Rung(M.CHASE, "hazard_chase_days"), Rung(M.REMINDER, "hazard_reminder_days"),
          Rung(M.SUPERVISORY, "hazard_supervisory_days")), not_rectified, situation=SITUATION,
         sentence=LATE),
    Rule("hazard_other", "一（三）", _l("A hazard of another source is overdue"),
         (Rung(M.CHASE, "hazard_chase_days"), Rung(M.CHASE, "other_chase_again_days"),
          Rung(M.CHASE, "other_chase_last_days")), of_other_source, sentence=LATE,
         last=_l("overdue much longer, an interview is proposed")),
    Rule("hazard_other_letter", None, _l("A letter on an overdue hazard of another source"),
         (Rung(M.REMINDER, "hazard_reminder_days"), Rung(M.SUPERVISORY, "hazard_supervisory_days")),
         letter_on_other_source, sentence=LATE, when="letters_on_other_hazards",
         own_requirement=_l("the office's requirement that hazards be rectified in time")),
    Rule("hazard_major", "五（二）2", _l("A major hazard is not rectified as required"),
         (Rung(M.INTERVIEW, "major_interview_days"),), major,
         sentence=_l("%(who)s: the major hazard “%(title)s” was to be rectified by %(since)s and is %(days)s days "
                     "overdue.")),
    Rule("hazard_weakly", "五（二）3", _l("A hazard is long overdue"), (Rung(M.INTERVIEW, "hazard_interview_days"),),
         weakly, sentence=LATE),
)
