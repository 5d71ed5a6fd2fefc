"""移交工作: who leaves a post, or the unit, gives what is open to a successor, in one transaction and one screen.

What moves: the posts (they end on the last day, the successor holds them from the next), what waits in the unit for
this person, drafts that the person began, imports on their way. Delegations end. What was done stays in the name of
who did it: an open request is still the asker's, so that nobody decides what he asked himself.
"""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.administration.people import locked_user, manages
from app.casework import assigning
from app.casework.cases import Case
from app.casework.errors import Obstacle
from app.casework.history import record
from app.casework.imports import ImportDraft
from app.casework.jobs import Job
from app.casework.requests import CaseRequest
from app.casework.unit_of_work import unit_of_work
from app.organization.colleagues import Colleague, of_units
from app.organization.models import Delegation, Post, User
from app.organization.rules import manages_post

_cases, _requests, _drafts = Case.__table__, CaseRequest.__table__, ImportDraft.__table__
_lent, _posts, _jobs = Delegation.__table__, Post.__table__, Job.__table__


@dataclass(frozen=True)
class Open:
    """What a person leaves behind in the units: how many of each; requests and jobs stay in the person's name."""

    cases: int
    imports: int
    delegations: int
    requests: int
    jobs: int


def posts_to_end(hat, user: User, today: dt.date) -> list[Post]:
    """The person's posts, not yet ended, that this hat may end."""
    return [
        post for post in user.posts
        if manages_post(hat.role, hat.organization_ids, post.organization_id, post.role)
        and (post.valid_to is None or post.valid_to >= today)
    ]


def successors(session, hat, user: User, posts: list[Post], today: dt.date) -> list[Colleague]:
    """Who is there in these units, each once; who has left cannot be chosen, nor the person himself."""
    found = of_units(session, hat.county_id, {post.organization_id for post in posts}, today)
    return [*{one.user_id: one for one in reversed(found) if one.user_id != user.id}.values()][::-1]


def what_is_open(session, user: User, posts: list[Post], today: dt.date) -> Open:
    """Counted, not shown: an administrator sees no cases."""
    units, ids = {post.organization_id for post in posts}, [post.id for post in posts]

    def counted(table, *conditions) -> int:
        return session.execute(sa.select(sa.func.count()).select_from(table).where(*conditions)).scalar_one()

    return Open(
        cases=counted(_cases, assigning.seen_to_by(user.id, units)),
        imports=counted(_drafts, *_open_imports(user, units)),
        delegations=counted(_lent, _open_delegations(user, ids, units, today)),
        requests=counted(_requests, _requests.c.outcome == "open", _requests.c.asked_by_id == user.id,
                         _requests.c.asked_for_id.in_(units)),
        jobs=counted(_jobs, _jobs.c.asked_by_id == user.id, _jobs.c.post_id.in_(ids),
                     _jobs.c.state.in_(("queued", "running"))),
    )


def hand_over(session, hat, user_id: int, version: int | None, successor_id: int, last_day: dt.date, comment: str,
              close: bool, today: dt.date) -> Open:
    """Move it all. `close`: the account is taken out of use at once. Raises NotFound, Stale, Obstacle."""
    with unit_of_work(session):
        user = locked_user(session, user_id, version)
        posts = posts_to_end(hat, user, today)
        if not posts:
            raise Obstacle(_l("There is no post of this person that you could hand over."))
        successor = next((one for one in successors(session, hat, user, posts, today) if one.user_id == successor_id),
                         None)
        if successor is None:
            raise Obstacle(_l("Choose somebody of the unit who is there."), "successor_id")
        _check(hat, user, last_day, close, today)
        units = {post.organization_id for post in posts}
        moved = what_is_open(session, user, posts, today)
        assigning.move(session, hat, user.id, successor, units, comment, today)
        session.execute(sa.update(_drafts).where(*_open_imports(user, units)).values(
            user_id=successor.user_id, version=_drafts.c.version + 1
        ))
        session.execute(sa.update(_lent).where(_open_delegations(user, [post.id for post in posts], units, today))
                        .values(revoked_on=today, version=_lent.c.version + 1))
        ended = [_end(session, post, successor.user_id, last_day) for post in posts]
        user.active = user.active and not close
        record(session, hat, "person_handover", today, comment=comment, extra={
            "id": user.id, "name": user.last_name, "successor_id": successor.user_id, "successor": successor.name,
            "posts": ended, "last_day": last_day.isoformat(), "cases": moved.cases, "imports": moved.imports,
            "delegations": moved.delegations, "closed": close,
        })
        return moved


def _check(hat, user: User, last_day: dt.date, close: bool, today: dt.date) -> None:
    if close and (user.id == hat.user_id or not manages(hat, user)):
        raise Obstacle(_l("This account is not yours to take out of use."), "close")
    if close and last_day > today:
        raise Obstacle(_l("The account is still needed until the last day: take it out of use afterwards."), "close")
    if user.id == hat.user_id and last_day < today:
        raise Obstacle(_l("Your own last day cannot have passed already."), "last_day")


def _end(session, post: Post, successor_id: int, last_day: dt.date) -> int:
    """End a post; the successor holds the like from the next day, unless he does already."""
    post.valid_to = max(last_day, post.valid_from or last_day)
    since = post.valid_to + dt.timedelta(days=1)
    held = session.execute(
        sa.select(_posts.c.id).where(
            _posts.c.user_id == successor_id, _posts.c.organization_id == post.organization_id,
            _posts.c.role == post.role, sa.or_(_posts.c.valid_from.is_(None), _posts.c.valid_from <= since),
            sa.or_(_posts.c.valid_to.is_(None), _posts.c.valid_to >= since),
        )
    ).first()
    if held is None:
        session.add(Post(user_id=successor_id, organization_id=post.organization_id, role=post.role, title=post.title,
                         valid_from=since))
    return post.id


def _open_imports(user: User, units) -> tuple:
    return _drafts.c.user_id == user.id, _drafts.c.organization_id.in_(units), _drafts.c.outcome == "open"


def _open_delegations(user: User, post_ids: list[int], units, today: dt.date):
    """Given in these posts, or received in these units."""
    there = sa.select(_posts.c.id).where(_posts.c.organization_id.in_(units))
    concerned = sa.or_(
        sa.and_(_lent.c.delegator_id == user.id, _lent.c.post_id.in_(post_ids)),
        sa.and_(_lent.c.delegate_id == user.id, _lent.c.post_id.in_(there)),
    )
    return sa.and_(concerned, _lent.c.revoked_on.is_(None), _lent.c.valid_to >= today)
