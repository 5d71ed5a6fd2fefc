"""Verbs of tasks and shares sent as their forms would send them."""

import datetime as dt
import io
import re

from tests.support import task_factories as made
from tests.support.factories import World, picture

FILES = ("files", "paper_scan")
ADDRESS = {"task": "/tasks", "share": "/tasks/shares"}


def upload(name: str = "照片.jpg") -> tuple:
    return io.BytesIO(picture()), name


def as_form(answers: dict) -> dict:
    """What a browser would post for an operation's data: words, days as ISO, files as uploads."""
    flat = {**answers, **answers.get("values", {})}
    form = {}
    for name, value in flat.items():
        if name == "planned":
            form["lead_units"] = [str(line["unit"]) for line in value]
        elif name in FILES:
            form[name] = upload()
        elif name != "values" and value not in (None, False):
            form[name] = value.isoformat() if isinstance(value, dt.date) else value
    return form


def send(world: World, visitor, kind: str, verb: str, case_id: int, version: int | None = None, **changed):
    """POST a verb's form with the least it asks, as somebody who just opened it; `changed` overrides fields."""
    answers, read = (made.answers, made.read) if kind == "task" else (made.share_answers, made.read_share)
    form = {**as_form(answers(world, verb)), "paper_scan": upload(), **changed}
    if verb == "correct" and kind == "task":
        task = made.read(world, case_id)
        form = {"content": task.content, "source": task.source, "year": task.year, **form}
    form["version"] = read(world, case_id).version if version is None else version
    return visitor.send(
        f"{ADDRESS[kind]}/{case_id}/do/{verb}", {k: v for k, v in form.items() if v is not None},
        content_type="multipart/form-data",
    )


def typed(world: World, **changed) -> dict:
    """The form of a new task as a browser posts it."""
    form = {
        "content": "开展消防通道整治", "source": "county", "year": "2026", "happened_on": "2026-03-18",
        "lead_units": [str(world["fengcheng"]), str(world["beiliu"])], "due_kind": "date", "due": "2026-06-30",
        "issue": "1",
    }
    return {k: v for k, v in {**form, **changed}.items() if v is not None}


def registered(world, visitor, **changed) -> int:
    """Post the form of a new task; returns the id it is shown under."""
    answer = visitor.send("/tasks/new", typed(world, **changed))
    assert answer.status_code == 302, re.findall(r"class=\"fault.*?<|<li>.*?</li>", answer.text)
    return int(answer.headers["Location"].rsplit("/", 1)[1])
