"""The small forms of a decision, and the filters of the list."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length

from app.casework.forms import DayField, VerbForm, filled, required


class PostponeForm(VerbForm):
    to = DayField(_l("Until"), [required], description=_l(
        "It comes back on that day; if its facts are gone by then, it closes itself."))


class DismissForm(VerbForm):
    reason = TextAreaField(_l("Reason"), [filled, Length(max=1000)], description=_l(
        "The same facts do not come back; worse ones do."))
