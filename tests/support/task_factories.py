"""Tasks of `world`: issued, and walked through their verbs by the people whose turn it is. Nothing goes over HTTP."""

import datetime as dt
from types import SimpleNamespace

import sqlalchemy as sa

from app.casework.cases import Case
from app.casework.unit_of_work import unit_of_work
from app.casework.verbs import perform
from app.tasks.models import Share, Task
from app.tasks.operations import plan
from app.tasks.registering import complete, register
from app.tasks.shares.verbs import SHARES
from app.tasks.verbs import TASKS

ISSUER = "office"
UNITS = ("fengcheng", "beiliu")


def facts(world, units=UNITS, supporting=(), **data) -> dict:
    """What the form of a task would hold: an ordinary one, due in twenty days."""
    home = data.pop("home", world.county)
    planned = [plan(home.units[code]) for code in units] + [plan(home.units[code], "supporting") for code in supporting]
    return {
        "content": "开展燃气安全专项整治", "measures": "逐户排查", "source": "county", "year": world.day.year,
        "document_number": "阳安办发〔2026〕3号", "happened_on": world.day - dt.timedelta(days=5), "due_kind": "date",
        "due": world.day + dt.timedelta(days=20), "planned": planned, **data,
    }


def task(world, by: str = ISSUER, units=UNITS, issue: bool = True, **data) -> int:
    """Register a task as `by`; returns its id."""
    hat = world.hats[by]
    home = world.other if by.startswith("other_") else world.county
    with world.session_of(by) as session:
        whole = complete(session, hat, facts(world, units, home=home, **data), world.day)
        with unit_of_work(session):
            return register(session, hat, whole, (), world.day, issue).id


def share(world, task_id: int, unit: str) -> int:
    """The id of a unit's share of a task."""
    with world.system() as session:
        return session.execute(
            sa.select(Share.id).where(Share.head_id == task_id, Share.unit_id == world[unit], Share.issued.is_(True))
            .order_by(Share.id.desc())
        ).scalars().first()


def do(world, by: str, verb: str, task_id: int, **data) -> SimpleNamespace:
    """Perform a verb of a task as `by`; returns the task as it is then."""
    with world.session_of(by) as session:
        perform(session, TASKS, verb, task_id, None, world.hats[by], {**answers(world, verb), **data}, world.day)
    return read(world, task_id)


def do_share(world, by: str, verb: str, share_id: int, **data) -> SimpleNamespace:
    """Perform a verb of a share as `by`; returns the share as it is then."""
    with world.session_of(by) as session:
        perform(session, SHARES, verb, share_id, None, world.hats[by], {**share_answers(world, verb), **data},
                world.day)
    return read_share(world, share_id)


EVIDENCE = {"decided_by": "分管领导", "proxy_for": "厂长", "proxy_evidence": "电话"}


def answers(world, verb: str) -> dict:
    """The least that a task's verb needs to be told."""
    day = world.day
    known = {
        "follow_up": {"followed_on": day, "method": "电话", "text": "进度偏慢，请加快"},
        "add_units": {"planned": [plan(world["yingji"])]},
        "adjust": {"content": "开展燃气安全专项整治行动", "due": day + dt.timedelta(days=40), "basis": "县安委办便函"},
        "correct": {"values": {"measures": "逐户排查登记"}},
        "ask_terminate": {"basis": "县安委办便函"},
        "add_files": {"files": [world.stored()], "purpose": "paper"},
    }
    return {**EVIDENCE, "decided_on": day, "comment": "说明", "reason": "理由", **known.get(verb, {})}


def share_answers(world, verb: str) -> dict:
    """The least that a share's verb needs to be told."""
    day = world.day
    known = {
        "acknowledge": {"acknowledged_on": day},
        "report": {"reported_on": day, "percent": 60, "text": "已排查三百户", "difficulties": "人手不足",
                   "overdue_reason": "连日降雨"},
        "claim": {"claimed_on": day, "text": "全部排查完毕", "overdue_reason": "连日降雨"},
        "verify": {"verified_on": day},
        "verify_progress": {"percent_verified": 40},
        "ask_extension": {"new_due": day + dt.timedelta(days=60)},
        "ask_reassign": {"receiver_id": world["zhujian"]},
        "correct": {"heads": "王五"},
        "reopen": {"found_on": day},
        "add_files": {"files": [world.stored()]},
    }
    return {**EVIDENCE, "decided_on": day, "comment": "说明", "reason": "理由", **known.get(verb, {})}


def _read(world, case_id: int, table) -> SimpleNamespace:
    with world.system() as session:
        rows = [session.execute(sa.select(t).where(t.c.id == case_id)).one() for t in (Case.__table__, table)]
    return SimpleNamespace(**{**rows[0]._mapping, **rows[1]._mapping})


def read(world, task_id: int) -> SimpleNamespace:
    """All columns of a task as they stand in the tables."""
    return _read(world, task_id, Task.__table__)


def read_share(world, share_id: int) -> SimpleNamespace:
    return _read(world, share_id, Share.__table__)


STEPS = {  # state of a share: what its unit and the issuer did
    "issued": (), "in_progress": (("unit", "report"),), "claimed": (("unit", "claim"),),
    "done": (("unit", "claim"), ("issuer", "verify")), "terminated": (("head", "release"),),
}


def bring_share(world, state: str, unit: str = "fengcheng", by: str = ISSUER, **data) -> int:
    """A share in `state` of a fresh task; returns the share's id."""
    share_id = share(world, task(world, by, **data), unit)
    for who, verb in STEPS[state]:
        do_share(world, {"unit": unit, "issuer": by, "head": f"{by}_head"}[who], verb, share_id)
    assert read_share(world, share_id).state == state
    return share_id


def bring(world, state: str, by: str = ISSUER, units=UNITS, **data) -> int:
    """A task in `state`, all its shares walked there."""
    task_id = task(world, by, units, issue=state != "draft", **data)
    if state == "terminated":
        do(world, by, "ask_terminate", task_id)
        do(world, f"{by}_head", "approve_terminate", task_id)
    for unit in units if state in STEPS and state != "terminated" else ():
        for who, verb in STEPS[state]:
            do_share(world, unit if who == "unit" else by, verb, share(world, task_id, unit))
    assert read(world, task_id).state == state
    return task_id
