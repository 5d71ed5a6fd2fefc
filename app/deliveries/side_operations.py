"""The side verbs of a delivery: the plan's judgement, extension, chasing, reopening, files."""
from __future__ import annotations

import datetime as dt

from app.casework.attachments import attach_chosen
from app.casework.errors import refuse_when
from app.casework.requests import ask, decide, lapse
from app.casework.verbs import Act
from app.deliveries import rules
from app.deliveries.operations import answer_again, judge, run_clock
from app.deliveries.placeholders import DECISION
from app.deliveries.states import Channel, Outcome, ReplyKind
from app.organization.directory import homes_of
from app.papers.operations import freeze


def accept_plan(act: Act) -> None:
    judge(act, ReplyKind.PLAN, Outcome.ACCEPTED)


def return_plan(act: Act) -> None:
    """The plan is owed again, by its day or a new one."""
    judge(act, ReplyKind.PLAN, Outcome.REJECTED)
    new_due = act.data.get("new_due")
    message = rules.why_not_new_due(new_due, act.today)
    refuse_when(message and ("new_due", message))
    act.case.planned_on, act.case.plan_due = None, new_due or act.case.plan_due
    run_clock(act.case)


def ask_extension(act: Act) -> None:
    message = rules.why_not_extend(act.case.reply_due, act.today, act.data["new_due"])
    refuse_when(message and ("new_due", message))
    ask(act, "extension", act.case.filed_by_id, {"due": act.data["new_due"].isoformat()})
    act.extra["new_due"] = act.data["new_due"].isoformat()


def approve_extension(act: Act) -> None:
    """The asked day becomes the reply's deadline; its original one is kept."""
    request = decide(act, approved=True)
    act.case.reply_due = dt.date.fromisoformat(request.payload["due"])
    run_clock(act.case)
    freeze(act.session, act.hat, act.case, DECISION.name, act.today, part_id=request.id)


def refuse_extension(act: Act) -> None:
    request = decide(act, approved=False)
    freeze(act.session, act.hat, act.case, DECISION.name, act.today, part_id=request.id)


def take_back(act: Act) -> None:
    """撤回申请: who asked thinks better of it."""
    lapse(act)


def chase(act: Act) -> None:
    """催办: told on the recipient's workbench; who was told in which way stands in the history."""
    act.case.chases += 1
    act.case.chased_on = act.today
    channel, to = Channel(act.data.get("channel") or Channel.SYSTEM), act.data.get("to")
    act.extra |= {"channel": channel.value, "to": to}
    act.comment = "，".join(filter(None, (str(channel.title), to, act.data.get("comment"))))


def reopen(act: Act) -> None:
    """A later look found the report false or the work undone: the result is owed anew, where the unit lies now."""
    case, day = act.case, act.data["found_on"]
    refuse_when(("found_on", rules.FUTURE) if day > act.today else None)
    case.closed_on, act.occurred_on = None, day
    case.territory_id = homes_of(act.session, [case.recipient_id])[case.recipient_id][1]
    answer_again(act)


def add_files(act: Act) -> None:
    attach_chosen(act, "evidence")
