"""`flask check` finds what is wrong anywhere, says where in the office's words, and what to do (issue 3 §6)."""

import pytest
import sqlalchemy as sa

from app.access.scope import system_session
from app.casework.attachments import path_of
from app.casework.cases import Case, CaseParty
from app.casework.imports import ImportDraft
from app.casework.numbering import NumberSeries
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.organization.models import Enterprise, Organization, Post
from app.upkeep.checking import check_all
from tests.upkeep.support import county_at_work

CASES, PARTIES, SERIES = Case.__table__, CaseParty.__table__, NumberSeries.__table__
UNITS, POSTS = Organization.__table__, Post.__table__


def run(world, *options):
    return world.app.test_cli_runner().invoke(args=["check", *options])


def change(world, *statements) -> None:
    with world.system() as session, unit_of_work(session):
        for statement in statements:
            session.execute(statement)


def test_a_county_at_work_is_well(world):
    county_at_work(world)
    done = run(world)
    assert done.exit_code == 0 and "没有不符" in done.output
    with world.system() as session:
        count = session.execute(sa.select(sa.func.count()).select_from(CASES)).scalar_one()
    assert f"{count} 件" in done.output


PLANTED = {
    "当事单位": lambda world: sa.update(PARTIES).values(state="closed"),
    "缺号": lambda world: sa.update(SERIES).values(last=SERIES.c.last + 1),
    "状态与办理记录": lambda world: sa.update(CASES).values(state="closed"),
    "两": lambda world: sa.insert(UNITS).values(kind="enterprise", name="无户口厂", county_id=world.county.id),
    "岗位都在本县": lambda world: sa.update(POSTS).where(POSTS.c.user_id == world.users["yingji"]).values(
        organization_id=world.other.units["yingji"]),
    "填报单位所在的县": lambda world: sa.update(CASES).values(county_id=world.other.id),
}
PLANTED["各有一行"] = PLANTED.pop("两")


@pytest.mark.parametrize("words", PLANTED)
def test_a_planted_fault_is_told_with_its_cure(world, words):
    number = world.read(world.hazard()).number
    change(world, PLANTED[words](world))
    done = run(world)
    assert done.exit_code == 1 and words in done.output
    told = done.output.split(words, 1)[1]
    assert "位置：" in told and "处理：" in told
    if words in ("当事单位", "状态与办理记录"):
        assert number in told, "a case by its number, not by a key"


def test_a_changed_history_is_told(world):
    county_at_work(world)
    with world.app.app_context(), db.engine.begin() as connection:
        trigger = "timeline_entries_no_update"
        connection.exec_driver_sql(f"DROP TRIGGER {trigger}" + (
            " ON timeline_entries" if db.engine.dialect.name == "postgresql" else ""))
        connection.exec_driver_sql("UPDATE timeline_entries SET comment = 'x' WHERE id = 3")
    done = run(world)
    assert done.exit_code == 1 and "没有被改动" in done.output and "3 /" in done.output


@pytest.mark.one_database
def test_a_file_with_other_content_is_found_unless_in_a_hurry(world):
    photo = world.stored()
    number = world.read(world.hazard(photos=[photo])).number
    path = path_of(world.app.config["DATA_DIR"], photo.sha256)
    path.write_bytes(b"x")
    assert photo.sha256 in run(world).output
    assert run(world, "--fast").exit_code == 0
    path.unlink()
    hurried = run(world, "--fast")
    assert hurried.exit_code == 1 and number in hurried.output and "备份" in hurried.output


@pytest.mark.one_database
def test_an_import_that_waits_needs_its_file(world):
    hat = world.hats["fengcheng"]
    with world.system() as session, unit_of_work(session):
        session.add(ImportDraft(county_id=hat.county_id, organization_id=hat.organization_id, user_id=hat.user_id,
                                kind="hazards", file_name="台账.xlsx", sha256="a" * 64, fixes={}, result={}))
    done = run(world)
    assert done.exit_code == 1 and "台账.xlsx" in done.output and "重新上传" in done.output


@pytest.mark.one_database
def test_a_reference_that_leads_nowhere_is_found(world):
    world.hazard()
    with world.app.app_context(), db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("UPDATE ab_user SET county_id = 9999 WHERE username = 'leader'")
        raw.execute("PRAGMA foreign_keys = ON")
    done = run(world)
    assert done.exit_code == 1 and "ab_user" in done.output


def test_tables_of_another_release_are_one_fault(world):
    change(world, sa.text("UPDATE alembic_version SET version_num = '0001'"))
    with world.app.app_context():
        (fault,) = check_all(world.app.config["DATA_DIR"]).faults
    done = run(world)
    assert fault.cure and done.exit_code == 1 and "自动升级" in done.output


@pytest.mark.one_database
def test_it_reads_and_changes_nothing(world):
    county_at_work(world)
    world.hazard()

    def everything():
        with world.app.app_context(), system_session("test") as session:
            return {table.name: session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                    for table in Enterprise.metadata.sorted_tables}

    before = everything()
    run(world)
    assert everything() == before
