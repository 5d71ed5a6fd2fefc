"""What of a ledger is too long for a page: the worker's part of the export; the import's is in `import_jobs`."""
from __future__ import annotations

from functools import partial

from flask_babel import lazy_gettext as _l

from app.casework.jobs import job_kind
from app.casework.unit_of_work import unit_of_work
from app.ledgers import exporting
from app.ledgers.import_jobs import import_kind, run_import
from app.ledgers.ledger import LEDGERS, Ledger

MOST_COUNTED = 1_000_000  # of a bar that tells how far an export is


def declare_jobs() -> None:
    """A kind of job for each declared ledger, with the ledger's own permission."""
    for ledger in LEDGERS.values():
        declare = job_kind(exporting.export_kind(ledger), _l("Export"), permission=ledger.export_permission,
                           makes_file=True)
        declare(partial(run_export, ledger))
        if ledger.in_background:
            declare = job_kind(import_kind(ledger), _l("Import"), permission=ledger.import_permission)
            declare(partial(run_import, ledger))


def run_export(ledger: Ledger, running) -> None:
    """The same form as a short export's, under the scope of who asked; recorded with its file in one transaction."""
    session, hat, today = running.session, running.hat, running.today
    query, paper = running.params["query"], running.params["paper"]
    total = exporting.count(session, hat, ledger, query, today, MOST_COUNTED)
    path = running.file(exporting.file_name(hat, ledger, query, today))
    running.result["rows"] = exporting.write_ledger(
        session, hat, ledger, query, path, today, paper=paper, seen=lambda rows: running.progress(rows, total))
    with unit_of_work(session):
        exporting.remember(session, hat, ledger, running.result["rows"], query, today)
        running.finish(session)
