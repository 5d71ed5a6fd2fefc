"""Which rows exist for whom, asked of the session itself: whatever way a statement takes, the scope holds."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.access.scope import NOBODY, Scope, session_for
from app.access.sessions import ScopeAlreadySet, ScopedSession
from app.casework.attachments import Attachment
from app.casework.cases import Case, CaseParty
from app.casework.history import TimelineEntry
from app.casework.requests import CaseRequest
from app.extensions import db
from app.hazards.models import Hazard, Round
from app.organization.models import (
    CalendarDay,
    DictionaryEntry,
    Enterprise,
    EnterpriseRegulator,
    Organization,
    Post,
)
from app.organization.settings import Setting
from tests.support.factories import OTHER, POSTS

CONCERNED = {  # whose case the ordinary hazard is: inspected by yingji at firm in fengcheng, regulated by zhujian too
    "yingji", "yingji_head", "zhujian", "zhujian_head", "fengcheng", "fengcheng_head", "firm", "office", "office_head",
    "leader",
}
BESIDE = ("office", "yingji", "fengcheng", "firm", "leader", "auditor")  # of the second county: one of each kind
EVERYBODY = [*POSTS, *(OTHER + name for name in BESIDE)]
PARTS = (CaseParty, Round, TimelineEntry, Attachment, CaseRequest)


@pytest.fixture
def hazard_id(world) -> int:
    """An issued hazard with a part of every kind."""
    hazard_id = world.hazard(photos=[world.stored()])
    world.do("firm", "ask_extension", hazard_id)
    return hazard_id


def ways(session, hazard_id: int):
    """The case, looked for in every way that the ORM knows."""
    other = aliased(Hazard)
    return {
        "select": session.scalars(sa.select(Hazard).where(Hazard.id == hazard_id)).first(),
        "base": session.scalars(sa.select(Case).where(Case.id == hazard_id)).first(),
        "get": session.get(Hazard, hazard_id),
        "get base": session.get(Case, hazard_id),
        "query": session.query(Hazard).filter_by(id=hazard_id).first(),
        "alias": session.scalars(sa.select(other).where(other.id == hazard_id)).first(),
        "column": session.execute(sa.select(Hazard.description).where(Hazard.id == hazard_id)).first(),
        "base column": session.execute(sa.select(Case.title).where(Case.id == hazard_id)).first(),
        "count": session.scalar(sa.select(sa.func.count(Hazard.id))),
        "subquery": session.scalars(sa.select(Case).where(Case.id.in_(sa.select(Hazard.id)))).first(),
        "join": session.execute(sa.select(Round.id).join(Hazard, Round.case_id == Hazard.id)).first(),
        "loaded with": session.scalars(
            sa.select(Hazard).options(joinedload(Hazard.rounds), selectinload(Hazard.rectifiers))
        ).first(),
    }


@pytest.mark.parametrize("username", EVERYBODY)
def test_a_case_exists_for_whom_it_concerns(world, hazard_id, username):
    with world.session_of(username) as session:
        found = {way for way, row in ways(session, hazard_id).items() if row}
        every = set(ways(session, hazard_id))
    assert found == (every if username in CONCERNED else set())


@pytest.mark.parametrize("username", EVERYBODY)
def test_parts_exist_with_their_case(world, hazard_id, username):
    with world.session_of(username) as session:
        seen = {part.__name__ for part in PARTS if session.scalars(sa.select(part)).first()}
        if username == "auditor":
            assert seen == {"TimelineEntry"}  # the log, and nothing it is about
        else:
            assert seen == ({part.__name__ for part in PARTS} if username in CONCERNED else set())


def changed(session, model, **values) -> int:
    """Rows that an UPDATE without any condition of its own touches."""
    return session.execute(sa.update(model).values(values).execution_options(synchronize_session=False)).rowcount


@pytest.mark.parametrize("username", ["beiliu", "firm2", "other_office", "other_yingji", "auditor", "admin"])
def test_update_and_delete_find_no_row_that_a_select_would_not(world, hazard_id, username):
    """The user has a hazard of its own: no condition that holds for one row may let all others through."""
    home, before = (OTHER if username.startswith(OTHER) else ""), world.read(hazard_id)
    own = world.hazard(f"{home}beiliu")
    if username == "firm2":
        world.do("beiliu", "ask_reassign", own, receiver_id=world["firm2"])
        world.do("firm2", "accept_reassign", own)
    sees = 0 if username in ("auditor", "admin") else 1
    with world.session_of(username) as session:
        assert changed(session, Case, title="改") == sees
        assert changed(session, Hazard, place="改") == sees
        assert changed(session, Round, opinion="改") == sees
        assert changed(session, Enterprise, address="改") <= 3
        session.execute(sa.delete(Round))
        session.execute(sa.delete(CaseParty))
        session.commit()
    assert world.read(hazard_id) == before
    with world.system() as session:
        assert session.scalar(sa.select(sa.func.count(Round.id)).where(Round.case_id == hazard_id)) == 1
        assert session.scalar(sa.select(sa.func.count(CaseParty.id)).where(CaseParty.case_id == hazard_id)) > 4
        foreign = world.county if home else world.other
        touched = session.scalars(sa.select(Enterprise).where(Enterprise.county_id == foreign.id))
        assert not any(firm.address for firm in touched)


def test_delete_of_a_joined_class_finds_no_row_that_a_select_would_not(world, hazard_id):
    world.hazard("other_yingji")
    with world.session_of("other_office") as session:
        with pytest.raises(sa.exc.IntegrityError):  # its own one, which parts still name
            session.execute(sa.delete(Hazard).execution_options(synchronize_session=False))
        session.rollback()
        session.execute(sa.delete(Hazard).where(Hazard.id == hazard_id).execution_options(synchronize_session=False))
        session.commit()
    assert world.read(hazard_id)


def test_a_relationship_leads_to_no_hidden_row(world, hazard_id):
    """The party rows of a case that is known by another way stay hidden too."""
    with world.session_of("beiliu") as session:
        case = Hazard(id=hazard_id)
        sa.orm.make_transient_to_detached(case)
        session.add(case)
        assert case.parties == []
        assert case.rounds == []
        assert case.request is None
        session.expunge(case)


def test_without_a_scope_there_are_no_rows(world, hazard_id):
    with world.app.app_context(), ScopedSession(db) as session:
        assert not any(ways(session, hazard_id).values())
        for model in (*PARTS, Organization, Enterprise, DictionaryEntry, Post):
            assert session.scalars(sa.select(model)).first() is None
    with world.app.app_context(), session_for(NOBODY) as session:
        assert not any(ways(session, hazard_id).values())


def test_the_applications_own_session_has_none_before_somebody_is_known(world, hazard_id):
    with world.app.app_context():
        assert db.session.get(Hazard, hazard_id) is None


def test_one_session_serves_one_party(world, hazard_id):
    with world.session_of("yingji") as session:
        assert session.get(Hazard, hazard_id) is not None
        with pytest.raises(ScopeAlreadySet):
            session.serve(world.hats["beiliu"].scope)
        with pytest.raises(ScopeAlreadySet):
            session.serve(NOBODY)
        session.serve(world.hats["yingji"].scope)


def test_a_draft_exists_for_its_filer_only(world):
    draft = world.hazard("yingji", issue=False)
    for username in EVERYBODY:
        with world.session_of(username) as session:
            assert bool(session.get(Hazard, draft)) is (username in ("yingji", "yingji_head")), username
            seen = bool(session.scalars(sa.select(Round).where(Round.case_id == draft)).first())
            assert seen is (username in ("yingji", "yingji_head")), username


def test_a_withdrawn_hazard_is_a_draft_again(world):
    hazard_id = world.hazard("yingji")
    world.do("yingji", "withdraw", hazard_id)
    for username in ("firm", "fengcheng", "zhujian", "office", "leader"):
        with world.session_of(username) as session:
            assert session.get(Hazard, hazard_id) is None, username


def test_merged_units_are_my_unit(world, hazard_id):
    """What was the old bureau's is the successor's, and only forward."""
    with world.system() as session:
        session.execute(sa.text("update organizations set successor_id = :new, active = :off where id = :old"),
                        {"new": world["beiliu"], "old": world["yingji"], "off": False})
        session.commit()
    scope = world.hats["beiliu"].scope
    with world.app.app_context(), session_for(Scope(
        scope.breadth, scope.county_id, (world["yingji"], world["beiliu"]), scope.role, scope.user_id
    )) as session:
        assert session.get(Hazard, hazard_id) is not None
    assert world.as_("beiliu").get(f"/hazards/{hazard_id}").status_code == 200


def test_the_directory_by_role(world):
    """Government units read their county's directory; an enterprise sees itself; no county sees another."""
    own, foreign = set(world.county.units.values()), set(world.other.units.values())
    for username in POSTS:
        with world.session_of(username) as session:
            units = set(session.scalars(sa.select(Organization.id)))
            firms = set(session.scalars(sa.select(Enterprise.id)))
            regulators = set(session.scalars(sa.select(EnterpriseRegulator.enterprise_id)))
            entries = set(session.scalars(sa.select(DictionaryEntry.id)))
            posts = set(session.scalars(sa.select(Post.organization_id)))
        assert not (units | firms | regulators | posts) & foreign, username
        assert entries == set(world.county.entries.values()), username
        if username in ("firm", "firm2", "firm3"):
            assert units == firms == {world[username]}, username
            assert regulators <= {world[username]}
        else:
            assert own <= units, username


def test_parts_confined_to_a_unit(world, hazard_id):
    """A part with its own parties: that unit and the overseeing ones."""
    with world.system() as session:
        session.execute(sa.update(Attachment).where(Attachment.case_id == hazard_id)
                        .values(confined_to_id=world["zhujian"]))
        session.commit()
    for username, sees in {"zhujian": True, "yingji": True, "fengcheng": True, "firm": False, "office": True}.items():
        with world.session_of(username) as session:
            assert bool(session.scalars(sa.select(Attachment)).all()) is sees, username


def test_settings_and_calendar_of_the_county_only(world):
    with world.system() as session:
        for county in (world.county, world.other):
            session.add(Setting(county_id=county.id, key="warning_days", value=5, valid_from=world.day))
            session.add(CalendarDay(county_id=county.id, day=dt.date(2026, 5, 1), is_workday=True))
        session.commit()
    with world.session_of("yingji") as session:
        assert set(session.scalars(sa.select(Setting.county_id))) == {world.county.id}
        assert set(session.scalars(sa.select(CalendarDay.county_id))) == {world.county.id}
