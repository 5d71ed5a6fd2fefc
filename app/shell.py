"""What stands around every page: whose hat, the way home, the menu (the top bar and the navigation).

Worked out when a template asks, so that a page without the shell costs no statement.
"""
from __future__ import annotations

import secrets
from functools import cache, cached_property, lru_cache
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, current_app, g, render_template
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from app import menu, templating
from app.access.permissions import Permission as P
from app.access.roles import ROLES
from app.access.scope import Scope, planned_once
from app.casework import assigning
from app.casework.clock import today
from app.extensions import db
from app.reminders.queries import asked, new_count
from app.workbench.queries import todo_count

TOKEN = secrets.token_hex(16)  # stands in a kept part of a page for the token of the request


def address(endpoint: str, **values) -> str:
    """The address of a screen, empty when this installation has no such screen."""
    return templating.address(endpoint, **values) if templating.has_screen(endpoint) else ""


class Shell:
    """One per rendered template; `hat` is the post worn, as `app.access` put it into `g`."""

    @cached_property
    def worn(self):
        return g.get("hat")

    @property
    def user_id(self) -> int | None:
        return current_user.id if current_user and current_user.is_authenticated else None

    @property
    def user_name(self) -> str:
        return self.worn.user_name if self.worn else current_user.get_full_name()

    @property
    def hat(self) -> str:
        return hat_title(self.worn) if self.worn else ""

    @property
    def post_id(self) -> int | None:
        return self.worn.post_id if self.worn else None

    @cached_property
    def posts(self) -> list[dict]:
        return [{"id": hat.post_id, "title": hat_title(hat)} for hat in g.get("hats") or ()]

    @cached_property
    def county(self) -> str:
        return self.worn.county_name if self.worn else ""

    @cached_property
    def counts(self) -> tuple[int, int]:
        """What waits for this hat, and of how much the bell tells; one statement."""
        return db.session.execute(_counts(self.worn.scope, self.worn.role), asked(self.worn, today())).one()

    @property
    def todo(self) -> int | None:
        """How many cases wait for this hat; None where nothing is ever waited for."""
        return self.counts[0] if self.opens and self.opens.permits(P.WORKBENCH_READ) else None

    @property
    def new_notices(self) -> int | None:
        """What the bell tells; None for whom nothing rings."""
        return self.counts[1] if self.opens and self.opens.permits(P.INBOX_READ) else None

    @property
    def inbox_url(self) -> str:
        return address("Inbox.list")

    @property
    def home(self) -> str:
        """The first screen that this hat may open; without any, the own password."""
        urls = [item.url for block in self.menu.blocks for item in block if item.url]
        return urls[0] if urls else self.password_url

    @property
    def switch_url(self) -> str:
        return address("Hats.wear")

    @property
    def logout_url(self) -> str:
        return address("Login.logout")

    @property
    def search_url(self) -> str:
        return address("Search.index") if self.opens and self.opens.permits(P.SEARCH_READ) else ""

    @property
    def jobs_url(self) -> str:
        return address("Jobs.list") if self.opens and self.opens.permits(P.JOBS_READ) else ""

    @property
    def password_url(self) -> str:
        return address("OwnPassword.this_form_get")

    @property
    def delegations_url(self) -> str:
        may = self.opens is not None and self.opens.permits(P.DELEGATIONS_EDIT)
        return address("Delegations.list") if may else ""

    @property
    def today(self) -> str:
        """The county's day, for the calendar: an office's computer may be set to any time zone."""
        return today().isoformat()

    @property
    def opens(self):
        """The hat for whom screens open; none before its owner has chosen a password of his own."""
        return None if g.get("must_change_password") else self.worn

    def bar(self, typed: str = "") -> Markup:
        """The top bar, kept as long as it says the same; the token of its forms is another each time."""
        seen = (self.user_name, self.worn, self.opens is None, tuple(g.get("hats") or ()), self.todo, self.new_notices)
        drawn = templating.kept(("bar", *seen, typed), lambda: render_template(
            "shell/topbar.html", shell=self, typed=typed, csrf_token=lambda: TOKEN))
        return Markup(drawn.replace(TOKEN, generate_csrf()))

    @cached_property
    def menu(self):
        return menu.menu(self.opens)

    @property
    def navigation(self) -> str:
        """Drawn once for all who see the same on this page."""
        if self.menu.drawn is None:
            self.menu.drawn = render_template("shell/sidenav.html", blocks=self.menu.blocks)
        return Markup(self.menu.drawn)

    @cached_property
    def tabs(self):
        return menu.tabs(self.opens)


@lru_cache(maxsize=256)
def _counts(scope: Scope, role: str) -> sa.Select:
    return planned_once(sa.select(todo_count(scope, role).scalar_subquery(), new_count(scope).scalar_subquery()))


def basis_url(place: str) -> str:
    """Where a place of the governing text, such as 一（二）, can be read; empty without that screen."""
    page = address("Basis.index")
    return f"{page}#{place}" if page else ""


def hat_title(hat) -> str:
    """Unit and role, as the top bar and the hat switcher show it: 凤城镇 填报人（代 张三）."""
    title = _("%(unit)s %(role)s", unit=hat.organization_name, role=ROLES[hat.role].title)
    return _("%(title)s (for %(name)s)", title=title, name=hat.on_behalf_of) if hat.on_behalf_of else title


def versioned(endpoint: str, values: dict) -> None:
    """An upgraded stylesheet or script has a new address: browsers keep the old one for an hour."""
    name = values.get("filename") if endpoint == "static" else None
    if name and (version := _version(current_app.static_folder, name)):
        values["v"] = version


@cache
def _version(folder: str, name: str) -> int:
    """An upgrade starts the product anew."""
    file = Path(folder) / name
    return int(file.stat().st_mtime) if file.is_file() else 0


def init_app(app: Flask) -> None:
    app.url_defaults(versioned)
    app.context_processor(lambda: {"shell": Shell()})
    app.jinja_env.globals.update(
        mechanisms=lambda: menu.MECHANISMS, basis_url=basis_url, assigners=assigning.ASSIGNERS,
        assigned=lambda case: assigning.assigned(db.session, g.hat, case, today()),
    )
