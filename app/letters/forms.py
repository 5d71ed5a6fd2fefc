"""The forms of a letter: drafting it, signing it, and the list's filters."""
from __future__ import annotations

import sqlalchemy as sa
from flask import g, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import BooleanField, Form, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.administration.forms import RowsField, rows_of
from app.casework.file_kinds import ALL, SCANS
from app.casework.forms import (  # noqa: F401 - the noun's verbs name their forms in one place
    AddressForm,
    CaseKeyField,
    CommentForm,
    DayField,
    DecisionForm,
    FilesField,
    OrganizationField,
    PaperFields,
    RefusalForm,
    VerbForm,
    WholeField,
    filled,
    required,
)
from app.casework.once import OnceField
from app.casework.verbs import How
from app.deliveries.forms import ChaseForm  # noqa: F401 - as above
from app.deliveries.states import DayUnit
from app.extensions import db
from app.gate import keys
from app.letters import shown
from app.letters.operations import plan
from app.letters.states import LetterType, Situation
from app.organization.models import Organization
from app.widgets import RemoteSelectField

GROUPS = {"townships": "township", "departments": "department"}
_units = Organization.__table__


class ShownField(RemoteSelectField):
    """Records that show a situation, found by number or title among those in scope."""

    def __init__(self, **kwargs):
        super().__init__(_l("Records that show it"), [Optional()], url=lambda: url_for("Letters.lookup"),
                         load=lambda ids: shown.choices(db.session, ids), multiple=True, **kwargs)


class KeysField(HiddenField):
    """Hidden ids, separated by commas; what is none is left out."""

    def process_formdata(self, valuelist):
        self.data = ",".join(map(str, keys(part for value in valuelist for part in value.split(",") if part)))

    @property
    def ids(self) -> list[int]:
        return keys(part for part in (self.data or "").split(",") if part)


class ProblemForm(Form):
    text = TextAreaField(_l("Problem"), [Optional(), Length(max=2000)], render_kw={"rows": 2})
    due = DayField(_l("To be rectified by"), [Optional()])


class ProblemsField(RowsField):
    """Rows of problems; a fault of one is told in words at the head of the form, too."""

    def validate(self, form, extra_validators=()):
        sound = super().validate(form, extra_validators)
        self.errors = [message for row in self for field in row.form for message in field.errors]
        return sound


class LetterForm(VerbForm):
    """Drafting a letter. 附录C1: grounds, problems, requirements with their days, contact, copies."""

    type = RadioField(_l("Type of letter"), [required], choices=LetterType.choices())
    own_requirement = StringField(
        _l("Or the office's own requirement"), [Optional(), Length(max=200)],
        description=_l("Where no situation of the text covers the case: the letter then cites no clause for it."))
    shown_own = ShownField(render_kw={"data-wide": True})
    title = StringField(_lp("letter", "Title"), [filled, Length(max=120)], render_kw={"data-wide": True})
    townships = BooleanField(_l("All townships"))
    departments = BooleanField(_l("All member units"))
    recipients = OrganizationField(
        _l("Recipients"), [Optional()], kinds="recipients", multiple=True, render_kw={"data-wide": True},
        description=_l("One letter with one number, however many; each signs for it and answers by itself."))
    grounds = TextAreaField(_l("Grounds"), [filled, Length(max=8000)], render_kw={"rows": 4},
                            description=_l("What it rests on: facts, with their data."))
    problems = ProblemsField(ProblemForm, _l("Problems"), spare=1)
    requirements = TextAreaField(_l("Requirements"), [Optional(), Length(max=8000)],
                                 render_kw={"rows": 4, "data-clause": "四（三）"})
    reply_required = BooleanField(_l("An answer is asked for"))
    plan_days = WholeField(_l("Days until the plan"), [Optional(), NumberRange(1, 180)],
                           description=_l("From the day it is signed for. Empty: no plan is asked for."))
    reply_days = WholeField(_l("Days until the answer"), [Optional(), NumberRange(1, 180)])
    day_unit = RadioField(_l("Counted in"), choices=[(u.value, u.title) for u in reversed(DayUnit)])
    contact = StringField(_l("Contact and phone"), [Optional(), Length(max=120)])
    copies = StringField(_l("Copies to"), [Optional(), Length(max=300)])
    files = FilesField(_l("Annexes"), kinds=ALL)
    client_key = OnceField()
    escalated_from_id = CaseKeyField(validators=[Optional()])
    corrects_id = CaseKeyField(validators=[Optional()])
    proposals = KeysField()
    version = None

    def situation_fields(self) -> list[tuple]:
        """`(situation, its box, the field of its records)`, in the order of the text."""
        return [(one, self[f"situation_{one.value}"], self[f"shown_{one.value}"]) for one in Situation]

    def situations(self) -> list[str]:
        return [one.value for one, box, _records in self.situation_fields() if box.data]

    def triggers(self) -> list[dict]:
        """What the letter rests on, as `operations.draft` takes it."""
        found = []
        for one, box, records in self.situation_fields():
            if box.data:
                found += [{"situation": one.value, "own_requirement": None, "shown_by_id": record}
                          for record in records.data or [None]]
        if own := (self.own_requirement.data or "").strip():
            found += [{"situation": None, "own_requirement": own, "shown_by_id": record}
                      for record in self.shown_own.data or [None]]
        return found

    def units(self) -> list[int]:
        """The recipients, groups resolved, each once; never one out of scope."""
        named = [choice.id for choice in self.recipients.chosen()]
        for name, kind in GROUPS.items():
            named += units_of_kind(kind) if self[name].data else []
        return list(dict.fromkeys(named))

    def letter_data(self, vias: dict[int, int | None]) -> dict:
        """What the form says, as `drafting.save` takes it. `vias`: who hands it on, by recipient."""
        data = self.payload()
        left = ("townships", "departments", "recipients", "own_requirement", "problems", "proposals")
        data = {name: value for name, value in data.items() if name not in left
                and not name.startswith(("situation_", "shown_"))}
        if not data["reply_required"]:
            data["plan_days"] = data["reply_days"] = None
        data["day_unit"] = data["day_unit"] or DayUnit.WORKING.value
        data["items"] = [row for row in rows_of(self.problems.data) if row["text"]]
        data["triggers"] = self.triggers()
        data["planned"] = [plan(unit, vias.get(unit)) for unit in self.units()]
        return data


