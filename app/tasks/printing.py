"""A task as attachment 1 prints it: seven texts by column key, read in chunks from the bare tables.

The ids come from a selection under the reader's scope. Who is responsible and until when is part of the task; the
progress of a share, its own day and a follow-up are printed for who finds that share and that follow-up: their ids
are taken through the session's scope.
"""
from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.access.scope import labels
from app.casework.cases import Case
from app.exchange.parties import UnitMention, format_parties
from app.exchange.sheets import TRACE_KEY, Trace
from app.organization.models import Organization
from app.tasks.models import FollowUp, Progress, Share, Task
from app.tasks.states import DueKind, Part, TaskState

CHUNK = 200
DUE_WORDS = {
    DueKind.IMMEDIATE: "立行立改", DueKind.MONTHLY: "每月", DueKind.QUARTERLY: "每季度", DueKind.STANDING: "长期坚持",
}
LEAD, SUPPORTING = "牵头", "配合"
_cases, _tasks, _shares = Case.__table__, Task.__table__, Share.__table__
_progress, _follow_ups, _units = Progress.__table__, FollowUp.__table__, Organization.__table__
_owed = _cases.alias("owed")  # a share's own row of `cases`
_TASK_COLUMNS = (
    _cases.c.id, _cases.c.number, _cases.c.version, _cases.c.state, _cases.c.due, _cases.c.closed_on,
    _tasks.c.content, _tasks.c.measures, _tasks.c.due_kind, _tasks.c.due_words, _tasks.c.unit_words, _tasks.c.planned,
)
_SHARE_COLUMNS = (
    _owed.c.id, _owed.c.head_id, _owed.c.version, _owed.c.issued, _owed.c.state, _owed.c.due, _shares.c.unit_id,
    _shares.c.part, _shares.c.heads,
)


@dataclass(frozen=True)
class Owed:
    """One responsible unit as the form names it; `due`: the day of its share."""

    unit_id: int
    part: str
    heads: str | None
    due: dt.date | None = None
    share_id: int | None = None


@dataclass
class Told:
    """What happened to a task, as far as the session finds it: newest progress of each share, all follow-ups."""

    progress: list = field(default_factory=list)
    follow_ups: list = field(default_factory=list)


def people(text: str | None) -> tuple[str, ...]:
    return tuple(word for word in (text or "").split("、") if word)


def printed(session, ids: list[int], names: dict[int, str],
            until: dt.date = dt.date.max) -> Iterator[tuple[int, dict[str, str]]]:
    """`(id, {column key: text})` in the order of `ids`; `names` is filled as units come up.

    `until`: what happened after that day is not told.
    """
    rows = {row.id: row for row in session.execute(
        sa.select(*_TASK_COLUMNS).join(_tasks, _tasks.c.id == _cases.c.id).where(_cases.c.id.in_(ids))
    )}
    shares = shares_of(session, ids)
    told = told_of(session, ids, until)
    visible = visible_shares(session, ids)
    wanted = {one.unit_id for found in shares.values() for one in found}
    wanted |= {one["unit"] for row in rows.values() for one in row.planned or ()}
    wanted |= {one.unit_id for row in told.values() for one in (*row.progress, *row.follow_ups)}
    names.update(labels(session, _units, wanted - names.keys()))
    for i in ids:
        if i in rows:
            yield i, _texts(rows[i], shares[i], visible, told[i], names, until)


def shares_of(session, ids: list[int]) -> dict[int, list]:
    """All shares by task, in order, those taken back too; whatever the scope."""
    found: dict[int, list] = defaultdict(list)
    for row in session.execute(
        sa.select(*_SHARE_COLUMNS).join(_shares, _shares.c.id == _owed.c.id).where(_owed.c.head_id.in_(ids))
        .order_by(_owed.c.head_id, _shares.c.position, _owed.c.id)
    ):
        found[row.head_id].append(row)
    return found


def owed_of(shares: Iterable, task_state: str, planned: list | None) -> list[Owed]:
    """Who answers for a task: without shares taken back, and without units released (免除) while the task goes on.

    Of a draft, and of a recurring task, those it is planned for.
    """
    owed = [Owed(one.unit_id, one.part, one.heads, one.due, one.id) for one in shares
            if one.issued and (one.state != TaskState.TERMINATED or task_state == TaskState.TERMINATED)]
    return owed or [Owed(one["unit"], one.get("part") or Part.LEAD, one.get("heads")) for one in planned or ()]


def visible_shares(session, ids: list[int]) -> set[int]:
    """The shares of these tasks that the session finds."""
    return set(session.scalars(sa.select(Share.id).where(Share.head_id.in_(ids))))


def told_of(session, ids: list[int], until: dt.date = dt.date.max) -> dict[int, Told]:
    """The newest progress of every share and all follow-ups that the session finds, by task, in the form's order."""
    told: dict[int, Told] = defaultdict(Told)
    later = aliased(Progress)
    is_later = sa.or_(later.reported_on > Progress.reported_on,
                      sa.and_(later.reported_on == Progress.reported_on, later.id > Progress.id))
    newest = session.scalars(
        sa.select(Progress.id).join(Share, Share.id == Progress.case_id)
        .where(Share.head_id.in_(ids), Progress.reported_on <= until,
               ~sa.exists().where(later.case_id == Progress.case_id, later.reported_on <= until, is_later))
    )
    for row in session.execute(progress_rows(ids).where(_progress.c.id.in_(list(newest)))):
        told[row.head_id].progress.append(row)
    mine = list(session.scalars(sa.select(FollowUp.id).where(
        FollowUp.case_id.in_(ids), FollowUp.followed_on <= until)))
    for row in session.execute(follow_up_rows(ids).where(_follow_ups.c.id.in_(mine))):
        told[row.case_id].follow_ups.append(row)
    return told


