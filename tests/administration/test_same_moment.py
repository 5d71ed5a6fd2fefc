"""Two who add the same at the same moment: it is there once, and the second is told so at the field."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.administration import enterprises, office, people, units
from app.administration.notices import NoticeDay
from app.casework.errors import Obstacle
from app.organization.models import CalendarDay, DictionaryEntry, Organization, User
from tests.casework.support import in_processes

WRITERS, ROUNDS = 4, 12
FIRST = dt.date(2031, 1, 1)


def add_person(world, session, hat, n):
    posts = [{"organization_id": world["fengcheng"], "role": "unit_clerk"}]
    people.save_person(session, hat, None, None, {"username": f"same{n}", "last_name": "同某某", "posts": posts},
                       world.day)


ADDED = {  # how a row of one name is added, and what counts the rows
    "unit": (lambda world, session, hat, n: units.save_unit(
        session, hat, None, None, {"name": f"第{n}同名局", "kind": "department"}, world.day),
        Organization.name.like("第%同名局")),
    "enterprise": (lambda world, session, hat, n: enterprises.add_by_name(
        session, hat, f"第{n}同名厂", world["fengcheng"], world.day), Organization.name.like("第%同名厂")),
    "entry": (lambda world, session, hat, n: office.save_entry(
        session, hat, None, None, {"dictionary": "industry", "name": f"第{n}同名"}, world.day),
        DictionaryEntry.name.like("第%同名")),
    "day": (lambda world, session, hat, n: office.save_day(
        session, hat, None, None, {"day": FIRST + dt.timedelta(n), "is_workday": False, "note": None}, world.day),
        CalendarDay.day >= FIRST),
    "notice": (lambda world, session, hat, n: office.save_days(
        session, hat, [NoticeDay(FIRST + dt.timedelta(n), False, "")], world.day), CalendarDay.day >= FIRST),
    "person": (add_person, User.username.like("same%")),
}


@pytest.mark.parametrize("what", ADDED)
def test_the_same_is_added_by_several_at_once(world, what):
    add, rows = ADDED[what]
    hat = world.hats["admin"]

    def work(_i):
        for n in range(ROUNDS):
            with world.session_of("admin") as session:
                try:
                    add(world, session, hat, n)
                except (Obstacle, enterprises.Doubles) as told:
                    assert what != "notice", told

    assert in_processes(world.app, WRITERS, work) == []
    with world.system() as session:
        assert session.scalar(sa.select(sa.func.count()).where(rows)) == ROUNDS
