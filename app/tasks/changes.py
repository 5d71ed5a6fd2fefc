"""A row of a task that is recorded: each changed cell is a verb or a correction, or shown as not possible.

Cells that merge several entries come back as new entries only for what they say beyond the recorded ones, by the
verb of whose they are: progress by the responsible unit on its own share, follow-ups by the issuer.
"""
from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from flask_babel import gettext as _

from app.casework.verbs import How, how_may
from app.ledgers.changes import not_yours, refuse
from app.ledgers.reading import Reader
from app.tasks import rules
from app.tasks.matching import Recorded
from app.tasks.models import Share
from app.tasks.new_rows import addressed, done_day, due_of, kept_only, owing_units, words_of
from app.tasks.reading import Entry, beyond, follow_up_entries, own_days, progress_entries
from app.tasks.shares.verbs import SHARES
from app.tasks.states import PERIODIC, DueKind, TaskState
from app.tasks.verbs import TASKS

CORRECTED = ("content", "measures")
# Where an obstacle of a verb is shown.
COLUMN_OF = {"correct": "content", "report": "progress", "claim": "done_on", "verify": "done_on",
             "follow_up": "follow_ups"}
_REASON = re.compile(r"(?:未完成|未按期完成|逾期|滞后|延期)?的?(?:主要)?原因\s*(?:是|为|系|:|：)\s*(.+)", re.S)


@dataclass
class Row:
    """A changed row and what it is compared with."""

    reader: Reader
    recorded: Recorded
    hat: object
    today: dt.date
    file_name: str

    @property
    def because(self) -> str:
        return _("Imported from %(file)s", file=self.file_name)[:200]

    @property
    def owed(self) -> set[int]:
        """The units that have a share."""
        return {one.unit_id for one in self.recorded.owed if one.share_id}


def plan_changes(reader: Reader, recorded: Recorded, texts: dict, keys: set[str], hat, today: dt.date,
                 file_name: str) -> list[tuple[str, dict]]:
    """`[(verb, data)]` that would make the record say what the cells `keys` say; faults stand in the cells.

    An act on a share names it: `data["share"]`.
    """
    row = Row(reader, recorded, hat, today, file_name)
    changed = {key for key in keys if key not in SAME or not SAME[key](row)}
    for key in changed:
        reader.cell(key).before = texts[key]
    if "due" in changed:
        reader.fault("due", _("The deadline moves by adjusting the task or by an extension, on the task's page."))
    acts = _corrections(row, changed)
    acts += _heads(row) if "units" in changed else []
    acts += _followed(row) if "follow_ups" in changed else []
    reports = _reported(row) if "progress" in changed else []
    acts += _done(row, reports) if "done_on" in changed else reports
    return [act for act in acts if _guarded(row, act)]


# ── the same thing in other words is no change: a file imported twice changes nothing ──────────────────────────────
def _same_due(row: Row) -> bool:
    task = row.recorded.task
    found = due_of(row.reader)
    row.reader.cell("due").asks = False  # a recorded deadline is not asked about: it is the same, or it stays
    if found is None:
        return row.reader.cell("due").problem is None
    kind, day, words = found
    index = row.reader.book.index
    own = {(index.lookup(unit).id, said) for unit, said in own_days(row.reader.said("due"))}
    if not own <= {(one.unit_id, one.due) for one in row.recorded.owed}:
        return False
    if kind != task.due_kind:
        return False
    return day == task.due if kind == DueKind.DATE else kind != DueKind.WORDS or words == task.due_words


def _same_units(row: Row) -> bool:
    """The same units in the same parts; persons that the cell does not name are not taken away."""
    said = {one.unit: one for one in owing_units(row.reader, row.hat.organization_id)}
    recorded = {one.unit_id: one for one in row.recorded.owed}
    return _same_parts(said, recorded) and all(one.heads in (None, recorded[i].heads) for i, one in said.items())


