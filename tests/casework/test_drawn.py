"""A field is drawn as WTForms draws it, attribute by attribute."""

import re

import pytest
from wtforms import DateField, Form, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from app.widgets import PLAIN, drawn


class Fields(Form):
    words = StringField("文字", [InputRequired(), Length(max=20)], render_kw={"placeholder": "<写>", "disabled": True})
    day = DateField("日期")
    count = IntegerField("数", [NumberRange(1, 9)])
    text = TextAreaField("说明", [Length(min=2, max=300)])
    kept = HiddenField()
    chosen = SelectField("选", choices=[("a", "甲")])


def parts(html) -> tuple[str, set[str], str]:
    name, told, inside = re.match(r"<(\w+)((?:[^>\"]|\"[^\"]*\")*)>(.*)", str(html), re.DOTALL).groups()
    return name, set(re.findall(r'[\w-]+(?:="[^"]*")?', told)), inside


@pytest.mark.parametrize("asked", [{}, {"class": "wide", "aria-label": "引\"号", "type": "text", "required": False}])
def test_as_the_library_draws_it(asked):
    form = Fields(data={"words": "甲\"乙<丙>", "count": 3, "text": "一\n<二>", "kept": "7", "chosen": "a"})
    for field in form:
        told = {**(field.render_kw or {}), **asked}
        assert parts(drawn(field, asked)) == parts(field.widget(field, **told)), field.name
    assert {type(field.widget) for field in form} > set(PLAIN)
