"""The screen of dictionaries (字典): industries in two levels, categories, ways of inspection, criteria for major."""
from __future__ import annotations

from flask import g, request, url_for
from flask_appbuilder.forms import DynamicForm
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from app.access.interface import Contains, Equals, OfficeInterface, YesNo
from app.access.scope import labels
from app.access.views import OfficeView
from app.administration import office
from app.administration.forms import RowForm, WordField, YesNoField
from app.administration.unit_views import YES_NO
from app.casework.clock import today
from app.casework.forms import DayField, WholeField, filled, required
from app.extensions import db
from app.organization.dictionaries import first_level
from app.organization.models import DictionaryEntry

TAB = "_flt_0_dictionary"


def parents() -> list[tuple[str, str]]:
    """Entries of the first level, each with its dictionary; read once per request."""
    if "parents" not in g:
        g.parents = [("", "—"), *((str(row.id), f"{office.DICTIONARIES.get(row.dictionary, '')}：{row.name}")
                                  for row in first_level(db.session))]
    return g.parents


class ParentField(SelectField):
    """An entry of the first level; `data` is an id or None. One that was retired stays where it is."""

    def __init__(self, label, **kwargs):
        super().__init__(label, [Optional()], coerce=lambda value: int(value) if value else None, choices=parents,
                         **kwargs)

    def process(self, formdata, *args, **kwargs) -> None:
        super().process(formdata, *args, **kwargs)
        if self.object_data and str(self.object_data) not in {value for value, _words in self.choices}:
            gone = labels(db.session, DictionaryEntry.__table__, [self.object_data])
            self.choices = [*self.choices, *((str(i), name) for i, name in gone.items())]


class EntrySearch(DynamicForm):
    name = StringField(_l("Name"))
    dictionary = WordField(_l("Dictionary"), titles=office.DICTIONARIES)
    parent_id = SelectField(_l("Upper entry"), choices=parents, validate_choice=False)
    active = WordField(_l("In use"), titles=YES_NO)


class EntryForm(RowForm):
    name = StringField(_l("Name"), [filled, Length(max=200)])
    parent_id = ParentField(_l("Upper entry"), description=_l(
        "Empty: an entry of the first level. Once the upper one is retired, those below it are not offered either."))
    document_number = StringField(_l("Official number"), [Optional(), Length(max=120)],
                                  description=_l("Of the criterion, with its year."))
    valid_from = DayField(_l("In force from"), [Optional()])
    valid_to = DayField(_l("In force until"), [Optional()], description=_l(
        "A hazard is judged by the criterion that was in force on the day of its inspection; what was judged stays."))
    sort_order = WholeField(_l("Place in lists"), [Optional(), NumberRange(0, 99_999)],
                            description=_l("Empty: behind the others."))
    active = YesNoField(_l("In use"), default=True)


class NewEntryForm(EntryForm):
    dictionary = WordField(_l("Dictionary"), [required], titles=office.DICTIONARIES)


def tab(dictionary: str) -> str:
    return url_for("Dictionaries.list", **{TAB: dictionary})


class Dictionaries(OfficeView):
    """字典. Entries are retired, never deleted: who refers to one keeps it."""

    route_base = "/dictionaries"
    class_permission_name = "settings"
    exclude_route_methods = OfficeView.exclude_route_methods | {"show"}
    datamodel = OfficeInterface(DictionaryEntry)
    base_order = ("sort_order", "asc")
    form = EntryForm
    search_form = EntrySearch
    filters_for = {"name": Contains, "dictionary": Equals, "parent_id": Equals, "active": YesNo}
    list_template = "administration/dictionaries.html"
    list_title, add_title = _l("Dictionaries"), _l("Add an entry")
    list_columns = ["name", "parent_id", "dictionary", "document_number", "valid_from", "valid_to", "active"]
    order_columns = ["name", "dictionary", "document_number", "valid_from", "valid_to", "active"]
    label_columns = {
        "name": _l("Name"), "parent_id": _l("Upper entry"), "dictionary": _l("Dictionary"),
        "document_number": _l("Official number"), "valid_from": _l("In force from"),
        "valid_to": _l("In force until"), "active": _l("In use"),
    }

    def opened(self) -> str:
        """The dictionary whose tab is open, the first's when none is asked for; "": all of them."""
        return request.args.get(TAB, next(iter(office.DICTIONARIES)))

    def _take_filters(self) -> None:
        super()._take_filters()
        if TAB not in request.args:
            self._filters.add_filter_index("dictionary", 0, self.opened())

    def around_list(self) -> dict:
        titles = {**office.DICTIONARIES, "": _l("All")}
        return {"asked": self.opened() or None,
                "tabs": [{"title": title, "url": tab(name), "active": name == self.opened()}
                         for name, title in titles.items()]}

    def after(self, pk: int) -> str:
        """Back to the tab of the entry's dictionary."""
        return tab(db.session.get(DictionaryEntry, pk).dictionary)

    def word_valid_from(self, entry):
        """Not every criterion's document says from when it holds."""
        is_open = entry.valid_from is None and entry.dictionary == office.CRITERION
        return _("not stated") if is_open else entry.valid_from

    def word_dictionary(self, entry):
        return office.DICTIONARIES.get(entry.dictionary, entry.dictionary)

    def word_parent_id(self, entry):
        """The list reads all parents at once, those retired too."""
        if entry.parent_id is None:
            return ""
        if "above" not in g:
            table = DictionaryEntry.__table__
            rows = db.session.execute(table.select().where(table.c.parent_id.is_(None)))
            g.above = {row.id: row.name for row in rows}
        return g.above.get(entry.parent_id, "")

    def form_for(self, row):
        if row is not None:
            return super().form_for(row)
        asked = request.args.get("dictionary")
        return NewEntryForm(data={"dictionary": asked} if asked in office.DICTIONARIES else {})

    def save(self, form, pk):
        return office.save_entry(db.session, g.hat, pk, form.seen, form.answers(), today())
