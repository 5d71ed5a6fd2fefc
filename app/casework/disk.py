"""A full disk, whoever meets it first: a file, the database, a spreadsheet being written."""
from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import lazy_gettext as _l

from app.casework.errors import Obstacle

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # the disk's end, a quota's, a limit on one file
_FULL_IN_POSTGRES = "53100"


class DiskFull(Obstacle):
    """There is no room to write. Nothing was changed, no half file stays."""

    status = 507
    message = _l("The server's disk is full: nothing was saved, what you typed is still here. "
                 "Tell the administrator, and send again once there is room.")

    def __init__(self, message=None, field: str | None = None):
        super().__init__(message or self.message, field)


def is_full(error: BaseException | None) -> bool:
    """Whether a fault, or what it came from, says that there is no room."""
    waiting, seen = [error], set()
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, DiskFull) or _says_full(one):
            return True
        inner = (part for part in (getattr(one, "orig", None), *one.args) if isinstance(part, BaseException))
        waiting += (one.__cause__, one.__context__, *inner)
    return False


def _says_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _FULL
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return getattr(error, "sqlstate", None) == _FULL_IN_POSTGRES


@contextmanager
def told_when_full() -> Iterator[None]:
    """What is written inside meets a full disk in the user's words: raises DiskFull."""
    try:
        yield
    except DiskFull:
        raise
    except Exception as error:
        if is_full(error):
            raise DiskFull from error
        raise
