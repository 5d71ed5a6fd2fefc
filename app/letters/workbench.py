"""What the workbench shows of letters: drafts to write, check and sign; the recipients' lines are the deliveries'."""
from __future__ import annotations

import datetime as dt

from flask_babel import lazy_gettext as _l

from app.casework.desk import Desk, Turn, first_verb
from app.letters.models import Letter
from app.letters.queries import addressees
from app.letters.states import LetterState
from app.letters.verbs import LETTERS


def turn(letter: Letter, hat, today: dt.date) -> Turn:
    return Turn(letter, letter.number, LetterState(letter.state).title, tuple(addressees(letter)[:3]),
                first_verb(LETTERS, letter, hat, today))


DESK = Desk("letter", _l("Letters"), "Letters", "letters/words.html", turn, tag=_l("Letter"))
