"""`flask ledger export|import <noun>`: a pair of commands for every ledger that a noun declares."""
from __future__ import annotations

from gettext import gettext as _

import click
from flask.cli import with_appcontext

from app.administration.enterprise_ledger.ledger import ENTERPRISE_LEDGER
from app.administration.people_ledger.ledger import PEOPLE_LEDGER
from app.administration.unit_ledger.ledger import UNIT_LEDGER
from app.console import GROUP_WORDS, WORDS
from app.hazards.ledger import HAZARD_LEDGER
from app.ledgers import commands
from app.ledgers.ledger import Ledger
from app.tasks.ledger import TASK_LEDGER

# As `flask ledger export --help` lists them.
IN_ORDER = (TASK_LEDGER, HAZARD_LEDGER, UNIT_LEDGER, ENTERPRISE_LEDGER, PEOPLE_LEDGER)
UNIT = click.option("--unit", required=True, metavar=_("UNIT"), help=_("Name or short name of the unit"))
COUNTY = click.option("--county", metavar=_("NAME"), help=_("County, where several have such a unit"))
SLIPS = click.option("--slips", type=click.Path(dir_okay=False), metavar=_("FILE"), required=True,
                     help=_("Workbook to write the one-time passwords to; they are kept nowhere else"))
MONTH = click.option("--month", metavar="2026-03", help=_("Open at any time of the month or closed in it"))


@click.group("ledger", help=_("Ledgers as Excel files, in and out."), **GROUP_WORDS)
def ledger():
    pass


@ledger.group("export", help=_("Write a ledger in its official form."), **GROUP_WORDS)
def ledger_export():
    pass


@ledger.group("import", help=_("Take in a ledger; one error and nothing is written."), **GROUP_WORDS)
def ledger_import():
    pass


def add_export(one: Ledger) -> None:
    @ledger_export.command(one.name, help=_("{form} of a unit.").format(form=one.sheet.title), **WORDS)
    @UNIT
    @click.option("-o", "--output", "target", required=True, type=click.Path(dir_okay=False), metavar=_("FILE"),
                  help=_("File to write"))
    @click.option("--paper", type=click.Choice(["A3", "A4"]), default=one.papers[0], metavar="A3|A4",
                  help=_("Paper size"))
    @COUNTY
    @with_appcontext
    def export(unit, target, paper, county, month=None):
        try:
            count = commands.export_ledger(one, unit, month, target, county, paper)
        except OSError as fault:
            words = _("{file} cannot be written: {reason}").format(file=target, reason=fault.strerror)
            raise click.ClickException(words) from None
        click.echo(_("{count} rows written to {file}.").format(count=count, file=target))

    if one.period:
        MONTH(export)


def add_import(one: Ledger) -> None:
    words = _("{form} of a unit, as offices keep it.").format(form=one.sheet.title)

    @ledger_import.command(one.name, help=words, **WORDS)
    @click.argument("path", type=click.Path(exists=True, dir_okay=False), metavar=_("FILE"))
    @UNIT
    @click.option("--user", "username", metavar=_("NAME"), help=_("User of the unit on whose behalf"))
    @click.option("--dry-run", is_flag=True, help=_("Only check; write nothing"))
    @click.option("--json", "as_json", is_flag=True, help=_("Result as JSON"))
    @COUNTY
    @with_appcontext
    def take_in(path, unit, username, dry_run, as_json, county, slips=None):
        result = commands.import_ledger(one, path, unit, username, county, dry_run, slips)
        commands.tell(result, as_json, dry_run)

    if one.secrets:
        SLIPS(take_in)


for one in IN_ORDER:
    add_export(one)
    add_import(one)
