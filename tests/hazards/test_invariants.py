"""Every invariant finds what breaks it, and names the place and the cure."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.casework.attachments import path_of
from app.casework.cases import Case, CaseParty
from app.casework.invariants import check
from app.casework.numbering import NumberSeries
from app.casework.requests import CaseRequest
from app.casework.unit_of_work import unit_of_work
from app.hazards.invariants import RULES
from app.hazards.models import Hazard, Rectifier, Round
from app.hazards.states import HazardState as S

CASES, PARTIES, SERIES, REQUESTS = Case.__table__, CaseParty.__table__, NumberSeries.__table__, CaseRequest.__table__
HAZARDS, ROUNDS, RECTIFIERS = Hazard.__table__, Round.__table__, Rectifier.__table__
LATER = dt.date(2030, 1, 1)
BROKEN = {  # the rule's words: statements that break it
    "the parties repeat kind, state and days": [sa.update(PARTIES).values(state="closed")],
    "who files is a party": [sa.delete(PARTIES).where(PARTIES.c.role == "filing")],
    "due_sort is the due day": [sa.update(CASES).values(due=LATER)],
    "a case knows its open request": [sa.update(REQUESTS).values(outcome="lapsed")],
    "the state is the one that the history tells": [sa.update(CASES).values(state="closed")],
    "the state holds since the day": [sa.update(CASES).values(state_since=LATER)],
    "a series has no gap": [sa.update(SERIES).values(last=SERIES.c.last + 1)],
    "a case's number was drawn": [sa.update(CASES).values(number="YH-2027-0001")],
    "the parties of a hazard are those": [sa.delete(PARTIES).where(PARTIES.c.role == "territory")],
    "it is the turn of who must act next": [sa.update(CASES).values(turn_role="reviewer", turn_organization_id=1)],
    "a hazard has its rounds without gap": [sa.update(ROUNDS).values(number=2)],
    "an ended hazard has its day": [sa.update(CASES).values(closed_on=LATER)],
    "what is to be rectified is not claimed": [sa.update(HAZARDS).values(claimed_on=LATER)],
}


def faults(world) -> list:
    with world.system() as session:
        return check(session, world.app.config["DATA_DIR"], RULES)


def test_a_county_at_work_has_no_fault(world):
    for state in S:
        world.bring_to(state, place=state.value)
    world.do("firm", "ask_extension", world.hazard(photos=[world.stored()]))
    assert faults(world) == []


@pytest.mark.parametrize("words", BROKEN)
def test_a_broken_invariant_is_named_with_its_cure(world, words):
    world.do("firm", "ask_extension", world.hazard())
    assert faults(world) == []
    with world.system() as session, unit_of_work(session):
        for statement in BROKEN[words]:
            session.execute(statement)
    found = [fault for fault in faults(world) if fault.what.startswith(words)]
    assert found and found[0].where and found[0].cure


@pytest.mark.parametrize("spoil", ["missing", "other content"])
def test_a_file_that_is_not_what_its_row_says_is_named(world, spoil):
    photo = world.stored()
    world.hazard(photos=[photo])
    path = path_of(world.app.config["DATA_DIR"], photo.sha256)
    path.unlink() if spoil == "missing" else path.write_bytes(b"x")
    assert [fault.where for fault in faults(world)] == [photo.sha256]
