"""What templates ask for beside their values: addresses, parts of a page that are kept, values as words."""
from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache

from flask import Flask, current_app, has_request_context, request, url_for
from flask_babel import gettext as _
from jinja2 import Environment
from markupsafe import Markup

from app.gate import LARGEST_KEY

MOST_PARTS = 512  # in each process, some 5 KB each; then all go
_parts: dict[Hashable, Markup] = {}


def page_url(parameter: str = "page", offset: int = 0):
    """A function from page number (from 1) to the address of this list at that page, all filters kept."""
    return lambda n: url_for(
        request.endpoint, **{**request.args.to_dict(flat=False), **request.view_args, parameter: n + offset}
    )


def case_url(endpoint: str, case_id: int, **fixed: str) -> str:
    """`url_for` for the many links of a list, which differ in the case's key alone."""
    before, after = _around_key(current_app._get_current_object(), request.script_root, endpoint, **fixed)
    return f"{before}{case_id}{after}"


@lru_cache(maxsize=1024)
def _around_key(app: Flask, _script_root: str, endpoint: str, **fixed: str) -> list[str]:
    return url_for(endpoint, case_id=LARGEST_KEY, **fixed).split(str(LARGEST_KEY))


def line(template: str, *values: Hashable) -> Markup:
    """A list's line, what the template's macro `row` makes of the values; it is given nothing else to look at.

    Of the same values comes the same line: it is kept, since most of a list is as it was a minute ago.
    """
    return _line(current_app.jinja_env, request.script_root, template, values)


@lru_cache(maxsize=2048)  # lines in each process, some 4 KB each
def _line(environment: Environment, _script_root: str, template: str, values: tuple[Hashable, ...]) -> Markup:
    return environment.get_template(template).module.row(*values)


def kept(values: tuple[Hashable, ...], draw: Callable[[], Markup]) -> Markup:
    """A part of a page, drawn once for the same values: it may show nothing that they do not say.

    They are words, and no lazy ones: what those say, and are found by, may change with a setting.
    """
    key = current_app.jinja_env, request.script_root, values
    part = _parts.get(key)
    if part is None:
        if len(_parts) >= MOST_PARTS:
            _parts.clear()
        part = _parts[key] = draw()
    return part


def address(endpoint: str, **values) -> str:
    """`url_for` of templates, which ask for the same three dozen addresses on every page."""
    if endpoint.startswith(".") or not has_request_context():
        return url_for(endpoint, **values)
    try:
        return _address(current_app._get_current_object(), request.script_root, endpoint, **values)
    except TypeError:  # a list among the values
        return url_for(endpoint, **values)


@lru_cache(maxsize=2048, typed=True)  # True is not 1 in an address
def _address(_app: Flask, _script_root: str, endpoint: str, **values) -> str:
    return url_for(endpoint, **values)


def back_url() -> str:
    """Where a page's way back leads: to the list that it belongs to, else to the start page."""
    endpoint = f"{request.blueprint}.list"
    return url_for(endpoint) if has_screen(endpoint) else "/"


def page_window(number: int, pages: int, around: int = 2) -> list[int | None]:
    """The page numbers that a pager shows; None stands for a gap: 1 … 4 5 6 … 9."""
    shown = sorted({1, pages, *range(max(1, number - around), min(pages, number + around) + 1)})
    window: list[int | None] = []
    for n in shown:
        if window and n - window[-1] > 1:
            window.append(None)
        window.append(n)
    return window


def month_day(day) -> str:
    """3月10日, for a day whose year is plain."""
    return _("%(month)s/%(day)s", month=day.month, day=day.day)


def has_screen(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def as_words(value) -> str:
    """A value of a row as a reader wants it; a lazy string is a word and not a list of letters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, (list, tuple, set)):
        return "、".join(str(each) for each in value)
    return value if hasattr(value, "__html__") else str(value)


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        as_words=as_words, back_url=back_url, case_url=case_url, has_screen=has_screen, line=line,
        month_day=month_day, page_url=page_url, page_window=page_window, url_for=address,
    )
