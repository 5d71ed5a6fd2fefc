"""The first page: whose turn it is, sorted by deadline; what others owe; beside it the numbers, which come after."""
from __future__ import annotations

from functools import partial

from flask import g, redirect, request
from flask_appbuilder import BaseView, IndexView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_login import current_user

from app import menu
from app.access.permissions import Permission as P
from app.casework.clock import today
from app.casework.deadlines import due_words
from app.casework.listing import CAP
from app.extensions import db
from app.organization.settings import setting
from app.workbench import numbers, queries

SHOWN, OTHERS = 50, 6
SHEET = 5  # units and overdue major hazards on the leader's page: it is one screen, one sheet of paper


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
        day, warning = today(), setting("warning_days")
        assigned = request.args.get("whose") == "mine"
        lines = queries.lines(db.session, g.hat, day, SHOWN, OTHERS, assigned)
        return self.render_template(
            self.index_template, title=None, today=day, lines=lines, mine=assigned, warning_days=warning,
            groups=by_urgency(lines.mine, day, warning), names=queries.names_of(db.session, lines.all),
            figures=queries.figures(db.session, g.hat, day), cap=CAP,
            begin=menu.items(menu.NEW, g.hat), can_photograph=menu.is_reachable(menu.QUICK, g.hat),
            ledgers=menu.items(menu.LEDGERS.children, g.hat),
            due_words=partial(due_words, warning_days=warning), can=g.hat.permits,
        )


def by_urgency(lines: list[queries.Line], day, warning_days: int) -> list[tuple[str, list[queries.Line]]]:
    """The lines under the heads overdue, due soon, the rest; heads without lines are left out."""
    heads = {"over": _("Overdue"), "soon": _("Due within %(days)s days", days=warning_days), "rest": _("The rest")}
    groups: dict[str, list] = {name: [] for name in heads}
    for desk, turn in lines:
        runs = turn.case.due is not None and not turn.stopped
        left = (turn.case.due - day).days if runs else warning_days + 1
        groups["over" if left < 0 else "soon" if left <= warning_days else "rest"].append((desk, turn))
    return [(heads[name], found) for name, found in groups.items() if found]


class Overview(BaseView):
    """概览: one sheet for who leads; the units one below the other; the charts, each with its table.

    The workbench fetches parts of these pages once it is drawn (`data-lazy`): its first paint waits for no sum.
    """

    route_base = "/overview"
    class_permission_name = "overview"
    default_view = "sheet"

    @expose("/")
    @has_access
    @permission_name("read")
    def sheet(self):
        day, county = today(), g.hat.permits(P.OVERVIEW_UNITS)
        rows = numbers.by_unit(db.session, g.hat, day) if county else []
        grave = queries.grave(db.session, g.hat, day, SHEET)
        return self.render_template(
            "workbench/sheet.html", title=_("Overview"), today=day, cap=CAP, grave=grave,
            figures=queries.figures(db.session, g.hat, day), worst=_worst(rows, day, SHEET), can=g.hat.permits,
            names=queries.names_of(db.session, [line for part in grave for line in part.lines]),
            due_words=partial(due_words, warning_days=setting("warning_days")),
        )

    @expose("/units")
    @has_access
    @permission_name("units")
    def units(self):
        day = today()
        rows = numbers.by_unit(db.session, g.hat, day)
        return self.render_template(
            "workbench/units.html", title=_("Unit by unit"), today=day, rows=rows, desks=numbers.DESKS,
            worst=_worst(rows, day), columns={desk.kind: desk.numbers.columns(day) for desk in numbers.DESKS},
        )

    @expose("/charts")
    @has_access
    @permission_name("read")
    def charts(self):
        day, county = today(), g.hat.permits(P.OVERVIEW_UNITS)
        rows = numbers.by_unit(db.session, g.hat, day) if county else []
        return self.render_template(
            "workbench/charts.html", title=_("Charts"), today=day, desks=numbers.DESKS,
            months={desk.kind: numbers.by_month(db.session, g.hat, desk, day) for desk in numbers.DESKS},
            townships=[row for row in rows if row.kind == "township"],
            industries={desk.kind: numbers.by_industry(db.session, g.hat, desk, day)
                        for desk in numbers.DESKS if desk.numbers.industry is not None},
            columns={desk.kind: desk.numbers.columns(day) for desk in numbers.DESKS},
        )


def _worst(rows, day, most: int | None = None) -> list[tuple]:
    """`(desk, its columns, its units, the worst first)` of each desk; nothing where no unit is shown."""
    return [(desk, desk.numbers.columns(day), numbers.worst(rows, desk, most)) for desk in numbers.DESKS if rows]
