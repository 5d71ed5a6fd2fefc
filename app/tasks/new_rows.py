"""A row that is not recorded yet: the task it describes, at the state its cells prove."""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from app.exchange.date_words import standing, tidy
from app.exchange.excel_in import Table, TableRow
from app.exchange.heads import plain_head
from app.exchange.text import as_text, squash
from app.ledgers.reading import PEOPLE, Reader
from app.tasks import rules
from app.tasks.reading import (
    Entry,
    end_of_year,
    follow_up_entries,
    own_days,
    parts_of,
    period_of,
    progress_entries,
    without_own_days,
)
from app.tasks.sheet import DOCUMENT_HEADS, SOURCE_HEADS, SUPPORTING_HEADS
from app.tasks.states import PERIODIC, DueKind, Part, Source

DUE_WORDS, DOCUMENT = 120, 120  # characters that the record holds
NOTHING = {"", "/", "\\", "-", "--", "无", "暂无", "空"}
DUE_KINDS = {
    "date": DueKind.DATE, "immediate": DueKind.IMMEDIATE, "standing": DueKind.STANDING, "unread": DueKind.WORDS,
}
# Where an obstacle to issuing is shown.
COLUMN_OF = {"happened_on": "content", "lead_units": "units", "due": "due", "due_kind": "due"}
SOURCE_WORDS = (
    (re.compile("中央|国务院|国家"), Source.CENTRAL), (re.compile("省"), Source.PROVINCE),
    (re.compile("市"), Source.CITY), (re.compile("县"), Source.COUNTY), (re.compile("上级|部门"), Source.SUPERIOR),
)
_DOCUMENT = re.compile(r"[\u4e00-\u9fff]{2,14}[〔\[（(]20\d\d[〕\]）)]\d{1,4}号")


@dataclass(frozen=True)
class Owing:
    """A responsible unit as the cells name it; `due`: its own day, when it is not the task's."""

    unit: int
    part: str
    heads: str | None = None
    due: dt.date | None = None


def arranged(table: Table, row: TableRow) -> TableRow:
    """The row with what other columns say of units and deadline in the form's own two.

    配合单位 beside the responsible unit becomes 牵头 and 配合. A list without 完成时限 means it by 完成时间.
    """
    cells = dict(row.cells)
    if "due" in table.missing and "done_on" in cells:
        cells["due"] = cells.pop("done_on")
    supporting = beside(row, SUPPORTING_HEADS)
    if supporting and squash(supporting) not in NOTHING:
        said = as_text(cells.get("units")).strip()
        lead = f"牵头：{said}；" if said and "牵头" not in said else said and f"{said}；"
        cells["units"] = f"{lead}配合：{supporting}"
    return replace(row, cells=cells)


def beside(row: TableRow, heads: Iterable[str]) -> str:
    """What a column says that the form has not."""
    return next((text.strip() for head, text in row.extra.items() if plain_head(head) in heads), "")


def understand(reader: Reader, hat, today: dt.date) -> tuple[dict, dict[str, str]]:
    """`(new, kept)`: everything the cells say as columns of task, shares and their parts; faults at the cells."""
    new: dict = {"year": reader.year, "kept": {}}
    _task(reader, new)
    _units(reader, new, hat)
    _due(reader, new)
    _done(reader, new, today)
    _progress(reader, new, today)
    _follow_ups(reader, new, today)
    _assigned(reader, new, today)
    return new, new.pop("kept")


def _task(reader: Reader, new: dict) -> None:
    new["content"] = reader.text("content")
    if not new["content"]:
        reader.fault("content", _("The task cannot be empty."))
    new["measures"] = reader.text("measures")
    said = beside(reader.row, SOURCE_HEADS)
    new["source"] = next((source for words, source in SOURCE_WORDS if words.search(said)), Source.COUNTY).value
    number = _DOCUMENT.search(f"{beside(reader.row, DOCUMENT_HEADS)} {said}")
    new["document_number"] = number[0] if number else beside(reader.row, DOCUMENT_HEADS)[:DOCUMENT] or None


def owing_units(reader: Reader, own: int | None) -> list[Owing]:
    """The responsible units of the cell, in order, each once; faults at the cell."""
    found: dict[int, Owing] = {}
    for part, words in parts_of(reader.said("units")):
        for unit, heads in reader.units("units", own, words):
            found.setdefault(unit, Owing(unit, part.value, heads))
    return list(found.values())


def names_group(reader: Reader) -> bool:
    """Whether a word such as 各乡镇 stands for many units: it is printed as long as it is true."""
    return any(mention.group for _part, words in parts_of(reader.said("units"))
               for mention in reader.book.parties(words).value or ())


def _units(reader: Reader, new: dict, hat) -> None:
    new["owed"] = owing_units(reader, hat.organization_id)
    if not new["owed"]:
        reader.fault("units", _("Name at least one responsible unit."))
    new["unit_words"] = reader.said("units")[:PEOPLE] if names_group(reader) else None


def due_of(reader: Reader) -> tuple[DueKind, dt.date | None, str | None] | None:
    """`(kind, day, words)` of the cell 完成时限; None when it says nothing or cannot be one."""
    said = reader.said("due")
    if kind := period_of(said):
        reader.cell("due")
        return kind, None, None
    if day := end_of_year(said, reader.year):
        reader.remark("due", _("Read as %(day)s.", day=day))
        return DueKind.DATE, day, said[:DUE_WORDS]
    task_day = without_own_days(said)
    due = reader.due("due", None, task_day if task_day != said else None)
    return due and (DUE_KINDS[due.kind], due.day, due.words[:DUE_WORDS] if due.words else None)


