"""The last two months of the ledgers, as the units of the demo county handed them in: most in time, one late, one
returned, one waiting for its reviewer, one not at all.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa

from app.access.scope import session_for
from app.casework.unit_of_work import lock_case, unit_of_work
from app.casework.verbs import act_on
from app.demo.people import Staff, person
from app.organization.models import Organization
from app.submissions import duties, rules
from app.submissions.freezing import prepare
from app.submissions.models import Duty, Submission
from app.submissions.opening import open_month
from app.submissions.periods import Periods
from app.submissions.states import SubmissionState, SubmittedLedger
from app.submissions.verbs import SUBMISSIONS

MONTHS = 2
LATE, RETURNED, WAITING, OWING = "润城镇", "北留镇", "县住建局", "凤城镇"  # of the newest month
_units = Organization.__table__


class SubmissionTeller:
    """Opens the months and plays what each unit did; what is done already is left alone."""

    def __init__(self, session, county_id: int, units: dict[str, int], staff: Staff, data_dir: str, today: dt.date):
        self.session, self.county_id, self.staff, self.data_dir, self.today = session, county_id, staff, data_dir, today
        self.names = {unit_id: name for name, unit_id in units.items()}
        self.periods = Periods(session, county_id)

    def tell(self, say: Callable[[str], None]) -> None:
        self._duties()
        newest = self.periods.latest(self.today)
        for month in (rules.next_month(newest, -n) for n in reversed(range(MONTHS))):
            opened = self.periods.last_day(month) + dt.timedelta(days=1)
            open_month(self.session, self.county_id, month, opened)
            for submission in self._of(month):
                self._submission(submission, month == newest)
            say(f"演示县：台账报送 {month}")

    def _duties(self) -> None:
        """Units in which nobody acts owe nothing; told once."""
        if self.session.scalar(sa.select(Duty.id).limit(1)):
            return
        since = self.today.replace(month=1, day=1) - dt.timedelta(days=365)
        with unit_of_work(self.session):
            self.session.add_all(
                Duty(county_id=self.county_id, organization_id=unit.id, ledger=ledger.value, owes=False,
                     valid_from=since, told_on=since)
                for unit in duties.units_of(self.session, self.county_id) for ledger in SubmittedLedger
                if unit.kind in rules.OWING_KINDS and unit.name not in self.staff.clerks
            )

    def _of(self, month: str) -> list[Submission]:
        return list(self.session.scalars(sa.select(Submission).where(
            Submission.month == month, Submission.county_id == self.county_id).order_by(Submission.id)))

    def _submission(self, submission: Submission, newest: bool) -> None:
        unit, hazards = self.names[submission.unit_id], submission.ledger == SubmittedLedger.HAZARDS
        if newest and unit == OWING and not hazards:
            if not submission.chases:
                self._do(submission.id, "chase", self.staff.clerks["县安委办"], submission.due + dt.timedelta(days=2),
                         comment="请抓紧报送本月台账。")
            return
        late = newest and unit == LATE and hazards
        submission_id, state, due = submission.id, submission.state, submission.due
        if state == SubmissionState.OWED:
            self._hand_in(submission, unit, due + dt.timedelta(days=3 if late else -1))
        elif state != SubmissionState.SUBMITTED:
            return
        if newest and unit == WAITING and hazards:
            return
        verb, comment = "approve", None
        if newest and unit == RETURNED and hazards:
            verb, comment = "return", "有两条已整改的没有填防范重复发生的措施，补齐后再报。"
        head = self.staff.heads.get(unit) or self.staff.clerks[unit]
        self._do(submission_id, verb, head, due + dt.timedelta(days=4 if late else 0), comment=comment,
                 decided_by=f"{unit}分管负责人 {person(f'{unit}/head')}")

    def _hand_in(self, submission: Submission, unit: str, day: dt.date) -> None:
        hat, submission_id = self.staff.clerks[unit], submission.id
        header = {"reviewer": person(f"{unit}/head"), "filer": hat.user_name, "phone": hat.phone}
        with session_for(hat.scope) as own:
            prepared = prepare(own, hat, own.get(Submission, submission_id), header, min(day, self.today),
                               self.data_dir)
        self._do(submission_id, "submit" if prepared.rows else "nil_return", hat, day, prepared=prepared)

    def _do(self, submission_id: int, verb: str, hat, day: dt.date, **data) -> None:
        day = min(day, self.today)
        with unit_of_work(self.session):
            submission = lock_case(self.session, Submission, submission_id, None)
            data = {**data, "decided_on": day}
            act_on(self.session, SUBMISSIONS, SUBMISSIONS.verbs[verb], submission, hat, data, day)
