"""What the verbs' forms share: proxy and paper evidence, files, choices from the directory."""
from __future__ import annotations

import sqlalchemy as sa
from flask import g, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from app.access.scope import constant, labels
from app.casework.clock import today
from app.casework.errors import NotFound, Obstacle
from app.casework.file_kinds import ALL, PHOTOS, SCANS, accept_of
from app.casework.verbs import How
from app.extensions import db
from app.gate import key
from app.organization.dictionaries import choices, names
from app.organization.models import Organization
from app.organization.search import KINDS
from app.organization.settings import said
from app.widgets import Choice, PlainSelect, RemoteSelectField, drawn
from app.words import of_forms

HELP = {
    PHOTOS: _l("jpg, png, heic or pdf, several at once; pictures up to %(photo)s MB, a pdf up to %(document)s MB.",
               photo=said("upload_megabytes"), document=said("document_megabytes")),
    SCANS: _l("A photo or scan: jpg, png, heic, pdf or ofd, up to %(photo)s MB, pdf and ofd up to %(document)s MB.",
              photo=said("upload_megabytes"), document=said("document_megabytes")),
    ALL: _l("Pictures (jpg, png, heic) up to %(photo)s MB; pdf, ofd, Word, Excel and PowerPoint files up to "
            "%(document)s MB; several at once.",
            photo=said("upload_megabytes"), document=said("document_megabytes")),
}
required = InputRequired(_l("Please fill this in."))
filled = DataRequired(_l("Please fill this in."))


class DayField(DateField):
    """A day within the years of a ledger: a slip like 0202-03-01 breaks sums with days, and never is meant."""

    YEARS = range(2000, 2101)  # as ledgers are read

    def process_formdata(self, valuelist):
        super().process_formdata(valuelist)
        if self.data is not None and self.data.year not in self.YEARS:
            text, self.data = valuelist[0], None
            raise ValueError(_l("The year of “%(text)s” cannot be right.", text=text))


class CaseKeyField(IntegerField):
    """The hidden id of another case: whether it is in sight is asked when the form is saved."""

    widget = HiddenInput()

    def process_formdata(self, valuelist):
        try:
            self.data = key(valuelist[0]) if valuelist and valuelist[0] else None
        except ValueError:
            raise ValueError(NotFound.message) from None


class WholeField(IntegerField):
    """A number no longer than a column holds: a range asks whether it is NaN, and chokes on a longer one."""

    def process_formdata(self, valuelist):
        super().process_formdata(valuelist)
        if self.data is not None and abs(self.data) >= 1 << 63:
            super().process_formdata([""])  # no number of ours: told in its words


class FilesField(MultipleFileField):
    """Files of the kinds accepted; the help under it says which, and how large."""

    def __init__(self, label=None, validators=None, kinds: frozenset[str] = PHOTOS, **kwargs):
        shown = {"accept": accept_of(kinds), **kwargs.pop("render_kw", {})}
        super().__init__(label, validators, description=kwargs.pop("description", None) or HELP[kinds],
                         render_kw=shown, **kwargs)
        self.kinds = kinds


_CHOSEN = constant(
    sa.select(Organization.id, Organization.short_name, Organization.name).where(
        Organization.id.in_(sa.bindparam("ids", expanding=True)), Organization.active.is_(True),
        Organization.kind.in_(sa.bindparam("kinds", expanding=True)))
)


class OrganizationField(RemoteSelectField):
    """One unit (or several) from the directory, found by name: active, in scope, of the wanted kinds."""

    def __init__(self, label=None, validators=None, kinds: str = "units", multiple: bool = False, **kwargs):
        super().__init__(
            label, validators, url=lambda: url_for("Directory.lookup", kinds=kinds), multiple=multiple,
            load=self.choices_among, **kwargs,
        )
        self.kinds, self.kept = KINDS[kinds], frozenset()

    def keep(self, ids) -> None:
        """What the case refers to already stays a choice, though it could not be chosen anew."""
        self.kept = frozenset(ids)

    def choices_among(self, ids) -> list[Choice]:
        rows = db.session.execute(_CHOSEN, {"ids": list(ids), "kinds": list(self.kinds)})
        found = {row.id: row.short_name or row.name for row in rows}
        hidden = self.kept.intersection(ids) - found.keys()
        return [Choice(i, text) for i, text in {**found, **labels(db.session, Organization.__table__, hidden)}.items()]


def entries(dictionary: str) -> list[tuple[str, object]]:
    """Choices of a dictionary, an empty one first: nothing is ever pre-picked. Read once per request for all."""
    if "entries" not in g:
        g.entries = choices(db.session, today())
    return [("", "—"), *g.entries.get(dictionary, ())]


