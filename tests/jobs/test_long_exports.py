"""A long export is the worker's: the same form, under the scope of who asked, in the 下载 list."""

import io

import openpyxl
import pytest
import sqlalchemy as sa

from app.casework.history import TimelineEntry
from app.casework.unit_of_work import unit_of_work
from app.organization.settings import Setting
from tests.jobs.support import JOBS, row, work_off

ENTRIES = TimelineEntry.__table__


@pytest.fixture
def short(world):
    """A county in which an export of more than two rows counts as long; three hazards of ours, one of another unit."""
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.county.id, key="export_job_rows", value=2, valid_from=world.day))
    numbers = [world.read(world.hazard("yingji", description=f"第{n}条")).number for n in range(3)]
    world.hazard("zhujian", enterprise_id=world["firm2"], rectifiers=[world["firm2"]])
    return numbers


def job_of(answer) -> int:
    assert answer.status_code == 302
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def cells(content: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [str(cell) for line in sheet.iter_rows(values_only=True) for cell in line if cell is not None]


def test_the_file_is_the_form_that_a_short_export_gives(world, short):
    who = world.as_("yingji")
    job_id = job_of(who.get("/hazards/export"))
    assert "排队" in who.get(f"/jobs/{job_id}").get_data(as_text=True)
    work_off(world.app)
    with who.get(f"/jobs/{job_id}/file") as answer:
        said = cells(answer.data)
    assert all(f"第{n}条" in " ".join(said) for n in range(3)) and row(world, job_id).result["rows"] == 3
    with world.system() as session:
        told = session.execute(sa.select(ENTRIES.c.extra).where(ENTRIES.c.verb == "export")).scalars().all()
    assert [each["rows"] for each in told] == [3], "recorded once, by the job"


def test_the_filter_goes_along(world, short):
    who = world.as_("office")
    job_id = job_of(who.get("/hazards/export?q=条"))
    work_off(world.app)
    assert row(world, job_id).result["rows"] == 3, "of four in the county"


def test_a_short_export_is_answered_at_once(world, short):
    with world.as_("zhujian").get("/hazards/export?q=第1条") as answer:
        assert answer.status_code == 200 and answer.mimetype.endswith("sheet")


def test_pressed_twice_is_one_job(world, short):
    who = world.as_("yingji")
    first, second = job_of(who.get("/hazards/export")), job_of(who.get("/hazards/export"))
    assert first == second != job_of(who.get("/hazards/export?paper=A4"))
    work_off(world.app)
    assert job_of(who.get("/hazards/export")) != first
    with world.system() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(JOBS)).scalar() == 3
