"""Records that show a situation (四（二）): which may be named in a letter, and how they are called.

All through the session's scope: what the writer does not find is no basis of his letter, what a reader does not find
stands on no page.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.access.scope import Scope
from app.casework.cases import Case
from app.casework.listing import Selection, ids
from app.organization.search import LIMIT, like, normalized
from app.papers.words import day
from app.widgets import Choice

NEWEST = 2000  # of each kind, among which a title is looked for; an older record is found by its number
KINDS = {  # kind of case: (what it is, the endpoint of its page)
    "task": (_lp("right", "Key tasks"), "Tasks.show"), "task_share": (_l("Shares of the units"), "TaskShares.show"),
    "hazard": (_lp("right", "Hazards"), "Hazards.show"), "delivery": (_l("Letters received"), "Deliveries.show"),
    "occasion": (_l("Occasions"), "Occasions.show"),
}
FITS = {  # which situations a record of a kind may show
    "hazard": "4", "task": "5", "task_share": "5", "delivery": "45", "occasion": "136",
}
QUOTES = str.maketrans("“”", "‘’")
SEARCHED = ("occasion", "task", "hazard", "delivery")
_cases, _heads = Case.__table__, Case.__table__.alias("heads")


@dataclass(frozen=True)
class Shown:
    """A record as a letter names it; a share goes by its head's number."""

    id: int
    kind: str
    number: str
    title: str
    due: dt.date | None
    happened_on: dt.date

    @property
    def words(self) -> str:
        return f"{self.number} {self.title}".strip()

    @property
    def endpoint(self) -> str:
        return KINDS[self.kind][1]


def among(session, wanted: Iterable[int]) -> dict[int, Shown]:
    """`{id: record}` of those that exist for the session; one statement."""
    wanted = [i for i in wanted if i is not None]
    if not wanted:
        return {}
    rows = session.execute(
        sa.select(Case.id, Case.kind, sa.func.coalesce(Case.number, _heads.c.number, "").label("number"), Case.title,
                  Case.due, Case.happened_on)
        .outerjoin(_heads, _heads.c.id == Case.head_id)
        .where(Case.id.in_(wanted), Case.kind.in_(KINDS), Case.issued.is_(True)).order_by(Case.id)
    ).all()
    return {row.id: Shown(*row) for row in rows}


def shows(one: Shown, situations: Iterable[str]) -> list[str]:
    """Those of the situations that the record may show; any, where none fits its kind."""
    return [value for value in situations if value in FITS[one.kind]] or list(situations)


def choices(session, wanted: Iterable[int]) -> list[Choice]:
    return [Choice(one.id, one.words) for one in among(session, wanted).values()]


def find(session, scope: Scope, words: str) -> list[dict]:
    """`[{"id", "text", "note"}]` by number or title, the newest of each kind first; one statement for all kinds."""
    words = normalized(words)
    arms = []
    for kind in SEARCHED:
        newest = ids(scope, Selection(kind, _cases)).limit(NEWEST).subquery()
        arms.append(
            sa.select(_cases.c.id, sa.literal(kind).label("kind"), _numbers().label("number"), _cases.c.title)
            .join(newest, newest.c[0] == _cases.c.id).outerjoin(_heads, _heads.c.id == _cases.c.head_id)
            .where(_cases.c.issued.is_(True), sa.or_(
                _cases.c.title.like(like(words), escape="\\"), _numbers().like(like(words.upper()), escape="\\")))
            .order_by(_cases.c.id.desc()).limit(LIMIT // 2).subquery()
        )
    rows = session.execute(sa.union_all(*(sa.select(arm) for arm in arms)).limit(LIMIT)).all()
    return [{"id": row.id, "text": f"{row.number} {row.title}", "note": str(KINDS[row.kind][0])} for row in rows]


def _numbers():
    return sa.func.coalesce(_cases.c.number, _heads.c.number, "")


def within_quotes(title: str) -> str:
    """A title that stands in quotes: its own become single ones."""
    return title.translate(QUOTES)


def fact(one: Shown, today: dt.date, told: dict | None = None) -> str:
    """One sentence of a letter's grounds. `told`: of an occasion, who said what; never a confidential text."""
    title = one.title if one.kind == "occasion" else within_quotes(one.title)
    words = {"title": title, "number": one.number, "due": day(one.due), "day": day(one.happened_on), **(told or {})}
    if one.kind == "occasion" and told and told["weather"]:
        return _("On %(day)s %(said_by)s warned of %(weather)s (%(level)s).", **words)
    if one.kind == "occasion" and told and told["type"] == "elsewhere":
        return _("On %(day)s: %(title)s.", **words)
    if one.kind == "occasion":
        return _("%(said_by)s gave an instruction on %(day)s: %(title)s.", **words)
    if one.due is None or one.due >= today:
        return _("“%(title)s” (%(number)s).", **words)
    if one.kind == "hazard":
        return _("The hazard “%(title)s” (%(number)s) was to be rectified by %(due)s and is not yet.", **words)
    if one.kind == "delivery":
        return _("“%(title)s” (%(number)s) was to be answered by %(due)s and is not yet.", **words)
    return _("“%(title)s” (%(number)s) was to be done by %(due)s and is not yet.", **words)


def requirement(one: Shown, told: dict | None = None) -> str:
    """What a letter on an occasion asks, in the office's words; empty where the drafter alone can say it."""
    words = {**(told or {}), "title": within_quotes(one.title.rstrip("。"))}
    if told and told["weather"]:
        return _("Follow the warnings of %(weather)s (%(level)s) and pass them on to every enterprise; look over "
                 "building sites, mines, tailings ponds and outdoor work, and stop work and bring people to safety "
                 "where it is needed; keep people on duty, and report any danger at once.", **words)
    if told and told["type"] == "elsewhere":
        return _("Take the lesson of “%(title)s”: check places and work of the same kind at once, and rectify what is "
                 "found.", **words)
    return ""


def subject(one: Shown, type_title: object, told: dict | None = None) -> str:
    """A letter's title from the first record that it rests on."""
    words = {**(told or {}), "title": within_quotes(one.title.rstrip("。")), "type": type_title}
    if one.kind == "hazard":
        return _("%(type)s on rectifying “%(title)s”", **words)
    if one.kind == "occasion" and told and told["weather"]:
        return _("%(type)s on preparing for %(weather)s", **words)
    if one.kind == "occasion" and told and told["type"] == "elsewhere":
        return _("%(type)s on the lessons of “%(title)s”", **words)
    return _("%(type)s on carrying out “%(title)s”", **words)
