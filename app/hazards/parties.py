"""Who is a party to a hazard, whose turn it is, and what a hat's unit is to it."""
from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import object_session

from app.casework.cases import Case, CaseParty
from app.casework.verbs import relations_of
from app.hazards.models import Hazard
from app.hazards.states import HazardState
from app.organization.directory import followers, regulators_of
from app.organization.models import EnterpriseRegulator

STANDING_IN = frozenset({"territory", "inspecting", "rechecking", "regulator", "county"})


def parties(hazard: Hazard) -> list[tuple[int, str, bool]]:
    """`(organization id, role, oversees)`. A draft has one party: who files it."""
    if not hazard.issued:
        return [(hazard.filed_by_id, "filing", True)]
    session = object_session(hazard)
    with session.no_autoflush:  # whoever changes an enterprise's regulators is no verb of a hazard
        regulators = regulators_of(session, hazard.enterprise_id) if hazard.enterprise_id else []
    request = hazard.request
    rectifying = [rectifier.organization_id for rectifier in hazard.rectifiers]
    parties = party_list(vars_of(hazard), rectifying, [organization_id for organization_id, _daily in regulators])
    if request is not None:
        parties.append((request.asked_for_id, "asking", False))
        if request.kind in ("transfer", "reassign"):
            parties.append((request.decider_id, "receiving", False))
    return parties


def vars_of(hazard: Hazard) -> dict:
    """The columns that `party_list` asks for."""
    names = ("filed_by_id", "inspecting_unit_id", "recheck_unit_id", "territory_id", "enterprise_id")
    return {name: getattr(hazard, name) for name in names}


def party_list(hazard: dict, rectifying: list[int], regulators: list[int]) -> list[tuple[int, str, bool]]:
    """The parties of an issued hazard, from its columns; who reports on itself does not oversee."""
    own = hazard["enterprise_id"]
    wanted = [
        (hazard["filed_by_id"], "filing", hazard["filed_by_id"] != own),
        (hazard["inspecting_unit_id"], "inspecting", hazard["inspecting_unit_id"] != own),
        (hazard["recheck_unit_id"], "rechecking", True),
        (hazard["territory_id"], "territory", True),
        *((organization_id, "regulator", True) for organization_id in regulators),
        *((organization_id, "rectifying", False) for organization_id in rectifying),
    ]
    return [party for party in dict.fromkeys(wanted) if party[0] is not None]


def follow_regulators(session, enterprise_id: int) -> None:
    """A new regulator finds the enterprise's hazards, a former one no longer does; all of them, whoever asks."""
    cases, hazards, mine = Case.__table__, Hazard.__table__, CaseParty.__table__
    regulators = EnterpriseRegulator.__table__
    of_enterprise = sa.select(hazards.c.id).where(hazards.c.enterprise_id == enterprise_id)
    session.execute(sa.delete(mine).where(mine.c.role == "regulator", mine.c.case_id.in_(of_enterprise)))
    session.execute(sa.insert(mine).from_select(
        ["case_id", "organization_id", "role", "oversees", "kind", "state", "due", "happened_on"],
        sa.select(cases.c.id, regulators.c.organization_id, sa.literal("regulator"), sa.true(), cases.c.kind,
                  cases.c.state, cases.c.due_sort, cases.c.happened_on)
        .join(hazards, hazards.c.id == cases.c.id)
        .join(regulators, regulators.c.enterprise_id == hazards.c.enterprise_id)
        .where(hazards.c.enterprise_id == enterprise_id, cases.c.issued.is_(True)),
    ))


followers.append(follow_regulators)


def turn(hazard: Hazard) -> tuple[int | None, str | None]:
    """Whose turn it is: `(organization id, clerk | reviewer)`."""
    if hazard.request is not None:
        receiving = hazard.request.kind in ("transfer", "reassign")
        return hazard.request.decider_id, "clerk" if receiving else "reviewer"
    if hazard.state == HazardState.REGISTERED:
        return hazard.filed_by_id, "reviewer" if hazard.review_asked_on else "clerk"
    if hazard.state == HazardState.RECTIFYING:
        return hazard.lead.organization_id, "clerk"
    if hazard.state == HazardState.AWAITING_RECHECK:
        return hazard.recheck_unit_id, "clerk"
    return None, None


def relations(hazard: Hazard, hat) -> frozenset[str]:
    """Adds `stand_in`: where an enterprise would act, those who supervise it may fill in for it (代填).

    `stand_in_receiver`: the same for an enterprise that is asked to take the rectification over (改派).
    """
    mine = set(relations_of(hazard, hat))
    if mine & STANDING_IN and "rectifying" not in mine:
        if hazard.lead is not None and hazard.lead.is_enterprise:
            mine.add("stand_in")
        if hazard.open_request == "reassign" and hazard.request.payload["enterprise"]:
            mine.add("stand_in_receiver")
    return frozenset(mine)
