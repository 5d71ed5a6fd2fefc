"""The first page: whose turn it is, sorted by deadline."""
from __future__ import annotations

from functools import partial

from flask import g, redirect, request
from flask_appbuilder import IndexView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_login import current_user

from app import menu
from app.access.permissions import Permission as P
from app.casework.clock import today
from app.casework.deadlines import due_words
from app.casework.listing import CAP
from app.extensions import db
from app.organization.settings import setting
from app.workbench import queries

SHOWN = 50


class Workbench(IndexView):
    """Guarded, unlike the framework's index. Who has no cases is sent to the first screen there is."""

    route_base = ""
    class_permission_name = "workbench"
    index_template = "workbench/index.html"

    @expose("/")
    def index(self):
        if not current_user.is_authenticated:
            return redirect(self.appbuilder.get_url_for_login)
        if g.hat is None:
            return self.render_template("workbench/no_post.html")
        if not g.hat.permits(P.WORKBENCH_READ):
            from app.shell import Shell

            return redirect(Shell().home)
        return self._page()

    @has_access
    @permission_name("read")
    def _page(self):
        day = today()
        mine = request.args.get("whose") == "mine"
        lines, more = queries.waiting(db.session, g.hat, day, SHOWN, mine)
        return self.render_template(
            self.index_template, title=None, today=day, lines=lines, more=more, mine=mine,
            names=queries.names_of(db.session, lines),
            figures=queries.figures(db.session, g.hat, day), cap=CAP,
            begin=menu.items(menu.NEW, g.hat), can_photograph=menu.is_reachable(menu.QUICK, g.hat),
            ledgers=menu.items(menu.LEDGERS.children, g.hat),
            due_words=partial(due_words, warning_days=setting("warning_days")),
        )
