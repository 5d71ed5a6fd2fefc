"""What every noun's list shares on the screen: its address, its tabs, its order, its columns, what a person keeps.

A noun declares a `CaseList` and reads its page with `listed`; its template draws with components/list.html.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from flask import current_app, g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app import templating
from app.casework import kept
from app.casework.listing import CAP, ORDERS, Order, Selection, capped_counts
from app.casework.paging import Page, Place, page
from app.extensions import db

PAGE_SIZES = (25, 50, 100)
LARGEST_NUMBER = 10_000_000  # of a page
NEWEST = {"state": "all", "sort": "-number"}  # the address of every one, what came in last first
ALL = "all"  # the state that says: every one, and not what I open this list with
NO_STATE = ("",)  # where no state has rows
NEWEST_FIRST = frozenset({"number", "happened"})  # what a first click on such a head asks for
PLAIN = "!$'()*,/:;?@"  # what an address may hold as it is
SORTED_BY = {"number": _l("order of entry"), "due": _l("deadline"), "happened": _l("day")}


@dataclass(frozen=True)
class Column:
    """`name` is its cells' class, too (`c-<name>`). `sort`: the order that a click on its head asks for.

    `fixed`: nobody hides it. `extra`: shown to those who chose it.
    """

    name: str
    title: object
    sort: str = ""
    fixed: bool = False
    extra: bool = False


@dataclass(frozen=True)
class CaseList:
    """A noun's list: `name` is stored with what people keep of it; `tabs` are states, or several of them under one
    title (`states`), None among them for all.
    """

    name: str
    tabs: tuple
    columns: tuple[Column, ...]

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(state.value for state in self.tabs if state)


@dataclass
class Listed:
    """A list as this person sees it at this address; what its template draws around the rows.

    `address`: the parameters that were understood, without the place in the list.
    """

    case_list: CaseList
    form: object
    filters: dict
    state: str | None
    order: Order
    page: Page
    address: dict[str, str]
    tabs: list[dict] = field(default_factory=list)
    saved: tuple = ()
    turned: frozenset[str] = frozenset()
    cap: int = CAP

    def beside(self, name: str) -> str:
        """An endpoint of the same view."""
        return f"{request.blueprint}.{name}"

    def url(self, **changes) -> str:
        """This list at another place or in another order; None takes a parameter away."""
        return self.whole_url(**{**self.address, **changes})

    def whole_url(self, **more) -> str:
        """Without filters: said so that the list does not open with a saved one."""
        return here(more if any(more.values()) else {"state": ALL})

    @property
    def clear_url(self) -> str:
        return self.whole_url(state=self.state)

    @property
    def kept_by_form(self) -> dict[str, str]:
        """What the filter form must carry on beside its own fields."""
        return {"state": self.state or (ALL if any(one.opens for one in self.saved) else ""),
                "size": self.address.get("size", "")}

    # ── columns ────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def columns(self) -> list[Column]:
        """Those whose heads and cells stand in the table; one that is merely hidden still stands on a phone's card."""
        return [one for one in self.case_list.columns if not one.extra or one.name in self.turned]

    @property
    def css(self) -> dict[str, str]:
        """Classes of a column's cells."""
        return {one.name: f"c-{one.name} off-desk" if self.is_hidden(one) else f"c-{one.name}"
                for one in self.case_list.columns}

    def is_hidden(self, column: Column) -> bool:
        return (column.name in self.turned) is not column.extra

    def shows(self, name: str) -> bool:
        """Whether an extra column was chosen."""
        return name in self.turned

    # ── order ──────────────────────────────────────────────────────────────────────────────────────────────────
    def aria_sort(self, column: Column) -> str:
        if column.sort != self.order.by:
            return "none"
        return "descending" if self.order.descending else "ascending"

    @staticmethod
    def sorted_by(column: Column):
        return SORTED_BY[column.sort]

    def sort_url(self, column: Column) -> str:
        descending = not self.order.descending if column.sort == self.order.by else column.sort in NEWEST_FIRST
        return self.url(sort=("-" if descending else "") + column.sort)

    @property
    def sorts(self) -> list[tuple[str, str]]:
        """For the phone, whose cards have no heads: `(value, words)`."""
        found = [("", _("The list's own order"))]
        for column in self.case_list.columns:
            if column.sort:
                found += [(column.sort, _("%(column)s, ascending", column=column.title)),
                          ("-" + column.sort, _("%(column)s, descending", column=column.title))]
        return found

    # ── filters ──────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def filter_bar(self) -> Markup:
        """The form of the filters, kept as long as it says the same."""
        clear, carried, sort = self.clear_url, self.kept_by_form, self.address.get("sort")
        values = (self.case_list.name, clear, *carried.items(), sort, *map(said_by, self.form))
        bar = current_app.jinja_env.get_template("components/filters.html").module.filter_bar
        return templating.kept(values, lambda: bar(self.form, clear, carried, self.sorts, sort))

    # ── saved filters ──────────────────────────────────────────────────────────────────────────────────────────
    def saved_url(self, one) -> str:
        return here(one.query)

    @property
    def current(self):
        """The saved filter that this address is."""
        return next((one for one in self.saved if one.query == self.address), None)

    # ── pages ──────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def total(self) -> int | None:
        """How many rows there are; None when that is not known, or only that they are more than the cap."""
        count = next((tab["count"] for tab in self.tabs if tab["active"]), None)
        return None if count is None or count > CAP else count

    @property
    def pages(self) -> int | None:
        return None if self.total is None else -(-self.total // self.page.size)

    def page_url(self, number: int) -> str:
        return self.url(page=number)

    @property
    def next_url(self) -> str | None:
        at = self.page
        return self.url(after=at.last, page=at.number and at.number + 1) if at.more else None

    @property
    def previous_url(self) -> str | None:
        """Back to the first page by its own address: it may have got a new row."""
        at = self.page
        if not at.earlier:
            return None
        if at.number and at.number <= 2:
            return self.url()
        return self.url(before=at.first, page=at.number and at.number - 1)


def said_by(field) -> tuple:
    """All that a filter's control shows of what was asked and of what may be."""
    choices = tuple(tuple(map(str, choice)) for choice in getattr(field, "choices", None) or ())
    chosen = tuple(field.chosen()) if hasattr(field, "chosen") else ()
    return field.name, str(field.data), tuple(field.raw_data or ()), tuple(map(str, field.errors)), choices, chosen


def here(query: dict) -> str:
    """This list, asked for otherwise; None is not said. `url_for` takes long, and a page says two dozen addresses."""
    path, said = request.script_root + request.path, {k: v for k, v in query.items() if v is not None}
    return f"{path}?{urlencode(said, safe=PLAIN)}" if said else path


def filters_of(form) -> dict:
    """What is not understood is as if it were not there."""
    form.validate()
    return {name: field.data for name, field in form._fields.items() if field.data and not field.errors}


def state_of(case_list: CaseList) -> str | None:
    state = request.args.get("state")
    return state if state in case_list.states else None


def address_of(case_list: CaseList, filters: dict) -> dict[str, str]:
    """The parameters of this address that the list understands."""
    said = {name: next((text for text in request.args.getlist(name) if text), "") for name in filters}
    order, size = order_of(case_list), size_of()
    said["state"] = state_of(case_list) or ""
    said["sort"] = request.args["sort"] if order else ""
    said["size"] = str(size) if size != PAGE_SIZES[0] else ""
    return {name: value for name, value in said.items() if value}


def order_of(case_list: CaseList) -> Order | None:
    """Only by what a head of the list offers: no other column of any table orders it."""
    said = request.args.get("sort", "")
    by = said.removeprefix("-")
    offered = by in ORDERS and any(column.sort == by for column in case_list.columns)
    return Order(by, said.startswith("-")) if offered else None


def size_of() -> int:
    return next((size for size in PAGE_SIZES if str(size) == request.args.get("size")), PAGE_SIZES[0])


def place_of() -> Place:
    said = request.args
    text = said.get("page", "")
    number = min(int(text), LARGEST_NUMBER) if text.isascii() and text.isdigit() and len(text) < 12 else None
    after, before = said.get("after", ""), said.get("before", "")
    return Place(number or (None if after or before else 1), after, before, text == "last")


def opening(case_list: CaseList) -> str | None:
    """The address that the person opens this list with, when nothing was asked for."""
    if request.query_string:
        return None
    opens = kept_of(case_list).opening
    return here(opens.query) if opens else None


def kept_of(case_list: CaseList) -> kept.Kept:
    """What she keeps of the list; read once per request."""
    if "kept" not in g:
        g.kept = kept.kept(db.session, g.hat, case_list.name)
    return g.kept


def listed(case_list: CaseList, form, select: Callable[..., Selection]) -> Listed:
    """The page of this address. `select(scope, filters, state)` gives the noun's selection."""
    filters, state, scope = filters_of(form), state_of(case_list), g.hat.scope
    address = address_of(case_list, filters)
    tabs = tabs_of(case_list, select, filters, state, address)
    filled = tuple(one for tab in tabs if tab["state"] and tab["count"] != 0 for one in states_of(tab["state"]))
    selection = in_order(select(scope, filters, state), order_of(case_list), filled)
    found = page(db.session, scope, selection, place_of(), size_of())
    return Listed(
        case_list, form, filters, state, selection.ordered, found, address, tabs, kept_of(case_list).filters,
        kept_of(case_list).turned,
    )


def states_of(tab) -> tuple[str, ...]:
    """The cases' states that stand under a tab."""
    return getattr(tab, "states", (tab.value,))


def in_order(selection: Selection, order: Order | None, filled: tuple[str, ...]) -> Selection:
    """By a day the indexes hold the order state by state: the states are named, those in which there are rows."""
    selection = replace(selection, order=order)
    asked = selection.asked_states
    if selection.ordered.by == "number" or asked is None or len(asked) == 1:
        return selection
    return replace(selection, states=tuple(state for state in filled if not asked or state in asked) or NO_STATE)


def tabs_of(case_list: CaseList, select, filters: dict, state: str | None, address: dict) -> list[dict]:
    """`{state, title, count, url, active}`; no counts beside a keyword, whose count costs a scan."""
    scope, counts = g.hat.scope, {}
    if not filters.get("q"):
        counts = capped_counts(db.session, scope, [(tab, select(scope, filters, tab)) for tab in case_list.states])
        counts[ALL] = min(sum(counts.values()), CAP + 1)
    base = {name: value for name, value in address.items() if name != "state"}
    return [
        {"state": tab, "title": tab.title if tab else _("All"), "count": counts.get(tab or ALL),
         "active": tab == state,
         "url": here({**({"state": tab.value} if tab else {} if base else {"state": ALL}), **base})}
        for tab in case_list.tabs
    ]
