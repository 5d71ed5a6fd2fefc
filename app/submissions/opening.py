"""A month is over: every unit that owes a ledger gets the month to submit. A daily job, as often as it likes."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.hats import Hat
from app.casework import numbering
from app.casework.history import record
from app.casework.jobs import job_kind
from app.casework.unit_of_work import unit_of_work
from app.casework.verbs import settle
from app.ledgers.ledger import LEDGERS
from app.organization.models import Organization
from app.submissions import operations, rules
from app.submissions.duties import owing
from app.submissions.freezing import period_words
from app.submissions.models import Submission
from app.submissions.periods import Periods, due_day
from app.submissions.verbs import SUBMISSIONS

_submissions, _units = Submission.__table__, Organization.__table__


def open_months(session, today: dt.date) -> int:
    """Make what is missing in every county; returns how many came. `session` sees all."""
    counties = session.execute(sa.select(_units.c.id).where(_units.c.kind == "county").order_by(_units.c.id)).scalars()
    return sum(open_county(session, county_id, today) for county_id in counties.all())


def open_county(session, county_id: int, today: dt.date) -> int:
    """The months from the last one that was opened up to the newest that is over; of a new county that one alone."""
    latest = Periods(session, county_id).latest(today)
    newest = session.execute(
        sa.select(sa.func.max(_submissions.c.month)).join(_units, _units.c.id == _submissions.c.unit_id)
        .where(_units.c.county_id == county_id)
    ).scalar()
    month, made = min(newest or latest, latest), 0
    while month <= latest:
        made += open_month(session, county_id, month, today)
        month = rules.next_month(month)
    return made


def open_month(session, county_id: int, month: str, today: dt.date) -> int:
    """One transaction; whoever comes second finds the month opened."""
    period = Periods(session, county_id).of(month)
    due = due_day(session, county_id, period)
    if not _missing(session, county_id, period):
        return 0
    with unit_of_work(session):
        session.execute(sa.select(_units.c.id).where(_units.c.id == county_id).with_for_update())
        missing = _missing(session, county_id, period)
        numbers = numbering.draw(session, county_id, operations.CODE, today.year, len(missing)) if missing else ()
        made = [_new(*one, period, due, number, today) for one, number in zip(missing, numbers, strict=True)]
        session.add_all(made)
        session.flush()
        for (unit, _ledger), submission in zip(missing, made, strict=True):
            settle(session, SUBMISSIONS, submission)
            record(session, system_hat(unit), "open", today, case=submission, to_state=submission.state,
                   occurred_on=submission.state_since)
    return len(made)


def _missing(session, county_id: int, period: rules.Period) -> list[tuple]:
    rows = session.execute(sa.select(_submissions.c.unit_id, _submissions.c.ledger)
                           .where(_submissions.c.month == period.month))
    have = {tuple(row) for row in rows}
    return [(unit, ledger) for unit, ledger in owing(session, county_id, period.last)
            if (unit.id, ledger) not in have]


def _new(unit, ledger: str, period: rules.Period, due: dt.date, number: int, today: dt.date) -> Submission:
    submission = operations.new_submission(
        unit, ledger, period, due, f"{period_words(period.month)}{LEDGERS[ledger].sheet.title}", today)
    submission.number = numbering.business_number(operations.CODE, today.year, number)
    return submission


def system_hat(unit) -> Hat:
    """Nobody in person, on behalf of the unit that owes."""
    return Hat(None, _("The system"), 0, unit.id, unit.name, unit.kind, "unit_clerk", unit.county_id, (unit.id,))


@job_kind("open_submissions", _l("Months of the ledgers to be submitted"), daily_at=0)
def run_opening(running) -> None:
    running.result["rows"] = open_months(running.session, running.today)
