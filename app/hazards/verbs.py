"""What may be done to a hazard: states, who, which form. The expected truth table is tests/hazards/truth.tsv."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.casework.verbs import How, Noun, Verb, by
from app.hazards import forms, operations, rules, side_operations
from app.hazards.models import Hazard
from app.hazards.parties import parties, relations, turn
from app.hazards.states import HazardState as S
from app.hazards.states import Level, Listing

CLERK = "unit_clerk county_clerk"
REVIEWER = "unit_reviewer county_head"
OPEN = frozenset({S.RECTIFYING, S.AWAITING_RECHECK})
RECTIFIER = (by("rectifying", f"enterprise {CLERK}"), by("stand_in", CLERK, How.PROXY))
INSPECTOR = (by("filing inspecting", CLERK),)
RECHECKER = (by("rechecking", f"{CLERK} {REVIEWER}"),)
# A decision is the reviewer's; taken on paper it is recorded by the clerk.
DECIDER = (by("rechecking", REVIEWER), by("rechecking", CLERK, How.PAPER))
RECEIVER = (by("receiving", f"enterprise {CLERK} {REVIEWER}"), by("stand_in_receiver", CLERK, How.PROXY))
LISTER = "inspecting rechecking regulator territory"  # 八（一）: the regulator, or the territory's government


def _no_request(hazard, hat, today):
    return _l("A request is waiting for a decision.") if hazard.open_request else None


def _may_extend(hazard, hat, today):
    return _no_request(hazard, hat, today) or rules.why_not_extend(hazard.due_kind, hazard.due, today)


def _major(hazard, hat, today):
    return None if hazard.level == Level.MAJOR else _l("Only for a major hazard.")


def _may_downgrade(hazard, hat, today):
    if hazard.listing == Listing.LISTED:
        return _l("A listed hazard is not downgraded.")
    return _major(hazard, hat, today) or _no_request(hazard, hat, today)


def _not_major(hazard, hat, today):
    return _l("It is a major hazard already.") if hazard.level == Level.MAJOR else None


def _may_submit(hazard, hat, today):
    return _l("It is waiting for review.") if hazard.review_asked_on else None


def _under_review(hazard, hat, today):
    return None if hazard.review_asked_on else _l("It was not sent for review.")


def _may_issue(hazard, hat, today):
    return _under_review(hazard, hat, today) or (
        _l("Who registered it cannot review it.")
        if hazard.created_by_id in hat.persons and hat.role in REVIEWER.split() else None
    )


def _may_withdraw(hazard, hat, today):
    if hazard.acknowledged_on or hazard.round_number > 1:
        return _l("The rectifying unit has received it.")
    return _no_request(hazard, hat, today)


def _not_acknowledged(hazard, hat, today):
    return _l("Receipt is already acknowledged.") if hazard.acknowledged_on else None


def _not_own(hazard, hat, today):
    own = set(hat.organization_ids) & {r.organization_id for r in hazard.rectifiers}
    return _l("A rectifying unit cannot recheck its own work.") if own else None


def _verb(name, title, states, to_state, who, operation, form=None, **more) -> Verb:
    states = frozenset({states}) if isinstance(states, S) else frozenset(states)
    return Verb(name, title, states, to_state, who, operation, form, **more)


def _request(kind: str, ask_title, approve_title, refuse_title, *, states, asker, decider, ask_operation, ask_form,
             approve_operation, refuse_operation=side_operations.refuse, to_state=None, rule=_no_request,
             words=("approve", "refuse"), **more) -> tuple[Verb, ...]:
    """The three verbs of a request: asked, then decided one way or the other."""
    yes, no = words
    return (
        _verb(f"ask_{kind}", ask_title, states, None, asker, ask_operation, ask_form, rule=rule, **more),
        _verb(f"{yes}_{kind}", approve_title, states, to_state, decider, approve_operation, forms.DecisionForm,
              request=kind, primary=True),
        _verb(f"{no}_{kind}", refuse_title, states, None, decider, refuse_operation, forms.RefusalForm, request=kind),
    )


_ALL = (
    _verb("submit", _l("Issue for rectification"), S.REGISTERED, None, (by("filing", f"enterprise {CLERK}"),),
          operations.submit, rule=_may_submit, primary=True, may_lead_to=(S.RECTIFYING,)),
    _verb("issue", _l("Approve and issue"), S.REGISTERED, S.RECTIFYING,
          (by("filing", REVIEWER), by("filing", CLERK, How.PAPER)), operations.issue, forms.DecisionForm,
          rule=_may_issue, primary=True),
    _verb("return_draft", _l("Send back for changes"), S.REGISTERED, None, (by("filing", REVIEWER),),
          operations.return_draft, forms.RefusalForm, rule=_under_review),
    _verb("discard", _l("Discard the draft"), S.REGISTERED, S.CANCELLED, (by("filing", f"enterprise {CLERK}"),),
          operations.discard, forms.CommentForm),
    _verb("claim", _l("Report completion"), S.RECTIFYING, S.AWAITING_RECHECK, RECTIFIER, operations.claim,
          forms.ClaimForm, primary=True, clause="一（二）"),
    _verb("acknowledge", _l("Acknowledge receipt"), S.RECTIFYING, None, RECTIFIER, operations.acknowledge,
          forms.AcknowledgeForm, rule=_not_acknowledged, bulk=True),
    _verb("pass_recheck", _l("Pass the recheck"), S.AWAITING_RECHECK, S.CLOSED, RECHECKER, operations.pass_recheck,
          forms.RecheckForm, rule=_not_own, primary=True, bulk=True, clause="一（二）"),
    _verb("fail_recheck", _l("Fail the recheck"), S.AWAITING_RECHECK, S.RECTIFYING, RECHECKER,
          operations.fail_recheck, forms.RecheckForm, rule=_not_own, clause="四（二）4"),
    *_request("extension", _l("Ask for extension"), _l("Approve extension"), _l("Refuse extension"),
              states=S.RECTIFYING, asker=RECTIFIER, decider=DECIDER, ask_operation=side_operations.ask_extension,
              ask_form=forms.ExtensionForm, approve_operation=side_operations.approve_extension, rule=_may_extend),
    *_request("transfer", _l("Transfer"), _l("Accept transfer"), _l("Return transfer"), words=("accept", "return"),
              states=OPEN, asker=(by("rechecking", CLERK), by("county", "county_clerk")),
              decider=(by("receiving", f"{CLERK} {REVIEWER}"),), ask_operation=side_operations.ask_transfer,
              ask_form=forms.TransferForm, approve_operation=side_operations.accept_transfer,
              refuse_operation=side_operations.return_transfer),
    *_request("reassign", _l("Reassign"), _l("Accept reassignment"), _l("Return reassignment"),
              words=("accept", "return"), states=S.RECTIFYING, asker=(by("filing inspecting rechecking", CLERK),),
              decider=RECEIVER, ask_operation=side_operations.ask_reassign, ask_form=forms.ReassignForm,
              approve_operation=side_operations.accept_reassign, refuse_operation=side_operations.return_transfer),
    _verb("take_back", _l("Take back the request"), OPEN, None, (by("asking", f"enterprise {CLERK}"),),
          side_operations.take_back, forms.RefusalForm),
    _verb("chase", _l("Chase"), OPEN, None,
          (by("filing inspecting rechecking territory regulator", f"{CLERK} {REVIEWER}"),
           by("county", "county_clerk county_head")), side_operations.chase, forms.ChaseForm, bulk=True),
    _verb("correct", _l("Correct"), OPEN | {S.CLOSED}, None, INSPECTOR, side_operations.correct, forms.CorrectionForm),
    _verb("raise_level", _l("Raise to major"), OPEN, None,
          (by("filing inspecting rechecking regulator", f"{CLERK} {REVIEWER}"),), side_operations.raise_level,
          forms.LevelForm, rule=_not_major),
    *_request("downgrade", _l("Propose downgrade"), _l("Approve downgrade"), _l("Refuse downgrade"), states=OPEN,
              asker=(by("filing inspecting rechecking", CLERK),), decider=DECIDER, rule=_may_downgrade,
              ask_operation=side_operations.ask_downgrade, ask_form=forms.ReasonForm,
              approve_operation=side_operations.approve_downgrade),
    _verb("decide_listing", _l("Record listing decision"), OPEN, None,
          (by(LISTER, REVIEWER), by("county", "county_head"), by(LISTER, CLERK, How.PAPER)),
          side_operations.decide_listing, forms.ListingForm, rule=_major, clause="八（一）"),
    _verb("merge", _l("Merge duplicate"), OPEN, S.MERGED, INSPECTOR, side_operations.merge, forms.MergeForm),
    *_request("cancel", _l("Propose cancellation"), _l("Approve cancellation"), _l("Refuse cancellation"),
              states=OPEN, asker=INSPECTOR, decider=DECIDER, ask_operation=side_operations.ask_cancel,
              ask_form=forms.ReasonForm, approve_operation=side_operations.approve_end, to_state=S.CANCELLED),
    *_request("gone", _l("Report subject gone"), _l("Verify subject gone"), _l("Subject still there"), states=OPEN,
              asker=(by("filing inspecting rechecking territory regulator", CLERK),), decider=DECIDER,
              ask_operation=side_operations.ask_gone, ask_form=forms.ReasonForm,
              approve_operation=side_operations.approve_end, to_state=S.SUBJECT_GONE),
    _verb("withdraw", _l("Withdraw"), S.RECTIFYING, S.REGISTERED, (by("filing", CLERK),), operations.withdraw,
          forms.CommentForm, rule=_may_withdraw),
    _verb("reopen", _l("Reopen"), S.CLOSED, S.RECTIFYING,
          (by("filing inspecting rechecking", f"{CLERK} {REVIEWER}"), by("county", "county_clerk county_head")),
          operations.reopen, forms.ReopenForm, clause="四（二）4"),
    _verb("add_files", _l("Add pictures"), OPEN, None,
          (by("filing rectifying", "enterprise"), by("county", "county_clerk"),
           by("filing inspecting rechecking rectifying territory regulator", CLERK)),
          side_operations.add_files, forms.FilesForm),
)

HAZARDS = Noun(
    kind="hazard", model=Hazard, states=S, verbs={verb.name: verb for verb in _ALL}, parties=parties, turn=turn,
    relations=relations,
    tracked=(
        *(name for name in operations.COLUMNS if name != "due_words"), "due", "listing", "listing_basis",
        "level_decided_by", "round_number", "number", "open_request", "merged_into_id",
    ),
)
