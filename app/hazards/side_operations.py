"""The side verbs of a hazard: correction, what is asked and decided, level and listing, merging, pictures.

Each runs inside `casework.verbs.perform`; the main road is in `operations`.
"""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import attributes

from app.casework import numbering
from app.casework.attachments import attach
from app.casework.cases import Case
from app.casework.errors import Obstacle, Stale, refuse_when
from app.casework.history import signature
from app.casework.requests import ask, decide, lapse
from app.casework.verbs import Act
from app.hazards import rules
from app.hazards.models import Hazard
from app.hazards.operations import kinds_of, refuse_other_days_criterion, set_rectifiers, title_of
from app.hazards.states import DueKind, HazardState, Level, Listing

CORRECTABLE = (
    "description", "place", "method", "inspectors", "category_id", "industry_id", "interim_measures", "funds",
    "document_number", "lessons", "criterion_note",
)
CORRECTABLE_IN_ROUND = ("measures", "progress", "prevention", "opinion", "recheckers")


def correct(act: Act) -> None:
    """更正: one or more fields, each with its old and new value in the history, and the reason. Never the deadline."""
    hazard, current = act.case, act.case.current_round
    changes = {}
    for name, value in act.data["values"].items():
        target = hazard if name in CORRECTABLE else current if name in CORRECTABLE_IN_ROUND else None
        if name == "heads":
            _correct_heads(hazard, value, changes)
        elif target is None:
            raise Obstacle(_l("%(field)s cannot be corrected.", field=name))
        elif getattr(target, name) != value:
            if target is current:
                changes[name] = [getattr(target, name), value]
            setattr(target, name, value)
    if not (changes or attributes.instance_state(hazard).modified):
        raise Obstacle(_l("Nothing was changed."))
    hazard.title = title_of(hazard.description)
    act.extra["corrected"] = changes
    act.comment = act.data["reason"]


def _correct_heads(hazard: Hazard, value: dict, changes: dict) -> None:
    """`{organization id: heads}` of the rectifying units."""
    for rectifier in hazard.rectifiers:
        new = value.get(rectifier.organization_id, rectifier.heads)
        if new != rectifier.heads:
            changes["heads"] = [rectifier.heads, new]
            rectifier.heads = new


def ask_extension(act: Act) -> None:
    _refuse_message(rules.why_not_extend(act.case.due_kind, act.case.due, act.today, act.data["new_due"]), "new_due")
    ask(act, "extension", act.case.recheck_unit_id, {"due": act.data["new_due"].isoformat()})
    act.extra["new_due"] = act.data["new_due"].isoformat()


def approve_extension(act: Act) -> None:
    """The asked day becomes the deadline; the original is kept for statistics."""
    request = decide(act, approved=True)
    act.case.due_kind, act.case.due = DueKind.DATE.value, dt.date.fromisoformat(request.payload["due"])


def refuse(act: Act) -> None:
    """Any request is refused: nothing but the request changes."""
    decide(act, approved=False)


def ask_transfer(act: Act) -> None:
    """移交: the supervision goes to another unit, when it accepts. The deadline does not restart."""
    receiver = act.data["receiver_id"]
    if receiver in (act.case.recheck_unit_id, *(r.organization_id for r in act.case.rectifiers)):
        raise Obstacle(_l("This unit has it already, or rectifies it."), "receiver_id")
    ask(act, "transfer", receiver)


def accept_transfer(act: Act) -> None:
    act.case.recheck_unit_id = decide(act, approved=True, second_person=False).decider_id


def ask_reassign(act: Act) -> None:
    """改派: another unit rectifies, when it accepts. The deadline does not restart."""
    receiver = act.data["receiver_id"]
    if receiver in (act.case.recheck_unit_id, act.case.lead.organization_id):
        raise Obstacle(_l("This unit has it already, or rechecks it."), "receiver_id")
    enterprise = kinds_of(act.session, [receiver])[receiver] == "enterprise"
    ask(act, "reassign", receiver, {"enterprise": enterprise})


