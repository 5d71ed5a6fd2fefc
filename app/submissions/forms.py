"""The forms of a submission: what stands around the form, and each verb's small form."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import Length, Optional, Regexp

from app.casework.forms import (  # noqa: F401 - the noun's verbs name their forms in one place
    AddressForm,
    ChaseForm,
    CommentForm,
    DayField,
    DecisionForm,
    OrganizationField,
    RefusalForm,
    VerbForm,
    filled,
    required,
)
from app.extensions import db
from app.organization.colleagues import of_units
from app.submissions.rules import MONTH
from app.submissions.states import Show, SubmittedLedger
from app.submissions.wording import month_words
from app.widgets import PlainSelect

REVIEWERS = frozenset({"unit_reviewer", "county_head"})


class SubmitForm(VerbForm):
    """What the printed form names at its foot."""

    reviewer = StringField(_l("Reviewed by"), [filled, Length(max=60)])
    filer = StringField(_l("Filed by"), [filled, Length(max=60)])
    phone = StringField(_l("Phone"), [Optional(), Length(max=40)])

    def prefill(self, case, hat, today):
        self.filer.data, self.phone.data = hat.user_name, hat.phone
        found = of_units(db.session, hat.county_id, hat.organization_ids, today, REVIEWERS)
        self.reviewer.data = found[0].name if found else ""


class DutyForm(VerbForm):
    version = None
    organization_id = OrganizationField(_l("Unit"), [required])
    ledger = RadioField(_l("Ledger"), [required], choices=SubmittedLedger.choices())
    owes = RadioField(_l("Owed"), [required], choices=[("yes", _l("Owed")), ("no", _l("Not owed"))])
    valid_from = DayField(_l("From"), [required])
    valid_to = DayField(_l("To"), [Optional()], description=_l("Empty: until another word is said."))

    def words(self) -> dict:
        """As `duties.tell` is given them."""
        return {**self.payload(), "owes": self.owes.data == "yes"}


class FilterForm(AddressForm):
    """`months`: those to choose from; one that is asked for besides is one of them."""

    q = StringField(_l("Keyword"), render_kw={"placeholder": _l("Number, month, unit")})
    month = SelectField(_l("Month"), [Optional(), Regexp(MONTH)], validate_choice=False, widget=PlainSelect())
    unit = OrganizationField(_l("Unit"))
    ledger = SelectField(_l("Ledger"), widget=PlainSelect(),
                         choices=[("", _l("Both ledgers")), *SubmittedLedger.choices()])
    show = SelectField(_l("How it was submitted"), widget=PlainSelect(),
                       choices=[("", _l("Submitted or not")), *Show.choices()])

    def offer(self, months: list[str]) -> None:
        asked = [self.month.data] if self.month.data and self.month.validate(self) else []
        found = sorted({*months, *asked}, reverse=True)
        self.month.choices = [("", _l("All months")), *((month, month_words(month)) for month in found)]
