"""From the form to a draft, and from a draft to the rectifying unit, in one transaction."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.attachments import attach
from app.casework.calendar import county_calendar
from app.casework.deadlines import days_after, workdays_after
from app.casework.errors import Obstacle, Stale
from app.casework.history import TimelineEntry, record
from app.casework.once import making_once
from app.casework.unit_of_work import lock_case, unit_of_work
from app.casework.verbs import act_on, changes_between, settle
from app.extensions import db
from app.hazards import operations, queries
from app.hazards.models import Hazard
from app.hazards.states import DueKind, HazardState, Source
from app.hazards.verbs import HAZARDS
from app.organization.directory import regulators_of
from app.organization.models import DictionaryEntry, Enterprise

PROXY = ("proxy_for", "proxy_evidence")


def register(session, hat, data: dict, photos, today: dt.date, issue: bool, evidence: dict | None = None) -> Hazard:
    """A new hazard, as a draft or issued at once; `evidence`: for whom it was filled in. Call within a unit of work.

    Raises Obstacle.
    """
    hazard = operations.draft(session, hat, data, today)
    session.flush()
    settle(session, HAZARDS, hazard)
    attach(session, hazard, hat, photos, "before", 1)
    record(session, hat, "register", today, case=hazard, to_state=hazard.state, comment=hazard.description,
           occurred_on=hazard.state_since, extra=evidence)
    if issue:
        act_on(session, HAZARDS, HAZARDS.verbs["submit"], hazard, hat, {}, today)
    return hazard


def save(session, hat, form, photos, today, hazard_id: int | None, version: int | None, issue: bool) -> Hazard:
    """Save the form: a new hazard, or a draft's content. Raises NotFound, Stale, Obstacle, AlreadyMade."""
    data = form.payload()
    evidence = proxy_evidence(hat, data)
    data = complete(session, hat, data)
    if hazard_id is None:
        with making_once(session, hat, data["client_key"]), unit_of_work(session):
            return register(session, hat, data, photos, today, issue, evidence)
    with unit_of_work(session):
        hazard = lock_case(session, Hazard, hazard_id, version)
        if version is None or hazard.state != HazardState.REGISTERED:
            raise Stale
        if data.get("due") != hazard.due:
            data.setdefault("due_words", None)
        before = {name: getattr(hazard, name) for name in HAZARDS.tracked}
        operations.rewrite(session, hazard, {k: v for k, v in data.items() if k not in form.untouched()})
        settle(session, HAZARDS, hazard)
        attach(session, hazard, hat, photos, "before", 1)
        record(session, hat, "edit_draft", today, case=hazard, changes=changes_between(before, hazard), extra=evidence)
        if issue:
            act_on(session, HAZARDS, HAZARDS.verbs["submit"], hazard, hat, {}, today)
    return hazard


def proxy_evidence(hat, data: dict) -> dict:
    """A self-report that another files is filled in for the enterprise (代填): for whom, on what evidence."""
    said = {name: data.pop(name, None) for name in PROXY}
    if hat.role == "enterprise" or data.get("source") != Source.SELF_REPORT:
        return {}
    for name, value in said.items():
        if not value:
            raise Obstacle(_l("Filling in for another: say for whom and on what evidence."), name)
    return said


def complete(session, hat, data: dict) -> dict:
    """Fill in what follows from what was said: territory, industry, who rectifies and rechecks."""
    data = dict(data)
    data.pop("photos", None)
    if hat.role == "enterprise":
        data |= {"enterprise_id": hat.organization_id, "inspecting_unit_id": hat.organization_id,
                 "source": Source.SELF_REPORT.value, "rectifiers": [hat.organization_id]}
    enterprise = session.get(Enterprise, data["enterprise_id"]) if data.get("enterprise_id") else None
    if enterprise is not None:
        data["territory_id"] = enterprise.territory_id
        data["industry_id"] = data.get("industry_id") or enterprise.industry_id
    days, unit = data.pop("due_days", None), data.pop("due_unit", None)
    if data["due_kind"] == DueKind.DATE and days and not data.get("due"):
        data["due"], data["due_words"] = counted(data["happened_on"], days, unit, county_calendar(session))
    heads = data.pop("heads", None)
    rectifiers = data.get("rectifiers") or ([enterprise.id] if enterprise else [])
    data["rectifiers"] = [(i, heads if n == 0 else None) for n, i in enumerate(rectifiers)]
    if enterprise is None:
        data["territory_id"] = _territory(session, hat, rectifiers)
    data["recheck_unit_id"] = data.get("recheck_unit_id") or recheck_unit(session, data)
    if data["recheck_unit_id"] is None:
        raise Obstacle(_l("Name the unit that rechecks."), "recheck_unit_id")
    return data


