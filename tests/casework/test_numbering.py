"""Numbers: no gap, none twice, whoever draws at the same time and whatever is rolled back."""

import random

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.casework import numbering
from app.casework.numbering import NumberSeries, VoidedNumber, business_number, draw
from app.casework.unit_of_work import unit_of_work
from tests.casework.support import in_processes, rows

WRITERS, DRAWS = 8, 60


def drawn(session, world, count=1, code="YH", year=2026) -> list[int]:
    with unit_of_work(session):
        return draw(session, world.county.id, code, year, count)


def test_each_series_starts_at_one(world):
    with world.system() as session:
        assert drawn(session, world) == [1]
        assert drawn(session, world, year=2027) == [1]
        assert drawn(session, world, code="DB") == [1]
        assert drawn(session, world) == [2]


def test_an_import_draws_a_block(world):
    with world.system() as session:
        assert drawn(session, world, 3) == [1, 2, 3]
        assert drawn(session, world, 5000) == list(range(4, 5004))


def test_a_rolled_back_number_comes_again(world):
    with world.system() as session:
        with pytest.raises(ZeroDivisionError), unit_of_work(session):
            assert draw(session, world.county.id, "YH", 2026) == [1]
            raise ZeroDivisionError
        assert drawn(session, world) == [1]


def test_a_voided_number_stays_taken(world):
    with world.system() as session:
        number = business_number("YH", 2026, drawn(session, world)[0])
        with unit_of_work(session):
            numbering.void(session, world.county.id, number, "登记错误", None)
        assert drawn(session, world) == [2]
        with pytest.raises(sa.exc.IntegrityError), unit_of_work(session):
            numbering.void(session, world.county.id, number, "再次", None)
    assert [row.reason for row in rows(world, sa.select(VoidedNumber.__table__))] == ["登记错误"]


def test_eight_writers_leave_no_gap_and_no_double(world, tmp_path):
    """Blocks of one to seven, every fifth transaction rolled back."""

    def write(i):
        chance, kept = random.Random(i), []
        with world.system() as session:
            for _ in range(DRAWS):
                try:
                    with unit_of_work(session):
                        block = draw(session, world.county.id, "YH", 2026, chance.randint(1, 7))
                        if chance.random() < 0.2:
                            raise ZeroDivisionError
                    kept += block
                except ZeroDivisionError:
                    continue
        (tmp_path / str(i)).write_text(" ".join(map(str, kept)))

    assert in_processes(world.app, WRITERS, write) == []
    numbers = [int(n) for i in range(WRITERS) for n in (tmp_path / str(i)).read_text().split()]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert rows(world, sa.select(NumberSeries.__table__.c.last)) == [(len(numbers),)]


@given(st.integers(1900, 2999), st.integers(1, 10**7))
def test_a_number_tells_its_series_and_place(year, n):
    code, said_year, place = business_number("YH", year, n).split("-")
    assert (code, int(said_year), int(place)) == ("YH", year, n)
    assert len(place) >= 4
