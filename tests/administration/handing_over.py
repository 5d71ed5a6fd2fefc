"""What the tests of 移交工作 do by the administrator's or a reviewer's hand."""

import datetime as dt

import sqlalchemy as sa

from app.administration import handover
from app.administration.handover_posts import leaving
from app.administration.people import stamp
from app.casework.assigning import assign
from app.casework.imports import ImportDraft
from app.casework.unit_of_work import unit_of_work
from app.hazards.models import Hazard
from app.organization.models import Post, User


def name_assignee(world, by, hazard_id, username):
    with world.session_of(by) as session:
        assign(session, Hazard, hazard_id, world.read(hazard_id).version, world.hats[by],
               username and world.users[username], world.day)


def hand_over(world, by="yingji_head", who="yingji", to="tongshi", last_day=None, close=False, version=None,
              takers=None):
    """`takers`: {post id: username or None}; else `to` takes what is ticked beforehand."""
    with world.session_of(by) as session:
        user = session.get(User, world.users[who])
        seen = stamp(user) if version is None else version
        if takers is None:
            takers = {one.post.id: to for one in leaving(session, world.hats[by], user, world.day) if one.is_usual}
        takers = {post_id: taker and world.users[taker] for post_id, taker in takers.items()}
        return handover.hand_over(session, world.hats[by], world.users[who], seen, takers, last_day or world.day,
                                  "调走", close, world.day)


def posts(world, username):
    with world.system() as session:
        rows = session.scalars(sa.select(Post).where(Post.user_id == world.users[username]).order_by(Post.id))
        return [(row.organization_id, row.role, row.valid_from, row.valid_to) for row in rows]


def import_draft(world, username):
    with world.system() as session, unit_of_work(session):
        draft = ImportDraft(county_id=world.county.id, organization_id=world["yingji"], user_id=world.users[username],
                            kind="hazards", file_name="台账.xlsx", sha256="0" * 64)
        session.add(draft)
        session.flush()
        return draft.id


def give(world, username, unit, role, until=None) -> int:
    """One more post, by the administrator's hand; returns its id."""
    with world.system() as session, unit_of_work(session):
        post = Post(user_id=world.users[username], organization_id=world[unit], role=role, valid_to=until)
        session.add(post)
        session.flush()
        return post.id


def end_all(world, username, days_ago=1, closed=False) -> int:
    """His posts ended some days ago; returns the last one's id."""
    with world.system() as session, unit_of_work(session):
        session.get(User, world.users[username]).active = not closed
        rows = session.scalars(sa.select(Post).where(Post.user_id == world.users[username]).order_by(Post.id)).all()
        for post in rows:
            post.valid_to = world.day - dt.timedelta(days=days_ago)
        return rows[-1].id
