"""A proposal as a person reads it: one sentence with its facts, what would be sent, the next rung and when."""
from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.access.scope import labels
from app.casework.cases import Case
from app.casework.history import TimelineEntry
from app.escalation.models import Proposal
from app.escalation.rules import BY_NAME, Rule
from app.escalation.rules.letters import DEAD, NEXT
from app.escalation.states import LETTERS, WAITING, Measure
from app.letters.models import Letter, Trigger
from app.letters.shown import within_quotes
from app.letters.states import LetterType
from app.organization.models import Organization
from app.templating import month_day

NAMED = 3  # units that are told one by one
LADDER = tuple(measure for measure in Measure if measure is not Measure.NOTICE)
_units = Organization.__table__


@dataclass(frozen=True)
class Subject:
    """The case that a proposal is about, as its reader finds it; a share goes by its head's number."""

    id: int
    kind: str
    number: str
    title: str
    state: str


@dataclass(frozen=True)
class Done:
    """What was done about a case so far: chases, and `letters` that rest on it, `(id, words)`."""

    chases: int = 0
    chased_on: dt.date | None = None
    letters: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Line:
    """`day`: that on which the facts are told; `settings`: the office's numbers of today."""

    proposal: Proposal
    rule: Rule
    who: str
    by: str
    subject: Subject | None
    day: dt.date
    settings: Mapping[str, object]
    done: Done = Done()

    @property
    def measure(self) -> Measure:
        return Measure(self.proposal.measure)

    @property
    def days(self) -> int:
        return (self.day - self.proposal.since).days

    @property
    def words(self) -> dict:
        """What the sentence may say."""
        facts = self.proposal.facts
        letter = f"{LetterType(facts['type']).title}（{facts['number']}）" if "letter" in facts else ""
        return {
            "who": self.who, "title": within_quotes(self.subject.title) if self.subject else "", "days": self.days,
            "since": day_words(self.proposal.since, self.day), "window": self.settings["repeated_letters_days"],
            "letter": letter,
            **{name: facts.get(name) for name in ("percent", "times")},
            "late": _(", %(late)s of them not answered in time", late=facts["late"]) if facts.get("late") else "",
            "last": day_words(dt.date.fromisoformat(facts["last"]), self.day) if facts.get("last") else "",
        }

    @property
    def why(self) -> str:
        """The one sentence, plain."""
        return str(self.rule.sentence) % self.words

    @property
    def lead(self) -> Markup:
        """The same for the page: whom it concerns and how long in bold."""
        marked = {"who": Markup("<b>{}</b>").format(self.who),
                  "days": Markup('<span class="hot">{}</span>').format(self.days)}
        return Markup(str(self.rule.sentence)) % {**self.words, **marked}

    @property
    def suggestion(self) -> str:
        return suggestion(self.measure)

    @property
    def next(self) -> tuple[Measure | None, str]:
        """`(measure, words)` of what follows, and when."""
        return next_rung(self.rule, self.proposal, self.settings, self.days)

    @property
    def ladder(self) -> list[tuple[object, str]]:
        """`(title, class)` of every rung."""
        if self.measure is Measure.NOTICE:
            return []
        follows = self.next[0] or NEXT.get(self.measure)
        look = {self.measure: "now", follows: "next"}
        return [(one.title, look.get(one, "past" if one.rung < self.measure.rung else "")) for one in LADDER]


def day_words(day: dt.date, as_of: dt.date) -> str:
    """3月10日; with its year where that is not plain."""
    if day.year == as_of.year:
        return month_day(day)
    return _("%(month)s/%(day)s/%(year)s", year=day.year, month=day.month, day=day.day)


def suggestion(measure: Measure) -> str:
    if measure in LETTERS:
        return _("A %(letter)s is proposed.", letter=measure.title)
    return {Measure.CHASE: _("Chasing is proposed."), Measure.INTERVIEW: _("An interview is proposed."),
            Measure.NOTICE: _("Please attend to it.")}[measure]


