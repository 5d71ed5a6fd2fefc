"""The page of what was found."""
from __future__ import annotations

from functools import partial

from flask import g, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import pgettext

from app.casework.clock import today
from app.casework.deadlines import due_words
from app.extensions import db
from app.organization.grams import LONGEST_QUESTION, pieces
from app.organization.settings import setting
from app.search import queries
from app.search.marks import around, marked, spans

MARKS = {"marked": marked, "stands": spans, "around": around}


class Search(BaseView):
    """检索."""

    route_base = "/search"
    class_permission_name = "search"
    default_view = "index"

    @expose("/")
    @has_access
    @permission_name("read")
    def index(self):
        typed = " ".join(request.args.get("q", "")[: 4 * LONGEST_QUESTION].split())[:LONGEST_QUESTION]
        words = pieces(typed)
        groups = queries.ledgers(db.session, g.hat, typed, today()) if words else []
        names = queries.names_of(db.session, groups)
        return self.render_template(
            "search/index.html", title=pgettext("search", "Search"), typed=typed, groups=groups, most=queries.MOST,
            names=names, units_of=lambda turn: "、".join(names.get(unit, "") for unit in turn.units), today=today(),
            units=queries.units(db.session, g.hat, typed), people=queries.people(db.session, g.hat, typed),
            due_words=partial(due_words, warning_days=setting("warning_days")),
            **{name: partial(of, words=words) for name, of in MARKS.items()},
        )
