"""What a person does to her own sight of a list: save its filters, rename or remove them, choose its columns.

Part of `CaseView`, so that a noun's list has it by declaring `case_list`; whoever may read the list may do it.
"""
from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from app.casework import kept
from app.casework.errors import NotFound, Obstacle
from app.casework.forms import VerbForm, filled, put_fault
from app.casework.lists import ALL, CaseList, address_of, filters_of
from app.extensions import db


class FilterNameForm(VerbForm):
    name = StringField(_l("Name"), [filled, Length(max=kept.NAME_LENGTH)],
                       description=_l("Up to %(most)s characters, such as: ours, overdue.", most=kept.NAME_LENGTH))
    opens = BooleanField(_l("Open this list with it"),
                         description=_l("When it is opened from the menu. Only one filter of a list can be so."))
    version = None


class ListActs:
    """A noun's view sets `case_list`, and `filter_form()` for the address."""

    case_list: CaseList | None = None

    def filter_form(self):
        raise NotImplementedError

    def _list_or_404(self) -> CaseList:
        if self.case_list is None:
            raise NotFound
        return self.case_list

    def _list_url(self, query: dict) -> str:
        return url_for(f"{self.endpoint}.list", **query or {"state": ALL})  # nothing asked for opens otherwise

    @expose("/filters/save", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def save_filter(self):
        """The filters stand in the address, as they do in the list's; the form only names them."""
        this, form = self._list_or_404(), FilterNameForm()
        query = address_of(this, filters_of(self.filter_form()))
        if request.method == "POST" and form.validate():
            try:
                kept.save_filter(db.session, g.hat, this.name, form.name.data.strip(), query, form.opens.data)
                flash(_("“%(name)s” is saved.", name=form.name.data.strip()), "success")
                return redirect(self._list_url(query))
            except Obstacle as obstacle:
                put_fault(form, obstacle)
        return self.render_template(
            "cases/filter.html", title=_("Save these filters"), form=form, action=request.full_path.rstrip("?"),
            cancel=self._list_url(query),
        ), 422 if form.errors else 200

    @expose("/filters/<int:filter_id>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def change_filter(self, filter_id: int):
        this = self._list_or_404()
        found = kept.kept_filter(db.session, g.hat, this.name, filter_id)
        query, form = dict(found.query), FilterNameForm(obj=found if request.method == "GET" else None)
        if request.method == "POST" and "remove" in request.form:
            kept.end_filter(db.session, g.hat, this.name, filter_id)
            flash(_("The saved filter is removed."), "success")
            return redirect(self._list_url(query))
        if request.method == "POST" and form.validate():
            try:
                kept.change_filter(db.session, g.hat, this.name, filter_id, form.name.data.strip(), form.opens.data)
                flash(_("Saved."), "success")
                return redirect(self._list_url(query))
            except Obstacle as obstacle:
                put_fault(form, obstacle)
        return self.render_template(
            "cases/filter.html", title=_("A saved filter"), form=form, found=filter_id, cancel=self._list_url(query),
            action=url_for(f"{self.endpoint}.change_filter", filter_id=filter_id),
        ), 422 if form.errors else 200

    @expose("/columns", methods=["POST"])
    @has_access
    @permission_name("read")
    def columns(self):
        """Which columns she sees from now on; `usual`: the list as it comes."""
        this, shown = self._list_or_404(), set(request.form.getlist("column"))
        turned = [] if "usual" in request.form else [
            column.name for column in this.columns if not column.fixed and (column.name in shown) is column.extra]
        kept.turn_columns(db.session, g.hat, this.name, turned)
        return redirect(self._list_url(address_of(this, filters_of(self.filter_form()))))
