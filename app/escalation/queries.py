"""What the screens read of proposals: a page of a tab, unit by unit, and how many there are."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa

from app.casework.jobs import Job
from app.casework.listing import CAP
from app.escalation.models import Proposal
from app.escalation.reading import Line
from app.escalation.states import BY_ITSELF, LETTERS, ProposalState

SIZE = 50
TABS = {
    "open": (ProposalState.OPEN,), "postponed": (ProposalState.POSTPONED,), "accepted": (ProposalState.ACCEPTED,),
    "dismissed": (ProposalState.DISMISSED,), "itself": BY_ITSELF,
}
WAITING_TABS = ("open", "postponed")
_proposals, _jobs = Proposal.__table__, Job.__table__


def whose(hat, every: bool) -> sa.ColumnElement:
    """Of the own unit; `every`: of all units of the county, for its office and its leaders."""
    if every and hat.scope.breadth == "county":
        return _proposals.c.county_id == hat.county_id
    own = hat.organization_ids
    return _proposals.c.proposer_id == own[0] if len(own) == 1 else _proposals.c.proposer_id.in_(own)


def ids(hat, tab: str, every: bool, filters: Mapping) -> sa.Select:
    """SELECT of ids: those that wait unit by unit, the decided ones newest first."""
    p, states = _proposals.c, [state.value for state in TABS[tab]]
    asked = [whose(hat, every), p.state == states[0] if len(states) == 1 else p.state.in_(states)]
    for name in ("measure", "rule", "recipient_id"):
        if filters.get(name):
            asked.append(p[name] == filters[name])
    order = (p.recipient_id, p.id) if tab in WAITING_TABS else (p.id.desc(),)
    return sa.select(p.id).where(*asked).order_by(*order)


def page(session, hat, tab: str, every: bool, filters: Mapping, number: int) -> tuple[list[Proposal], bool]:
    """`(proposals, whether there are more)`, through the scope."""
    found = list(session.scalars(ids(hat, tab, every, filters).limit(SIZE + 1).offset((number - 1) * SIZE)))
    return load(session, found[:SIZE]), len(found) > SIZE


def load(session, wanted: list[int]) -> list[Proposal]:
    """The proposals in the order of the ids, through the scope."""
    found = {one.id: one for one in session.scalars(sa.select(Proposal).where(Proposal.id.in_(wanted)))}
    return [found[i] for i in wanted if i in found]


def counts(session, hat, every: bool, filters: Mapping) -> dict[str, int]:
    """`{tab: how many}`, up to the cap and one more; one statement."""
    columns = [
        sa.select(sa.func.count()).select_from(ids(hat, tab, every, filters).order_by(None).limit(CAP + 1).subquery())
        .scalar_subquery().label(tab) for tab in TABS
    ]
    return dict(session.execute(sa.select(*columns)).mappings().one())


def last_sweep(session, county_id: int, today: dt.date) -> dict:
    """What the county's daily look brought today: `new`, `cured`; empty before its hour."""
    j = _jobs.c
    row = session.execute(sa.select(j.result).where(j.once_key == f"escalate:{today.isoformat()}", j.state == "done"))
    return (row.scalar() or {}).get("counties", {}).get(str(county_id), {})


@dataclass(frozen=True)
class Group:
    """What is proposed to one unit, the severest first."""

    recipient_id: int
    name: str
    lines: list[Line]

    @property
    def letters(self) -> list[Line]:
        return [line for line in self.lines if line.measure in LETTERS]

    @property
    def single(self) -> bool:
        """Whether it is one unit, and not several at once."""
        return "units" not in self.lines[0].proposal.facts or len(self.lines[0].proposal.facts["units"]) == 1


def grouped(lines: list[Line]) -> list[Group]:
    """Lines of one unit stand together; what goes to several units at once stands alone."""
    def key(line: Line):
        several = line.proposal.facts.get("units") is not None and len(line.proposal.facts["units"]) != 1
        return line.proposal.recipient_id, line.proposal.id if several else 0

    groups = [
        Group(recipient_id, found[0].who, sorted(found, key=lambda one: (-one.measure.rung, -one.days)))
        for (recipient_id, _alone), found in ((key, list(same)) for key, same in groupby(lines, key))
    ]
    return sorted(groups, key=lambda group: -group.lines[0].measure.rung)
