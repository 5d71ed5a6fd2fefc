"""The verbs of a letter: drafted, checked, signed with its number, served; taken back or void. Nobody else writes its
state.

From `issued` on the state follows from the deliveries (`follow`). Each verb runs inside `casework.verbs.perform`.
"""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.administration.units import take_issuer_code
from app.casework.cases import TITLE_LENGTH, Case
from app.casework.errors import Obstacle, refuse_when
from app.casework.history import record
from app.casework.numbering import document_number, next_document_number, take_document_number
from app.casework.requests import SECOND_PERSON, same_name
from app.casework.verbs import Act
from app.deliveries import operations as service
from app.deliveries.rules import RUNNING_STATES
from app.letters import rules
from app.letters.models import Letter, LetterItem, Trigger
from app.letters.placeholders import LETTER
from app.letters.states import LetterState
from app.organization.directory import standing
from app.organization.models import User
from app.papers.operations import freeze

COLUMNS = (
    "type", "title", "grounds", "requirements", "reply_required", "day_unit", "plan_days", "reply_days", "contact",
    "copies", "escalated_from_id", "corrects_id",
)
_cases, _users = Case.__table__, User.__table__


def plan(unit: int, via: int | None = None) -> dict:
    """One line of `Letter.planned`."""
    return {"unit": unit, "via": via}


# ── the draft ──────────────────────────────────────────────────────────────────────────────────────────────────
def draft(session, hat, data: dict, today: dt.date) -> Letter:
    """A new letter as a draft. `data`: COLUMNS, `planned`, `items` ``[{"text", "due"}]``, `triggers`
    ``[{"situation", "own_requirement", "shown_by_id"}]``.
    """
    letter = Letter(
        county_id=hat.county_id, filed_by_id=hat.organization_id, created_by_id=hat.user_id,
        state=LetterState.DRAFT.value, state_since=today, happened_on=today, issued=False, planned=[], authors=[],
        client_key=data.get("client_key"), items=[], triggers=[],
    )
    rewrite(session, hat, letter, data)
    session.add(letter)
    return letter


def rewrite(session, hat, letter: Letter, data: dict) -> None:
    """Write a draft's content; only what `data` holds is touched. Who writes is one of its authors from now on."""
    for name in COLUMNS:
        if name in data:
            setattr(letter, name, data[name])
    letter.title = " ".join((letter.title or "").split())[:TITLE_LENGTH]
    if not letter.reply_required:
        letter.plan_days = letter.reply_days = None
    if "planned" in data:
        letter.planned = list({line["unit"]: line for line in reversed(data["planned"])}.values())[::-1]
    if "items" in data:
        items = [LetterItem(position=n, **item) for n, item in enumerate(data["items"])]
        _replace(session, letter, "items", items)
    if "triggers" in data:
        _replace(session, letter, "triggers", [Trigger(**one) for one in data["triggers"]])
    letter.authors = sorted({*letter.authors, *hat.persons})


def _replace(session, letter: Letter, name: str, rows: list) -> None:
    """A draft's parts as they are now; what they were stands in the history."""
    for row in list(getattr(letter, name)):
        session.delete(row)
    setattr(letter, name, rows)


def check_complete(letter: Letter, today: dt.date) -> None:
    """Raise Obstacle when the draft cannot be sent."""
    refuse_when(rules.why_not_submit(
        letter.title, letter.grounds, [line["unit"] for line in letter.planned], letter.filed_by_id,
        [one.situation for one in letter.triggers if one.situation],
        next((one.own_requirement for one in letter.triggers if one.own_requirement), None)))
    refuse_when(rules.why_not_days(letter.reply_required, letter.plan_days, letter.reply_days))
    refuse_when(rules.why_not_items([item.due for item in letter.items], today))


def _within_the_office(act: Act) -> None:
    """What the office does to its draft is not the recipients' to read, once they find the letter."""
    act.confined_to_id = act.scans_confined_to_id = act.case.filed_by_id


def submit(act: Act) -> None:
    check_complete(act.case, act.today)
    act.case.authors = sorted({*act.case.authors, *act.hat.persons})
    _within_the_office(act)


