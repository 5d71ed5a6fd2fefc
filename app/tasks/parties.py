"""Who is a party to a task and to a unit's share of it, whose turn it is, and what a hat's unit is to them.

A unit finds the head and its own share. The issuer (filing) finds all; so do the leading units where others
support them. An enterprise's share is also its township's and its regulators', who may fill in for it.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import object_session

from app.casework.cases import Case, CaseParty, put_anew
from app.casework.requests import CaseRequest
from app.casework.verbs import relations_of
from app.organization.directory import followers, regulators_by_firm
from app.organization.models import EnterpriseRegulator, Organization
from app.tasks import rules
from app.tasks.models import Share, Task
from app.tasks.states import Part, TaskState

_cases, _shares, _parties = Case.__table__, Share.__table__, CaseParty.__table__
_regulators, _requests = EnterpriseRegulator.__table__, CaseRequest.__table__
STANDING_IN = frozenset({"territory", "regulator", "filing", "leading", "county"})
HANDED_OVER = "reassign"


class UnitPart(NamedTuple):
    """What the parties of a task ask of one share."""

    unit_id: int
    part: str
    state: str
    is_enterprise: bool = False
    territory_id: int | None = None


def parts_of(session, task_id: int) -> list[UnitPart]:
    """Every issued share of a task, whoever asks: read from the bare tables."""
    columns = (_shares.c.unit_id, _shares.c.part, _cases.c.state, _shares.c.is_enterprise, _shares.c.territory_id)
    return [
        UnitPart(*row) for row in session.execute(
            sa.select(*columns).join(_cases, _cases.c.id == _shares.c.id)
            .where(_cases.c.head_id == task_id, _cases.c.issued.is_(True)).order_by(_shares.c.position, _shares.c.id)
        )
    ]


def leads(parts: Iterable[UnitPart], task_state: str) -> list[int]:
    """The units that oversee the others. Who was released (免除) from the task oversees it no longer."""
    parts = list(parts)
    if not rules.is_mixed(part.part for part in parts):
        return []
    return [
        part.unit_id for part in parts if part.part == Part.LEAD
        and (part.state != TaskState.TERMINATED or task_state == TaskState.TERMINATED)
    ]


def task_parties(filed_by: int, parts: Iterable[UnitPart], leading: Iterable[int],
                 regulators: Mapping[int, Iterable[int]], receiving: Iterable[int] = ()) -> list[tuple]:
    """`(organization id, role, oversees)` of an issued task."""
    parts, leading = list(parts), set(leading)
    firms = [part for part in parts if part.is_enterprise]
    return [
        (filed_by, "filing", True),
        *((p.unit_id, "leading" if p.unit_id in leading else "responsible", p.unit_id in leading) for p in parts),
        *((p.territory_id, "supervising", False) for p in firms if p.territory_id is not None),
        *((unit, "supervising", False) for p in firms for unit in regulators.get(p.unit_id, ())),
        *((unit, "receiving", False) for unit in receiving),
    ]


def share_parties(filed_by: int, own: UnitPart, leading: Iterable[int], regulators: Iterable[int] = ()) -> list[tuple]:
    """`(organization id, role, oversees)` of an issued share."""
    parties = [(filed_by, "filing", True), (own.unit_id, "responsible", False)]
    parties += [(unit, "leading", True) for unit in leading if unit != own.unit_id]
    if own.is_enterprise:
        parties += [(own.territory_id, "territory", True)] if own.territory_id is not None else []
        parties += [(unit, "regulator", True) for unit in regulators]
    return parties


def _asked(case: Case) -> list[tuple]:
    request = case.request if case.open_request else None
    if request is None:
        return []
    receiver = [(request.decider_id, "receiving", False)] if request.kind == HANDED_OVER else []
    return [(request.asked_for_id, "asking", False), *receiver]


def of_task(task: Task) -> list[tuple]:
    """A draft has one party: who files it. Who is asked to take a share over finds the task too."""
    if not task.issued:
        return [(task.filed_by_id, "filing", True)]
    session = object_session(task)
    parts = parts_of(session, task.id)
    receiving = session.execute(
        sa.select(_requests.c.decider_id).join(_cases, _cases.c.id == _requests.c.case_id).where(
            _cases.c.head_id == task.id, _requests.c.outcome == "open", _requests.c.kind == HANDED_OVER)
    ).scalars().all()
    regulators = regulators_by_firm(session, [part.unit_id for part in parts if part.is_enterprise])
    parties = task_parties(task.filed_by_id, parts, leads(parts, task.state), regulators, receiving)
    return list(dict.fromkeys([*parties, *_asked(task)]))


def of_share(share: Share, leading: Iterable[int] | None = None,
             regulators: Mapping[int, Iterable[int]] | None = None) -> list[tuple]:
    """`leading`, `regulators`: when known already, as for all shares of a task at once.

    A share taken back before anybody acknowledged it is its issuer's only.
    """
    if not share.issued:
        return [(share.filed_by_id, "filing", True)]
    session = object_session(share)
    own = UnitPart(share.unit_id, share.part, share.state, share.is_enterprise, share.territory_id)
    if leading is None:
        state = session.execute(sa.select(_cases.c.state).where(_cases.c.id == share.head_id)).scalar_one()
        leading = leads(parts_of(session, share.head_id), state)
    if regulators is None:
        regulators = regulators_by_firm(session, [share.unit_id] if share.is_enterprise else [])
    parties = share_parties(share.filed_by_id, own, leading, regulators.get(share.unit_id, ()))
    return list(dict.fromkeys([*parties, *_asked(share)]))


def turn_of_task(task: Task) -> tuple[int | None, str | None]:
    """A draft's, and a request's; from then on it is the shares' turn."""
    if task.open_request:
        return task.request.decider_id, "reviewer"
    if task.state == TaskState.DRAFT:
        return task.filed_by_id, "reviewer" if task.review_asked_on else "clerk"
    return None, None