def _same_parts(said: dict, recorded: dict) -> bool:
    """Without 牵头 and 配合 in the cell all have the same part, whichever it is."""
    if said.keys() != recorded.keys():
        return False
    alike = len({one.part for one in said.values()}) == len({one.part for one in recorded.values()}) == 1
    return alike or all(one.part == recorded[i].part for i, one in said.items())


def _same_done(row: Row) -> bool:
    """The day of the task, or the one that the importer reported for its own share."""
    mine = {share.claimed_on for share in row.recorded.shares if share.unit_id in row.hat.organization_ids}
    return done_day(row.reader) in {None, row.recorded.task.closed_on, *mine}


SAME = {
    "due": _same_due, "units": _same_units, "done_on": _same_done,
    "progress": lambda row: not _new_progress(row), "follow_ups": lambda row: not _new_follow_ups(row),
}


def _new_progress(row: Row) -> list[tuple[int | None, Entry]]:
    """`[(the unit it names, entry)]` that no recorded entry tells already."""
    recorded = row.recorded.progress
    if row.recorded.task.due_kind in PERIODIC:
        kept_only(row.reader)
        return []
    rest = beyond(words_of(row.reader, "progress"), [text for _row, text in recorded])
    found = [addressed(row.reader, entry, row.owed) for entry in progress_entries(rest, row.reader.year, row.today)]
    return [
        (named, entry) for named, entry in found
        if not any(entry.tells(one.text, one.reported_on, one.percent) and named in (None, one.unit_id)
                   for one, _text in recorded)
    ]


def _new_follow_ups(row: Row) -> list[tuple[int | None, Entry]]:
    recorded = row.recorded.follow_ups
    rest = beyond(words_of(row.reader, "follow_ups"), [text for _row, text in recorded])
    found = [addressed(row.reader, entry, row.owed) for entry in follow_up_entries(rest, row.reader.year, row.today)]
    return [(named, entry) for named, entry in found
            if not any(entry.tells(one.text, one.followed_on) for one, _text in recorded)]


# ── what changed, as verbs and corrections ─────────────────────────────────────────────────────────────────────────
def _corrections(row: Row, changed: set[str]) -> list[tuple]:
    values = {key: row.reader.text(key) for key in CORRECTED if key in changed}
    return [("correct", {"values": values, "reason": row.because})] if values else []


def _heads(row: Row) -> list[tuple]:
    """Persons beside the same units are a correction of those units' shares; other units are an act of their own."""
    said = {one.unit: one for one in owing_units(row.reader, row.hat.organization_id)}
    recorded = {one.unit_id: one for one in row.recorded.owed}
    shares = {share.unit_id: share for share in row.recorded.shares if share.issued}
    renamed = {i: one.heads for i, one in said.items() if i in recorded and one.heads not in (None, recorded[i].heads)}
    if not _same_parts(said, recorded) or renamed.keys() - shares.keys():
        row.reader.fault("units", _("Other units are added, reassigned or released on the task's page."))
        return []
    return [("correct", {"share": shares[i].id, "heads": heads, "reason": row.because})
            for i, heads in renamed.items()]


def _followed(row: Row) -> list[tuple]:
    acts = []
    for named, entry in _new_follow_ups(row):
        day = entry.day or row.today
        if message := rules.why_not_on(day, row.recorded.task.happened_on, row.today):
            row.reader.fault("follow_ups", message)
        acts.append(("follow_up", {"followed_on": day, "method": entry.method, "text": entry.text, "unit_id": named}))
    return acts


