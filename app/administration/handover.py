"""移交工作: who leaves a post, or the unit, gives what is open to a successor, in one transaction and one screen.

What moves, for each post that was chosen: the post (it ends on the last day, the successor holds the like from the
next), what waits for this person there, drafts that the person began, imports on their way. Delegations end. A post
that was not chosen stays as it is. What was done stays in the name of who did it: an open request is still the
asker's, so that nobody decides what he asked himself.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.access.roles import ROLES
from app.administration.handover_posts import Leaving, in_force_or_to_come, leaving
from app.administration.people import lock_people, locked_user, manages
from app.casework import assigning
from app.casework.errors import Obstacle
from app.casework.history import record
from app.casework.imports import ImportDraft
from app.casework.unit_of_work import unit_of_work
from app.organization.colleagues import Colleague
from app.organization.models import Delegation, Post, User
from app.organization.rules import may_stand_in

_drafts, _lent, _posts = ImportDraft.__table__, Delegation.__table__, Post.__table__


@dataclass(frozen=True)
class Moved:
    """How many of each."""

    cases: int = 0
    imports: int = 0
    delegations: int = 0

    def __add__(self, other: Moved) -> Moved:
        return Moved(self.cases + other.cases, self.imports + other.imports, self.delegations + other.delegations)


def hand_over(session, hat, user_id: int, version: int | None, takers: Mapping[int, int | None], last_day: dt.date,
              comment: str, close: bool, today: dt.date) -> Moved:
    """Move it all. `takers`: who takes each of the chosen posts, by their ids; None where a post only ends. `close`:
    the account is taken out of use at once. Raises NotFound, Stale, Obstacle; then nothing changed.
    """
    with unit_of_work(session):
        lock_people(session, [user_id, *takers.values()])
        user = locked_user(session, user_id, version)
        given = _given(leaving(session, hat, user, today), takers)
        posts = [line.post for line, _taker in given]
        kept = [post for post in user.posts if post not in posts and (post.valid_to is None or post.valid_to >= today)]
        _check(hat, user, kept, last_day, close, today)
        if takers.get(hat.post_id, hat.user_id) is None:
            raise Obstacle(_l("Nobody ends the post with which he manages accounts: somebody else does that."), "posts")
        fallen = _received(session, user, posts, kept, today)
        moved = Moved()
        for line, taker in given:
            _end(session, line, taker, last_day, today)
            of_post = _give(session, hat, user, line, taker, fallen.get(line.post.id, []), comment, today)
            record(session, hat, "person_handover", today, comment=comment, extra={
                **_told(user, line.post, taker), **asdict(of_post), "closed": close,
            })
            moved += of_post
        user.active = user.active and not close
        return moved


def _given(lines: list[Leaving], takers: Mapping[int, int | None]) -> list[tuple[Leaving, Colleague | None]]:
    """Each chosen post with who takes it. Raises Obstacle at the post's field."""
    offered = {line.post.id: line for line in lines}
    if not takers or not takers.keys() <= offered.keys():
        raise Obstacle(_l("Choose posts of this person that you may hand over."), "posts")
    given = []
    for post_id, taker_id in takers.items():
        line = offered[post_id]
        taker = next((one for one in line.successors if one.user_id == taker_id), None)
        if taker is None and not (taker_id is None and line.may_just_end):
            raise Obstacle(_l("Choose somebody of the unit who is there."), f"successor_{post_id}")
        given.append((line, taker))
    return given


def _check(hat, user: User, kept: list[Post], last_day: dt.date, close: bool, today: dt.date) -> None:
    if close and (user.id == hat.user_id or not manages(hat, user)):
        raise Obstacle(_l("This account is not yours to take out of use."), "close")
    if close and last_day > today:
        raise Obstacle(_l("The account is still needed until the last day: take it out of use afterwards."), "close")
    if close and kept:
        raise Obstacle(_l("A post stays with this person: hand it over, too, or leave the account in use."), "close")
    if user.id == hat.user_id and last_day < today:
        raise Obstacle(_l("Your own last day cannot have passed already."), "last_day")


def _received(session, user: User, posts: list[Post], kept: list[Post], today: dt.date) -> dict[int, list[int]]:
    """Delegations that the person may not use any more without these posts, each by the first post it stood on."""
    rows = session.execute(
        sa.select(_lent.c.id, _posts.c.role, _posts.c.organization_id).join(_posts, _posts.c.id == _lent.c.post_id)
        .where(_lent.c.delegate_id == user.id, in_force_or_to_come(today)).order_by(_lent.c.id)
    ).all()
    fallen: dict[int, list[int]] = {}
    for row in rows:
        stood = [post.id for post in posts if _stands(row, [post])]
        if stood and not _stands(row, kept):
            fallen.setdefault(stood[0], []).append(row.id)
    return fallen


def _stands(row, posts: list[Post]) -> bool:
    return may_stand_in(row.role, row.organization_id, [(post.role, post.organization_id) for post in posts])


def _give(session, hat, user: User, line: Leaving, taker: Colleague | None, fallen: list[int], comment: str,
          today: dt.date) -> Moved:
    """What hangs on the post, by sets; where nobody takes it, only the delegations end."""
    cases, imports, lent = [], 0, [*line.lent, *fallen]
    if taker and line.waits:
        cases = assigning.move(session, hat, user.id, taker, line.waits, comment, today)
    if taker and line.imports:
        imports = session.execute(
            sa.update(_drafts).where(_drafts.c.id.in_(line.imports), _drafts.c.outcome == "open")
            .values(user_id=taker.user_id, version=_drafts.c.version + 1)
        ).rowcount
    if lent:
        session.execute(sa.update(_lent).where(_lent.c.id.in_(lent)).values(
            revoked_on=today, version=_lent.c.version + 1
        ))
    return Moved(len(cases), imports, len(lent))


def _end(session, line: Leaving, taker: Colleague | None, last_day: dt.date, today: dt.date) -> None:
    """End the post, one that ends sooner as it was; the taker holds the like from then on, unless he does already."""
    post = line.post
    if not line.is_over:
        until = min(last_day, post.valid_to or last_day)
        post.valid_to = max(until, post.valid_from or until)
    if taker is None:
        return
    since = max(post.valid_to + dt.timedelta(days=1), today)
    held = session.execute(
        sa.select(_posts.c.id).where(
            _posts.c.user_id == taker.user_id, _posts.c.organization_id == taker.organization_id,
            _posts.c.role == post.role, sa.or_(_posts.c.valid_from.is_(None), _posts.c.valid_from <= since),
            sa.or_(_posts.c.valid_to.is_(None), _posts.c.valid_to >= since),
        )
    ).first()
    if held is None:
        session.add(Post(user_id=taker.user_id, organization_id=taker.organization_id, role=post.role,
                         title=post.title, valid_from=since))


def _told(user: User, post: Post, taker: Colleague | None) -> dict:
    """Whom and which post the entry is about, in words that the log shows."""
    return {
        "id": user.id, "name": user.last_name, "post": post.id, "last_day": post.valid_to.isoformat(),
        "post_name": f"{post.organization} {ROLES[post.role].title}",
        "successor_id": taker and taker.user_id, "successor": taker and taker.name,
    }
