"""A county at its full size (here a small one): right by every invariant, and the same on both databases."""
import datetime as dt
import hashlib

import pytest
import sqlalchemy as sa

from app.access.scope import system_session
from app.casework.cases import Case, CaseParty
from app.casework.history import TimelineEntry
from app.demo import scale
from app.demo.scale.loading import EVEN
from app.hazards.models import Hazard, Round
from app.organization.models import Enterprise, Organization
from app.upkeep.checking import check_all
from tests.support.processes import flask

TODAY = dt.date(2026, 11, 23)
PASSWORD = "invented-for-the-test"
_cases, _parties, _hazards = Case.__table__, CaseParty.__table__, Hazard.__table__
TABLES = {  # what is not the day's clock or a password
    "enterprises": Enterprise.__table__, "cases": _cases, "hazards": _hazards, "rounds": Round.__table__,
    "history": TimelineEntry.__table__,
}
SEEN: dict[str, str] = {}


@pytest.fixture
def county(app, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO_PASSWORD", PASSWORD)
    scale.load(app, 2000, 50, TODAY, lambda _line: None)
    return app


def counted(session, *conditions, table=_cases):
    return session.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions))


def digests(session) -> dict[str, str]:
    rows = {name: session.execute(sa.select(table).order_by(table.c.id)).all() for name, table in TABLES.items()}
    return {name: hashlib.sha256(repr(found).encode()).hexdigest() for name, found in rows.items()}


def test_as_many_as_asked_for_and_nothing_out_of_place(county, visitor):
    with county.app_context(), system_session("test") as session:
        assert counted(session) == 2000
        assert counted(session, table=Enterprise.__table__) == 50
        is_open = _cases.c.state.in_(("rectifying", "awaiting_recheck"))
        assert counted(session, is_open) == 160
        assert counted(session, is_open, _cases.c.due < TODAY, _cases.c.state == "rectifying") == 40
        unit = session.scalar(sa.select(Organization.id).where(Organization.short_name == EVEN))
        of_unit = sa.select(sa.func.count(_parties.c.case_id.distinct())).where(_parties.c.organization_id == unit)
        assert session.scalar(of_unit) == 40
        for word, least in (("临时用电", 50), ("氨罐", 1)):
            assert counted(session, _hazards.c.description.contains(word), table=_hazards) >= least, word
        assert check_all(county.config["DATA_DIR"]).faults == []
        for name, found in digests(session).items():
            assert SEEN.setdefault(name, found) == found, f"{name}: the other database holds something else"
    page = visitor("anban", PASSWORD).get("/hazards/").text
    assert page.count('name="rowid"') == 25
    visitor("qiye", PASSWORD)


@pytest.mark.one_database
def test_the_command_fills_an_empty_folder_only(tmp_path, kind):
    data = tmp_path / "data"
    options = ("demo", "--hazards", "1000", "--enterprises", "20")
    first = flask(data, *options, DEMO_PASSWORD=PASSWORD)
    assert first.returncode == 0, first.stderr
    assert PASSWORD in first.stdout and "anban" in first.stdout
    again = flask(data, *options, DEMO_PASSWORD=PASSWORD)
    assert again.returncode == 1 and str(data) in again.stderr
    assert "已有" in again.stderr
    said = flask(data, "demo", "--help").stdout
    assert "隐患" in said and "企业" in said
