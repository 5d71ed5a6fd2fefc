"""A fresh form's first values: a draft's content, another letter's, or what the address says (a proposal, a record).

Everything that comes by the address passes the scope: what is out of sight is as if it were not there.
"""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask_babel import gettext as _

from app.casework.errors import Obstacle
from app.deliveries.states import TERMINAL_STATES
from app.gate import keys
from app.letters import drafting, queries, rules, shown
from app.letters.forms import LetterForm
from app.letters.models import Letter
from app.letters.operations import plan
from app.letters.states import LetterType, Situation
from app.occasions.models import Occasion
from app.occasions.states import WeatherLevel
from app.organization.directory import homes_of, regulators_by_firm, standing
from app.organization.models import Post
from app.organization.settings import setting
from app.papers.words import day

CONTENT = ("type", "title", "grounds", "requirements", "reply_required", "day_unit", "plan_days", "reply_days",
           "contact", "copies")

OWN = "own"  # the field of what shows the office's own requirement


def fill(session, form: LetterForm, hat, args, today: dt.date, letter: Letter | None = None) -> None:
    """Fill a fresh form. `letter`: the draft that is edited; else `args` of the address:

    `copy`, `corrects`, `from_letter` (a letter), `type`, `unit` (several), `situation`, `shown_by` (several),
    `told` (several: records that show no situation: what they show is `own_requirement`, or they are for the grounds
    alone), `proposal` (several).
    """
    _open(form, hat)
    before = letter or _before(session, form, hat, args)
    if before is not None:
        _content(session, form, before, same=letter is not None or form.corrects_id.data is not None)
    if letter is None:
        if form.escalated_from_id.data is not None:
            _next_rung(session, form, before)
        _of_the_address(session, form, hat, args, today)
        _by_type(form)
    # A merged unit's successor in its place, as when the letter is served.
    planned = [plan(unit) for unit in form.recipients.data or ()]
    form.recipients.data = [line["unit"] for line in standing(session, planned)] if planned else []
    if not form.problems.entries or form.problems.entries[-1].form.text.data:
        form.problems.append_entry()


def _open(form: LetterForm, hat) -> None:
    form.day_unit.data = setting("letter_day_unit")
    form.contact.data = "　".join(filter(None, (hat.user_name, hat.phone)))


def _before(session, form: LetterForm, hat, args) -> Letter | None:
    """The letter that is copied, corrected or followed; the last two as far as the unit may."""
    for name, field in (("corrects", form.corrects_id), ("from_letter", form.escalated_from_id)):
        for letter_id in keys(args.getlist(name))[:1]:
            try:
                letter = drafting.refuse_foreign(session, hat, letter_id, field.name)
            except Obstacle:
                continue
            field.data = letter.id
            return letter
    copied = keys(args.getlist("copy"))[:1]
    return session.get(Letter, copied[0]) if copied else None


def _content(session, form: LetterForm, letter: Letter, same: bool) -> None:
    """`same`: recipients too, as of a draft or a letter that is corrected; a copy starts without."""
    for name in CONTENT:
        form[name].data = getattr(letter, name)
    while form.problems.entries:
        form.problems.pop_entry()
    for item in letter.items:
        form.problems.append_entry({"text": item.text, "due": item.due})
    for one in letter.triggers:
        if one.situation:
            form[f"situation_{one.situation}"].data = True
        else:
            form.own_requirement.data = one.own_requirement
        records = form[f"shown_{one.situation or OWN}"]
        records.data = [*(records.data or []), *([one.shown_by_id] if one.shown_by_id else [])]
    for key in (*Situation, OWN):  # what its reader no longer finds is not offered
        records = form[f"shown_{key}"]
        records.data = list(shown.among(session, records.data or ()))
    if same:
        form.recipients.data = [line["unit"] for line in letter.planned] or [
            delivery.recipient_id for delivery in queries.deliveries_of(session, letter)]
    if form.corrects_id.data is not None:
        form.title.data = _("Correction of %(number)s: %(title)s", number=letter.number, title=letter.title)[:120]


def _next_rung(session, form: LetterForm, letter: Letter) -> None:
    """升级: to those who have not answered it, one rung higher; it rests on their deliveries."""
    rung = rules.next_rung(letter.type) or LetterType.SUPERVISORY
    title = letter.title.replace(str(LetterType(letter.type).title), str(rung.title))
    form.type.data, form.title.data = rung.value, title
    waiting = [one for one in queries.deliveries_of(session, letter) if one.state not in TERMINAL_STATES]
    form.recipients.data = [one.recipient_id for one in waiting]
    form.plan_days.data = form.reply_days.data = None
    form.grounds.data = _("%(number)s, sent on %(day)s, is not answered as it asks.", number=letter.number,
                          day=day(letter.signed_on)) + "\n" + letter.grounds


