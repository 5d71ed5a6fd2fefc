"""Form fields in our look that WTForms does not have: search-as-you-type over rows the user may choose."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import Flask, current_app
from flask_appbuilder.models.sqla.filters import FilterContains, FilterEqual, FilterRelation
from flask_appbuilder.widgets import SearchWidget
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from wtforms import BooleanField, DateField, Field, FileField, HiddenField, RadioField, ValidationError
from wtforms.csrf.core import CSRFTokenField
from wtforms.widgets import DateInput, HiddenInput, NumberInput, TextArea, TextInput


@dataclass(frozen=True)
class Choice:
    """A row that may be chosen: what it is called, and a note that tells it from its namesakes."""

    id: int
    text: str
    note: str = ""


def attributes(**values) -> Markup:
    """As WTForms' `html_params` writes them, in a third of its steps."""
    said = []
    for name, value in sorted(values.items()):
        if value is not False:
            name = name.rstrip("_")
            name = name.replace("_", "-") if name.startswith(("data_", "aria_")) else name
            said.append(name if value is True else f'{name}="{escape(value)}"')
    return Markup(" ".join(said))


PLAIN = (TextInput, HiddenInput, NumberInput, DateInput, TextArea)


def drawn(field: Field, asked: dict) -> Markup:
    """The field as its widget draws it. Of a plain input the widget would look through all that `flags` inherits."""
    widget, told = field.widget, {**(field.render_kw or {}), **asked}
    if type(widget) not in PLAIN:
        return field.widget(field, **told)
    flags = {name: value for name, value in vars(field.flags).items() if name in widget.validation_attrs}
    told = {"name": field.name, "id": field.id, **flags, **told}
    if type(widget) is TextArea:
        return Markup(f"<textarea {attributes(**told)}>\r\n{escape(field._value())}</textarea>")
    return Markup(f"<input {attributes(**{'type': widget.input_type, 'value': field._value(), **told})}>")


class RemoteSelectWidget:
    """A combobox: what is chosen travels in hidden inputs, the visible input only searches.

    app.js makes it live; `data-url` answers ``?q=`` with ``{"results": [{"id", "text", "note"}]}``.
    """

    def __call__(self, field: RemoteSelectField, **kwargs) -> Markup:
        chosen = field.chosen()
        input_ = attributes(**{
            "type": "text", "id": field.id, "role": "combobox", "autocomplete": "off", "aria_expanded": "false",
            "aria_autocomplete": "list", "aria_controls": f"{field.id}-list",
            "placeholder": _("Type a few characters of the name"),
            "value": "" if field.multiple or not chosen else chosen[0].text, **kwargs, "class": "form-control",
        })
        box = attributes(
            class_="remote", data_remote=field.url, data_name=field.name,
            data_multiple="1" if field.multiple else False, data_none=_("Nothing found"),
        )
        chips = Markup("").join(self.chip(field, choice) for choice in chosen)
        # An empty choice is an answer, too; but what the user could not have chosen is left out, and stays.
        # The mark comes after what is chosen: "required" looks at the first value only.
        asked = len(chosen) == len(field._ids())
        mark = Markup('<input type="hidden" name="{}" value="">').format(field.name) if asked else ""
        return Markup(
            '<div {box}><span class="chips">{chips}</span>{mark}<input {input_}>'
            '<ul class="options" id="{id}-list" role="listbox" hidden></ul></div>'
        ).format(box=box, mark=mark, chips=chips, input_=input_, id=field.id)

    @staticmethod
    def chip(field: RemoteSelectField, choice: Choice) -> Markup:
        hidden = Markup('<input type="hidden" name="{}" value="{}">').format(field.name, choice.id)
        if not field.multiple:
            return hidden
        return Markup('<span class="chip">{}{}<button type="button" aria-label="{}">×</button></span>').format(
            hidden, choice.text, _("Remove %(name)s", name=choice.text)
        )


