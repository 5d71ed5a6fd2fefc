"""What a person keeps of a list: named filters (one may be what the menu opens), and the columns she sees.

Her own only, whichever post she wears; nobody else finds them. A filter that is removed ends, and stays a row.
"""
from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from flask_appbuilder import Model
from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app.access.scope import planned_once, scoped
from app.casework.columns import UTCDateTime, utcnow
from app.casework.errors import NotFound, Obstacle
from app.casework.unit_of_work import unit_of_work
from app.organization.settings import setting

NAME_LENGTH, QUERY_LENGTH = 20, 1000
TAKEN = _l("You have a saved filter of this name already.")


class SavedFilter(Model):
    """`query`: the address' parameters, as the list understood them. `opens`: the list opens with it."""

    __tablename__ = "saved_filters"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    list_name: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    query: Mapped[dict] = mapped_column(JSON)
    opens: Mapped[bool] = mapped_column(default=False, server_default="0")
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime, default=utcnow)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    __table_args__ = (
        CheckConstraint("NOT opens OR ended_at IS NULL", name="kept_one_opens"),
        Index("ix_saved_filters_name", "user_id", "list_name", "name", unique=True,
              sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
        Index("ix_saved_filters_opens", "user_id", "list_name", unique=True,
              sqlite_where=sa.text("opens"), postgresql_where=sa.text("opens")),
    )


class ColumnChoice(Model):
    """`turned`: names of the columns that are not as the list comes: hidden, or shown where they are not usual."""

    __tablename__ = "column_choices"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    list_name: Mapped[str] = mapped_column(String(30))
    turned: Mapped[list] = mapped_column(JSON)
    __table_args__ = (UniqueConstraint("user_id", "list_name"),)


def _own(cls: type):
    return lambda scope: sa.false() if scope.user_id is None else cls.user_id == scope.user_id


scoped(SavedFilter, _own(SavedFilter))
scoped(ColumnChoice, _own(ColumnChoice))


_filters, _choices = SavedFilter.__table__, ColumnChoice.__table__
_LIST = sa.bindparam("user_id"), sa.bindparam("list_name")
_KEPT = planned_once(sa.union_all(
    sa.select(_filters.c.id, _filters.c.name, _filters.c.opens, _filters.c.query)
    .where(_filters.c.user_id == _LIST[0], _filters.c.list_name == _LIST[1], _filters.c.ended_at.is_(None)),
    sa.select(sa.null(), sa.null(), sa.null(), _choices.c.turned)
    .where(_choices.c.user_id == _LIST[0], _choices.c.list_name == _LIST[1]),
))


@dataclass(frozen=True)
class Kept:
    """What a list's page draws: the filters in the order in which they were saved, and the columns turned."""

    filters: tuple[sa.Row, ...] = ()
    turned: frozenset[str] = frozenset()

    @property
    def opening(self) -> sa.Row | None:
        return next((one for one in self.filters if one.opens), None)


def kept(session, hat, of_list: str) -> Kept:
    """Hers of one list, as rows with `id`, `name`, `opens` and `query`; one statement."""
    rows = session.execute(_KEPT, {"user_id": hat.user_id, "list_name": of_list}).all()
    saved = sorted((row for row in rows if row.id is not None), key=lambda row: row.id)
    return Kept(tuple(saved), frozenset(next((row.query for row in rows if row.id is None), ())))


def filters(session, hat, of_list: str) -> list[SavedFilter]:
    """Hers of one list, in the order in which they were saved."""
    return list(session.scalars(
        sa.select(SavedFilter).where(SavedFilter.user_id == hat.user_id, SavedFilter.list_name == of_list,
                                     SavedFilter.ended_at.is_(None)).order_by(SavedFilter.id)))


def kept_filter(session, hat, of_list: str, filter_id: int) -> SavedFilter:
    """Raises NotFound for another's, another list's, and one that has ended."""
    found = session.get(SavedFilter, filter_id)
    if found is None or found.user_id != hat.user_id or found.list_name != of_list or found.ended_at:
        raise NotFound
    return found


def save_filter(session, hat, of_list: str, name: str, query: dict[str, str], opens: bool) -> None:
    """Name what the address asks for. Raises Obstacle at the name."""
    if not query:
        raise Obstacle(_l("Nothing is filtered and nothing is sorted: there is nothing to save."))
    if sum(len(key) + len(value) for key, value in query.items()) > QUERY_LENGTH:
        raise Obstacle(_l("This filter is too long to be saved. Search for fewer words."))
    with _named(), unit_of_work(session):
        have = filters(session, hat, of_list)
        _refuse_taken(have, name)
        if len(have) >= setting("saved_filters"):
            raise Obstacle(_l("You have %(most)s saved filters of this list, as many as may be. Remove one first.",
                              most=setting("saved_filters")))
        if opens:
            _open_none(session, have)
        session.add(SavedFilter(user_id=hat.user_id, list_name=of_list, name=name, query=query, opens=opens))


def change_filter(session, hat, of_list: str, filter_id: int, name: str, opens: bool) -> None:
    with _named(), unit_of_work(session):
        changed = kept_filter(session, hat, of_list, filter_id)
        others = [one for one in filters(session, hat, of_list) if one is not changed]
        _refuse_taken(others, name)
        if opens:
            _open_none(session, others)
        changed.name, changed.opens = name, opens


def end_filter(session, hat, of_list: str, filter_id: int) -> None:
    with unit_of_work(session):
        ended = kept_filter(session, hat, of_list, filter_id)
        ended.opens, ended.ended_at = False, utcnow()


def turn_columns(session, hat, of_list: str, turned: list[str], again: bool = True) -> None:
    """From now on; with none turned the list is as it comes."""
    try:
        with unit_of_work(session):
            choice = session.scalar(_choice(ColumnChoice, hat, of_list).with_for_update())
            if choice is None:
                session.add(choice := ColumnChoice(user_id=hat.user_id, list_name=of_list))
            choice.turned = turned
    except IntegrityError:  # the first choice, in two windows at once
        if not again:
            raise
        turn_columns(session, hat, of_list, turned, again=False)


def _choice(what, hat, of_list: str) -> sa.Select:
    return sa.select(what).where(ColumnChoice.user_id == hat.user_id, ColumnChoice.list_name == of_list)


def _refuse_taken(have: list[SavedFilter], name: str) -> None:
    if any(one.name == name for one in have):
        raise Obstacle(TAKEN, field="name")


@contextmanager
def _named():
    """Two windows of hers at the same moment: whoever comes second is told."""
    try:
        yield
    except IntegrityError as error:
        raise Obstacle(TAKEN, field="name") from error


def _open_none(session, have: list[SavedFilter]) -> None:
    """One at most opens the list; told before another is, for the index that holds it."""
    for one in have:
        one.opens = False
    session.flush()
