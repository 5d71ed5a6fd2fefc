"""A unit's whole ladder: what it let slip, what was said to it, what it answered, as one line of events in time.

Only what the reader may see: cases, entries and proposals are read through the scope. What went by in order is left
out: a case stands here once its day passed, or somebody chased it, sent it back or wrote a letter.
"""
from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from app.access.hats import merged_ids
from app.casework.cases import Case, CaseParty
from app.casework.history import TimelineEntry
from app.escalation.models import Proposal
from app.escalation.reading import Line, lines
from app.nouns import BY_KIND
from app.organization.models import Organization
from app.organization.settings import values

OWES = {  # kind: the party that owes it
    "task_share": ("responsible",), "hazard": ("rectifying",), "ledger_submission": ("filing",),
    "delivery": ("recipient",),
}
SLIPS = ("chase", "reject", "fail_recheck", "reopen", "return", "send_back")
EVERYDAY = ("register", "import", "submit", "issue", "open", "acknowledge")  # how it began; of a letter that is told
TOLD = (*SLIPS, "approve_extension", "follow_up")  # besides what changes the state
STOPS = ("claimed_on", "submitted_on", "replied_on")
NEWEST, MOST = 200, 400  # cases of each kind that are looked at; events shown
BEGINNING = dt.datetime.min.replace(tzinfo=dt.UTC)
_parties = CaseParty.__table__


@dataclass(frozen=True)
class Event:
    """`look`: over, back, done or nothing; `about`: the case, `line`: the proposal."""

    day: dt.date
    title: str
    text: str = ""
    about: Case | None = None
    line: Line | None = None
    look: str = ""
    at: dt.datetime = BEGINNING  # when it was recorded: the order within a day, which begins with what it was due for


@dataclass(frozen=True)
class Ladder:
    """`events` from the first to the last; `more`: whether older ones are left out. `counts` by word."""

    events: list[Event]
    more: bool
    numbers: dict[int, str]
    counts: dict[str, int]


def unit_or_none(session, unit_id: int) -> Organization | None:
    """A unit or an enterprise of the reader's directory."""
    return session.get(Organization, unit_id)


def ladder(session, hat, unit: Organization, today: dt.date) -> Ladder:
    """Seven statements, however much there is."""
    own = merged_ids(session, [unit.id])[unit.id]
    cases = {case.id: case for case in _owed(session, own)}
    entries = defaultdict(list)
    for entry in _entries(session, cases):
        entries[entry.case_id].append(entry)
    slipped = {i: case for i, case in cases.items() if _slipped(case, entries[i], today)}
    events = [event for i, case in slipped.items() for event in _of_case(case, entries[i], today)]
    proposed = _proposed(session, hat, own, today)
    events += [_of_proposal(line) for line in proposed]
    events.sort(key=lambda event: (event.day, event.at))
    return Ladder(events[-MOST:], len(events) > MOST, _numbers(session, slipped.values()), {
        "over": sum(_is_over(case, today) for case in slipped.values()),
        "chases": sum(entry.verb == "chase" for i in slipped for entry in entries[i]),
        "letters": sum(case.kind == "delivery" for case in slipped.values()),
        "open": sum(line.proposal.state in ("open", "postponed") for line in proposed),
    })


def _owed(session, own: tuple[int, ...]) -> list[Case]:
    """The newest cases of each kind that the unit owes, as the reader finds them."""
    arms = [
        sa.select(sa.select(_parties.c.case_id).distinct().where(
            _parties.c.organization_id.in_(own), _parties.c.kind == kind, _parties.c.role.in_(roles),
        ).order_by(_parties.c.case_id.desc()).limit(NEWEST).subquery(kind).c.case_id)
        for kind, roles in OWES.items()
    ]
    found = list(session.scalars(sa.union_all(*arms)))
    every = sa.orm.with_polymorphic(Case, [BY_KIND[kind].noun.model for kind in OWES])
    return list(session.scalars(sa.select(every).where(every.id.in_(found), every.issued.is_(True))
                                .options(sa.orm.lazyload("*"))))


def _entries(session, cases: Iterable[int]) -> list[TimelineEntry]:
    return list(session.scalars(
        sa.select(TimelineEntry).where(
            TimelineEntry.case_id.in_(list(cases)),
            sa.or_(TimelineEntry.to_state.is_not(None), TimelineEntry.verb.in_(TOLD)),
        ).order_by(TimelineEntry.id)
    ))


def _proposed(session, hat, own: tuple[int, ...], today: dt.date) -> list[Line]:
    rows = session.scalars(sa.select(Proposal).where(Proposal.recipient_id.in_(own)).order_by(Proposal.id.desc())
                           .limit(NEWEST)).all()
    return lines(session, reversed(rows), today, values(session, hat.county_id, today), so_far=False)


def _numbers(session, cases: Iterable[Case]) -> dict[int, str]:
    """What each case goes by; a share goes by its head's number."""
    cases = list(cases)
    heads = dict(session.execute(sa.select(Case.id, Case.number).where(
        Case.id.in_({case.head_id for case in cases if case.head_id}))).all())
    return {case.id: case.number or heads.get(case.head_id) or "" for case in cases}


def _done_on(case: Case) -> dt.date | None:
    """The day that stopped the clock: claimed, submitted, answered; else the day of its end."""
    return next((day for name in STOPS if (day := getattr(case, name, None))), case.closed_on)


def _is_over(case: Case, today: dt.date) -> bool:
    return case.due is not None and _done_on(case) is None and case.due < today


def _was_late(case: Case, today: dt.date) -> bool:
    return case.due is not None and case.due < (_done_on(case) or today)


def _slipped(case: Case, entries: list[TimelineEntry], today: dt.date) -> bool:
    return case.kind == "delivery" or _was_late(case, today) or any(entry.verb in SLIPS for entry in entries)


def _of_case(case: Case, entries: list[TimelineEntry], today: dt.date) -> list[Event]:
    room = BY_KIND.get(case.kind)
    if room is None:
        return []
    titles = {**getattr(room.wording, "ENTRY_TITLES", {}), **{n: v.title for n, v in room.noun.verbs.items()}}
    found = [
        Event(entry.occurred_on, str(titles.get(entry.verb, room.desk.title)), entry.comment or "", case,
              look="back" if entry.verb in SLIPS else "done" if case.closed_on == entry.occurred_on and entry.to_state
              else "", at=entry.recorded_at)
        for entry in entries if case.kind == "delivery" or entry.verb not in EVERYDAY
    ]
    if _was_late(case, today):
        done = _done_on(case)
        days = ((done or today) - case.due).days
        words = _("%(days)s days late in the end", days=days) if done else _(
            "not done, %(days)s days until today", days=days)
        found.append(Event(case.due, _("The day passed"), words, case, look="over"))
    return found


def _of_proposal(line: Line) -> Event:
    proposal, title = line.proposal, _("Proposal: %(measure)s", measure=line.measure.title)
    return Event(proposal.proposed_on, title, line.why, line=line, at=proposal.recorded_at)
