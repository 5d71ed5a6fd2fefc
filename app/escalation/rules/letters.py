"""四（三）: who receives a letter signs for it, files its plan, reports in time. Whoever does not meets the next rung.

A delivery is what one recipient owes of a letter. The letter of the next rung is its issuer's, too: it names the one
before (`escalated_from_id`) and rests on its situations.
"""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.cases import Case
from app.deliveries.models import Delivery
from app.deliveries.states import WORKING_STATES, DeliveryState
from app.escalation.rules.rule import (
    NOBODY,
    Parameters,
    Rule,
    Rung,
    by_days,
    found,
    last_day,
    nearest,
    number,
    words,
)
from app.escalation.sql import plus_days
from app.escalation.states import LETTERS
from app.escalation.states import Measure as M
from app.letters.models import Letter, Trigger
from app.letters.states import LetterState, Situation

_cases, _deliveries, _letters, _triggers = (one.__table__ for one in (Case, Delivery, Letter, Trigger))
_heads = _cases.alias("heads")
DEAD = (LetterState.WITHDRAWN.value, LetterState.VOID.value, LetterState.DISCARDED.value)
OWED = tuple(state.value for state in WORKING_STATES)
FAULTS = tuple(one.value for one in (Situation.INSTRUCTION, Situation.NOT_RECTIFIED, Situation.TASK_SLIPS))  # 五（二）1
CLAUSE, INTERVIEW_CLAUSE = "四（三）", "五（二）1"
NEXT = {M.ADVISORY: M.REMINDER, M.REMINDER: M.SUPERVISORY, M.SUPERVISORY: M.INTERVIEW}


def resting_on() -> sa.Select:
    """`(case_id, day, rung)` of every letter that holds or is being written, and the cases that it rests on."""
    rung = sa.case({measure.value: number(measure.rung) for measure in LETTERS}, value=_letters.c.type)
    return (
        sa.select(_triggers.c.shown_by_id.label("case_id"), _cases.c.happened_on.label("day"), rung.label("rung"))
        .join_from(_triggers, _letters, _letters.c.id == _triggers.c.case_id)
        .join(_cases, _cases.c.id == _letters.c.id)
        .where(_triggers.c.shown_by_id.is_not(None), _cases.c.state.not_in(DEAD))
    )


def rests_on(case_id):
    """Whether such a letter rests on a case: for the few that are asked about one by one."""
    return (
        sa.exists().select_from(_triggers.join(_heads, _heads.c.id == _triggers.c.case_id))
        .where(_triggers.c.shown_by_id == case_id, _heads.c.state.not_in(DEAD)).correlate(case_id.table)
    )


def _escalated():
    """The letter of the next rung is there, for this recipient."""
    above, act, served = _letters.alias("above"), _cases.alias("act"), _deliveries.alias("served")
    case = _cases.alias("served_case")
    return (
        sa.exists().select_from(above.join(act, act.c.id == above.c.id).join(case, case.c.head_id == above.c.id)
                                .join(served, served.c.id == case.c.id))
        .where(above.c.escalated_from_id == _letters.c.id, act.c.state.not_in(DEAD),
               served.c.recipient_id == _deliveries.c.recipient_id)
        .correlate(_letters, _deliveries)
    )


def _served(parameters: Parameters, statement: sa.Select, *states: str) -> sa.Select:
    return (
        statement.join_from(_cases, _deliveries, _deliveries.c.id == _cases.c.id)
        .join(_heads, _heads.c.id == _cases.c.head_id).join(_letters, _letters.c.id == _heads.c.id)
        .where(_cases.c.county_id == parameters.county_id, _cases.c.kind == "delivery", _cases.c.state.in_(states))
    )


def _found(rule: Rule, as_of: dt.date, parameters: Parameters, since, **facts) -> sa.Select:
    reached = by_days(rule, since, as_of, parameters)
    return found(
        subject=_cases.c.id, proposer=reached.proposer(_cases.c.filed_by_id, M.INTERVIEW),
        recipient=_deliveries.c.recipient_id, since=since, step=reached.step, measure=reached.measure,
        reached=plus_days(since, reached.threshold), letter=_letters.c.id, type=_letters.c.type,
        number=_heads.c.number, **facts,
    )


