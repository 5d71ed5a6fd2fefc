"""A column may declare its readers and what others see instead.

Declared in the column's ``info={"mask": Mask(...)}``; obeyed by page, timeline, filter, search, export and paper:
in Python through `shown`, in SQL through `masked`.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa


@dataclass(frozen=True)
class Mask:
    """`hidden_from(role)` tells for whom; `instead` maps a stored value to what they see.

    A text that holds one of `words` reads as an empty one.
    """

    hidden_from: Callable[[str | None], bool]
    instead: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()


def mask_of(column) -> Mask | None:
    return column.info.get("mask")


def shown(column, value, role: str | None):
    """The value as a reader with this role sees it."""
    mask = mask_of(column)
    if mask is None or not mask.hidden_from(role):
        return value
    if mask.words and any(word in (value or "") for word in mask.words):
        return None
    return mask.instead.get(value, value)


def masked(column, role: str | None):
    """SQL: the column as a reader with this role sees it, so that no filter or order tells the hidden value."""
    mask = mask_of(column)
    if mask is None or not mask.hidden_from(role):
        return column
    told = [(column.contains(word), sa.null()) for word in mask.words]
    return sa.case(*told, *((column == value, seen) for value, seen in mask.instead.items()), else_=column)
