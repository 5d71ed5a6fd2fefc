"""The forms of a hazard: registering it, and each verb's small form."""
from __future__ import annotations

from typing import ClassVar

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional, Regexp, StopValidation, ValidationError

from app.casework.counted import CountedField
from app.casework.file_kinds import ALL, SCANS
from app.casework.forms import (  # noqa: F401 - the noun's verbs name their forms in one place
    AddressForm,
    ChaseForm,
    CommentForm,
    DayField,
    DecisionForm,
    EntryField,
    FilesField,
    OrganizationField,
    ProxyFields,
    ReasonForm,
    RefusalForm,
    VerbForm,
    WholeField,
    filled,
    required,
)
from app.casework.once import OnceField
from app.casework.verbs import How
from app.hazards.counted import COUNTS
from app.hazards.states import STORED_SOURCES, DueKind, Level, Listing, Source
from app.organization.settings import said
from app.widgets import PlainSelect

PERIOD_UNITS = [("", "—"), ("days", _l("days")), ("workdays", _l("working days"))]
FORM_DUE_KINDS = (DueKind.DATE, DueKind.IMMEDIATE, DueKind.STANDING)


class OwedDay:
    """A day is owed when the deadline is one; a draft may still be without."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form, field):
        if field.raw_data and field.raw_data[0].strip():
            return
        field.errors = []  # an empty field is no unreadable day
        owed = form.due_kind.data == DueKind.DATE and "issue" in request.form and form.due_days.data is None
        raise StopValidation(_l("Give the day by which it must be rectified.") if owed else None)


class SumField(DecimalField):
    """A sum of money: NaN and the infinite are words that Decimal reads too."""

    def process_formdata(self, valuelist):
        super().process_formdata(valuelist)
        if self.data is not None and not self.data.is_finite():
            super().process_formdata([""])  # no number either: told in its words


class HazardForm(VerbForm):
    """Registering a hazard, and a draft's content: the form's two halves are attachment 2's."""

    enterprise_id = OrganizationField(
        _l("Enterprise"), [Optional()], kinds="enterprises",
        description=_l("Type part of the name, short name or credit code. Leave empty for a public place."),
    )
    place = StringField(
        _l("Place"), [Optional(), Length(max=200)],
        description=_l("Workshop, equipment, road section; or the place itself when there is no enterprise."),
    )
    happened_on = DayField(_l("Day of inspection"), [required],
                            description=_l("The day it was found, not the day of entry."))
    inspecting_unit_id = OrganizationField(_l("Inspecting unit"), [required])
    inspectors = StringField(_l("Inspectors"), [Optional(), Length(max=200)],
                             description=_l("Several persons separated by 、."))
    source = SelectField(_l("Source"), [required], choices=[("", "—"), *((s.value, s.title) for s in STORED_SOURCES)],
                         render_kw={"data-clause": "一（一）"})
    method = StringField(_l("Way of inspection"), [Optional(), Length(max=60)], render_kw={"list": "methods"})
    description = TextAreaField(
        _l("Description of the hazard"), [filled, Length(max=4000)], render_kw={"rows": 3, "data-clause": "一（二）"},
        description=_l("Which part, which equipment, against what rule. One problem per record."),
    )
    category_id = EntryField(_l("Category"), "hazard_category")
    industry_id = EntryField(_l("Industry"), "industry")
    level = RadioField(_l("Level"), [required], choices=Level.choices(), default=Level.GENERAL.value,
                       description=_l("Major needs the criterion it meets, and decides on listing."),
                       render_kw={"data-clause": "八（一）"})
    criterion_id = EntryField(_l("Criterion for major"), "major_criterion")
    criterion_note = StringField(_l("Clause of the criterion"), [Optional(), Length(max=300)])
    rectifiers = OrganizationField(
        _l("Rectifying units"), [Optional()], kinds="all", multiple=True,
        description=_l("Empty: the enterprise itself. Of several, the first one leads."),
    )
    heads = StringField(_l("Responsible persons"), [Optional(), Length(max=200)],
                        description=_l("Of the leading unit; several separated by 、."))
    due_kind = RadioField(_l("Deadline"), [required], choices=[(k.value, k.title) for k in FORM_DUE_KINDS],
                          default=DueKind.DATE.value)
    due = DayField(_l("To be rectified by"), [OwedDay()])
    due_days = WholeField(_l("Or within"), [Optional(), NumberRange(min=1, max=3650)],
                            description=_l(
                                "Counted from the day after the inspection; a last day on a holiday moves on."))
    due_unit = SelectField(_l("Counted in"), [Optional()], choices=PERIOD_UNITS)
    measures = TextAreaField(_l("Measures"), [Optional(), Length(max=4000)], render_kw={"rows": 2})
    recheck_unit_id = OrganizationField(
        _l("Rechecking unit"), [Optional()],
        description=_l("Empty: the inspecting unit rechecks; a self-report is rechecked by the daily regulator."),
    )
    interim_measures = TextAreaField(_l("Interim measures"), [Optional(), Length(max=2000)], render_kw={"rows": 2})
    funds = SumField(_l("Funds (10,000 yuan)"), [Optional(), NumberRange(min=0, max=9_999_999)], places=2)
    document_number = StringField(_l("Document number"), [Optional(), Length(max=80)])
    proxy_for = StringField(_l("Filled in for"), [Optional(), Length(max=60)],
                            description=_l("The enterprise's person who said so, and how to reach them."))
    proxy_evidence = StringField(_l("On what evidence"), [Optional(), Length(max=200)],
                                 description=_l("Written report, telephone call, visit on site …"))
    photos = FilesField(_l("Pictures of the hazard"), render_kw={"data-wide": True})
    client_key = OnceField()
    version = None

    def validate_due_days(self, field):
        """Days are not working days: nothing is picked for the user."""
        if field.data and not self.due.data and not self.due_unit.data:
            raise ValidationError(_l("Say whether days or working days."))


