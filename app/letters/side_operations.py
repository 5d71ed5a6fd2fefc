"""What becomes of a letter once it is signed: taken back, void, chased; and what follows from its deliveries.

Each verb runs inside `casework.verbs.perform`; the main road is in `operations`.
"""
from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l

from app.casework import numbering
from app.casework.attachments import attach
from app.casework.errors import Obstacle
from app.casework.history import record
from app.casework.verbs import Act, Noun, settle
from app.deliveries import operations as service
from app.deliveries.side_operations import chase as chase_one
from app.deliveries.states import DeliveryState
from app.letters import rules
from app.letters.models import Letter
from app.letters.operations import nearest_due
from app.letters.states import TERMINAL_STATES

FOLLOWS = "follow_deliveries"  # the verb of a letter's entry that its deliveries caused


def withdraw(act: Act) -> None:
    """撤回, before anybody has signed for it. Its number stays taken."""
    if not service.nobody_signed(act.session, act.case.id):
        raise Obstacle(_l("A recipient has signed for it already: correct it by another letter, or declare it void."))
    _end(act, DeliveryState.WITHDRAWN)


def void(act: Act) -> None:
    """作废 with its reason: what is still open of it ends, the number is kept."""
    _end(act, DeliveryState.VOID)


def _end(act: Act, state: DeliveryState) -> None:
    letter = act.case
    act.scans_confined_to_id = letter.filed_by_id
    service.end_all(act, state)
    letter.due, letter.closed_on = None, act.today
    numbering.void(act.session, letter.county_id, letter.number, act.comment, act.hat.user_id)


def chase(act: Act) -> None:
    """催签: everybody who has not signed for it yet."""
    waiting = [one for one in service.of_head(act.session, act.case.id) if one.state == DeliveryState.SERVED]
    if not waiting:
        raise Obstacle(_l("Everybody has signed for it: nobody needs to be chased."))
    for delivery in waiting:
        each = replace(act, case=delivery, extra={})
        chase_one(each)
        record(act.session, act.hat, "chase", act.today, case=delivery, comment=each.comment, extra=each.extra)
    act.extra["units"] = [delivery.recipient_id for delivery in waiting]


def add_files(act: Act) -> None:
    """An annex that every recipient reads, or a paper of the office's own."""
    files = act.data["files"]
    if not files:
        raise Obstacle(_l("Choose at least one file."), "files")
    letter, own = act.case, act.data["purpose"] == "evidence"
    act.confined_to_id = letter.filed_by_id if own or not letter.issued else None
    attach(act.session, letter, act.hat, files, act.data["purpose"],
           confined_to_id=letter.filed_by_id if own else None)
    act.comment = "、".join(file.original_name for file in files)


def follow(act: Act, noun: Noun) -> None:
    """After every verb of a delivery: the letter's state and nearest day are what its deliveries make them."""
    letter = act.session.get(Letter, act.case.head_id)
    rows = service.states_of(act.session, letter.id)
    before, state = letter.state, rules.state_of_letter(state for state, _day in rows)
    letter.due = nearest_due(act.session, letter.id)
    if state != before:
        days = [day for _state, day in rows if day]
        letter.closed_on = max(days) if state in TERMINAL_STATES else None
        letter.state, letter.state_since = state.value, max(letter.state_since, act.occurred_on or act.today)
        record(act.session, act.hat, FOLLOWS, act.today, case=letter, from_state=before, to_state=letter.state,
               occurred_on=letter.state_since, extra={"derived": True})
    settle(act.session, noun, letter)
