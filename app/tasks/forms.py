"""The forms of a task: registering it, and each verb's small form."""
from __future__ import annotations

import datetime as dt
from typing import ClassVar

import sqlalchemy as sa
from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.access.scope import labels
from app.casework.counted import CountedField
from app.casework.file_kinds import ALL
from app.casework.forms import (  # noqa: F401 - the noun's verbs name their forms in one place
    AddressForm,
    CaseKeyField,
    ChaseForm,
    CommentForm,
    DayField,
    DecisionForm,
    FilesField,
    OrganizationField,
    ReasonForm,
    RefusalForm,
    VerbForm,
    WholeField,
    filled,
    required,
)
from app.casework.once import OnceField
from app.extensions import db
from app.organization.models import Organization
from app.organization.settings import said
from app.tasks import parties
from app.tasks.counted import COUNTS
from app.tasks.states import DueKind, Part, Source

YEARS = (2000, 2100)
GROUPS = (("townships", _l("All townships"), "township"), ("departments", _l("All member units"), "department"))
AS = [("", _l("Not chosen")), (Part.LEAD.value, _l("As responsible units")),
      (Part.SUPPORTING.value, _l("As supporting units"))]
GROUP_WORDS = {"townships": _l("All townships"), "departments": _l("All member units")}
METHODS = (_l("Telephone"), _l("Meeting"), _l("Letter"), _l("Visit on site"), _l("Interview"))


def id_or_none(value) -> int | None:
    """What was chosen; raises ValueError for what is no id: it is refused, not taken for "none"."""
    return None if value in (None, "", "None") else int(value)


class TaskForm(VerbForm):
    """Registering a task, and a draft's content. 一（一）: the columns of attachment 1 that the issuer fills in."""

    content = TextAreaField(_l("Main task"), [filled, Length(max=4000)],
                            render_kw={"rows": 3, "data-clause": "一（一）"},
                            description=_l("One task per record; column 2 of attachment 1."))
    measures = TextAreaField(_l("Concrete measures"), [Optional(), Length(max=8000)], render_kw={"rows": 3})
    source = SelectField(_l("Source of the task"), [required], choices=[("", "—"), *Source.choices()])
    document_number = StringField(_lp("task", "Document number"), [Optional(), Length(max=120)],
                                  description=_l("The paper that the task comes from."))
    year = WholeField(_l("Year of the list"), [required, NumberRange(*YEARS)])
    happened_on = DayField(_l("Assigned on"), [required], description=_l("The day of the paper, not of the entry."))
    townships = SelectField(_l("All townships"), choices=AS, default="")
    departments = SelectField(_l("All member units"), choices=AS, default="")
    lead_units = OrganizationField(
        _l("Responsible units"), [Optional()], kinds="all", multiple=True, render_kw={"data-wide": True},
        description=_l("Each has its own share, receipt and progress. Where others support them, they lead."))
    supporting_units = OrganizationField(
        _l("Supporting units"), [Optional()], kinds="all", multiple=True, render_kw={"data-wide": True})
    due_kind = RadioField(_lp("task", "Deadline"), [required], choices=DueKind.choices(), default=DueKind.DATE.value)
    due = DayField(_l("To be done by"), [Optional()])
    due_words = StringField(_l("Words of the deadline"), [Optional(), Length(max=120)])
    files = FilesField(_l("Papers"), kinds=ALL)
    client_key = OnceField()
    parent_id = CaseKeyField(validators=[Optional()])
    previous_id = CaseKeyField(validators=[Optional()])
    version = None

    def named(self) -> list[tuple[int, str]]:
        """`(unit, part)` of all units that the form names, groups resolved, each once."""
        found: dict[int, str] = {}
        for field, part in ((self.lead_units, Part.LEAD), (self.supporting_units, Part.SUPPORTING)):
            for choice in field.chosen():  # never the name of a unit that is out of scope
                found.setdefault(choice.id, part.value)
        for name, _title, kind in GROUPS:
            if self[name].data:
                for unit in units_of_kind(kind):
                    found.setdefault(unit, self[name].data)
        return sorted(found.items(), key=lambda pair: pair[1] == Part.SUPPORTING)

    def group_words(self) -> str | None:
        """各乡镇, when the units are one group and nothing else."""
        chosen = [name for name, _title, _kind in GROUPS if self[name].data]
        alone = len(chosen) == 1 and not (self.lead_units.data or self.supporting_units.data)
        return str(GROUP_WORDS[chosen[0]]) if alone else None


def units_of_kind(kind: str) -> list[int]:
    """The active units of a kind in the caller's county, in the directory's order."""
    return list(db.session.scalars(
        sa.select(Organization.id).where(Organization.kind == kind, Organization.active.is_(True))
        .order_by(Organization.sort_order, Organization.id)
    ))


def details_posted(units: list[int]) -> dict[int, dict]:
    """What the table of units says of each: `{unit: {"heads", "due"}}`; a day that is none is left for `faults`."""
    return {
        unit: {"heads": (request.form.get(f"heads-{unit}") or "").strip()[:200] or None,
               "due": (request.form.get(f"due-{unit}") or "").strip() or None}
        for unit in units
    }


def day_or_none(text: str | None) -> dt.date | None:
    """A typed day; raises ValueError."""
    if not text:
        return None
    day = dt.date.fromisoformat(text)
    if day.year not in DayField.YEARS:
        raise ValueError(text)
    return day


