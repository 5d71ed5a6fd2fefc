"""Every menu entry, in the order of the document: the screens' table of contents.

A mechanism appears here once its screens exist; its numeral (一 … 十二) is its icon.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l

from app.access.permissions import Permission as P


@dataclass(frozen=True)
class Entry:
    """`endpoint` is the screen; an entry without one is a group. `also`: other views that belong to it."""

    title: object  # lazy string
    endpoint: str = ""
    permission: str = ""
    numeral: str = ""
    icon: str = "list"
    children: tuple[Entry, ...] = ()
    also: tuple[str, ...] = ()
    tab: object = ""  # its word in the phone's bar at the bottom, when it has a place there


# 十二项机制 in the document's order; the login page names them all, the menu only those that have screens.
MECHANISMS = (
    ("一", _l("Ledgers")), ("二", _l("Progress reviews")), ("三", _l("Oversight")), ("四", _l("Letters")),
    ("五", _l("Accountability interviews")), ("六", _l("Exams")), ("七", _l("Credit classes")),
    ("八", _l("Listed hazards")), ("九", _l("Tip-offs")), ("十", _l("Publicity")),
    ("十一", _l("Criminal referrals")), ("十二", _l("Warning cards")),
)

HOME = Entry(_l("Workbench"), "Workbench.index", P.WORKBENCH_READ, icon="home", tab=_l("To do"))
OVERVIEW = Entry(_l("Overview"), "Overview.sheet", P.OVERVIEW_READ, icon="chart")
INBOX = Entry(_l("Inbox"), "Inbox.list", P.INBOX_READ, icon="bell")
TASKS = Entry(_l("Key task list"), "Tasks.list", P.TASKS_READ, also=("TaskImports",))
SHARES = Entry(_l("Shares of the units"), "TaskShares.list", P.TASKS_READ, tab=_l("Tasks"))
HAZARDS = Entry(_l("Hazard rectification ledger"), "Hazards.list", P.HAZARDS_READ, also=("HazardImports",),
                tab=_l("Hazards"))
REGISTER = Entry(_l("Register a hazard"), "Hazards.new", P.HAZARDS_REGISTER, icon="camera")
QUICK = Entry(_l("Photograph a hazard"), "Hazards.quick", P.HAZARDS_REGISTER, icon="camera", tab=_l("Register"))
SUBMISSIONS = Entry(_l("Ledger submission"), "Submissions.list", P.SUBMISSIONS_READ)
ROLL_UP = Entry(_l("Roll-up"), "RollUp.index", P.ROLL_UP_READ)
LEDGERS = Entry(_l("Ledgers"), numeral="一", children=(TASKS, SHARES, HAZARDS, SUBMISSIONS, ROLL_UP))
PROPOSALS = Entry(_l("Escalation proposals"), "Proposals.list", P.PROPOSALS_READ, icon="steps")
LETTER_LIST = Entry(_l("Letters sent and drafted"), "Letters.list", P.LETTERS_READ)
DELIVERIES = Entry(_l("Service and receipt of letters"), "Deliveries.list", P.DELIVERIES_READ)
OCCASIONS = Entry(_l("Occasions"), "Occasions.list", P.OCCASIONS_READ)
LETTERS = Entry(_l("Letters"), numeral="四", children=(LETTER_LIST, DELIVERIES, OCCASIONS))
ASSIGN = Entry(_l("Assign a task"), "Tasks.new", P.TASKS_REGISTER, icon="plus")
NEW = (ASSIGN, REGISTER)  # what the workbench offers to begin

MENU = (
    (
        HOME,
        INBOX,
        OVERVIEW,
        PROPOSALS,
        LEDGERS,
        LETTERS,
    ),
    (
        Entry(_l("Enterprises"), "Enterprises.list", P.ENTERPRISES_READ, icon="factory", also=("EnterpriseImports",)),
        Entry(_l("Units"), "Units.list", P.DIRECTORY_READ, icon="units", also=("UnitImports",)),
        Entry(_l("People and posts"), "People.list", P.PEOPLE_READ, icon="people", also=("PeopleImports",)),
        Entry(_l("Audit log"), "Audit.index", P.AUDIT_READ, icon="seal"),
        Entry(_l("Roles and rights"), "Roles.list", P.ROLES_READ, icon="key"),
        Entry(_l("Templates of papers"), "Papers.list", P.PAPERS_READ, icon="file"),
        Entry(_l("Dictionaries"), "Dictionaries.list", P.SETTINGS_READ, icon="book"),
        Entry(_l("Working days"), "Calendar.list", P.SETTINGS_READ, icon="calendar"),
        Entry(_l("Settings"), "Settings.list", P.SETTINGS_READ, icon="gear"),
        Entry(_l("System"), "System.index", P.SYSTEM_READ, icon="disk"),
        Entry(_l("Message channels"), "Channels.list", P.CHANNELS_EDIT, icon="bell"),
        Entry(_l("Who owes which ledger"), "LedgerDuties.list", P.LEDGER_DUTIES_EDIT, icon="check"),
    ),
)
TABS = (HOME, SHARES, HAZARDS, QUICK)


def leaves() -> list[Entry]:
    """Every screen of the menu, in its order."""
    return [leaf for block in MENU for entry in block for leaf in (entry.children or (entry,))]


@dataclass
class Item:
    """An entry as this user sees it on this page."""

    title: object
    url: str = ""
    here: bool = False
    numeral: str = ""
    icon: str = ""
    children: list[Item] = field(default_factory=list)


def is_reachable(entry: Entry, hat) -> bool:
    """Whether the screen exists and the hat may open it: no dead links, no doors that shut in one's face."""
    return entry.endpoint in current_app.view_functions and hat is not None and hat.permits(entry.permission)


def is_here(entry: Entry) -> bool:
    """The current page belongs to the entry when it is a screen of the same view, or of one that is named with it."""
    return bool(request.endpoint and entry.endpoint) and (
        request.endpoint.split(".")[0] in (entry.endpoint.split(".")[0], *entry.also)
    )


@dataclass
class Menu:
    """`drawn`: as the first page drew it that needed it."""

    blocks: tuple[list[Item], ...]
    drawn: str | None = None


def items(entries: Iterable[Entry], hat) -> list[Item]:
    seen = []
    for entry in entries:
        if entry.children:
            children = items(entry.children, hat)
            if children:
                here = any(child.here for child in children)
                seen.append(Item(entry.title, here=here, numeral=entry.numeral, icon=entry.icon, children=children))
        elif is_reachable(entry, hat):
            seen.append(Item(entry.title, url_for(entry.endpoint), is_here(entry), entry.numeral, entry.icon))
    return seen


def tabs(hat) -> tuple[Item, ...]:
    """The phone's bar: only screens that are reachable; the page itself, not its whole view, is current."""
    return _tabs(*_here(hat))


def menu(hat) -> Menu:
    return _menu(*_here(hat))


def _here(hat) -> tuple:
    """All that the menu depends on: it is the same for all who wear such a hat on this page."""
    return current_app._get_current_object(), request.script_root, request.endpoint, hat.rights if hat else None


@lru_cache(maxsize=1024)
def _tabs(_app, _root, endpoint, rights) -> tuple[Item, ...]:
    return tuple(
        Item(entry.tab, url_for(entry.endpoint), entry.endpoint == endpoint, icon=entry.icon)
        for entry in TABS
        if is_reachable(entry, rights)
    )


@lru_cache(maxsize=1024)
def _menu(_app, _root, _endpoint, rights) -> Menu:
    return Menu(tuple(block for block in (items(entries, rights) for entries in MENU) if block))
