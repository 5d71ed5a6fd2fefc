"""What the screens read of submissions, in a constant number of statements."""
from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.access.scope import Scope, labels
from app.casework.cases import Case
from app.casework.history import TimelineEntry
from app.casework.listing import Selection, alike
from app.ledgers.exporting import approvers
from app.organization.models import Organization
from app.submissions import duties
from app.submissions.models import Submission
from app.submissions.states import HANDED_IN, WANTING, Show, SubmissionState

_cases, _submissions = Case.__table__, Submission.__table__
_IS = {Show.NIL: _submissions.c.nil.is_(True), Show.LATE: _submissions.c.submitted_on > _cases.c.due}


@alike
def selection(_scope: Scope, filters: Mapping, state: str | None, today: dt.date) -> Selection:
    """Every month in sight, the newest first; what is yet to be submitted by its due day."""
    show = Show(filters["show"]) if filters.get("show") else None
    equal = [_submissions.c[name] == filters[name] for name in ("month", "ledger") if filters.get(name)]
    return Selection(
        "ledger_submission", _submissions, state=state, states=show.states if show else (),
        due=(None, today - dt.timedelta(days=1)) if show is Show.OVER else (None, None),
        organization_id=filters.get("unit"), conditions=(*equal, *([_IS[show]] if show in _IS else [])),
        by_due=state in WANTING or show in (Show.WANTING, Show.OVER), words=filters.get("q") or "",
    )


def load(session, ids: list[int]) -> list[Submission]:
    """The submissions in the order of `ids`, through the scope."""
    found = {one.id: one for one in session.scalars(sa.select(Submission).where(Submission.id.in_(ids)))}
    return [found[i] for i in ids if i in found]


def unit_name(session, submission: Submission) -> str:
    """Whose month it is."""
    return labels(session, Organization.__table__, [submission.unit_id]).get(submission.unit_id, "")


def whole(session, submission_id: int) -> Submission | None:
    """One submission with its freezes."""
    return session.get(Submission, submission_id, options=[selectinload(Submission.freezes)])


def approver(session, unit_id: int, ledger: str, month: str) -> str | None:
    """审核人 of an approved month: who decided, on paper too; None for a month that is not approved or not in sight."""
    entry = session.scalar(
        sa.select(TimelineEntry).join(Submission, Submission.id == TimelineEntry.case_id)
        .where(Submission.unit_id == unit_id, Submission.ledger == ledger, Submission.month == month,
               Submission.state == SubmissionState.APPROVED.value, TimelineEntry.verb == "approve")
        .order_by(TimelineEntry.id.desc()).limit(1)
    )
    return entry and entry.extra.get("decided_by", entry.user_name)


approvers.append(approver)


@dataclass
class Line:
    """A unit's submissions of a month, by ledger."""

    unit: object
    of: dict[str, Submission] = field(default_factory=dict)


@dataclass
class Overview:
    """A month of the county: `lines` in the order of units, `counts` by word, `wanting` the ids to be chased."""

    lines: list[Line]
    counts: dict[str, int]
    wanting: list[int]


def overview(session, county_id: int, month: str, today: dt.date) -> Overview:
    """Who has submitted the month and who has not; two statements."""
    of = defaultdict(dict)
    for one in session.scalars(sa.select(Submission).where(Submission.month == month)):
        of[one.unit_id][one.ledger] = one
    lines = [Line(unit, of[unit.id]) for unit in duties.units_of(session, county_id, of) if unit.id in of]
    every = [one for line in lines for one in line.of.values()]
    return Overview(lines, _counts(every, today), [one.id for one in every if one.state in WANTING])


def _counts(every: list[Submission], today: dt.date) -> dict[str, int]:
    """`total`, each state, `over` among the wanting, `nil` and `late` among those handed in."""
    counts = {"total": sum(one.state != SubmissionState.EXCUSED for one in every)}
    counts |= {state.value: sum(one.state == state for one in every) for state in SubmissionState}
    counts["over"] = sum(is_over(one, today) for one in every)
    counts["nil"] = sum(one.nil and one.state in HANDED_IN for one in every)
    counts["late"] = sum(is_late(one) for one in every)
    return counts


def is_over(submission: Submission, today: dt.date) -> bool:
    """逾期: due, and not handed in."""
    return submission.state in WANTING and submission.due < today


def is_late(submission: Submission) -> bool:
    """Handed in, but after the day."""
    return submission.state in HANDED_IN and submission.submitted_on > submission.due


def months(session, most: int = 36) -> list[str]:
    """The months that were opened for whoever looks, the newest first."""
    return list(session.scalars(
        sa.select(Submission.month).distinct().order_by(Submission.month.desc()).limit(most)))
