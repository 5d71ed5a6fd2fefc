"""The roles, as a table of data (附录D). The matrix in the README is generated from it; a test compares them.

`breadth` says which cases exist for the role: ``county`` all issued cases of the county, ``units`` those whose
unit is a party, ``nobody`` none. Screens answer by `permissions`; what may be done to a case is decided by
the noun's verbs.
"""
from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from app.access.permissions import Permission as P

_EVERYBODY = frozenset({P.BASIS_READ, P.HATS_WEAR, P.OWN_PASSWORD_CHANGE, P.JOBS_READ})
_OFFICE = _EVERYBODY | frozenset({
    P.WORKBENCH_READ, P.HAZARDS_READ, P.HAZARDS_ACT, P.HAZARDS_EXPORT, P.TASKS_READ, P.TASKS_ACT, P.TASKS_EXPORT,
    P.SUBMISSIONS_READ, P.SUBMISSIONS_ACT, P.DELIVERIES_READ, P.DELIVERIES_ACT, P.ROLL_UP_READ, P.ROLL_UP_EXPORT,
    P.DIRECTORY_READ, P.DIRECTORY_LOOKUP, P.DIRECTORY_EXPORT, P.ENTERPRISES_READ, P.ENTERPRISES_EXPORT, P.ROLES_READ,
    P.DELEGATIONS_EDIT, P.OVERVIEW_READ, P.SEARCH_READ, P.LETTERS_READ, P.LETTERS_ACT, P.LETTERS_EXPORT,
    P.OCCASIONS_READ, P.OCCASIONS_ACT, P.PAPERS_READ, P.PAPERS_EXPORT, P.PROPOSALS_READ, P.PROPOSALS_ACT,
})
_CLERK = _OFFICE | {P.INBOX_READ, P.HAZARDS_REGISTER, P.HAZARDS_IMPORT, P.TASKS_REGISTER, P.TASKS_IMPORT,
                    P.ENTERPRISES_EDIT, P.ENTERPRISES_IMPORT, P.LETTERS_DRAFT, P.OCCASIONS_REGISTER}
# A unit's reviewer manages its accounts.
_REVIEWER = _OFFICE | {P.INBOX_READ, P.PEOPLE_READ, P.PEOPLE_EDIT, P.PEOPLE_EXPORT, P.PEOPLE_IMPORT, P.PEOPLE_HAND_OVER}
# A delegate acts on cases in the holder's place; accounts and further delegations stay with the holder.
NOT_DELEGATED = frozenset({
    P.PEOPLE_READ, P.PEOPLE_EDIT, P.PEOPLE_EXPORT, P.PEOPLE_IMPORT, P.PEOPLE_HAND_OVER, P.DELEGATIONS_EDIT,
})


@dataclass(frozen=True)
class Role:
    code: str
    title: object  # lazy string
    breadth: str
    permissions: frozenset[str]


ROLES = {
    role.code: role
    for role in (
        Role("county_clerk", _l("County office clerk"), "county", _CLERK | {P.LEDGER_DUTIES_EDIT, P.OVERVIEW_UNITS}),
        Role("county_head", _l("County office head"), "county", _REVIEWER | {P.LEDGER_DUTIES_EDIT, P.OVERVIEW_UNITS,
                                                                                P.PAPERS_EDIT}),
        Role("unit_clerk", _l("Filing clerk"), "units", _CLERK),
        Role("unit_reviewer", _l("Reviewer"), "units", _REVIEWER),
        Role("enterprise", _l("Enterprise"), "units",
             _EVERYBODY | {P.WORKBENCH_READ, P.INBOX_READ, P.HAZARDS_READ, P.HAZARDS_REGISTER, P.HAZARDS_ACT,
                           P.HAZARDS_EXPORT, P.TASKS_READ, P.TASKS_ACT, P.TASKS_EXPORT, P.LETTERS_READ,
                           P.DELIVERIES_READ, P.DELIVERIES_ACT, P.PAPERS_EXPORT, P.DIRECTORY_LOOKUP,
                           P.ENTERPRISES_READ, P.SEARCH_READ}),
        Role("leader", _l("Leader"), "county", (_OFFICE | {P.OVERVIEW_UNITS}) - {P.PROPOSALS_ACT}),
        Role("auditor", _l("Auditor"), "nobody",
             _EVERYBODY | {P.AUDIT_READ, P.AUDIT_EXPORT, P.ROLES_READ, P.ROLES_EXPORT}),
        Role("administrator", _l("System administrator"), "nobody",
             _EVERYBODY | {P.DIRECTORY_READ, P.DIRECTORY_LOOKUP, P.DIRECTORY_EDIT, P.DIRECTORY_EXPORT,
                           P.DIRECTORY_IMPORT, P.ENTERPRISES_READ, P.ENTERPRISES_EDIT, P.ENTERPRISES_EXPORT,
                           P.ENTERPRISES_IMPORT, P.PEOPLE_READ, P.PEOPLE_EDIT, P.PEOPLE_EXPORT, P.PEOPLE_IMPORT,
                           P.PEOPLE_HAND_OVER, P.SETTINGS_READ, P.SETTINGS_EDIT, P.ROLES_READ, P.ROLES_EXPORT,
                           P.SYSTEM_READ, P.SYSTEM_EDIT, P.CHANNELS_EDIT,
                           P.LEDGER_DUTIES_EDIT, P.PAPERS_READ, P.PAPERS_EDIT}),
    )
}


def permits(role: str | None, permission: str) -> bool:
    """Whether a role holds a permission; no role, no permission."""
    return role in ROLES and permission in ROLES[role].permissions


@dataclass(frozen=True)
class Rights:
    """What a post opens: the role's screens, without those that stay with the holder when a delegate wears it."""

    role: str
    delegated: bool = False

    def permits(self, permission: str) -> bool:
        return permits(self.role, permission) and not (self.delegated and permission in NOT_DELEGATED)
