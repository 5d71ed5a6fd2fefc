"""What the forms of units, people and settings share."""
from __future__ import annotations

import sqlalchemy as sa
from flask import url_for
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField, IntegerField, RadioField, SelectField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from app.casework.forms import EntryField, VerbForm  # noqa: F401 - the screens name their fields in one place
from app.extensions import db
from app.organization.models import DictionaryEntry, Organization
from app.widgets import Choice, RemoteSelectField


class RowForm(VerbForm):
    """A row's content. `version` is the row as the form saw it; a new row has none."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])

    @property
    def seen(self) -> int | None:
        """The version that the sender saw, not the one that is now."""
        return self.version.data if self.version.raw_data else None

    def answers(self) -> dict:
        """What was asked and answered: a field that the request left out is not among it, and is not written."""
        left_out = self.untouched() - {field.name for field in self if isinstance(field, RowsField) and field.posted}
        told = {name: value for name, value in self.payload().items() if name not in left_out}
        return {name: rows_of(value) if isinstance(self[name], RowsField) else value for name, value in told.items()}


def rows_of(rows: list[dict]) -> list[dict]:
    """The rows' texts without spaces at their ends; an empty text is None."""
    return [{name: value.strip() or None if isinstance(value, str) else value for name, value in row.items()}
            for row in rows]


class YesNoField(RadioField):
    """Yes or no, both of them said: a box left unticked is not told from a field left out."""

    def __init__(self, label, **kwargs):
        super().__init__(label, choices=[("1", _l("Yes")), ("0", _l("No"))], validate_choice=False,
                         coerce=lambda value: None if value is None else value in (True, "1"), **kwargs)


class UnitField(RemoteSelectField):
    """A unit of the county, one not active too: who keeps what is there must be able to send the form."""

    def __init__(self, label=None, validators=None, kinds: str = "units", multiple: bool = False, **kwargs):
        super().__init__(label, validators, url=lambda: url_for("Directory.lookup", kinds=kinds), multiple=multiple,
                         load=_units, **kwargs)


def _units(ids) -> list[Choice]:
    """One by one: those that a form shows are in the session already."""
    found = (db.session.get(Organization, i) for i in ids)
    return [Choice(unit.id, str(unit)) for unit in found if unit is not None]


class EntriesField(RemoteSelectField):
    """Several entries of a dictionary, found by name."""

    def __init__(self, label, dictionary: str, **kwargs):
        super().__init__(label, url=lambda: url_for("Directory.entries", dictionary=dictionary), multiple=True,
                         load=_entries, **kwargs)


def _entries(ids) -> list[Choice]:
    rows = db.session.execute(
        sa.select(DictionaryEntry.id, DictionaryEntry.name).where(DictionaryEntry.id.in_(ids))
    )
    return [Choice(*row) for row in rows]


class RowsField(FieldList):
    """Rows of a small form, with a few empty ones below to fill in."""

    def __init__(self, form: type[Form], label, spare: int = 2, **kwargs):
        super().__init__(FormField(form), label, **kwargs)
        self.spare = spare

    def process(self, formdata, *args, **kwargs) -> None:
        super().process(formdata, *args, **kwargs)
        self.posted = bool(formdata) and bool(self.entries)
        if not self.posted:
            for _n in range(self.spare):
                self.append_entry()


def choices_of(titles: dict, empty="—") -> list[tuple[str, object]]:
    return [("", empty), *titles.items()]


def townships() -> list[tuple[str, object]]:
    """The county's townships as choices, an empty one first."""
    rows = db.session.execute(
        sa.select(Organization.id, Organization.name)
        .where(Organization.kind == "township", Organization.active.is_(True))
        .order_by(Organization.sort_order, Organization.id)
    )
    return [("", "—"), *((str(row.id), row.name) for row in rows)]


class TownshipField(SelectField):
    """A township of the county; `data` is an id or None."""

    def __init__(self, label, validators=None, **kwargs):
        super().__init__(label, validators, coerce=lambda value: int(value) if value else None, choices=townships,
                         **kwargs)


class WordField(SelectField):
    """One of a few words; nothing is picked for the user."""

    def __init__(self, label, validators=None, titles: dict | None = None, **kwargs):
        super().__init__(label, validators, choices=choices_of(titles or {}), coerce=lambda value: value or None,
                         **kwargs)

    def pre_validate(self, form) -> None:
        if self.data is not None:
            super().pre_validate(form)
