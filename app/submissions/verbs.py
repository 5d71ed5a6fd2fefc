"""What may be done to a submission: states, who, which form. The expected table is tests/submissions/truth.tsv."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.verbs import How, Noun, Verb, by
from app.submissions import forms, operations
from app.submissions.models import Submission
from app.submissions.parties import parties, relations, turn
from app.submissions.states import SubmissionState as S

CLERK = "unit_clerk county_clerk"
REVIEWER = "unit_reviewer county_head"
OFFICE = by("county", "county_clerk county_head")
WANTING = frozenset({S.OWED, S.RETURNED})
CLAUSE = "一（三）"


def _verb(name, title, states, to_state, who, operation, form=None, **more) -> Verb:
    states = frozenset({states}) if isinstance(states, S) else frozenset(states)
    return Verb(name, title, states, to_state, who, operation, form, **more)


_ALL = (
    _verb("submit", _lp("ledger", "Submit"), WANTING, S.SUBMITTED, (by("filing", CLERK),), operations.submit,
          forms.SubmitForm, primary=True, clause=CLAUSE),
    _verb("nil_return", _l("Nil return"), WANTING, S.SUBMITTED, (by("filing", CLERK),), operations.nil_return,
          forms.SubmitForm, clause=CLAUSE),
    _verb("approve", _lp("submission", "Approve"), S.SUBMITTED, S.APPROVED,
          (by("filing", REVIEWER), by("filing", CLERK, How.PAPER)), operations.approve, forms.DecisionForm,
          primary=True),
    _verb("return", _lp("submission", "Return"), S.SUBMITTED, S.RETURNED, (by("filing", REVIEWER),),
          operations.give_back, forms.RefusalForm),
    _verb("withdraw", _lp("submission", "Take back"), S.SUBMITTED, S.OWED, (by("filing", CLERK),),
          operations.give_back),
    _verb("send_back", _l("Send back to the unit"), S.APPROVED, S.RETURNED, (OFFICE,), operations.give_back,
          forms.RefusalForm),
    _verb("chase", _l("Chase"), WANTING | {S.SUBMITTED}, None, (OFFICE,), operations.chase, forms.ChaseForm, bulk=True),
    _verb("excuse", _l("Excuse this month"), WANTING, S.EXCUSED, (OFFICE,), operations.excuse, forms.CommentForm,
          bulk=True),
)

SUBMISSIONS = Noun(
    kind="ledger_submission", model=Submission, states=S, verbs={verb.name: verb for verb in _ALL}, parties=parties,
    turn=turn, relations=relations, tracked=("nil", "submitted_on"),
)
