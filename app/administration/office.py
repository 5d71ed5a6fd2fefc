"""What may be done to dictionaries, the calendar of working days and the office's settings."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.administration.saving import assign, locked, one_at_a_time, refuse_taken, remember
from app.casework.errors import NotFound, Obstacle
from app.casework.history import record
from app.casework.unit_of_work import unit_of_work
from app.organization.models import CalendarDay, DictionaryEntry
from app.organization.search import normalized
from app.organization.settings import DEFINITIONS, Setting, values

CRITERION = "major_criterion"
DICTIONARIES = {
    "industry": _l("Industries"), "hazard_category": _l("Categories of hazards"),
    "inspection_method": _l("Ways of inspection"), CRITERION: _l("Criteria for major hazards"),
}
_number = sa.func.coalesce(DictionaryEntry.document_number, "")
ENTRY_FIELDS = ("name", "parent_id", "document_number", "valid_from", "valid_to", "sort_order", "active")
DAY_FIELDS = ("day", "is_workday", "note")


def save_entry(session, hat, entry_id: int | None, version: int | None, data: Mapping, today: dt.date) -> int:
    """Add or change an entry of a dictionary; returns its id. `data`: ENTRY_FIELDS, `dictionary` for a new one.

    Raises NotFound, Stale, Obstacle; then nothing changed.
    """
    data = dict(data)
    if data.get("name"):
        data["name"] = normalized(data["name"])
    with unit_of_work(session):
        is_new = entry_id is None
        if is_new:
            entry = DictionaryEntry(county_id=hat.county_id, dictionary=data["dictionary"])
        else:
            entry = locked(session, DictionaryEntry, entry_id, version)
        if data.get("sort_order", 0 if not is_new else None) is None:
            data["sort_order"] = _behind_the_others(session, entry.dictionary)
        _check_entry(session, entry, data)
        changes = assign(entry, data, ENTRY_FIELDS)
        session.add(entry)
        remember(session, hat, "entry", entry, is_new, changes, today)
        return entry.id


def _behind_the_others(session, dictionary: str) -> int:
    last = session.scalar(
        sa.select(sa.func.max(DictionaryEntry.sort_order)).where(DictionaryEntry.dictionary == dictionary)
    )
    return (last or 0) + 1


def _check_entry(session, entry: DictionaryEntry, data: Mapping) -> None:
    same = [DictionaryEntry.id != (entry.id or 0), DictionaryEntry.dictionary == entry.dictionary,
            DictionaryEntry.name == data.get("name", entry.name)]
    if entry.dictionary == CRITERION:  # a new edition keeps the name; its number is another
        same.append(_number == (data.get("document_number", entry.document_number) or ""))
    refuse_taken(session, DictionaryEntry.id, sa.and_(*same), _l("The dictionary has this entry."), "name")
    parent_id = data.get("parent_id", entry.parent_id)
    if parent_id:
        parent = session.get(DictionaryEntry, parent_id)
        if parent is None or parent.id == entry.id or parent.dictionary != entry.dictionary or parent.parent_id:
            raise Obstacle(_l("Above it stands an entry of the first level of the same dictionary."), "parent_id")
    begins, ends = data.get("valid_from", entry.valid_from), data.get("valid_to", entry.valid_to)
    if begins and ends and ends < begins:
        raise Obstacle(_l("It cannot end before it begins."), "valid_to")


def save_day(session, hat, day_id: int | None, version: int | None, data: Mapping, today: dt.date) -> int:
    """Add or change the county's word on a day; returns its id. Raises NotFound, Stale, Obstacle."""
    with unit_of_work(session):
        is_new = day_id is None
        row = CalendarDay(county_id=hat.county_id) if is_new else locked(session, CalendarDay, day_id, version)
        same = sa.and_(CalendarDay.id != (row.id or 0), CalendarDay.day == data.get("day", row.day))
        refuse_taken(session, CalendarDay.id, same, _l("This day is in the table already."), "day")
        changes = assign(row, data, DAY_FIELDS)
        session.add(row)
        remember(session, hat, "calendar_day", row, is_new, changes, today, name=row.day.isoformat())
        return row.id


def save_days(session, hat, days, today: dt.date) -> int:
    """Take over the days of a notice, in one transaction; returns how many are new or other than before.

    `days`: rows with `day`, `is_workday`, `note`.
    """
    with unit_of_work(session):
        one_at_a_time(session)
        have = {row.day: row for row in session.scalars(
            sa.select(CalendarDay).where(CalendarDay.day.in_([one.day for one in days])).with_for_update()
        )}
        changes = {}
        for one in days:
            row = have.get(one.day)
            if row is None:
                row = CalendarDay(county_id=hat.county_id, day=one.day)
                session.add(row)
            elif row.is_workday == one.is_workday:
                continue
            changes[one.day.isoformat()] = [row.is_workday, one.is_workday]
            row.is_workday, row.note = one.is_workday, one.note or row.note
        if changes:
            record(session, hat, "notice_taken_over", today, changes=changes)
        return len(changes)


def change_setting(session, hat, key: str, value, valid_from: dt.date, today: dt.date) -> None:
    """Let a setting have a value from a day on; earlier values stay as they were. Raises NotFound, Obstacle."""
    definition = DEFINITIONS.get(key)
    if definition is None:
        raise NotFound
    value = checked(definition, value)
    if valid_from < today:
        raise Obstacle(_l("A value holds from today or a later day: what was counted stays."), "valid_from")
    with unit_of_work(session):
        _tell(session, hat, key, value, valid_from, today)


def withdraw_setting(session, hat, setting_id: int, today: dt.date) -> str:
    """Take back a value that does not hold yet: from its day on holds what held the day before. Returns the key.

    Rows are added only: the planned one stays in the history. Raises NotFound, Obstacle.
    """
    with unit_of_work(session):
        planned = session.get(Setting, setting_id)
        if planned is None or planned.key not in DEFINITIONS:
            raise NotFound
        if planned.valid_from <= today:
            raise Obstacle(_l("It holds already. Set another value from today or a later day."))
        before = values(session, hat.county_id, planned.valid_from - dt.timedelta(days=1))[planned.key]
        _tell(session, hat, planned.key, before, planned.valid_from, today)
        return planned.key


def _tell(session, hat, key: str, value, valid_from: dt.date, today: dt.date) -> None:
    before = values(session, hat.county_id, valid_from)[key]
    session.add(Setting(county_id=hat.county_id, key=key, value=value, valid_from=valid_from, user_id=hat.user_id,
                        told_on=today))
    record(session, hat, "setting_changed", today, changes={key: [before, value]},
           extra={"valid_from": valid_from.isoformat()})


def checked(definition, value):
    """The value in the default's type. Raises Obstacle."""
    if isinstance(definition.default, bool):
        if not isinstance(value, bool):
            raise Obstacle(_l("Say yes or no."), "value")
        return value
    text = str("" if value is None else value).strip()
    if isinstance(definition.default, int):
        if not text.isascii() or not text.isdecimal() or not definition.least <= int(text) <= definition.most:
            raise Obstacle(_l("A whole number from %(least)s to %(most)s.", least=definition.least,
                              most=definition.most), "value")
        return int(text)
    if definition.choices and text not in dict(definition.choices):
        raise Obstacle(_l("Choose one of the list."), "value")
    if not text or len(text) > 60:
        raise Obstacle(_l("A few words, at most 60 characters."), "value")
    return text
