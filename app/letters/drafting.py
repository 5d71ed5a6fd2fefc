"""From the form to a draft, in one transaction, and on to its checking."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.access.scope import labels
from app.casework.attachments import attach
from app.casework.errors import NotFound, Obstacle, Stale, refuse_when
from app.casework.history import record
from app.casework.once import making_once
from app.casework.unit_of_work import lock_case, unit_of_work
from app.casework.verbs import act_on, changes_between, settle
from app.letters import operations, rules, shown
from app.letters.models import Letter
from app.letters.states import LetterState
from app.letters.verbs import LETTERS
from app.occasions.rules import OFFICE
from app.organization.models import Organization

# What else follows from a new draft, in its transaction: `(session, hat, letter, proposal ids, today)`. Who proposes
# letters registers here (app/escalation); called when the form named proposals.
on_saved: list[Callable[[object, object, Letter, list[int], dt.date], None]] = []
BEFORE = ("corrects_id", "escalated_from_id")


def complete(session, hat, data: dict) -> dict:
    """Let nothing pass that was posted past the scope: recipients, records, the letter before. Raises Obstacle."""
    refuse_when(rules.why_not_days(data["reply_required"], data["plan_days"], data["reply_days"]))
    wanted = {i for line in data["planned"] for i in (line["unit"], line["via"]) if i is not None}
    found = set(session.scalars(
        sa.select(Organization.id).where(Organization.id.in_(wanted), Organization.active.is_(True))
    )) if wanted else set()
    if wanted - found:
        raise Obstacle(_l("One of the units is not in your directory any more. Choose again."), "recipients")
    records = {one["shown_by_id"] for one in data["triggers"]} - {None}
    if records - shown.among(session, records).keys():
        raise Obstacle(NotFound.message, "situations")
    for name in BEFORE:
        if data.get(name) is not None:
            refuse_foreign(session, hat, data[name], name)
    return data


def refuse_foreign(session, hat, letter_id: int, how: str) -> Letter:
    """The letter that another one corrects or follows (`how`, of BEFORE): the own unit's, and sent; the county office
    may follow any unit's in its place. Raises Obstacle.
    """
    letter = session.get(Letter, letter_id)
    own = letter is not None and letter.filed_by_id in hat.organization_ids
    in_its_place = letter is not None and how == "escalated_from_id" and hat.role in OFFICE
    if not (own or in_its_place) or not rules.may_follow(letter.state, letter.issued):
        raise Obstacle(NotFound.message)
    return letter


def register(session, hat, data: dict, files, today: dt.date, submit: bool, proposals: list[int] = ()) -> Letter:
    """A new letter, as a draft or sent for checking at once. Call within a unit of work. Raises Obstacle."""
    letter = operations.draft(session, hat, data, today)
    session.flush()
    settle(session, LETTERS, letter)
    attach(session, letter, hat, files, "paper")
    record(session, hat, "register", today, case=letter, to_state=letter.state, confined_to_id=letter.filed_by_id)
    if proposals:
        for hook in on_saved:
            hook(session, hat, letter, list(proposals), today)
    if submit:
        act_on(session, LETTERS, LETTERS.verbs["submit"], letter, hat, {}, today)
    return letter


def save(session, hat, data: dict, files, today: dt.date, letter_id: int | None, version: int | None, submit: bool,
         proposals: list[int] = ()) -> Letter:
    """Save what the form said: a new letter, or a draft's content. Raises NotFound, Stale, Obstacle, AlreadyMade."""
    data = complete(session, hat, data)
    if letter_id is None:
        with making_once(session, hat, data["client_key"]), unit_of_work(session):
            return register(session, hat, data, files, today, submit, proposals)
    with unit_of_work(session):
        letter = lock_case(session, Letter, letter_id, version)
        if version is None or letter.state != LetterState.DRAFT:
            raise Stale
        before, parts = {name: getattr(letter, name) for name in LETTERS.tracked}, parts_of(session, letter)
        operations.rewrite(session, hat, letter, {name: v for name, v in data.items() if name not in BEFORE})
        settle(session, LETTERS, letter)
        attach(session, letter, hat, files, "paper")
        changes = changes_between(before, letter) | {
            name: [parts[name], now] for name, now in parts_of(session, letter).items() if now != parts[name]}
        record(session, hat, "edit_draft", today, case=letter, changes=changes, confined_to_id=letter.filed_by_id)
        if submit:
            act_on(session, LETTERS, LETTERS.verbs["submit"], letter, hat, {}, today)
    return letter


def parts_of(session, letter: Letter) -> dict:
    """A draft's parts as the history keeps them, the recipients by name."""
    names = labels(session, Organization.__table__, [line["unit"] for line in letter.planned])
    return {
        "problems": [f"{item.text}（{item.due.isoformat()}）" if item.due else item.text for item in letter.items],
        "situations": [one.situation or one.own_requirement for one in letter.triggers],
        "recipients": [names[line["unit"]] for line in letter.planned],
    }
