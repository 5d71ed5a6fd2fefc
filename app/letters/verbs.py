"""What may be done to a letter: states, who, which form. The expected truth table is tests/letters/truth.tsv.

Correcting and escalating make another letter, whose draft is a form of its own (`views.Letters.new`).
"""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.verbs import How, Noun, Verb, by
from app.deliveries.measures import Measure, register
from app.letters import forms, operations, parties, queries, side_operations
from app.letters.models import Letter
from app.letters.states import OPEN_STATES
from app.letters.states import LetterState as S

CLERK = "unit_clerk county_clerk"
REVIEWER = "unit_reviewer county_head"
OPEN = frozenset(OPEN_STATES)
UNDER_WAY = frozenset({S.CHECKING, S.SIGNING})
WRITERS = (by("filing writing", CLERK),)
# A decision is the head's; taken on paper it is recorded by the clerk.
DECIDER = (by("filing", REVIEWER), by("filing", CLERK, How.PAPER))


def _verb(name, title, states, to_state, who, operation, form=None, **more) -> Verb:
    states = frozenset({states}) if isinstance(states, S) else frozenset(states)
    return Verb(name, title, states, to_state, who, operation, form, **more)


_ALL = (
    _verb("submit", _l("Send for checking"), S.DRAFT, S.CHECKING, WRITERS, operations.submit, primary=True),
    _verb("check", _l("Checked"), S.CHECKING, S.SIGNING,
          (by("filing", f"{CLERK} {REVIEWER}"), by("writing", CLERK, How.PAPER)), operations.check,
          forms.DecisionForm, primary=True),
    _verb("sign", _l("Sign and send"), UNDER_WAY, S.ISSUED,
          (by("filing", REVIEWER), by("filing writing", CLERK, How.PAPER)), operations.sign, forms.SignForm,
          primary=True, clause="四（一）"),
    _verb("send_back", _l("Send back for changes"), UNDER_WAY, S.DRAFT, (by("filing", f"{CLERK} {REVIEWER}"),),
          operations.send_back, forms.RefusalForm),
    _verb("take_back", _l("Take back to change it"), UNDER_WAY, S.DRAFT, (by("writing", f"{CLERK} {REVIEWER}"),),
          operations.send_back),
    _verb("discard", _l("Discard the draft"), S.DRAFT, S.DISCARDED, WRITERS, operations.discard, forms.CommentForm),
    _verb("chase", _l("Chase all who have not signed"), OPEN, None,
          (by("filing", f"{CLERK} {REVIEWER}"), by("county", "county_clerk county_head")), side_operations.chase,
          forms.ChaseForm),
    _verb("withdraw", _lp("letter", "Withdraw"), S.ISSUED, S.WITHDRAWN, DECIDER, side_operations.withdraw,
          forms.CommentForm),
    _verb("void", _l("Declare void"), OPEN | {S.CLOSED}, S.VOID, DECIDER, side_operations.void, forms.CommentForm),
    _verb("add_files", _l("Add files"), UNDER_WAY | OPEN, None, WRITERS, side_operations.add_files, forms.FilesForm),
)

LETTERS = Noun(
    kind="letter", model=Letter, states=S, verbs={one.name: one for one in _ALL}, parties=parties.of_letter,
    turn=parties.turn, relations=parties.relations,
    tracked=(*operations.COLUMNS, "number", "signer", "signed_on", "checked_by"),
)

# Letters are the first of the measures that deliveries carry.
register(Measure(
    kind="letter", title=_lp("delivery", "Letter"), follow=lambda act: side_operations.follow(act, LETTERS),
    void=frozenset({S.WITHDRAWN, S.VOID}), view="Letters", facts="letters/facts.html", read=queries.text_of,
))
