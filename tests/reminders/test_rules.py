"""Of which deadlines a day reminds, by hand."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.casework.deadlines import WorkCalendar
from app.reminders.rules import deadlines_of, missed

DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]
PLAIN = WorkCalendar({day: day.weekday() < 5 for day in DAYS})


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(("due", "on", "told"), [
    ("2026-03-20", "2026-03-10", True),   # T-10
    ("2026-03-20", "2026-03-11", False),
    ("2026-03-20", "2026-03-17", True),   # T-3
    ("2026-03-20", "2026-03-20", True),   # T, a Friday
    ("2026-03-20", "2026-03-21", False),  # a Saturday
    ("2026-03-20", "2026-03-23", False),  # the first working day after
    ("2026-03-20", "2026-03-24", False),
    ("2026-03-20", "2026-03-25", True),   # the third
    ("2026-03-20", "2026-03-30", True),   # the sixth
    ("2026-03-22", "2026-03-25", True),   # due on a Sunday: Monday is the first
    ("2026-03-20", "2026-03-28", False),  # a Saturday reminds of nothing that is late
])
def test_by_hand(due, on, told):
    assert (day(due) in deadlines_of(day(on), (10, 3), 3, 366, PLAIN)) is told


@given(st.dates(dt.date(2026, 1, 5), dt.date(2026, 6, 30)), st.integers(1, 9))
def test_a_late_case_is_told_every_so_many_working_days(due, every):
    """In any stretch of working days after it, on each n-th and on no other."""
    days = [due + dt.timedelta(days=n) for n in range(1, 120)]
    worked = [one for one in days if PLAIN.is_workday(one)]
    told = [one for one in days if due in deadlines_of(one, (), every, 120, PLAIN) and one != due]
    assert told == worked[every - 1::every]


def test_until():
    found = deadlines_of(day("2026-06-30"), (), 1, 30, PLAIN)
    assert min(found) == day("2026-05-31")


def test_what_was_missed_is_made_up_for():
    today = day("2026-03-20")
    assert missed(None, today, 7) == [today]
    assert missed(day("2026-03-18"), today, 7) == [day("2026-03-19"), today]
    assert missed(today, today, 7) == []
    assert len(missed(day("2026-01-01"), today, 7)) == 8
