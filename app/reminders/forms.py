"""The form of a channel."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length, Optional

from app.administration.forms import RowForm, YesNoField
from app.casework.forms import OrganizationField, filled, required


class ChannelForm(RowForm):
    name = StringField(_l("Name"), [filled, Length(max=60)])
    organization_id = OrganizationField(_l("Unit whose digest it is"), [required], kinds="units")
    url = StringField(
        _l("Address"), [Optional(), Length(max=2000)], render_kw={"autocomplete": "off"},
        description=_l("Written as in the examples above. It is not shown again; left empty, it stays as it is."))
    active = YesNoField(_l("In use"), default="1")