def accept_reassign(act: Act) -> None:
    request = decide(act, approved=True, second_person=False)
    others = [(r.organization_id, r.heads) for r in act.case.rectifiers[1:] if r.organization_id != request.decider_id]
    set_rectifiers(act.session, act.case, [(request.decider_id, act.data.get("heads")), *others])
    act.case.acknowledged_on, act.case.rectifier_words = act.today, None


def return_transfer(act: Act) -> None:
    decide(act, approved=False, second_person=False)


def merge(act: Act) -> None:
    """合并: a duplicate ends in the case it repeats; the link is kept."""
    kept = act.session.execute(
        sa.select(Hazard).where(Hazard.number == act.data["kept_number"].strip().upper())
    ).scalar_one_or_none()
    if kept is None or kept.id == act.case.id or not kept.issued:
        raise Obstacle(_l("No other hazard with this number is visible to your unit."), "kept_number")
    if kept.state in (HazardState.MERGED, HazardState.CANCELLED):
        raise Obstacle(_l("That hazard is itself cancelled or merged."), "kept_number")
    _hold(act.session, kept)
    lapse(act)
    act.case.merged_into_id, act.case.closed_on = kept.id, act.today
    act.extra["merged_into"] = kept.number


def _hold(session, kept: Hazard) -> None:
    """Keep the kept one as it is until the commit: else it could be merged into this one at the same moment.

    Raises Stale when somebody else holds it; waiting, each for the other's, would have no end.
    """
    table = Case.__table__
    free = sa.select(table.c.id).where(table.c.id == kept.id, table.c.version == kept.version)
    if session.execute(free.with_for_update(skip_locked=True)).one_or_none() is None:
        raise Stale


def raise_level(act: Act) -> None:
    """Up at once, with the criterion and who decided."""
    hazard = act.case
    hazard.level, hazard.criterion_id = Level.MAJOR.value, act.data.get("criterion_id")
    hazard.criterion_note = act.data.get("criterion_note")
    if not (hazard.criterion_id or hazard.criterion_note):
        raise Obstacle(_l("A major hazard needs the criterion it meets."), "criterion_note")
    refuse_other_days_criterion(act.session, hazard)
    hazard.level_decided_by = signature(act.hat)
    hazard.level_decided_on = act.today


def ask_downgrade(act: Act) -> None:
    """Down only with a second person."""
    ask(act, "downgrade", act.case.recheck_unit_id)


def approve_downgrade(act: Act) -> None:
    request = decide(act, approved=True)
    hazard = act.case
    hazard.level, hazard.listing = Level.GENERAL.value, Listing.UNDECIDED.value
    hazard.level_decided_by, hazard.level_decided_on = request.decided_by_name, request.decided_on


def decide_listing(act: Act) -> None:
    """The listing decision (八（一）) and its basis; the mechanism of listing comes with its own noun."""
    hazard, data = act.case, act.data
    refuse_when(rules.why_not_listing(hazard.source, hazard.level, data["listing"]))
    hazard.listing, hazard.listing_basis = data["listing"], data["listing_basis"]
    hazard.listing_decided_by = act.extra.get("decided_by") or signature(act.hat)
    hazard.listing_decided_on = data.get("decided_on") or act.today


def ask_cancel(act: Act) -> None:
    ask(act, "cancel", act.case.recheck_unit_id)


def ask_gone(act: Act) -> None:
    ask(act, "gone", act.case.recheck_unit_id)


def approve_end(act: Act) -> None:
    """撤销 or 主体灭失: a second person ends the case; the number stays taken."""
    request = decide(act, approved=True)
    act.case.closed_on = act.today
    if request.kind == "cancel":
        numbering.void(act.session, act.case.county_id, act.case.number, request.reason, act.hat.user_id)


def add_files(act: Act) -> None:
    files = act.data["files"]
    if not files:
        raise Obstacle(_l("Choose at least one picture."), "files")
    attach(act.session, act.case, act.hat, files, act.data["purpose"], act.case.round_number)
    act.comment = "、".join(file.original_name for file in files)


def take_back(act: Act) -> None:
    """撤回申请: who asked thinks better of it, or asked somebody who never answers."""
    lapse(act)


def chase(act: Act) -> None:
    """催办: a reminder to whose turn it is; nothing but the history changes."""


def _refuse_message(message, field: str) -> None:
    if message:
        raise Obstacle(message, field)
