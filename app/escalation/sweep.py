"""The daily sweep: what every rule finds becomes a proposal, once; what is gone closes itself. Set-based throughout.

One transaction a rule and county: killed anywhere, the next run does what is missing; two at once wait for each
other. What a rule finds is put aside in a temporary table, so that it is looked for once. A fact meets the unique
key: NOT EXISTS would fall into a nested loop on PostgreSQL.

Whatever is done in the product leaves an entry in the log. A rule that asks the same as last time, while no entry has
come since, would find the same: it does not look.
"""
from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from app.casework.cases import Case
from app.casework.columns import insert_into, utcnow
from app.casework.history import TimelineEntry
from app.casework.unit_of_work import unit_of_work
from app.escalation.models import LastSweep, Proposal
from app.escalation.rules import RULES, Parameters, Rule
from app.escalation.rules.letters import DEAD, resting_on
from app.escalation.rules.rule import number, words
from app.escalation.states import LETTERS, WAITING, Measure, ProposalState
from app.organization.models import Organization
from app.organization.settings import values

_units, _cases, _entries, _proposals, _last = (
    one.__table__ for one in (Organization, Case, TimelineEntry, Proposal, LastSweep))
WAITS = tuple(state.value for state in WAITING)
KEY = ("subject_key", "recipient_id", "since", "step")
# What a rule finds, for the length of a transaction.
FOUND = sa.Table(
    "proposals_found", sa.MetaData(), *(sa.Column(name, sa.Integer) for name in (
        "subject_id", "subject_key", "proposer_id", "recipient_id")),
    sa.Column("since", sa.Date), sa.Column("step", sa.Integer), sa.Column("measure", sa.String(12)),
    sa.Column("facts", sa.JSON), prefixes=["TEMPORARY"],
)
_CREATE, _DROP = CreateTable(FOUND), sa.text("DROP TABLE proposals_found")
# Whatever the planner believes of a table that it has never seen, and from whichever side it comes.
_INDEX = sa.text("CREATE INDEX proposals_found_key ON proposals_found (subject_key, recipient_id, since, step)")
_ANALYZE = sa.text("ANALYZE proposals_found")
_worse = _proposals.alias("worse")
PUT = (*KEY, "county_id", "rule", "subject_id", "proposer_id", "measure", "facts", "state", "proposed_on",
       "recorded_at", "version")


@dataclass
class Swept:
    """What a sweep did, of one rule or of all."""

    new: int = 0
    again: int = 0
    cured: int = 0
    superseded: int = 0

    def __iadd__(self, other: Swept) -> Swept:
        self.new, self.again = self.new + other.new, self.again + other.again
        self.cured, self.superseded = self.cured + other.cured, self.superseded + other.superseded
        return self


def counties(session, as_of: dt.date) -> Iterator[Parameters]:
    """Every county that has an office, with the settings that hold on the day."""
    rows = session.execute(
        sa.select(_units.c.county_id, sa.func.min(_units.c.id)).where(_units.c.kind == "county_office")
        .group_by(_units.c.county_id).order_by(_units.c.county_id)
    ).all()
    for county_id, office_id in rows:
        yield Parameters(county_id, office_id, values(session, county_id, as_of))


def sweep(session, as_of: dt.date, rules: Iterable[Rule] = RULES, anew: bool = False) -> dict[int, Swept]:
    """`{county: what was done}`. `session` sees all. As often as one likes; a day that was missed is made up for.

    `anew`: look even where nothing was done since the last time.
    """
    done: dict[int, Swept] = {}
    for parameters in [*counties(session, as_of)]:
        swept = done.setdefault(parameters.county_id, Swept())
        for rule in rules:
            with unit_of_work(session):
                swept += sweep_rule(session, rule, as_of, parameters, anew)
        with unit_of_work(session):
            wake(session, as_of, parameters.county_id)
    return done


def sweep_rule(session, rule: Rule, as_of: dt.date, parameters: Parameters, anew: bool = False) -> Swept:
    """One rule of one county, within the caller's unit of work. Where nothing is found nor waits, that is all."""
    session.execute(sa.select(_units.c.id).where(_units.c.id == parameters.county_id).with_for_update())
    swept, looked_for = Swept(), finding(rule, as_of, parameters)
    if not _is_new(session, rule, parameters, looked_for) and not anew:
        return swept
    with put_aside(session, looked_for) as count:
        if count:
            swept.new = _insert(session, rule, as_of, parameters)
        if count and swept.new < count:  # else all of it is new
            swept.again = _reopen(session, rule, as_of, parameters)
            _refresh(session, rule, parameters)
        waiting = _waiting(session, rule, parameters)
        if waiting:
            swept.superseded = _supersede(session, rule, as_of, parameters)
        if waiting > swept.new:  # else all that waits was found just now
            swept.cured = _cure(session, rule, as_of, parameters)
    return swept


