"""The inbox of the hat worn, and how many of its notices are new."""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from app.access.scope import Scope
from app.casework.cases import Case, case_rule, turn_role
from app.casework.listing import exactly
from app.organization.settings import setting
from app.reminders.models import Notice, NoticesSeen

_seen, _notices, _cases = NoticesSeen.__table__, Notice.__table__, Case.__table__
MOST_NEW, SIZE = 99, 50


def asked(hat, today: dt.date) -> dict:
    """What the statements below are asked with."""
    return {"units": hat.organization_ids, "unit": hat.organization_id, "user": hat.user_id,
            "role": turn_role(hat.role), "first": today - dt.timedelta(days=setting("remind_keep_days"))}


def _mine(notice):
    """Of the class `Notice` or of its table's columns."""
    return (notice.organization_id.in_(sa.bindparam("units", expanding=True)), notice.role == sa.bindparam("role"),
            notice.noticed_on > sa.bindparam("first"))


def _still_due(notice, case):
    """Of a case that has moved on, or has another deadline by now, nobody is reminded any more."""
    return sa.and_(case.turn_organization_id == notice.organization_id, case.due_sort == notice.due)


_LAST_SEEN = sa.select(sa.func.coalesce(sa.func.max(_seen.c.last_id), 0)).where(
    _seen.c.user_id == sa.bindparam("user"), _seen.c.organization_id == sa.bindparam("unit"),
    _seen.c.role == sa.bindparam("role"),
).scalar_subquery()


def new_count(scope: Scope) -> sa.Select:
    """How many cases the bell tells of, for `asked`; MOST_NEW + 1 means more."""
    n, c = _notices.c, _cases.c
    return sa.select(sa.func.count()).select_from(
        sa.select(n.case_id).join(_cases, c.id == n.case_id)
        .where(*_mine(n), _still_due(n, c), n.id > _LAST_SEEN, case_rule(scope, c))
        .distinct().limit(exactly(MOST_NEW + 1)).subquery()
    )


@dataclass(frozen=True)
class Line:
    """A notice with its case; `moved_on`: nothing is left to do for it. `is_new`: not seen before."""

    notice: Notice
    case: Case
    moved_on: bool
    is_new: bool


def inbox(session, hat, today: dt.date, before: int | None = None) -> tuple[list[Line], bool]:
    """`(lines, whether there are older ones)`, the newest first."""
    statement = (
        sa.select(Notice, Case, _still_due(Notice, Case), Notice.id > _LAST_SEEN)
        .join(Case, Case.id == Notice.case_id).where(*_mine(Notice), *([Notice.id < before] if before else ()))
        .order_by(Notice.noticed_on.desc(), Notice.id.desc()).limit(SIZE + 1)
    )
    rows = session.execute(statement, asked(hat, today))
    found = [Line(notice, case, not due, is_new) for notice, case, due, is_new in rows]
    return found[:SIZE], len(found) > SIZE
