"""The append-only history: who did what, with which hat, when it happened and when it was recorded.

Entries carry no lock. A sealer closes blocks over all entries not yet sealed, in id order; each block's hash
covers the hashes of its entries and the block before. A late commit falls into the next block. Nothing in the
product edits or deletes an entry, and triggers in the database refuse it.
"""
from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask_appbuilder import Model
from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.access.scope import Scope, scoped
from app.casework.cases import Case, CasePart, part_rule
from app.casework.columns import UTCDateTime, utcnow

LONGEST_TRANSACTION = dt.timedelta(minutes=10)  # an entry is committed within this time of being recorded


class TimelineEntry(Model, CasePart):
    """One act. `changes`: ``{field: [before, after]}``. `extra`: proxy evidence, paper decision, links."""

    __tablename__ = "timeline_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    county_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    occurred_on: Mapped[dt.date]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    user_name: Mapped[str] = mapped_column(String(64))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    organization_name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    verb: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str | None] = mapped_column(String(30))
    to_state: Mapped[str | None] = mapped_column(String(30))
    comment: Mapped[str | None] = mapped_column(Text)
    changes: Mapped[dict] = mapped_column(JSON, default=dict)
    extra: Mapped[dict] = mapped_column(JSON, default=dict)
    __table_args__ = (
        Index("ix_timeline_entries_case", "case_id", "occurred_on", "id"),
        Index("ix_timeline_entries_county", "county_id", "id"),
        Index("ix_timeline_entries_verb", "county_id", "verb", "id"),
        # What state a case was in on a day, as known at an instant: answered from the index alone.
        Index("ix_timeline_entries_states", "case_id", "occurred_on", "id", "recorded_at", "to_state",
              sqlite_where=sa.text("to_state IS NOT NULL"), postgresql_where=sa.text("to_state IS NOT NULL")),
    )


class AuditBlock(Model):
    """A sealed block: its hash covers the previous block's hash and its entries' hashes in id order.

    No two blocks follow the same one: the chain cannot fork.
    """

    __tablename__ = "audit_blocks"
    id: Mapped[int] = mapped_column(primary_key=True)
    entries: Mapped[int]
    last_entry_id: Mapped[int]
    previous_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)


class SealedEntry(Model):
    """The seal of one entry: in which block, and its content's hash."""

    __tablename__ = "sealed_entries"
    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    block_id: Mapped[int] = mapped_column(ForeignKey("audit_blocks.id"), index=True)
    hash: Mapped[str] = mapped_column(String(64))


_of_case = part_rule(TimelineEntry)


def _rule(scope: Scope):
    """The auditor reads the county's whole log; everybody else what belongs to a case they find."""
    if scope.role == "auditor":
        return TimelineEntry.county_id == scope.county_id
    return _of_case(scope)


scoped(TimelineEntry, _rule)

_entries = TimelineEntry.__table__
_seals = SealedEntry.__table__
_blocks = AuditBlock.__table__
_START = "0" * 64
CHUNK, BLOCK = 5_000, 50_000  # entries read at once; entries in one block at most, which bounds the sealer's lock


def record(session, hat, verb: str, today: dt.date, *, case: Case | None = None, from_state=None, to_state=None,
           comment: str | None = None, changes: dict | None = None, extra: dict | None = None,
           occurred_on: dt.date | None = None, confined_to_id: int | None = None) -> TimelineEntry:
    """Append one entry. Required keys: who (`hat`), what (`verb`), the day it is recorded (`today`).

    A delegate's entry says in whose place it was done (代理).
    """
    entry = TimelineEntry(
        case_id=case.id if case is not None else None, county_id=hat.county_id, recorded_at=utcnow(),
        occurred_on=occurred_on or today, user_id=hat.user_id, user_name=hat.user_name,
        organization_id=hat.organization_id, organization_name=hat.organization_name, role=hat.role, verb=verb,
        from_state=from_state, to_state=to_state, comment=comment, changes=changes or {},
        extra={**(extra or {}), **in_place_of(hat)}, confined_to_id=confined_to_id,
    )
    session.add(entry)
    if to_state is not None:
        case.state_recorded_at = entry.recorded_at
        case.recorded_at = (case.recorded_at or entry.recorded_at) if case.issued else None
    return entry


def signature(hat) -> str:
    """Unit and person as a column of 120 characters keeps them."""
    return f"{hat.organization_name} {hat.user_name}"[-120:]


