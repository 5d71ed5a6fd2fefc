"""Deadlines: 民法典 §200–204, the State Council's holiday notices of 2025 and 2026."""
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.casework.deadlines import (
    DueKind,
    DueWords,
    WorkCalendar,
    days_after,
    days_overdue,
    due_words,
    is_due_soon,
    is_overdue,
    workdays_after,
)

PLAIN = WorkCalendar()
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2028, 12, 31))
LENGTHS = st.integers(min_value=0, max_value=90)


@pytest.mark.parametrize(
    ("event", "n", "due"),
    [
        (date(2026, 3, 2), 30, date(2026, 4, 1)),  # an ordinary month
        (date(2026, 3, 2), 0, date(2026, 3, 2)),  # 立行立改
        (date(2026, 3, 5), 30, date(2026, 4, 7)),  # 4 April: Qingming, 4–6 off
        (date(2026, 9, 1), 30, date(2026, 10, 8)),  # 1 October: off until the 7th
        (date(2025, 9, 1), 30, date(2025, 10, 9)),  # 2025: off until the 8th
        (date(2025, 1, 13), 15, date(2025, 2, 5)),  # Spring Festival 2025, off 28.1.–4.2.
        (date(2026, 1, 30), 15, date(2026, 2, 14)),  # a Saturday that is worked
        (date(2026, 2, 5), 10, date(2026, 2, 24)),  # Spring Festival 2026, off 15–23
        (date(2026, 3, 4), 10, date(2026, 3, 16)),  # an ordinary Saturday moves too
        (date(2025, 4, 17), 10, date(2025, 4, 27)),  # a Sunday worked for 1 May
    ],
)
def test_natural_days(event, n, due):
    assert days_after(event, n, PLAIN) == due


@pytest.mark.parametrize(
    ("event", "n", "due"),
    [
        (date(2026, 3, 2), 5, date(2026, 3, 9)),  # across one weekend
        (date(2026, 4, 3), 1, date(2026, 4, 7)),  # across Qingming
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # worked Saturday 14th, then the festival
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # a Sunday worked for National Day
        (date(2025, 9, 26), 3, date(2025, 9, 30)),  # Sunday 28th is worked
        (date(2026, 5, 1), 0, date(2026, 5, 6)),  # no length, but a rest day
    ],
)
def test_working_days(event, n, due):
    assert workdays_after(event, n, PLAIN) == due


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 1, 1), False), (date(2026, 1, 4), True), (date(2026, 2, 14), True),
        (date(2026, 2, 28), True), (date(2026, 5, 9), True), (date(2026, 6, 19), False),
        (date(2026, 9, 20), True), (date(2026, 9, 25), False), (date(2026, 10, 7), False),
        (date(2026, 10, 10), True), (date(2025, 1, 26), True), (date(2025, 2, 4), False),
        (date(2025, 6, 2), False), (date(2025, 10, 8), False), (date(2025, 10, 11), True),
    ],
)
def test_the_published_notices(day, worked):
    assert PLAIN.is_workday(day) is worked


def test_the_override_table_wins():
    local = WorkCalendar({date(2026, 3, 3): False, date(2026, 10, 1): True})
    assert workdays_after(date(2026, 3, 2), 1, local) == date(2026, 3, 4)
    assert days_after(date(2026, 9, 1), 30, local) == date(2026, 10, 1)


def test_a_year_without_data_is_counted_plainly_and_named():
    assert days_after(date(2028, 9, 1), 30, PLAIN) == date(2028, 10, 2)  # 1 October is a Sunday
    assert PLAIN.unknown_years([date(2026, 1, 1), None, date(2029, 1, 1), date(2028, 1, 1)]) == [2028, 2029]


def test_one_odd_day_does_not_make_a_year_known():
    assert not WorkCalendar({date(2028, 5, 2): False}).has_data(2028)
    typed_in = WorkCalendar({date(2028, 1, 1): False, date(2028, 10, 1): False})
    assert typed_in.has_data(2028)
    assert typed_in.unknown_years([date(2028, 3, 3)]) == []


def test_a_deadline_day_ends_at_midnight():
    due = date(2026, 3, 10)
    assert not is_overdue(due, due)
    assert is_overdue(due, date(2026, 3, 11))
    assert days_overdue(due, date(2026, 3, 22)) == 12
    assert days_overdue(None, date(2026, 3, 22)) == 0
    assert not is_overdue(None, date(2026, 3, 22))


def test_due_soon():
    due = date(2026, 3, 10)
    assert is_due_soon(due, date(2026, 3, 7), 3)
    assert is_due_soon(due, due, 0)
    assert not is_due_soon(due, date(2026, 3, 6), 3)
    assert not is_due_soon(due, date(2026, 3, 11), 3), "late is not soon"
    assert not is_due_soon(None, due, 3)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (-12, DueWords(DueKind.OVER, 12)),
        (-1, DueWords(DueKind.OVER, 1)),
        (0, DueWords(DueKind.TODAY, 0)),
        (1, DueWords(DueKind.TOMORROW, 1)),
        (3, DueWords(DueKind.SOON, 3)),
        (4, DueWords(DueKind.AHEAD, 4)),
    ],
)
def test_words(left, words):
    as_of = date(2026, 3, 10)
    assert due_words(as_of + timedelta(days=left), as_of, 3) == words


def test_no_deadline_has_no_words():
    assert due_words(None, date(2026, 3, 10), 3) is None


def test_a_negative_period_is_a_mistake():
    for period in (days_after, workdays_after):
        with pytest.raises(ValueError, match="negative"):
            period(date(2026, 3, 2), -1, PLAIN)


@given(DAYS, LENGTHS)
def test_a_period_ends_on_a_worked_day_and_never_early(event, n):
    due = days_after(event, n, PLAIN)
    last = event + timedelta(days=n)
    assert PLAIN.is_workday(due)
    assert last <= due <= last + timedelta(days=10)
    assert not any(PLAIN.is_workday(last + timedelta(days=i)) for i in range((due - last).days))


@given(DAYS, st.integers(min_value=1, max_value=40))
def test_exactly_n_worked_days_lie_after_the_event(event, n):
    due = workdays_after(event, n, PLAIN)
    between = (event + timedelta(days=i) for i in range(1, (due - event).days + 1))
    assert sum(PLAIN.is_workday(day) for day in between) == n
    assert PLAIN.is_workday(due)


@given(DAYS, LENGTHS, LENGTHS)
def test_longer_never_ends_earlier(event, shorter, more):
    for period in (days_after, workdays_after):
        assert period(event, shorter, PLAIN) <= period(event, shorter + more, PLAIN)


@given(DAYS, DAYS)
def test_late_soon_and_words_agree(due, as_of):
    words = due_words(due, as_of, 3)
    assert (words.kind is DueKind.OVER) == is_overdue(due, as_of)
    assert (words.kind in {DueKind.TODAY, DueKind.TOMORROW, DueKind.SOON}) == is_due_soon(due, as_of, 3)
    assert words.days == (days_overdue(due, as_of) or (due - as_of).days)
