"""The forms of a delivery's verbs."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.casework.clock import today
from app.casework.counted import CountedField
from app.casework.deadlines import is_overdue
from app.casework.file_kinds import ALL, SCANS
from app.casework.forms import (
    AddressForm,
    CommentForm,
    DayField,
    FilesField,
    OrganizationField,
    ReasonForm,
    RefusalForm,
    VerbForm,
    filled,
    required,
)
from app.casework.verbs import How
from app.deliveries import rules
from app.deliveries.counted import COUNTS
from app.deliveries.states import Channel, Method
from app.organization.settings import said

OUTSIDE = [(method.value, method.title) for method in Method if method is not Method.SYSTEM]


class AcknowledgeForm(VerbForm):
    """One press signs: who and when is known."""


class ReceiptForm(VerbForm):
    method = SelectField(_l("How it was served"), [required], choices=[("", "—"), *OUTSIDE])
    acknowledged_by = StringField(_l("Signed for by"), [filled, Length(max=64)],
                                  description=_l("The person who took it; where it was left, the witness."))
    acknowledged_on = DayField(_l("Signed for on"), [required])
    evidence = StringField(_l("What proves it"), [Optional(), Length(max=200)],
                           description=_l("Postal number, time of the call, who was present … or the scan below."))
    proof = FilesField(_l("Signed receipt"), kinds=SCANS)

    def prefill(self, case, hat, today):
        self.acknowledged_on.data = today


class DeemForm(VerbForm):
    method = SelectField(_l("How it was served"), [required], choices=[("", "—"), *OUTSIDE])
    acknowledged_on = DayField(_l("Deemed served on"), [required],
                               description=_l("Every period runs from this day."))
    evidence = TextAreaField(_l("What proves it"), [filled, Length(max=1000)])
    proof = FilesField(_l("Scans"), kinds=SCANS)

    def prefill(self, case, hat, today):
        self.acknowledged_on.data = today


class _ReplyForm(VerbForm):
    """File or text; whose signature stands below it. What came on paper also has its day."""

    @classmethod
    def for_how(cls, how: How) -> type[VerbForm]:
        form = super().for_how(how)
        return type(cls.__name__, (form, _FiledOn), {}) if how is How.PROXY else form


class _FiledOn:
    filed_on = DayField(_l("Filed on"), [required], description=_l("The day on which it reached you."))


class PlanForm(_ReplyForm):
    text = TextAreaField(_l("Rectification plan"), [Optional(), Length(max=4000)],
                         render_kw={"rows": 4, "data-clause": "四（三）"},
                         description=_l("Write it here, or attach the file."))
    files = FilesField(_l("Files"), kinds=ALL)
    signer = StringField(_l("Signed by"), [filled, Length(max=64)],
                         description=_l("The head of your unit who signed it."))

    def prefill(self, case, hat, today):
        if "filed_on" in self:
            self.filed_on.data = today


class ReportForm(_ReplyForm):
    text = TextAreaField(_l("What was done, and with what result"), [Optional(), Length(max=4000)],
                         render_kw={"rows": 5, "data-clause": "四（三）"},
                         description=_l("Write it here, or attach the file."))
    files = FilesField(_l("Files"), kinds=ALL)
    with_plan = BooleanField(_l("This report contains the rectification plan"))
    late_reason = TextAreaField(_l("Reason for being overdue"), [Optional(), Length(max=1000)],
                                render_kw={"rows": 2}, description=_l("Required once the deadline has passed."))
    signer = StringField(_l("Signed by"), [filled, Length(max=64)],
                         description=_l("The head of your unit who signed it."))

    prefill = PlanForm.prefill

    def keep(self, case) -> None:
        """What is asked only of some: the plan where it is owed still, the reason where the deadline has passed."""
        super().keep(case)
        if not rules.owes_plan(case.plan_days, case.planned_on):
            del self.with_plan
        if not is_overdue(case.reply_due, today()):
            del self.late_reason


class AcceptForm(VerbForm):
    comment = TextAreaField(_l("Opinion"), [Optional(), Length(max=1000)])


class RejectForm(RefusalForm):
    new_due = DayField(_l("New day for the answer"), [Optional()],
                       description=_l("Empty: the present day stays, and the clock runs on."))


class ExtensionForm(ReasonForm):
    new_due = DayField(_l("Asked until"), [required])


class ChaseForm(VerbForm):
    channel = SelectField(_l("How"), [required], choices=Channel.choices())
    to = StringField(_l("To whom"), [Optional(), Length(max=64)], description=_l("Empty: whoever handles it."))
    comment = TextAreaField(_l("Comment"), [Optional(), Length(max=1000)])


class ReopenForm(CommentForm):
    found_on = DayField(_l("Found on"), [required])
    new_due = DayField(_l("New day for the answer"), [Optional()],
                       description=_l("Empty: the present day stays, and the clock runs on."))

    def prefill(self, case, hat, today):
        self.found_on.data = today


class FilesForm(VerbForm):
    files = FilesField(_lp("delivery", "Files"), [required], kinds=ALL)


class FilterForm(AddressForm):
    q = StringField(_l("Keyword"), render_kw={"placeholder": _l("Number, title, recipient")})
    part = SelectField(_l("Received or sent"), choices=[
        ("received", _l("Received by my unit")), ("sent", _l("Sent by my unit")),
        ("ours", _l("Received or sent by my unit")), ("all", _l("All letters in sight")),
    ])
    unit = OrganizationField(_l("Recipient"), kinds="all")
    due = SelectField(_lp("task", "Deadline"), choices=[
        ("", _l("Any deadline")), ("unsigned", _l("Not signed for in time")), ("over", _l("Reply overdue")),
        ("soon", _l("Due within %(days)s days", days=said("warning_days"))),
    ])
    counted = CountedField(COUNTS)
