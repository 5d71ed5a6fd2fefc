"""What may be done to a case, declared once per noun.

From a noun's table of verbs come the buttons, the permission check, the timeline entry, the to-do list and the
state diagram. `perform` is the one way in: one transaction, the row locked, version compared, declaration and
rule checked, operation run, parties synced, history written.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.attachments import attach
from app.casework.cases import NEVER, Case, sync_parties
from app.casework.errors import NotAllowed, Obstacle
from app.casework.history import record
from app.casework.unit_of_work import lock_case, unit_of_work


class How(StrEnum):
    """In which way a verb is somebody's: own, for an enterprise (代填), or a decision taken on paper (代录)."""

    OWN = "own"
    PROXY = "proxy"
    PAPER = "paper"


@dataclass(frozen=True)
class By:
    """Who may: holders of `roles` whose unit is `relations` to the case."""

    relations: frozenset[str]
    roles: frozenset[str]
    how: How = How.OWN


def by(relations: str, roles: str, how: How = How.OWN) -> By:
    """``by("inspecting rechecking", "unit_clerk")``."""
    return By(frozenset(relations.split()), frozenset(roles.split()), how)


@dataclass
class Act:
    """What an operation is given: the session, the case, who acts and how, the form's data, the day."""

    session: object
    case: Case
    hat: object
    how: How
    data: Mapping
    today: dt.date
    occurred_on: dt.date | None = None
    comment: str | None = None
    extra: dict = field(default_factory=dict)
    confined_to_id: int | None = None
    scans_confined_to_id: int | None = None  # the scan of a paper decision, where it is the unit's own affair


@dataclass(frozen=True, eq=False)  # declared once
class Verb:
    """`from_states` → `to_state` (None: the operation leaves it); `rule` returns an obstacle's message or None.

    `may_lead_to`: where the operation of a verb without `to_state` may bring the case by itself.
    """

    name: str
    title: object
    from_states: frozenset[str]
    to_state: str | None
    who: tuple[By, ...]
    operation: Callable[[Act], None]
    form: type | None = None
    rule: Callable[..., object | None] = lambda case, hat, today: None
    may_lead_to: tuple[str, ...] = ()
    request: str | None = None  # the kind of open request that this verb decides
    primary: bool = False
    bulk: bool = False
    clause: str | None = None

    @property
    def leads_to(self) -> tuple[str, ...]:
        """The states that the case may be in afterwards; none: it stays where it was."""
        return (self.to_state,) if self.to_state is not None else self.may_lead_to

    def how(self, state: str, role: str, relations: Iterable[str]) -> How | None:
        """In which way the verb is this role's in this state; None when it is not."""
        if state not in self.from_states:
            return None
        relations = frozenset(relations)
        hows = {one.how for one in self.who if role in one.roles and one.relations & relations}
        return next((how for how in How if how in hows), None)


@dataclass(frozen=True)
class Noun:
    """A mechanism's noun as the shared rooms see it. `follow`: what of another case follows from each of its verbs,
    in the same transaction (a share's head).
    """

    kind: str
    model: type[Case]
    states: type
    verbs: Mapping[str, Verb]
    parties: Callable[[Case], Iterable[tuple[int, str, bool]]]
    turn: Callable[[Case], tuple[int | None, str | None]]
    relations: Callable[[Case, object], frozenset[str]]
    tracked: tuple[str, ...]
    follow: Callable[[Act], None] = lambda act: None


def relations_of(case: Case, hat) -> frozenset[str]:
    """What the hat's unit is to the case; a county role is `county` to every case of its county."""
    mine = {party.role for party in case.parties if party.organization_id in hat.organization_ids}
    if hat.role in ("county_clerk", "county_head", "leader") and hat.county_id == case.county_id:
        mine.add("county")
    return frozenset(mine)


def how_may(noun: Noun, verb: Verb, case: Case, hat, relations: frozenset[str] | None = None) -> How | None:
    """In which way `hat` may do `verb` to `case` as it stands; rules aside. `relations`: when known already."""
    if verb.request is not None and case.open_request != verb.request:
        return None  # nothing of that kind was asked
    return verb.how(case.state, hat.role, noun.relations(case, hat) if relations is None else relations)


def available(noun: Noun, case: Case, hat, today: dt.date) -> list[Verb]:
    """The verbs that this hat has now, in the order of declaration."""
    relations = noun.relations(case, hat)
    return [
        verb
        for verb in noun.verbs.values()
        if how_may(noun, verb, case, hat, relations) is not None and verb.rule(case, hat, today) is None
    ]


def next_step(noun: Noun, case: Case, hat, today: dt.date, late: bool) -> Verb | None:
    """The one verb that a list offers beside a case: in the wearer's turn the decision that is asked for, or the
    primary one; in others' turn to chase them, where they are `late`.
    """
    if case.is_turn_of(hat):
        offered = [verb for verb in noun.verbs.values() if (verb.request if case.open_request else verb.primary)]
    else:
        offered = [noun.verbs["chase"]] if late else []
    offered = [verb for verb in offered if case.state in verb.from_states]
    relations = noun.relations(case, hat) if offered else None
    return next((verb for verb in offered if how_may(noun, verb, case, hat, relations) is not None
                 and verb.rule(case, hat, today) is None), None)


