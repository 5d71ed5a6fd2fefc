"""The screens of people and posts: the administrator's, and a unit's reviewer's for the own unit."""
from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask import current_app, g, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.forms import DynamicForm
from flask_appbuilder.models.sqla.filters import FilterContains, FilterEqualFunction
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, IntegerField, SelectField, StringField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from app.access.interface import OfficeInterface, YesNo
from app.access.permissions import Permission as P
from app.access.roles import ROLES
from app.access.scope import labels
from app.access.views import OfficeView
from app.administration import handover_views, people
from app.administration.enterprise_views import Facts
from app.administration.forms import RowForm, RowsField, UnitField, WordField, YesNoField, choices_of
from app.administration.handover_posts import leaving
from app.administration.ledger_routes import LedgerRoutes
from app.administration.people_ledger.ledger import PEOPLE_LEDGER
from app.administration.unit_views import YES_NO
from app.answered import confirm
from app.casework.clock import local, today
from app.casework.forms import filled
from app.extensions import db
from app.organization.models import Organization, Post, User
from app.organization.rules import MANAGED_ROLES, manages_post
from app.organization.search import like, named, normalized


class PersonNamed(FilterContains):
    """By name, user name or the name of a unit where a post is held."""

    def apply(self, query, value):
        words = normalized(value)
        return query.filter(sa.or_(
            User.last_name.like(like(words), escape="\\"), User.username.like(like(words.lower()), escape="\\"),
            User.posts.any(Post.organization.has(named(words))),
        ))


class PersonSearch(DynamicForm):
    last_name = StringField(_l("Name, user name or unit"))
    active = WordField(_l("In use"), titles=YES_NO)


def roles_to_give() -> list[tuple[str, object]]:
    """The roles that the hat worn may give, in the order of the role table."""
    mine = MANAGED_ROLES[g.hat.role]
    return choices_of({code: role.title for code, role in ROLES.items() if code in mine})


class RoleField(WordField):
    """One of the roles that the hat worn may give."""

    def __init__(self, label, validators=None, **kwargs):
        super().__init__(label, validators, **kwargs)
        self.choices = roles_to_give()


class OwnUnitField(SelectField):
    """The unit of who fills the form in, and those merged into it."""

    def __init__(self, label, **kwargs):
        super().__init__(label, coerce=int, choices=own_units, validate_choice=False, **kwargs)


def own_units() -> list[tuple[int, str]]:
    names = labels(db.session, Organization.__table__, g.hat.organization_ids)
    return sorted(names.items(), key=lambda unit: unit[0] != g.hat.organization_id)


class PostForm(Form):
    id = IntegerField(widget=HiddenInput(), validators=[Optional()])
    organization_id = UnitField(_l("Unit"), kinds="all")
    role = RoleField(_l("Role"), [Optional()])
    title = StringField(_l("Title"), [Optional(), Length(max=60)])
    valid_from = DateField(_l("From"), [Optional()])
    valid_to = DateField(_l("To"), [Optional()], description=_l("Both days included; empty means open."))


class OwnPostForm(Form):
    """A post of the own unit."""

    id = IntegerField(widget=HiddenInput(), validators=[Optional()])
    organization_id = OwnUnitField(_l("Unit"))
    role = RoleField(_l("Role"), [Optional()])
    title = StringField(_l("Title"), [Optional(), Length(max=60)])
    valid_from = DateField(_l("From"), [Optional()])
    valid_to = DateField(_l("To"), [Optional()], description=_l("Both days included; empty means open."))


POSTS_HELP = _l("A change of duties: end the old post and add a new one; nothing is deleted.")


class PostsForm(RowForm):
    """Of an account that is not the own unit's alone: its posts here."""

    told = ""
    posts = RowsField(OwnPostForm, _l("Posts in your unit"), spare=1, description=POSTS_HELP)


class OwnPersonForm(RowForm):
    """An account of the own unit."""

    told = ""  # a new account's one-time password
    last_name = StringField(_l("Person's name"), [filled, Length(max=64)])
    username = StringField(_l("User name"), [filled, Length(max=64)])
    phone = StringField(_l("Phone"), [Optional(), Length(max=40)])
    active = YesNoField(_l("In use"), default=True)
    posts = RowsField(OwnPostForm, _l("Posts"), spare=1, description=POSTS_HELP)


class PersonForm(OwnPersonForm):
    """An account as the administrator sees it."""

    posts = RowsField(PostForm, _l("Posts"), spare=1, description=POSTS_HELP)


