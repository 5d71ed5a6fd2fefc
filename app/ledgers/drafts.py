"""An uploaded ledger: taken in within the county's limits, kept under its hash, read again at every look."""
from __future__ import annotations

import datetime as dt
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import current_app

from app.casework.attachments import write_whole
from app.casework.errors import NotFound
from app.casework.file_kinds import visible
from app.casework.imports import ImportDraft
from app.casework.unit_of_work import unit_of_work
from app.exchange.excel_in import Reading, read_tables
from app.exchange.heads import HeadMatcher
from app.exchange.messages import N_, SpreadsheetError
from app.exchange.sheets import Sheet
from app.exchange.workbooks import Limits
from app.ledgers.bulk import uncollected
from app.ledgers.ledger import LEDGERS, Ledger
from app.ledgers.planning import Plan
from app.organization.settings import values

OTHER_FORM = N_("Sheet “%(sheet)s” looks like %(form)s. Import it there.")
CLEARLY_MORE = 3  # heads


def limits_of(session, county_id: int, today: dt.date) -> Limits:
    """How large a ledger may be; rows and megabytes are the county's settings."""
    return limits_in(values(session, county_id, today))


def limits_in(have: dict) -> Limits:
    """The same of settings that were read before."""
    return Limits(rows=have["import_rows"], file_bytes=have["import_megabytes"] << 20)


def import_path(sha256: str, file_name: str) -> Path:
    """Where an uploaded ledger lies. Only by its ending does the reader know an .xls with a password."""
    ending = ".xls" if file_name.lower().endswith(".xls") else ""
    return Path(current_app.config["DATA_DIR"]) / "imports" / f"{sha256}{ending}"


@lru_cache(maxsize=2)
@uncollected()
def reading_of(path: Path, sheet: Sheet, limits: Limits) -> Reading:
    """A file under its hash never changes; each correction looks at it again."""
    return read_tables(path, sheet, limits)


def refuse_other_form(reading: Reading, ledger: Ledger) -> None:
    """Raise SpreadsheetError when the heads are rather another ledger's: what they have in common with this one's
    would be taken for changes, a person's telephone for the unit's.
    """
    for table in reading.tables:
        heads = table.layout.heads.values()
        known = {one.name: HeadMatcher(one.sheet).words_in(heads) for one in LEDGERS.values()}
        likeliest = max(LEDGERS.values(), key=lambda one: known[one.name])
        if known[likeliest.name] >= known[ledger.name] + CLEARLY_MORE:
            raise SpreadsheetError("other_form", OTHER_FORM, sheet=table.sheet_name, form=likeliest.sheet.title)


def take_upload(session, hat, ledger: Ledger, upload, today: dt.date) -> ImportDraft:
    """Keep an uploaded file as a draft. Raises SpreadsheetError when it is not this form at all."""
    if upload is None or not upload.filename:
        raise SpreadsheetError("no_file", N_("Choose a file first."))
    limits = limits_of(session, hat.county_id, today)
    content = upload.stream.read(limits.file_bytes + 1)
    if len(content) > limits.file_bytes:
        raise SpreadsheetError("too_large", N_("The file is too large. Split it, or leave out its pictures."))
    digest = hashlib.sha256(content).hexdigest()
    name = visible(upload.filename.replace("\\", "/").rsplit("/", 1)[-1])[-200:]
    path = import_path(digest, name)
    write_whole(path, content)
    refuse_other_form(reading_of(path, ledger.sheet, limits), ledger)
    with unit_of_work(session):
        draft = ImportDraft(county_id=hat.county_id, organization_id=hat.organization_id, user_id=hat.user_id,
                            kind=ledger.kind, file_name=name, sha256=digest, fixes={})
        session.add(draft)
    return draft


def draft_of(session, ledger: Ledger, draft_id: int) -> ImportDraft:
    """One of the user's own drafts of this ledger, else NotFound."""
    draft = session.get(ImportDraft, draft_id)
    if draft is None or draft.kind != ledger.kind:
        raise NotFound
    return draft


@uncollected()
def plan_draft(session, hat, ledger: Ledger, draft: ImportDraft, today: dt.date) -> Plan:
    """What the draft's file means now, with the corrections made so far."""
    path = import_path(draft.sha256, draft.file_name)
    planner = ledger.planner(session, hat, draft.fixes, today, draft.file_name)
    return planner.plan(reading_of(path, ledger.sheet, limits_in(planner.settings)))


@uncollected()
def plan_file(session, hat, ledger: Ledger, path, today: dt.date, file_name: str,
              fixes: dict[str, str] | None = None) -> Plan:
    """What a file means that nobody uploaded. Raises SpreadsheetError when it is no such form."""
    reading = read_tables(path, ledger.sheet, limits_of(session, hat.county_id, today))
    refuse_other_form(reading, ledger)
    return ledger.planner(session, hat, fixes or {}, today, file_name).plan(reading)
