"""Everything a delivery's page shows, and a head's page of its deliveries, in a constant number of statements."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial

import sqlalchemy as sa

from app.casework.assigning import TITLES as ASSIGNING
from app.casework.attachments import Attachment
from app.casework.calendar import county_calendar
from app.casework.clock import local
from app.casework.deadlines import WorkCalendar, due_words
from app.casework.history import TimelineEntry
from app.casework.verbs import Verb, available, next_step
from app.deliveries import queries, rules, wording
from app.deliveries.measures import MEASURES
from app.deliveries.models import Delivery
from app.deliveries.states import WORKING_STATES, DayUnit, DeliveryState, Method, Outcome, ReplyKind
from app.deliveries.verbs import DELIVERIES
from app.organization.settings import setting
from app.papers import pdf
from app.papers.models import Paper

LOG_ONLY = "download"  # who looked at a file is the auditor's to read
BACK = ("reject", "return_", "refuse_", "reopen", "take_back", "withdrawn", "void")


def delivery_page(session, delivery: Delivery, today: dt.date) -> dict:
    """The template's variables: the delivery, what the measure asks, its papers, the replies with files, timeline."""
    timeline = session.scalars(
        sa.select(TimelineEntry).where(TimelineEntry.case_id == delivery.id, TimelineEntry.verb != LOG_ONLY)
        .order_by(TimelineEntry.recorded_at.desc(), TimelineEntry.id.desc())
    ).all()
    files = _files(session, [delivery.id, delivery.head_id])
    measure, request = MEASURES[delivery.measure], delivery.request if delivery.open_request else None
    return {
        **common(session, [delivery], today, *([request.decider_id, request.asked_for_id] if request else ())),
        "delivery": delivery, "head": delivery.head, "measure": measure, "request": request, "local": local,
        "facts": measure.read(session, delivery.head_id), "unknown_years": unknown_years(session, delivery),
        "files": [file for file, paper in files if file.case_id == delivery.id and paper is None],
        "papers": [(paper, file.id) for file, paper in files if file.case_id == delivery.id and paper is not None],
        "letter_papers": [file for file, _paper in files if file.case_id == delivery.head_id
                          and file.purpose == "paper"], "may_pdf": pdf.converter() is not None,
        "verb_titles": {**wording.ENTRY_TITLES, **ASSIGNING, **{n: v.title for n, v in DELIVERIES.verbs.items()}},
        "field_titles": wording.TITLES, "said": wording.reader({}, {}),
        "timeline": [{"entry": e, "changes": e.changes, "back": e.verb.startswith(BACK)} for e in timeline],
    }


def common(session, deliveries: list[Delivery], today: dt.date, *more: int) -> dict:
    """What the words of any delivery need, names included."""
    units = [i for one in deliveries for i in (one.recipient_id, one.filed_by_id, one.via_id, one.territory_id,
                                               one.turn_organization_id)]
    return {"names": queries.unit_names(session, [*units, *more]), **said(today)}


def said(today: dt.date) -> dict:
    """What the words of any delivery need besides names."""
    return {
        "today": today, "states": DeliveryState,
        "methods": Method, "kinds": ReplyKind, "outcomes": Outcome, "day_units": DayUnit,
        "due_words": partial(due_words, warning_days=setting("warning_days")),
        "is_unsigned": lambda one: rules.is_unsigned(one.state, one.due, today),
        "is_late": lambda one: rules.is_late(one.state, one.due, today),
    }


def next_steps(deliveries: Iterable[Delivery], hat, today: dt.date) -> dict[int, Verb | None]:
    """What a list offers beside each of them."""
    return {one.id: next_step(DELIVERIES, one, hat, today, rules.is_behind(one.state, one.due, today))
            for one in deliveries}


def _files(session, case_ids: list[int]) -> list[tuple]:
    """`(file, the paper that it is or None)`, in one statement; a paper that is not written yet has no file."""
    written = sa.and_(Paper.case_id == Attachment.case_id, Paper.sha256 == Attachment.sha256,
                      sa.func.coalesce(Paper.part_id, 0) == sa.func.coalesce(Attachment.part_id, 0))
    return session.execute(
        sa.select(Attachment, Paper).outerjoin(Paper, written).where(Attachment.case_id.in_(case_ids))
        .order_by(Attachment.id)
    ).all()


def unknown_years(session, delivery: Delivery) -> list[int]:
    """The years of running deadlines whose holidays nobody has entered yet: counted as plain weeks, with a warning."""
    days = [delivery.plan_due, delivery.reply_due] if delivery.state in WORKING_STATES else []
    unpublished = WorkCalendar().unknown_years(days)  # the county's own days are asked for only then
    return county_calendar(session).unknown_years(days) if unpublished else []


def head_page(deliveries: list[Delivery], names: dict, head_id: int, hat, today: dt.date) -> dict:
    """For the page of a measure, which includes deliveries/of_head.html: its deliveries in sight, with their verbs.

    `names`: of their recipients and of who hands them on.
    """
    return {
        **said(today), "names": names, "deliveries": deliveries, "head_id": head_id,
        "next_steps": next_steps(deliveries, hat, today),
        "may_chase": any(verb.name == "chase" for one in deliveries for verb in available(DELIVERIES, one, hat, today)
                         if one.state == DeliveryState.SERVED),
    }
