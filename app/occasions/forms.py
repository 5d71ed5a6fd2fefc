"""The forms of an occasion."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.casework.file_kinds import ALL
from app.casework.forms import (
    AddressForm,
    CommentForm,  # noqa: F401 - the noun's verbs name their forms in one place
    DayField,
    EntryField,
    FilesField,
    OrganizationField,
    VerbForm,
    filled,
    required,
)
from app.casework.once import OnceField
from app.occasions.states import OccasionKind, WeatherLevel


class OccasionForm(VerbForm):
    """Recording one. 四（二）: what a letter may rest on and no ledger holds."""

    type = RadioField(_lp("occasion", "Kind"), [required], choices=OccasionKind.choices(),
                      default=OccasionKind.INSTRUCTION.value, render_kw={"data-clause": "四（二）", "data-wide": True})
    title = StringField(_lp("letter", "Title"), [filled, Length(max=120)], render_kw={"data-wide": True},
                        description=_l("Everybody who may read the record reads the title; keep secrets out of it."))
    happened_on = DayField(_lp("occasion", "Day"), [required])
    said_by = StringField(_l("Who said it, or the source"), [Optional(), Length(max=120)],
                          description=_l("The leader, the weather service, the notice."))
    weather = StringField(_l("Weather"), [Optional(), Length(max=40)],
                          render_kw={"list": "weathers", "data-when": "type=weather"})
    weather_level = SelectField(_l("Level of the warning"), [Optional()],
                                choices=[("", "—"), *WeatherLevel.choices()], render_kw={"data-when": "type=weather"})
    text = TextAreaField(_lp("occasion", "Text"), [filled, Length(max=8000)], render_kw={"rows": 4})
    due = DayField(_l("To be answered by"), [Optional()], render_kw={"data-when": "type=instruction"})
    confidential = BooleanField(_l("Confidential: the text is for my unit and the county office only"),
                                render_kw={"data-when": "type=instruction"})
    industry_id = EntryField(_l("Industry concerned"), "industry")
    unit_ids = OrganizationField(_l("Units concerned"), [Optional()], kinds="recipients", multiple=True,
                                 render_kw={"data-wide": True},
                                 description=_l("A choice for the letters that follow; they are told nothing by this."))
    files = FilesField(_l("Scan or notice"), kinds=ALL)
    client_key = OnceField()
    version = None

    suggestions = {"weathers": (_l("Rainstorm"), _l("Strong wind"), _l("Cold wave"), _l("Snowstorm"), _l("Dense fog"),
                                _l("Heat"), _l("Thunderstorm"), _l("Icy roads"))}

    def occasion_data(self) -> dict:
        data = self.payload()
        return {**data, "weather_level": data["weather_level"] or None, "unit_ids": self.unit_ids.data or []}


class AnswerForm(VerbForm):
    answer = TextAreaField(_l("What was done"), [filled, Length(max=8000)], render_kw={"rows": 3})
    answered_on = DayField(_l("Answered on"), [required])
    files = FilesField(_l("Evidence"), kinds=ALL)

    def prefill(self, case, hat, today):
        self.answered_on.data = today


class FilesForm(VerbForm):
    files = FilesField(_l("Pictures or files"), [required], kinds=ALL)


class FilterForm(AddressForm):
    q = StringField(_l("Keyword"), render_kw={"placeholder": _l("Number, words, who said it")})
    type = SelectField(_lp("occasion", "Kind"), choices=[("", _l("All kinds")), *OccasionKind.choices()])
