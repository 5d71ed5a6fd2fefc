"""Asked by one, decided by another: extension, transfer, downgrade, cancellation, end of the subject.

A case has at most one open request. Where two persons are required it is persons, not roles: who asked never
decides. A decision taken on paper is recorded by a clerk (代录) and names who decided.
"""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_appbuilder import Model
from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.scope import scoped
from app.casework.cases import Case, CasePart, part_rule
from app.casework.columns import UTCDateTime, utcnow
from app.casework.errors import Obstacle
from app.casework.history import TimelineEntry
from app.organization.models import User

SECOND_PERSON = _l(
    "Who asked cannot decide: a second person is needed. Where there is none, the leader decides on paper and the "
    "unit's clerk records it here with the scan."
)
_users, _entries = User.__table__, TimelineEntry.__table__
OUTCOMES = ("open", "approved", "refused", "lapsed")


class CaseRequest(Model, CasePart):
    """One request. `payload` is what was asked (a day, a unit); `decider_id` the unit that decides."""

    __tablename__ = "case_requests"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(10), default="open")
    payload: Mapped[dict] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(Text)
    asked_on: Mapped[dt.date]
    asked_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    asked_by_name: Mapped[str] = mapped_column(String(64))
    asked_on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))  # the post's holder (代理)
    asked_for_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    decider_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    decided_on: Mapped[dt.date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    decided_by_name: Mapped[str | None] = mapped_column(String(64))
    opinion: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        CheckConstraint("outcome IN ('open', 'lapsed') OR decided_by_name IS NOT NULL", name="decided_by_somebody"),
        # one open request per case: the second of two askers is told so by the database too
        Index("uq_case_requests_open", "case_id", unique=True, sqlite_where=sa.text("outcome = 'open'"),
              postgresql_where=sa.text("outcome = 'open'")),
        Index("ix_case_requests_case", "case_id", "id"),
    )


scoped(CaseRequest, part_rule(CaseRequest))


# A case knows its open request; `cases.open_request` repeats the kind for lists and buttons.
Case.request = relationship(
    CaseRequest,
    # Said outright: with a parameter the partial index is chosen anew at each execution, or not at all.
    primaryjoin=sa.and_(CaseRequest.case_id == Case.id, CaseRequest.outcome == sa.literal_column("'open'")),
    uselist=False, viewonly=True,
)


def ask(act, kind: str, decider_id: int, payload: dict | None = None) -> CaseRequest:
    """Open a request; the case's turn goes to who decides it."""
    request = CaseRequest(
        case_id=act.case.id, kind=kind, payload=payload or {}, reason=act.data["reason"], asked_on=act.today,
        asked_by_id=act.hat.user_id, asked_by_name=act.hat.user_name,
        asked_on_behalf_of_id=act.hat.on_behalf_of_id, asked_for_id=act.hat.organization_id, decider_id=decider_id,
    )
    act.session.add(request)
    act.case.open_request = kind
    act.comment = act.comment or act.data["reason"]
    _reload(act)
    return request


def decide(act, approved: bool, second_person: bool = True) -> CaseRequest:
    """Close the open request with a decision; raises Obstacle when asker and decider are one person."""
    request = act.case.request
    on_paper = act.how == "paper"
    decided_by = act.data.get("decided_by") if on_paper else act.hat.user_name
    if second_person and _is_asker(act, request, decided_by if on_paper else None):
        raise Obstacle(SECOND_PERSON, "decided_by")
    request.outcome = "approved" if approved else "refused"
    request.decided_on = act.data.get("decided_on") or act.today
    request.decided_by_id, request.decided_by_name = act.hat.user_id, decided_by
    request.opinion = act.comment
    act.case.open_request = None
    _reload(act)
    return request


def _is_asker(act, request: CaseRequest, on_paper: str | None) -> bool:
    """Whether who decides also asked; a delegate and the post's holder count as one (代理)."""
    askers = {request.asked_by_id, request.asked_on_behalf_of_id} - {None}
    if on_paper is None:
        return not askers.isdisjoint(act.hat.persons)
    names = act.session.execute(sa.select(_users.c.last_name).where(_users.c.id.in_(askers))).scalars()
    return any(same_name(name, on_paper) for name in (request.asked_by_name, *names))


def same_name(one: str, other: str) -> bool:
    """Whether two names are one person's: a space within does not make another of it."""
    return "".join(one.split()) == "".join(other.split())


def refuse_same_person(act, *verbs: str, message=SECOND_PERSON) -> None:
    """Who did the latest of `verbs` does not decide on it, with another hat, for another or on paper either."""
    done = act.session.execute(
        sa.select(_entries.c.user_id, _entries.c.user_name, _entries.c.extra)
        .where(_entries.c.case_id == act.case.id, _entries.c.verb.in_(verbs)).order_by(_entries.c.id.desc()).limit(1)
    ).one_or_none()
    if done is None:
        return
    on_paper = act.extra.get("decided_by")
    if on_paper:
        same = any(same_name(name, on_paper) for name in (done.user_name, done.extra.get("on_behalf_of", "")))
    else:
        same = not act.hat.persons.isdisjoint({done.user_id, done.extra.get("on_behalf_of_id")} - {None})
    if same:
        raise Obstacle(message, "decided_by" if on_paper else None)


def lapse(act) -> None:
    """An open request that the case has overtaken ends without a decision."""
    if act.case.request is not None:
        act.case.request.outcome = "lapsed"
        act.case.open_request = None
        _reload(act)


def _reload(act) -> None:
    act.session.flush()
    act.session.expire(act.case, ["request"])
