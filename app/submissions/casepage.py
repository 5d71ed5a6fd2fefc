"""Everything the page of a submission shows, read in a constant number of statements."""
from __future__ import annotations

import datetime as dt
from functools import partial
from itertools import islice

import openpyxl
import sqlalchemy as sa
from openpyxl.utils.escape import unescape

from app.casework.assigning import TITLES as ASSIGNING
from app.casework.attachments import Attachment, path_of
from app.casework.clock import local
from app.casework.deadlines import due_words
from app.casework.history import TimelineEntry
from app.exchange.sheets import Sheet
from app.ledgers.ledger import LEDGERS
from app.organization.settings import setting
from app.submissions import queries, wording
from app.submissions.models import Submission
from app.submissions.states import SubmissionState, SubmittedLedger
from app.submissions.verbs import SUBMISSIONS

LOG_ONLY = "download"  # who looked at a file is the auditor's to read
SHOWN = 100  # rows of the frozen form on the page; the workbook has them all


def case_page(session, submission: Submission, today: dt.date, data_dir: str, number: int | None = None,
              of: str | None = None) -> dict:
    """The template's variables: the submission, its freezes with their files, the rows of one, timeline.

    `number`: of the freeze whose rows are shown, else the newest. `of`: only the rows that this figure counts.
    """
    freezes = submission.freezes
    opened = next((one for one in freezes if one.number == number), freezes[-1] if freezes else None)
    counted = opened.figures.get("of_rows", {}).get(of) if opened else None
    files = session.scalars(sa.select(Attachment).where(Attachment.case_id == submission.id)
                            .order_by(Attachment.id)).all()
    sheet = LEDGERS[submission.ledger].sheet
    return {
        **record_page(session, submission), "submission": submission, "unit": queries.unit_name(session, submission),
        "today": today, "ledgers": SubmittedLedger, "sheet": sheet, "opened": opened, "shown": SHOWN,
        "printed": printed(data_dir, opened.sha256, sheet, counted) if opened and opened.rows else [],
        "of": of if counted is not None else None,
        "file_of": {file.part_id: file for file in files if file.part_id},
        "papers": [file for file in files if not file.part_id], "due_words": partial(
            due_words, warning_days=setting("warning_days")),
    }


def record_page(session, submission: Submission) -> dict:
    """Its timeline, the newest first, and the words that tell it."""
    timeline = session.scalars(
        sa.select(TimelineEntry).where(TimelineEntry.case_id == submission.id, TimelineEntry.verb != LOG_ONLY)
        .order_by(TimelineEntry.recorded_at.desc(), TimelineEntry.id.desc())
    ).all()
    return {
        "local": local, "states": SubmissionState,
        "verb_titles": {**wording.ENTRY_TITLES, **ASSIGNING, **{n: v.title for n, v in SUBMISSIONS.verbs.items()}},
        "field_titles": wording.TITLES, "said": wording.reader({}, {}),
        "timeline": [{"entry": entry, "changes": entry.changes, "back": entry.to_state == SubmissionState.RETURNED}
                     for entry in timeline],
    }


def printed(data_dir: str, sha256: str, sheet: Sheet, counted: list[int] | None = None) -> list[tuple[str, ...]]:
    """The first rows of the frozen workbook, as it prints them: number and columns. `counted`: only those.

    Read here, not in another process: the file is our own, its content known by its hash.
    """
    among = frozenset(counted or ())
    with path_of(data_dir, sha256).open("rb") as file:
        page = openpyxl.load_workbook(file, read_only=True).worksheets[0]
        rows = page.iter_rows(min_row=3 + sheet.head_rows, max_col=len(sheet.columns) + 1, values_only=True)
        wanted = (row for row in rows if isinstance(row[0], int) and (counted is None or row[0] in among))
        return [tuple("" if cell is None else unescape(str(cell)) for cell in row) for row in islice(wanted, SHOWN)]