def done_on(session, verb: str, case_ids: Iterable[int], day: dt.date) -> set[int]:
    """On which of the cases the verb was done on that day."""
    return set(session.scalars(sa.select(TimelineEntry.case_id).where(
        TimelineEntry.case_id.in_(case_ids), TimelineEntry.verb == verb, TimelineEntry.occurred_on == day)))


def in_place_of(hat) -> dict:
    """What an entry keeps of the one whose post a delegate wears; nothing where the post is the wearer's own."""
    if hat.on_behalf_of_id is None:
        return {}
    return {"on_behalf_of": hat.on_behalf_of, "on_behalf_of_id": hat.on_behalf_of_id}


def state_as_of(happened: dt.date, recorded=None):
    """SQL expression: the state of `cases` (or of a table correlated to it) as of a day.

    `happened` ≤ that day and, when given, `recorded` ≤ that instant (or that of the row, an expression); NULL before
    the case existed.
    Current columns are this expression's cache.
    """
    e = _entries.alias("e")
    conditions = [e.c.case_id == Case.__table__.c.id, e.c.to_state.is_not(None), e.c.occurred_on <= happened]
    if recorded is not None:
        conditions.append(e.c.recorded_at <= recorded)
    return (
        sa.select(e.c.to_state)
        .where(*conditions)
        .order_by(e.c.occurred_on.desc(), e.c.id.desc())
        .limit(1)
        .correlate_except(e)
        .scalar_subquery()
    )


def value_as_of(column, verbs: tuple[str, ...], happened: dt.date, recorded):
    """SQL expression: a column of the case's noun as of a day, as known at an instant; see `state_as_of`.

    It is what the first of the `verbs` found that was done or recorded later, where it changed the column.
    """
    e = _entries.alias("e")
    before = sa.func.coalesce(e.c.changes[(column.name, 0)].as_string(), "")
    found = (
        sa.select(before)
        .where(e.c.case_id == Case.__table__.c.id, e.c.verb.in_(verbs),
               e.c.changes[column.name].as_string().is_not(None),
               sa.or_(e.c.occurred_on > happened, e.c.recorded_at > recorded))
        .order_by(e.c.id)
        .limit(1)
        .correlate_except(e)
        .scalar_subquery()
    )
    return sa.case((found.is_(None), column), else_=sa.cast(sa.func.nullif(found, ""), column.type))


def touched_by(county_id: int, verbs: tuple[str, ...]) -> sa.Select:
    """SELECT DISTINCT of the cases to which one of the verbs was ever done."""
    e = _entries.c
    return sa.select(e.case_id).where(e.county_id == county_id, e.verb.in_(verbs)).distinct()


