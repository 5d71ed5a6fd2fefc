"""What a person leaves behind, post by post: every case, draft and import hangs on exactly one of the posts.

Of what waits for him in a unit the clerk's work hangs on his clerk's post and the reviewer's on his reviewer's; what
he has no such post for, on the one he has there. So a post that is not handed over keeps what is its own, and one
that ended long ago is found as long as something hangs on it.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.access.hats import merged_ids
from app.access.permissions import Permission as P
from app.access.roles import permits
from app.casework import assigning
from app.casework.cases import Case
from app.casework.imports import ImportDraft
from app.casework.jobs import Job
from app.casework.requests import CaseRequest
from app.organization.colleagues import Colleague, of_units
from app.organization.models import Delegation, Post, User
from app.organization.rules import manages_post

# Whose turn a post takes; the others take none.
TURNS = {"unit_clerk": "clerk", "county_clerk": "clerk", "enterprise": "clerk",
         "unit_reviewer": "reviewer", "county_head": "reviewer"}
SUPERVISORS = frozenset({"auditor", "administrator"})  # the post may end with nobody after him
_OWN_IMPORTS = {"person": P.PEOPLE_IMPORT, "unit": P.DIRECTORY_IMPORT}  # the others are a clerk's
_cases, _drafts, _lent = Case.__table__, ImportDraft.__table__, Delegation.__table__
_requests, _jobs = CaseRequest.__table__, Job.__table__


@dataclass
class Leaving:
    """A post of the person that may be handed over, and what hangs on it.

    `waits`: (unit, turn) of the cases; `imports`, `lent`: ids of open imports and of delegations given in the post.
    """

    post: Post
    is_over: bool
    is_usual: bool = False
    waits: list[tuple[int, str]] = field(default_factory=list)
    cases: int = 0
    imports: list[int] = field(default_factory=list)
    lent: list[int] = field(default_factory=list)
    successors: list[Colleague] = field(default_factory=list)

    @property
    def may_just_end(self) -> bool:
        return self.post.role in SUPERVISORS


def leaving(session, hat, user: User, today: dt.date) -> list[Leaving]:
    """The posts that this hat may hand over: those not ended, and ended ones on which something hangs still.

    With each, who is there to take it; who has left cannot be chosen, nor the person himself.
    """
    lines = [Leaving(post, post.valid_to is not None and post.valid_to < today) for post in _counting(user, today)]
    reach = merged_ids(session, [line.post.organization_id for line in lines]) if lines else {}
    _hang(session, user, lines, reach, today)
    mine = [line for line in lines if _is_offered(hat, line)]
    units = {line.post.organization_id for line in mine if not line.may_just_end}
    found = of_units(session, hat.county_id, {unit for line in mine for unit in _places(line.post)}, today)
    for line in mine:
        line.is_usual = not line.may_just_end and (line.post.organization_id in hat.organization_ids or len(units) == 1)
        line.successors = _each_once(
            one for one in found if one.user_id != user.id and one.organization_id in _places(line.post)
        )
    return mine


def _counting(user: User, today: dt.date) -> list[Post]:
    """Of each unit and role the posts not ended; where there is none, the last one."""
    running = [post for post in user.posts if post.valid_to is None or post.valid_to >= today]
    held = {(post.organization_id, post.role) for post in running}
    last = {
        (post.organization_id, post.role): post
        for post in sorted(user.posts, key=lambda post: (post.valid_to or dt.date.max, post.id))
    }
    return [*running, *(post for key, post in last.items() if key not in held)]


def _is_offered(hat, line: Leaving) -> bool:
    is_his = manages_post(hat.role, hat.organization_ids, line.post.organization_id, line.post.role)
    return is_his and bool(not line.is_over or line.cases or line.imports)


def _places(post: Post) -> set[int]:
    """Where a successor is looked for: in the unit, and in the one that it was merged into."""
    return {post.organization_id, post.organization.successor_id} - {None}


def _each_once(people: Iterable[Colleague]) -> list[Colleague]:
    return list({one.user_id: one for one in people}.values())


def _hang(session, user: User, lines: list[Leaving], reach: dict[int, tuple[int, ...]], today: dt.date) -> None:
    """Three statements, however many posts."""
    units = {unit for ids in reach.values() for unit in ids}
    every = [(unit, turn) for unit in units for turn in set(TURNS.values())]
    key = (_cases.c.turn_organization_id, _cases.c.turn_role)
    working = [line for line in lines if line.post.role in TURNS]
    for unit, turn, count in session.execute(
        sa.select(*key, sa.func.count()).where(assigning.seen_to_by(user.id, every)).group_by(*key)
    ):
        if line := _owner(working, reach, unit, lambda role, turn=turn: TURNS[role] == turn):
            line.waits.append((unit, turn))
            line.cases += count
    for draft_id, unit, kind in session.execute(
        sa.select(_drafts.c.id, _drafts.c.organization_id, _drafts.c.kind)
        .where(_drafts.c.user_id == user.id, _drafts.c.organization_id.in_(units), _drafts.c.outcome == "open")
        .order_by(_drafts.c.id)
    ):
        if line := _owner(lines, reach, unit, lambda role, kind=kind: _may_import(role, kind)):
            line.imports.append(draft_id)
    by_post = {line.post.id: line for line in lines}
    for lent_id, post_id in session.execute(
        sa.select(_lent.c.id, _lent.c.post_id).where(
            _lent.c.delegator_id == user.id, _lent.c.post_id.in_(by_post), in_force_or_to_come(today)
        )
    ):
        by_post[post_id].lent.append(lent_id)


def _owner(lines: list[Leaving], reach: dict, unit: int, fits: Callable[[str], bool]) -> Leaving | None:
    """The post there on which a thing hangs: one of the role for it, of those one not ended."""
    there = [line for line in lines if unit in reach[line.post.organization_id]]
    return min(there, key=lambda line: (not fits(line.post.role), line.is_over, line.post.id), default=None)


def _may_import(role: str, kind: str) -> bool:
    return permits(role, _OWN_IMPORTS[kind]) if kind in _OWN_IMPORTS else TURNS.get(role) == "clerk"


def in_force_or_to_come(today: dt.date):
    """SQL condition on `delegations`: it opens something still, or will."""
    return sa.and_(_lent.c.revoked_on.is_(None), _lent.c.valid_to >= today)


def stays(session, user: User, lines: list[Leaving]) -> tuple[int, int]:
    """How many open requests of these units and background jobs of these posts stay in the person's name."""
    posts, units = [line.post.id for line in lines], [line.post.organization_id for line in lines]
    requests = sa.select(sa.func.count()).where(
        _requests.c.outcome == "open", _requests.c.asked_by_id == user.id, _requests.c.asked_for_id.in_(units)
    )
    jobs = sa.select(sa.func.count()).where(
        _jobs.c.asked_by_id == user.id, _jobs.c.post_id.in_(posts), _jobs.c.state.in_(("queued", "running"))
    )
    return tuple(session.execute(sa.select(requests.scalar_subquery(), jobs.scalar_subquery())).one())