def next_rung(rule: Rule, proposal: Proposal, settings: Mapping, days: int) -> tuple[Measure | None, str]:
    """The rung above the one reached, by days or times; after the last one the rule's own words."""
    reached = proposal.facts.get("times", 0) if rule.times else days
    for rung in rule.rungs[1:]:
        threshold = settings[rung.key]
        if threshold > reached:
            what = _("chasing again") if rung.measure is Measure.CHASE else rung.measure.title
            if rule.times:
                return rung.measure, _("after %(times)s times: %(what)s", times=threshold, what=what)
            day = proposal.since + dt.timedelta(days=threshold)
            return rung.measure, _("from %(day)s: %(what)s", day=month_day(day), what=what)
    return None, str(rule.after)


def lines(session, proposals: Iterable[Proposal], today: dt.date, settings: Mapping, so_far: bool = True) -> list[Line]:
    """The subjects and, `so_far`, what was done about them, through the scope; the names of all units: two or four
    statements.
    """
    proposals = list(proposals)
    about = sorted({one.subject_id for one in proposals if one.subject_id})
    subjects, done = subjects_of(session, about), done_about(session, about) if so_far else {}
    wanted = {unit for one in proposals for unit in (one.recipient_id, one.proposer_id, *one.facts.get("units", ()))}
    names = labels(session, _units, wanted)
    return [
        Line(one, BY_NAME[one.rule], recipients(one, names), names.get(one.proposer_id, ""),
             subjects.get(one.subject_id), told_on(one, today), settings, done.get(one.subject_id, Done()))
        for one in proposals if one.rule in BY_NAME
    ]


def told_on(proposal: Proposal, today: dt.date) -> dt.date:
    """What waits is told as of today; what was decided, as of then."""
    return today if proposal.state in WAITING else proposal.decided_on or proposal.proposed_on


def recipients(proposal: Proposal, names: Mapping[int, str]) -> str:
    """Whom it would be sent to: one unit, or those that the record names, or left to the drafter."""
    units = proposal.facts.get("units")
    if units is None or len(units) == 1:
        return names.get(proposal.recipient_id, "")
    if not units:
        return _("units to be chosen")
    if len(units) <= NAMED:
        return "、".join(names.get(unit, "") for unit in units)
    return ngettext("%(num)d unit", "%(num)d units", len(units))


def subjects_of(session, case_ids: list[int]) -> dict[int, Subject]:
    head = sa.orm.aliased(Case)
    rows = session.execute(
        sa.select(Case.id, Case.kind, sa.func.coalesce(Case.number, head.number, ""), Case.title, Case.state)
        .outerjoin(head, head.id == Case.head_id).where(Case.id.in_(case_ids))
    ) if case_ids else ()
    return {row[0]: Subject(*row) for row in rows}


def done_about(session, case_ids: list[int]) -> dict[int, Done]:
    """As far as the reader finds it."""
    if not case_ids:
        return {}
    chases = {row[0]: row[1:] for row in session.execute(
        sa.select(TimelineEntry.case_id, sa.func.count(), sa.func.max(TimelineEntry.occurred_on))
        .where(TimelineEntry.case_id.in_(case_ids), TimelineEntry.verb == "chase").group_by(TimelineEntry.case_id))}
    letters = defaultdict(list)
    for case_id, letter_id, type_, number in session.execute(
        sa.select(Trigger.shown_by_id, Letter.id, Letter.type, Letter.number).join(Letter, Letter.id == Trigger.case_id)
        .where(Trigger.shown_by_id.in_(case_ids), Letter.state.not_in(DEAD)).distinct().order_by(Letter.id)
    ):
        letters[case_id].append((letter_id, f"{LetterType(type_).title} {number or ''}".strip()))
    return {case_id: Done(*chases.get(case_id, (0, None)), tuple(letters[case_id])) for case_id in case_ids}
