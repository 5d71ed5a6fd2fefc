"""The auditor's page: the county's log, its seals, its check, its export."""

import io
import re
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pytest
import sqlalchemy as sa

import app
from app.audit.words import verb_choices
from app.casework.history import TimelineEntry, seal
from app.casework.unit_of_work import unit_of_work
from app.organization.settings import Setting
from tests.jobs.support import row, work_off

VERIFIED = "audit_verified"


@pytest.fixture
def busy(world):
    """A county in which something happened, and another one too."""
    hazard = world.hazard("yingji")
    world.do("firm", "acknowledge", hazard)
    world.hazard("other_yingji")
    return hazard


def close_block(world):
    with world.system() as session, unit_of_work(session):
        return seal(session)


@pytest.mark.parametrize("username", ["office", "office_head", "leader", "yingji", "firm", "admin"])
def test_the_auditor_s_only(world, busy, username):
    other = world.as_(username)
    assert other.get("/audit/").status_code == 403
    assert other.get("/audit/export").status_code == 403
    assert other.send("/audit/verify").status_code == 403


@pytest.mark.one_database
def test_each_act_that_is_recorded_has_a_name():
    """Of a case or not: nothing stands in the log as “其他”."""
    said = re.compile(r'\brecord\(\s*[\w.]*session, [\w.]*hat, "(\w+)"')
    sources = (path.read_text("utf-8") for path in Path(app.__file__).parent.rglob("*.py"))
    recorded = {verb for source in sources for verb in said.findall(source)}
    assert len(recorded) > 15 and recorded <= {name for name, _title in verb_choices()}


def test_logs_and_nothing_else(world, busy):
    auditor = world.as_("auditor")
    page = auditor.get("/audit/").text
    number = world.read(busy).number
    assert number in page
    assert "应急管理局" in page
    assert "yingji的人" in page
    assert "other_yingji的人" not in page
    for path in ("/hazards/", f"/hazards/{busy}", "/enterprises/", "/units/", "/people/", "/settings/"):
        assert auditor.get(path).status_code == 403, path


def test_few_statements(world, busy, statements):
    for _n in range(5):
        world.hazard("yingji")
    auditor = world.as_("auditor")
    auditor.get("/audit/")
    with statements() as seen:
        auditor.get("/audit/")
    assert len(seen) <= 15, seen


def test_filters_and_pages(world, busy):
    auditor = world.as_("auditor")
    assert auditor.get("/audit/?verb=acknowledge").text.count('id="entry-') == 1
    assert auditor.get("/audit/?q=firm的人").text.count('id="entry-') == 1
    number = world.read(world.hazard("yingji")).number
    page = auditor.get(f"/audit/?q={number.lower()}").text
    assert page.count('id="entry-') == 2 and number in page
    assert auditor.get("/audit/?since=2031-01-01").text.count('id="entry-') == 0
    assert auditor.get("/audit/?since=nonsense&verb=nonsense").status_code == 200
    assert auditor.get("/audit/?before=x").status_code == 400
    with world.system() as session, unit_of_work(session):
        ids = sorted(session.scalars(sa.select(TimelineEntry.id).where(TimelineEntry.county_id == world.county.id)))
        known = len(ids)
        model = session.get(TimelineEntry, ids[0])
        for n in range(60):
            session.add(TimelineEntry(
                county_id=model.county_id, recorded_at=model.recorded_at, occurred_on=model.occurred_on,
                user_name=f"人{n}", organization_name="单位", role="unit_clerk", verb="login", changes={}, extra={}))
    first = auditor.get("/audit/")
    assert first.text.count('id="entry-') == 50
    older = first.text.split('href="/audit/?before=')[1].split('"')[0]
    assert auditor.get(f"/audit/?before={older}").text.count('id="entry-') == known + 10


def test_the_newest_block_s_hash_and_what_waits(world, busy):
    auditor = world.as_("auditor")
    assert "—" in auditor.get("/audit/").text
    sealed = close_block(world)
    with world.system() as session:
        newest = session.execute(sa.text("select hash from audit_blocks")).scalar_one()
    page = auditor.get("/audit/").text
    assert newest in page
    assert f"<dd>{sealed}</dd>" in page
    assert "<dd>0</dd>" in page


def test_the_check_says_what_it_found_and_is_logged(world, busy):
    auditor = world.as_("auditor")
    close_block(world)
    page = auditor.send("/audit/verify", follow_redirects=True).text
    assert "alert-success" in page
    with world.system() as session:
        entry = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == VERIFIED)).one()
        assert (entry.role, entry.extra["fault"]) == ("auditor", None)
    assert auditor.get("/audit/verify").status_code == 405


def test_the_export_is_the_filter_s_and_is_logged(world, busy):
    auditor = world.as_("auditor")
    with auditor.get("/audit/export?verb=acknowledge") as answer:
        assert answer.status_code == 200
        rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert any("firm的人" in str(row) for row in rows)
    assert not any("other_" in str(row) for row in rows)
    with world.system() as session:
        entry = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "export")).one()
        assert (entry.extra["form"], entry.extra["rows"]) == ("audit", 1)


def test_a_long_export_is_the_worker_s_and_the_same(world, busy):
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.county.id, key="export_job_rows", value=1, valid_from=world.day))
    auditor = world.as_("auditor")
    said = {"q": "的人", "since": "2020-01-01", "until": "2999-12-31"}
    address = "/audit/export?" + urlencode(said)
    asked = [auditor.get(address).headers["Location"] for _press in range(2)]
    assert asked[0] == asked[1], "pressed twice is one job"
    job_id = int(asked[0].rsplit("/", 1)[1])
    work_off(world.app)
    with auditor.get(f"/jobs/{job_id}/file") as answer:
        rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert any("firm的人" in str(row) for row in rows) and not any("other_" in str(row) for row in rows)
    with world.system() as session:
        entry = session.scalars(sa.select(TimelineEntry).where(TimelineEntry.verb == "export")).one()
    done = row(world, job_id)
    assert (done.state, done.result["rows"], entry.extra["filters"]) == ("done", entry.extra["rows"], said)
    assert entry.extra["rows"] > 1, "what the page would have shown"


def test_no_stored_name_is_shown(world, busy):
    admin = world.as_("admin")
    admin.send(f"/units/{world['zhujian']}/edit", {"version": 1, "phone": "0356-1", "review_before_issue": "1"})
    admin.send("/settings/warning_days/edit", {"value": "5", "valid_from": world.day.isoformat()})
    page = world.as_("auditor").get("/audit/").text
    for name in ("unit_changed", "review_before_issue", "setting_changed", "warning_days", "acknowledge", "unit_clerk"):
        assert f">{name}" not in page and f" {name}" not in page, name
    assert "0356-1" in page
