"""Registering on a phone: the form of what is asked on the spot, and what this person enters every day.

The full form's fields, fewer of them; what is left out follows from what was said (`registering.complete`).
"""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField

from app.casework.calendar import county_calendar
from app.casework.cases import Case, CaseParty
from app.casework.forms import required
from app.hazards.forms import HazardForm
from app.hazards.models import Hazard
from app.hazards.registering import counted, prefill
from app.hazards.states import STORED_SOURCES, DueKind, Source
from app.organization.models import Enterprise

DAYS = (3, 7, 15, 30)
AT_ONCE = DueKind.IMMEDIATE.value
LAST, OFFERED = 200, 6  # among so many of the unit's newest hazards; so many enterprises are offered
_cases, _parties, _hazards = Case.__table__, CaseParty.__table__, Hazard.__table__


class QuickForm(HazardForm):
    """`drawn_for`: whose form it is; kept on the phone, it may be sent when somebody else is logged in."""

    source = SelectField(_l("Source"), [required], choices=[
        ("", "—"), *((s.value, s.title) for s in STORED_SOURCES if s is not Source.SELF_REPORT)])
    within = RadioField(_l("To be rectified within"), [required], choices=[
        (AT_ONCE, DueKind.IMMEDIATE.title), *((str(days), _l("%(days)s days", days=days)) for days in DAYS)])
    drawn_for = HiddenField()
    due_kind = due = due_days = due_unit = rectifiers = measures = recheck_unit_id = interim_measures = None
    funds = document_number = proxy_for = proxy_evidence = industry_id = None

    def payload(self) -> dict:
        data = super().payload()
        within, _whose = data.pop("within"), data.pop("drawn_for")
        if within == AT_ONCE:
            return data | {"due_kind": AT_ONCE}
        return data | {"due_kind": DueKind.DATE.value, "due_days": int(within), "due_unit": "days"}


class EnterpriseQuickForm(QuickForm):
    """An enterprise reports its own."""

    enterprise_id = inspecting_unit_id = source = None


@dataclass(frozen=True)
class Usual:
    """What this person entered lately: enterprises, the newest first; source and way of the last inspection."""

    enterprises: list[Enterprise]
    source: str | None = None
    method: str | None = None


def fresh(session, hat, today: dt.date) -> tuple[QuickForm, Usual]:
    """The form of this hat with its usual values."""
    form, known = form_of(hat), usual(session, hat)
    prefill(session, form, None, hat, today)
    form.method.data = known.method
    if form.source:
        form.source.data = known.source or ""
    return form, known


def form_of(hat) -> QuickForm:
    return (EnterpriseQuickForm if hat.role == "enterprise" else QuickForm)()


def usual(session, hat) -> Usual:
    """Looked for among the unit's newest: however many hazards the county has, so many rows are read."""
    newest = (
        sa.select(_parties.c.case_id).where(_parties.c.organization_id == hat.organization_id,
                                            _parties.c.kind == "hazard")
        .order_by(_parties.c.case_id.desc()).limit(LAST).subquery()
    )
    rows = session.execute(
        sa.select(_hazards.c.enterprise_id, _hazards.c.source, _hazards.c.method)
        .join(_cases, _cases.c.id == _hazards.c.id)
        .where(_cases.c.id.in_(sa.select(newest.c.case_id)), _cases.c.created_by_id == hat.user_id,
               _hazards.c.source != Source.SELF_REPORT.value)
        .order_by(_cases.c.id.desc())
    ).all()
    if not rows:
        return Usual([])
    wanted = list(dict.fromkeys(row.enterprise_id for row in rows if row.enterprise_id))[:OFFERED]
    found = {e.id: e for e in session.scalars(
        sa.select(Enterprise).where(Enterprise.id.in_(wanted), Enterprise.active.is_(True)))}
    return Usual([found[i] for i in wanted if i in found], rows[0].source, rows[0].method)


def last_days(session, today: dt.date) -> dict[str, dt.date]:
    """Of each choice of `within`, the day it means for what is found today."""
    calendar = county_calendar(session)
    return {AT_ONCE: today, **{str(days): counted(today, days, "days", calendar)[0] for days in DAYS}}
