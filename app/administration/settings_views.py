"""The screen of settings (参数): what holds today, what is planned, what held; and what the text itself fixes."""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa
from flask import flash, g, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from app.access.permissions import Permission as P
from app.access.scope import labels
from app.administration import office
from app.administration.forms import RowForm, YesNoField
from app.casework.clock import today
from app.casework.errors import NotFound, Obstacle
from app.casework.forms import DayField, filled, required
from app.casework.views import put_fault
from app.extensions import db
from app.organization.models import User
from app.organization.settings import DEFINITIONS, FIXED, GROUPS, Definition, Setting, values

_people = sa.select(User.__table__.c.id, User.__table__.c.last_name.label("name")).subquery()


@dataclass(frozen=True)
class Told:
    """A setting with what was said of it: `now` holds today (None: the default), `planned` later, `past` is over."""

    definition: Definition
    now: Setting | None
    planned: list[Setting]
    past: list[Setting]

    @property
    def value(self):
        return self.now.value if self.now else self.definition.default


def told(definition: Definition, rows: list[Setting], day: dt.date) -> Told:
    """`rows` in the order in which they count. Of two from the same day the later one counts; one that changes
    nothing, such as a plan withdrawn, is no plan."""
    lasting = {row.valid_from: row for row in rows}
    now, planned = None, []
    for row in (lasting[valid_from] for valid_from in sorted(lasting)):
        if row.valid_from <= day:
            now = row
        elif row.value != (planned[-1] if planned else now or _Default(definition.default)).value:
            planned.append(row)
    past = [row for row in reversed(rows) if row is not now and row not in planned]
    return Told(definition, now, planned, past)


@dataclass(frozen=True)
class _Default:
    value: object


def form_for(definition: Definition, **data) -> RowForm:
    """The form of one setting; its field is the default's type."""
    if isinstance(definition.default, bool):
        field = YesNoField(_l("Value"), validators=[InputRequired(_l("Please fill this in."))])
    elif definition.choices:
        field = SelectField(_l("Value"), choices=[*definition.choices])
    else:
        field = StringField(_l("Value"), [filled], description=range_of(definition),
                            render_kw={"inputmode": "numeric"} if isinstance(definition.default, int) else {})
    fields = {"value": field, "valid_from": DayField(_l("Holds from"), [required], description=_l(
        "Today or a later day: what was counted before stays as it was."))}
    return type("SettingForm", (RowForm,), fields)(data=data)


def range_of(definition: Definition):
    """What may be typed, and what held before anybody said anything."""
    default = definition.worded(definition.default)
    if not isinstance(definition.default, int):
        return _l("At most 60 characters; without a word of the office %(default)s.", default=default)
    return _l("From %(least)s to %(most)s; without a word of the office %(default)s.",
              least=definition.worded(definition.least), most=definition.worded(definition.most), default=default)


class Settings(BaseView):
    """参数: numbers and words that the governing text does not fix, each with its source and its history."""

    route_base = "/settings"
    class_permission_name = "settings"

    @expose("/")
    @has_access
    @permission_name("read")
    def list(self):
        rows = db.session.scalars(sa.select(Setting).order_by(Setting.key, Setting.valid_from, Setting.id)).all()
        by_key = {key: [*found] for key, found in groupby(rows, key=attrgetter("key"))}
        all_told = [told(definition, by_key.get(key, []), today()) for key, definition in DEFINITIONS.items()]
        return self.render_template(
            "administration/settings.html", title=_("Settings"), fixed=FIXED,
            groups=[(title, [one for one in all_told if one.definition.group == key]) for key, title in GROUPS.items()],
            may_edit=g.hat.permits(P.SETTINGS_EDIT), people=labels(db.session, _people, [row.user_id for row in rows]),
        )

    @expose("/<key>/edit", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def edit(self, key: str):
        definition = DEFINITIONS.get(key)
        if definition is None:
            raise NotFound
        form = form_for(definition, value=values(db.session, g.hat.county_id, today())[key], valid_from=today())
        if request.method == "POST" and form.validate():
            try:
                office.change_setting(db.session, g.hat, key, form.value.data, form.valid_from.data, today())
                flash(_("Saved."), "success")
                return redirect(url_for("Settings.list"))
            except Obstacle as obstacle:
                put_fault(form, obstacle)
        return self.render_template(
            "administration/setting_form.html", title=definition.title, form=form, cancel=url_for("Settings.list"),
            list_title=_("Settings"), list_url=url_for("Settings.list"), definition=definition,
        ), 422 if form.errors else 200

    @expose("/<int:setting_id>/withdraw", methods=["POST"])
    @has_access
    @permission_name("edit")
    def withdraw(self, setting_id: int):
        key = office.withdraw_setting(db.session, g.hat, setting_id, today())
        flash(_("%(title)s: the planned value was taken back.", title=DEFINITIONS[key].title), "success")
        return redirect(url_for("Settings.list"))
