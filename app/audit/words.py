"""What an act, a changed field and its values are called in the log; no stored name reaches a reader.

An entry of a case speaks its noun's words (app/nouns.py): the same stored name may read otherwise elsewhere.
"""
from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.roles import ROLES
from app.administration.enterprises import STATUSES
from app.administration.office import DICTIONARIES
from app.administration.units import KINDS
from app.casework.assigning import TITLES as ASSIGNING
from app.escalation.states import ProposalState
from app.nouns import BY_KIND, ROOMS, Room
from app.organization.settings import DEFINITIONS

VERBS = {
    "login": _l("Login"), "login_failed": _l("Failed login"), "logout": _l("Logout"),
    "password_changed": _l("Own password changed"), "password_reset": _l("Password reset"),
    "hat_changed": _l("Hat changed"), "login_refused": _l("Login refused"),
    "delegated": _l("Delegated"), "delegation_revoked": _l("Delegation revoked"),
    "person_handover": _l("Work of a person handed over"), **ASSIGNING,
    "export": _l("Export"), "import": _l("Import"), "download": _l("Download"),
    "unit_added": _l("Unit added"), "unit_changed": _l("Unit changed"), "unit_merged": _l("Merged into a successor"),
    "enterprise_added": _l("Enterprise added"), "enterprise_changed": _l("Enterprise changed"),
    "person_added": _l("Person added"), "person_changed": _l("Person or posts changed"),
    "entry_added": _l("Dictionary entry added"), "entry_changed": _l("Dictionary entry changed"),
    "calendar_day_added": _l("Working day set"), "calendar_day_changed": _l("Working day changed"),
    "notice_taken_over": _l("Holiday notice taken over"),
    "proposal_accepted": _l("Proposal accepted"), "proposal_postponed": _l("Proposal postponed"),
    "proposal_dismissed": _l("Proposal dismissed"), "proposal_open": _l("Proposal reconsidered"),
    "duty_told": _l("Duty to submit a ledger"), "channel": _l("Message channel set"),
    "paper_template": _l("Template of official papers"),
    "setting_changed": _l("Setting changed"), "audit_verified": _l("History checked"),
    "backup_asked": _l("Backup asked for"), "job_called_off": _l("Another person's job called off"),
    "restored": _l("Restored from a backup"),
    "register": _l("Registered"), "edit_draft": _l("Draft changed"),
}
FIELDS = {
    **{name: title for room in reversed(ROOMS) for name, title in room.wording.TITLES.items()},
    **{key: definition.title for key, definition in DEFINITIONS.items()},
    "name": _l("Name"), "short_name": _l("Short name"), "names": _l("Other names"), "code": _l("Code"),
    "phone": _l("Phone"), "issuer_code": _l("Code of its letters"), "active": _l("In use"),
    "sort_order": _l("Place in lists"), "status": _l("Status"),
    "review_before_issue": _l("Review before issue"), "industries": _l("Supervised industries"),
    "successor_id": _l("Successor"), "uscc": _l("Credit code"), "address": _l("Address"),
    "principal": _l("Principal"), "principal_phone": _l("Principal's phone"),
    "safety_manager": _l("Safety manager"), "safety_phone": _l("Safety manager's phone"),
    "regulators": _l("Regulators"), "username": _l("User name"), "last_name": _l("Name"), "posts": _l("Posts"),
    "parent_id": _l("Belongs to (industries)"), "valid_from": _l("In force from"), "valid_to": _l("In force until"),
    "day": _l("Day"), "is_workday": _l("Worked"), "note": _l("Note"), "state": _l("State"), "number": _l("Number"),
}
_CODES = {
    **{code: role.title for code, role in ROLES.items()}, **dict(ProposalState.choices()),
    **KINDS, **STATUSES, **DICTIONARIES,
}
_REFERENCES = ("successor_id", "regulators", "industries", "posts", "parent_id")  # keys say nothing to a reader


def verb_title(verb: str, kind: str | None = None) -> str:
    """The verb as the noun of the entry's case calls it; `kind` None: an entry outside of a case."""
    own = _titles_of(BY_KIND[kind]).get(verb) if kind in BY_KIND else None
    return str(own or VERBS.get(verb, _("Other")))


def _titles_of(room: Room) -> dict[str, object]:
    """Stored name → title of what is done to a noun's case: its verbs, and what its history tells besides."""
    return {**getattr(room.wording, "ENTRY_TITLES", {}), **{name: one.title for name, one in room.noun.verbs.items()}}


def verb_choices() -> list[tuple[str, str]]:
    """`(stored name, title)` of every act, by title; one that nouns call otherwise is offered with all its titles."""
    titles = {name: [str(title)] for name, title in VERBS.items()}
    for room in ROOMS:
        for name, title in _titles_of(room).items():
            known = titles.setdefault(name, [])
            if str(title) not in known:
                known.append(str(title))
    return sorted(((name, "／".join(known)) for name, known in titles.items()), key=lambda one: one[1])


def state_title(state: str | None, kind: str | None = None) -> str:
    if not state:
        return ""
    if kind in BY_KIND and state in set(BY_KIND[kind].noun.states):
        return str(BY_KIND[kind].noun.states.title_of(state))
    return str(_CODES.get(state, ""))


def changes_in_words(changes: Mapping, said, kind: str | None = None) -> list[str]:
    """`name：before → after`, one per field. `said`: how the noun words its own values."""
    titles = {**FIELDS, **BY_KIND[kind].wording.TITLES} if kind in BY_KIND else FIELDS
    lines = []
    for name, pair in changes.items():
        title = titles.get(name)
        if title is None:
            continue
        if name in _REFERENCES or not isinstance(pair, list) or len(pair) != 2:
            lines.append(str(title))
        else:
            before, after = (_value(name, value, said) for value in pair)
            lines.append(f"{title}：{before} → {after}")
    return lines


def _value(name: str, value, said) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return "、".join(_value(name, one, said) for one in value) or _("(empty)")
    if isinstance(value, str) and value in _CODES and name in ("status", "role", "state", "kind"):
        return str(_CODES[value])
    return said(name, value)


def who(entry) -> str:
    """Who did it, and in whose place (代理)."""
    principal = entry.extra.get("on_behalf_of")
    return entry.user_name + (_(" (for %(name)s)", name=principal) if principal else "")


def extra_in_words(extra: Mapping) -> str:
    """Whom or what an entry outside of a case is about."""
    parts = [extra.get(name) for name in ("name", "post_name", "successor", "valid_from", "file")]
    if "rows" in extra:
        parts.append(_("%(count)s rows", count=extra["rows"]))
    return " · ".join(str(part) for part in parts if part)
