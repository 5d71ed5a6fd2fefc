"""One transaction per verb.

On SQLite BEGIN IMMEDIATE, on PostgreSQL READ COMMITTED with the case row locked FOR UPDATE. Inside it no
parsing, hashing, thumbnail, rendering or network. Whoever comes second meets `Stale`.
"""
from __future__ import annotations

from contextlib import contextmanager

import sqlalchemy as sa

from app.access.scope import constant, planned_once
from app.casework import texts
from app.casework.cases import Case, find
from app.casework.errors import NotFound, Stale

_cases = Case.__table__
# The base row is the lock; the noun's own table is only ever written under it.
_LOCKED = planned_once(constant(
    sa.select(Case.id, Case.version).where(Case.id == sa.bindparam("case_id")).with_for_update(of=_cases)
))


@contextmanager
def unit_of_work(session):
    """Begin a write transaction on `session`; commit when the block ends, roll back when it raises.

    What the session read before belongs to an older view of the database: it is dropped and read again.
    """
    session.rollback()
    session.expire_all()
    texts.forget(session)
    session.connection(execution_options={"writes": True})
    try:
        yield session
        texts.keep(session)
        session.commit()
    except BaseException:
        session.rollback()
        raise


def lock_case(session, model: type[Case], case_id: int, version: int | None) -> Case:
    """The case, its row locked, as the form saw it. Raises NotFound (out of scope too) or Stale.

    A share's head is locked before it: one order for all, whichever of the two a verb starts from.
    """
    if model.is_share:
        head = sa.select(_cases.c.head_id).where(_cases.c.id == case_id).scalar_subquery()
        session.execute(sa.select(_cases.c.id).where(_cases.c.id == head).with_for_update())
    locked = session.execute(_LOCKED, {"case_id": case_id}).one_or_none()
    case = find(session, model, case_id, fresh=True) if locked else None
    if case is None:
        raise NotFound
    if version is not None and case.version != version:
        raise Stale
    return case
