"""The one catalogue of permissions. Grammar: ``<noun>.<act>``; no permission string stands anywhere else.

The framework asks ``(can_<act>, <noun>)``; `from_framework` translates.
"""
from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    WORKBENCH_READ = "workbench.read"
    OVERVIEW_READ = "overview.read"
    OVERVIEW_UNITS = "overview.units"
    HAZARDS_READ = "hazards.read"
    HAZARDS_REGISTER = "hazards.register"
    HAZARDS_ACT = "hazards.act"
    HAZARDS_EXPORT = "hazards.export"
    HAZARDS_IMPORT = "hazards.import"
    TASKS_READ = "tasks.read"
    TASKS_REGISTER = "tasks.register"
    TASKS_ACT = "tasks.act"
    TASKS_EXPORT = "tasks.export"
    TASKS_IMPORT = "tasks.import"
    SUBMISSIONS_READ = "submissions.read"
    SUBMISSIONS_ACT = "submissions.act"
    LEDGER_DUTIES_EDIT = "ledger_duties.edit"
    ROLL_UP_READ = "roll_up.read"
    ROLL_UP_EXPORT = "roll_up.export"
    DIRECTORY_READ = "directory.read"
    DIRECTORY_LOOKUP = "directory.lookup"
    DIRECTORY_EDIT = "directory.edit"
    DIRECTORY_EXPORT = "directory.export"
    DIRECTORY_IMPORT = "directory.import"
    ENTERPRISES_EDIT = "enterprises.edit"
    ENTERPRISES_READ = "enterprises.read"
    ENTERPRISES_EXPORT = "enterprises.export"
    ENTERPRISES_IMPORT = "enterprises.import"
    PEOPLE_READ = "people.read"
    PEOPLE_EDIT = "people.edit"
    PEOPLE_EXPORT = "people.export"
    PEOPLE_IMPORT = "people.import"
    PEOPLE_HAND_OVER = "people.hand_over"
    SETTINGS_READ = "settings.read"
    SETTINGS_EDIT = "settings.edit"
    AUDIT_READ = "audit.read"
    AUDIT_EXPORT = "audit.export"
    ROLES_READ = "roles.read"
    ROLES_EXPORT = "roles.export"
    SYSTEM_READ = "system.read"
    SYSTEM_EDIT = "system.edit"
    JOBS_READ = "jobs.read"
    DELEGATIONS_EDIT = "delegations.edit"
    BASIS_READ = "basis.read"
    HATS_WEAR = "hats.wear"
    OWN_PASSWORD_CHANGE = "own_password.change"


def from_framework(permission_name: str, view_name: str) -> str:
    """``("can_read", "hazards")`` → ``"hazards.read"``."""
    return f"{view_name}.{permission_name.removeprefix('can_')}"
