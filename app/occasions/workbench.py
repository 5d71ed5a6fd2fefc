"""What the workbench shows of occasions: instructions that wait to be answered."""
from __future__ import annotations

import datetime as dt

from flask_babel import lazy_gettext as _l

from app.casework.desk import Desk, Turn, first_verb
from app.occasions.models import Occasion
from app.occasions.states import OccasionState
from app.occasions.verbs import OCCASIONS


def turn(occasion: Occasion, hat, today: dt.date) -> Turn:
    return Turn(occasion, occasion.number, OccasionState(occasion.state).title, (),
                first_verb(OCCASIONS, occasion, hat, today))


DESK = Desk("occasion", _l("Occasions"), "Occasions", "occasions/words.html", turn, tag=_l("Instruction"))
