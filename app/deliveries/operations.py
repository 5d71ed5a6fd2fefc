"""The verbs of a delivery on its main road: signing, plan, report, the issuer's word. Nobody else writes its state.

Each runs inside `casework.verbs.perform`; `end_all`, as serving, inside the unit of work of the head.
"""
from __future__ import annotations

import datetime as dt
from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.casework.attachments import attach
from app.casework.calendar import county_calendar
from app.casework.deadlines import is_overdue
from app.casework.errors import Obstacle, refuse_when
from app.casework.history import record, signature
from app.casework.requests import lapse, refuse_same_person
from app.casework.verbs import Act
from app.deliveries import rules
from app.deliveries.models import Delivery, Reply
from app.deliveries.placeholders import RECEIPT, REPLY
from app.deliveries.serving import Terms, nobody_signed, of_head, serve, settle_all, states_of
from app.deliveries.states import OPEN_STATES, DeliveryState, Method, Outcome, ReplyKind
from app.papers.operations import freeze

FILED = {ReplyKind.PLAN: ("file_plan", "replace_plan"), ReplyKind.RESULT: ("report",)}  # by which verbs
__all__ = ["Terms", "end_all", "nobody_signed", "of_head", "serve", "states_of"]  # what a measure calls


# ── signing ────────────────────────────────────────────────────────────────────────────────────────────────────
def acknowledge(act: Act) -> None:
    """签收 by the recipient in the system, on the day it does so."""
    _sign(act, act.today, act.hat.user_name, Method.SYSTEM)


def record_receipt(act: Act) -> None:
    """登记签收: somebody signed for it outside the system; the proof is a scan, or words."""
    data = act.data
    _refuse_day(act, data["acknowledged_on"])
    if not (data.get("evidence") or data.get("proof")):
        raise Obstacle(_l("Attach the signed receipt, or say what proves it."), "evidence")
    attach(act.session, act.case, act.hat, data.get("proof", ()), "paper")
    _sign(act, data["acknowledged_on"], data["acknowledged_by"], Method(data["method"]))
    act.extra["signed_by"] = data["acknowledged_by"]
    act.comment = "，".join(filter(None, (data["acknowledged_by"], data.get("evidence"))))


def deem_served(act: Act) -> None:
    """视为送达: the issuer's decision on evidence, after the days in which it was not signed for."""
    data, case = act.data, act.case
    _refuse_day(act, data["acknowledged_on"])
    attach(act.session, case, act.hat, data.get("proof", ()), "paper")
    case.deemed = True
    _sign(act, data["acknowledged_on"], act.extra.get("decided_by") or act.hat.user_name, Method(data["method"]))
    act.comment = data["evidence"]


def _refuse_day(act: Act, day: dt.date) -> None:
    message = rules.why_not_on(day, act.case.served_on, act.today)
    refuse_when(message and ("acknowledged_on", message))


def _sign(act: Act, day: dt.date, by: str, method: Method) -> None:
    """Every period runs from this day; where no reply is asked for, signing is the end of it."""
    case: Delivery = act.case
    case.acknowledged_on = act.occurred_on = day
    case.acknowledged_by, case.method = by, method.value
    if case.reply_required:
        calendar = county_calendar(act.session)
        case.plan_due = rules.deadline(day, case.plan_days, case.day_unit, calendar)
        case.reply_due = case.original_reply_due = rules.deadline(day, case.reply_days, case.day_unit, calendar)
        case.state = DeliveryState.IN_HAND.value
        run_clock(case)
    else:
        case.state, case.closed_on = DeliveryState.CLOSED.value, day
    freeze(act.session, act.hat, case, RECEIPT.name, act.today)


def run_clock(case: Delivery) -> None:
    case.due = rules.running_due(case.plan_due, case.planned_on, case.reply_due)


# ── the recipient's answer ─────────────────────────────────────────────────────────────────────────────────────
def file_plan(act: Act) -> None:
    """报送整改方案; a new one takes the place of one that was sent back, or not judged yet."""
    _reply(act, ReplyKind.PLAN, _filed_on(act))
    run_clock(act.case)