def _reported(row: Row) -> list[tuple]:
    acts = []
    for named, entry in _new_progress(row):
        share = _reporting_share(row, named)
        if share is None:
            row.reader.fault("progress", _("Progress is reported by the responsible unit, on its own share."))
            continue
        late = _REASON.search(entry.text)
        data = {"share": share.id, "reported_on": entry.day or row.today, "text": entry.text,
                "percent": share.percent_claimed if entry.percent is None else entry.percent,
                "overdue_reason": late[1].strip() if late else None}
        obstacle = rules.why_not_report(data["reported_on"], share.happened_on, share.due, row.today, entry.text,
                                        data["overdue_reason"])
        if obstacle and obstacle[0] == "overdue_reason":
            row.reader.fault("progress", _("The deadline has passed: add the reason to the words, as 原因：…"))
        elif obstacle:
            row.reader.fault("progress", obstacle[1])
        acts.append(("report", data))
    return acts


def _reporting_share(row: Row, named: int | None) -> Share | None:
    """The share that the entry is about: of the unit it names, else the importer's own, else one it fills in for."""
    mine = [share for share in row.recorded.open_shares if how_may(SHARES, SHARES.verbs["report"], share, row.hat)]
    if named:
        return next((share for share in mine if share.unit_id == named), None)
    own = [share for share in mine if share.unit_id in row.hat.organization_ids]
    return own[0] if own else mine[0] if len(mine) == 1 else None


def _done(row: Row, reports: list[tuple]) -> list[tuple]:
    """A day of completion: the unit claims it for its share; the issuer verifies what all units have claimed."""
    day, shares = done_day(row.reader), row.recorded.open_shares
    if day is None:
        return reports
    own = next((share for share in shares if share.unit_id in row.hat.organization_ids
                and how_may(SHARES, SHARES.verbs["claim"], share, row.hat)), None)
    if own is not None:
        return _claimed(row, own, day, reports)
    waiting = [share for share in shares if share.state != TaskState.CLAIMED]
    if not shares:
        row.reader.fault("done_on", _("The day of completion of a recorded task stays."))
    elif waiting:
        names = row.reader.book.names(share.unit_id for share in waiting)
        row.reader.fault("done_on", _("Not yet reported as completed by: %(names)s.", names=names))
    for share in shares if not waiting else ():
        if obstacle := rules.why_not_verify(day, share.claimed_on, row.today):
            row.reader.fault("done_on", obstacle[1])
    return [*reports, *(("verify", {"share": share.id, "verified_on": day}) for share in shares if not waiting)]


def _claimed(row: Row, share: Share, day: dt.date, reports: list[tuple]) -> list[tuple]:
    """What was reported in the same row is the evidence of the claim."""
    told = [data for _verb, data in reports if data["share"] == share.id]
    if not told:
        row.reader.fault("done_on", _("Say in the column 推进落实情况 what was done."))
        return reports
    message = rules.why_not_on(day, max(share.happened_on, share.state_since), row.today)
    if message:
        row.reader.fault("done_on", message)
    claim = {"share": share.id, "claimed_on": day, "text": told[-1]["text"],
             "overdue_reason": told[-1]["overdue_reason"]}
    return [*(act for act in reports if act[1] is not told[-1]), ("claim", claim)]


# ── the same guard as on the pages ─────────────────────────────────────────────────────────────────────────────────
def _guarded(row: Row, act: tuple[str, dict]) -> bool:
    """What the importer may not do is shown as such, at the cells that ask for it."""
    name, data = act
    noun, case = TASKS, row.recorded.task
    if "share" in data:
        noun, case = SHARES, next(share for share in row.recorded.shares if share.id == data["share"])
    verb = noun.verbs[name]
    how, why = how_may(noun, verb, case, row.hat), verb.rule(case, row.hat, row.today)
    if how is None or how is How.PAPER:
        why = not_yours(verb)
    if why:
        for column in _columns(name, data):
            refuse(row.reader, column, why)
        return False
    if how is How.PROXY:
        data |= {"proxy_for": (case.heads or _("The enterprise"))[:60], "proxy_evidence": row.because}
    return True


def _columns(name: str, data: dict) -> list[str]:
    """The cells that asked for an act."""
    if name == "correct":
        return list(data["values"]) if "values" in data else ["units"]
    return [COLUMN_OF[name]]
