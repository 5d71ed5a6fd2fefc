"""屡查屡犯: the same enterprise and category within so many months, to the day."""

import datetime as dt

import pytest

from app.hazards.queries import months_before


@pytest.mark.parametrize("day, months, before", [
    (dt.date(2026, 3, 20), 12, dt.date(2025, 3, 20)), (dt.date(2024, 3, 20), 12, dt.date(2023, 3, 20)),
    (dt.date(2024, 2, 29), 12, dt.date(2023, 2, 28)), (dt.date(2026, 1, 31), 2, dt.date(2025, 11, 30)),
    (dt.date(2026, 1, 1), 1, dt.date(2025, 12, 1)),
])
def test_the_window_begins_on_the_same_day(day, months, before):
    assert months_before(day, months) == before


@pytest.mark.parametrize("apart, repeated", [(366, True), (367, False)])
def test_a_leap_year_is_a_year_too(world, enter, apart, repeated):
    """20 March 2023 to 20 March 2024 are 366 days and still 12 months."""
    world.move_to(dt.date(2024, 3, 20))
    for day in (world.day - dt.timedelta(days=apart), world.day):
        hazard_id = world.hazard(happened_on=day, due=world.day)
    assert ("屡查屡犯" in enter("yingji").get(f"/hazards/{hazard_id}").text) is repeated
