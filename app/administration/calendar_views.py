"""The screens of working days (工作日历): the county's own days, the whole year, a notice taken over at once."""
from __future__ import annotations

import calendar
import datetime as dt

from flask import abort, flash, g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.access.interface import OfficeInterface
from app.access.permissions import Permission as P
from app.access.views import OfficeView
from app.administration import notices, office
from app.administration.forms import RowForm, YesNoField
from app.casework.calendar import county_calendar
from app.casework.clock import today
from app.casework.deadlines import WorkCalendar
from app.casework.forms import DayField, VerbForm, WholeField, filled
from app.extensions import db
from app.organization.models import CalendarDay

YEARS = range(2000, 2101)  # as days are read


class DayForm(RowForm):
    day = DayField(_l("Day"), [filled])
    is_workday = YesNoField(_l("Worked"), default=False)
    note = StringField(_l("Note"), [Optional(), Length(max=120)],
                       description=_l("Which notice says so, such as a holiday moved."))


class NoticeForm(VerbForm):
    year = WholeField(_l("Year"), [filled, NumberRange(YEARS[0], YEARS[-1])])
    text = TextAreaField(
        _l("Text of the notice"), [filled, Length(max=20_000)], render_kw={"rows": 10, "data-wide": True},
        description=_l("Paste the State Council's notice as it is, or a list with a day or a span a line, "
                       "each with 放假 or 上班 behind it."))
    version = None


class Calendar(OfficeView):
    """工作日历: the county's own word on single days, over the published holidays."""

    route_base = "/calendar"
    class_permission_name = "settings"
    exclude_route_methods = OfficeView.exclude_route_methods | {"show"}
    method_permission_name = {**OfficeView.method_permission_name, "year": "read", "notice": "edit"}
    datamodel = OfficeInterface(CalendarDay)
    base_order = ("day", "desc")
    form = DayForm
    list_template = "administration/calendar.html"
    list_title, add_title = _l("Working days"), _l("Add a day")
    list_columns = ["day", "is_workday", "note"]
    order_columns = ["day", "is_workday"]
    label_columns = {"day": _l("Day"), "is_workday": _l("Worked"), "note": _l("Note")}

    def around_list(self) -> dict:
        """The years that deadlines reach and whose holidays nobody has told yet."""
        return {"unknown_years": unknown(county_calendar(db.session)), "this_year": today().year,
                "may_edit": g.hat.permits(P.SETTINGS_EDIT)}

    def form_for(self, row):
        if row is None and request.method == "GET" and "day" in request.args:
            return DayForm(data={"day": _day_asked(), "is_workday": request.args.get("worked") == "1"})
        return super().form_for(row)

    def save(self, form, pk):
        return office.save_day(db.session, g.hat, pk, form.seen, form.answers(), today())

    @expose("/year/<int:year>")
    @has_access
    @permission_name("read")
    def year(self, year: int):
        """Every day of a year: worked or not, and who says so."""
        if year not in YEARS:
            abort(404)
        days = county_calendar(db.session)
        own = {row.day: row for row in self._own(year)}
        return self.render_template(
            "administration/calendar_year.html", title=_("Calendar of %(year)s", year=year), year=year, own=own,
            months=[[(day, _look(day, days, own)) for day in _days(year, month)] for month in range(1, 13)],
            unknown=not days.has_data(year), may_edit=g.hat.permits(P.SETTINGS_EDIT), today=today(), years=YEARS,
            list_url=self.list_url(), list_title=self.list_title,
        )

    def _own(self, year: int) -> list[CalendarDay]:
        first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
        return db.session.query(CalendarDay).filter(CalendarDay.day.between(first, last)).all()

    @expose("/notice", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def notice(self):
        """Paste, look at what was understood, take over: all its days in one go."""
        form, read = NoticeForm(), None
        if request.method == "GET":
            form.year.data = request.args.get("year", type=int) or min(unknown(county_calendar(db.session)),
                                                                       default=today().year + 1)
        elif form.validate():
            read = notices.read(form.text.data, form.year.data)
            if not read.days:
                form.text.errors = [_("No day with 放假 or 上班 was found in it.")]
            elif "confirmed" in request.form:
                count = office.save_days(db.session, g.hat, read.days, today())
                flash(_("%(count)s days were taken over.", count=count), "success")
                return redirect(url_for("Calendar.year", year=form.year.data))
        return self.render_template(
            "administration/calendar_notice.html", title=_("Take over a holiday notice"), form=form, read=read,
            list_url=self.list_url(), list_title=self.list_title, cancel=self.list_url(),
        ), 422 if form.errors else 200


def unknown(days: WorkCalendar) -> list[int]:
    """This year and the next, as far as nobody has told their holidays."""
    year = today().year
    return [y for y in (year, year + 1) if not days.has_data(y)]


def _days(year: int, month: int) -> list[dt.date]:
    return [dt.date(year, month, n) for n in range(1, calendar.monthrange(year, month)[1] + 1)]


def _look(day: dt.date, days: WorkCalendar, own: dict) -> str:
    """The day's look: rest or work, moved when it is not as its weekday says, own when the county says so."""
    worked = days.is_workday(day)
    looks = ["work" if worked else "rest"]
    if worked != (day.weekday() < 5):
        looks.append("moved")
    if day in own:
        looks.append("own")
    return " ".join(looks)


def _day_asked() -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.args["day"])
    except ValueError:
        return None
