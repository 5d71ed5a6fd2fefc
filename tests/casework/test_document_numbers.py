"""Document numbers: drawn without gap, taken over from the paper register when free, never twice."""

import random

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.casework.cases import Case
from app.casework.errors import Obstacle
from app.casework.invariants import check
from app.casework.numbering import (
    DocumentNumber,
    NumberSeries,
    document_number,
    next_document_number,
    take_document_number,
)
from app.casework.unit_of_work import unit_of_work
from tests.casework.support import in_processes, rows

CODE, YEAR, SIGNERS = "阳安办函", 2026, 32
GAP = "a series of document numbers has no gap but the paper register's"


def number(session, case, n: int | None = None) -> int:
    """What an operation does at signing, in its own transaction."""
    with unit_of_work(session):
        case = session.merge(case, load=True)
        row = take_document_number(session, case, CODE, YEAR, n) if n else next_document_number(
            session, case, CODE, YEAR)
        return row.n


@pytest.fixture
def case(world):
    hazard_id = world.hazard()
    with world.system() as session:
        case = session.get(Case, hazard_id)
        session.expunge(case)
    return case


def series(world) -> tuple:
    found = rows(world, sa.select(DocumentNumber.__table__.c.n).order_by(sa.text("n")))
    last = rows(world, sa.select(NumberSeries.__table__.c.last).where(NumberSeries.__table__.c.code == CODE))
    return [n for n, in found], last[0].last if last else 0


def faults(world) -> list[str]:
    with world.system() as session:
        return [fault.what for fault in check(session) if "document numbers" in fault.what]


def test_a_number_reads_as_the_standard_says():
    assert document_number(CODE, 2026, 3) == "阳安办函〔2026〕3号"


def test_after_a_number_from_the_register_comes_the_next(world, case):
    with world.system() as session:
        assert [number(session, case), number(session, case, 40), number(session, case)] == [1, 40, 41]
        assert number(session, case, 7) == 7  # lay free in the register
        assert number(session, case) == 42
        for used in (1, 7, 40, 41):
            with pytest.raises(Obstacle) as refused:
                number(session, case, used)
            assert refused.value.field == "n" and "〔2026〕" in str(refused.value)
    assert series(world) == ([1, 7, 40, 41, 42], 42)
    assert faults(world) == []


def test_a_rolled_back_signature_gives_its_number_back(world, case):
    with world.system() as session:
        for n in (None, 9):
            with pytest.raises(ZeroDivisionError), unit_of_work(session):
                merged = session.merge(case)
                _ = next_document_number(session, merged, CODE, YEAR) if n is None else take_document_number(
                    session, merged, CODE, YEAR, n)
                raise ZeroDivisionError
        assert number(session, case) == 1


def test_a_lost_number_is_found(world, case):
    table = DocumentNumber.__table__
    with world.system() as session:
        for _ in range(3):
            number(session, case)
        with unit_of_work(session):
            session.execute(sa.delete(table).where(table.c.n == 2))
    assert faults(world) == [GAP]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(st.none() | st.integers(1, 12), max_size=15))
def test_whatever_is_asked_in_whatever_order(world, case, wanted):
    """Drawn ones are greater than all before; typed ones are taken when free; nothing is ever given twice."""
    with world.system() as session:
        for table in (DocumentNumber.__table__, NumberSeries.__table__):
            with unit_of_work(session):
                session.execute(sa.delete(table).where(table.c.code == CODE))
        used: list[int] = []
        for n in wanted:
            if n in used:
                with pytest.raises(Obstacle):
                    number(session, case, n)
                continue
            given_ = number(session, case, n)
            assert given_ == (n or max(used, default=0) + 1)
            used.append(given_)
    assert series(world) == (sorted(used), max(used, default=0))
    assert faults(world) == []


@pytest.mark.parametrize("typed", [False, True])
def test_32_signers_at_once(world, case, tmp_path, typed):
    """Unbroken when all draw; with some that type, and some that are rolled back, still none twice."""

    def sign(i):
        chance, kept = random.Random(i), []
        with world.system() as session:
            for _ in range(3):
                n = chance.randint(1, 120) if typed and chance.random() < 0.3 else None
                try:
                    with unit_of_work(session):
                        merged = session.merge(case)
                        row = take_document_number(session, merged, CODE, YEAR, n) if n else next_document_number(
                            session, merged, CODE, YEAR)
                        drawn = row.n
                        if chance.random() < 0.2:
                            raise ZeroDivisionError
                    kept.append(drawn)
                except (ZeroDivisionError, Obstacle):
                    continue
        (tmp_path / str(i)).write_text(" ".join(map(str, kept)))

    assert in_processes(world.app, SIGNERS, sign) == []
    told = sorted(int(n) for i in range(SIGNERS) for n in (tmp_path / str(i)).read_text().split())
    assert (told, max(told)) == series(world)
    assert typed or told == list(range(1, len(told) + 1))
    assert faults(world) == []
