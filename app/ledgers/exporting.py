"""A ledger out: what the filter shows, all of it, under the reader's scope, in the official form; the blank form."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from flask import Flask
from flask_babel import gettext as _

from app.access.scope import labels
from app.casework import file_kinds
from app.casework.history import record
from app.casework.jobs import Job
from app.casework.unit_of_work import unit_of_work
from app.exchange.excel_out import write
from app.exchange.sheets import FormMeta
from app.jobs.answers import answer_with_job, ask_once
from app.ledgers.files import layout_of, period, scratch, send_once
from app.ledgers.ledger import Ledger
from app.organization.models import Organization
from app.organization.settings import values

# Who approved a unit's month of a ledger: `(session, unit_id, ledger name, month) -> name or None`.
approvers: list[Callable] = []


def said(query: Mapping) -> dict:
    """A list's filters as plain JSON values: what a ledger's `select`, the history and a job are given."""
    return {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in query.items() if value}


def write_ledger(session, hat, ledger: Ledger, query: Mapping, target, today: dt.date, *, paper: str = "A3",
                 seen=None) -> int:
    """Write the form to `target`; returns the number of rows. `seen(count)` is called as rows go by."""
    unit_id = query.get("unit") or hat.organization_id
    unit = labels(session, Organization.__table__, [unit_id]).get(unit_id, hat.organization_name)
    meta = FormMeta(filing_unit=unit, period=period(today, query.get("month")), filer=hat.user_name,
                    reviewer=_approver(session, unit_id, ledger, query.get("month")), phone=hat.phone or "")
    rows = ledger.stream(session, ledger.select(session, hat, query, today))
    return write(target, ledger.sheet, _counted(rows, seen) if seen else rows, meta, trace=True,
                 layout=layout_of(session, hat.county_id, today, paper))


def _approver(session, unit_id: int, ledger: Ledger, month: str | None) -> str:
    """审核人 is who approved the month, else blank."""
    found = (ask(session, unit_id, ledger.name, month) for ask in approvers) if month else ()
    return next(filter(None, found), "")


def _counted(rows, seen):
    for number, row in enumerate(rows, 1):
        if number % 500 == 0:
            seen(number)
        yield row


def write_blank(session, hat, ledger: Ledger, target, today: dt.date) -> int:
    """The empty form with its numbered rows."""
    layout = layout_of(session, hat.county_id, today, ledger.papers[0])
    return write(target, ledger.sheet, (), FormMeta(filing_unit=hat.organization_name), layout=layout)


def count(session, hat, ledger: Ledger, query: Mapping, today: dt.date, most: int) -> int:
    """How many rows an export would have; counted up to `most` + 1."""
    ids = ledger.select(session, hat, query, today).limit(most + 1).subquery()
    return session.execute(sa.select(sa.func.count()).select_from(ids)).scalar_one()


def remember(session, hat, ledger: Ledger, rows: int, query: Mapping, today: dt.date) -> None:
    """Who took how many rows out under which filter; within a unit of work."""
    filters = {key: value for key, value in query.items() if key != "state"}
    record(session, hat, "export", today, extra={"form": ledger.name, "rows": rows, "filters": filters,
                                                 "state": query.get("state")})


def file_name(hat, ledger: Ledger, query: Mapping, today: dt.date) -> str:
    time = query.get("month") or today.strftime("%Y%m%d")
    return file_kinds.file_name(ledger.sheet.title, hat.organization_name, time, ending=".xlsx")


def send_ledger(app: Flask, session, hat, ledger: Ledger, query: Mapping, today: dt.date, paper: str = ""):
    """The download, recorded in the history; a long one is the worker's to write, and the answer is its job's page."""
    paper, most = paper or ledger.papers[0], values(session, hat.county_id, today)["export_job_rows"]
    if count(session, hat, ledger, query, today, most) > most:
        return answer_with_job(ask_for_export(session, hat, ledger, query, paper))
    path = scratch(app, ".xlsx")
    rows = write_ledger(session, hat, ledger, query, path, today, paper=paper)
    with unit_of_work(session):
        remember(session, hat, ledger, rows, query, today)
    return send_once(path, file_name(hat, ledger, query, today))


def export_kind(ledger: Ledger) -> str:
    """The name of the job that writes this ledger (`app.ledgers.jobs`)."""
    return f"export_{ledger.name}"


def ask_for_export(session, hat, ledger: Ledger, query: Mapping, paper: str) -> Job:
    """The job that writes this export; pressing the button again leads to the one on its way."""
    return ask_once(session, hat, export_kind(ledger), {"query": dict(query), "paper": paper},
                    _("Export: %(form)s", form=ledger.sheet.title))


def send_blank(app: Flask, session, hat, ledger: Ledger, today: dt.date):
    path = scratch(app, ".xlsx")
    write_blank(session, hat, ledger, path, today)
    return send_once(path, f"{ledger.sheet.title}_空白表.xlsx")
