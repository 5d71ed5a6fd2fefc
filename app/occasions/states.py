"""The states of an occasion and its closed lists of words."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.titles import TitledEnum


class OccasionState(TitledEnum):
    OPEN = "open", _lp("occasion", "To be answered"), "open"
    ANSWERED = "answered", _lp("occasion", "Answered"), "closed"
    CANCELLED = "cancelled", _lp("occasion", "Cancelled"), "void"


TERMINAL_STATES = (OccasionState.ANSWERED, OccasionState.CANCELLED)


class OccasionKind(TitledEnum):
    INSTRUCTION = "instruction", _l("Leader's instruction")
    ELSEWHERE = "elsewhere", _l("Accident elsewhere")
    WEATHER = "weather", _l("Weather warning")


class WeatherLevel(TitledEnum):
    """The meteorological service's colours."""

    BLUE = "blue", _lp("weather", "Blue")
    YELLOW = "yellow", _lp("weather", "Yellow")
    ORANGE = "orange", _lp("weather", "Orange")
    RED = "red", _lp("weather", "Red")
