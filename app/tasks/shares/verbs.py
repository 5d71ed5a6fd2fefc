"""What may be done to a unit's share of a task. The expected truth table is tests/tasks/truth_shares.tsv."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.verbs import How, Noun, by
from app.tasks import parties, rules
from app.tasks.models import Share
from app.tasks.shares import forms, operations, side_operations
from app.tasks.states import OPEN_STATES, RUNNING_STATES
from app.tasks.states import TaskState as S
from app.tasks.verbs import CLERK, REVIEWER, TASKS, no_request, verb

OPEN, RUNNING = frozenset(OPEN_STATES), frozenset(RUNNING_STATES)
UNIT = (by("responsible", f"enterprise {CLERK}"), by("stand_in", CLERK, How.PROXY))
ISSUER = (by("filing self_filing", CLERK),)
DECIDER = (by("filing self_filing", REVIEWER), by("filing self_filing", CLERK, How.PAPER))
# Where a unit issued to itself, a second person verifies: the reviewer, or the clerk with the reviewer's paper.
VERIFIER = (by("filing", f"{CLERK} {REVIEWER}"), by("self_filing", REVIEWER), by("self_filing", CLERK, How.PAPER))
RECEIVER = (by("receiving", f"enterprise {CLERK} {REVIEWER}"), by("stand_in_receiver", CLERK, How.PROXY))


def _may_extend(share, hat, today):
    return no_request(share, hat, today) or rules.why_not_extend(share.due_kind, share.due, today)


def _may_reopen(share, hat, today):
    return _l("The task itself was terminated.") if share.task.state == S.TERMINATED else None


def _request(kind: str, titles: tuple, *, asker, decider, ask, form, yes, no=side_operations.refuse, rule=no_request,
             words=("approve", "refuse"), yes_form=forms.DecisionForm, to_state=None):
    """The three verbs of a request: asked, then decided one way or the other."""
    ask_title, yes_title, no_title = titles
    return (
        verb(f"ask_{kind}", ask_title, RUNNING, None, asker, ask, form, rule=rule),
        verb(f"{words[0]}_{kind}", yes_title, RUNNING, to_state, decider, yes, yes_form, request=kind, primary=True),
        verb(f"{words[1]}_{kind}", no_title, RUNNING, None, decider, no, forms.RefusalForm, request=kind),
    )


_ALL = (
    verb("acknowledge", _l("Sign for it"), S.ISSUED, S.IN_PROGRESS, UNIT, operations.acknowledge,
         forms.AcknowledgeForm, primary=True, bulk=True),
    verb("report", _l("Report progress"), RUNNING, S.IN_PROGRESS, UNIT, operations.report, forms.ReportForm,
         primary=True, clause="一（一）"),
    verb("claim", _lp("task", "Report completion"), RUNNING, S.CLAIMED, UNIT, operations.claim, forms.ClaimForm,
         clause="一（一）"),
    verb("take_back_claim", _l("Take back the report of completion"), S.CLAIMED, S.IN_PROGRESS, UNIT,
         operations.take_back_claim, forms.CommentForm),
    verb("verify", _l("Confirm completion"), S.CLAIMED, S.DONE, VERIFIER, operations.verify, forms.VerifyForm,
         primary=True, bulk=True),
    verb("reject", _l("Send back as not done"), S.CLAIMED, S.IN_PROGRESS, VERIFIER, operations.reject,
         forms.RejectForm),
    verb("verify_progress", _l("Verify progress"), RUNNING, None, VERIFIER, side_operations.verify_progress,
         forms.VerifyProgressForm),
    *_request("extension", (_l("Ask for extension"), _l("Approve extension"), _l("Refuse extension")), asker=UNIT,
              decider=DECIDER, ask=side_operations.ask_extension, form=forms.ExtensionForm,
              yes=side_operations.approve_extension, rule=_may_extend),
    *_request("reassign", (_l("Reassign"), _l("Accept reassignment"), _l("Return reassignment")),
              words=("accept", "return"), asker=ISSUER, decider=RECEIVER, ask=side_operations.ask_reassign,
              form=forms.ReassignForm, yes=side_operations.accept_reassign, no=side_operations.return_reassign,
              yes_form=forms.AcceptForm, to_state=S.IN_PROGRESS),
    verb("take_back", _l("Take back the request"), RUNNING, None, (by("asking", f"enterprise {CLERK}"),),
         side_operations.take_back, forms.RefusalForm),
    verb("chase", _l("Chase"), OPEN, None,
         (by("filing self_filing leading territory regulator", f"{CLERK} {REVIEWER}"),
          by("county", "county_clerk county_head")), side_operations.chase, forms.ChaseForm, bulk=True),
    verb("correct", _l("Correct the responsible persons"), OPEN | {S.DONE}, None,
         (by("filing self_filing responsible", CLERK),), side_operations.correct, forms.CorrectionForm),
    verb("release", _l("Release from the task"), OPEN, S.TERMINATED, DECIDER, side_operations.release,
         forms.ReasonForm),
    verb("reopen", _l("Reopen"), S.DONE, S.IN_PROGRESS,
         (by("filing self_filing", f"{CLERK} {REVIEWER}"), by("county", "county_clerk county_head")),
         side_operations.reopen, forms.ReopenForm, rule=_may_reopen, clause="四（二）4"),
    verb("add_files", _l("Add files"), OPEN, None,
         (by("responsible", "enterprise"), by("filing self_filing leading responsible territory regulator", CLERK)),
         side_operations.add_files, forms.FilesForm),
)

SHARES = Noun(
    kind="task_share", model=Share, states=S, verbs={one.name: one for one in _ALL}, parties=parties.of_share,
    turn=parties.turn_of_share, relations=parties.relations_to_share, follow=lambda act: operations.follow(act, TASKS),
    tracked=("due", "due_kind", "heads", "unit_id", "percent_claimed", "percent_verified", "open_request",
             "claimed_on"),
)
