"""`flask backup`, `flask restore`, `flask check`: for whoever keeps the machine, and no database administrator."""

import functools
import sys
from gettext import gettext as _
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DatabaseError

from app import installation
from app.access.scope import system_session
from app.casework import texts
from app.casework.clock import local
from app.casework.invariants import Fault
from app.casework.unit_of_work import unit_of_work
from app.console import WORDS
from app.upkeep import backup as backups
from app.upkeep import checking
from app.upkeep import restore as restoring
from app.upkeep.archive import UpkeepError
from app.upkeep.words import size

COUNTS = {
    "organizations": _("Units and enterprises: {number}"), "ab_user": _("Accounts: {number}"),
    "cases": _("Cases: {number}"), "attachments": _("Files of cases: {number}"),
    "timeline_entries": _("Entries of the history: {number}"),
}


def told(command):
    """What stands in the way is one line, never a traceback."""

    @functools.wraps(command)
    def guarded(*arguments, **options):
        try:
            return command(*arguments, **options)
        except UpkeepError as reason:
            raise click.ClickException(str(reason)) from None
        except DatabaseError as fault:
            said = str(fault.orig).splitlines()[0]
            raise click.ClickException(_("The database cannot be used: {reason}").format(reason=said)) from None

    return guarded


@click.command("backup", help=_("Write everything into one file: database, uploads, key. The service may run on."),
               **WORDS)
@click.argument("target", type=click.Path(path_type=Path), metavar=_("FILE"))
@with_appcontext
@told
def backup(target):
    refuse_without_county()
    made = backups.make(target.absolute())
    click.echo(_("Backup written and read back: {file} ({size}).").format(file=made.path, size=size(made.size)))
    tell_counts(made.counts)
    tell_missing(made.missing)
    click.echo(_("It holds all records and the key: keep it where only the administrator reaches it, and not on this"
                 " machine alone."))


@click.command("restore", help=_("Bring a backup back, into an empty data folder and database only."), **WORDS)
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar=_("FILE"))
@with_appcontext
@told
def restore(source):
    back = restoring.restore(current_app._get_current_object(), source.absolute())
    made_at = f"{local(back.made_at):%Y-%m-%d %H:%M:%S}"
    click.echo(_("Restored {county} as of {time}.").format(county="、".join(back.counties), time=made_at))
    tell_counts(back.counts)
    click.echo(_("Files put back: {number}").format(number=back.files))
    tell_missing(back.missing)
    if back.verdict.fault:
        raise click.ClickException(
            _("The history in this backup does not match its seals (entry {entry}, block {block}). Everything was"
              " restored; take it up with the auditor: .venv/bin/flask audit verify").format(
                entry=back.verdict.entry_id or "—", block=back.verdict.block_id or "—"))
    click.echo(_("The history is as it was sealed: {sealed} entries in {blocks} blocks.").format(
        sealed=back.verdict.sealed, blocks=back.verdict.blocks))
    click.echo(_("Start with: .venv/bin/flask serve"))


@click.command("check", help=_("Look whether the whole database is what it should be; ends with 1 when it is not."),
               **WORDS)
@click.option("--fast", is_flag=True, help=_("Do not read the uploaded files, only look whether they are there"))
@with_appcontext
@told
def check(fast):
    refuse_without_county()
    report = checking.check_all(current_app.config["DATA_DIR"], hashing=not fast)
    for fault in report.faults:
        click.echo(_("Does not hold: {what}").format(what=_(fault.what)))
        if fault.where:
            click.echo("  " + _("Where: {place}").format(place=place(fault, report.places)))
        click.echo("  " + _("What to do: {cure}").format(cure=_(fault.cure)))
    if report.faults:
        click.echo(_("{number} faults.").format(number=len(report.faults)))
        sys.exit(1)
    words = _("No fault in {cases} cases, {entries} entries of the history and {files} files.")
    click.echo(words.format(**report.sums))


@click.command("reindex", help=_("Write the index of words anew, and by what each case is found."), **WORDS)
@with_appcontext
@told
def reindex():
    refuse_without_county()
    with system_session("flask reindex") as session, unit_of_work(session):
        written = texts.rebuild(session)
    click.echo(_("The index of words is written anew; {number} cases were found by other words than they say.").format(
        number=written))


def place(fault: Fault, numbers: dict[int, str]) -> str:
    """The case by its number, else what the rule named."""
    if fault.case_id is None:
        return fault.where
    case = numbers.get(fault.case_id) or _("a case without number (no. {id} in the database)").format(id=fault.case_id)
    return case if fault.where == str(fault.case_id) else f"{case}　{fault.where}"


def refuse_without_county() -> None:
    """An empty folder is no county: most likely DATA_DIR names the wrong one."""
    if installation.is_half_restored(current_app) or installation.is_untouched(current_app):
        folder = current_app.config["DATA_DIR"]
        words = _("There are no records in {folder}; does DATA_DIR name the right folder?")
        raise UpkeepError(words.format(folder=folder))


def tell_counts(counts: dict) -> None:
    for name, words in COUNTS.items():
        click.echo("  " + words.format(number=counts[name]))


def tell_missing(missing: list[str]) -> None:
    if missing:
        click.echo(_("{number} files that records name were not on the disk when the backup was made.").format(
            number=len(missing)))


COMMANDS = (backup, restore, check, reindex)
