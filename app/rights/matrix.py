"""The role table and every noun's verbs as matrices of words; `app/access/roles.py` and the verbs are the source."""
from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.access.permissions import Permission
from app.access.roles import ROLES, permits
from app.casework.diagram import role_cells
from app.casework.verbs import Noun
from app.nouns import ROOMS

TITLES = {
    "hazard": _lp("right", "Hazards"), "task": _lp("right", "Key work tasks"),
    "task_share": _l("Shares of a task, of each responsible unit"), "ledger_submission": _l("Ledger submission"),
    "letter": _l("Letters"), "delivery": _l("Service and receipt of letters"), "occasion": _l("Occasions"),
}
SUBJECTS = {
    "workbench": _l("Workbench"), "inbox": _l("Inbox"), "channels": _l("Message channels"),
    "search": _lp("search", "Search"), "overview": _l("Overview"),
    "tasks": _lp("right", "Key tasks"), "hazards": _lp("right", "Hazards"), "submissions": _l("Ledger submission"),
    "letters": _l("Letters"), "deliveries": _l("Service and receipt of letters"), "occasions": _l("Occasions"),
    "proposals": _l("Escalation proposals"),
    "ledger_duties": _l("Who owes which ledger"), "roll_up": _l("Roll-up"),
    "papers": _l("Templates of papers"), "directory": _l("Directory of units"),
    "enterprises": _l("Directory of enterprises"),
    "people": _lp("right", "People and posts"), "settings": _l("Dictionaries, calendar, settings"),
    "audit": _l("Log of acts"), "basis": _l("Governing text"), "hats": _lp("right", "Posts"),
    "own_password": _l("Own password"), "roles": _l("Roles and rights"), "system": _l("Running the system"),
    "jobs": _l("Downloads and jobs"), "delegations": _lp("right", "Delegation"),
}
ACTS = {
    "read": _lp("right", "read"), "register": _lp("right", "register"), "act": _lp("right", "act"),
    "export": _lp("right", "export"), "import": _lp("right", "import"), "lookup": _lp("right", "look up"),
    "edit": _lp("right", "keep"), "wear": _lp("right", "change hats"), "change": _lp("right", "change"),
    "draft": _lp("right", "draft"), "hand_over": _lp("right", "hand over work"), "units": _lp("right", "unit by unit"),
}


@dataclass(frozen=True)
class Row:
    """One line: what it is about, the code it has in the program (none for a verb), a word or nothing for each role."""

    words: str
    code: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Matrix:
    """`head` names the first column, `roles` the others."""

    title: str
    head: str
    roles: tuple[str, ...]
    rows: tuple[Row, ...]


def role_titles() -> dict[str, str]:
    return {code: str(role.title) for code, role in ROLES.items()}


def words_of(permission: str) -> str:
    subject, act = permission.split(".")
    return f"{SUBJECTS[subject]}·{ACTS[act]}"


def permissions() -> Matrix:
    """Permissions × roles."""
    return Matrix(
        str(_l("Which screens open")), str(_l("Permission")), tuple(role_titles().values()),
        tuple(Row(words_of(one), one, tuple("✓" if permits(role, one) else "" for role in ROLES))
              for one in Permission),
    )


def verbs(noun: Noun) -> Matrix:
    """Verbs of a noun × roles: in which way, where the role's unit stands in the right relation to the case."""
    rows = role_cells(noun, ROLES)
    return Matrix(
        str(TITLES[noun.kind]), str(_l("Step")), tuple(role_titles().values()),
        tuple(Row(title, "", cells) for title, cells in rows),
    )


def matrices() -> list[Matrix]:
    """All of them, in the reader's language; call within an application context."""
    return [permissions(), *(verbs(room.noun) for room in ROOMS)]


def markdown(matrix: Matrix) -> str:
    """As the README holds it."""
    lines = [f"| {matrix.head} | " + " | ".join(matrix.roles) + " |", "|---" * (len(matrix.roles) + 1) + "|"]
    for row in matrix.rows:
        words = f"{row.words} `{row.code}`" if row.code else row.words
        lines.append(f"| {words} | " + " | ".join(row.cells) + " |")
    return "\n".join(lines)
