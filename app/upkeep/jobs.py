"""The nightly backup, and the one that the administrator's button asks for: the same job."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.permissions import Permission as P
from app.casework.errors import Obstacle
from app.casework.jobs import job_kind
from app.organization.models import Organization
from app.organization.settings import DEFINITIONS, values
from app.upkeep import backup
from app.upkeep.archive import UpkeepError
from app.upkeep.words import size

BACKUP = "backup"
_units = Organization.__table__


def of_all_counties(session, key: str, today: dt.date) -> list:
    """A setting's value in each county of this installation; its default while there is none."""
    counties = session.scalars(sa.select(_units.c.id).where(_units.c.kind == "county")).all()
    return [values(session, county_id, today)[key] for county_id in counties] or [DEFINITIONS[key].default]


def hour(session, today: dt.date) -> int:
    return min(of_all_counties(session, "backup_hour", today))


@job_kind(BACKUP, _l("Backup"), permission=P.SYSTEM_EDIT, daily_at=hour)
def run(running) -> None:
    days = max(of_all_counties(running.session, "backup_days", running.today))
    running.session.rollback()  # no transaction of ours stays open beside the copy
    try:
        made = backup.make_kept(days, running.progress)
    except UpkeepError as reason:
        raise Obstacle(str(reason)) from None
    running.result["message"] = _("Backup written and read back: %(file)s (%(size)s).", file=made.path.name,
                                  size=size(made.size))
    if made.missing:
        running.result["errors"] = len(made.missing)