def turn_of_share(share: Share) -> tuple[int | None, str | None]:
    """The unit's until it claims completion, then the issuer's; a unit that issued to itself asks its reviewer."""
    if share.open_request:
        return share.request.decider_id, "clerk" if share.open_request == HANDED_OVER else "reviewer"
    if share.state in (TaskState.ISSUED, TaskState.IN_PROGRESS):
        return share.unit_id, "clerk"
    if share.state == TaskState.CLAIMED:
        return share.filed_by_id, "reviewer" if share.filed_by_id == share.unit_id else "clerk"
    return None, None


def relations_to_share(share: Share, hat) -> frozenset[str]:
    """Adds `stand_in`: where an enterprise would act, who supervises it may fill in for it (代填).

    `stand_in_receiver`: the same for an enterprise that is asked to take a share over (改派). `self_filing`
    instead of `filing`: the unit issued to itself, and nobody verifies his own work.
    """
    mine = set(relations_of(share, hat))
    if mine & STANDING_IN and "responsible" not in mine:
        if share.is_enterprise:
            mine.add("stand_in")
        if share.open_request == HANDED_OVER and share.request.payload["enterprise"]:
            mine.add("stand_in_receiver")
    if {"filing", "responsible"} <= mine:
        mine = mine - {"filing"} | {"self_filing"}
    return frozenset(mine)


def follow_leads(session, task: Task, but: int) -> None:
    """Who leads has changed with a share (`but`, which is settled): the others' parties say so, whoever acts."""
    leading = leads(parts_of(session, task.id), task.state)
    others = sa.select(_cases.c.id).where(_cases.c.head_id == task.id, _cases.c.id != but)
    unit = Organization.__table__
    put_anew(session, "leading", others,
              sa.select(_shares.c.id.label("id"), unit.c.id.label("unit"))
              .join(unit, sa.and_(unit.c.id.in_(leading), unit.c.id != _shares.c.unit_id))
              .where(_shares.c.id.in_(others)), sa.true())
    for share in [one for one in session if isinstance(one, Share) and one.head_id == task.id and one.id != but]:
        session.expire(share, ["parties"])  # written past the session, which may have read them (an import, the demo)


def follow_regulators(session, enterprise_id: int) -> None:
    """A new regulator finds the enterprise's shares and their tasks, a former one no longer does."""
    own = sa.select(_shares.c.id).where(_shares.c.unit_id == enterprise_id)
    put_anew(session, "regulator", own,
              sa.select(_shares.c.id.label("id"), _regulators.c.organization_id.label("unit"))
              .join(_regulators, _regulators.c.enterprise_id == _shares.c.unit_id)
              .where(_shares.c.unit_id == enterprise_id), sa.true())
    tasks = sa.select(_cases.c.head_id).where(_cases.c.id.in_(own), _cases.c.issued.is_(True))
    share, firm = _cases.alias("share"), _shares.alias("firm")
    of_firms = sa.select(share.c.head_id.label("id"), firm).join(firm, firm.c.id == share.c.id).where(
        share.c.head_id.in_(tasks), share.c.issued.is_(True), firm.c.is_enterprise.is_(True)).subquery()
    put_anew(session, "supervising", tasks, sa.union(
        sa.select(of_firms.c.id, of_firms.c.territory_id.label("unit")).where(of_firms.c.territory_id.is_not(None)),
        sa.select(of_firms.c.id, _regulators.c.organization_id)
        .join(_regulators, _regulators.c.enterprise_id == of_firms.c.unit_id),
    ), sa.false())


followers.append(follow_regulators)
