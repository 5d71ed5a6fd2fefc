"""From proposals to a prefilled draft of one letter, and back: the letter saved accepts the proposals."""
from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from flask import url_for
from flask_babel import lazy_gettext as _l

from app.casework.errors import Obstacle
from app.escalation.models import Proposal
from app.escalation.operations import accepted_with
from app.escalation.reading import Line
from app.escalation.states import LETTERS, WAITING
from app.letters.drafting import on_saved
from app.organization.models import DictionaryEntry, Organization, OrganizationIndustry

on_saved.append(accepted_with)
_units, _industries, _entries = Organization.__table__, OrganizationIndustry.__table__, DictionaryEntry.__table__


def draft_url(session, lines: Iterable[Line]) -> str:
    """The address of the draft that says what these proposals propose. Raises Obstacle."""
    lines = list(lines)
    if not lines or any(line.measure not in LETTERS or line.proposal.state not in WAITING for line in lines):
        raise Obstacle(_l("Choose proposals of a letter that wait to be decided."))
    if len({line.proposal.recipient_id for line in lines}) > 1:
        raise Obstacle(_l("One letter goes to one unit: choose proposals of the same unit."))
    return url_for("Letters.new", **asked(session, lines))


def asked(session, lines: list[Line]) -> dict:
    """The query of the draft: the severest type; every situation, case and requirement once.

    A case of the office's own requirement is told apart: it shows no situation, whose clause does not cover it. So is
    what is owed of a second letter: the draft follows the first.
    """
    chosen = max((line.measure for line in lines), key=lambda one: one.rung)
    from_letters = list(dict.fromkeys(line.proposal.facts["letter"] for line in lines
                                      if line.proposal.facts.get("letter")))
    further = [line for line in lines if line.proposal.facts.get("letter") not in (None, *from_letters[:1])]
    about = [line for line in lines if not line.proposal.facts.get("letter")]
    query = {
        "type": chosen.value, "unit": units_of(session, lines[0].proposal),
        "situation": _once(line.rule.situation for line in about),
        "own_requirement": _once(str(line.rule.own_requirement) for line in about if not line.rule.clause),
        "shown_by": _once(line.proposal.subject_id for line in about if line.rule.clause),
        "told": _once(line.proposal.subject_id for line in (*about, *further)
                      if line in further or not line.rule.clause),
        "from_letter": from_letters[:1], "proposal": [line.proposal.id for line in lines],
    }
    return {name: value for name, value in query.items() if value}


def _once(values) -> list:
    return list(dict.fromkeys(value for value in values if value))


def units_of(session, proposal: Proposal) -> list[int]:
    """To whom: those that the record names, else those of the industry, else the townships. The draft knows where a
    merged one is today."""
    named = proposal.facts.get("units")
    if named is None:
        return [proposal.recipient_id]
    if named:
        return named
    industry = proposal.facts.get("industry")
    statement = sa.select(_units.c.id).where(_units.c.county_id == proposal.county_id, _units.c.active.is_(True))
    if industry:
        within = sa.select(_entries.c.id).where(sa.or_(_entries.c.id == industry, _entries.c.parent_id == industry))
        statement = statement.where(_units.c.id.in_(
            sa.select(_industries.c.organization_id).where(_industries.c.industry_id.in_(within))))
    else:
        statement = statement.where(_units.c.kind == "township")
    return list(session.scalars(statement.order_by(_units.c.sort_order, _units.c.id)))
