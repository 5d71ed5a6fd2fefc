"""The screens of enterprises."""
from __future__ import annotations

import sqlalchemy as sa
from flask import flash, g, jsonify, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.forms import DynamicForm
from flask_appbuilder.models.sqla.filters import FilterContains
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_appbuilder.widgets import ShowWidget
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.access.interface import Equals, OfficeInterface, YesNo
from app.access.permissions import Permission as P
from app.access.scope import labels
from app.access.views import OfficeView
from app.administration import enterprises
from app.administration.enterprise_ledger.ledger import ENTERPRISE_LEDGER, matches
from app.administration.enterprises import CONTACTS, STATUSES, Doubles
from app.administration.forms import (
    EntryField,
    RowForm,
    RowsField,
    TownshipField,
    UnitField,
    WordField,
)
from app.administration.ledger_routes import LedgerRoutes
from app.administration.unit_views import YES_NO, MergeForm, merge_page
from app.casework.clock import today
from app.casework.errors import NotAllowed, Obstacle
from app.casework.forms import filled, required
from app.extensions import db
from app.gate import LARGEST_KEY
from app.organization.models import Enterprise, EnterpriseRegulator, Organization
from app.organization.rules import may_change, reads_contacts, uscc_fault
from app.organization.search import find, normalized


class NamedOrCoded(FilterContains):
    """By name, short name, alias or the beginning of the credit code."""

    def apply(self, query, value):
        return query.filter(matches(value))


class EnterpriseSearch(DynamicForm):
    name = StringField(_l("Name or credit code"))
    territory_id = TownshipField(_l("Township"))
    industry_id = EntryField(_l("Industry"), "industry")
    active = WordField(_l("In use"), titles=YES_NO)


class RegulatorForm(Form):
    organization_id = UnitField(_l("Regulator"))
    subject = StringField(_l("Matter"), [Optional(), Length(max=60)])
    is_daily = BooleanField(_l("Daily regulator"))


class EnterpriseForm(RowForm):
    name = StringField(_l("Full name"), [filled, Length(max=120)])
    short_name = StringField(_l("Short name"), [Optional(), Length(max=60)])
    names = TextAreaField(_l("Other names"), [Optional(), Length(max=2000)],
                          description=_l("One per line: old and short names that still stand in ledgers."))
    territory_id = TownshipField(_l("Township"), [filled])
    industry_id = EntryField(_l("Industry"), "industry")
    uscc = StringField(_l("Credit code"), [Optional(), Length(max=18)],
                       description=_l("18 places. May be left empty: those without a licence are supervised too."))
    status = WordField(_l("Status"), [Optional()], titles=STATUSES)
    address = StringField(_l("Address"), [Optional(), Length(max=200)])
    principal = StringField(_l("Principal"), [Optional(), Length(max=40)])
    principal_phone = StringField(_l("Principal's phone"), [Optional(), Length(max=40)])
    safety_manager = StringField(_l("Safety manager"), [Optional(), Length(max=40)])
    safety_phone = StringField(_l("Safety manager's phone"), [Optional(), Length(max=40)])
    regulators = RowsField(RegulatorForm, _l("Regulators"),
                           description=_l("One line per department; one of them is the daily regulator."))
    another = BooleanField(_l("It is another enterprise: save all the same"))


class EnterpriseMergeForm(MergeForm):
    successor = UnitField(_l("Successor"), [required], kinds="enterprises",
                          description=_l("The record that stays. This cannot be undone."))


class Facts(ShowWidget):
    """The facts alone: whether a row may be changed depends on the row."""

    template = "administration/facts.html"


