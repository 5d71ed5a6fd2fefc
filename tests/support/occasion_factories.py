"""Occasions of `world`, recorded by a unit's clerk. Nothing goes over HTTP."""

import uuid
from types import SimpleNamespace

import sqlalchemy as sa

from app.casework.cases import Case
from app.casework.verbs import perform
from app.occasions.models import Occasion
from app.occasions.operations import save
from app.occasions.verbs import OCCASIONS


def facts(world, **data) -> dict:
    """What the form would hold: a leader's instruction that waits for its answer."""
    return {
        "type": "instruction", "title": "县领导关于消防安全的批示", "text": "请逐户排查，限期整改。",
        "said_by": "分管县领导",
        "happened_on": world.day, "due": None, "confidential": False, "weather": None, "weather_level": None,
        "industry_id": None, "unit_ids": [], "client_key": str(uuid.uuid4()), **data,
    }


def occasion(world, by: str = "office", files=(), **data) -> int:
    hat = world.hats[by]
    with world.session_of(by) as session:
        return save(session, hat, OCCASIONS, facts(world, **data), files, world.day).id


def answers(world, verb: str) -> dict:
    known = {"answer": {"answer": "已逐户排查", "answered_on": world.day}, "add_files": {"files": [world.stored()]}}
    return {"comment": "登记错了", **known.get(verb, {})}


def do(world, by: str, verb: str, occasion_id: int, **data) -> SimpleNamespace:
    with world.session_of(by) as session:
        whole = {**answers(world, verb), **data}
        perform(session, OCCASIONS, verb, occasion_id, None, world.hats[by], whole, world.day)
    return read(world, occasion_id)


def read(world, occasion_id: int) -> SimpleNamespace:
    with world.system() as session:
        rows = [session.execute(sa.select(t).where(t.c.id == occasion_id)).one()
                for t in (Case.__table__, Occasion.__table__)]
    return SimpleNamespace(**{**rows[0]._mapping, **rows[1]._mapping})
