"""What counts as overdue, in the list's filter, on the page and on the workbench alike."""

import datetime as dt

import pytest

from app.hazards.states import HazardState

LATE = dt.timedelta(days=15)  # five days after the deadline of the world's ordinary hazard


def numbers(visitor, query: str) -> str:
    return visitor.get(f"/hazards/?{query}").get_data(as_text=True)


@pytest.mark.one_database
def test_a_claim_in_time_stops_the_clock(world, enter):
    hazard_id = world.bring_to(HazardState.AWAITING_RECHECK)
    world.move_to(world.day + LATE)
    firm = enter("firm")
    assert "YH-2026-0001" not in numbers(firm, "due=over")
    assert "逾期" not in firm.get(f"/hazards/{hazard_id}").get_data(as_text=True)


@pytest.mark.one_database
def test_a_failed_recheck_lets_it_count_from_the_first_deadline(world, enter):
    hazard_id = world.bring_to(HazardState.AWAITING_RECHECK)
    world.move_to(world.day + LATE)
    world.do("yingji", "fail_recheck", hazard_id)
    firm = enter("firm")
    assert "YH-2026-0001" in numbers(firm, "due=over")
    assert "逾期5天" in firm.get(f"/hazards/{hazard_id}").get_data(as_text=True)


@pytest.mark.one_database
def test_a_late_claim_is_overdue_until_it_is_closed(world, enter):
    hazard_id = world.hazard()
    world.move_to(world.day + LATE)
    world.do("firm", "claim", hazard_id)
    yingji = enter("yingji")
    assert "YH-2026-0001" in numbers(yingji, "due=over")
    world.do("yingji", "pass_recheck", hazard_id)
    assert "YH-2026-0001" not in numbers(yingji, "due=over")