class Enterprises(LedgerRoutes, OfficeView):
    """企业: the directory for everybody in government, contacts for the parties, itself for an enterprise."""

    route_base = "/enterprises"
    class_permission_name = "enterprises"
    datamodel = OfficeInterface(Enterprise, load=[
        sa.orm.selectinload(Enterprise.territory), sa.orm.selectinload(Enterprise.industry),
        sa.orm.selectinload(Enterprise.regulators).joinedload(EnterpriseRegulator.organization),
    ])
    ledger, imports = ENTERPRISE_LEDGER, "EnterpriseImports.start"
    base_order = ("name", "asc")
    form = EnterpriseForm
    form_template = "administration/enterprise_form.html"
    show_template = "administration/enterprise.html"
    show_widget = Facts
    edits_from_list = False
    search_form = EnterpriseSearch
    filters_for = {"name": NamedOrCoded, "territory_id": Equals, "industry_id": Equals, "active": YesNo}
    list_title, add_title = _l("Enterprises"), _l("Add an enterprise")
    list_columns = ["name", "territory", "industry", "uscc", "active"]
    order_columns = ["name", "territory.name", "uscc"]
    public_columns = ["name", "territory", "industry", "uscc"]
    party_columns = ["short_name", "names", "status", *CONTACTS, "regulators", "successor"]
    show_columns = [*public_columns, *party_columns]
    label_columns = {
        "name": _l("Full name"), "short_name": _l("Short name"), "names": _l("Other names"),
        "territory": _l("Township"), "industry": _l("Industry"), "uscc": _l("Credit code"), "status": _l("Status"),
        "address": _l("Address"), "principal": _l("Principal"), "principal_phone": _l("Principal's phone"),
        "safety_manager": _l("Safety manager"), "safety_phone": _l("Safety manager's phone"),
        "regulators": _l("Regulators"), "active": _l("In use"), "successor": _l("Merged into"),
    }

    # ── who reads and changes what ─────────────────────────────────────────────────────────────────────────────
    @staticmethod
    def _regulators(row) -> list[EnterpriseRegulator]:
        """The daily one first."""
        return sorted(row.regulators, key=lambda one: (not one.is_daily, one.id))

    @staticmethod
    def _regulator_ids(row) -> list[int]:
        return [one.organization_id for one in row.regulators]

    def may(self, row) -> bool:
        return may_change(g.hat.role, g.hat.organization_ids, row.territory_id, self._regulator_ids(row))

    def row_to_change(self, pk: int):
        row = self.row_or_404(pk)
        if not self.may(row):
            raise NotAllowed
        return row

    def columns_of(self, row):
        mine = reads_contacts(
            g.hat.role, g.hat.organization_ids, row.id, row.territory_id, self._regulator_ids(row)
        )
        return [*self.public_columns, *(self.party_columns if mine else ())]

    # ── words ──────────────────────────────────────────────────────────────────────────────────────────────────
    @staticmethod
    def _unit(unit, unit_id: int) -> str:
        """A unit's name, out of scope too: an enterprise finds itself only, but may read whom it answers to."""
        return str(unit) if unit is not None else labels(db.session, Organization.__table__, [unit_id]).get(unit_id, "")

    def word_territory(self, row):
        return self._unit(row.territory, row.territory_id)

    def word_industry(self, row):
        return row.industry.name if row.industry else ""

    def word_status(self, row):
        return STATUSES[row.status]

    def word_regulators(self, row):
        found = []
        for one in self._regulators(row):
            notes = "、".join(filter(None, (one.subject, _("daily regulation") if one.is_daily else "")))
            name = self._unit(one.organization, one.organization_id)
            found.append(f"{name}（{notes}）" if notes else name)
        return found

    def around_show(self, row) -> dict:
        if not (g.hat.permits(P.ENTERPRISES_EDIT) and self.may(row)):
            return {"edit_url": "", "merge_url": "", "doubles": []}
        return {
            "edit_url": url_for("Enterprises.edit", pk=row.id), "fault": uscc_fault(row.uscc) if row.uscc else None,
            "merge_url": url_for("Enterprises.merge", pk=row.id) if row.active else "",
            "doubles": enterprises.doubles(db.session, g.hat.county_id, row.name, row.uscc, row.id),
        }

    # ── changing ───────────────────────────────────────────────────────────────────────────────────────────────
    @expose("/<int:pk>/edit", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: int):
        return self._form_page(self.row_to_change(pk))

    def data_of(self, row) -> dict:
        rows = [{"organization_id": one.organization_id, "subject": one.subject, "is_daily": one.is_daily}
                for one in self._regulators(row)]
        return {**super().data_of(row), "names": "\n".join(alias.name for alias in row.names), "regulators": rows}

    def around_form(self, form, pk):
        return {"doubles": getattr(form, "doubles", [])}

    def save(self, form, pk):
        data = form.answers()
        another = data.pop("another", False)
        if "names" in data:
            data["names"] = (data["names"] or "").splitlines()
        if "regulators" in data:
            data["regulators"] = [row for row in data["regulators"] if row["organization_id"]]
        try:
            saved = enterprises.save_enterprise(db.session, g.hat, pk, form.seen, data, today(), another=another)
        except Doubles as found:
            form.doubles = found.rows
            raise Obstacle(found.message, "another") from found
        if data.get("uscc") and (fault := uscc_fault(normalized(data["uscc"]).upper())):
            flash(str(fault), "warning")
        return saved

    @expose("/<int:pk>/merge", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def merge(self, pk: int):
        form = EnterpriseMergeForm()
        if request.method == "GET":
            form.successor.data = request.args.get("into", type=int)
        return merge_page(self, self.row_to_change(pk), form, Enterprise, self.may)

    @expose("/quick", methods=["POST"])
    @has_access
    @permission_name("edit")
    def quick(self):
        """Add one from name and township. JSON in: name, township_id, another; out: the row as the look-up gives it.

        409 with ``doubles`` when there may be such a one; 422 with ``message`` when it cannot be.
        """
        told = request.get_json(silent=True)
        told = told if isinstance(told, dict) else request.form
        township = str(told.get("township_id") or "")
        is_id = township.isascii() and township.isdecimal() and int(township) <= LARGEST_KEY
        try:
            added = enterprises.add_by_name(
                db.session, g.hat, str(told.get("name") or "")[:120], int(township) if is_id else 0, today(),
                another=bool(told.get("another")),
            )
        except Doubles as found:
            return jsonify(message=str(found), doubles=found.rows), found.status
        except Obstacle as obstacle:
            return jsonify(message=str(obstacle), field=obstacle.field), obstacle.status
        row = self.row_or_404(added)
        return jsonify(next((one for one in find(db.session, row.name, "enterprises") if one["id"] == added),
                            {"id": added, "text": row.name, "note": ""})), 201
