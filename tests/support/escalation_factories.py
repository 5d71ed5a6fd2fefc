"""Facts of `world` for the rules to find: letters, deliveries, occasions, straight into the tables; and the sweep."""

import datetime as dt
from types import SimpleNamespace

import sqlalchemy as sa

from app.casework.cases import NEVER, CaseParty
from app.casework.unit_of_work import unit_of_work
from app.deliveries.models import Delivery
from app.escalation.models import Proposal
from app.escalation.rules import RULES
from app.escalation.sweep import sweep
from app.letters.models import Letter, Trigger
from app.occasions.models import Occasion

DAYS = dt.timedelta(days=1)


def look(world, day: dt.date | None = None, rules=RULES) -> dict:
    """What the daily job does; of the county under test. Facts put straight into the tables left no entry: anew."""
    with world.system() as session:
        return sweep(session, day or world.day, rules, anew=True)[world.county.id]


def proposals(world, *states: str, **having) -> list[SimpleNamespace]:
    """The proposals of the county under test, all columns, in the order in which they came."""
    table = Proposal.__table__
    asked = [table.c[name] == value for name, value in having.items()]
    asked += [table.c.state.in_(states)] if states else []
    with world.system() as session:
        rows = session.execute(
            sa.select(table).where(table.c.county_id == world.county.id, *asked).order_by(table.c.id)).all()
    return [SimpleNamespace(**row._mapping) for row in rows]


def _common(world, home, state: str, unit: int, **more) -> dict:
    due = more.get("due")
    return {"county_id": home.id, "state": state, "issued": True, "state_since": world.day, "filed_by_id": unit,
            "due_sort": due or NEVER, "happened_on": world.day, **more}


def letter(world, *units: str, type: str = "reminder", by: str = "office", situation: str = "5", shown_by=None,
           signed: dt.date | None = None, state: str = "issued", own_requirement: str | None = None,
           delivered: dict | None = None, **data) -> int:
    """A signed letter to units, a delivery of each in hand (`delivered`: columns of theirs); returns its id."""
    home, signed = world.county, signed or world.day
    with world.system() as session, unit_of_work(session):
        row = Letter(
            type=type, grounds="依据与事实", signer="主任", signed_on=signed, issuer_code="甲安办函", reply_days=7,
            title=f"关于抓好落实的函{type}", number=f"甲安办函〔2026〕{_next(session)}号", turn_role=None,
            **{**_common(world, home, state, home.units[by], happened_on=signed), **data},
        )
        session.add(row)
        session.flush()
        session.add(Trigger(case_id=row.id, situation=None if own_requirement else situation,
                            own_requirement=own_requirement, shown_by_id=shown_by))
        for n, unit in enumerate(units):
            _deliver(world, session, row, home.units[unit], n, signed, delivered or {})
        return row.id


def _next(session) -> int:
    return session.execute(sa.select(sa.func.count()).select_from(Letter.__table__)).scalar_one() + 1


def _deliver(world, session, letter: Letter, unit: int, position: int, signed: dt.date, data: dict) -> None:
    columns = {"state": "in_hand", "acknowledged_on": signed, "acknowledged_by": "签收人", "reply_days": 7,
               "reply_due": signed + 7 * DAYS, **data}
    due = columns["reply_due"] if columns["state"] != "served" else None
    row = Delivery(
        head_id=letter.id, measure="letter", recipient_id=unit, position=position, served_on=signed, title=letter.title,
        turn_organization_id=unit, turn_role="clerk",
        **_common(world, world.county, columns.pop("state"), letter.filed_by_id, due=due), **columns,
    )
    session.add(row)
    session.flush()
    for organization, role in ((letter.filed_by_id, "filing"), (unit, "recipient")):
        session.add(CaseParty(case_id=row.id, organization_id=organization, role=role, kind="delivery",
                              state=row.state, due=row.due_sort, happened_on=row.happened_on,
                              oversees=role == "filing"))


def delivery(world, letter_id: int, unit: str) -> int:
    """The id of a unit's delivery of a letter."""
    with world.system() as session:
        return session.execute(sa.select(Delivery.id).where(
            Delivery.head_id == letter_id, Delivery.recipient_id == world[unit])).scalar_one()


def occasion(world, type: str, *units: str, by: str = "office", state: str = "open", **data) -> int:
    """Something that was said or happened, and concerns the units; returns its id."""
    home = world.county
    with world.system() as session, unit_of_work(session):
        count = session.execute(sa.select(sa.func.count()).select_from(Occasion.__table__)).scalar_one()
        row = Occasion(
            type=type, text="全文", title="记录的情形", number=f"QX-2026-{count + 1:04d}",
            weather="大风" if type == "weather" else None, weather_level="blue" if type == "weather" else None,
            unit_ids=[home.units[unit] for unit in units], **_common(world, home, state, home.units[by], **data),
        )
        session.add(row)
        session.flush()
        session.add(CaseParty(case_id=row.id, organization_id=row.filed_by_id, role="filing", kind="occasion",
                              state=row.state, due=row.due_sort, happened_on=row.happened_on, oversees=True))
        return row.id


def change(world, model, row_id: int, **columns) -> None:
    """Let a fact be otherwise, whoever did it: columns of the model's own table, and of its case."""
    with world.system() as session, unit_of_work(session):
        row = session.get(model, row_id)
        for name, value in columns.items():
            setattr(row, name, value)
