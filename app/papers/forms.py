"""The form by which the office puts a template of its own in the product's place."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import Length, Optional


class TemplateForm(FlaskForm):
    template = FileField(_l("Template, a Word file (.docx)"), [FileRequired(_l("Please choose a file."))],
                         render_kw={"accept": ".docx"})
    note = StringField(_l("What is different"), [Optional(), Length(max=200)])
