"""四（二）5: tasks not taken seriously, slow, overdue, poor. A share is what one unit owes of a task."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.cases import Case
from app.casework.history import TimelineEntry
from app.escalation.rules.rule import (
    Parameters,
    Rule,
    Rung,
    by_days,
    by_times,
    fewest,
    found,
    last_day,
)
from app.escalation.sql import plus_days, the_day
from app.escalation.states import Measure as M
from app.tasks.models import Share
from app.tasks.rules import quarter_start
from app.tasks.states import RUNNING_STATES, DueKind

_cases, _shares, _entries = Case.__table__, Share.__table__, TimelineEntry.__table__
CLAUSE, SITUATION = "四（二）5", "5"
RUNNING = tuple(state.value for state in RUNNING_STATES)


def _running(parameters: Parameters) -> tuple:
    """Shares whose clock runs: a claim stops it."""
    return (_cases.c.county_id == parameters.county_id, _cases.c.kind == "task_share", _cases.c.state.in_(RUNNING),
            _cases.c.issued.is_(True))


def overdue(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    reached = by_days(rule, _cases.c.due_sort, as_of, parameters)
    return (
        found(subject=_cases.c.id, proposer=reached.proposer(_cases.c.filed_by_id), recipient=_shares.c.unit_id,
              since=_cases.c.due_sort, step=reached.step, measure=reached.measure,
              reached=plus_days(_cases.c.due_sort, reached.threshold), percent=_shares.c.percent_claimed)
        .join_from(_cases, _shares, _shares.c.id == _cases.c.id)
        .where(*_running(parameters), _cases.c.due_sort <= last_day(rule, as_of, parameters))
    )


def silent(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """Nothing reported for so many days; of a standing one, so many days into a quarter. Overdue ones are another's."""
    standing = _shares.c.due_kind == DueKind.STANDING.value
    last = sa.func.coalesce(_shares.c.reported_on, _shares.c.acknowledged_on, _shares.c.issued_on)
    quarter = the_day(quarter_start(as_of))
    since = sa.case((sa.and_(standing, last < quarter), quarter), else_=last)
    reached = by_days(rule, since, as_of, parameters)
    return (
        found(subject=_cases.c.id, proposer=reached.proposer(_cases.c.filed_by_id), recipient=_shares.c.unit_id,
              since=since, step=reached.step, measure=reached.measure, reached=plus_days(since, reached.threshold),
              percent=_shares.c.percent_claimed)
        .join_from(_cases, _shares, _shares.c.id == _cases.c.id)
        .where(*_running(parameters), _cases.c.due_sort >= as_of, since <= last_day(rule, as_of, parameters),
               sa.or_(~standing, last < quarter))
    )


def sent_back(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """Claimed as done, and not: from the issuer's 退回, each time."""
    back = (
        sa.select(_entries.c.case_id, sa.func.count().label("times"),
                  sa.func.min(_entries.c.occurred_on).label("first"), sa.func.max(_entries.c.occurred_on).label("last"))
        .where(_entries.c.county_id == parameters.county_id, _entries.c.verb == "reject",
               _entries.c.occurred_on <= as_of)
        .group_by(_entries.c.case_id).subquery("back")
    )
    reached = by_times(rule, back.c.times, parameters)
    return (
        found(subject=_cases.c.id, proposer=reached.proposer(_cases.c.filed_by_id), recipient=_shares.c.unit_id,
              since=back.c.first, step=reached.step, measure=reached.measure, times=back.c.times, last=back.c.last)
        .join_from(back, _cases, _cases.c.id == back.c.case_id).join(_shares, _shares.c.id == _cases.c.id)
        .where(*_running(parameters), back.c.times >= fewest(rule, parameters))
    )


RULES = (
    Rule("task_overdue", CLAUSE, _l("A task is overdue"),
         (Rung(M.CHASE, "task_chase_days"), Rung(M.REMINDER, "task_reminder_days"),
          Rung(M.SUPERVISORY, "task_supervisory_days")), overdue, situation=SITUATION,
         sentence=_l("%(who)s: “%(title)s” was due on %(since)s and is %(days)s days overdue; %(percent)s%% is "
                     "reported.")),
    Rule("task_silent", CLAUSE, _l("Progress of a task is not reported"),
         (Rung(M.CHASE, "silent_chase_days"), Rung(M.REMINDER, "silent_reminder_days")), silent, situation=SITUATION,
         sentence=_l("%(who)s has reported no progress of “%(title)s” for %(days)s days, since %(since)s.")),
    Rule("task_sent_back", CLAUSE, _l("A task reported as done was sent back"),
         (Rung(M.REMINDER, "sent_back_reminder_times"), Rung(M.SUPERVISORY, "sent_back_supervisory_times")), sent_back,
         situation=SITUATION, times=True,
         sentence=_l("%(who)s reported “%(title)s” as done and it was sent back %(times)s times, last on %(last)s.")),
)
