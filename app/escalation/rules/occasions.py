"""四（二）1、3、6: a leader's instruction, an accident elsewhere, bad weather. Recorded; the letter is what follows.

The units that it concerns stand in the record, and the drafter has the last word: one letter to them all, so one
proposal. It names the unit where there is one only, else the county.
"""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.cases import Case
from app.escalation.rules.letters import rests_on
from app.escalation.rules.rule import Parameters, Rule, Rung, found, number, words
from app.escalation.sql import first_number, how_many
from app.escalation.states import Measure as M
from app.occasions.models import Occasion
from app.occasions.states import OccasionKind, OccasionState

_cases, _occasions = Case.__table__, Occasion.__table__


def _open(parameters: Parameters, kind: OccasionKind, measure: M, since, **facts) -> sa.Select:
    units = _occasions.c.unit_ids
    one = sa.case((how_many(units) == 1, first_number(units)), else_=number(parameters.county_id))
    return (
        found(subject=_cases.c.id, proposer=_cases.c.filed_by_id, recipient=one, since=since, step=number(1),
              measure=words(measure.value), units=units, industry=_occasions.c.industry_id, **facts)
        .join_from(_cases, _occasions, _occasions.c.id == _cases.c.id)
        .where(_cases.c.county_id == parameters.county_id, _cases.c.kind == "occasion",
               _cases.c.state == OccasionState.OPEN.value, _occasions.c.type == kind.value)
    )


def no_letter(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """Nothing was sent on an instruction."""
    day = as_of - dt.timedelta(days=rule.rungs[0].threshold(parameters))
    return _open(parameters, OccasionKind.INSTRUCTION, M.SUPERVISORY, _cases.c.happened_on).where(
        _cases.c.happened_on <= day, ~rests_on(_cases.c.id))


def unanswered(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """Sent on, and still not answered when it was due; a letter after that day is the one proposed."""
    day = as_of - dt.timedelta(days=rule.rungs[0].threshold(parameters))
    return _open(parameters, OccasionKind.INSTRUCTION, M.SUPERVISORY, _cases.c.due).where(
        _cases.c.due <= day, rests_on(_cases.c.id))


def _recent(kind: OccasionKind):
    def find(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
        """No letter says it yet, and it is no longer ago than what it warns of."""
        (key,) = rule.more
        return _open(parameters, kind, M.ADVISORY, _cases.c.happened_on, weather=_occasions.c.weather,
                     level=_occasions.c.weather_level).where(
            _cases.c.happened_on.between(as_of - dt.timedelta(days=parameters[key]), as_of))

    return find


RULES = (
    Rule("instruction_unsent", "四（二）1", _l("A leader's instruction without a letter"),
         (Rung(M.SUPERVISORY, "instruction_letter_days"),), no_letter, situation="1",
         sentence=_l("No letter has followed the instruction “%(title)s” of %(since)s for %(days)s days.")),
    Rule("instruction_unanswered", "四（二）1", _l("A leader's instruction is not answered"),
         (Rung(M.SUPERVISORY, "instruction_overdue_days"),), unanswered, situation="1",
         sentence=_l("The instruction “%(title)s” was to be answered by %(since)s and is %(days)s days overdue.")),
    Rule("accident_elsewhere", "四（二）3", _l("An accident elsewhere"), (Rung(M.ADVISORY),),
         _recent(OccasionKind.ELSEWHERE), situation="3", more=("elsewhere_days",), last=_l("no reply is asked for"),
         sentence=_l("“%(title)s” happened on %(since)s; those of its kind should take the lesson.")),
    Rule("bad_weather", "四（二）6", _l("A weather warning"), (Rung(M.ADVISORY),), _recent(OccasionKind.WEATHER),
         situation="6", more=("weather_days",), last=_l("no reply is asked for"),
         sentence=_l("“%(title)s” of %(since)s may affect safety.")),
)
