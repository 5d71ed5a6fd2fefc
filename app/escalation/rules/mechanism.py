"""The mechanism itself: 有效期两年, until 2 December 2027."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.escalation.rules.rule import NOBODY, Parameters, Rule, Rung, found, number, words
from app.escalation.sql import the_day
from app.escalation.states import Measure as M
from app.organization.models import Organization

VALID_UNTIL = dt.date(2027, 12, 2)
_units = Organization.__table__


def runs_out(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """Some days before; once more when it has run out."""
    over = as_of > VALID_UNTIL
    warned = VALID_UNTIL - dt.timedelta(days=parameters[rule.more[0]])
    return found(
        subject=NOBODY, proposer=_units.c.id, recipient=_units.c.id, since=the_day(VALID_UNTIL),
        step=number(2 if over else 1), measure=words(M.NOTICE.value), kind=_units.c.kind,
    ).where(_units.c.id == parameters.office_id, sa.true() if as_of >= warned else sa.false())


RULES = (
    Rule("mechanism_ends", "十二（三）", _l("The mechanism runs out"), (Rung(M.NOTICE),), runs_out,
         more=("mechanism_warn_days",), last=_l("to be renewed or replaced by the county commission"),
         sentence=_l("The mechanism is in force for two years, until %(since)s.")),
)