def unsigned(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """Chased, then to be deemed served by somebody with evidence (domain handbook 2.3)."""
    since = _deliveries.c.served_on
    return _served(parameters, _found(rule, as_of, parameters, since), DeliveryState.SERVED.value).where(
        since <= last_day(rule, as_of, parameters))


def plan_late(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    since = _deliveries.c.plan_due
    return _served(parameters, _found(rule, as_of, parameters, since), DeliveryState.IN_HAND.value).where(
        since <= last_day(rule, as_of, parameters), _deliveries.c.planned_on.is_(None))


def unanswered(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """Of the letter's type that the rule is about: its name ends with it."""
    since, type_ = _deliveries.c.reply_due, rule.name.rpartition("_")[2]
    return _served(parameters, _found(rule, as_of, parameters, since), *OWED).where(
        _letters.c.type == type_, since <= last_day(rule, as_of, parameters), ~_escalated())


def rejected(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """The answer was sent back, each time."""
    type_, returns, measure = rule.name.rpartition("_")[2], _deliveries.c.returns, rule.rungs[0].measure
    statement = found(
        subject=_cases.c.id, proposer=nearest(measure, _cases.c.filed_by_id, parameters, M.INTERVIEW),
        recipient=_deliveries.c.recipient_id, since=_deliveries.c.served_on, step=returns,
        measure=words(measure.value), letter=_letters.c.id, type=_letters.c.type, number=_heads.c.number, times=returns,
    )
    return _served(parameters, statement, DeliveryState.RETURNED.value).where(
        _letters.c.type == type_, returns >= rule.rungs[0].threshold(parameters), ~_escalated())


def repeated(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """So many letters to one unit for what it did not carry out, within so many days. `step`: which letter it is."""
    first = as_of - dt.timedelta(days=parameters["repeated_letters_days"])
    faults = sa.exists().where(_triggers.c.case_id == _letters.c.id, _triggers.c.situation.in_(FAULTS))
    late = sa.and_(_deliveries.c.reply_due < as_of, sa.or_(_deliveries.c.replied_on.is_(None),
                                                           _deliveries.c.replied_on > _deliveries.c.reply_due))
    recent = (
        sa.select(_deliveries.c.recipient_id, sa.func.max(_deliveries.c.served_on).label("newest"),
                  sa.func.count().label("times"), sa.func.count(sa.case((late, 1))).label("late"))
        .join_from(_heads, _letters, _letters.c.id == _heads.c.id).join(_cases, _cases.c.head_id == _heads.c.id)
        .join(_deliveries, _deliveries.c.id == _cases.c.id)
        .where(_heads.c.county_id == parameters.county_id, _heads.c.kind == "letter", _heads.c.happened_on >= first,
               _heads.c.state.not_in(DEAD), _letters.c.type.in_([M.REMINDER.value, M.SUPERVISORY.value]), faults,
               _deliveries.c.served_on.between(first, as_of))
        .group_by(_deliveries.c.recipient_id).subquery("recent")
    )
    ever, case, head = _deliveries.alias("ever"), _cases.alias("ever_case"), _cases.alias("ever_head")
    which = (
        sa.select(sa.func.count()).select_from(ever).join(case, case.c.id == ever.c.id)
        .join(head, head.c.id == case.c.head_id)
        .where(ever.c.recipient_id == recent.c.recipient_id, ever.c.measure == "letter", ever.c.served_on <= as_of,
               head.c.state.not_in(DEAD)).scalar_subquery()
    )
    return found(
        subject=NOBODY, proposer=number(parameters.office_id), recipient=recent.c.recipient_id,
        since=recent.c.newest, step=which, measure=words(M.INTERVIEW.value), times=recent.c.times, late=recent.c.late,
    ).select_from(recent).where(recent.c.times >= parameters["repeated_letters_times"])


def _next_rung(type_: M) -> tuple[Rule, Rule]:
    """What follows a letter of a type that is not answered, and one whose answer was sent back."""
    measure = NEXT[type_]
    clause = INTERVIEW_CLAUSE if measure is M.INTERVIEW else CLAUSE
    return (
        Rule(f"unanswered_{type_.value}", clause, _UNANSWERED[type_],
             (Rung(M.CHASE, "letter_chase_days"), Rung(measure, "letter_next_rung_days")), unanswered,
             sentence=_l("%(who)s was to answer %(letter)s by %(since)s and is %(days)s days overdue.")),
        Rule(f"rejected_{type_.value}", clause, _REJECTED[type_], (Rung(measure, "letter_returned_times"),), rejected,
             times=True,
             sentence=_l("The answer of %(who)s to %(letter)s was sent back %(times)s times.")),
    )


_UNANSWERED = {
    M.ADVISORY: _l("An advisory letter is not answered"), M.REMINDER: _l("A reminder letter is not answered"),
    M.SUPERVISORY: _l("A supervisory letter is not answered"),
}
_REJECTED = {
    M.ADVISORY: _l("The answer to an advisory letter was sent back"),
    M.REMINDER: _l("The answer to a reminder letter was sent back"),
    M.SUPERVISORY: _l("The answer to a supervisory letter was sent back"),
}
RULES = (
    Rule("letter_unsigned", CLAUSE, _l("A letter is not signed for"),
         (Rung(M.CHASE, "letter_unsigned_days"), Rung(M.NOTICE, "letter_deemed_days")), unsigned,
         last=_l("left with a witness or deemed served, with evidence"),
         sentence=_l("%(who)s has not signed for %(letter)s for %(days)s days, since %(since)s.")),
    Rule("letter_plan_late", CLAUSE, _l("A rectification plan is not filed"), (Rung(M.CHASE, "letter_chase_days"),),
         plan_late, last=_l("unanswered, the next rung is proposed"),
         sentence=_l("%(who)s was to file its plan on %(letter)s by %(since)s and is %(days)s days overdue.")),
    *(rule for type_ in LETTERS for rule in _next_rung(type_)),
    Rule("letters_repeated", INTERVIEW_CLAUSE, _l("Several letters to one unit"), (Rung(M.INTERVIEW),), repeated,
         more=("repeated_letters_times", "repeated_letters_days"),
         sentence=_l("%(who)s received %(times)s reminder or supervisory letters within %(window)s "
                     "days%(late)s.")),
)
