"""`flask escalate`: the daily sweep by hand, as of any day; only rehearsed, if asked; its proposals as JSON."""
from __future__ import annotations

import json
from collections.abc import Iterator
from gettext import gettext as _

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from app.access.scope import system_session
from app.casework.clock import today
from app.casework.unit_of_work import unit_of_work
from app.console import WORDS
from app.escalation.models import Proposal
from app.escalation.reading import Line, lines
from app.escalation.rules import BY_NAME, RULES
from app.escalation.states import ProposalState
from app.escalation.sweep import Swept, counties, sweep, sweep_rule, wake
from app.organization.models import Organization
from app.organization.settings import values

CHUNK = 500
_units = Organization.__table__


class _Rehearsed(Exception):
    """Takes back what was done to see what it would be."""


@click.command("escalate", help=_("Compare the facts with the rules and propose what should be escalated."), **WORDS)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="2026-03-20",
              help=_("As of that day; today if none"))
@click.option("--dry-run", is_flag=True, help=_("Only look; write nothing"))
@click.option("--anew", is_flag=True, help=_("Look even where nothing was done since the last time"))
@click.option("--json", "as_json", is_flag=True, help=_("Each proposal that is open then, one JSON object a line"))
@with_appcontext
def escalate(as_of, dry_run, anew, as_json):
    day = as_of.date() if as_of else today()
    with system_session("escalation from the command line") as session:
        try:
            if dry_run:
                with unit_of_work(session):
                    done = rehearse(session, day, anew)
                    tell(session, done, day, as_json)
                    raise _Rehearsed
            done = sweep(session, day, anew=anew)
            tell(session, done, day, as_json)
        except _Rehearsed:
            pass
    if dry_run and not as_json:
        click.echo(_("Nothing was written."))


def rehearse(session, day, anew) -> dict[int, Swept]:
    """The whole sweep within the caller's transaction, which takes it back."""
    done = {}
    for parameters in [*counties(session, day)]:
        swept = done.setdefault(parameters.county_id, Swept())
        for rule in RULES:
            swept += sweep_rule(session, rule, day, parameters, anew)
        wake(session, day, parameters.county_id)
    return done


def tell(session, done: dict[int, Swept], day, as_json: bool) -> None:
    names = dict(session.execute(sa.select(_units.c.id, _units.c.name).where(_units.c.id.in_(done))).all())
    for county_id, swept in done.items():
        if as_json:
            for line in open_lines(session, county_id, day):
                click.echo(json.dumps(as_object(line, day), ensure_ascii=False))
        else:
            words = _("{county}, {day}: {new} new, {again} there again, {cured} cured, {superseded} superseded.")
            click.echo(words.format(county=names[county_id], day=day, **vars(swept)))


def open_lines(session, county_id: int, day) -> Iterator[Line]:
    """A chunk in memory at a time."""
    settings, last = values(session, county_id, day), 0
    while True:
        rows = session.scalars(sa.select(Proposal).where(
            Proposal.county_id == county_id, Proposal.state == ProposalState.OPEN.value, Proposal.id > last,
            Proposal.rule.in_(BY_NAME),
        ).order_by(Proposal.id).limit(CHUNK)).all()
        yield from lines(session, rows, day, settings, so_far=False)
        if len(rows) < CHUNK:
            return
        last = rows[-1].id
        session.expunge_all()


def as_object(line: Line, day) -> dict:
    """One proposal, for other programs."""
    proposal, subject = line.proposal, line.subject
    return {
        "rule": proposal.rule, "clause": line.rule.clause,
        "own_requirement": None if line.rule.clause else str(line.rule.own_requirement),
        "subject": vars(subject) if subject else None,
        "recipient": {"id": proposal.recipient_id, "name": line.who},
        "proposer": {"id": proposal.proposer_id, "name": line.by},
        "measure": proposal.measure, "step": proposal.step,
        "facts": {**proposal.facts, "since": proposal.since.isoformat(), "days": line.days},
        "reason": f"{line.why}{line.suggestion}", "new": proposal.proposed_on == day,
    }