class EnterpriseHazardForm(HazardForm):
    """An enterprise reports its own (企业自查自报): what follows from that is not asked."""

    enterprise_id = inspecting_unit_id = source = rectifiers = recheck_unit_id = proxy_for = proxy_evidence = None


class ClaimForm(VerbForm):
    claimed_on = DayField(_l("Completed on"), [required])
    measures = TextAreaField(_l("Measures taken"), [Optional(), Length(max=4000)], render_kw={"rows": 2})
    progress = TextAreaField(_l("Result of rectification"), [filled, Length(max=4000)], render_kw={"rows": 2})
    prevention = TextAreaField(_l("Measures against recurrence"), [filled, Length(max=4000)],
                               render_kw={"rows": 2, "data-clause": "一（二）"})
    lessons = TextAreaField(_l("Like places checked too"), [Optional(), Length(max=2000)], render_kw={"rows": 2})
    before_photos = FilesField(_l("Pictures before"))
    after_photos = FilesField(_l("Pictures after"))

    def prefill(self, case, hat, today):
        self.claimed_on.data = today
        self.measures.data = case.current_round.measures


class SignedFields(ProxyFields):
    """签收单: a picture of the signed notice is evidence enough."""

    paper_scan = FilesField(_l("Signed notice"), kinds=SCANS, render_kw={"data-wide": True})
    proxy_evidence = StringField(_l("On what evidence"), [Length(max=200)],
                                 description=_l("May be left empty when the signed notice is attached."))

    def validate_proxy_evidence(self, field):
        if not (field.data or "").strip():
            if not any(upload.filename for upload in self.paper_scan.data or ()):
                raise ValidationError(_l("Attach the signed notice, or say on what other evidence."))
            field.data = str(_l("Signed on the notice (attached)"))


class AcknowledgeForm(VerbForm):
    acknowledged_on = DayField(_l("Received on"), [required])

    @classmethod
    def for_how(cls, how: How) -> type[VerbForm]:
        return type(cls.__name__, (cls, SignedFields), {}) if how is How.PROXY else super().for_how(how)

    def prefill(self, case, hat, today):
        self.acknowledged_on.data = today
        if case is not None and "proxy_for" in self:
            self.proxy_for.data = case.lead.heads


class RecheckForm(VerbForm):
    rechecked_on = DayField(_l("Rechecked on"), [required])
    recheckers = StringField(_l("Recheckers"), [filled, Length(max=200)],
                             description=_l("Several persons separated by 、."))
    opinion = TextAreaField(_l("Finding"), [filled, Length(max=2000)])
    after_photos = FilesField(_l("Pictures of the recheck"))

    def prefill(self, case, hat, today):
        self.rechecked_on.data, self.recheckers.data = today, hat.user_name


class ExtensionForm(ReasonForm):
    new_due = DayField(_l("Asked until"), [required])


