"""Which hazards a month's roll-up counts, as it stood then. One condition for figures and for the rows behind them.

A hazard is counted in the first month that ended after it happened and was not submitted before it was recorded:
by its filing unit, or else by the township where it is. How it stood is what the history tells of the month's last
day, as recorded when that month was submitted; its level, listing, industry and funds, too, before they were changed.
Who inspected and the place are as they stand today: no verb changes them.
"""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from app.access.scope import Scope
from app.casework.cases import Case, CaseParty
from app.casework.columns import UTCDateTime
from app.casework.history import state_as_of, touched_by, value_as_of
from app.hazards.models import Hazard
from app.hazards.states import HazardState, Listing
from app.roll_up.figures import CLOSED, GONE, OPEN, By, Figure, Span
from app.submissions.models import Submission
from app.submissions.periods import Periods
from app.submissions.rules import next_month
from app.submissions.states import SubmittedLedger

FAR = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
SELF = 0  # the key of what enterprises report themselves, among inspecting units
NOT_COUNTED = (HazardState.REGISTERED.value, HazardState.CANCELLED.value, HazardState.MERGED.value)
CHANGING = ("raise_level", "approve_downgrade", "decide_listing", "correct", "edit_draft")  # what is counted by
_c, _h, _s, _p = Case.__table__, Hazard.__table__, Submission.__table__, CaseParty.__table__


@dataclass(frozen=True)
class Edge:
    """The end of a month: its last day; the months whose submission tells until when it was recorded."""

    month: str
    last: dt.date


@dataclass(frozen=True)
class Question:
    """A month of the roll-up for a reader. `township`: of one township only (and of those merged into it), its own
    hazards and its enterprises'.
    """

    scope: Scope
    now: Edge
    before: dict[str, Edge]  # by span, the end of the month before it begins
    township: tuple[int, ...] = ()


def question(session, hat, month: str, township: tuple[int, ...] = ()) -> Question:
    """The month's days as the county's settings say; one statement."""
    periods = Periods(session, hat.county_id)

    def edge(one: str) -> Edge:
        return Edge(one, periods.last_day(one))

    before = {Span.MONTH.value: edge(next_month(month, -1)), Span.YEAR.value: edge(f"{int(month[:4]) - 1}-12")}
    return Question(hat.scope, edge(month), before, township)


def _limits(asked: Question):
    """Of each unit that submits, until when each of the three months was recorded: its own freeze or the next one."""
    s = _s.c
    edges = {"now": asked.now, **asked.before}
    columns = [sa.func.min(sa.case((s.month >= edge.month, s.recorded_until))).label(name)
               for name, edge in edges.items()]
    return (
        sa.select(s.unit_id, *columns)
        .where(s.ledger == SubmittedLedger.HAZARDS.value, s.recorded_until.is_not(None),
               s.month >= asked.before[Span.YEAR.value].month)
        .group_by(s.unit_id)
    )


@dataclass(frozen=True)
class _Tables:
    """The joined tables of a question, until when each month was recorded for a hazard, and whether what it is counted
    by was ever changed.
    """

    source: sa.FromClause
    until: dict[str, sa.ColumnElement]
    touched: sa.ColumnElement


def _tables(asked: Question, span: Span) -> _Tables:
    limits = _limits(asked).cte("limits")
    filer, place = limits.alias("filer"), limits.alias("place")
    candidates = _candidates(asked, span).subquery("candidates")
    touched = touched_by(asked.scope.county_id, CHANGING).subquery("touched")
    source = (
        candidates.join(_c, _c.c.id == candidates.c.id).join(_h, _h.c.id == _c.c.id)
        .outerjoin(filer, filer.c.unit_id == _c.c.filed_by_id)
        .outerjoin(place, place.c.unit_id == _h.c.territory_id)
        .outerjoin(touched, touched.c.case_id == _c.c.id)
    )
    far = sa.literal(FAR, UTCDateTime)
    until = {
        name: sa.func.coalesce(sa.case((filer.c.unit_id.is_not(None), filer.c[name]), else_=place.c[name]), far)
        for name in ("now", *asked.before)
    }
    return _Tables(source, until, touched.c.case_id.is_not(None))


def _in_sight(asked: Question) -> list:
    """The rows that the reader finds, as `casework.cases.case_rule` says; a unit's and a township's by their index."""
    scope = asked.scope
    conditions = [_c.c.kind == "hazard", _c.c.issued.is_(True), _c.c.county_id == scope.county_id]
    units = list(scope.organization_ids) if scope.breadth != "county" else []
    for these in filter(None, (units, asked.township)):
        mine = sa.select(_p.c.case_id).where(_p.c.organization_id.in_(these), _p.c.kind == "hazard")
        conditions.append(_c.c.id.in_(mine))
    if scope.breadth not in ("county", "units"):
        conditions.append(sa.false())
    if asked.township:
        conditions.append(_h.c.territory_id.in_(asked.township))
    return conditions


