"""What no page of ours sends is turned away before any view: numbers that are no keys, texts that are none."""
from __future__ import annotations

from flask import Flask, Request, Response, abort, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadHost
from werkzeug.routing import IntegerConverter

from app.exchange.text import writable

OF_ADDRESSES = frozenset({"endpoint", "_anchor", "_external", "_method", "_scheme"})
LARGEST_KEY = 2**31 - 1  # of an INTEGER column; a larger one is a fault of the database, not an answer


class KeyConverter(IntegerConverter):
    """``<int:…>`` of every address: a key of ours, or there is no such page."""

    regex = "[0-9]+"  # not the full-width digits that int() reads too

    def __init__(self, url_map):
        super().__init__(url_map, max=LARGEST_KEY)


def key(text: str) -> int:
    """A key that came as a parameter; raises ValueError for what is none."""
    number = int(text)
    if not 0 < number <= LARGEST_KEY:
        raise ValueError(text)
    return number


def keys(texts) -> list[int]:
    """The keys among texts, each once, in their order; others are left out."""
    return list(dict.fromkeys(
        int(text) for text in texts if text.isascii() and text.isdigit() and 0 < int(text) <= LARGEST_KEY
    ))


def wants_json() -> bool:
    """A script asked, not a person: search-as-you-type and the like."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def refuse_words_of_ours() -> None:
    """A list's address is made of the present one's parameters; these `url_for` would take for its own."""
    if not OF_ADDRESSES.isdisjoint(request.args):
        abort(400)


def refuse_nul() -> None:
    """PostgreSQL keeps no NUL in a text, and no keyboard types one."""
    for values in (request.args, request.form):
        if any("\0" in text for name, texts in values.lists() for text in (name, *texts)):
            abort(400)
    if any("\0" in str(value) for value in (request.view_args or {}).values()):
        abort(404)


class CleanRequest(Request):
    """A request whose texts any database and paper can hold: without the vertical tab that Word pastes, say."""

    def _load_form_data(self) -> None:
        if "form" not in self.__dict__:
            super()._load_form_data()
            self.__dict__["form"] = ImmutableMultiDict(
                (name, text if "\0" in text else writable(text)) for name, text in self.form.items(multi=True))

    def get_json(self, *args, **kwargs):
        return _writable(super().get_json(*args, **kwargs))


def _writable(value):
    if isinstance(value, dict):
        return {name: _writable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_writable(one) for one in value]
    return writable(value) if isinstance(value, str) else value


def refuse_nameless_host():
    """A host's name that is none cannot stand in an address: not even in that of an error page's style."""
    try:
        named = request.url and not isinstance(request.routing_exception, BadHost)
    except UnicodeError:  # xn--a
        named = False
    return None if named else Response("Bad Request", 400, mimetype="text/plain")


def init_app(app: Flask) -> None:
    """Before any route is added: routes keep the converter they were made with."""
    app.request_class = CleanRequest
    app.url_map.converters["int"] = KeyConverter
    app.before_request(refuse_nameless_host)
    app.before_request(refuse_words_of_ours)
    app.before_request(refuse_nul)
