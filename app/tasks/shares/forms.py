"""The forms of a share's verbs."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.casework.clock import today
from app.casework.deadlines import is_overdue
from app.casework.file_kinds import ALL
from app.casework.forms import (  # noqa: F401 - the verbs name their forms in one place
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


class AcknowledgeForm(VerbForm):
    acknowledged_on = DayField(_l("Received on"), [required])

    def prefill(self, case, hat, today):
        self.acknowledged_on.data = today


class _Reported(VerbForm):
    reported_on = DayField(_l("As of"), [required])
    percent = WholeField(_l("Percent done"), [required, NumberRange(min=0, max=100)],
                         description=_l("As your unit sees it; the issuer verifies."))
    text = TextAreaField(_l("Progress made"), [filled, Length(max=4000)],
                         render_kw={"rows": 3, "data-clause": "一（一）"})


class _Claimed(VerbForm):
    claimed_on = DayField(_l("Completed on"), [required])
    text = TextAreaField(_l("What was done, and what proves it"), [filled, Length(max=4000)],
                         render_kw={"rows": 3, "data-clause": "一（一）"})


class _Beside(VerbForm):
    """What stands below either, in the order of the screen: fields come in the order they were made."""

    overdue_reason = TextAreaField(_l("Reason for being overdue"), [Optional(), Length(max=1000)],
                                   render_kw={"rows": 2}, description=_l("Required once the deadline has passed."))
    difficulties = TextAreaField(_l("Difficulties"), [Optional(), Length(max=2000)], render_kw={"rows": 2})
    next_step = TextAreaField(_l("Next step"), [Optional(), Length(max=2000)], render_kw={"rows": 2})
    files = FilesField(_l("Evidence"), kinds=ALL, render_kw={"data-wide": True})

    def keep(self, case) -> None:
        """The reason is asked for where it is owed only."""
        super().keep(case)
        if not is_overdue(case.due, today()):
            del self.overdue_reason


class ReportForm(_Reported, _Beside):
    def keep(self, case) -> None:
        super().keep(case)
        if "overdue_reason" in self:  # owed by every report, whatever its day; a completion in time owes none
            self.overdue_reason.flags.required = True

    def prefill(self, case, hat, today):
        self.reported_on.data, self.percent.data = today, case.percent_claimed


class ClaimForm(_Claimed, _Beside):
    next_step = None

    def prefill(self, case, hat, today):
        self.claimed_on.data = today


class VerifyForm(VerbForm):
    verified_on = DayField(_l("Verified on"), [required])
    comment = TextAreaField(_l("Opinion"), [Optional(), Length(max=1000)])

    def prefill(self, case, hat, today):
        self.verified_on.data = today


class RejectForm(RefusalForm):
    percent_verified = WholeField(_l("Verified percent"), [Optional(), NumberRange(min=0, max=100)])


class VerifyProgressForm(VerbForm):
    percent_verified = WholeField(_l("Verified percent"), [required, NumberRange(min=0, max=100)])
    comment = TextAreaField(_l("Opinion"), [Optional(), Length(max=1000)])

    def prefill(self, case, hat, today):
        self.percent_verified.data = case.percent_claimed


class ExtensionForm(ReasonForm):
    new_due = DayField(_l("Asked until"), [required])


class ReassignForm(ReasonForm):
    receiver_id = OrganizationField(_l("Receiving unit"), [required], kinds="all")


class AcceptForm(DecisionForm):
    heads = StringField(_lp("task", "Responsible persons"), [Optional(), Length(max=200)],
                        description=_l("Several persons separated by 、."))


class ReopenForm(CommentForm):
    found_on = DayField(_l("Found on"), [required])
    percent_verified = WholeField(_l("Verified percent"), [Optional(), NumberRange(min=0, max=100)])

    def prefill(self, case, hat, today):
        self.found_on.data = today


class CorrectionForm(VerbForm):
    heads = StringField(_lp("task", "Responsible persons"), [Optional(), Length(max=200)],
                        description=_l("Several persons separated by 、."))
    reason = StringField(_l("Reason for the correction"), [filled, Length(max=300)])

    def prefill(self, case, hat, today):
        self.heads.data = case.heads

    def payload(self) -> dict:
        """Persons that the request left out stay as they are."""
        data = super().payload()
        return {name: value for name, value in data.items() if name != "heads" or self.heads.raw_data}


class FilesForm(VerbForm):
    files = FilesField(_l("Pictures or files"), [required], kinds=ALL)
