"""Deliveries of `world`: a letter is served, and what follows is done by the people whose turn it is. Not over HTTP.

The letter is a row and no more: how letters come about is their own tests' matter.
"""

import datetime as dt
from types import SimpleNamespace

import sqlalchemy as sa

from app.casework.cases import NEVER, Case, sync_parties
from app.casework.history import record
from app.casework.numbering import business_number, draw
from app.casework.unit_of_work import lock_case, unit_of_work
from app.casework.verbs import Act, How, perform
from app.deliveries import measures, parties
from app.deliveries.models import Delivery
from app.deliveries.operations import Terms, end_all, serve
from app.deliveries.states import DeliveryState
from app.deliveries.verbs import DELIVERIES
from app.letters.models import Letter

ISSUER = "office"
UNITS = ("fengcheng", "firm")
TERMS = Terms(plan_days=3, reply_days=7)
TINY = measures.Measure("letter", "督办函", lambda act: None, frozenset({"withdrawn", "void"}))


def letter(session, world, by: str, **data) -> Letter:
    """A signed letter of the user's unit."""
    hat, day = world.hats[by], world.day
    number = draw(session, hat.county_id, "HJ", day.year)[0]
    row = Letter(**{
        "county_id": hat.county_id, "number": business_number("HJ", day.year, number),
        "title": "关于消防通道占用问题的督办函", "state": "issued", "issued": True, "due_sort": NEVER,
        "happened_on": day, "state_since": day,
        "filed_by_id": hat.organization_id, "type": "supervisory", "grounds": "督导发现", "reply_days": 7,
        "signer": "签发人", "signed_on": day, "parties": [], **data,
    })
    session.add(row)
    session.flush()
    record(session, hat, "sign", day, case=row, to_state=row.state)
    return row


def served(world, by: str = ISSUER, to=UNITS, terms: Terms = TERMS, via: str | None = None, **data) -> dict[str, int]:
    """A letter served on units: `{unit: the delivery's id}`, the letter's id under "letter"."""
    measures.MEASURES.setdefault("letter", TINY)
    hat = world.hats[by]
    home = world.other if by.startswith("other_") else world.county
    with world.session_of(by) as session, unit_of_work(session):
        head = letter(session, world, by, **data)
        lines = [{"unit": home.units[unit], "via": via and home.units[via]} for unit in to]
        every = serve(session, hat, head, lines, terms, world.day)
        found = {"letter": head.id, **{unit: one.id for unit, one in zip(to, every, strict=True)}}
        name_parties(session, head)
        return found


def name_parties(session, head: Letter) -> None:
    sync_parties(session, head, [(head.filed_by_id, "filing", True), *parties.of_head(session, head.id)])


def end(world, letter_id: int, state: str, by: str = ISSUER) -> None:
    """撤回 or 作废 of the letter with its deliveries."""
    with world.session_of(by) as session, unit_of_work(session):
        head = lock_case(session, Letter, letter_id, None)
        before, head.state, head.state_since = head.state, state, world.day
        record(session, world.hats[by], state, world.day, case=head, from_state=before, to_state=state)
        end_all(Act(session, head, world.hats[by], How.OWN, {}, world.day, comment="发错了"), DeliveryState(state))
        name_parties(session, head)


def do(world, by: str, verb: str, delivery_id: int, **data) -> SimpleNamespace:
    """Perform a verb as `by`, with the least it needs; returns the delivery as it is then."""
    with world.session_of(by) as session:
        perform(session, DELIVERIES, verb, delivery_id, None, world.hats[by], {**answers(world, verb), **data},
                world.day)
    return read(world, delivery_id)


def answers(world, verb: str) -> dict:
    """The least that a verb needs to be told."""
    day = world.day
    signed = {"method": "in_person", "acknowledged_by": "门卫老李", "acknowledged_on": day, "evidence": "当面交办公室"}
    known = {
        "record_receipt": signed, "deem_served": {**signed, "method": "post"},
        "file_plan": {"text": "拟于月底前清理", "signer": "王镇长"},
        "replace_plan": {"text": "改为中旬前清理", "signer": "王镇长"},
        "report": {"text": "已全部清理", "signer": "王镇长", "with_plan": True, "late_reason": "连日降雨"},
        "ask_extension": {"new_due": day + dt.timedelta(days=60)}, "reopen": {"found_on": day},
        "chase": {"channel": "telephone", "to": "王主任"}, "add_files": {"files": [world.stored()]},
    }
    evidence = {"decided_by": "分管领导", "decided_on": day, "proxy_for": "厂长", "proxy_evidence": "电话"}
    return {**evidence, "comment": "说明", "reason": "理由", **known.get(verb, {})}


def read(world, delivery_id: int) -> SimpleNamespace:
    """All columns of a delivery as they stand in the tables."""
    with world.system() as session:
        rows = [session.execute(sa.select(t).where(t.c.id == delivery_id)).one()
                for t in (Case.__table__, Delivery.__table__)]
    return SimpleNamespace(**{**rows[0]._mapping, **rows[1]._mapping})


ROADS = {  # state: what the recipient and the issuer did
    "served": (), "in_hand": ("acknowledge",), "planned": ("acknowledge", "file_plan"),
    "reported": ("acknowledge", "report"), "closed": ("acknowledge", "report", "accept"),
    "returned": ("acknowledge", "report", "reject"),
}
OF_ISSUER = frozenset({"accept", "reject"})


def bring(world, state: str, unit: str = "fengcheng", by: str = ISSUER, **more) -> int:
    """A delivery in `state` of a fresh letter; returns its id."""
    found = served(world, by, **more)
    delivery_id = found[unit]
    if state in ("withdrawn", "void"):
        end(world, found["letter"], state, by)
    for verb in ROADS.get(state, ()):
        do(world, by if verb in OF_ISSUER else unit, verb, delivery_id)
    assert read(world, delivery_id).state == state
    return delivery_id
