"""Files that go out: scratch files below DATA_DIR, the form's paper and fonts, its period in words."""
from __future__ import annotations

import datetime as dt
import os
import tempfile
from pathlib import Path

from flask import Flask, after_this_request, has_request_context, send_file

from app.exchange.excel_out import PAPERS, Layout
from app.organization.settings import values

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def layout_of(session, county_id: int, today: dt.date, paper: str) -> Layout:
    """Paper and fonts from the county's settings."""
    have = values(session, county_id, today)
    return Layout(
        paper=paper if paper in PAPERS else "A3", title_font=have["title_font"], body_font=have["body_font"]
    )


def month_bounds(month: str) -> tuple[dt.date, dt.date]:
    """``2026-03`` → its first and last day; raises ValueError."""
    first = dt.date.fromisoformat(f"{month}-01")
    return first, (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def period(today: dt.date, month: str | None = None) -> str:
    """时间 of the form: the day of export, or the month."""
    if month:
        first, _last = month_bounds(month)
        return f"{first.year}年{first.month}月"
    return f"{today.year}年{today.month}月{today.day}日"


def scratch(app: Flask, suffix: str) -> Path:
    """A file of its own below DATA_DIR/exports; within a request it goes with the answer, whatever that is."""
    folder = Path(app.config["DATA_DIR"]) / "exports"
    folder.mkdir(exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=folder, suffix=suffix)
    os.close(handle)
    path = Path(name)
    if has_request_context():

        @after_this_request
        def _remove(answer):
            path.unlink(missing_ok=True)  # the open file is sent to its end all the same
            return answer

    return path


def send_once(path: Path, name: str):
    """Send a scratch file, which exists for this answer only."""
    return send_file(path, mimetype=XLSX, as_attachment=True, download_name=name, max_age=0)
