"""The history: nobody changes it, whoever does past the product is found out, and the state can be told from it."""

import datetime as dt
import random

import pytest
import sqlalchemy as sa

from app.casework import history
from app.casework.cases import NEVER, Case
from app.casework.columns import utcnow
from app.casework.errors import CaseworkError
from app.casework.history import AuditBlock, SealedEntry, TimelineEntry, state_as_of
from app.casework.unit_of_work import unit_of_work
from app.jobs.upkeep import seal_all
from tests.casework.support import in_processes, rows

_cases, _entries = Case.__table__, TimelineEntry.__table__
LOGS = (_entries, AuditBlock.__table__, SealedEntry.__table__)


@pytest.fixture
def sealed(world):
    """A county with some history, sealed in two blocks."""
    case_id = world.hazard()
    seal(world)
    world.do("yingji", "chase", case_id)
    world.do("firm", "claim", case_id)
    seal(world)
    return case_id


def seal(world) -> int:
    with world.app.app_context():
        return seal_all()


def verdict(world) -> history.Verdict:
    with world.system() as session:
        return history.verify(session)


def tamper(world, *statements) -> None:
    """Write as somebody with the database's own tools would: triggers out of the way, then back."""
    with world.system() as session, unit_of_work(session):
        triggers = []
        if session.connection().dialect.name == "sqlite":
            triggers = session.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        else:
            session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for name, _create in triggers:
            session.execute(sa.text(f"DROP TRIGGER {name}"))
        for statement in statements:
            session.execute(statement)
        for _name, create in triggers:
            session.execute(sa.text(create))


def a_copy(entry_id: int, **changed):
    """INSERT of an entry like another one."""
    columns = [c for c in _entries.c if c.name != "id" or "id" in changed]
    values = [sa.bindparam(c.name, changed[c.name], c.type) if c.name in changed else c for c in columns]
    like = sa.select(*values).where(_entries.c.id == entry_id)
    return sa.insert(_entries).from_select([c.name for c in columns], like)


# ── append-only ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("table", LOGS, ids=lambda table: table.name)
@pytest.mark.parametrize("act", [sa.update, sa.delete], ids=["update", "delete"])
def test_the_database_refuses_to_change_the_log(world, sealed, table, act):
    statement = act(table)
    if act is sa.update:
        statement = statement.values({next(c for c in table.c if not c.primary_key): 0})
    before = rows(world, sa.select(table))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), world.system() as session, unit_of_work(session):
        session.execute(statement)
    assert rows(world, sa.select(table)) == before != []


def test_the_log_is_not_changed_through_its_objects_either(world, sealed):
    with world.system() as session:
        for change in (lambda entry: setattr(entry, "comment", "改"), session.delete):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"), unit_of_work(session):
                change(session.scalars(sa.select(TimelineEntry).limit(1)).one())


# ── sealing ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_clean_history_is_found_clean(world, sealed):
    world.do("yingji", "fail_recheck", sealed)
    found = verdict(world)
    assert (found.fault, found.blocks, found.unsealed) == (None, 2, 1)
    assert found.sealed == len(rows(world, sa.select(SealedEntry.entry_id)))
    assert found.newest_hash == rows(world, sa.select(AuditBlock.hash).order_by(AuditBlock.id.desc()))[0].hash
    assert seal(world) == 1
    assert seal(world) == 0
    assert verdict(world).unsealed == 0


def test_a_backlog_is_sealed_in_several_blocks(world, monkeypatch):
    """A full block leaves entries over: they are older than its sealing and yet genuine."""
    for _ in range(4):
        world.hazard()
    monkeypatch.setattr(history, "BLOCK", 3)
    monkeypatch.setattr(history, "LONGEST_TRANSACTION", dt.timedelta())
    assert seal(world) == 8
    assert (verdict(world).fault, verdict(world).blocks, verdict(world).unsealed) == (None, 3, 0)


def test_a_changed_entry_is_named(world, sealed):
    tamper(world, sa.update(_entries).where(_entries.c.id == 2).values(comment="另一说法"))
    found = verdict(world)
    assert (found.fault, found.entry_id, found.block_id) == ("changed", 2, 1)


def test_the_first_of_several_changed_entries_is_named(world, sealed):
    tamper(world, sa.update(_entries).where(_entries.c.id.in_((2, 4))).values(occurred_on=dt.date(2020, 1, 1)))
    assert verdict(world).entry_id == 2


def test_a_missing_entry_is_named(world, sealed):
    tamper(world, sa.delete(_entries).where(_entries.c.id == 3))
    found = verdict(world)
    assert (found.fault, found.entry_id) == ("missing", 3)


def test_an_entry_dated_back_is_named(world, sealed):
    day_before = utcnow() - dt.timedelta(days=1)
    tamper(world, a_copy(1, recorded_at=day_before))
    newest = rows(world, sa.select(sa.func.max(_entries.c.id)))[0][0]
    found = verdict(world)
    assert (found.fault, found.entry_id) == ("inserted", newest)
    assert seal(world) == 0, "it is never sealed"
    assert verdict(world).fault == "inserted"


def test_an_entry_put_into_a_gap_is_named(kind, world, sealed):
    """An old id with today's date: at once on SQLite; on PostgreSQL it could be a late commit for some minutes."""
    tamper(world, a_copy(1, id=-1))
    if kind == "postgresql":
        old = dt.timedelta(days=1)
        tamper(world, sa.update(AuditBlock.__table__).values(sealed_at=utcnow() - old))
    found = verdict(world)
    assert (found.fault, found.entry_id) == ("inserted", -1)


