"""The sweep as the daily job that it is."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.jobs import job_kind
from app.escalation.sweep import sweep
from app.organization.models import Organization
from app.organization.settings import values

ESCALATE = "escalate"
_units = Organization.__table__


def hour(session, today: dt.date) -> int | None:
    """The earliest that a county asks for."""
    counties = session.scalars(sa.select(_units.c.id).where(_units.c.kind == "county")).all()
    return min((values(session, county_id, today)["escalation_hour"] for county_id in counties), default=None)


@job_kind(ESCALATE, _l("Escalation proposals"), daily_at=hour)
def run(running) -> None:
    done = sweep(running.session, running.today)
    running.result["rows"] = sum(one.new + one.again for one in done.values())
    running.result["counties"] = {str(county): {"new": one.new + one.again, "cured": one.cured}
                                  for county, one in done.items()}
