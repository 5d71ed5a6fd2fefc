"""The month as it is printed and counted, read and on disk before the transaction that freezes it."""
from __future__ import annotations

import datetime as dt
import io
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from app.casework.attachments import MEGABYTE, Limits, StoredFile, store
from app.casework.cases import Case
from app.casework.columns import utcnow
from app.casework.file_kinds import file_name
from app.casework.listing import Selection, ids
from app.exchange.excel_out import write
from app.exchange.sheets import FormMeta
from app.ledgers.files import layout_of
from app.ledgers.ledger import LEDGERS, Ledger
from app.submissions.models import Submission
from app.submissions.periods import Periods

LARGEST = 200 * MEGABYTE  # of our own making: no upload's limit holds
XLSX = frozenset({"xlsx"})
_cases, _submissions = Case.__table__, Submission.__table__


@dataclass(frozen=True)
class Prepared:
    """A freeze to be: the file on disk that no row names yet, and what the row will say."""

    file: StoredFile
    rows: int
    figures: dict
    header: dict
    recorded_after: dt.datetime | None
    recorded_until: dt.datetime


def recorded_before(session, submission: Submission, month: str | None = None) -> dt.datetime | None:
    """Until when was recorded what an earlier month tells; before `month`, else before the submission's own."""
    s = _submissions.c
    return session.execute(
        sa.select(s.recorded_until)
        .where(s.unit_id == submission.unit_id, s.ledger == submission.ledger, s.recorded_until.is_not(None),
               s.month < (month or submission.month))
        .order_by(s.month.desc()).limit(1)
    ).scalar()


def prepare(session, hat, submission: Submission, header: dict, today: dt.date, data_dir: str) -> Prepared:
    """Read and write the month under the reader's scope. `header`: reviewer, filer and phone of the form."""
    ledger, until = LEDGERS[submission.ledger], utcnow()
    after = recorded_before(session, submission)
    chosen = ledger.period(submission.period_from, submission.period_until, submission.unit_id, after)
    meta = FormMeta(filing_unit=hat.organization_name, period=period_words(submission.month),
                    **{name: header.get(name) or "" for name in ("reviewer", "filer", "phone")})
    paper = io.BytesIO()
    rows = write(
        paper, ledger.sheet, ledger.stream(session, ids(hat.scope, chosen), until=submission.period_until), meta,
        trace=True, layout=layout_of(session, submission.county_id, today, ledger.papers[0]),
    )
    paper.seek(0)
    name = file_name(ledger.sheet.title, hat.organization_name, submission.month, ending=".xlsx")
    return Prepared(
        file=store(data_dir, paper, name, XLSX, Limits(LARGEST, LARGEST)), rows=rows,
        figures=figures(session, hat, ledger, submission, chosen, after), header=asdict(meta), recorded_after=after,
        recorded_until=until,
    )


def period_words(month: str) -> str:
    return f"{month[:4]}年{int(month[5:])}月"


def figures(session, hat, ledger: Ledger, submission: Submission, month: Selection, after: dt.datetime | None) -> dict:
    """Of the month and of the year up to it: found (late ones among them), ended, open at its end; and which rows of
    the month these are.
    """
    first, last = submission.period_from, submission.period_until
    began = f"{submission.month[:4]}-01"
    before = recorded_before(session, submission, began)
    new_year = Periods(session, submission.county_id).of(began).first
    year = ids(hat.scope, ledger.period(new_year, last, submission.unit_id, before))
    marked = _marked(session, ids(hat.scope, month), first, last, after)
    rows = marked.pop("rows")
    return {
        "month": {"rows": len(rows), **{name: len(numbers) for name, numbers in marked.items()}},
        "year": _counts(session, year, new_year, last, before), "of_rows": marked,
    }


def _kinds(first: dt.date, last: dt.date, after: dt.datetime | None) -> dict:
    """What is said of a case by the days of the period, each a condition."""
    c = _cases.c
    late = sa.and_(c.happened_on < first, c.recorded_at > after) if after else sa.false()
    ended = sa.and_(c.closed_on.is_not(None), c.closed_on <= last)
    return {"rows": sa.true(), "found": sa.or_(c.happened_on >= first, late), "late": late, "ended": ended,
            "open": ~ended}


def _marked(session, chosen: sa.Select, *period) -> dict[str, list[int]]:
    """`{kind: numbers of the rows}`, as the workbook numbers them."""
    number_of = {row[0]: number for number, row in enumerate(session.execute(chosen), 1)}
    kinds = _kinds(*period)
    rows = session.execute(sa.select(_cases.c.id, *(sa.case((one, 1), else_=0).label(name)
                                                    for name, one in kinds.items())).where(_among(chosen))).all()
    return {name: sorted(number_of[row.id] for row in rows if getattr(row, name) and row.id in number_of)
            for name in kinds}


def _counts(session, chosen: sa.Select, *period) -> dict[str, int]:
    counted = [sa.func.count(sa.case((one, 1))).label(name) for name, one in _kinds(*period).items()]
    return dict(session.execute(sa.select(*counted).where(_among(chosen))).one()._mapping)


def _among(chosen: sa.Select):
    return _cases.c.id.in_(sa.select(chosen.order_by(None).subquery().c[0]))
