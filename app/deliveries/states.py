"""The states of a delivery, how it was served, what a reply is."""
from __future__ import annotations

from flask_babel import lazy_pgettext as _lp

from app.casework.titles import TitledEnum


class DeliveryState(TitledEnum):
    SERVED = "served", _lp("delivery", "To be signed for"), "open"
    IN_HAND = "in_hand", _lp("delivery", "In hand"), "open"
    PLANNED = "planned", _lp("delivery", "Plan filed"), "open"
    REPORTED = "reported", _lp("delivery", "Result reported"), "claimed"
    RETURNED = "returned", _lp("delivery", "Sent back"), "open"
    CLOSED = "closed", _lp("delivery", "Done"), "closed"
    WITHDRAWN = "withdrawn", _lp("delivery", "Withdrawn"), "void"
    VOID = "void", _lp("delivery", "Void"), "void"


WORKING_STATES = (DeliveryState.IN_HAND, DeliveryState.PLANNED, DeliveryState.RETURNED)  # the recipient owes the result
OPEN_STATES = (DeliveryState.SERVED, *WORKING_STATES, DeliveryState.REPORTED)
# What becomes of them when the head is withdrawn, before anybody signed, or declared void.
WITH_THE_HEAD = ((DeliveryState.SERVED, DeliveryState.WITHDRAWN), *((one, DeliveryState.VOID) for one in OPEN_STATES))
TERMINAL_STATES = (DeliveryState.CLOSED, DeliveryState.WITHDRAWN, DeliveryState.VOID)


class Method(TitledEnum):
    """送达方式. `left`: refused, and left there with a witness (留置)."""

    SYSTEM = "system", _lp("service", "In the system")
    IN_PERSON = "in_person", _lp("service", "In person")
    POST = "post", _lp("service", "By post")
    TELEPHONE = "telephone", _lp("service", "By telephone")
    FAX = "fax", _lp("service", "By fax")
    LEFT = "left", _lp("service", "Left with a witness")


class Channel(TitledEnum):
    """How somebody was chased (催办)."""

    SYSTEM = "system", _lp("chasing", "In the system")
    TELEPHONE = "telephone", _lp("chasing", "By telephone")
    MESSAGE = "message", _lp("chasing", "By message or group chat")
    IN_PERSON = "in_person", _lp("chasing", "In person")


class ReplyKind(TitledEnum):
    PLAN = "plan", _lp("reply", "Rectification plan")
    RESULT = "result", _lp("reply", "Report on the result")


class Outcome(TitledEnum):
    """What the issuer said of a reply; a plan may stay `open`."""

    OPEN = "open", _lp("reply", "Not judged yet"), "open"
    ACCEPTED = "accepted", _lp("reply", "Accepted"), "closed"
    REJECTED = "rejected", _lp("reply", "Sent back"), "void"


class DayUnit(TitledEnum):
    """2.1: 日 are natural days, a last day on a holiday moves; 工作日 leave the holidays out."""

    NATURAL = "natural", _lp("unit", "days")
    WORKING = "working", _lp("unit", "working days")
