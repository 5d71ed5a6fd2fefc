"""The list of letters as a workbook: a row for each recipient, so that it can be counted by type, situation,
recipient and whether it answered in time. Written at once, or by the worker when it is long, as a ledger's export is.
"""
from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

import sqlalchemy as sa
from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from sqlalchemy.orm import lazyload

from app.access.permissions import Permission as P
from app.casework.history import record
from app.casework.jobs import job_kind
from app.casework.listing import ids
from app.casework.unit_of_work import unit_of_work
from app.deliveries.models import Delivery
from app.deliveries.states import DeliveryState
from app.exchange.excel_out import write
from app.exchange.sheets import Column, FormMeta, Sheet
from app.jobs.answers import answer_with_job, ask_once
from app.ledgers.exporting import said
from app.ledgers.files import layout_of, scratch, send_once
from app.letters import queries
from app.letters.models import Letter, Trigger
from app.letters.states import LetterType, Situation
from app.organization.settings import values

EXPORT = "export_letters"
CHUNK = 500
COLUMNS = (
    ("number", _lp("letter", "Document number"), 24), ("type", _l("Type of letter"), 10),
    ("title", _lp("letter", "Title"), 40), ("situations", _l("Situation"), 12),
    ("issuer", _l("Issued by"), 16), ("signer", _l("Signed by"), 10),
    ("signed_on", _l("Signed on"), 12), ("recipient", _l("Recipient"), 20), ("state", _lp("letter", "State"), 10),
    ("acknowledged_on", _l("Signed for"), 12), ("acknowledged_by", _l("Signed for by"), 10),
    ("plan_due", _l("Plan due"), 12), ("planned_on", _l("Plan filed on"), 12), ("reply_due", _l("Answer due"), 12),
    ("replied_on", _l("Answered on"), 12), ("in_time", _l("In time"), 10), ("closed_on", _l("Closed on"), 12),
    ("chases", _l("Times chased"), 8),
)


def send_letters(app: Flask, session, hat, filters: dict, state: str | None, today: dt.date):
    """The download; a long one is answered with its job's page."""
    query = {**filters, "state": state}
    if count(session, hat, query, today, values(session, hat.county_id, today)["export_job_rows"]) is None:
        return answer_with_job(ask_once(session, hat, EXPORT, {"query": said(query)},
                                        _("Export: %(form)s", form=_("Letters"))))
    path = scratch(app, ".xlsx")
    rows = write_letters(session, hat, query, path, today)
    with unit_of_work(session):
        remember(session, hat, query, rows, today)
    return send_once(path, file_name(today))


@job_kind(EXPORT, _l("Export"), permission=P.LETTERS_EXPORT, makes_file=True)
def run(running) -> None:
    """The same workbook, recorded with its file in one transaction."""
    session, hat, today = running.session, running.hat, running.today
    query = understood(running.params["query"])
    path = running.file(file_name(today))
    running.result["rows"] = write_letters(session, hat, query, path, today, seen=running.progress)
    with unit_of_work(session):
        remember(session, hat, query, running.result["rows"], today)
        running.finish(session)


def understood(query: dict) -> dict:
    """A job's filters as the page's form understands them."""
    days = {name: dt.date.fromisoformat(query[name]) for name in ("since", "until") if query.get(name)}
    return {**query, **days, **({"unit": int(query["unit"])} if query.get("unit") else {})}


def _found(hat, query: dict, today: dt.date):
    return ids(hat.scope, queries.selection(hat.scope, query, query.get("state"), today))


def count(session, hat, query: dict, today: dt.date, most: int) -> int | None:
    """How many letters there are; None: more than `most`."""
    found = len(session.execute(_found(hat, query, today).limit(most + 1)).all())
    return None if found > most else found


def write_letters(session, hat, query: dict, path, today: dt.date, seen=lambda rows, total: None) -> int:
    sheet = Sheet(
        name="letters", title=_("Letters"), above=(("filing_unit", _("Unit")), ("period", _("Exported on"))),
        below=(("filer", _("Exported by")),),
        columns=tuple(Column(key, str(head), width) for key, head, width in COLUMNS),
    )
    meta = FormMeta(filing_unit=hat.organization_name, period=today.isoformat(), filer=hat.user_name)
    return write(path, sheet, _rows(session, hat, query, today, seen), meta,
                 layout=layout_of(session, hat.county_id, today, "A3"))


def _rows(session, hat, query: dict, today: dt.date, seen) -> Iterator[dict]:
    """A letter's recipients one after the other; those that the reader finds."""
    found = [row[0] for row in session.execute(_found(hat, query, today))]
    for start in range(0, len(found), CHUNK):
        chunk = found[start:start + CHUNK]
        served = session.scalars(
            sa.select(Delivery).where(Delivery.head_id.in_(chunk)).order_by(Delivery.position)
            .options(lazyload(Delivery.parties))
        ).all()
        letters = {one.id: one for one in session.scalars(sa.select(Letter).where(Letter.id.in_(chunk))
                                                        .options(lazyload(Letter.parties)))}
        reasons, of = defaultdict(list), defaultdict(list)
        for one in session.scalars(sa.select(Trigger).where(Trigger.case_id.in_(chunk)).order_by(Trigger.id)):
            reasons[one.case_id].append(Situation(one.situation).clause if one.situation else one.own_requirement)
        for one in served:
            of[one.head_id].append(one)
        names = queries.unit_names(session, [*(one.recipient_id for one in served),
                                             *(one.filed_by_id for one in letters.values())])
        for letter in (letters[i] for i in chunk if i in letters and letters[i].issued):
            for one in of[letter.id]:
                yield _row(letter, one, "、".join(dict.fromkeys(reasons[letter.id])), names, today)
        session.expunge_all()
        seen(min(start + CHUNK, len(found)), len(found))


def _row(letter: Letter, one: Delivery, situations: str, names: dict, today: dt.date) -> dict:
    line = {
        "number": letter.number, "type": str(LetterType(letter.type).title), "title": letter.title,
        "situations": situations, "issuer": names.get(letter.filed_by_id, ""), "signer": letter.signer,
        "signed_on": letter.signed_on, "recipient": names.get(one.recipient_id, ""),
        "state": str(DeliveryState(one.state).title), "acknowledged_on": one.acknowledged_on,
        "acknowledged_by": one.acknowledged_by, "plan_due": one.plan_due, "planned_on": one.planned_on,
        "reply_due": one.reply_due, "replied_on": one.replied_on, "in_time": in_time(one, today),
        "closed_on": one.closed_on, "chases": str(one.chases) if one.chases else "",
    }
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in line.items()}


def in_time(one, today: dt.date) -> str:
    """按期, 逾期; empty while it may still answer, and where no answer is asked for."""
    if one.reply_due is None or (one.replied_on is None and one.reply_due >= today):
        return ""
    late = one.replied_on is None or one.replied_on > one.reply_due
    return _("Overdue") if late else _("In time")


def remember(session, hat, query: dict, rows: int, today: dt.date) -> None:
    """Who took how much out under which filter; within a unit of work."""
    record(session, hat, "export", today, extra={"form": "letters", "rows": rows, "filters": said(query)})


def file_name(today: dt.date) -> str:
    return f"{_('Letters')}_{today:%Y%m%d}.xlsx"