for _one in Situation:
    setattr(LetterForm, f"situation_{_one.value}", BooleanField(_one.title))
    setattr(LetterForm, f"shown_{_one.value}", ShownField(render_kw={"data-wide": True}))


def vias_posted(units: list[int]) -> dict[int, int | None]:
    """Who hands the letter on, as far as the form says so; checked against the scope when it is saved."""
    found = {}
    for unit in units:
        if (text := request.form.get(f"via-{unit}")) is not None:
            found[unit] = next(iter(keys([text])), 0) if text else None  # 0: no unit of ours, refused
    return found


def units_of_kind(kind: str) -> list[int]:
    """The active units of a kind in the caller's county but the own one, in the directory's order."""
    return [unit for unit in db.session.scalars(
        sa.select(Organization.id).where(Organization.kind == kind, Organization.active.is_(True))
        .order_by(Organization.sort_order, Organization.id)
    ) if unit not in g.hat.organization_ids]


# ── verbs ──────────────────────────────────────────────────────────────────────────────────────────────────────
class SignedOnPaper(PaperFields):
    decided_by = StringField(_l("Signed by"), [filled, Length(max=60)],
                             description=_l("Signed on paper and recorded here: who signed."))
    decided_on = DayField(_l("Signed on"), [required])
    paper_scan = FilesField(_l("Scan of the signed paper"), [required], kinds=SCANS)


class SignForm(VerbForm):
    """签发. The number comes from the issuer's series, or from the office's paper register."""

    issuer_code = StringField(
        _l("Code of your unit's letters"), [filled, Length(max=30)],
        description=_l("The characters before the year in a document number: 阳安办函. Asked once, then kept."))
    n = WholeField(_l("Number in the paper register"), [Optional(), NumberRange(1, 99_999)],
                   description=_l("Only when the register has given it one already. Empty: the next number is given."))
    comment = TextAreaField(_l("Opinion"), [Optional(), Length(max=1000)])

    @classmethod
    def for_how(cls, how: How) -> type[VerbForm]:
        return type(cls.__name__, (cls, SignedOnPaper), {}) if how is How.PAPER else cls

    def keep(self, case) -> None:
        super().keep(case)
        code = db.session.execute(sa.select(_units.c.issuer_code).where(_units.c.id == case.filed_by_id)).scalar_one()
        if code:
            del self.issuer_code

    def prefill(self, case, hat, today):
        if "decided_on" in self:
            self.decided_on.data = today


class FilesForm(VerbForm):
    purpose = RadioField(_l("Kind of file"), [required], default="paper", choices=[
        ("paper", _l("Annex, for every recipient")), ("evidence", _l("Own papers, for the issuer only"))])
    files = FilesField(_l("Pictures or files"), [required], kinds=ALL)


# ── lists ──────────────────────────────────────────────────────────────────────────────────────────────────────
class FilterForm(AddressForm):
    q = StringField(_l("Keyword"), render_kw={"placeholder": _l("Number, words, signer")})
    type = SelectField(_l("Type of letter"), choices=[("", _l("All types")), *LetterType.choices()])
    situation = SelectField(_l("Situation"), choices=lambda: [  # worded for who asks, not at the start
        ("", _l("All situations")), *((one.value, f"{one.value} {one.title}") for one in Situation)])
    unit = OrganizationField(_l("Recipient"), kinds="all")
    since = DayField(_l("Signed from"), [Optional()])
    until = DayField(_l("Signed until"), [Optional()])
    due = SelectField(_lp("letter", "How it stands"), choices=[
        ("", _lp("letter", "Any")), ("unsigned", _l("Not signed for by all")),
        ("unanswered", _l("Not answered by all")), ("over", _l("Overdue"))])
