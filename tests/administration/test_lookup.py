"""The directory's look-up and the change of hats."""

import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.casework.unit_of_work import unit_of_work
from app.organization.models import Enterprise, Organization, OrganizationName, Post


def found(visitor, q, kinds="all"):
    answer = visitor.get("/directory/lookup", query_string={"q": q, "kinds": kinds})
    assert answer.status_code == 200
    return [(row["text"], row["note"]) for row in answer.json["results"]]


def test_units_and_enterprises_by_part_of_the_name(world):
    clerk = world.as_("fengcheng")
    assert found(clerk, "应急", "units") == [("应急管理局", "")]
    assert found(clerk, "铸造") == [("试验铸造厂", "凤城镇 · 冶金工贸")]
    assert found(clerk, "铸造", "units") == []
    assert clerk.get("/directory/lookup?kinds=people").status_code == 400


def test_by_alias_and_by_the_beginning_of_the_credit_code(world):
    with world.system() as session, unit_of_work(session):
        session.add(OrganizationName(organization_id=world["zhujian"], name="建设局"))
        session.get(Enterprise, world["firm"]).uscc = "91140522MADEM001X0"
    clerk = world.as_("yingji")
    assert found(clerk, "建设局", "units") == [("住建局", "")]
    assert found(clerk, "91140522madem", "enterprises") == [("试验铸造厂", "凤城镇 · 冶金工贸")]
    assert found(clerk, "%") == []


def test_the_very_name_comes_first_and_twenty_are_enough(world):
    with world.system() as session, unit_of_work(session):
        for n in range(30):
            session.add(Organization(county_id=world.county.id, kind="department", name=f"住建局第{n}队"))
    names = [text for text, _ in found(world.as_("yingji"), "住建局", "units")]
    assert names[0] == "住建局"
    assert len(names) == 20


def test_what_is_not_active_cannot_be_chosen(world):
    with world.system() as session, unit_of_work(session):
        session.get(Organization, world["zhujian"]).active = False
    assert found(world.as_("yingji"), "住建", "units") == []


def test_another_county_is_not_found(world):
    with world.system() as session:
        theirs = {world.other.units["firm"], world.other.units["yingji"]}
        for name in ("试验铸造厂", "应急管理局"):
            assert len(session.scalars(sa.select(Organization).where(Organization.name == name)).all()) == 2
    ids = {row["id"] for row in world.as_("yingji").get("/directory/lookup?q=").json["results"]}
    assert ids and not ids & theirs


def test_an_enterprise_finds_itself_only(world):
    assert found(world.as_("firm"), "") == [("试验铸造厂", "凤城镇 · 冶金工贸")]


@pytest.mark.parametrize("username", ["auditor", None])
def test_who_may_not_look_up(world, client, username):
    answer = (world.as_(username) if username else client).get("/directory/lookup?q=局")
    assert answer.status_code == (403 if username else 302)


def test_dictionary_entries(world):
    answer = world.as_("yingji").get("/directory/entries/industry?q=冶金")
    assert [row["text"] for row in answer.json["results"]] == ["冶金工贸"]


def test_the_lookup_is_one_statement(world, statements):
    clerk = world.as_("yingji")
    clerk.get("/directory/lookup?q=试验")
    with statements() as seen:
        clerk.get("/directory/lookup?q=试验")
    assert len(seen) <= 5, seen


# ── hats ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def second_post(world, username, unit, role):
    with world.system() as session, unit_of_work(session):
        post = Post(user_id=world.users[username], organization_id=world[unit], role=role)
        session.add(post)
        session.flush()
        return post.id


def test_another_hat_is_worn_and_the_change_is_recorded(world):
    post = second_post(world, "fengcheng", "yingji", "unit_reviewer")
    clerk = world.as_("fengcheng")
    assert clerk.send("/hats/wear", {"post": post}).status_code == 302
    with world.system() as session:
        entry = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "hat_changed")).one()
        assert (entry.user_name, entry.organization_name) == ("fengcheng的人", "应急管理局")
        assert entry.role == "unit_reviewer"


def test_a_hat_of_somebody_else_cannot_be_worn(world):
    post = second_post(world, "yingji", "zhujian", "unit_reviewer")
    clerk = world.as_("fengcheng")
    assert clerk.send("/hats/wear", {"post": post}).status_code == 404
    assert clerk.get("/hats/wear").status_code == 405
