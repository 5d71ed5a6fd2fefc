"""The product speaks one language: its words are looked up once per process, not once per request and use.

A page says some two hundred words; the framework would ask for each of them in which language this request is.
"""
from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from babel import support
from flask import Flask, g
from flask_babel import Domain, gettext, pgettext
from flask_babel.speaklater import LazyString
from jinja2.ext import Extension
from jinja2.lexer import Token
from markupsafe import Markup, escape
from wtforms.i18n import messages_path

CALL = ("name", "lparen", "string", "rparen")
SPECIAL = frozenset("%<>&\"'")
LOOKED_UP = (gettext, pgettext)


class OneLanguage(Domain):
    """The framework's words with the product's, as read the first time."""

    _words = None

    def get_translations(self):
        if self._words is None and g:
            self._words = super().get_translations()
        return self._words or super().get_translations()


def say_once(lazy: LazyString) -> str:
    """A lazy word with nothing to fill in, kept from the first time; without an application it stays English."""
    if not g or lazy._kwargs or lazy._func not in LOOKED_UP:  # another function may say something else each time
        return str(lazy._func(*lazy._args, **lazy._kwargs))
    if (said := lazy.__dict__.get("_said")) is None:
        said = lazy._said = str(lazy._func(*lazy._args))
    return said


class KnownWords(Extension):
    """`_("…")` with nothing to fill in is known when a template is compiled: it becomes the text it stands for.

    What could be markup or a format stays a call: it is escaped differently.
    """

    def filter_stream(self, stream) -> Iterator[Token]:
        held: list[Token] = []
        for token in stream:
            held.append(token)
            if token.type != CALL[len(held) - 1] or held[0].value != "_":
                yield from held[:-1]
                held = [token] if token.type == "name" and token.value == "_" else []
                if not held:
                    yield token
            elif len(held) == len(CALL):
                yield from self._said(held)
                held = []
        yield from held

    def _said(self, call: list[Token]) -> list[Token]:
        text = self.environment.spoken.gettext(call[2].value)
        return call if SPECIAL & set(text) else [Token(call[0].lineno, "string", text)]


@cache
def of_forms() -> support.Translations:
    """What fields say by themselves; the framework would read this catalogue from its file for every request."""
    return support.Translations.load(messages_path(), ["zh"], domain="wtforms")


def init_app(app: Flask) -> None:
    """After the framework has put its own in, which hand a copy of the whole context to every word in a loop."""
    spoken = app.extensions["babel"].instance.domain_instance = OneLanguage()

    def filled(text: str, values: dict) -> Markup:
        if not values and "%" not in text:
            return Markup(text)
        return Markup(text % {name: value if type(value) is int else escape(value) for name, value in values.items()})

    def gettext(text: str, **values) -> Markup:
        return filled(spoken.gettext(text), values)

    def pgettext(context: str, text: str, **values) -> Markup:
        return filled(spoken.pgettext(context, text), values)

    def ngettext(one: str, many: str, num: int, **values) -> Markup:
        values.setdefault("num", num)
        return filled(spoken.get_translations().ungettext(one, many, num), values)

    LazyString.__str__ = LazyString.__html__ = say_once
    app.jinja_env.extend(spoken=spoken)
    app.jinja_env.add_extension(KnownWords)
    app.jinja_env.globals.update(_=gettext, gettext=gettext, pgettext=pgettext, ngettext=ngettext)