# ── verbs ──────────────────────────────────────────────────────────────────────────────────────────────────────
class AdjustForm(VerbForm):
    """Shows what holds; what is changed is changed for every unit, with its basis."""

    content = TextAreaField(_l("Main task"), [filled, Length(max=4000)], render_kw={"rows": 3})
    measures = TextAreaField(_l("Concrete measures"), [Optional(), Length(max=8000)], render_kw={"rows": 3})
    due = DayField(_l("New deadline"), [Optional()],
                   description=_l("Units whose deadline is the task's move with it; others keep their own."))
    basis = StringField(_l("Basis (document number)"), [filled, Length(max=200)], render_kw={"data-clause": "一（一）"})
    reason = TextAreaField(_l("Reason"), [filled, Length(max=1000)])

    def prefill(self, case, hat, today):
        self.content.data, self.measures.data, self.due.data = case.content, case.measures, case.due


class CorrectionForm(VerbForm):
    """更正. Every field shows what is recorded; what is changed is written into the history with old and new."""

    content = TextAreaField(_l("Main task"), [filled, Length(max=4000)])
    measures = TextAreaField(_l("Concrete measures"), [Optional(), Length(max=8000)])
    document_number = StringField(_lp("task", "Document number"), [Optional(), Length(max=120)])
    source = SelectField(_l("Source of the task"), [required], choices=Source.choices())
    year = WholeField(_l("Year of the list"), [required, NumberRange(*YEARS)])
    reason = StringField(_l("Reason for the correction"), [filled, Length(max=300)])

    NAMES = ("content", "measures", "document_number", "source", "year")

    def prefill(self, case, hat, today):
        for name in self.NAMES:
            self[name].data = getattr(case, name)

    def payload(self) -> dict:
        data = super().payload()
        # A field that the request left out is not a field that was emptied.
        values = {name: data[name] for name in self.NAMES if self[name].raw_data}
        return {"values": values, "reason": data["reason"], **{k: v for k, v in data.items() if k not in self.NAMES}}


class UnitsForm(VerbForm):
    lead_units = OrganizationField(_l("Responsible units"), [Optional()], kinds="all", multiple=True)
    supporting_units = OrganizationField(_l("Supporting units"), [Optional()], kinds="all", multiple=True)
    due = DayField(_l("Their deadline"), [Optional()], description=_l("Empty: the task's own."))

    def payload(self) -> dict:
        data = super().payload()
        due = data["due"] and data["due"].isoformat()
        parts = ((data.pop("lead_units"), Part.LEAD), (data.pop("supporting_units"), Part.SUPPORTING))
        planned = [{"unit": unit, "part": part.value, "heads": None, "due": due} for units, part in parts
                   for unit in units or ()]
        return {**data, "planned": planned}


class FollowUpForm(VerbForm):
    followed_on = DayField(_l("Followed up on"), [required])
    unit_id = SelectField(_l("Which unit"), [Optional()], coerce=id_or_none, choices=[("", _l("The whole task"))],
                          description=_l("Of one unit: only that unit and those who oversee read it."))
    method = StringField(_l("Way of following up"), [Optional(), Length(max=60)], render_kw={"list": "methods"})
    text = TextAreaField(_l("What was found or ordered"), [filled, Length(max=2000)])

    suggestions: ClassVar = {"methods": METHODS}  # of a field's `list`

    def keep(self, case) -> None:
        ids = [part.unit_id for part in parties.parts_of(db.session, case.id)]
        names = labels(db.session, Organization.__table__, ids)
        self.unit_id.choices = [("", _("The whole task")), *((unit, names.get(unit, "")) for unit in ids)]

    def prefill(self, case, hat, today):
        self.followed_on.data = today


class TerminateForm(ReasonForm):
    basis = StringField(_l("Basis (document number)"), [filled, Length(max=200)])


class MergeForm(CommentForm):
    kept_number = StringField(_l("Number of the task that is kept"), [filled, Length(max=40)])


class FilesForm(VerbForm):
    purpose = RadioField(_l("Kind of file"), [required], choices=[("paper", _l("Paper")), ("evidence", _l("Evidence"))],
                         default="paper")
    files = FilesField(_l("Pictures or files"), [required], kinds=ALL)


# ── lists ──────────────────────────────────────────────────────────────────────────────────────────────────────
class FilterForm(AddressForm):
    q = StringField(_l("Keyword"), render_kw={"placeholder": _l("Number, task, document number")})
    year = SelectField(_l("Year of the list"), choices=())
    unit = OrganizationField(_l("Unit"), kinds="all")
    source = SelectField(_l("Source of the task"), choices=[("", _l("All sources")), *Source.choices()])
    due = SelectField(_lp("task", "Deadline"), choices=[
        ("", _l("Any deadline")), ("over", _l("Overdue")),
        ("soon", _l("Due within %(days)s days", days=said("warning_days"))),
        ("unsigned", _l("Not signed for in time")), ("owed", _l("Progress owed")),
    ])


class ShareFilterForm(FilterForm):
    source = None
    part = SelectField(_l("Whose share"), choices=[
        ("", _l("All shares in sight")), ("mine", _l("My unit's own")),
        ("ours", _l("Owed, issued or supervised by my unit")),
    ])
    counted = CountedField(COUNTS)
