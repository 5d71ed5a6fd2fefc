"""Who is about in the offices, beside the people of the small county."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.access.hats import hats_of
from app.casework.unit_of_work import unit_of_work
from app.organization.models import Post, User


@pytest.fixture
def colleague(world):
    """A second clerk of the department, there since yesterday; returns the id."""
    with world.system() as session, unit_of_work(session):
        user_id = world.county.add_user(session, "tongshi", "yingji", "unit_clerk")
        session.scalars(sa.select(Post).where(Post.user_id == user_id)).one().valid_from = (
            world.day - dt.timedelta(days=1)
        )
    world.users["tongshi"] = user_id
    with world.system() as session:
        world.hats["tongshi"], = hats_of(session, session.get(User, user_id), world.day)
    return user_id