# The newest entries of the log: which, and how many. One that was recorded before others and committed after them
# pushes another out. A thousand are more than are under way at once; what a long import wrote is seen the next day.
_NEWEST = sa.select(_entries.c.id).order_by(_entries.c.id.desc()).limit(1000).subquery()
_LOG = sa.select(sa.func.max(_NEWEST.c.id), sa.func.sum(_NEWEST.c.id))


def _is_new(session, rule: Rule, parameters: Parameters, looked_for: sa.Select) -> bool:
    """Whether the question or the log differs from last time's; kept for the next time. Read before the facts are."""
    question = looked_for.compile(dialect=session.connection().dialect)
    told = (str(question), sorted(question.params.items()), *session.execute(_LOG).one())
    asked = hashlib.sha256(repr(told).encode()).hexdigest()
    into = insert_into(session, _last).values(county_id=parameters.county_id, rule=rule.name, asked=asked)
    return _rows(session, into.on_conflict_do_update(
        index_elements=["county_id", "rule"], set_={"asked": asked}, where=_last.c.asked != asked)) > 0


# ── what is found ──────────────────────────────────────────────────────────────────────────────────────────────
def finding(rule: Rule, as_of: dt.date, parameters: Parameters) -> sa.Select:
    """What the rule finds: units merged into others by their successors, without what was done about it already."""
    looked_for = rule.find(rule, as_of, parameters)
    if rule.when and not parameters[rule.when]:
        looked_for = looked_for.where(sa.false())
    f = looked_for.subquery("f").c
    recipient, proposer = sa.func.coalesce(_to.c.now, f.recipient_id), sa.func.coalesce(_by.c.now, f.proposer_id)
    rung = sa.case({measure.value: number(measure.rung) for measure in LETTERS}, value=f.measure)
    chased = sa.exists().where(_entries.c.case_id == f.subject_id, _entries.c.verb == "chase",
                               _entries.c.occurred_on >= f.reached)
    return (
        sa.select(f.subject_id, sa.func.coalesce(f.subject_id, 0), proposer, recipient, f.since, f.step, f.measure,
                  f.facts)
        .outerjoin(_to, _to.c.id == f.recipient_id).outerjoin(_by, _by.c.id == f.proposer_id)
        .outerjoin(_written, sa.and_(_written.c.case_id == f.subject_id, _written.c.day >= f.since,
                                     _written.c.rung >= rung))
        .where(_written.c.case_id.is_(None), sa.or_(f.measure != words(Measure.CHASE.value), ~chased),
               sa.or_(proposer != recipient, f.measure == words(Measure.NOTICE.value)))
    )


def _standing(name: str):
    """`(id, now)` of every unit that was merged: the one that stands in its place, however far on."""
    later, last = _units.alias(f"{name}_later"), _units.alias(f"{name}_last")
    moved = (
        sa.select(_units.c.id, _units.c.successor_id.label("now")).where(_units.c.successor_id.is_not(None))
        .cte(f"{name}_moved", recursive=True)
    )
    moved = moved.union(sa.select(moved.c.id, later.c.successor_id)
                        .join(later, later.c.id == moved.c.now).where(later.c.successor_id.is_not(None)))
    return (sa.select(moved.c.id, moved.c.now).join(last, last.c.id == moved.c.now)
            .where(last.c.successor_id.is_(None)).subquery(name))


_to, _by, _written = _standing("to"), _standing("by"), resting_on().subquery("written")


@contextmanager
def put_aside(session, statement: sa.Select):
    """The rows of a finding in a temporary table of this transaction; gives how many."""
    session.execute(_CREATE)
    session.execute(sa.insert(FOUND).from_select([column.name for column in FOUND.c], statement))
    count = session.execute(sa.select(sa.func.count()).select_from(FOUND)).scalar_one()
    if count:
        session.execute(_INDEX)
        if session.connection().dialect.name == "postgresql":
            session.execute(_ANALYZE)
    yield count
    session.execute(_DROP)


def _rows(session, statement) -> int:
    return session.execute(statement.execution_options(preserve_rowcount=True)).rowcount