def entry_hash(row) -> str:
    """SHA-256 of an entry's whole content, in column order."""
    content = [
        value.isoformat() if isinstance(value, dt.date | dt.datetime) else value
        for value in (row._mapping[column] for column in _entries.c)
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _block_hash(previous: str, hashes: list[str]) -> str:
    return hashlib.sha256("\n".join([previous, *hashes]).encode()).hexdigest()


def _last_block(connection, *conditions):
    statement = sa.select(_blocks).where(*conditions).order_by(_blocks.c.id.desc()).limit(1)
    return connection.execute(statement).one_or_none()


_unsealed = ~sa.exists().where(_seals.c.entry_id == _entries.c.id)


def _genuine(session, alone: bool = False):
    """What an unsealed entry must be like; any other was put in past the product.

    It is recorded no earlier than a transaction's time before the last sealing that left nothing over, and its
    id lies above those sealed by then: on SQLite, where one writes at a time, above all sealed ones; on
    PostgreSQL an entry may be committed late, with an id below the newest block's.
    """
    last = _last_block(session)
    if last is None:
        return sa.true()
    whole = _last_block(session, _blocks.c.entries < BLOCK)
    since = whole.sealed_at - LONGEST_TRANSACTION if whole else dt.datetime.min.replace(tzinfo=dt.UTC)
    floor = last.last_entry_id
    if session.connection().dialect.name == "postgresql" and not alone:
        before = sa.select(sa.func.max(_blocks.c.last_entry_id)).where(_blocks.c.sealed_at < since)
        floor = session.execute(before).scalar() or 0
    return sa.and_(_entries.c.id > floor, _entries.c.recorded_at >= since)


def _next(session, *columns, alone: bool = False) -> sa.Select:
    """The entries of the next block, in id order. `alone`: nobody writes meanwhile, so none comes in late."""
    return sa.select(*columns).where(_unsealed, _genuine(session, alone)).order_by(_entries.c.id).limit(BLOCK)


def has_unsealed(session) -> bool:
    """Whether there is anything to seal."""
    return session.execute(_next(session, _entries.c.id).limit(1)).first() is not None


def unsealed_hashes(session, alone: bool = False) -> dict[int, str]:
    """`{entry id: hash}` of the next block: worked out before the transaction that seals it."""
    rows = session.execute(_next(session, _entries, alone=alone).execution_options(yield_per=CHUNK))
    return {row.id: entry_hash(row) for row in rows}


def seal(session, prepared: dict[int, str] | None = None, alone: bool = False) -> int:
    """Close one block over the entries not yet sealed; returns how many. Call within a unit of work."""
    if session.connection().dialect.name == "postgresql":
        # One sealer at a time, as SQLite's write lock has it anyway; readers and writers of entries go on.
        session.execute(sa.text("LOCK TABLE audit_blocks IN SHARE ROW EXCLUSIVE MODE"))
    last = _last_block(session)
    marks = dict.fromkeys(session.scalars(_next(session, _entries.c.id, alone=alone)))
    if not marks:
        return 0
    marks.update((i, h) for i, h in (prepared or {}).items() if i in marks)
    _hash_rest(session, marks)
    previous, newest = (last.hash, last.last_entry_id) if last else (_START, 0)
    block_id = session.execute(
        sa.insert(_blocks)
        .values(
            entries=len(marks), last_entry_id=max(newest, *marks), previous_hash=previous,
            hash=_block_hash(previous, list(marks.values())), sealed_at=utcnow(),
        )
        .returning(_blocks.c.id)
    ).scalar_one()
    session.execute(
        sa.insert(_seals), [{"entry_id": i, "block_id": block_id, "hash": h} for i, h in marks.items()]
    )
    return len(marks)


def _hash_rest(session, marks: dict[int, str | None]) -> None:
    """Entries that came after the preparation."""
    rest = [i for i, h in marks.items() if h is None]
    for start in range(0, len(rest), CHUNK):
        rows = session.execute(sa.select(_entries).where(_entries.c.id.in_(rest[start : start + CHUNK])))
        marks.update((row.id, entry_hash(row)) for row in rows)


@dataclass(frozen=True)
class Verdict:
    """What `verify` found. `fault`: None, changed, missing, inserted or block; `entry_id` names the first."""

    fault: str | None
    entry_id: int | None
    block_id: int | None
    blocks: int
    sealed: int
    unsealed: int
    newest_hash: str | None


def verify(session) -> Verdict:
    """Read the whole history against its seals, block by block; the first fault is named."""
    unsealed = session.execute(sa.select(sa.func.count()).select_from(_entries).where(_unsealed)).scalar_one()
    previous, blocks, sealed, fault = _START, 0, 0, (None, None, None)
    for block in session.execute(sa.select(_blocks).order_by(_blocks.c.id)).all():
        fault = _check_block(session, block, previous)
        if fault[0]:
            break
        previous, blocks, sealed = block.hash, blocks + 1, sealed + block.entries
    if not fault[0]:
        inserted = session.execute(sa.select(sa.func.min(_entries.c.id)).where(_unsealed, ~_genuine(session))).scalar()
        fault = ("inserted", inserted, None) if inserted else fault
    return Verdict(*fault, blocks=blocks, sealed=sealed, unsealed=unsealed, newest_hash=previous if blocks else None)


def _check_block(session, block, previous: str) -> tuple[str | None, int | None, int | None]:
    seals = session.execute(
        sa.select(_seals).where(_seals.c.block_id == block.id).order_by(_seals.c.entry_id)
    ).all()
    rows = {
        row.id: row
        for row in session.execute(
            sa.select(_entries).join(_seals, _seals.c.entry_id == _entries.c.id).where(_seals.c.block_id == block.id)
        )
    }
    for mark in seals:
        if mark.entry_id not in rows:
            return "missing", mark.entry_id, block.id
        if entry_hash(rows[mark.entry_id]) != mark.hash:
            return "changed", mark.entry_id, block.id
    whole = block.previous_hash == previous and len(seals) == block.entries
    if not whole or _block_hash(previous, [mark.hash for mark in seals]) != block.hash:
        return "block", None, block.id
    return None, None, None
