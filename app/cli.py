"""The commands; each calls an operation."""

import os
import sys
from gettext import gettext as _

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DatabaseError

from app import installation, serving
from app.access import passwords
from app.access.scope import system_session
from app.casework import history
from app.casework.clock import today
from app.console import GROUP_WORDS, WORDS
from app.escalation.commands import escalate
from app.jobs.upkeep import seal_all
from app.ledger_commands import ledger
from app.organization.rules import username_fault
from app.upkeep import cli as upkeep


@click.command("init", help=_("Found a county: its units, dictionaries and first administrator."), **WORDS)
@click.option("--county", envvar="COUNTY", prompt=_("Name of the county"), metavar=_("NAME"),
              help=_("Full name of the county"), show_envvar=True)
@click.option("--username", envvar="ADMIN_USERNAME", prompt=_("Administrator's user name"), metavar=_("NAME"),
              help=_("User name of the first administrator"), show_envvar=True)
@click.password_option("--password", envvar="ADMIN_PASSWORD", prompt=_("Administrator's password"),
                       metavar=_("PASSWORD"), help=_("Password of the first administrator"), show_envvar=True)
@with_appcontext
def init(county, username, password):
    username = username.strip()
    problem = username_fault(username) or passwords.problem(password, username)
    if problem:
        raise click.ClickException(str(problem))
    refuse_half_restored()
    try:
        installation.migrate()
        installation.found_county(county, username, password, today())
    except DatabaseError as fault:
        raise no_database(fault) from None
    except installation.AlreadyFounded:
        raise click.ClickException(_("This county has its administrator, or the user name is taken.")) from None
    click.echo(_("{county} is ready; start with: .venv/bin/flask serve").format(county=county))


@click.command("serve", help=_("Start the web server and the worker; Ctrl-C stops both."), **WORDS)
@click.option("--demo", is_flag=True, help=_("Load the demo county when the data folder is empty."))
@with_appcontext
def serve(demo):
    app = current_app._get_current_object()
    host = os.environ.get("HOST", "127.0.0.1" if demo else "0.0.0.0")
    refuse_half_restored()
    try:
        is_demo = installation.prepare_demo(app, load_demo) if demo else installation.migrate()
        if not installation.is_founded():
            raise click.ClickException(_("There is no county yet; found one first: .venv/bin/flask init"))
        serving.serve(app, host, lambda: announce(app, host, is_demo))
    except serving.NotStarted as reason:
        raise click.ClickException(str(reason)) from None
    except DatabaseError as fault:
        raise no_database(fault) from None
    click.echo(_("Stopped."))


def refuse_half_restored() -> None:
    if installation.is_half_restored(current_app):
        raise click.ClickException(
            _("A restore was cut short here; give the same command again: .venv/bin/flask restore"))


def no_database(fault: DatabaseError) -> click.ClickException:
    """What the driver said, in its first line: the rest are hints in English."""
    reason = str(fault.orig).splitlines()[0]
    return click.ClickException(_("The database cannot be used: {reason}").format(reason=reason))


def load_demo(app: Flask) -> None:
    from app import demo  # invented data; a real county's server never loads it

    click.echo(_("Loading the demo county (first start only)…"))
    demo.load(app, today())


@click.command("demo", help=_("Fill an empty data folder with a large demo county, to see how the product bears it."),
               **WORDS)
@click.option("--hazards", type=click.IntRange(1000, 9_000_000), default=1_000_000, show_default=True,
              metavar=_("NUMBER"), help=_("How many hazards"))
@click.option("--enterprises", type=click.IntRange(10, 100_000), default=20_000, show_default=True,
              metavar=_("NUMBER"), help=_("How many enterprises"))
@with_appcontext
def demo(hazards, enterprises):
    from app.demo import scale  # as above

    app = current_app._get_current_object()
    refuse_half_restored()
    try:
        if not installation.may_become_demo(app):
            folder = app.config["DATA_DIR"]
            raise click.ClickException(_("There are records in {folder}; name an empty folder.").format(folder=folder))
        installation.prepare_demo(app, lambda app: scale.load(app, hazards, enterprises, today()))
    except DatabaseError as fault:
        raise no_database(fault) from None
    tell_accounts(app)
    click.echo(_("Start with: .venv/bin/flask serve"))


def announce(app: Flask, host: str, is_demo: bool) -> None:
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{app.config['PORT']}/"
    click.echo(_("Ready: {address}").format(address=address))
    if is_demo:
        tell_accounts(app)
    click.echo(_("Press Ctrl-C to stop."))
    sys.stdout.flush()


def tell_accounts(app: Flask) -> None:
    click.echo(_("Demo accounts (password of all: {password})").format(password=app.config["DEMO_PASSWORD"]))
    for username, unit, role in installation.demo_accounts():
        click.echo(f"  {username:<15} {unit} · {role}")


@click.group("audit", help=_("The history's seals."), **GROUP_WORDS)
def audit():
    pass


@audit.command("seal", help=_("Seal all entries that are not sealed yet."), **WORDS)
@with_appcontext
def seal():
    click.echo(_("Sealed {number} entries.").format(number=seal_all()))


@audit.command("verify", help=_("Check the history against its seals; ends with 1 when an entry was touched."), **WORDS)
@with_appcontext
def verify():
    with system_session("verifying the history") as session:
        verdict = history.verify(session)
    if verdict.fault:
        raise click.ClickException(
            FAULTS[verdict.fault].format(entry=verdict.entry_id, block=verdict.block_id)
        )
    click.echo(
        _("{sealed} entries in {blocks} blocks are as they were sealed; {unsealed} not sealed yet.").format(
            sealed=verdict.sealed, blocks=verdict.blocks, unsealed=verdict.unsealed
        )
    )
    if verdict.newest_hash:
        click.echo(_("Hash of the newest block: {hash}").format(hash=verdict.newest_hash))


FAULTS = {
    "changed": _("Entry {entry} was changed after it was sealed (block {block})."),
    "missing": _("Entry {entry} is missing (block {block})."),
    "inserted": _("Entry {entry} was inserted later."),
    "block": _("Block {block} was changed."),
}


COMMANDS = (init, serve, demo, audit, ledger, escalate, *upkeep.COMMANDS)


def init_app(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)
