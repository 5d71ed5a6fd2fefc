"""The verbs of a submission. Nobody else writes its state. Each runs inside `casework.verbs.perform`."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.attachments import attach
from app.casework.cases import Case
from app.casework.errors import Obstacle, Stale
from app.casework.requests import SECOND_PERSON, same_name
from app.casework.verbs import Act, How
from app.organization.models import User
from app.submissions import rules
from app.submissions.freezing import Prepared, recorded_before
from app.submissions.models import Freeze, Submission
from app.submissions.states import HANDED_IN, WANTING, SubmissionState

CODE = "BS"
_cases, _submissions, _users = Case.__table__, Submission.__table__, User.__table__


def submit(act: Act) -> None:
    """The clerk freezes the month; `data["prepared"]` is what was read and written to disk before."""
    _freeze(act, nil=False)


def nil_return(act: Act) -> None:
    """零报告: the unit says that there is nothing."""
    _freeze(act, nil=True)


def _freeze(act: Act, nil: bool) -> None:
    submission, prepared = act.case, act.data["prepared"]
    if obstacle := rules.why_not_submit(prepared.rows, nil):
        raise Obstacle(obstacle)
    _refuse_while_earlier_wants(act)
    if prepared.recorded_after != recorded_before(act.session, submission):
        raise Stale  # the month before was handed in anew meanwhile
    number = len(submission.freezes) + 1
    freeze = _freeze_of(act, prepared, number, nil)
    submission.freezes.append(freeze)
    act.session.flush()
    attach(act.session, submission, act.hat, [prepared.file], "evidence", part_id=freeze.id)
    submission.nil, submission.recorded_until, submission.submitted_on = nil, prepared.recorded_until, act.today
    act.extra |= {"rows": prepared.rows, "sha256": prepared.file.sha256, "freeze": number}


def _freeze_of(act: Act, prepared: Prepared, number: int, nil: bool) -> Freeze:
    return Freeze(
        number=number, happened_until=act.case.period_until, recorded_after=prepared.recorded_after,
        recorded_until=prepared.recorded_until, rows=prepared.rows, nil=nil, figures=prepared.figures,
        header=prepared.header, sha256=prepared.file.sha256, frozen_on=act.today, frozen_by_id=act.hat.user_id,
        frozen_by_name=act.hat.user_name, on_behalf_of_id=act.hat.on_behalf_of_id,
    )


def _others(submission: Submission) -> sa.Select:
    c, s = _cases.c, _submissions.c
    return (
        sa.select(s.month).join(_cases, c.id == s.id)
        .where(s.unit_id == submission.unit_id, s.ledger == submission.ledger).order_by(s.month).limit(1)
    )


def _refuse_while_earlier_wants(act: Act) -> None:
    """Months are handed in one after the other: what is late in one stands in the next."""
    statement = _others(act.case).where(
        _submissions.c.month < act.case.month, _cases.c.state.in_([s.value for s in WANTING]))
    if month := act.session.execute(statement).scalar():
        raise Obstacle(_l("%(month)s is not submitted yet; that month goes first.", month=month))


def _refuse_when_later_handed_in(act: Act) -> None:
    """A month that a later one builds on stays as it is; what was wrong is corrected and told in the next."""
    statement = _others(act.case).where(
        _submissions.c.month > act.case.month, _cases.c.state.in_([s.value for s in HANDED_IN]))
    if month := act.session.execute(statement).scalar():
        raise Obstacle(_l("%(month)s is submitted already; corrections stand in the next month.", month=month))


def approve(act: Act) -> None:
    """The unit's reviewer answers for the month; not who froze it, with another hat or on paper either."""
    _refuse_same_person(act, act.case.freezes[-1])
    act.case.closed_on = act.today


def _refuse_same_person(act: Act, freeze: Freeze) -> None:
    froze = {freeze.frozen_by_id, freeze.on_behalf_of_id} - {None}
    if act.how is How.PAPER:
        names = act.session.execute(sa.select(_users.c.last_name).where(_users.c.id.in_(froze))).scalars()
        if any(same_name(name, act.extra["decided_by"]) for name in (freeze.frozen_by_name, *names)):
            raise Obstacle(SECOND_PERSON, "decided_by")
    elif not froze.isdisjoint(act.hat.persons):
        raise Obstacle(SECOND_PERSON)


def give_back(act: Act) -> None:
    """退回 by the unit's reviewer or the county office, or taken back: the freeze is kept, and holds no more."""
    _refuse_when_later_handed_in(act)
    submission = act.case
    submission.recorded_until = submission.submitted_on = submission.closed_on = None
    submission.nil = False


def chase(act: Act) -> None:
    """催办: told on the unit's workbench, beside the month that it owes."""
    act.case.chases += 1
    act.case.chased_on = act.today


def excuse(act: Act) -> None:
    """免报: this once the county office asks nothing of the unit."""
    act.case.closed_on = act.today


def new_submission(unit, ledger: str, period: rules.Period, due: dt.date, title: str, today: dt.date) -> Submission:
    """A month that a unit owes; issued from the start, its number is given by who opens the month."""
    return Submission(
        county_id=unit.county_id, unit_id=unit.id, filed_by_id=unit.id, ledger=ledger, month=period.month,
        period_from=period.first, period_until=period.last, happened_on=period.last, due=due, title=title,
        state=SubmissionState.OWED.value, state_since=today, issued=True,
    )
