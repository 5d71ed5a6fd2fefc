"""Letters of `world`: drafted, checked, signed and served by the people whose turn it is. Nothing goes over HTTP."""

import datetime as dt
import uuid
from types import SimpleNamespace

import sqlalchemy as sa

from app.casework.cases import Case
from app.casework.unit_of_work import unit_of_work
from app.casework.verbs import perform
from app.deliveries.models import Delivery
from app.letters.drafting import complete, register
from app.letters.models import Letter
from app.letters.operations import plan
from app.letters.verbs import LETTERS

ISSUER = "office"
UNITS = ("fengcheng", "beiliu")
CODE = "阳安办函"


def facts(world, units=UNITS, via=None, **data) -> dict:
    """What the form of a letter would hold: a 督办函 that asks for a plan and an answer."""
    home = data.pop("home", world.county)
    return {
        "type": "supervisory", "title": "关于抓紧整改消防隐患的督办函", "grounds": "督导检查反馈的问题至今未整改。",
        "requirements": "立即整改，举一反三。", "reply_required": True, "day_unit": "working", "plan_days": 3,
        "reply_days": 7, "contact": "经办人　0356-0000000", "copies": "县安委会主任", "client_key": str(uuid.uuid4()),
        "items": [{"text": "消防通道被占用", "due": world.day + dt.timedelta(days=10)},
                  {"text": "台账不全", "due": None}],
        "triggers": [{"situation": "4", "own_requirement": None, "shown_by_id": None}],
        "planned": [plan(home.units[code], via and home.units[via]) for code in units],
        "corrects_id": None, "escalated_from_id": None, **data,
    }


def letter(world, by: str = ISSUER, units=UNITS, submit: bool = False, files=(), proposals=(), **data) -> int:
    """Draft a letter as `by`; returns its id."""
    hat = world.hats[by]
    home = world.other if by.startswith("other_") else world.county
    with world.session_of(by) as session:
        whole = complete(session, hat, facts(world, units, home=home, **data))
        with unit_of_work(session):
            return register(session, hat, whole, files, world.day, submit, proposals).id


def answers(world, verb: str) -> dict:
    """The least that a letter's verb needs to be told."""
    known = {
        "sign": {"issuer_code": CODE}, "add_files": {"files": [world.stored()], "purpose": "paper"},
        "chase": {"channel": "telephone", "to": "值班室"},
    }
    evidence = {"decided_by": "分管领导", "decided_on": world.day}
    return {**evidence, "comment": "说明", **known.get(verb, {})}


def do(world, by: str, verb: str, letter_id: int, **data) -> SimpleNamespace:
    """Perform a verb of a letter as `by`; returns the letter as it is then."""
    with world.session_of(by) as session:
        perform(session, LETTERS, verb, letter_id, None, world.hats[by], {**answers(world, verb), **data}, world.day)
    return read(world, letter_id)


def read(world, letter_id: int) -> SimpleNamespace:
    """All columns of a letter as they stand in the tables."""
    with world.system() as session:
        rows = [session.execute(sa.select(t).where(t.c.id == letter_id)).one()
                for t in (Case.__table__, Letter.__table__)]
    return SimpleNamespace(**{**rows[0]._mapping, **rows[1]._mapping})


def deliveries(world, letter_id: int) -> dict[int, int]:
    """`{unit's id: the delivery's id}`."""
    with world.system() as session:
        return dict(session.execute(
            sa.select(Delivery.recipient_id, Delivery.id).where(Delivery.head_id == letter_id)
            .order_by(Delivery.position)).all())


ROADS = {  # state: who did what to the draft
    "draft": (), "checking": (("clerk", "submit"),), "signing": (("clerk", "submit"), ("head", "check")),
    "issued": (("clerk", "submit"), ("head", "sign")), "discarded": (("clerk", "discard"),),
    "withdrawn": (("clerk", "submit"), ("head", "sign"), ("head", "withdraw")),
    "void": (("clerk", "submit"), ("head", "sign"), ("head", "void")),
}


def bring(world, state: str, by: str = ISSUER, units=UNITS, **data) -> int:
    """A letter in `state`; "in_hand" and "closed" through all its recipients."""
    from tests.support.delivery_factories import do as deliver

    letter_id = letter(world, by, units, **data)
    for who, verb in ROADS["issued" if state in ("in_hand", "closed") else state]:
        do(world, by if who == "clerk" else f"{by}_head", verb, letter_id)
    for code in units if state in ("in_hand", "closed") else ():
        delivery_id = deliveries(world, letter_id)[world[code]]
        deliver(world, code, "acknowledge", delivery_id)
        if state == "closed" and data.get("reply_required", True):
            deliver(world, code, "report", delivery_id)
            deliver(world, by, "accept", delivery_id)
    assert read(world, letter_id).state == state
    return letter_id