def report(act: Act) -> None:
    """报送结果: it stops the clock. An extension that was asked meanwhile is no longer needed."""
    case, data, day = act.case, act.data, _filed_on(act)
    owed = rules.owes_plan(case.plan_days, case.planned_on)
    refuse_when(rules.why_not_report(case.reply_due, day, data.get("late_reason"), owed, bool(data.get("with_plan"))))
    lapse(act)
    if owed:
        _add(act, ReplyKind.PLAN, day, _("It stands in the report on the result."))
    _reply(act, ReplyKind.RESULT, day)
    case.replied_on = day


def _filed_on(act: Act) -> dt.date:
    """Today in the system; what came on paper was filed on the day that whoever enters it says."""
    day = act.data.get("filed_on") or act.today
    message = rules.why_not_on(day, act.case.acknowledged_on, act.today)
    refuse_when(message and ("filed_on", message))
    act.occurred_on = max(day, act.case.state_since)
    return day


def _reply(act: Act, kind: ReplyKind, day: dt.date) -> None:
    """File or text, and who signed for the recipient (附录A4)."""
    files, text = act.data.get("files", ()), act.data.get("text")
    if not (files or text):
        raise Obstacle(_l("Attach the file, or write it here."), "text")
    reply = _add(act, kind, day, text)
    attach(act.session, act.case, act.hat, files, "evidence", part_id=reply.id)
    freeze(act.session, act.hat, act.case, REPLY.name, act.today, part_id=reply.id)
    act.extra["reply"] = reply.number
    act.comment = act.comment or text


def _add(act: Act, kind: ReplyKind, day: dt.date, text: str | None) -> Reply:
    late = kind is ReplyKind.RESULT and is_overdue(act.case.reply_due, day)
    reply = Reply(
        number=len(act.case.replies) + 1, kind=kind.value, filed_on=day, text=text, signer=act.data["signer"],
        late_reason=act.data.get("late_reason") if late else None, filed_by=signature(act.hat),
    )
    act.case.replies.append(reply)
    if kind is ReplyKind.PLAN:
        act.case.planned_on = day
    act.session.flush()
    return reply


# ── the issuer's word ──────────────────────────────────────────────────────────────────────────────────────────
def newest(case: Delivery, kind: ReplyKind) -> Reply | None:
    return next((reply for reply in reversed(case.replies) if reply.kind == kind), None)


def judge(act: Act, kind: ReplyKind, outcome: Outcome) -> None:
    """The issuer's word stands with the newest reply of its kind, and is not that of who filed it."""
    refuse_same_person(act, *FILED[kind], message=_l(
        "Who filed the plan or the report does not judge it: a second person of the unit that sent the letter does."))
    reply = newest(act.case, kind)
    reply.outcome, reply.opinion = outcome.value, act.comment
    reply.judged_on, reply.judged_by = act.today, signature(act.hat)
    act.extra["reply"] = reply.number


def accept(act: Act) -> None:
    """同意办结."""
    judge(act, ReplyKind.RESULT, Outcome.ACCEPTED)
    act.case.closed_on = act.today


def reject(act: Act) -> None:
    """退回补报: the clock runs on, to a new day if one is given; the original day is kept."""
    judge(act, ReplyKind.RESULT, Outcome.REJECTED)
    act.case.returns += 1
    answer_again(act)


def answer_again(act: Act) -> None:
    """The result is owed anew."""
    case, new_due = act.case, act.data.get("new_due")
    message = rules.why_not_new_due(new_due, act.today)
    refuse_when(message and ("new_due", message))
    case.replied_on = None
    case.reply_due = new_due or case.reply_due
    run_clock(case)


# ── the head's end ─────────────────────────────────────────────────────────────────────────────────────────────
def end_all(act: Act, state: DeliveryState) -> None:
    """撤回 (withdrawn) or 作废 (void) of every open delivery together with its head, which is `act.case`.

    They stay in sight: who got the letter is told what became of it.
    """
    every = [one for one in of_head(act.session, act.case.id) if one.state in OPEN_STATES]
    for delivery in every:
        before = delivery.state
        lapse(replace(act, case=delivery))
        delivery.state, delivery.closed_on = state.value, act.today
        delivery.state_since = max(delivery.state_since, act.today)
        record(act.session, act.hat, state.value, act.today, case=delivery, from_state=before, to_state=delivery.state,
               comment=act.comment, occurred_on=delivery.state_since)
    settle_all(act.session, every)