def test_an_entry_put_in_with_its_own_seal_breaks_the_block(world, sealed):
    tamper(world, a_copy(1, id=-1), sa.insert(SealedEntry.__table__).values(entry_id=-1, block_id=1, hash="0" * 64))
    assert verdict(world).fault in ("changed", "block")


def test_a_removed_block_breaks_the_chain(world, sealed):
    tamper(world, sa.delete(SealedEntry.__table__).where(SealedEntry.block_id == 1),
           sa.delete(AuditBlock.__table__).where(AuditBlock.id == 1))
    assert verdict(world).fault == "block"


def test_a_late_commit_falls_into_the_next_block(kind, world, monkeypatch):
    case_id, hat = world.hazard(), world.hats["yingji"]
    if kind == "sqlite":
        monkeypatch.setattr("app.extensions.BUSY_SECONDS", 0)
        one_writes_at_a_time(world)  # and no commit is late
        return
    with world.system() as slow, unit_of_work(slow):
        history.record(slow, hat, "late", world.day)
        slow.flush()
        world.do("yingji", "chase", case_id)
        assert seal(world) == 3
    assert rows(world, sa.select(_entries.c.verb).order_by(_entries.c.id))[-2:] == [("late",), ("chase",)]
    assert (verdict(world).fault, verdict(world).unsealed) == (None, 1)
    assert seal(world) == 1
    assert (verdict(world).fault, verdict(world).unsealed, verdict(world).blocks) == (None, 0, 2)


def one_writes_at_a_time(world) -> None:
    with (world.system() as first, unit_of_work(first), world.system() as second,
          pytest.raises(sa.exc.OperationalError, match="locked"), unit_of_work(second)):
        pass


def test_many_sealers_and_writers_keep_one_chain(world):
    case_id = world.hazard()

    def work(i):
        for _ in range(15):
            seal_all() if i % 2 else world.do("yingji", "chase", case_id)

    assert in_processes(world.app, 6, work) == []
    seal(world)
    found = verdict(world)
    assert (found.fault, found.unsealed, found.sealed) == (None, 0, 2 + 3 * 15)


def test_the_chain_cannot_fork(world, sealed):
    block = rows(world, sa.select(AuditBlock.__table__).order_by(AuditBlock.id))[0]._asdict()
    with pytest.raises(sa.exc.IntegrityError), world.system() as session, unit_of_work(session):
        session.execute(sa.insert(AuditBlock.__table__).values({**block, "id": 99}))


# ── the state from the history ─────────────────────────────────────────────────────────────────────────────────
WALK = {  # state: (who, verb) that may come next
    "registered": [("yingji", "submit"), ("yingji", "discard")],
    "rectifying": [("firm", "acknowledge"), ("firm", "claim"), ("yingji", "withdraw"), ("firm", "ask_extension"),
                   ("yingji_head", "approve_extension"), ("yingji", "ask_cancel"), ("yingji_head", "approve_cancel"),
                   ("yingji_head", "refuse_cancel"), ("yingji", "chase")],
    "awaiting_recheck": [("yingji", "pass_recheck"), ("yingji", "fail_recheck"), ("yingji", "ask_gone"),
                         ("yingji_head", "approve_gone")],
    "closed": [("yingji", "reopen")],
}
DATES = {"claim": "claimed_on", "pass_recheck": "rechecked_on", "fail_recheck": "rechecked_on", "reopen": "found_on",
         "acknowledge": "acknowledged_on"}


def states(world, *when) -> dict[int, str | None]:
    return dict(map(tuple, rows(world, sa.select(_cases.c.id, state_as_of(*when)))))


@pytest.mark.parametrize("seed", range(4))
def test_the_state_column_is_what_the_history_says(world, seed):
    """Verbs at random with days in the past; every state ever shown can be told again from what was known then."""
    chance, case_id, told = random.Random(seed), world.hazard(issue=seed % 2 == 0), []
    for _ in range(25):
        world.move_to(world.day + dt.timedelta(days=chance.randint(0, 4)))
        now = world.read(case_id)
        assert states(world, NEVER) == states(world, world.day) == {case_id: now.state}
        told.append((world.day, utcnow(), now.state))
        if now.state not in WALK:
            break
        who, verb = chance.choice(WALK[now.state])
        past = world.day - dt.timedelta(days=chance.randint(0, 9))
        try:
            world.do(who, verb, case_id, **({DATES[verb]: past} if verb in DATES else {}))
        except CaseworkError:
            assert world.read(case_id) == now
    for day, instant, state in told:
        assert states(world, day, instant) == {case_id: state}
    assert states(world, world.read(case_id).happened_on - dt.timedelta(days=1)) == {case_id: None}


def test_what_was_recorded_later_was_not_known_before(world):
    """A claim of five days ago, recorded today: as of that day yes, as known before today no."""
    case_id, before = world.hazard(), utcnow()
    past = world.day - dt.timedelta(days=5)
    world.do("firm", "claim", case_id, claimed_on=past)
    assert states(world, past) == {case_id: "awaiting_recheck"}
    assert states(world, past - dt.timedelta(days=1)) == {case_id: "rectifying"}
    assert states(world, past, before) == {case_id: "rectifying"}
