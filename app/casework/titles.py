"""An enum whose members know how they are called and look: one enum feeds list, badge, filter and log."""
from __future__ import annotations

from enum import StrEnum


class TitledEnum(StrEnum):
    """Members carry a title, and a style for states."""

    def __new__(cls, value, title, style=""):
        member = str.__new__(cls, value)
        member._value_ = value
        member.title = title
        member.style = style
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, object]]:
        return [(member.value, member.title) for member in cls]

    @classmethod
    def title_of(cls, value):
        """The title of a stored value; None stays None."""
        return cls(value).title if value is not None else None