def _due(reader: Reader, new: dict) -> None:
    found = due_of(reader)
    if found is None:
        reader.fault("due", _("Give the day by which it must be done, 立行立改, 每月, 每季度 or 长期坚持."))
    new["due_kind"], new["due"], new["due_words"] = found or (DueKind.WORDS, None, None)
    new["due_kind"] = new["due_kind"].value
    days = {reader.book.index.lookup(unit).id: day for unit, day in own_days(reader.said("due"))}
    if days.keys() - {one.unit for one in new["owed"]}:
        reader.fault("due", _("A day is given for a unit that is not among the responsible ones."))
    new["owed"] = [replace(one, due=days.get(one.unit)) for one in new["owed"]]
    if new["due_kind"] in PERIODIC:
        reader.remark("due", _("A recurring task: it is issued anew in every period."))


def done_day(reader: Reader) -> dt.date | None:
    """The day in 完成时间; words such as 长期坚持 say that there is none yet."""
    said = reader.said("done_on")
    if period_of(said) or standing(tidy(said)):
        reader.remark("done_on", _("Taken as no date yet: %(text)s.", text=said))
        return None
    return reader.day("done_on")


def _done(reader: Reader, new: dict, today: dt.date) -> None:
    """完成时间: a day proves that all have done it."""
    new["done_on"] = done_day(reader)
    if new["done_on"] and new["done_on"] > today:
        reader.fault("done_on", _("The day of completion cannot be in the future."))
    elif new["done_on"] and new["due_kind"] in PERIODIC:
        reader.fault("done_on", _("A recurring task has no day of completion; each period has its own."))
    elif new["done_on"]:
        reader.remark("done_on", _("Recorded as done on %(day)s, marked as imported history.", day=new["done_on"]))


def addressed(reader: Reader, entry: Entry, owed: set[int]) -> tuple[int | None, Entry]:
    """The unit of `owed` that an entry names; any other name stays in its words."""
    named = reader.book.index.lookup(entry.unit).id if entry.unit else None
    if entry.unit is None or named in owed:
        return named, entry
    return None, replace(entry, text=f"（{entry.unit}）{entry.text}", unit=None)


def _progress(reader: Reader, new: dict, today: dt.date) -> None:
    """Entries for the unit they name; other words for who leads, or for all where nobody does."""
    new["progress"] = []
    said = words_of(reader, "progress")
    if said and new["due_kind"] in PERIODIC:
        new["kept"]["progress"] = said
        kept_only(reader)
        return
    owed = {one.unit for one in new["owed"]}
    for entry in progress_entries(said, reader.year, today):
        named, entry = addressed(reader, entry, owed)
        new["progress"] += [{"unit": unit, "day": entry.day or new["done_on"] or today,
                             "percent": entry.percent or 0, "text": entry.text}
                            for unit in ([named] if named else answering(new["owed"]))]
    if new["done_on"]:
        _claimed(reader, new)


def _claimed(reader: Reader, new: dict) -> None:
    """The last entry of a unit that has done it is its claim, of 100 %: one of the words said, or of its own."""
    if any(one["day"] > new["done_on"] for one in new["progress"]):
        reader.fault("done_on", _("Earlier than the progress that is reported."))
    last = {one["unit"]: one for one in sorted(new["progress"], key=lambda one: one["day"])}
    for unit, told in last.items():
        if told["day"] < new["done_on"]:
            told = {"unit": unit, "day": new["done_on"], "text": _("Completed")}
            new["progress"].append(told)
        told |= {"percent": 100, "claim": True}


def answering(owed: list[Owing]) -> list[int]:
    """Who is meant by words that name nobody: who leads; all, where nobody supports."""
    leads = [one.unit for one in owed if one.part == Part.LEAD]
    return leads if leads else [one.unit for one in owed]


def _follow_ups(reader: Reader, new: dict, today: dt.date) -> None:
    new["follow_ups"] = []
    owed = {one.unit for one in new["owed"]} if new["due_kind"] not in PERIODIC else set()
    for entry in follow_up_entries(words_of(reader, "follow_ups"), reader.year, today):
        named, entry = addressed(reader, entry, owed)
        new["follow_ups"].append({"day": entry.day or new["done_on"] or today, "method": entry.method,
                                  "text": entry.text, "unit": named})


def words_of(reader: Reader, key: str) -> str:
    """What a cell of entries says; a dash says nothing."""
    said = reader.text(key) or ""
    return "" if squash(said) in NOTHING else said


def kept_only(reader: Reader) -> None:
    """What is reported period by period cannot be told of the whole series."""
    reader.remark("progress", _("Kept in the history only: a recurring task is reported on in each period."))


def _assigned(reader: Reader, new: dict, today: dt.date) -> None:
    """The form does not say when a task was assigned: it is the year's from its first day, or from the first day
    that the row tells of. What is to be done at once is of today, or of that first day.
    """
    begun = today if new["due_kind"] == DueKind.IMMEDIATE else min(today, dt.date(reader.year, 1, 1))
    days = [begun, new["due"] if new["due_kind"] == DueKind.DATE else None, new["done_on"],
            *(one.due for one in new["owed"]), *(one["day"] for one in (*new["progress"], *new["follow_ups"]))]
    new["happened_on"] = min(day for day in days if day)
    new["due"] = rules.due_of(new["due_kind"], new["due"], new["happened_on"])
    obstacle = rules.why_not_issue(new["happened_on"], today, new["year"], new["due_kind"], new["due"],
                                   [one.unit for one in new["owed"]])
    if obstacle:
        reader.fault(COLUMN_OF[obstacle[0]], obstacle[1])