def check(act: Act) -> None:
    """核稿, by a second person."""
    refuse_author(act)
    _note_check(act, act.extra.get("decided_by") or act.hat.user_name)
    _within_the_office(act)


def _note_check(act: Act, name: str) -> None:
    letter = act.case
    letter.checked_by_id, letter.checked_by = act.hat.user_id, name
    letter.checked_on = act.data.get("decided_on") or act.today


def refuse_author(act: Act) -> None:
    """Who wrote the draft neither checks nor signs it, with another hat, for another or on paper."""
    name = act.extra.get("decided_by")
    if name is None:
        same = not act.hat.persons.isdisjoint(act.case.authors)
    else:
        authors = sa.select(_users.c.last_name).where(_users.c.id.in_(act.case.authors))
        same = any(same_name(author, name) for author in act.session.execute(authors).scalars())
    if same:
        raise Obstacle(SECOND_PERSON, "decided_by" if name else None)


def send_back(act: Act) -> None:
    """退回修改, or taken back by who wrote it: a draft again, nobody has checked it."""
    letter = act.case
    letter.checked_by_id = letter.checked_by = letter.checked_on = None
    _within_the_office(act)


def discard(act: Act) -> None:
    """A draft is put aside, not deleted."""
    act.case.closed_on = act.today
    _within_the_office(act)


# ── signed, and served ─────────────────────────────────────────────────────────────────────────────────────────
def sign(act: Act) -> None:
    """签发: the number is given now, and each recipient is served. Who signs what nobody checked has checked it."""
    letter = act.case
    refuse_author(act)
    check_complete(letter, act.today)
    act.scans_confined_to_id = letter.filed_by_id
    letter.signer = act.extra.get("decided_by") or act.hat.user_name
    letter.signed_on = act.data.get("decided_on") or act.today
    if letter.checked_by is None:
        _note_check(act, letter.signer)
    recipients = _recipients(act)
    letter.issuer_code = take_issuer_code(
        act.session, act.hat, letter.filed_by_id, act.data.get("issuer_code"), act.today)
    n, year = act.data.get("n"), letter.signed_on.year
    drawn = (take_document_number(act.session, letter, letter.issuer_code, year, n) if n
             else next_document_number(act.session, letter, letter.issuer_code, year))
    letter.number = act.extra["number"] = document_number(letter.issuer_code, year, drawn.n)
    letter.issued, letter.happened_on, letter.state = True, letter.signed_on, LetterState.ISSUED.value
    letter.planned = []
    act.session.flush()
    service.serve(act.session, act.hat, letter, recipients, _terms(letter), act.today)
    letter.due = nearest_due(act.session, letter.id)
    _tell_the_other(act)
    freeze(act.session, act.hat, letter, LETTER.name, act.today)


def _recipients(act: Act) -> list[dict]:
    """As they are today: a merged unit's successor in its place."""
    found = standing(act.session, act.case.planned)
    if len(found) < len(act.case.planned):
        raise Obstacle(_l("A recipient of the draft is no longer in the directory: edit the draft."))
    return found


def nearest_due(session, letter_id: int) -> dt.date | None:
    """The nearest day of the deliveries whose clock runs, whoever asks; a report stops it."""
    return session.execute(sa.select(sa.func.min(_cases.c.due)).where(
        _cases.c.head_id == letter_id, _cases.c.issued.is_(True), _cases.c.state.in_(RUNNING_STATES)
    )).scalar_one()


def _terms(letter: Letter) -> service.Terms:
    return service.Terms(letter.reply_required, letter.day_unit, letter.plan_days, letter.reply_days)


def _tell_the_other(act: Act) -> None:
    """更正, 升级: the letter that this one corrects or follows says so to whoever reads it."""
    letter = act.case
    for verb, other_id in (("corrected_by", letter.corrects_id), ("escalated_by", letter.escalated_from_id)):
        other = act.session.get(Letter, other_id) if other_id else None
        if other is not None:
            record(act.session, act.hat, verb, act.today, case=other, extra={"number": letter.number})
            act.extra[verb.removesuffix("_by")] = other.number
