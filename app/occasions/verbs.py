"""What may be done to an occasion. The expected truth table is tests/occasions/truth.tsv."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.casework.verbs import Noun, Verb, by
from app.occasions import forms, operations
from app.occasions.models import Occasion
from app.occasions.parties import parties, relations, turn
from app.occasions.states import OccasionState as S

CLERK = "unit_clerk county_clerk"
REVIEWER = "unit_reviewer county_head"


def _verb(name, title, states, to_state, roles, operation, form, **more) -> Verb:
    return Verb(name, title, frozenset(states), to_state, (by("filing", roles),), operation, form, **more)


_ALL = (
    _verb("answer", _l("Record the answer"), {S.OPEN}, S.ANSWERED, f"{CLERK} {REVIEWER}", operations.answer,
          forms.AnswerForm, primary=True, clause="四（二）"),
    _verb("cancel", _l("Cancel the record"), {S.OPEN}, S.CANCELLED, f"{CLERK} {REVIEWER}", operations.cancel,
          forms.CommentForm),
    _verb("add_files", _l("Add files"), {S.OPEN, S.ANSWERED}, None, CLERK, operations.add_files, forms.FilesForm),
)

OCCASIONS = Noun(
    kind="occasion", model=Occasion, states=S, verbs={verb.name: verb for verb in _ALL}, parties=parties, turn=turn,
    relations=relations, tracked=("due",),
)
