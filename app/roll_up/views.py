"""The screens of the roll-up: the table, the rows behind a figure, Excel."""
from __future__ import annotations

import re
from functools import partial

from flask import abort, current_app, g, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.access.hats import merged_ids
from app.casework.clock import today
from app.casework.deadlines import due_words
from app.casework.file_kinds import file_name
from app.casework.history import record
from app.casework.unit_of_work import unit_of_work
from app.exchange.excel_out import write
from app.exchange.sheets import FormMeta
from app.extensions import db
from app.gate import key
from app.hazards import queries as hazards
from app.hazards.states import HazardState
from app.ledgers.files import layout_of, scratch, send_once
from app.organization.settings import setting
from app.roll_up import counting, queries
from app.roll_up.figures import BEHIND, COLUMNS, DASH, FIGURES, HEAD_GROUPS, HEADS, By, Span
from app.roll_up.sheet import rows_of, sheet_of, year_head
from app.submissions.periods import Periods
from app.submissions.rules import next_month
from app.submissions.wording import month_words

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
SIZE, LAST_PAGE = 50, 400
NOT_SAID = "none"  # the line of what was not said, in an address


class RollUp(BaseView):
    """统计汇总."""

    route_base = "/roll_up"
    class_permission_name = "roll_up"
    default_view = "index"

    @expose("/")
    @has_access
    @permission_name("read")
    def index(self):
        month, by, place = self._asked()
        found = queries.roll_up(db.session, g.hat.county_id, self._question(month, place), by)
        newest = max(Periods(db.session, g.hat.county_id).holding(today()), month)
        return self.render_template(
            "roll_up/index.html", title=_("Roll-up"), found=found, month=month, by=by, bys=By, spans=Span, place=place,
            months=[next_month(newest, -n) for n in range(24)], places=self._places(), columns=COLUMNS,
            head_groups=HEAD_GROUPS, figures=FIGURES, dash=DASH,
            span_heads={Span.MONTH: month_words(month), Span.YEAR: year_head(month)}, whose=self._whose(place),
            month_words=month_words, can=g.hat.permits,
            link=lambda line, span, name: self._link(found, line, span, name, month, by, place),
            until=Periods(db.session, g.hat.county_id).last_day(month),
        )

    @expose("/rows")
    @has_access
    @permission_name("read")
    def rows(self):
        """The hazards that one figure counts, all of them."""
        month, by, place = self._asked()
        figure, span = BEHIND.get(request.args.get("figure")), request.args.get("span")
        if figure is None or span not in set(Span):
            abort(404)
        named, keys, name = self._line(by)
        statement = counting.ids(self._question(month, place), Span(span), figure, by, keys, named)
        number = min(max(request.args.get("page", 1, type=int) or 1, 1), LAST_PAGE)
        found = db.session.execute(statement.limit(SIZE + 1).offset((number - 1) * SIZE)).scalars().all()
        rows = hazards.load(db.session, list(found[:SIZE]))
        return self.render_template(
            "roll_up/rows.html", title=f"{HEADS[figure.name]}", rows=rows, names=hazards.unit_names(db.session, rows),
            line=name, whose=self._whose(place), by=by, states=HazardState, today=today(), page=number, size=SIZE,
            more=len(found) > SIZE and number < LAST_PAGE,
            span_head=month_words(month) if span == Span.MONTH else year_head(month),
            due_words=partial(due_words, warning_days=setting("warning_days")),
            back=url_for("RollUp.index", month=month, by=by.value, township=place),
        )

    @expose("/export")
    @has_access
    @permission_name("export")
    def export(self):
        """The table as a workbook, its numbers as numbers; recorded in the history."""
        month, by, place = self._asked()
        found = queries.roll_up(db.session, g.hat.county_id, self._question(month, place), by)
        sheet = sheet_of(by, month)
        meta = FormMeta(filing_unit=self._whose(place), period=month_words(month), filer=g.hat.user_name,
                        phone=g.hat.phone or "")
        path = scratch(current_app, ".xlsx")
        count = write(path, sheet, rows_of(found), meta, layout=layout_of(db.session, g.hat.county_id, today(), "A3"))
        with unit_of_work(db.session):
            record(db.session, g.hat, "export", today(), extra={
                "form": sheet.name, "rows": count, "filters": {"month": month, "by": by.value, "township": place}})
        return send_once(path, file_name(sheet.title, self._whose(place), month, ending=".xlsx"))

    # ── what was asked ─────────────────────────────────────────────────────────────────────────────────────────
    def _asked(self) -> tuple[str, By, int | None]:
        """Month, lines, township; what is not understood is as if it were not there."""
        month, by = request.args.get("month", ""), request.args.get("by")
        if not MONTH.fullmatch(month):
            month = Periods(db.session, g.hat.county_id).latest(today())
        chosen = request.args.get("township", type=key)
        place = chosen if chosen in self._places() else None
        return month, By(by) if by in set(By) else By.INDUSTRY, place

    def _places(self) -> dict[int, str]:
        """The townships that a county role may choose."""
        if g.hat.scope.breadth != "county":
            return {}
        if "townships" not in g:
            g.townships = queries.townships(db.session, g.hat.county_id)
        return g.townships

    def _question(self, month: str, place: int | None) -> counting.Question:
        """A township's own roll-up is of its territory; a department's of what it finds in its ledger."""
        townships = ()
        if place:
            townships = merged_ids(db.session, [place])[place]
        elif g.hat.scope.breadth == "units" and g.hat.organization_kind == "township":
            townships = g.hat.organization_ids
        return counting.question(db.session, g.hat, month, townships)

    def _whose(self, place: int | None) -> str:
        if place:
            return self._places()[place]
        return g.hat.county_name if g.hat.scope.breadth == "county" else g.hat.organization_name

    def _line(self, by: By) -> tuple[bool, tuple[int, ...] | None, str]:
        """`(is it one line's figure, its stored keys, its name)`."""
        said = request.args.get("key")
        if said is None:
            return False, None, _("Total")
        if said == NOT_SAID:
            return True, None, _("Not said")
        known = queries.members(db.session, g.hat.county_id, by)
        one = key(said) if said.isdigit() else abort(404)
        return True, known.keys_of(one), known.names.get(one, "")

    @staticmethod
    def _link(found, line, span: Span, name: str, month: str, by: By, place: int | None) -> str:
        named = {} if line is found.total else {"key": NOT_SAID if line.key is None else line.key}
        return url_for("RollUp.rows", month=month, by=by.value, township=place, span=span.value, figure=name, **named)
