"""What this package says to a user: templates, because it runs without an application context.

The caller renders them: ``message.render(gettext)``.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


def N_(msgid: str) -> str:
    """Mark a msgid for ``pybabel extract -k N_``; translated only when it is rendered."""
    return msgid


class Message(NamedTuple):
    """An English msgid and the values of its ``%(name)s`` places."""

    msgid: str
    params: Mapping[str, Any] = {}

    def render(self, gettext: Callable[..., str] = lambda text: text) -> str:
        text = gettext(self.msgid)
        return text % self.params if self.params else text


class SpreadsheetError(Exception):
    """A file that cannot be read as the form at all; ``code`` is stable, ``message`` is for the user."""

    def __init__(self, code: str, msgid: str, **params: Any):
        self.code = code
        self.message = Message(msgid, params)
        super().__init__(self.message.render())