def _candidates(asked: Question, span: Span) -> sa.CompoundSelect:
    """Ids from two indexes: what happened in the span, and what is older and may have been recorded too late for it."""
    before = asked.before[span.value]
    c = _c.alias("candidate").c
    mine = sa.and_(c.county_id == asked.scope.county_id, c.kind == "hazard")
    frozen = sa.select(sa.func.min(_s.c.recorded_until)).where(
        _s.c.ledger == SubmittedLedger.HAZARDS.value, _s.c.month >= before.month).scalar_subquery()
    return sa.union_all(
        sa.select(c.id).where(mine, c.happened_on > before.last, c.happened_on <= asked.now.last),
        sa.select(c.id).where(mine, c.recorded_at > frozen, c.happened_on <= before.last),
    )


def _counted_by(edge: Edge, until) -> sa.ColumnElement:
    return sa.and_(_c.c.happened_on <= edge.last, sa.func.coalesce(_c.c.recorded_at, _c.c.created_at) <= until)


def _state(asked: Question, until):
    """How it stood: what the case says, where nothing was changed or recorded since; else what the history tells."""
    unchanged = sa.and_(_c.c.state_since <= asked.now.last, _c.c.state_recorded_at <= until)
    return sa.case((unchanged, _c.c.state), else_=state_as_of(asked.now.last, until))


def _then(asked: Question, tables: _Tables, column: sa.Column) -> sa.ColumnElement:
    """What the column said of the hazard; the history is asked only where it tells of any change."""
    asking = value_as_of(column, CHANGING, asked.now.last, tables.until["now"])
    return sa.case((tables.touched, asking), else_=column)


def counted(asked: Question, span: Span = Span.YEAR) -> sa.Select:
    """SELECT of one row per hazard of the span (the year holds its month): id, what it is by, how it stood."""
    tables = _tables(asked, span)
    until, month = tables.until, Span.MONTH.value
    in_month = ~_counted_by(asked.before[month], until[month])
    level, listing, industry, funds = (
        _then(asked, tables, column) for column in (_h.c.level, _h.c.listing, _h.c.industry_id, _h.c.funds))
    rows = (
        sa.select(
            _c.c.id, industry.label(By.INDUSTRY.value), _h.c.territory_id.label(By.TOWNSHIP.value),
            sa.case((_h.c.inspecting_unit_id == _h.c.enterprise_id, SELF), else_=_h.c.inspecting_unit_id)
            .label(By.DEPARTMENT.value),
            level.label("level"), funds.label("funds"), sa.case((in_month, 1), else_=0).label("in_month"),
            sa.case((listing == Listing.LISTED.value, 1), else_=0).label("listed"),
            _state(asked, until["now"]).label("stood"),
        )
        .select_from(tables.source)
        .where(*_in_sight(asked), _counted_by(asked.now, until["now"]),
               ~_counted_by(asked.before[span.value], until[span.value]))
        .subquery("rows")
    )
    return sa.select(rows, _outcome(rows.c.stood).label("outcome")).where(rows.c.stood.not_in(NOT_COUNTED))


def _outcome(stood):
    return sa.case((stood == HazardState.CLOSED.value, CLOSED), (stood == HazardState.SUBJECT_GONE.value, GONE),
                   else_=OPEN)


def sums(asked: Question, by: By) -> sa.Select:
    """SELECT of `(key, level, outcome, listed, in_month, count, funds)`, some hundred rows at any age."""
    rows = counted(asked).subquery("counted")
    keys = (rows.c[by.value].label("key"), rows.c.level, rows.c.outcome, rows.c.listed, rows.c.in_month)
    return sa.select(*keys, sa.func.count().label("count"), sa.func.sum(rows.c.funds).label("funds")).group_by(*keys)


def ids(asked: Question, span: Span, figure: Figure, by: By, keys: tuple[int, ...] | None, named: bool) -> sa.Select:
    """SELECT of the hazards behind a figure, the newest first. `named`: of one line, `keys` None is "not said"."""
    rows = counted(asked, span).subquery("counted")
    asks = [rows.c.level == figure.level] if figure.level else []
    asks += [rows.c.outcome == figure.outcome] if figure.outcome else []
    asks += [rows.c.listed == 1] if figure.listed else []
    asks += [rows.c.outcome != GONE] if figure.to_close else []
    asks += [rows.c.funds > 0] if figure.funded else []
    if named:
        asks.append(rows.c[by.value].in_(keys) if keys else rows.c[by.value].is_(None))
    return sa.select(rows.c.id).where(*asks).order_by(rows.c.id.desc())
