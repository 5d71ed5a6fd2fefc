"""Questions about an occasion, asked of values and a day; a message says why not, None why yes."""
from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from flask_babel import lazy_gettext as _l

from app.occasions.states import OccasionKind

OFFICE = frozenset({"county_clerk", "county_head"})


def why_not_register(kind: str, happened_on: dt.date, today: dt.date, due: dt.date | None, said_by: str | None,
                     weather: str | None, level: str | None) -> tuple | None:
    """`(field, message)` of the first thing that is missing. 四（二）1、3、6."""
    if happened_on > today:
        return "happened_on", _l("The day cannot be in the future.")
    if kind == OccasionKind.INSTRUCTION and not said_by:
        return "said_by", _l("Whose instruction is it?")
    if due is not None and due < happened_on:
        return "due", _l("Earlier than the day of the instruction, %(day)s.", day=happened_on)
    if kind == OccasionKind.WEATHER and not weather:
        return "weather", _l("Say which weather is warned of.")
    if kind == OccasionKind.WEATHER and not level:
        return "weather_level", _l("Say the level of the warning.")
    return None


def why_not_answer(answered_on: dt.date, happened_on: dt.date, today: dt.date):
    if answered_on > today:
        return _l("The day cannot be in the future.")
    if answered_on < happened_on:
        return _l("Earlier than the day of the instruction, %(day)s.", day=happened_on)
    return None


def reads_text(confidential: bool, filed_by_id: int, organization_ids: Collection[int], role: str | None) -> bool:
    """A confidential text is for the unit that recorded it and for the county office."""
    return not confidential or filed_by_id in organization_ids or role in OFFICE