class TransferForm(ReasonForm):
    """To another supervising unit: no enterprise rechecks, nor could it accept."""

    receiver_id = OrganizationField(_l("Receiving unit"), [required])


class ReassignForm(ReasonForm):
    receiver_id = OrganizationField(_l("Receiving unit"), [required], kinds="all")


class CorrectionForm(VerbForm):
    """更正. Every field shows what is recorded; what is changed is written into the history with old and new."""

    description = TextAreaField(_l("Description of the hazard"), [filled, Length(max=4000)])
    place = StringField(_l("Place"), [Optional(), Length(max=200)])
    method = StringField(_l("Way of inspection"), [Optional(), Length(max=60)])
    inspectors = StringField(_l("Inspectors"), [Optional(), Length(max=200)])
    category_id = EntryField(_l("Category"), "hazard_category")
    industry_id = EntryField(_l("Industry"), "industry")
    measures = TextAreaField(_l("Measures"), [Optional(), Length(max=4000)])
    interim_measures = TextAreaField(_l("Interim measures"), [Optional(), Length(max=2000)])
    document_number = StringField(_l("Document number"), [Optional(), Length(max=80)])
    reason = StringField(_l("Reason for the correction"), [filled, Length(max=300)])

    NAMES = ("description", "place", "method", "inspectors", "category_id", "industry_id", "measures",
             "interim_measures", "document_number")

    def prefill(self, case, hat, today):
        for name in self.NAMES:
            self[name].data = getattr(case.current_round if name == "measures" else case, name)

    def payload(self) -> dict:
        data = super().payload()
        # A field that the request left out is not a field that was emptied.
        values = {name: data[name] for name in self.NAMES if self[name].raw_data}
        return {"values": values, "reason": data["reason"], **{k: v for k, v in data.items() if k not in self.NAMES}}


class LevelForm(VerbForm):
    criterion_id = EntryField(_l("Criterion for major"), "major_criterion")
    criterion_note = StringField(_l("Clause of the criterion"), [Optional(), Length(max=300)])
    comment = TextAreaField(_l("Comment"), [Optional(), Length(max=1000)])


class ListingForm(VerbForm):
    listing = RadioField(_l("Decision"), [required], render_kw={"data-clause": "八（一）"},
                         choices=[(s.value, s.title) for s in (Listing.LISTED, Listing.NOT_LISTED)])
    listing_basis = StringField(_l("Basis"), [filled, Length(max=300)])

    def prefill(self, case, hat, today):
        if case.source == Source.SELF_REPORT:
            self.listing.data = Listing.NOT_LISTED.value


class MergeForm(CommentForm):
    kept_number = StringField(_l("Number of the hazard that is kept"), [filled, Length(max=40)])


class ReopenForm(CommentForm):
    found_on = DayField(_l("Found on"), [required])
    fake = BooleanField(_l("It was falsely reported as rectified"))

    def prefill(self, case, hat, today):
        self.found_on.data = today


class FilesForm(VerbForm):
    """Pictures, or with ``?purpose=paper`` in the address the signed notice."""

    purpose = RadioField(_l("Shows"), [required], choices=[("before", _l("Before")), ("after", _l("After")),
                                                           ("paper", _l("Paper"))], default="after")
    files = FilesField(_l("Pictures or files"), [required], kinds=ALL)

    def prefill(self, case, hat, today):
        if request.args.get("purpose") == "paper":
            self.purpose.data = "paper"


class FilterForm(AddressForm):
    q = StringField(_l("Keyword"), render_kw={"placeholder": _l("Number, description, enterprise")})
    unit = OrganizationField(_l("Unit"), kinds="all")
    level = SelectField(_l("Level"), choices=[("", _l("All levels")), *Level.choices()], widget=PlainSelect())
    source = SelectField(_l("Source"), widget=PlainSelect())
    due = SelectField(_l("Deadline"), widget=PlainSelect(), choices=[
        ("", _l("Any deadline")), ("over", _l("Overdue")),
        ("soon", _l("Due within %(days)s days", days=said("warning_days"))),
        ("immediate", _l("At once")), ("standing", _l("Standing")),
    ])
    since = DayField(_l("Inspected from"), [Optional()])
    until = DayField(_l("Inspected until"), [Optional()])
    counted = CountedField(COUNTS)
    industry = HiddenField(validators=[Optional(), Regexp(r"[1-9][0-9]{0,8}$")])


