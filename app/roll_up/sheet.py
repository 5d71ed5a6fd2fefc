"""The roll-up as a printed form: one line of heads for the month, one for the year up to it."""
from __future__ import annotations

from flask_babel import gettext as _

from app.exchange.sheets import Column, Sheet
from app.roll_up.figures import COLUMNS, HEADS, By, Line, Span
from app.roll_up.queries import RollUp
from app.submissions.wording import month_words


def sheet_of(by: By, month: str) -> Sheet:
    """The form for a month by industry, township or inspecting unit."""
    columns = [Column(f"{span}.{name}", str(HEADS[name]), 9, "number") for span in Span for name in COLUMNS]
    return Sheet(
        name="roll_up", title=f"问题隐患统计汇总表（{by.title}）",
        columns=(Column("name", str(by.title), 20), *columns),
        groups=(("", 1), (month_words(month), len(COLUMNS)), (year_head(month), len(COLUMNS))),
        above=(("filing_unit", "填报单位"), ("period", "所属月份")),
    )


def year_head(month: str) -> str:
    """2026年1—3月累计."""
    return _("January to %(month)s %(year)s", month=int(month[5:]), year=month[:4])


def rows_of(found: RollUp) -> list[dict]:
    """Total first, as the office reads it."""
    return [_row(line) for line in (found.total, *found.lines)]


def _row(line: Line) -> dict:
    cells = {f"{span}.{name}": line.spans[span].cell(name) for span in Span for name in COLUMNS}
    return {"name": line.name, **cells}
