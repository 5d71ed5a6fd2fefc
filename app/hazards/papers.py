"""What is printed of a hazard to be signed: the notice to rectify (整改通知单), each round's recheck (整改复查意见书).

A paper is handed to its addressee: whoever prints it, it holds what an enterprise may read. No source stands on it, and
no file that is confined to another.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import zip_longest

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.casework.attachments import Attachment
from app.casework.titles import TitledEnum
from app.hazards.models import Hazard, Round
from app.hazards.queries import VOID, seen
from app.hazards.states import DueKind, HazardState, Source
from app.organization import dictionaries
from app.organization.models import EnterpriseRegulator, Organization, OrganizationIndustry

_units = Organization.__table__
FEW = 2  # so many pictures are printed large


class Notice(TitledEnum):
    """Only a department that supervises an industry orders (责令), and only an enterprise; others give notice."""

    ORDER_BY_DAY = "order_by_day", _l("Order to rectify within a set time")
    ORDER = "order", _l("Order to rectify")
    NOTICE = "notice", _l("Notice to rectify")
    OWN = "own", _l("Own finding to rectify")


def notice_of(hazard: Hazard, inspecting_kind: str, supervises: bool) -> Notice:
    """Which notice a hazard is given."""
    if hazard.source == Source.SELF_REPORT:
        return Notice.OWN
    if inspecting_kind == "department" and supervises and hazard.lead.is_enterprise:
        return Notice.ORDER_BY_DAY if hazard.due_kind == DueKind.DATE and hazard.due else Notice.ORDER
    return Notice.NOTICE


def is_rechecked(this: Round) -> bool:
    """Whether a round has come to its recheck; until that is recorded, its paper has lines to fill in."""
    return this.claimed_on is not None or this.rechecked_on is not None


def notices(session, hazards: Iterable[Hazard]) -> list[dict]:
    """The notices, each `{hazard, notice, void, units, criterion, measures, rows, others}`; few statements."""
    hazards = list(hazards)
    units, files = _units_of(session, hazards), _files_of(session, hazards)
    supervising = _supervising(session, {hazard.inspecting_unit_id for hazard in hazards})
    criteria = dictionaries.names(session, [hazard.criterion_id for hazard in hazards])
    found = []
    for hazard in hazards:
        by = hazard.inspecting_unit_id
        pictures, others = sorted_out(f for f in files[hazard.id] if f.purpose == "before" and f.round_number == 1)
        found.append({
            "hazard": hazard, "notice": notice_of(hazard, units[by].kind, by in supervising), "units": units,
            "void": voided(hazard),
            "criterion": " ".join(filter(None, (criteria.get(hazard.criterion_id), hazard.criterion_note))),
            "method": seen("method", hazard.method, "enterprise"), "measures": ordered(hazard),
            "rows": in_rows(pictures), "others": others,
        })
    return found


def ordered(hazard: Hazard) -> str | None:
    """The measures of the first round, unless that is confined to another."""
    return next((one.measures for one in hazard.rounds if one.number == 1 and one.confined_to_id is None), None)


def recheck(session, hazard: Hazard, this: Round) -> dict:
    """One round's recheck: `{hazard, round, units, void, rows, others}`; pictures before and after side by side."""
    files = _files_of(session, [hazard])[hazard.id]
    of_round = [f for f in files if f.round_number == this.number]
    as_found = [f for f in files if f.purpose == "before" and f.round_number == 1]
    before, _others = sorted_out([f for f in of_round if f.purpose == "before"] or as_found)
    after, others = sorted_out(f for f in of_round if f.purpose == "after")
    return {
        "hazard": hazard, "round": this, "units": _units_of(session, [hazard], [this.recheck_unit_id]),
        "void": voided(hazard),
        "rows": list(zip_longest(before, after)) if before and after else in_rows(before or after), "others": others,
    }


def voided(hazard: Hazard):
    """The word that stands on the paper of what came to nothing, so that no such paper is handed out."""
    return HazardState(hazard.state).title if hazard.state in VOID else None


def sorted_out(files: Iterable[Attachment]) -> tuple[list[Attachment], list[Attachment]]:
    """`(pictures, files that can only be named)`."""
    pictures, others = [], []
    for file in files:
        (pictures if file.kind.shown and file.thumbnail != "failed" else others).append(file)
    return pictures, others


def in_rows(pictures: list[Attachment]) -> list[tuple]:
    """Two beside each other; few of them each alone, and larger."""
    if len(pictures) <= FEW:
        return [(picture,) for picture in pictures]
    return list(zip_longest(pictures[::2], pictures[1::2]))


def _units_of(session, hazards: list[Hazard], more: Iterable[int | None] = ()) -> dict:
    """Rows of all units named, by id, whatever the scope: a paper has their names in full."""
    wanted = set(more)
    for h in hazards:
        wanted |= {h.inspecting_unit_id, h.enterprise_id, h.recheck_unit_id, *(r.organization_id for r in h.rectifiers)}
    columns = (_units.c.id, _units.c.name, _units.c.kind, _units.c.phone)
    wanted = sorted(wanted - {None})
    return {row.id: row for row in session.execute(sa.select(*columns).where(_units.c.id.in_(wanted)))}


def _files_of(session, hazards: list[Hazard]) -> dict[int, list[Attachment]]:
    """The pictures before and after that every party may see, by hazard."""
    found = defaultdict(list)
    for file in session.scalars(
        sa.select(Attachment).where(
            Attachment.case_id.in_([hazard.id for hazard in hazards]), Attachment.confined_to_id.is_(None),
            Attachment.purpose.in_(("before", "after")),
        ).order_by(Attachment.id)
    ):
        found[file.case_id].append(file)
    return found


def _supervising(session, ids: set[int]) -> set[int]:
    """Which of the units have an industry or an enterprise to supervise."""
    columns = (OrganizationIndustry.__table__.c.organization_id, EnterpriseRegulator.__table__.c.organization_id)
    return set(session.scalars(sa.union(*(sa.select(column).where(column.in_(ids)) for column in columns))))
