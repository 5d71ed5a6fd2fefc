"""What may be done to a delivery. The expected truth table is tests/deliveries/truth.tsv.

Withdrawing and voiding are its head's (`operations.end_all`).
"""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.casework.forms import DecisionForm, RefusalForm
from app.casework.verbs import How, Noun, Verb, by
from app.deliveries import forms, measures, operations, parties, rules, side_operations
from app.deliveries.models import Delivery
from app.deliveries.states import OPEN_STATES, TERMINAL_STATES, WORKING_STATES, Outcome, ReplyKind
from app.deliveries.states import DeliveryState as S

CLERK = "unit_clerk county_clerk"
REVIEWER = "unit_reviewer county_head"
OPEN, WORKING = frozenset(OPEN_STATES), frozenset(WORKING_STATES)
RECIPIENT = (by("recipient", f"enterprise {CLERK}"), by("stand_in", CLERK, How.PROXY))
ISSUER = (by("filing", f"{CLERK} {REVIEWER}"),)
# A decision is the head's (签发单位负责人); taken on paper it is recorded by the clerk.
DECIDER = (by("filing", REVIEWER), by("filing", CLERK, How.PAPER))
CLAUSE = "四（三）"


def _may_deem(delivery, hat, today):
    return rules.why_not_deem(delivery.state, delivery.due, today)


def _owes_plan(delivery, hat, today):
    return None if delivery.plan_days is not None else _l("No plan is asked for.")


def _may_judge_plan(delivery, hat, today):
    plan = operations.newest(delivery, ReplyKind.PLAN)
    return None if plan is not None and plan.outcome == Outcome.OPEN else _l("The plan was judged already.")


def _may_extend(delivery, hat, today):
    if delivery.open_request:
        return _l("A request is waiting for a decision.")
    return rules.why_not_extend(delivery.reply_due, today)


def _may_reopen(delivery, hat, today):
    if not delivery.reply_required:
        return _l("No reply was asked for.")
    measure = measures.MEASURES[delivery.measure]
    return _l("The letter itself was withdrawn or is void.") if delivery.head.state in measure.void else None


def _verb(name, title, states, to_state, who, operation, form=None, **more) -> Verb:
    states = frozenset({states}) if isinstance(states, S) else frozenset(states)
    return Verb(name, title, states, to_state, who, operation, form, **more)


_ALL = (
    _verb("acknowledge", _l("Sign for it"), S.SERVED, None, (by("recipient", f"enterprise {CLERK}"),),
          operations.acknowledge, forms.AcknowledgeForm, may_lead_to=(S.IN_HAND, S.CLOSED), primary=True, bulk=True),
    _verb("record_receipt", _l("Record the receipt"), S.SERVED, None, (by("filing via stand_in", CLERK),),
          operations.record_receipt, forms.ReceiptForm, may_lead_to=(S.IN_HAND, S.CLOSED), primary=True),
    _verb("deem_served", _l("Deem served"), S.SERVED, None, DECIDER, operations.deem_served, forms.DeemForm,
          may_lead_to=(S.IN_HAND, S.CLOSED), rule=_may_deem),
    _verb("file_plan", _l("File the rectification plan"), S.IN_HAND, S.PLANNED, RECIPIENT, operations.file_plan,
          forms.PlanForm, rule=_owes_plan, primary=True, clause=CLAUSE),
    _verb("report", _lp("delivery", "Report the result"), WORKING, S.REPORTED, RECIPIENT, operations.report,
          forms.ReportForm, primary=True, clause=CLAUSE),
    _verb("replace_plan", _l("File another plan"), S.PLANNED, S.PLANNED, RECIPIENT, operations.file_plan,
          forms.PlanForm, clause=CLAUSE),
    _verb("accept_plan", _l("Accept the plan"), S.PLANNED, None, ISSUER, side_operations.accept_plan,
          forms.AcceptForm, rule=_may_judge_plan),
    _verb("return_plan", _l("Send the plan back"), S.PLANNED, S.IN_HAND, ISSUER, side_operations.return_plan,
          forms.RejectForm, rule=_may_judge_plan),
    _verb("accept", _lp("delivery", "Accept the result"), S.REPORTED, S.CLOSED, ISSUER, operations.accept,
          forms.AcceptForm, primary=True, bulk=True),
    _verb("reject", _lp("delivery", "Send back to report again"), S.REPORTED, S.RETURNED, ISSUER, operations.reject,
          forms.RejectForm),
    _verb("ask_extension", _l("Ask for extension"), WORKING, None, RECIPIENT, side_operations.ask_extension,
          forms.ExtensionForm, rule=_may_extend),
    _verb("approve_extension", _l("Approve extension"), WORKING, None, DECIDER, side_operations.approve_extension,
          DecisionForm, request="extension", primary=True),
    _verb("refuse_extension", _l("Refuse extension"), WORKING, None, DECIDER, side_operations.refuse_extension,
          RefusalForm, request="extension"),
    _verb("take_back", _l("Take back the request"), WORKING, None, (by("asking", f"enterprise {CLERK}"),),
          side_operations.take_back, RefusalForm, request="extension"),
    _verb("chase", _l("Chase"), OPEN, None, (*ISSUER, by("county", "county_clerk county_head")),
          side_operations.chase, forms.ChaseForm, bulk=True),
    _verb("reopen", _l("Reopen"), S.CLOSED, S.RETURNED, ISSUER, side_operations.reopen, forms.ReopenForm,
          rule=_may_reopen, clause="四（二）4"),
    _verb("add_files", _l("Add files"), OPEN, None,
          (by("recipient", "enterprise"), by("filing recipient via territory regulator", CLERK)),
          side_operations.add_files, forms.FilesForm),
)

DELIVERIES = Noun(
    kind="delivery", model=Delivery, states=S, verbs={one.name: one for one in _ALL}, parties=parties.of_delivery,
    turn=parties.turn, relations=parties.relations, follow=measures.follow,
    tracked=("plan_due", "reply_due", "method", "open_request"),
)
ENDED = frozenset(TERMINAL_STATES)
