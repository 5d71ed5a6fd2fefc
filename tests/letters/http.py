"""Forms of letters sent as a browser would send them."""

import datetime as dt
import io
import re

from tests.support import letter_factories as made
from tests.support.factories import World, picture


def upload(name: str = "签批件.jpg") -> tuple:
    return io.BytesIO(picture()), name


def typed(world: World, **changed) -> dict:
    """The form of a new letter as a browser posts it: a 督办函 to two townships, sent for checking."""
    form = {
        "type": "supervisory", "situation_4": "y", "title": "关于抓紧整改消防隐患的督办函",
        "recipients": [str(world["fengcheng"]), str(world["beiliu"])], "grounds": "反馈的问题至今未整改。",
        "problems-0-text": "消防通道被占用", "problems-0-due": "2026-04-10", "requirements": "立即整改。",
        "reply_required": "y", "day_unit": "working", "plan_days": "3", "reply_days": "7", "contact": "经办人",
        "copies": "", "submit": "1",
    }
    return {k: v for k, v in {**form, **changed}.items() if v is not None}


def drafted(world: World, visitor, **changed) -> int:
    """Post the form of a new letter; returns the id it is shown under."""
    answer = visitor.send("/letters/new", typed(world, **changed))
    assert answer.status_code == 302, re.findall(r"class=\"fault.*?<|<li>.*?</li>", answer.text)
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def send(world: World, visitor, verb: str, letter_id: int, version: int | None = None, **changed):
    """POST a verb's form with the least it asks, as somebody who just opened it; `changed` overrides fields."""
    form = {}
    for name, value in {**made.answers(world, verb), "paper_scan": True, **changed}.items():
        if name in ("files", "paper_scan"):
            value = upload()
        form[name] = value.isoformat() if isinstance(value, dt.date) else value
    form["version"] = made.read(world, letter_id).version if version is None else version
    return visitor.send(f"/letters/{letter_id}/do/{verb}", {k: v for k, v in form.items() if v is not None},
                        content_type="multipart/form-data")