def progress_rows(ids: list[int]) -> sa.Select:
    """Entries of progress of these tasks, in the order of the form; whatever the scope."""
    return (
        sa.select(_progress.c.reported_on, _progress.c.percent, _progress.c.text, _shares.c.unit_id, _owed.c.head_id)
        .join(_shares, _shares.c.id == _progress.c.case_id).join(_owed, _owed.c.id == _shares.c.id)
        .where(_owed.c.head_id.in_(ids)).order_by(_owed.c.head_id, _shares.c.position, _progress.c.id)
    )


def follow_up_rows(ids: list[int]) -> sa.Select:
    """Follow-ups of these tasks, in the order of the form; whatever the scope."""
    return sa.select(
        _follow_ups.c.case_id, _follow_ups.c.followed_on, _follow_ups.c.method, _follow_ups.c.text,
        _follow_ups.c.confined_to_id.label("unit_id"),
    ).where(_follow_ups.c.case_id.in_(ids)).order_by(
        _follow_ups.c.case_id, _follow_ups.c.followed_on, _follow_ups.c.id
    )


def _texts(row, shares: list, visible: set[int], told: Told, names: dict[int, str], until: dt.date) -> dict[str, str]:
    owed = owed_of(shares, row.state, row.planned)
    told_days = [one for one in owed if one.share_id in visible]
    version = row.version + sum(one.version for one in shares)
    return {
        "content": row.content,
        "measures": row.measures or "",
        "units": units_text(owed, names) if loses_persons(row.unit_words, owed) else row.unit_words,
        "due": due_text(row.due_kind, row.due, row.due_words, told_days, names),
        "progress": "\n".join(progress_text(one, names) for one in told.progress),
        "follow_ups": "\n".join(follow_up_text(one, names) for one in told.follow_ups),
        "done_on": row.closed_on.isoformat() if _is_done(row, until) else "",
        TRACE_KEY: str(Trace(row.number, version)) if row.number else "",
    }


def _is_done(row, until: dt.date) -> bool:
    return row.state == TaskState.DONE and row.closed_on is not None and row.closed_on <= until


def units_text(owed: Iterable[Owed], names: dict[int, str]) -> str:
    """``牵头：应急管理局 张三；配合：凤城镇、北留镇``; without 牵头 and 配合 when all have the same part."""
    parts: dict[str, list[UnitMention]] = {Part.LEAD.value: [], Part.SUPPORTING.value: []}
    for one in owed:
        parts[one.part].append(UnitMention(names[one.unit_id], people(one.heads)))
    lead, supporting = (format_parties(found) for found in parts.values())
    return f"{LEAD}：{lead}；{SUPPORTING}：{supporting}" if lead and supporting else lead or supporting


def loses_persons(words: str | None, owed: Iterable[Owed]) -> bool:
    """Whether 各乡镇 would leave out a 责任人 that the column has to name; true where there are no such words."""
    return not words or any(person not in words for one in owed for person in people(one.heads))


def due_text(kind: str, due: dt.date | None, words: str | None, owed: Iterable[Owed], names: dict[int, str]) -> str:
    """The task's deadline; units that have another day are named behind it."""
    if kind in DUE_WORDS:
        return DUE_WORDS[kind]
    said = due.isoformat() if due else words or ""
    own = [f"{names[one.unit_id]} {one.due.isoformat()}" for one in owed if one.due and one.due != due]
    return f"{said}（{'、'.join(own)}）" if own else said


def progress_text(entry, names: dict[int, str]) -> str:
    """``凤城镇 2026-06-05 60%：已排查`` – unit, day and percentage tell entries apart when the form comes back."""
    return f"{names[entry.unit_id]} {entry.reported_on.isoformat()} {entry.percent}%：{entry.text}"


def follow_up_text(entry, names: dict[int, str]) -> str:
    """``2026-06-05 电话调度（凤城镇）：进度偏慢``."""
    method = f" {entry.method}" if entry.method else ""
    unit = f"（{names[entry.unit_id]}）" if entry.unit_id else ""
    return f"{entry.followed_on.isoformat()}{method}{unit}：{entry.text}"


def stream(session, statement: sa.Select, until: dt.date = dt.date.max) -> Iterator[dict[str, str]]:
    """The texts of every task that `statement` (ids first) selects, in chunks: memory stays flat."""
    names: dict[int, str] = {}
    result = session.execute(statement, execution_options={"yield_per": CHUNK})
    for part in result.partitions():
        for _id, texts in printed(session, [row[0] for row in part], names, until):
            yield texts


def texts_of(session, ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """The printed texts of some tasks, by id."""
    names: dict[int, str] = {}
    ids = list(ids)
    return {
        i: texts for at in range(0, len(ids), CHUNK) for i, texts in printed(session, ids[at : at + CHUNK], names)
    }
