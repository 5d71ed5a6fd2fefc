"""Months of ledgers of `world`, and a clock of the record that goes with its day. Nothing goes over HTTP."""

import datetime as dt
from itertools import count
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from app.casework.cases import Case
from app.casework.unit_of_work import unit_of_work
from app.casework.verbs import perform
from app.organization.settings import Setting
from app.submissions.freezing import prepare
from app.submissions.models import Freeze, Submission
from app.submissions.opening import open_months
from app.submissions.verbs import SUBMISSIONS

HEADER = {"reviewer": "审核人甲", "filer": "填报人乙", "phone": "0356-0000000"}
FREEZING = ("submit", "nil_return")


@pytest.fixture
def recorded(world, monkeypatch):
    """The clock of the record stands on `world.day`, a second later each time it is asked."""
    ticks = count()

    def now() -> dt.datetime:
        return dt.datetime.combine(world.day, dt.time(1), dt.UTC) + dt.timedelta(seconds=next(ticks))

    for module in ("casework.history", "submissions.freezing"):
        monkeypatch.setattr(f"app.{module}.utcnow", now)
    return now


def on(world, day: str):
    """Let it be that day of 2026: ``"04-03"``."""
    world.move_to(dt.date.fromisoformat(f"2026-{day}"))
    return world


def set_to(world, key: str, value) -> None:
    """A setting that has held since long ago."""
    with world.system() as session, unit_of_work(session):
        session.add(Setting(county_id=world.county.id, key=key, value=value, valid_from=dt.date(2020, 1, 1)))


def open_all(world) -> int:
    """What the daily job does."""
    with world.system() as session:
        return open_months(session, world.day)


def month_of(world, unit: str, month: str, ledger: str = "hazards") -> int:
    """The id of a unit's month."""
    with world.system() as session:
        return session.execute(sa.select(Submission.id).where(
            Submission.unit_id == world[unit], Submission.month == month, Submission.ledger == ledger)).scalar_one()


def do(world, by: str, verb: str, submission_id: int, **data) -> SimpleNamespace:
    """Perform a verb as `by`; returns the submission as it is then."""
    hat = world.hats[by]
    data = {"comment": "说明", "decided_by": "分管领导", "decided_on": world.day, **data}
    with world.session_of(by) as session:
        if verb in FREEZING:
            data["prepared"] = prepared(world, by, session, submission_id)
        perform(session, SUBMISSIONS, verb, submission_id, None, hat, data, world.day)
    return read(world, submission_id)


def prepared(world, by: str, session, submission_id: int):
    submission = session.get(Submission, submission_id)
    return prepare(session, world.hats[by], submission, HEADER, world.day, world.app.config["DATA_DIR"])


def read(world, submission_id: int) -> SimpleNamespace:
    """All columns, and `freezes`, each with its columns."""
    cases, submissions, freezes = Case.__table__, Submission.__table__, Freeze.__table__
    with world.system() as session:
        row, more = (session.execute(sa.select(table).where(table.c.id == submission_id)).one()
                     for table in (cases, submissions))
        found = session.execute(sa.select(freezes).where(freezes.c.case_id == submission_id)
                                .order_by(freezes.c.number)).all()
    return SimpleNamespace(**{**row._mapping, **more._mapping}, freezes=found)
