"""Verbs of deliveries sent as their forms would send them, and from where each is done."""

import datetime as dt
from dataclasses import dataclass

from tests.support import delivery_factories as made
from tests.support.factories import World
from tests.tasks.http import upload

UPLOADS = ("files", "proof", "paper_scan")


@dataclass
class Road:
    """From `start`, after `steps` of (who, verb) and `later` days, `who` does the verb and it stands at `end`.

    `also` names the others whose verb it is as well: nobody else's it is.
    """

    who: str
    start: str
    end: str
    also: str = ""
    steps: tuple = ()
    later: int = 0
    unit: str = "fengcheng"


ASKED = (("fengcheng", "ask_extension"),)
ROADS = {
    "acknowledge": Road("fengcheng", "served", "in_hand"),
    "record_receipt": Road("office", "served", "in_hand"),
    "deem_served": Road("office_head", "served", "in_hand", "office", later=4),
    "file_plan": Road("fengcheng", "in_hand", "planned"),
    "replace_plan": Road("fengcheng", "planned", "planned"),
    "report": Road("firm", "planned", "reported", "fengcheng yingji zhujian office", unit="firm"),
    "accept_plan": Road("office", "planned", "planned", "office_head"),
    "return_plan": Road("office", "planned", "in_hand", "office_head"),
    "accept": Road("office", "reported", "closed", "office_head"),
    "reject": Road("office", "reported", "returned", "office_head"),
    "ask_extension": Road("fengcheng", "planned", "planned"),
    "approve_extension": Road("office_head", "planned", "planned", "office", ASKED),
    "refuse_extension": Road("office_head", "planned", "planned", "office", ASKED),
    "take_back": Road("fengcheng", "planned", "planned", steps=ASKED),
    "chase": Road("office", "served", "served", "office_head"),
    "reopen": Road("office", "closed", "returned", "office_head"),
    "add_files": Road("fengcheng", "in_hand", "in_hand", "office"),
}


def prepared(world: World, verb: str, **data) -> int:
    """A delivery to which `verb` can be done next."""
    road = ROADS[verb]
    delivery_id = made.bring(world, road.start, road.unit, **data)
    for who, step in road.steps:
        made.do(world, who, step, delivery_id)
    world.move_to(world.day + dt.timedelta(days=road.later))
    return delivery_id


def send(world: World, visitor, verb: str, delivery_id: int, version: int | None = None, **changed):
    """POST a verb's form with the least it asks, as somebody who just opened it; `changed` overrides fields."""
    form = {**made.answers(world, verb), "filed_on": world.day, "paper_scan": True, **changed}
    for name, value in form.items():
        if name in UPLOADS:
            form[name] = upload()
        elif isinstance(value, dt.date):
            form[name] = value.isoformat()
    form["version"] = made.read(world, delivery_id).version if version is None else version
    return visitor.send(f"/deliveries/{delivery_id}/do/{verb}", {k: v for k, v in form.items() if v is not None},
                        content_type="multipart/form-data")
