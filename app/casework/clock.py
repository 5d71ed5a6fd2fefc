"""The day at the edge of the system: views and commands ask here once and pass it on."""
from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from flask import current_app

ZONE = ZoneInfo("Asia/Shanghai")


def today() -> dt.date:
    """Today in the county; `TODAY` in the configuration overrides it (tests, demonstrations)."""
    return current_app.config.get("TODAY") or dt.datetime.now(ZONE).date()


def local(instant: dt.datetime) -> dt.datetime:
    """An instant as the county's clocks show it."""
    return instant.astimezone(ZONE)
