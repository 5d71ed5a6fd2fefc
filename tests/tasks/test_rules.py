"""The questions about tasks and shares, on values."""

import datetime as dt

import pytest

from app.tasks import rules

DAY = dt.date(2026, 5, 11)
I, P, C, D, T = "issued", "in_progress", "claimed", "done", "terminated"  # noqa: E741 - the states' first letters


@pytest.mark.parametrize(("states", "expected"), [
    ((), I), ((I, I), I), ((I, P), P), ((P, P), P), ((C, C), C), ((C, P), P), ((C, I), P), ((D, I), P), ((D, C), C),
    ((D, D), D), ((D, T), D), ((T, T), T), ((T, C), C), ((T, I), P),
])
def test_a_tasks_state_follows_from_its_shares(states, expected):
    assert rules.state_of_task(states) == expected


@pytest.mark.parametrize(("state", "due", "late"), [
    (I, DAY - dt.timedelta(1), True), (P, DAY - dt.timedelta(1), True), (P, DAY, False), (P, None, False),
    (C, DAY - dt.timedelta(9), False), (D, DAY - dt.timedelta(9), False), (T, DAY - dt.timedelta(9), False),
])
def test_a_claim_stops_the_clock(state, due, late):
    assert rules.is_late(state, due, DAY) is late


@pytest.mark.parametrize(("state", "days", "red"), [(I, 3, False), (I, 4, True), (P, 30, False)])
def test_unsigned_after_three_days(state, days, red):
    assert rules.is_unsigned(state, DAY - dt.timedelta(days), DAY, 3) is red


@pytest.mark.parametrize(("due_kind", "reported", "signed", "owed"), [
    ("standing", None, None, False), ("standing", None, dt.date(2026, 4, 1), False),
    ("standing", None, dt.date(2026, 3, 31), True), ("standing", dt.date(2026, 4, 1), dt.date(2026, 1, 1), False),
    ("standing", dt.date(2026, 3, 31), dt.date(2026, 1, 1), True), ("date", None, dt.date(2026, 1, 1), False),
])
def test_standing_tasks_owe_progress_each_quarter(due_kind, reported, signed, owed):
    assert rules.progress_owed(due_kind, reported, signed, DAY) is owed


@pytest.mark.parametrize(("due_kind", "due", "today", "asked", "stands"), [
    ("date", DAY, DAY, DAY + dt.timedelta(1), True), ("date", DAY, DAY + dt.timedelta(1), None, False),
    ("date", DAY, DAY, DAY, False), ("standing", None, DAY, None, False), ("immediate", DAY, DAY, None, True),
])
def test_an_extension_is_asked_before_the_deadline(due_kind, due, today, asked, stands):
    assert (rules.why_not_extend(due_kind, due, today, asked) is None) is stands


@pytest.mark.parametrize(("overdue", "reason", "field"), [
    (False, None, None), (True, None, "overdue_reason"), (True, "  ", "overdue_reason"), (True, "连日降雨", None)])
def test_overdue_progress_needs_its_reason(overdue, reason, field):
    due = DAY - dt.timedelta(1) if overdue else DAY
    obstacle = rules.why_not_report(DAY, DAY - dt.timedelta(30), due, DAY, "已完成", reason)
    assert (obstacle and obstacle[0]) == field


@pytest.mark.parametrize(("change", "field"), [
    ({}, None), ({"assigned_on": DAY + dt.timedelta(1)}, "happened_on"), ({"due": None}, "due"),
    ({"due": DAY - dt.timedelta(9)}, "due"), ({"units": ()}, "lead_units"),
    ({"kind": "monthly", "due": None, "year": 2025}, "due_kind"),
])
def test_what_keeps_a_task_from_being_issued(change, field):
    asked = {"assigned_on": DAY, "today": DAY, "year": 2026, "kind": "date", "due": DAY, "units": (1,)}
    obstacle = rules.why_not_issue(**{**asked, **change})
    assert (obstacle and obstacle[0]) == field
