"""The screens of government units."""
from __future__ import annotations

import sqlalchemy as sa
from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.forms import DynamicForm
from flask_appbuilder.models.sqla.filters import FilterContains, FilterInFunction
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.access.interface import Equals, OfficeInterface, YesNo
from app.access.permissions import Permission as P
from app.access.scope import labels
from app.access.views import OfficeView
from app.administration import units
from app.administration.forms import EntriesField, RowForm, UnitField, WordField, YesNoField
from app.administration.ledger_routes import LedgerRoutes
from app.administration.unit_ledger.ledger import UNIT_LEDGER
from app.casework.clock import today
from app.casework.errors import Obstacle
from app.casework.forms import WholeField, filled, required
from app.casework.views import put_fault
from app.extensions import db
from app.organization.models import DictionaryEntry, Organization, OrganizationIndustry
from app.organization.search import named, normalized

YES_NO = {"True": _l("Yes"), "False": _l("No")}


class Named(FilterContains):
    """By name, short name or alias."""

    def apply(self, query, value):
        return query.filter(named(normalized(value)))


class UnitSearch(DynamicForm):
    name = StringField(_l("Name, short name or old name"))
    kind = WordField(_l("Kind"), titles=units.KINDS)
    active = WordField(_l("In use"), titles=YES_NO)


class UnitForm(RowForm):
    name = StringField(_l("Full name"), [filled, Length(max=120)])
    short_name = StringField(_l("Short name"), [Optional(), Length(max=60)],
                             description=_l("As it stands in lists and in the top bar."))
    names = TextAreaField(_l("Other names"), [Optional(), Length(max=2000)],
                          description=_l("One per line: old and short names that still stand in ledgers."))
    code = StringField(_l("Code"), [Optional(), Length(max=20)])
    phone = StringField(_l("Phone"), [Optional(), Length(max=40)])
    issuer_code = StringField(_l("Code of its letters"), [Optional(), Length(max=30)],
                              description=_l("The characters before the year in a document number: 阳安办函."))
    industries = EntriesField(_l("Supervised industries"), "industry")
    review_before_issue = YesNoField(_l("A reviewer looks at each hazard before it is issued"), default=False)
    sort_order = WholeField(_l("Place in lists"), [Optional(), NumberRange(0, 99_999)])
    active = YesNoField(_l("In use"), default=True)


class NewUnitForm(UnitForm):
    kind = WordField(_l("Kind"), [required], titles=units.KINDS)


class MergeForm(RowForm):
    successor = UnitField(_l("Successor"), [required],
                          description=_l("Its people act for both from now on. This cannot be undone."))


class Units(LedgerRoutes, OfficeView):
    """单位: everybody in government reads them, the administrator changes them."""

    route_base = "/units"
    class_permission_name = "directory"
    method_permission_name = {**OfficeView.method_permission_name, "merge": "edit"}
    datamodel = OfficeInterface(Organization, load=[sa.orm.selectinload(Organization.successor)])
    base_filters = [["kind", FilterInFunction, lambda: list(units.KINDS)]]
    ledger, imports = UNIT_LEDGER, "UnitImports.start"
    base_order = ("sort_order", "asc")
    form = UnitForm
    show_template = "administration/unit.html"
    search_form = UnitSearch
    filters_for = {"name": Named, "kind": Equals, "active": YesNo}
    list_title, add_title = _l("Units"), _l("Add a unit")
    list_columns = ["name", "short_name", "kind", "phone", "active"]
    order_columns = ["name", "kind", "active"]
    show_columns = ["name", "short_name", "names", "kind", "code", "phone", "issuer_code", "industries",
                    "review_before_issue", "active", "successor"]
    label_columns = {
        "name": _l("Full name"), "short_name": _l("Short name"), "names": _l("Other names"), "kind": _l("Kind"),
        "code": _l("Code"), "phone": _l("Phone"), "issuer_code": _l("Code of its letters"),
        "industries": _l("Supervised industries"),
        "review_before_issue": _l("Review before issue"), "active": _l("In use"), "successor": _l("Merged into"),
    }

    def word_kind(self, unit):
        return units.KINDS[unit.kind]

    def word_industries(self, unit):
        names = labels(db.session, DictionaryEntry.__table__, self._industries(unit))
        return "、".join(names.values())

    @staticmethod
    def _industries(unit) -> list[int]:
        return [*db.session.scalars(
            sa.select(OrganizationIndustry.industry_id).where(OrganizationIndustry.organization_id == unit.id)
        )]

    def around_show(self, unit) -> dict:
        may = g.hat.permits(P.DIRECTORY_EDIT) and unit.active and unit.kind != "county_office"
        return {"merge_url": url_for("Units.merge", pk=unit.id) if may else ""}

    def form_for(self, row):
        return NewUnitForm() if row is None else super().form_for(row)

    def data_of(self, unit) -> dict:
        names = "\n".join(alias.name for alias in unit.names)
        return {**super().data_of(unit), "names": names, "industries": self._industries(unit)}

    def save(self, form, pk):
        data = form.answers()
        if "names" in data:
            data["names"] = (data["names"] or "").splitlines()
        return units.save_unit(db.session, g.hat, pk, form.seen, data, today())

    @expose("/<int:pk>/merge", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def merge(self, pk: int):
        """Choose the successor and confirm."""
        return merge_page(self, self.row_or_404(pk), MergeForm(), Organization)


def merge_page(view, row, form, model, may=lambda row: True):
    """The page on which a unit or an enterprise is merged into its successor."""
    pk, name = row.id, row.name
    if request.method == "GET":
        form.version.data = row.version
    elif form.validate():
        try:
            successor_id = units.merge(
                db.session, g.hat, model, pk, form.seen, form.successor.data, today(), may
            )
            flash(_("%(name)s was merged.", name=name), "success")
            return redirect(view.after(successor_id))
        except Obstacle as obstacle:
            put_fault(form, obstacle)
    return view.render_template(
        "administration/merge.html", title=_("Merge %(name)s into a successor", name=name), form=form,
        cancel=view.after(pk), list_title=view.list_title, list_url=view.list_url(),
    ), 422 if form.errors else 200
