"""The side verbs of a share: what the issuer finds, extension, reassignment, release, reopening, correction."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.attachments import attach_chosen
from app.casework.cases import Case
from app.casework.errors import Obstacle, refuse_when
from app.casework.requests import ask, decide, lapse
from app.casework.verbs import Act
from app.organization.directory import homes_of
from app.tasks import rules
from app.tasks.models import Share, Task
from app.tasks.states import DueKind, TaskState

_cases, _shares = Case.__table__, Share.__table__


def _forget_words(act: Act) -> None:
    """各乡镇 is said of the units, and of the persons beside them, as they were issued to: no longer."""
    task = act.session.get(Task, act.case.head_id)
    if task.unit_words is not None:
        task.unit_words = None


def verify_progress(act: Act) -> None:
    """核定进度: how far the issuer finds it, beside what the unit claims."""
    act.case.percent_verified = act.data["percent_verified"]
    act.extra["percent"] = act.data["percent_verified"]


def ask_extension(act: Act) -> None:
    message = rules.why_not_extend(act.case.due_kind, act.case.due, act.today, act.data["new_due"])
    refuse_when(message and ("new_due", message))
    ask(act, "extension", act.case.filed_by_id, {"due": act.data["new_due"].isoformat()})
    act.extra["new_due"] = act.data["new_due"].isoformat()


def approve_extension(act: Act) -> None:
    """The asked day becomes the share's deadline; its original one is kept."""
    request = decide(act, approved=True)
    asked = dt.date.fromisoformat(request.payload["due"])
    if act.case.due is None or asked <= act.case.due:  # the task was adjusted meanwhile
        raise Obstacle(_l("The present deadline is not before the day that was asked for: refuse, nothing is lost."))
    act.case.due_kind, act.case.due = DueKind.DATE.value, asked


def refuse(act: Act) -> None:
    """Any request is refused: nothing but the request changes."""
    decide(act, approved=False)


def ask_reassign(act: Act) -> None:
    """改派: another unit takes the share over, when it accepts. The deadline does not restart."""
    receiver = act.data["receiver_id"]
    _refuse_second_share(act, receiver)
    ask(act, "reassign", receiver, {"enterprise": homes_of(act.session, [receiver])[receiver][0]})


def _refuse_second_share(act: Act, unit_id: int) -> None:
    taken = act.session.execute(
        sa.select(_shares.c.id).join(_cases, _cases.c.id == _shares.c.id).where(
            _cases.c.head_id == act.case.head_id, _cases.c.issued.is_(True), _shares.c.unit_id == unit_id,
            _cases.c.state != TaskState.TERMINATED.value)
    ).first()
    if taken:
        raise Obstacle(_l("This unit has a share of the task already."), "receiver_id")


def accept_reassign(act: Act) -> None:
    """The receiving unit has it now, receipt and all, with what was reported so far."""
    request, share = decide(act, approved=True, second_person=False), act.case
    _refuse_second_share(act, request.decider_id)  # it may have got one meanwhile
    share.unit_id, share.heads = request.decider_id, act.data.get("heads")
    share.is_enterprise, share.territory_id = homes_of(act.session, [share.unit_id])[share.unit_id]
    share.acknowledged_on = act.today
    _forget_words(act)


def return_reassign(act: Act) -> None:
    decide(act, approved=False, second_person=False)


def take_back(act: Act) -> None:
    """撤回申请: who asked thinks better of it."""
    lapse(act)


def release(act: Act) -> None:
    """免除: this unit owes nothing of the task any more; it is left out of the on-time rate."""
    lapse(act)
    act.case.closed_on = act.today
    act.comment = act.data["reason"]
    _forget_words(act)


def chase(act: Act) -> None:
    """催办: a reminder to whose turn it is; nothing but the history changes."""


def reopen(act: Act) -> None:
    """A later look found that it was not done; the deadline stands."""
    share, day = act.case, act.data["found_on"]
    refuse_when(("found_on", _l("The day cannot be in the future.")) if day > act.today else None)
    share.closed_on = share.claimed_on = None
    share.percent_verified = act.data.get("percent_verified")
    act.occurred_on = day


def correct(act: Act) -> None:
    """更正 of the responsible persons; deadlines move by extension or by adjusting the task."""
    if "heads" not in act.data or (act.case.heads or None) == (act.data["heads"] or None):
        raise Obstacle(_l("Nothing was changed."), "heads")
    act.case.heads = act.data.get("heads") or None
    _forget_words(act)
    act.comment = act.data["reason"]


def add_files(act: Act) -> None:
    attach_chosen(act, "evidence")
