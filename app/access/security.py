"""The framework's builder and security manager with their traps closed (see shared notes on the framework).

Rights come from the role table of the hat worn, in memory: no statement per button, no superuser who bypasses
it. Only what the product needs is registered: login, own password. No tokens, no public role, no user screens
of the framework's.
"""
from __future__ import annotations

import sqlalchemy as sa
from flask import abort, current_app, flash, g, redirect, request, session, url_for
from flask_appbuilder import AppBuilder, expose
from flask_appbuilder.security.forms import LoginForm_db
from flask_appbuilder.security.sqla.manager import SecurityManager as FrameworkManager
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from app.access.hats import Hat
from app.access.logins import account, admit, held, named, signed_in, visitor
from app.access.own_password import WITHOUT_OWN_PASSWORD, OwnPassword
from app.access.permissions import from_framework
from app.access.roles import ROLES
from app.access.scope import NOBODY
from app.casework.clock import today
from app.casework.history import record
from app.casework.unit_of_work import unit_of_work
from app.extensions import db
from app.gate import wants_json
from app.organization.models import Organization, Post, User


class Login(AuthDBView):
    """Login and logout. Logout is a POST: a link on another site must not throw people out."""

    route_base = ""

    @expose("/login/", methods=["GET", "POST"])
    def login(self):
        wanted = request.args.get("next")
        target = get_safe_redirect(wanted) if wanted else self.appbuilder.get_url_for_index
        if current_user.is_authenticated:
            return redirect(target)
        form, fault = LoginForm_db(), None
        if request.method == "POST":
            user, fault = admit(form.username.data or "", form.password.data or "")
            if user is not None:
                session.clear()
                login_user(user)
                session.permanent = True
                session["epoch"], session["idle_minutes"] = user.session_epoch, held(user)["idle_minutes"]
                return redirect(target)
        answer = current_app.make_response(self.render_template(
            self.login_template, title=_("Log in"), form=form, demo_accounts=demo_accounts(),
            appbuilder=self.appbuilder, fault=fault, username=form.username.data or "",
        ))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @expose("/logout/", methods=["POST"])
    def logout(self):
        if current_user.is_authenticated:
            self.appbuilder.sm.end_sessions(current_user)
        logout_user()
        session.clear()
        flash(_("You are logged out."), "info")
        return redirect("/login/")


def demo_accounts() -> list[dict] | None:
    """The demo county's accounts with unit and role, for the login page of a demonstration only."""
    if not current_app.config.get("DEMO"):
        return None
    users, posts, units = User.__table__, Post.__table__, Organization.__table__
    rows = db.session.execute(
        sa.select(users.c.username, sa.func.coalesce(units.c.short_name, units.c.name).label("unit"), posts.c.role)
        .join(posts, posts.c.user_id == users.c.id).join(units, units.c.id == posts.c.organization_id)
        .where(users.c.demo, users.c.active).order_by(users.c.id)
    )
    return [{"username": row.username, "title": f"{row.unit} {ROLES[row.role].title}"} for row in rows]


class SecurityManager(FrameworkManager):
    """Who is it, which hat, what may the hat do."""

    user_model = User
    authdbview = Login
    userstatschartview = None

    def register_views(self) -> None:
        """Login and own password; none of the framework's APIs and user screens."""
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self.appbuilder.add_view_no_menu(OwnPassword())

    def create_db(self) -> None:
        """Tables come from migrations, roles from `roles.py`: nothing is written at start."""

    def add_permissions_view(self, base_permissions, view_menu) -> None:
        """Rights are a table in the code; the framework's permission tables stay empty."""

    def add_permissions_menu(self, view_menu_name) -> None:
        """As above."""

    # ── who is it ──────────────────────────────────────────────────────────────────────────────────────────────
    def find_user(self, username=None, email=None):
        return named(username or "")

    def auth_user_db(self, username, password):
        return admit(username or "", password or "")[0]

    def load_user(self, pk):
        """The session's user: active, and the session not ended by a logout or a reset since."""
        user = signed_in(int(pk), today())
        if user is None or not user.active or session.get("epoch") != user.session_epoch:
            return None
        return user

    def end_sessions(self, user: User) -> None:
        """Every session of the user is over: a copied cookie is worth nothing any more."""
        with unit_of_work(db.session):
            fresh = account(User.id == user.id)
            fresh.session_epoch += 1
            record(db.session, visitor(fresh), "logout", today())

    def load_user_jwt(self, _jwt_header, jwt_data):
        """No tokens: sessions only."""
        return None

    # ── which hat, which rights ────────────────────────────────────────────────────────────────────────────────
    @staticmethod
    def recognise() -> None:
        """Who asks, with which hat; from here on the database session works for that hat only."""
        g.user = current_user
        g.hat, g.hats = None, []
        if current_user.is_authenticated:
            g.hats = list(current_user.hats)
            chosen = session.get("post_id")
            g.hat = next((hat for hat in g.hats if hat.post_id == chosen), g.hats[0] if g.hats else None)
        db.session().serve(g.hat.scope if g.hat else NOBODY)

    def before_request(self):
        if request.endpoint in ("static", "appbuilder.static", "healthz"):
            return None
        self.recognise()
        if wants_json() and not current_user.is_authenticated:
            abort(401)  # a redirect would open the login page unseen, and use up the message meant for the person
        return own_password_first()

    def has_access(self, permission_name: str, view_name: str) -> bool:
        hat: Hat | None = g.get("hat")
        return hat is not None and hat.permits(from_framework(permission_name, view_name))

    def _has_view_access(self, user, permission_name, view_name) -> bool:
        return self.has_access(permission_name, view_name)

    def get_user_menu_access(self, menu_names=None) -> set[str]:
        return set()  # our menu asks `Hat.permits`

    def is_item_public(self, permission_name, view_name) -> bool:
        return False


def own_password_first():
    """Nothing opens before an owner has a password of his own: led to its form, or refused where a script asks."""
    g.must_change_password = current_user.is_authenticated and current_user.must_change_password
    if not g.must_change_password or request.endpoint in WITHOUT_OWN_PASSWORD:
        return None
    if wants_json():
        abort(403)
    return redirect(url_for("OwnPassword.this_form_get"))


class Builder(AppBuilder):
    """Registers only what the product uses of the framework."""

    def _add_admin_views(self) -> None:
        self._indexview = self.add_view_no_menu(self.indexview)
        self.sm.register_views()

    def add_permissions(self, update_perms=False) -> None:
        """Rights are a table in the code."""


