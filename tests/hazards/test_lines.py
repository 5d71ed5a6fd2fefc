"""A line of the ledger is drawn once for the same values, and anew as soon as anything that it says has changed."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.casework.cases import Case
from app.casework.unit_of_work import unit_of_work
from app.hazards.models import Hazard, Rectifier
from app.organization.models import Organization
from app.templating import _line


def listed(world, username="yingji") -> str:
    answer = world.as_(username).get("/hazards/?state=all")
    assert answer.status_code == 200
    return answer.text


def put(world, row, **values) -> None:
    with world.system() as session, unit_of_work(session):
        session.execute(sa.update(row.__table__).values(values))


def test_the_second_reader_has_it_drawn_already(world):
    for _ in range(3):
        world.hazard()
    listed(world)
    before = _line.cache_info()
    listed(world)
    after = _line.cache_info()
    assert (after.hits - before.hits, after.misses - before.misses) == (3, 0)


@pytest.mark.parametrize("row, values, said", [
    (Case, {"title": "灭火器失效"}, "灭火器失效"),
    (Hazard, {"level": "major"}, "tag-major"),
    (Case, {"open_request": "extension"}, "延期待批"),
    (Case, {"number": "甲1号"}, "甲1号"),
    (Organization, {"short_name": "改名单位"}, "改名单位<span"),
    (Rectifier, {"heads": "王甲"}, "王甲"),
])
def test_what_changed_is_said(world, row, values, said):
    """A value of its own, a name that stands elsewhere, what a chosen column shows."""
    world.hazard()
    world.as_("yingji").send("/hazards/columns", {"column": ["unit", "heads", "src", "due", "state", "turn"]})
    assert said not in listed(world)
    put(world, row, **values)
    assert said in listed(world)


def test_days_go_by(world):
    world.hazard(due=world.day + dt.timedelta(days=1))
    assert "明天到期" in listed(world)
    world.app.config["TODAY"] = world.day + dt.timedelta(days=3)
    assert "逾期2天" in listed(world)


def test_to_each_role_its_own(world):
    """An enterprise does not learn whose finding it was (decision 0005), whoever looked before."""
    world.hazard(source="assessment")
    seen = {}
    for name in ("office", "firm", "office"):
        world.as_(name).send("/hazards/columns", {"column": ["unit", "source", "due"]})
        seen[name] = listed(world, name).partition("<tbody>")[2].partition("</tbody>")[0]
    assert "考核" in seen["office"] and "考核" not in seen["firm"]