class RemoteSelectField(Field):
    """Chooses among many rows. `data`: an id or None; a list of ids when `multiple`.

    `url` searches; `load(ids)` gives the `Choice`s among them that this user may choose now, under the scope,
    so that a posted id that could not have been chosen is refused.
    """

    widget = RemoteSelectWidget()

    def __init__(self, label=None, validators=None, url: Callable[[], str] | str = "",
                 load: Callable[[Sequence[int]], Iterable[Choice]] | None = None, multiple: bool = False, **kwargs):
        super().__init__(label, validators, **kwargs)
        self._url, self.load, self.multiple = url, load, multiple
        self._chosen: list[Choice] | None = None

    @property
    def url(self) -> str:
        return self._url() if callable(self._url) else self._url

    def _ids(self) -> list[int]:
        if self.multiple:
            return list(self.data or ())
        return [] if self.data is None else [self.data]

    def chosen(self) -> list[Choice]:
        """The choices of `data`, in its order; what may not be chosen is left out."""
        if self._chosen is None:
            ids = self._ids()
            found = {choice.id: choice for choice in self.load(ids)} if ids else {}
            self._chosen = [found[i] for i in ids if i in found]
        return self._chosen

    def process_formdata(self, valuelist) -> None:
        self._chosen = None
        texts = [text for text in valuelist if text.strip()]
        try:
            ids = list(dict.fromkeys(int(text) for text in texts))
            if any(not 0 < i < 2**31 for i in ids):
                raise ValueError  # no key of ours, and the database would not take it for one
        except ValueError as error:
            self.data = [] if self.multiple else None
            raise ValueError(self.gettext("Not a valid choice.")) from error
        self.data = ids if self.multiple else (ids[0] if ids else None)

    def pre_validate(self, form) -> None:
        if len(self.chosen()) != len(self._ids()):
            raise ValidationError(_l("Not a valid choice"))


class PlainSelect:
    """A drop-down without groups and without attributes of its options: as short to draw as it is on the page."""

    def __call__(self, field, **kwargs) -> Markup:
        chosen = "" if field.data is None else str(field.data)
        options = _options(tuple(map(tuple, field.choices)), chosen)
        if field.flags.required:
            kwargs.setdefault("required", True)
        told = attributes(**{"name": field.name, "id": field.id, **kwargs})
        return Markup(f"<select {told}>{options}</select>")


@lru_cache(maxsize=256)  # the dictionaries change a few times a year
def _options(choices: tuple[tuple[object, object], ...], chosen: str) -> str:
    return "".join(
        f'<option value="{escape(value)}"{" selected" if str(value) == chosen else ""}>{escape(label)}</option>'
        for value, label in choices
    )


class FilterBar(SearchWidget):
    """The framework's search as filters always in sight: per column one operator, "contains" for words.

    Its `_flt_<operator>_<column>` names stay, so that a filtered list is a bookmark. Set it as `search_widget`.
    """

    template = "appbuilder/general/widgets/search.html"

    def __call__(self, **kwargs) -> str:
        active = {column: (name, value) for column, name, value in self.filters.get_filters_values_tojson()}
        operators = self.filters.get_search_filters()
        inputs = [
            self._input(column, operators[column], active.get(column), self.template_args["form"][column])
            for column in self.template_args["include_cols"]
        ]
        template = current_app.jinja_env.get_template(self.template)
        return template.render(inputs=inputs, any_active=bool(active))

    @staticmethod
    def _input(column: str, operators: list, active: tuple | None, field: Field) -> dict:
        """What the template needs for one column: name, label, value; (value, label) pairs for a select."""
        wanted = (FilterContains, FilterEqual, FilterRelation)
        index = next((i for cls in wanted for i, one in enumerate(operators) if isinstance(one, cls)), 0)
        choices = None
        if hasattr(field, "iter_choices"):
            choices = [(str(pk), text) for pk, text, *_rest in field.iter_choices() if pk not in ("", "__None")]
        elif field.type == "BooleanField":
            choices = [("True", _("Yes")), ("False", _("No"))]
        return {
            "name": f"_flt_{index}_{column}", "label": field.label.text, "choices": choices,
            "value": "" if active is None else as_text(active[1]),
        }


def as_text(value) -> str:
    """A filter's value as its input shows it; the framework keeps one that was given twice as a list."""
    return str(value[0] if isinstance(value, list) else value)


CONTROLS = (
    (HiddenField, "hidden"), (CSRFTokenField, "hidden"), (BooleanField, "check"), (RadioField, "radio"),
    (FileField, "files"), (DateField, "date"),
)


def control_of(field: Field) -> str:
    """Which control of ours draws a field, whatever it was subclassed to."""
    if isinstance(field.widget, HiddenInput):
        return "hidden"
    return next((name for cls, name in CONTROLS if isinstance(field, cls)), "plain")


def asked_fields(form) -> list[Field]:
    """The fields that a form asks for, in its order; the hidden ones are drawn elsewhere."""
    return [field for field in form if control_of(field) != "hidden"]


def described(field: Field, more: dict | None = None) -> dict:
    """The attributes that tie a control to its help and its fault, with `more`; our data-* marks stay away."""
    marks = dict.fromkeys(("data-clause", "data-wide", "data-when"), False)
    ids = [f"{field.id}-help"] if field.description or (field.render_kw or {}).get("data-clause") else []
    if field.errors:
        ids.insert(0, f"{field.id}-fault")
        marks["aria-invalid"] = "true"
    if ids:
        marks["aria-describedby"] = " ".join(ids)
    return {**marks, **(more or {})}


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(asked_fields=asked_fields, control_of=control_of, described=described)
