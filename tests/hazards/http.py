"""Verbs sent as their forms would send them."""

import datetime as dt
import io

import sqlalchemy as sa

from app.hazards.models import Round
from tests.support.factories import World, picture

WORDS = "只在此处出现的字句"
FILES = ("files", "before_photos", "after_photos", "photos", "paper_scan")


def upload(colour: str = "red", name: str = "照片.jpg") -> tuple:
    return io.BytesIO(picture(colour)), name


def as_form(answers: dict) -> dict:
    """What a browser would post for an operation's data: words, days as ISO, pictures as uploads."""
    flat = {**answers, **answers.get("values", {})}
    form = {}
    for name, value in flat.items():
        if name == "values" or value in (None, False):
            continue
        if name in FILES:
            form[name] = upload()
        else:
            form[name] = value.isoformat() if isinstance(value, dt.date) else "y" if value is True else value
    return form


def send(world: World, visitor, verb: str, hazard_id: int, version: int | None = None, **changed):
    """POST a verb's form with the least it asks, as somebody who just opened it; `changed` overrides fields."""
    form = {**as_form(world.answers(verb)), "paper_scan": upload(), **changed}
    form["version"] = world.read(hazard_id).version if version is None else version
    return visitor.send(
        f"/hazards/{hazard_id}/do/{verb}", {k: v for k, v in form.items() if v is not None},
        content_type="multipart/form-data",
    )


def typed(world: World, **changed) -> dict:
    """The form of a new hazard as a browser posts it."""
    form = {
        "enterprise_id": world["firm"], "happened_on": "2026-03-19", "inspecting_unit_id": world["yingji"],
        "source": "enforcement", "description": WORDS, "level": "general", "rectifiers": world["firm"],
        "due_kind": "date", "due": "2026-04-19", "category_id": world["electric"], "issue": "1",
    }
    return {k: v for k, v in {**form, **changed}.items() if v is not None}


def registered(world, visitor, **changed) -> int:
    """Post the form of a new hazard; returns the id it is shown under."""
    answer = visitor.send("/hazards/new", typed(world, **changed))
    assert answer.status_code == 302
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def rounds(world, hazard_id: int) -> list[Round]:
    with world.system() as session:
        return session.scalars(sa.select(Round).where(Round.case_id == hazard_id).order_by(Round.number)).all()