def _of_the_address(session, form: LetterForm, hat, args, today: dt.date) -> None:
    situations = [s for s in args.getlist("situation") if s in set(Situation)]
    showing = keys(args.getlist("shown_by"))
    records = shown.among(session, [*showing, *keys(args.getlist("told"))])
    for value in situations:
        form[f"situation_{value}"].data = True
        form[f"shown_{value}"].data = [one.id for one in records.values() if one.id in showing
                                       and value in shown.shows(one, situations)]
    if own := "；".join(dict.fromkeys(filter(None, args.getlist("own_requirement")))):
        form.own_requirement.data = own[:200]
        form.shown_own.data = [one.id for one in records.values() if one.id not in showing and one.kind != "delivery"]
    if units := keys(args.getlist("unit")):
        form.recipients.data = units
    form.proposals.data = ",".join(map(str, keys(args.getlist("proposal"))))
    _set_type(form, args.get("type"))
    if records and not form.grounds.data:
        _from_records(session, form, hat, list(records.values()), today)
    elif form.escalated_from_id.data is not None:  # besides the letter that is followed
        form.grounds.data += "".join(f"\n{shown.fact(one, today)}" for one in records.values())


def _set_type(form: LetterForm, asked: str | None) -> None:
    """What the address asks for, else what is there, else what the situations suggest; the title says the same."""
    before, suggested = form.type.data, rules.suggested_type(form.situations())
    form.type.data = asked if asked in set(LetterType) else before or (suggested.value if suggested else None)
    if before and form.title.data:
        form.title.data = form.title.data.replace(
            str(LetterType(before).title), str(LetterType(form.type.data).title))


def _from_records(session, form: LetterForm, hat, records: list[shown.Shown], today: dt.date) -> None:
    """Title, grounds and requirements in the office's words, from the facts of what the letter rests on."""
    told = told_by(session, [one.id for one in records if one.kind == "occasion"], hat)
    facts = [shown.fact(one, today, told.get(one.id)) for one in records]
    form.grounds.data = "\n".join(facts)
    asked = (shown.requirement(one, told.get(one.id)) for one in records)
    form.requirements.data = form.requirements.data or "\n".join(dict.fromkeys(filter(None, asked)))
    form.title.data = shown.subject(
        records[0], LetterType(form.type.data or LetterType.ADVISORY).title, told.get(records[0].id))[:120]


def told_by(session, ids: list[int], hat) -> dict[int, dict]:
    """What an occasion says to this reader, by id; one statement."""
    rows = session.scalars(sa.select(Occasion).where(Occasion.id.in_(ids))).all() if ids else ()
    return {row.id: {"type": row.type, "said_by": row.said_by or "", "weather": row.weather,
                     "level": WeatherLevel.title_of(row.weather_level) or ""} for row in rows}


def _by_type(form: LetterForm) -> None:
    """The days that the office gives to a letter of this type, where the form has none of its own."""
    if form.type.data is None or form.reply_days.data is not None:
        return
    plan_days, reply_days = days_of(form.type.data)
    form.plan_days.data, form.reply_days.data = plan_days, reply_days
    form.reply_required.data = reply_days is not None


# The settings that say, of each type, within how many days the plan and the answer are due.
DAYS = {
    LetterType.ADVISORY: ("advisory_plan_days", "advisory_reply_days"),
    LetterType.REMINDER: ("reminder_plan_days", "reminder_reply_days"),
    LetterType.SUPERVISORY: ("supervisory_plan_days", "supervisory_reply_days"),
}


def days_of(letter_type: str) -> tuple[int | None, int | None]:
    """`(days until the plan, until the answer)` by the settings; None: not asked for."""
    return tuple(setting(key) or None for key in DAYS[letter_type])


# ── who hands it on ────────────────────────────────────────────────────────────────────────────────────────────
def lines(session, units: list[int], letter: Letter | None, posted: dict[int, int | None]) -> list[dict]:
    """The enterprises among the recipients, each with who may hand the letter on: ``{unit, name, via, online,
    choices}``; constant in statements. Who has no post in the system gets it through its township unless told.

    `posted`: `{unit: via}` as far as the form said so.
    """
    homes = homes_of(session, units)
    firms = [unit for unit in units if unit in homes and homes[unit][0]]
    if not firms:
        return []
    posts = Post.__table__.c.organization_id
    online = set(session.execute(sa.select(posts).where(posts.in_(firms))).scalars())
    regulators = regulators_by_firm(session, firms)
    near = {firm: [i for i in dict.fromkeys([homes[firm][1], *regulators[firm]]) if i] for firm in firms}
    names = queries.unit_names(session, [*firms, *(unit for others in near.values() for unit in others)])
    told = {line["unit"]: line["via"] for line in letter.planned} if letter else {}
    usual = {firm: None if firm in online else next(iter(near[firm]), None) for firm in firms}
    return [
        {"unit": firm, "name": names.get(firm, ""), "via": {**usual, **told, **posted}[firm], "online": firm in online,
         "choices": [(unit, names.get(unit, "")) for unit in near[firm]]}
        for firm in firms
    ]
