"""`flask ledger export|import <noun>`: the same operations as the screens, with the same guard."""
from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from gettext import gettext as _
from itertools import count
from pathlib import Path

import click
import sqlalchemy as sa

from app.access.hats import Hat, hats_of, merged_ids
from app.access.scope import session_for, system_session
from app.casework.attachments import write_whole
from app.casework.clock import today
from app.casework.errors import CaseworkError
from app.casework.unit_of_work import unit_of_work
from app.exchange.messages import SpreadsheetError
from app.ledgers.drafts import plan_file
from app.ledgers.entering import enter
from app.ledgers.exporting import remember, write_ledger
from app.ledgers.files import month_bounds
from app.ledgers.ledger import Ledger
from app.ledgers.planning import Plan
from app.ledgers.reading import say
from app.organization.models import Organization, OrganizationName, User

_units, _names = Organization.__table__, OrganizationName.__table__
CLERK = {"county_office": "county_clerk", "enterprise": "enterprise"}


def hat_for(unit: str, username: str | None = None, county: str | None = None, role: str | None = None) -> Hat:
    """The hat that a command acts with: in `role`, else as the unit's clerk; in person when named.

    Raises ClickException.
    """
    with system_session("finding the unit and user of a command") as session:
        row = _unit(session, unit, county)
        if username is None:
            return Hat(None, _("Command line"), 0, row.id, row.short_name or row.name, row.kind,
                       role or CLERK.get(row.kind, "unit_clerk"), row.county_id, merged_ids(session, [row.id])[row.id])
        user = session.scalars(sa.select(User).where(User.username == username, User.active.is_(True))).one_or_none()
        hats = [hat for hat in hats_of(session, user, today()) if hat.organization_id == row.id] if user else []
        if not hats:
            raise click.ClickException(_("{user} holds no post in {unit}.").format(user=username, unit=unit))
        return next((hat for hat in hats if hat.role == role), hats[0])


def _unit(session, name: str, county: str | None):
    """One unit by its name, short name or alias; in one county."""
    aliased = sa.select(_names.c.organization_id).where(_names.c.name == name)
    statement = sa.select(_units).where(
        _units.c.active.is_(True), _units.c.county_id.is_not(None),
        sa.or_(_units.c.name == name, _units.c.short_name == name, _units.c.id.in_(aliased)),
    )
    if county:
        counties = sa.alias(_units)
        statement = statement.where(_units.c.county_id.in_(sa.select(counties.c.id).where(counties.c.name == county)))
    rows = session.execute(statement).all()
    if not rows:
        raise click.ClickException(_("There is no unit called {unit}.").format(unit=name))
    if len(rows) > 1:
        message = _("Several units are called {unit}; name the county with --county.")
        raise click.ClickException(message.format(unit=name))
    return rows[0]


def export_ledger(ledger: Ledger, unit: str, month: str | None, target: str, county: str | None, paper: str) -> int:
    """A unit's ledger into a file; returns the number of rows."""
    hat = hat_for(unit, county=county, role=ledger.hat_role)
    if month:
        try:
            month_bounds(month)
        except (ValueError, OverflowError):
            raise click.ClickException(_("Write the month as 2026-03.")) from None
    query = {"month": month} if month else {}
    with session_for(hat.scope) as session:
        count = write_ledger(session, hat, ledger, query, target, today(), paper=paper)
        with unit_of_work(session):
            remember(session, hat, ledger, count, query, today())
    return count


def import_ledger(ledger: Ledger, path: str, unit: str, username: str | None, county: str | None,
                  dry_run: bool, slips: str | None = None) -> dict:
    """`{"new", "changed", "unchanged", "errors"}`; one error and nothing is written. `slips`: where a ledger's secrets
    go, readable by who gave the command.
    """
    hat = hat_for(unit, username, county, ledger.hat_role)
    if not hat.permits(ledger.import_permission):
        raise click.ClickException(_("The post of {user} in {unit} does not import ledgers.").format(
            user=hat.user_name, unit=hat.organization_name))
    name = Path(path).name
    with session_for(hat.scope) as session:
        try:
            plan = plan_file(session, hat, ledger, path, today(), name)
        except SpreadsheetError as error:
            return {"new": 0, "changed": 0, "unchanged": 0, "errors": [_file_error(say(error.message))]}
        result = summary(plan)
        if not result["errors"] and not dry_run:
            try:
                # The passwords are on disk before the accounts are: a slip that cannot be written opens no account.
                keep = (lambda counts: write_secret(Path(slips), ledger.secrets(session, plan))) if slips else None
                enter(session, hat, ledger, plan, today(), name, finish=keep)
            except OSError as fault:
                words = _("{file} cannot be written: {reason}").format(file=slips, reason=fault.strerror)
                raise click.ClickException(words) from None
            except CaseworkError as error:
                result["errors"].append(_file_error(str(error)))
        return result


def write_secret(path: Path, content: bytes) -> None:
    """A file that nobody else may read, whole and flushed when this returns; no content, no file.

    One that is there may hold the only copy of somebody's password: it is kept, as 密码条-1.xlsx beside 密码条.xlsx.
    """
    if not content:
        return
    path.parent.stat()  # a folder that is not there is a slip of the pen, and none to be made
    if path.exists():
        path.rename(next(free for n in count(1) if not (free := path.with_stem(f"{path.stem}-{n}")).exists()))
    write_whole(path, content)


def summary(plan: Plan) -> dict:
    counts = plan.counts()
    return {key: counts[key] for key in ("new", "changed", "unchanged")} | {"errors": plan.errors()}


def _file_error(message: str) -> dict:
    return {"sheet": "", "row": None, "column": "", "value": "", "message": message, "suggestion": None}


def tell(result: dict, as_json: bool, dry_run: bool) -> None:
    """Print the result; ends with 1 when there was an error."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        _tell_people(result["errors"])
        words = _("New {new}, changed {changed}, unchanged {unchanged}, errors {errors}.")
        click.echo(words.format(**{**result, "errors": len(result["errors"])}))
        if result["errors"]:
            click.echo(_("Nothing was written: correct the rows above and import again."))
        elif dry_run:
            click.echo(_("Dry run: nothing was written."))
    if result["errors"]:
        sys.exit(1)


def _tell_people(errors: Sequence[dict]) -> None:
    for error in errors:
        place = _("Sheet {sheet} row {row} {column}").format(**error) + "：" if error["row"] else ""
        offer = "　" + _("Perhaps: {suggestion}").format(**error) if error["suggestion"] else ""
        said = f"「{error['value']}」" if error["value"] else ""
        click.echo(f"{place}{said}{error['message']}{offer}")
