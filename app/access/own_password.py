"""The form on which one changes one's own password; for some it is the only door until they have done so."""
from __future__ import annotations

from flask import current_app, flash, g, redirect, session
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.security import check_password_hash, generate_password_hash
from wtforms import PasswordField, ValidationError
from wtforms.validators import EqualTo, InputRequired

from app.access import passwords
from app.access.logins import account, visitor
from app.casework.clock import today
from app.casework.history import record
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.organization.models import User
from app.organization.settings import setting

WITHOUT_OWN_PASSWORD = ("OwnPassword.this_form_get", "OwnPassword.this_form_post", "Login.logout")


class OwnPasswordForm(FlaskForm):
    """The present password too: an open screen must not be enough to take an account over."""

    present = PasswordField(_l("Present password"), [InputRequired(_l("Please fill this in."))])
    password = PasswordField(_l("New password"), [InputRequired(_l("Please fill this in."))])
    conf_password = PasswordField(_l("New password again"), [EqualTo("password", _l("The two are not the same."))])

    def validate_present(self, field) -> None:
        if not check_password_hash(current_user.password or "", field.data):
            raise ValidationError(_l("This is not your present password."))

    def validate_password(self, field) -> None:
        fault = passwords.problem(field.data, current_user.username)
        if fault:
            raise ValidationError(fault)
        count = setting("password_history")
        if passwords.was_used(db.session, current_user, field.data, count):
            raise ValidationError(
                _l("This password was used before: the present one and the last %(count)s are not taken again.",
                   count=count)
            )


class OwnPassword(BaseView):
    """Change one's own password; every other open session of the account ends with it."""

    route_base = "/resetmypassword"
    class_permission_name = "own_password"
    method_permission_name = {"this_form_get": "change", "this_form_post": "change"}

    @expose("/form", methods=["GET"])
    @has_access
    def this_form_get(self):
        return self._page(OwnPasswordForm())

    @expose("/form", methods=["POST"])
    @has_access
    def this_form_post(self):
        form = OwnPasswordForm()
        if not form.validate():
            return self._page(form)
        change_own(current_user.id, form.password.data)
        flash(_("Your password is changed. It is asked for at the next login."), "success")
        return redirect("/")

    def _page(self, form):
        answer = current_app.make_response(self.render_template(
            "access/own_password.html", title=_("Change password"), form=form, length=setting("password_length"),
            kinds=setting("password_kinds"), count=setting("password_history"), days=setting("password_age_days"),
        ))
        answer.headers["Cache-Control"] = "no-store"
        return answer


def change_own(user_id: int, password: str) -> None:
    """Another password for oneself. The session that asked goes on, every other one is over."""
    hashed = generate_password_hash(password)  # before the transaction: hashing takes its time
    with unit_of_work(db.session):
        user = account(User.id == user_id, lock=True)
        passwords.replace(db.session, user, hashed, today(), once=False)
        record(db.session, g.hat or visitor(user), "password_changed", today())
        epoch = user.session_epoch
    session["epoch"] = epoch
