"""kill -9 at the n-th statement, for every n, of handing over, of giving a delegation and of taking it back.

As tests/hazards/test_kill.py: afterwards not one row differs; at last nobody kills it, and the invariants hold.
"""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.access.scope import session_for
from app.administration import delegations
from app.organization.models import Delegation
from tests.administration.handing_over import give, hand_over, import_draft, name_assignee
from tests.hazards.test_kill import survives

pytestmark = pytest.mark.one_database  # a unit of work is one for all: tests/hazards/test_kill.py asks both databases


def delegating(world):
    """The clerk lets the reviewer act in his post."""
    hat = world.hats["yingji"]

    def act():
        with session_for(hat.scope) as session:
            delegations.delegate(session, hat, {
                "post_id": hat.post_id, "delegate_id": world.users["yingji_head"], "reason": "病假",
                "valid_from": world.day, "valid_to": world.day + dt.timedelta(days=9),
            }, world.day)

    return act


def test_handing_over_is_never_half_done(world, colleague):
    """Two posts to two people: a case, a draft, an import, a decision, a delegation, the account closed."""
    decides = give(world, "yingji", "yingji", "unit_reviewer")
    waiting, asked = world.bring_to("awaiting_recheck"), world.hazard("yingji")
    world.do("yingji", "ask_cancel", asked)
    for hazard_id in (waiting, asked):
        name_assignee(world, "yingji", hazard_id, "yingji")
    draft, _paper = world.hazard("yingji", issue=False), import_draft(world, "yingji")
    with world.app.app_context():
        delegating(world)()
    takers = {world.hats["yingji"].post_id: "yingji_head", decides: "tongshi"}
    survives(world, "hand over", lambda: hand_over(world, takers=takers, close=True))
    assert [world.read(i).assignee_id for i in (waiting, asked, draft)] == [
        world.users["yingji_head"], colleague, world.users["yingji_head"]
    ]


def test_a_delegation_is_given_or_not(world):
    survives(world, "delegate", delegating(world))


def test_a_delegation_is_taken_back_or_not(world):
    with world.app.app_context():
        delegating(world)()
    with world.system() as session:
        given = session.scalars(sa.select(Delegation.id)).one()
    hat = world.hats["yingji"]

    def act():
        with session_for(hat.scope) as session:
            delegations.revoke(session, hat, given, 1, world.day)

    survives(world, "revoke", act)
