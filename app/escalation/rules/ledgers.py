"""一（三）: ledgers filled in in time. Who has not is chased; a letter would be the office's own requirement."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.cases import Case
from app.escalation.rules.rule import Parameters, Rule, Rung, by_days, found, last_day, number
from app.escalation.sql import plus_days
from app.escalation.states import Measure as M
from app.submissions.models import Submission
from app.submissions.states import WANTING

_cases, _submissions = Case.__table__, Submission.__table__


def overdue(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    reached = by_days(rule, _cases.c.due_sort, as_of, parameters)
    return (
        found(subject=_cases.c.id, proposer=number(parameters.office_id), recipient=_submissions.c.unit_id,
              since=_cases.c.due_sort, step=reached.step, measure=reached.measure,
              reached=plus_days(_cases.c.due_sort, reached.threshold), month=_submissions.c.month,
              ledger=_submissions.c.ledger)
        .join_from(_cases, _submissions, _submissions.c.id == _cases.c.id)
        .where(_cases.c.county_id == parameters.county_id, _cases.c.kind == "ledger_submission",
               _cases.c.state.in_([state.value for state in WANTING]),
               _cases.c.due_sort <= last_day(rule, as_of, parameters))
    )


LATE = _l("%(who)s: “%(title)s” was to be submitted by %(since)s and is %(days)s days overdue.")
RULES = (
    Rule("ledger_overdue", "一（三）", _l("A ledger is not submitted"),
         (Rung(M.CHASE, "ledger_chase_days"), Rung(M.CHASE, "ledger_chase_again_days"),
          Rung(M.CHASE, "ledger_chase_last_days")), overdue, sentence=LATE),
    Rule("ledger_letter", None, _l("A letter on a ledger that is not submitted"),
         (Rung(M.REMINDER, "ledger_letter_days"),), overdue, sentence=LATE, when="letters_on_ledgers",
         own_requirement=_l("the office's requirement that ledgers be submitted in time")),
)