def _territory(session, hat, rectifiers: list[int]) -> int | None:
    """Where it is, when no enterprise was inspected: in the township that rectifies or registers, or with the
    enterprise that rectifies.
    """
    kinds = operations.kinds_of(session, rectifiers[:1])
    if "enterprise" in kinds.values():
        return session.get(Enterprise, rectifiers[0]).territory_id
    kinds[hat.organization_id] = hat.organization_kind
    return next((i for i, kind in kinds.items() if kind == "township"), None)


def counted(event: dt.date, days: int, unit: str | None, calendar) -> tuple[dt.date, str]:
    """A deadline given as N日 or N个工作日: the day, and the words it was set in."""
    if unit == "workdays":
        return workdays_after(event, days, calendar), f"{days}个工作日"
    return days_after(event, days, calendar), f"{days}日"


def years_without_holidays(session, hazard: Hazard) -> list[int]:
    """The years in which a counted deadline of the hazard rests on Monday to Friday alone."""
    if hazard.due_kind != DueKind.DATE or not hazard.due_words:
        return []
    return county_calendar(session).unknown_years([hazard.due])


def recheck_unit(session, data: dict) -> int | None:
    """The inspecting unit rechecks; who rectifies never does: then the daily regulator, else the township."""
    rectifying = {i for i, _heads in data["rectifiers"]}
    regulators = [i for i, _daily in regulators_of(session, data["enterprise_id"])] if data.get("enterprise_id") else []
    candidates = (data["inspecting_unit_id"], *regulators, data.get("territory_id"))
    return next((i for i in candidates if i is not None and i not in rectifying), None)


def prefill(session, form, hazard: Hazard | None, hat, today: dt.date) -> None:
    """A fresh form: the draft's content, a copy of another hazard, or what this user enters every day."""
    if hazard is None:
        form.happened_on.data = today
        if form.inspecting_unit_id:
            form.inspecting_unit_id.data = hat.organization_id
        if hat.organization_kind != "enterprise":
            form.inspectors.data = hat.user_name
        return
    for name, field in form._fields.items():
        if hasattr(hazard, name) and name not in ("rectifiers", "version", "client_key"):
            value = getattr(hazard, name)
            field.data = queries.seen(name, value, hat.role) if hazard.issued else value  # a draft is its writer's own
    if form.proxy_for and hazard.source == Source.SELF_REPORT:
        told = session.scalars(
            sa.select(TimelineEntry.extra).where(TimelineEntry.case_id == hazard.id)
            .where(TimelineEntry.verb.in_(("register", "edit_draft"))).order_by(TimelineEntry.id.desc()).limit(1)
        ).first() or {}
        form.proxy_for.data, form.proxy_evidence.data = (told.get(name) for name in PROXY)
    form.measures.data = hazard.rounds[0].measures
    if form.rectifiers:
        form.rectifiers.data = [r.organization_id for r in hazard.rectifiers]
    form.heads.data = hazard.lead.heads if hazard.lead else None
    if hazard.state != HazardState.REGISTERED:  # a copy starts with its own day
        form.happened_on.data, form.due.data = today, None


def methods() -> list[str]:
    """Words for 检查方式 from the dictionary; others may be typed."""
    return list(db.session.scalars(
        sa.select(DictionaryEntry.name)
        .where(DictionaryEntry.dictionary == "inspection_method", DictionaryEntry.active.is_(True))
        .order_by(DictionaryEntry.sort_order, DictionaryEntry.id)
    ))
