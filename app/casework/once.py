"""A form that is sent twice makes one case, and does its verb once.

The form carries a key of its own; the case keeps it, unique among its maker's (another person's same key is another
key). Whoever sends the form again, because the answer was lost or a button was pressed twice, is led to the case that
is there. A verb's key stands in its entry of the history; of two that arrive at once the case's version lets one in.
"""
from __future__ import annotations

import re
import uuid
from contextlib import contextmanager

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from wtforms import HiddenField

from app.casework.cases import Case
from app.casework.errors import CaseworkError
from app.casework.history import TimelineEntry

KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_cases, _entries = Case.__table__, TimelineEntry.__table__


class AlreadyMade(CaseworkError):
    """The form has made its case; `case_id` is that."""

    status = 409
    message = _l("This was saved already; here it is. It is not saved a second time.")

    def __init__(self, case_id: int):
        super().__init__()
        self.case_id = case_id


class AlreadyDone(CaseworkError):
    """The form has done its verb."""

    status = 409
    message = _l("This was done already; here it is. It is not done a second time.")


def fresh_key() -> str:
    return str(uuid.uuid4())


def key_said(text: str | None) -> str | None:
    """The key that a request carries; what is no key is none."""
    return text if text and KEY.fullmatch(text) else None


class OnceField(HiddenField):
    """The form's key: a fresh one on a fresh page, the posted one afterwards; what is no key is replaced."""

    def __init__(self, **kwargs):
        super().__init__(default=fresh_key, **kwargs)

    def process_formdata(self, valuelist):
        if valuelist and key_said(valuelist[0]):
            self.data = valuelist[0]


@contextmanager
def making_once(session, hat, key: str | None):
    """Around the transaction that makes a case with `key`. Raises AlreadyMade, also for who came second by a hair."""
    refuse_made(session, hat, key)
    try:
        yield
    except IntegrityError:
        refuse_made(session, hat, key)
        raise


def refuse_made(session, hat, key: str | None) -> None:
    """Past the scope: it is her own case, whichever post she wears today; its page asks the scope."""
    found = key and session.execute(
        sa.select(_cases.c.id).where(_cases.c.created_by_id == hat.user_id, _cases.c.client_key == key)
    ).scalar_one_or_none()
    if found:
        raise AlreadyMade(found)


def refuse_done(session, hat, case_id: int, verb: str, key: str | None) -> None:
    """Past the scope, as above: the verb may have led the case out of her sight. Raises AlreadyDone."""
    done = key and session.scalars(
        sa.select(_entries.c.extra).where(_entries.c.case_id == case_id, _entries.c.user_id == hat.user_id,
                                          _entries.c.verb == verb))
    if any(extra.get("client_key") == key for extra in done or ()):
        raise AlreadyDone
