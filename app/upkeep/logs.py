"""The server's own logs: one JSON object a line, without personal data, kept as long as the law asks.

Who did what to a record stands in the history; here stands how the machine fared: which address, which answer, how
long, and the user's number. Never a query, a form, a name: what an exception says may quote a row, so of a fault
only its kind and its place in the program are kept.

Many processes write to one file. The worker alone sets a full or old one aside; everybody else notices and opens
the new one.
"""
from __future__ import annotations

import datetime as dt
import gzip
import json
import logging
import os
import re
import shutil
import time
import traceback
from contextlib import suppress
from logging.handlers import WatchedFileHandler
from pathlib import Path

from flask import Flask, g, has_request_context, request
from flask.logging import default_handler
from gunicorn import glogging
from sqlalchemy.exc import DBAPIError

from app.casework.clock import local
from app.casework.columns import utcnow
from config import ROOT

FOLDER = "logs"
NAMES = ("access.log", "web.log", "worker.log")
RAW = "raw.log"  # what a process says past its logger, such as an interpreter that crashes
LARGEST = 32 << 20
STILL = 300  # seconds after which nobody writes to a file that was set aside
ASIDE = re.compile(r"(?:access|web|worker)-(\d{8})-\d{6}\.log(\.gz)?")
USER = "zhualuoshi.user"  # in the request's environment: whose request it was, for the access log
# Identity and phone numbers, and whatever follows a question mark: libraries quote addresses in their messages.
PERSONAL = re.compile(r"\d{17}[\dXx]|1[3-9]\d{9}|\?\S+")


class JsonLines(logging.Formatter):
    """One line per record; `extra={"fields": {…}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": local(dt.datetime.fromtimestamp(record.created, dt.UTC)).isoformat(timespec="milliseconds"),
            "level": record.levelname, "logger": record.name, "process": record.process,
        }
        if record.msg:
            line["message"] = PERSONAL.sub("…", record.getMessage())
        if has_request_context():
            line |= {"method": request.method, "path": request.path[:200], "user": user_id()}
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            line["fault"] = fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def fault(error: BaseException) -> list[dict]:
    """The chain of exceptions, first cause last: kind, code and place, never the words."""
    chain = []
    while error is not None and len(chain) < 5:
        frames = traceback.extract_tb(error.__traceback__)[-12:]
        chain.append({"kind": type(error).__name__, "code": code(error),
                      "at": [f"{place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain


def code(error: BaseException) -> str:
    """What a fault can be looked up by."""
    if isinstance(error, DBAPIError):
        return str(getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "") or "")
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else ""


def place(file: str) -> str:
    """A file of ours by its place in the project, a library's by its package."""
    for root in (f"{ROOT}/", "site-packages/", "lib/"):
        if root in file:
            return file.rsplit(root, 1)[1]
    return file


def user_id() -> int | None:
    hat = g.get("hat")
    return hat.user_id if hat else None


def to_file(path: Path) -> None:
    """From here on this process and those it forks log to `path`."""
    root = logging.getLogger()
    root.handlers = [handler(path)]
    root.setLevel(logging.WARNING)
    logging.getLogger("app").removeHandler(default_handler)  # the framework's own, in its own format
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a full disk must not stop the work that is logged


def handler(path: Path) -> logging.Handler:
    made = WatchedFileHandler(path, encoding="utf-8", delay=True)
    made.setFormatter(JsonLines())
    return made


def raw_output(folder: Path) -> None:
    """Send this process's bare output to its file; a large one begins anew."""
    path = folder / RAW
    if path.exists() and path.stat().st_size > LARGEST:
        path.unlink()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)


class WebLogger(glogging.Logger):
    """Gunicorn's logger, with our lines in our files."""

    def setup(self, cfg) -> None:
        self.loglevel = logging.INFO
        to_file(Path(cfg.errorlog))
        self.error_log.setLevel(logging.INFO)
        self.error_log.handlers, self.error_log.propagate = [], True
        self.access_log.setLevel(logging.INFO)
        self.access_log.handlers, self.access_log.propagate = [handler(Path(cfg.accesslog))], False

    def access(self, resp, req, environ, request_time) -> None:
        self.access_log.info("", extra={"fields": {
            "method": environ["REQUEST_METHOD"], "path": PERSONAL.sub("…", environ.get("PATH_INFO", ""))[:200],
            "status": int((resp.status or "500").split(None, 1)[0]), "ms": round(request_time.total_seconds() * 1000),
            "bytes": resp.sent, "user": environ.get(USER),
        }})


def note_user(answer):
    request.environ[USER] = user_id()
    return answer


def init_app(app: Flask) -> None:
    app.after_request(note_user)


# ── setting aside ──────────────────────────────────────────────────────────────────────────────────────────────────
def set_aside(folder: Path, days: int) -> int:
    """Begin a new file each day and for every 32 MB, pack the old, drop what is older than `days`; returns how many."""
    now, moved = local(utcnow()), 0
    for name in NAMES:
        path = folder / name
        if is_due(path, now.date()):
            aside = path.with_name(f"{path.stem}-{now:%Y%m%d-%H%M%S}.log")
            with suppress(FileExistsError, FileNotFoundError):  # another host's worker was first
                os.link(path, aside)
                path.unlink()
                moved += 1
    for path in folder.glob("*-*.log*"):
        match = ASIDE.fullmatch(path.name)
        if match and match[1] < f"{now - dt.timedelta(days=days):%Y%m%d}":
            path.unlink(missing_ok=True)
        elif match and not match[2] and path.stat().st_mtime < time.time() - STILL:
            pack(path)
    return moved


def is_due(path: Path, today: dt.date) -> bool:
    """Too large, or begun on an earlier day."""
    if not path.exists() or path.stat().st_size == 0:
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        begun = re.search(r'"time": "(\d{4}-\d\d-\d\d)', file.readline())
    return path.stat().st_size > LARGEST or not begun or begun[1] < today.isoformat()


def pack(path: Path) -> None:
    draft = path.with_name(f".{path.name}.gz")
    with path.open("rb") as source, gzip.open(draft, "wb") as out:
        shutil.copyfileobj(source, out)
    draft.chmod(0o600)
    draft.rename(path.with_name(f"{path.name}.gz"))
    path.unlink()