# ── what becomes of it ─────────────────────────────────────────────────────────────────────────────────────────
_SAME = tuple(_proposals.c[name] == FOUND.c[name] for name in KEY)


def _of(rule: Rule, parameters: Parameters, *states: str) -> tuple:
    p = _proposals.c
    return p.county_id == parameters.county_id, p.rule == rule.name, p.state.in_(states)


def _waiting(session, rule: Rule, parameters: Parameters) -> int:
    return session.execute(
        sa.select(sa.func.count()).select_from(_proposals).where(*_of(rule, parameters, *WAITS))).scalar_one()


def _insert(session, rule: Rule, as_of: dt.date, parameters: Parameters) -> int:
    f, p = FOUND.c, _proposals.c
    rows = sa.select(
        *(f[name] for name in KEY), sa.literal(parameters.county_id), sa.literal(rule.name), f.subject_id,
        f.proposer_id, f.measure, f.facts, sa.literal(ProposalState.OPEN.value), sa.literal(as_of, p.proposed_on.type),
        sa.literal(utcnow(), p.recorded_at.type), sa.literal(1),
    ).where(sa.true())  # SQLite would read ON CONFLICT as a join's ON
    into = insert_into(session, _proposals).from_select(PUT, rows, include_defaults=False)
    return _rows(session, into.on_conflict_do_nothing())


def _set(session, conditions: Iterable, **values) -> int:
    return _rows(session, sa.update(_proposals).where(*conditions)
                 .values(**values, version=_proposals.c.version + 1))


def _reopen(session, rule: Rule, as_of: dt.date, parameters: Parameters) -> int:
    """Cured facts that are there again, and those whose letter came to nothing."""
    p = _proposals.c
    dead = sa.select(_cases.c.id).where(_cases.c.kind == "letter", _cases.c.state.in_(DEAD))
    cured = sa.and_(p.state == ProposalState.CURED.value, p.decided_on <= as_of)
    dropped = sa.and_(p.state == ProposalState.ACCEPTED.value, p.letter_id.in_(dead))
    there = sa.select(p.id).join(FOUND, sa.and_(*_SAME)).where(
        *_of(rule, parameters, ProposalState.CURED.value, ProposalState.ACCEPTED.value), sa.or_(cured, dropped))
    return _set(session, [p.id.in_(there)], state=ProposalState.OPEN.value, reopened_on=as_of, letter_id=None)


def _refresh(session, rule: Rule, parameters: Parameters) -> None:
    """What is said besides, such as the progress reported, and who would act, as they are now."""
    p, text = _proposals.c, sa.Text
    session.execute(
        sa.update(_proposals).values(facts=FOUND.c.facts, proposer_id=FOUND.c.proposer_id)
        .where(*_of(rule, parameters, *WAITS), *_SAME, sa.or_(
            sa.cast(p.facts, text) != sa.cast(FOUND.c.facts, text), p.proposer_id != FOUND.c.proposer_id))
    )


def _supersede(session, rule: Rule, as_of: dt.date, parameters: Parameters) -> int:
    """Where worse facts of the same thing are known."""
    worse, p = _worse, _proposals.c
    known = sa.exists().where(
        worse.c.rule == rule.name, worse.c.subject_key == p.subject_key, worse.c.recipient_id == p.recipient_id,
        sa.or_(worse.c.since > p.since, sa.and_(worse.c.since == p.since, worse.c.step > p.step)),
    ).correlate(_proposals)
    return _set(session, [*_of(rule, parameters, *WAITS), known], state=ProposalState.SUPERSEDED.value,
                decided_on=as_of, decided_by=None)


def _cure(session, rule: Rule, as_of: dt.date, parameters: Parameters) -> int:
    """What is not found any more. EXCEPT compares the two sets once, whatever the planner believes."""
    p = _proposals.c
    waiting = sa.select(p.id).where(*_of(rule, parameters, *WAITS), p.proposed_on <= as_of)
    there = sa.select(p.id).join(FOUND, sa.and_(*_SAME)).where(*_of(rule, parameters, *WAITS))
    return _set(session, [p.id.in_(waiting.except_(there))], state=ProposalState.CURED.value, decided_on=as_of,
                decided_by=None)


def wake(session, as_of: dt.date, county_id: int) -> int:
    """Those put off until today, or before."""
    p = _proposals.c
    return _set(session, [p.county_id == county_id, p.state == ProposalState.POSTPONED.value, p.postponed_to <= as_of],
                state=ProposalState.OPEN.value, postponed_to=None)
