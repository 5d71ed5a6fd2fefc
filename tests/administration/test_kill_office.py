"""kill -9 at the n-th statement, for every n, of what is done to accounts, units, enterprises, dictionaries, working
days and settings.

As tests/hazards/test_kill.py: afterwards not one row differs; at last nobody kills it, and the invariants hold.
"""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.access.scope import session_for
from app.administration import enterprises, office, people, units
from app.administration.notices import NoticeDay
from app.casework import assigning
from app.hazards.models import Hazard
from app.organization.models import Enterprise, Organization, User
from app.organization.settings import Setting
from tests.hazards.test_kill import survives

pytestmark = pytest.mark.one_database  # a unit of work is one for all: tests/hazards/test_kill.py asks both databases


def account(world, username: str) -> tuple[int, int]:
    """Whom a form is about, and as it was seen."""
    with world.system() as session:
        user = session.scalars(sa.select(User).where(User.username == username)).one()
        return user.id, people.stamp(user)


def version(world, unit: str) -> int:
    with world.system() as session:
        return session.scalar(sa.select(Organization.version).where(Organization.id == world[unit]))


def planned(world) -> int:
    with world.system() as session:
        return session.scalar(sa.select(Setting.id).where(Setting.key == "unsigned_days"))


ACTS = {  # in this order: what it is called, how it is done with (world, session, hat)
    "open an account": lambda world, session, hat: people.save_person(session, hat, None, None, {
        "username": "xinlai", "last_name": "新来的",
        "posts": [{"organization_id": world["fengcheng"], "role": "unit_clerk"}]}, world.day),
    "change it": lambda world, session, hat: people.save_person(session, hat, *account(world, "xinlai"), {
        "active": False, "posts": [{"organization_id": world["beiliu"], "role": "unit_clerk"}]}, world.day),
    "reset a password": lambda world, session, hat: people.reset_password(
        session, hat, world.users["yingji"], world.day),
    "add a unit": lambda world, session, hat: units.save_unit(session, hat, None, None, {
        "name": "甲县林业局", "kind": "department", "names": ["林草局"], "industries": [world["trade"]]}, world.day),
    "merge a unit": lambda world, session, hat: units.merge(
        session, hat, Organization, world["zhujian"], version(world, "zhujian"), world["yingji"], world.day),
    "add an enterprise": lambda world, session, hat: enterprises.save_enterprise(session, hat, None, None, {
        "name": "甲县宏泰钢构有限公司", "territory_id": world["fengcheng"], "names": ["宏泰"], "regulators": [
            {"organization_id": world["yingji"], "subject": None, "is_daily": True}]}, world.day),
    "give an enterprise another regulator": lambda world, session, hat: enterprises.save_enterprise(
        session, hat, world["firm"], version(world, "firm"), {"regulators": [
            {"organization_id": world["beiliu"], "subject": None, "is_daily": True}]}, world.day),
    "merge an enterprise": lambda world, session, hat: units.merge(
        session, hat, Enterprise, world["firm3"], version(world, "firm3"), world["firm"], world.day),
    "add an entry": lambda world, session, hat: office.save_entry(session, hat, None, None, {
        "dictionary": "industry", "name": "冶金铸造", "parent_id": world["trade"]}, world.day),
    "add a day": lambda world, session, hat: office.save_day(session, hat, None, None, {
        "day": dt.date(2031, 1, 1), "is_workday": False, "note": None}, world.day),
    "take a notice over": lambda world, session, hat: office.save_days(session, hat, [
        NoticeDay(dt.date(2031, 1, n), n > 2, "元旦") for n in (1, 2, 3)], world.day),
    "change a setting": lambda world, session, hat: office.change_setting(
        session, hat, "unsigned_days", 5, world.day + dt.timedelta(days=1), world.day),
    "take it back": lambda world, session, hat: office.withdraw_setting(session, hat, planned(world), world.day),
}


def test_what_the_administrator_does_is_done_or_not(world):
    world.hazard()  # whose parties follow the enterprise's regulators
    hat = world.hats["admin"]
    for name, do in ACTS.items():
        def act(do=do):
            with session_for(hat.scope) as session:
                do(world, session, hat)

        survives(world, name, act)


def test_who_sees_to_a_case_is_named_or_not(world, colleague):
    hazard_id, hat = world.bring_to("awaiting_recheck"), world.hats["yingji"]

    def act():
        with session_for(hat.scope) as session:
            assigning.assign(session, Hazard, hazard_id, world.read(hazard_id).version, hat, colleague, world.day)

    survives(world, "assign", act)
    assert world.read(hazard_id).assignee_id == colleague
