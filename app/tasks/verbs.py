"""What may be done to a task: states, who, which form. The expected truth table is tests/tasks/truth.tsv.

What its units do stands in shares/verbs.py.
"""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.verbs import How, Noun, Verb, by
from app.casework.verbs import relations_of as relations
from app.tasks import forms, operations, parties, side_operations
from app.tasks.models import Task
from app.tasks.states import OPEN_STATES, PERIODIC
from app.tasks.states import TaskState as S

CLERK = "unit_clerk county_clerk"
REVIEWER = "unit_reviewer county_head"
OPEN = frozenset(OPEN_STATES)
ISSUER = (by("filing", CLERK),)
# A decision is the head's (主办负责人); taken on paper it is recorded by the clerk.
DECIDER = (by("filing", REVIEWER), by("filing", CLERK, How.PAPER))
OVERSEERS = (by("filing leading", f"{CLERK} {REVIEWER}"), by("county", "county_clerk county_head"))


def no_request(case, hat, today):
    return _l("A request is waiting for a decision.") if case.open_request else None


def _may_submit(task, hat, today):
    return _l("It is waiting for review.") if task.review_asked_on else None


def _under_review(task, hat, today):
    return None if task.review_asked_on else _l("It was not sent for review.")


def _may_issue(task, hat, today):
    return _under_review(task, hat, today) or (
        _lp("task", "Who registered it cannot review it.")
        if task.created_by_id in hat.persons and hat.role in REVIEWER.split() else None
    )


def _not_periodic(task, hat, today):
    return _l("A periodic task is pressed for by its instances.") if task.due_kind in PERIODIC else None


def _may_withdraw(task, hat, today):
    if task.due_kind in PERIODIC or task.series_id:
        return _l("Its instances are with the units: terminate it instead.")
    return no_request(task, hat, today)


def _may_terminate(task, hat, today):
    return no_request(task, hat, today)


def verb(name, title, states, to_state, who, operation, form=None, **more) -> Verb:
    states = frozenset({states}) if isinstance(states, S) else frozenset(states)
    return Verb(name, title, states, to_state, who, operation, form, **more)


_ALL = (
    verb("submit", _l("Issue to the units"), S.DRAFT, None, ISSUER, operations.submit, rule=_may_submit, primary=True,
         may_lead_to=(S.ISSUED,)),
    verb("issue", _l("Approve and issue"), S.DRAFT, S.ISSUED, DECIDER, operations.issue, forms.DecisionForm,
         rule=_may_issue, primary=True),
    verb("return_draft", _l("Send back for changes"), S.DRAFT, None, (by("filing", REVIEWER),),
         operations.return_draft, forms.RefusalForm, rule=_under_review),
    verb("discard", _l("Discard the draft"), S.DRAFT, S.TERMINATED, ISSUER, operations.discard, forms.CommentForm),
    verb("chase", _l("Chase"), OPEN, None, OVERSEERS, side_operations.chase, forms.ChaseForm, rule=_not_periodic,
         bulk=True),
    verb("follow_up", _l("Record a follow-up"), OPEN, None, (by("filing", f"{CLERK} {REVIEWER}"),),
         side_operations.follow_up, forms.FollowUpForm, clause="一（一）"),
    verb("add_units", _l("Add units"), OPEN, None, ISSUER, operations.add_units, forms.UnitsForm, rule=no_request,
         may_lead_to=(S.IN_PROGRESS,)),
    verb("adjust", _l("Adjust"), OPEN, None, DECIDER, side_operations.adjust, forms.AdjustForm, rule=no_request),
    verb("correct", _l("Correct"), OPEN | {S.DONE}, None, ISSUER, side_operations.correct, forms.CorrectionForm),
    verb("ask_terminate", _l("Propose termination"), OPEN, None, ISSUER, side_operations.ask_terminate,
         forms.TerminateForm, rule=_may_terminate),
    verb("approve_terminate", _l("Approve termination"), OPEN, S.TERMINATED, DECIDER,
         side_operations.approve_terminate, forms.DecisionForm, request="terminate", primary=True),
    verb("refuse_terminate", _l("Refuse termination"), OPEN, None, DECIDER, side_operations.refuse, forms.RefusalForm,
         request="terminate"),
    verb("take_back", _l("Take back the request"), OPEN, None, (by("asking", CLERK),), side_operations.take_back,
         forms.RefusalForm),
    verb("merge", _l("Merge duplicate"), OPEN, S.TERMINATED, ISSUER, side_operations.merge, forms.MergeForm),
    verb("withdraw", _l("Withdraw"), S.ISSUED, S.DRAFT, ISSUER, operations.withdraw, forms.CommentForm,
         rule=_may_withdraw),
    verb("add_files", _l("Add files"), OPEN, None, ISSUER, operations.add_files, forms.FilesForm),
)

TASKS = Noun(
    kind="task", model=Task, states=S, verbs={one.name: one for one in _ALL}, parties=parties.of_task,
    turn=parties.turn_of_task, relations=relations,
    tracked=(*operations.COLUMNS, "due", "number", "open_request", "merged_into_id"),
)