class People(LedgerRoutes, OfficeView):
    """人员: the accounts of the county for the administrator, those of the own unit for its reviewer."""

    route_base = "/people"
    class_permission_name = "people"
    datamodel = OfficeInterface(User, load=[sa.orm.selectinload(User.posts).joinedload(Post.organization)])
    base_filters = [["county_id", FilterEqualFunction, lambda: g.hat.county_id]]
    ledger, imports = PEOPLE_LEDGER, "PeopleImports.start"
    form = PersonForm
    show_template = "administration/person.html"
    show_widget = Facts
    edits_from_list = False
    search_form = PersonSearch
    filters_for = {"last_name": PersonNamed, "active": YesNo}
    list_title, add_title = _l("People and posts"), _l("Add a person")
    list_columns = ["last_name", "username", "posts", "phone", "active"]
    show_columns = ["last_name", "username", "phone", "posts", "active", "last_login", "locked_until"]
    order_columns = ["last_name", "username", "active"]
    label_columns = {
        "last_name": _l("Person's name"), "username": _l("User name"), "posts": _l("Posts"), "phone": _l("Phone"),
        "active": _l("In use"), "last_login": _l("Last login"), "locked_until": _l("Locked until"),
    }

    def word_posts(self, user):
        day = today()
        return [
            _("%(unit)s %(role)s", unit=post.organization, role=ROLES[post.role].title)
            + ("" if (post.valid_from or day) <= day <= (post.valid_to or day) else _(" (not now)"))
            for post in user.posts if post.organization and post.role in ROLES
        ]

    def word_last_login(self, user):
        return local_minute(user.last_login)

    def word_locked_until(self, user):
        return local_minute(user.locked_until)

    def around_show(self, user) -> dict:
        may = g.hat.permits(P.PEOPLE_EDIT)
        return {
            "hand_over_url": url_for("People.hand_over", pk=user.id) if self._may_hand_over(user) else "",
            "edit_url": url_for("People.edit", pk=user.id) if may else "",
            "reset_url": url_for("People.password", pk=user.id) if may and people.manages(g.hat, user) else "",
        }

    @staticmethod
    def _may_hand_over(user) -> bool:
        return g.hat.permits(P.PEOPLE_HAND_OVER) and bool(leaving(db.session, g.hat, user, today()))

    @staticmethod
    def form_class(user=None) -> type[RowForm]:
        if g.hat.role == "administrator":
            return PersonForm
        return OwnPersonForm if user is None or people.manages(g.hat, user) else PostsForm

    def form_for(self, user):
        return self.form_class(user)(data=self.data_of(user) if user is not None else {})

    def data_of(self, user):
        rows = [
            {name: getattr(post, name) for name in ("id", *people.POST_FIELDS)} for post in user.posts
            if manages_post(g.hat.role, g.hat.organization_ids, post.organization_id, post.role)
        ]
        facts = {name: getattr(user, name) for name in people.FIELDS}
        return {**facts, "posts": rows, "version": people.stamp(user)}

    def save(self, form, pk):
        data = form.answers()
        if "posts" in data:
            data["posts"] = [row for row in data["posts"] if self._is_filled(row)]
        saved, form.told = people.save_person(db.session, g.hat, pk, form.seen, data, today())
        return saved

    @staticmethod
    def _is_filled(row: dict) -> bool:
        """The own unit stands in a reviewer's empty row, too."""
        return bool(row["role"] or row["id"] or (row["organization_id"] and g.hat.role == "administrator"))

    def answer(self, form, pk):
        return self._told(form.last_name.data, form.told) if form.told else super().answer(form, pk)

    @expose("/<int:pk>/password", methods=["POST"])
    @has_access
    @permission_name("edit")
    def password(self, pk: int):
        """A one-time password, shown on this page and nowhere else."""
        name, password = people.reset_password(db.session, g.hat, self.row_or_404(pk).id, today())
        return self._told(name, password)

    @expose("/<int:pk>/hand-over", methods=["GET", "POST"])
    @has_access
    @permission_name("hand_over")
    def hand_over(self, pk: int):
        return handover_views.page(self, self.row_or_404(pk), request.method == "POST")

    def _told(self, name: str, password: str):
        confirm()
        answer = current_app.make_response(self.render_template(
            "administration/password.html", title=_("One-time password"), name=name, password=password,
            list_url=self.list_url(), list_title=self.list_title,
        ))
        answer.headers["Cache-Control"] = "no-store"
        return answer


def local_minute(instant: dt.datetime | None) -> str:
    """The county's clock at an instant that the framework keeps in UTC without saying so."""
    return local(instant.replace(tzinfo=dt.UTC)).strftime("%Y-%m-%d %H:%M") if instant else ""
