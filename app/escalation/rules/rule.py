"""What a rule is: the clause, what it looks for, what it proposes to whom, how it reads to a person.

`find` gives a SELECT over the tables as they stand, with an index behind it; the day and the office's numbers are
handed in. It names each fact once, at the step that it has reached.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.escalation.sql import facts as json_of
from app.escalation.states import Measure


@dataclass(frozen=True)
class Parameters:
    """For whom a rule is asked: the county, its office, the settings that hold on the day."""

    county_id: int
    office_id: int
    settings: Mapping[str, object]

    def __getitem__(self, key: str):
        return self.settings[key]


@dataclass(frozen=True)
class Rung:
    """What is proposed once so many days have passed since the facts began, or so many times; `key`: the setting."""

    measure: Measure
    key: str | None = None  # None: at once

    def threshold(self, parameters: Parameters) -> int:
        return parameters[self.key] if self.key else 0


# What follows a measure that is the last rung of its rule.
FOLLOWS = {
    Measure.CHASE: _l("chased again and again, it is told at the regular meeting"),
    Measure.ADVISORY: _l("unanswered, a reminder letter is proposed"),
    Measure.REMINDER: _l("unanswered, a supervisory letter is proposed"),
    Measure.SUPERVISORY: _l("unanswered, an interview is proposed"),
    Measure.INTERVIEW: _l("not carried out, a warning card may follow"),
}


@dataclass(frozen=True)
class Rule:
    """`clause`: what the measure rests on, None where the office asks more than the text (`own_requirement`).

    `situation`: of 四（二）, for the letter. `rungs`, from the mildest: counted in days, or in times where `times`.
    `sentence` says why, in the words of who, title, days and the facts; `last`, what follows the last rung, if it is
    not what usually follows such a measure. `when`: the setting without which the rule finds nothing.
    """

    name: str
    clause: str | None
    title: object
    rungs: tuple[Rung, ...]
    find: Callable[[Rule, dt.date, Parameters], sa.Select]
    sentence: object
    last: object = ""
    situation: str | None = None
    own_requirement: object = None
    times: bool = False
    more: tuple[str, ...] = ()  # other settings that it asks
    when: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The settings that it goes by."""
        return tuple(dict.fromkeys([*filter(None, [self.when]), *(r.key for r in self.rungs if r.key), *self.more]))

    @property
    def after(self):
        """What follows the last rung."""
        return self.last or FOLLOWS[self.rungs[-1].measure]

    @property
    def basis(self) -> str:
        return self.clause or str(self.own_requirement)


NOBODY = sa.cast(sa.null(), sa.Integer)  # the subject of a rule that is about no one case
COLUMNS = ("subject_id", "proposer_id", "recipient_id", "since", "step", "measure", "reached", "facts")


def found(*, subject, proposer, recipient, since, step, measure, reached=None, **facts) -> sa.Select:
    """The columns of a find. `reached`: the day from which a chase counts as the one proposed; `facts`: columns."""
    columns = (subject, proposer, recipient, since, step, measure, since if reached is None else reached,
               json_of(**facts))
    return sa.select(*(column.label(name) for column, name in zip(columns, COLUMNS, strict=True)))


def number(value: int):
    """A number written into the statement, so that an expression of it is the same everywhere."""
    return sa.literal_column(str(int(value)))


def words(value: str):
    return sa.literal_column(f"'{value}'")


class Reached:
    """Which of a rule's rungs the facts have reached, in SQL. `conditions`: of each rung, from the mildest."""

    def __init__(self, rule: Rule, parameters: Parameters, conditions: list, step=None):
        self.rule, self.parameters, self.conditions = rule, parameters, conditions
        self.step = self._by_rung([number(n + 1) for n in range(len(conditions))]) if step is None else step

    def _by_rung(self, values: list):
        """The value of the highest rung reached."""
        ladder = zip(reversed(self.conditions), reversed(values), strict=True)
        return sa.case(*ladder, else_=values[0])

    @property
    def measure(self):
        return self._by_rung([words(rung.measure.value) for rung in self.rule.rungs])

    @property
    def threshold(self):
        return self._by_rung([number(rung.threshold(self.parameters)) for rung in self.rule.rungs])

    def proposer(self, unit, office_from: Measure = Measure.SUPERVISORY):
        """Who is nearest to it; from some measure on the county office."""
        return self._by_rung([nearest(rung.measure, unit, self.parameters, office_from) for rung in self.rule.rungs])


def nearest(measure: Measure, unit, parameters: Parameters, office_from: Measure = Measure.SUPERVISORY):
    """Whose a measure is, where `unit` is nearest to the facts."""
    return number(parameters.office_id) if measure.rung >= office_from.rung else unit


def by_days(rule: Rule, since, as_of: dt.date, parameters: Parameters) -> Reached:
    """The rungs that a day has reached."""
    days = [as_of - dt.timedelta(days=rung.threshold(parameters)) for rung in rule.rungs]
    return Reached(rule, parameters, [since <= day for day in days])


def last_day(rule: Rule, as_of: dt.date, parameters: Parameters) -> dt.date:
    """Facts that began later have not reached the first rung."""
    return as_of - dt.timedelta(days=min(rung.threshold(parameters) for rung in rule.rungs))


def by_times(rule: Rule, count, parameters: Parameters) -> Reached:
    """The rungs that a count has reached; each time more is worse, whether or not it reaches another rung."""
    least = fewest(rule, parameters)
    return Reached(rule, parameters, [count >= number(rung.threshold(parameters)) for rung in rule.rungs],
                   count - number(least - 1))


def fewest(rule: Rule, parameters: Parameters) -> int:
    return min(rung.threshold(parameters) for rung in rule.rungs)
