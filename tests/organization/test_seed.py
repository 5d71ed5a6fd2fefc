"""The seed data of a county: complete, unambiguous, loadable twice and for a second county."""
from collections import Counter

import pytest
import sqlalchemy as sa
from flask_appbuilder import Model
from sqlalchemy.orm import Session

import app.casework.cases  # noqa: F401  (completes the metadata that the organization's tables refer to)
from app.organization.models import DictionaryEntry, Organization, OrganizationIndustry, OrganizationName
from app.organization.seed import load_county

TABLES = (Organization, OrganizationName, DictionaryEntry, OrganizationIndustry)


@pytest.fixture
def session():
    engine = sa.create_engine("sqlite://")
    Model.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def counts(session):
    return [session.scalar(sa.select(sa.func.count()).select_from(table)) for table in TABLES]


def units(session, county, kind):
    return session.scalars(
        sa.select(Organization).where(Organization.county_id == county.id, Organization.kind == kind)
    ).all()


def test_the_county_and_what_is_above_it(session):
    county = load_county(session)
    assert (county.name, county.code, county.county_id) == ("阳城县", "140522", county.id)
    assert [county.parent.name, county.parent.parent.name] == ["晋城市", "山西省"]
    townships = units(session, county, "township")
    assert len(townships) == 15
    assert {unit.name: unit.code for unit in townships}["董封乡"] == "140522205"
    assert len({unit.code for unit in townships}) == 15
    assert len(units(session, county, "department")) >= 35
    assert [unit.short_name for unit in units(session, county, "county_office")] == ["县安委办"]
    assert {unit.short_name for unit in units(session, county, "justice")} == {"县公安局", "县检察院", "县法院"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("应急局", "阳城县应急管理局"), ("应急管理局", "阳城县应急管理局"), ("县应急局", "阳城县应急管理局"),
        ("住建局", "阳城县住房和城乡建设局"), ("凤城", "凤城镇"), ("凤城镇人民政府", "凤城镇"),
        ("凤城镇政府", "凤城镇"), ("阳城县凤城镇", "凤城镇"), ("市场监管局", "阳城县市场监督管理局"),
        ("安委办", "阳城县安全生产委员会办公室"), ("交警大队", "阳城县公安局交通警察大队"),
    ],
)
def test_names_as_offices_write_them(session, written, meant):
    load_county(session)
    found = session.scalars(
        sa.select(Organization).join(Organization.names).where(OrganizationName.name == written)
    ).all()
    assert [unit.name for unit in found] == [meant]


def test_no_name_means_two_units(session):
    county = load_county(session)
    spellings = Counter()
    for unit in session.scalars(sa.select(Organization).where(Organization.county_id == county.id)):
        spellings.update({unit.name, unit.short_name, *(alias.name for alias in unit.names)} - {None})
    assert [name for name, n in spellings.items() if n > 1] == []


def test_dictionaries(session):
    county = load_county(session)
    entries = session.scalars(sa.select(DictionaryEntry).where(DictionaryEntry.county_id == county.id)).all()
    top = [e.name for e in entries if e.dictionary == "industry" and e.parent_id is None]
    assert len(top) == 14
    assert "其他" in top
    assert all(e.document_number for e in entries if e.dictionary == "major_criterion")
    assert {"四不两直", "双随机", "企业自查"} <= {e.name for e in entries if e.dictionary == "inspection_method"}
    assert {e.dictionary for e in entries} == {"industry", "hazard_category", "inspection_method", "major_criterion"}


def test_every_named_industry_exists_and_has_a_supervisor(session):
    load_county(session)
    supervised = set(session.scalars(sa.select(OrganizationIndustry.industry_id)))
    entry = DictionaryEntry
    second_level = session.scalars(sa.select(entry).where(entry.dictionary == "industry", entry.parent_id.is_not(None)))
    assert [entry.name for entry in second_level if entry.id not in supervised] == []


def test_loading_twice_changes_nothing(session):
    county = load_county(session)
    before = counts(session)
    session.expunge_all()
    assert load_county(session).id == county.id
    assert counts(session) == before


def test_an_edited_unit_stays_edited(session):
    county = load_county(session)
    before = counts(session)
    office, town = units(session, county, "department")[0], units(session, county, "township")[0]
    office.names.append(OrganizationName(name=office.name))
    office.name, office.active = "阳城县应急和消防管理局", False
    town.name = "凤城街道"
    session.flush()
    load_county(session)
    assert counts(session) == [before[0], before[1] + 1, *before[2:]]
    assert not office.active


def test_a_second_county_has_units_of_the_same_name(session):
    first, second = load_county(session), load_county(session, "邻县")
    assert second.id != first.id
    assert {u.name for u in units(session, second, "township")} == {u.name for u in units(session, first, "township")}
    assert second.parent_id is None
    assert not any(u.code for u in units(session, second, "township"))
    assert "邻县应急管理局" in {u.name for u in units(session, second, "department")}
    assert units(session, load_county(session, "沁水县", townships=False), "township") == []