def in_bulk(noun: Noun, role: str) -> list[Verb]:
    """What this role may do to many rows at once, to some of them at least."""
    return [verb for verb in noun.verbs.values() if verb.bulk and any(role in one.roles for one in verb.who)]


def otherwise(verb: Verb, offered: Iterable[Verb]) -> list[Verb]:
    """The other answers to the question that the verb answers: the same request decided, or the case led out of the
    same one state by the same hands (复查通过 and 复查不通过).
    """
    def answers(other: Verb) -> bool:
        if verb.request or other.request:
            return verb.request == other.request
        return len(verb.from_states) == 1 and None not in (verb.to_state, other.to_state)

    return [other for other in offered if other is not verb and other.from_states == verb.from_states
            and other.who == verb.who and answers(other)]


def perform(session, noun: Noun, verb_name: str, case_id: int, version: int | None, hat, data: Mapping,
            today: dt.date) -> Case:
    """Do a verb in its own transaction. Raises NotFound, Stale, NotAllowed, Obstacle; then nothing changed."""
    with unit_of_work(session):
        case = lock_case(session, noun.model, case_id, version)
        act_on(session, noun, noun.verbs[verb_name], case, hat, data, today)
    return case


def act_on(session, noun: Noun, verb: Verb, case: Case, hat, data: Mapping, today: dt.date) -> None:
    """The inside of `perform`, for a caller that holds the transaction and the row (an import)."""
    how = how_may(noun, verb, case, hat)
    if how is None:
        raise NotAllowed
    if obstacle := verb.rule(case, hat, today):
        raise Obstacle(obstacle)
    act = Act(session, case, hat, how, data, today, comment=data.get("comment"))
    from_state = case.state
    before = {name: getattr(case, name) for name in noun.tracked}
    act.extra.update(_evidence(act))
    if client_key := data.get("client_key"):
        act.extra["client_key"] = client_key  # of the form, by which once.py knows it again
    verb.operation(act)
    attach(session, case, hat, data.get("scans", ()), "paper", confined_to_id=act.scans_confined_to_id)
    if verb.to_state is not None:
        case.state = verb.to_state
    occurred_on = act.occurred_on or today
    if case.state != from_state:
        if occurred_on < case.state_since:
            raise Obstacle(_too_early(case), "occurred_on")
        case.state_since = occurred_on
    settle(session, noun, case)
    record(
        session, hat, verb.name, today, case=case, from_state=from_state,
        to_state=case.state if case.state != from_state else None, comment=act.comment,
        changes=changes_between(before, case), extra=act.extra, occurred_on=occurred_on,
        confined_to_id=act.confined_to_id,
    )
    noun.follow(act)


def settle(session, noun: Noun, case: Case) -> None:
    """Make the derived columns follow the facts: whose turn it is, and the parties' repeats."""
    case.due_sort = case.due or NEVER
    whose = case.turn_organization_id
    case.turn_organization_id, case.turn_role = noun.turn(case)
    if case.turn_organization_id != whose:
        case.assignee_id = None  # named by the unit that has done its part
    sync_parties(session, case, noun.parties(case))
    # A verb that touches only parts still is a change of the case: the next form must be the fresh one.
    sa.orm.attributes.flag_modified(case, "state")
    if case.id is None:
        session.flush()  # its history needs its key


def changes_between(before: Mapping, case: Case) -> dict:
    """``{field: [before, after]}`` of what changed, as JSON values."""
    return {
        name: [_plain(value), _plain(getattr(case, name))]
        for name, value in before.items()
        if value != getattr(case, name)
    }


def _plain(value):
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _evidence(act: Act) -> dict:
    """What stands beside an act that was not the actor's own: whom it was done for, on what evidence."""
    data = act.data
    if act.how is How.PROXY:
        if not (data.get("proxy_for") and data.get("proxy_evidence")):
            raise Obstacle(_l("Filling in for another: say for whom and on what evidence."), "proxy_evidence")
        return {"proxy_for": data["proxy_for"], "proxy_evidence": data["proxy_evidence"]}
    if act.how is How.PAPER:
        if not (data.get("decided_by") and data.get("decided_on")):
            raise Obstacle(_l("A decision taken on paper: say who decided and when."), "decided_by")
        if data["decided_on"] > act.today:
            raise Obstacle(_l("The day cannot be in the future."), "decided_on")
        return {"decided_by": data["decided_by"], "decided_on": _plain(data["decided_on"])}
    return {}


def _too_early(case: Case):
    return _l("The day cannot be before %(day)s, when the case reached its present state.", day=case.state_since)
