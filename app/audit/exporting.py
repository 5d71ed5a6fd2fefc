"""The log as a workbook: written at once, or by the worker when it is long, as a ledger's export is."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.permissions import Permission as P
from app.audit import queries
from app.casework.history import TimelineEntry, record
from app.casework.jobs import job_kind
from app.casework.unit_of_work import unit_of_work
from app.exchange.excel_out import write
from app.exchange.sheets import Column, FormMeta, Sheet
from app.jobs.answers import answer_with_job, ask_once
from app.ledgers.exporting import said
from app.ledgers.files import layout_of, scratch, send_once
from app.organization.settings import values

EXPORT = "export_audit"
SEEN_EVERY = 500  # rows between two reports of how far it is
COLUMNS = (
    ("id", _l("Entry"), 10), ("when", _l("Recorded at"), 20), ("occurred_on", _l("Happened on"), 12),
    ("who", _l("Person"), 12), ("unit", _l("Unit"), 20), ("role", _l("Role"), 14), ("act", _l("Act"), 16),
    ("about", _l("About"), 24), ("states", _l("State"), 18), ("changes", _l("Changes"), 50),
    ("comment", _l("Comment"), 30),
)


def send_log(app: Flask, session, hat, filters: dict, today: dt.date):
    """The download; the export is an entry of the log itself. A long one is answered with its job's page."""
    most = values(session, hat.county_id, today)["export_job_rows"]
    if count(session, filters, most) > most:
        return answer_with_job(ask_once(session, hat, EXPORT, {"filters": said(filters)},
                                        _("Export: %(form)s", form=_("Audit log"))))
    path = scratch(app, ".xlsx")
    rows = write_log(session, hat, filters, path, today)
    with unit_of_work(session):
        remember(session, hat, filters, rows, today)
    return send_once(path, file_name(today))


@job_kind(EXPORT, _l("Export"), permission=P.AUDIT_EXPORT, makes_file=True)
def run(running) -> None:
    """The same workbook, recorded with its file in one transaction."""
    session, hat, today = running.session, running.hat, running.today
    filters = understood(running.params["filters"])
    total = count(session, filters)
    path = running.file(file_name(today))
    running.result["rows"] = write_log(session, hat, filters, path, today,
                                       seen=lambda rows: running.progress(rows, total))
    with unit_of_work(session):
        remember(session, hat, filters, running.result["rows"], today)
        running.finish(session)


def understood(filters: dict) -> dict:
    """A job's filters as the page's form understands them."""
    days = {name: dt.date.fromisoformat(filters[name]) for name in ("since", "until") if name in filters}
    return {**filters, **days}


def count(session, filters: dict, most: int | None = None) -> int:
    """How many entries the export would have; counted up to `most` + 1."""
    ids = queries.selection(filters).with_only_columns(TimelineEntry.id).order_by(None)
    found = ids.limit(most + 1 if most is not None else None).subquery()
    return session.execute(sa.select(sa.func.count()).select_from(found)).scalar_one()


def write_log(session, hat, filters: dict, path, today: dt.date, seen=None) -> int:
    """Write the entries under the filters; returns how many. `seen(count)` is called as rows go by."""
    sheet = Sheet(
        name="audit", title=_("Audit log"), above=(("filing_unit", _("Unit")), ("period", _("Exported on"))),
        below=(("filer", _("Exported by")),),
        columns=tuple(Column(key, str(head), width) for key, head, width in COLUMNS),
    )
    meta = FormMeta(filing_unit=hat.organization_name, period=today.isoformat(), filer=hat.user_name)
    layout = layout_of(session, hat.county_id, today, "A3")
    return write(path, sheet, _rows(session, filters, seen), meta, layout=layout)


def _rows(session, filters: dict, seen):
    for number, line in enumerate(queries.stream(session, filters), 1):
        if seen and number % SEEN_EVERY == 0:
            seen(number)
        yield {**line, "id": str(line["id"]), "changes": "\n".join(line["changes"])}


def remember(session, hat, filters: dict, rows: int, today: dt.date) -> None:
    """Who took how much of the log out under which filter; within a unit of work."""
    record(session, hat, "export", today, extra={"form": "audit", "rows": rows, "filters": said(filters)})


def file_name(today: dt.date) -> str:
    return f"{_('Audit log')}_{today:%Y%m%d}.xlsx"