class EntryField(SelectField):
    """An entry of a dictionary; `data` is an id or None. One that is no longer in use stays where it is."""

    def __init__(self, label=None, dictionary: str = "", validators=None, **kwargs):
        super().__init__(label, validators or [Optional()], coerce=lambda value: int(value) if value else None,
                         choices=lambda: entries(dictionary), widget=PlainSelect(), **kwargs)

    def process(self, formdata, *args, **kwargs) -> None:
        super().process(formdata, *args, **kwargs)
        self.keep([self.object_data] if self.object_data else [])

    def keep(self, ids) -> None:
        """What the row refers to already stays a choice after it was retired."""
        known = {value for value, _words in self.choices}
        gone = names(db.session, [i for i in ids if str(i) not in known])
        self.choices = [*self.choices, *((str(i), words) for i, words in gone.items())]

    def pre_validate(self, form):
        if self.data is not None:
            super().pre_validate(form)


class VerbForm(FlaskForm):
    """A verb's small form. `version` is the case as the form saw it; a stale one is refused."""

    class Meta:
        def get_translations(self, form):
            return of_forms()

        def render_field(self, field, render_kw):
            return drawn(field, render_kw)

    version = IntegerField(widget=HiddenInput(), validators=[required])

    @classmethod
    def for_how(cls, how: How) -> type[VerbForm]:
        """The form, with the evidence that filling in for another or recording a paper decision asks for."""
        mixin = {How.PROXY: ProxyFields, How.PAPER: PaperFields}.get(how)
        return type(cls.__name__, (cls, mixin), {}) if mixin else cls

    def payload(self) -> dict:
        """What the operation is given: the fields' data, files not yet stored left out."""
        skip = ("version", "csrf_token")
        return {
            name: value.strip() or None if isinstance(value, str) else value
            for name, value in self.data.items()
            if name not in skip and not isinstance(self[name], MultipleFileField)
        }

    def untouched(self) -> set[str]:
        """Fields that the request left out: a form never writes what its user was not asked."""
        return {name for name, field in self._fields.items() if not field.raw_data}

    def keep(self, case) -> None:
        """A reference to what is retired or out of scope by now is shown by name, and may be sent as it is."""
        for name, field in self._fields.items():
            if hasattr(field, "keep"):
                stored = getattr(case, name, None)
                ids = [row.organization_id for row in stored] if isinstance(stored, list) else [stored]
                field.keep([i for i in ids if i is not None])

    def file_fields(self) -> list[MultipleFileField]:
        return [field for field in self if isinstance(field, MultipleFileField)]

    def prefill(self, case, hat, today) -> None:
        """Sensible first values; called for a fresh form only. `case` is None when it is for many (bulk verbs)."""


class AddressForm(VerbForm):
    """A list's filters, always in sight; every one is a part of the address."""

    class Meta:
        csrf = False

    version = None


class ProxyFields:
    proxy_for = StringField(_l("Filled in for"), [filled, Length(max=60)],
                            description=_l("The enterprise's person who said so, and how to reach them."))
    proxy_evidence = StringField(_l("On what evidence"), [filled, Length(max=200)],
                                 description=_l("Written report, telephone call, visit on site …"))


class PaperFields:
    decided_by = StringField(_l("Decided by"), [filled, Length(max=60)],
                             description=_l("Decided on paper and recorded here: who signed."))
    decided_on = DayField(_l("Decided on"), [required])
    paper_scan = FilesField(_l("Scan of the signed paper"), [required], kinds=SCANS)


class CommentForm(VerbForm):
    comment = TextAreaField(_l("Comment"), [filled, Length(max=1000)])


class ChaseForm(VerbForm):
    """One click is enough; a word may be added."""

    comment = TextAreaField(_l("Comment"), [Optional(), Length(max=1000)])


class DecisionForm(VerbForm):
    comment = TextAreaField(_l("Opinion"), [Optional(), Length(max=1000)])


class RefusalForm(VerbForm):
    comment = TextAreaField(_l("Reason"), [filled, Length(max=1000)])


class ReasonForm(VerbForm):
    reason = TextAreaField(_l("Reason"), [filled, Length(max=1000)])


def put_fault(form, obstacle: Obstacle) -> None:
    """Show an obstacle at its field, or above the form."""
    message = str(obstacle)
    if obstacle.field and obstacle.field in form:
        form[obstacle.field].errors = [*form[obstacle.field].errors, message]
    else:
        form.form_errors.append(message)


def faults_told(form) -> dict:
    """What is wrong, by field, for a script."""
    return {"faults": {name or "": [str(text) for text in texts] for name, texts in form.errors.items()}}
