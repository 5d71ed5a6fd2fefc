"""What a paper is made of: its placeholders with their meaning, its built-in template, how a case fills it."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Placeholder:
    """A word that a template may use. `example` is a text, a list of texts, or a list of ``{part: text}``."""

    name: str
    meaning: object
    example: object

    @property
    def parts(self) -> tuple[str, ...]:
        """What each of many has: `item.text`, `item.due`; none when it is a text itself."""
        first = self.example[0] if isinstance(self.example, list) else None
        return tuple(first) if isinstance(first, Mapping) else ()

    @property
    def is_many(self) -> bool:
        return isinstance(self.example, list)


@dataclass(frozen=True)
class PaperKind:
    """`context(session, case, part_id)` gives `{placeholder: text}` of a case; `built_in()` the product's template."""

    name: str
    title: object
    placeholders: tuple[Placeholder, ...]
    built_in: Callable[[], bytes]
    context: Callable[..., dict]
    by_name: Mapping[str, Placeholder] = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "by_name", {one.name: one for one in self.placeholders})

    @property
    def example(self) -> dict:
        return {one.name: one.example for one in self.placeholders}


KINDS: dict[str, PaperKind] = {}


def paper_kind(kind: PaperKind) -> PaperKind:
    """Declare a kind of paper; whoever owns the noun does."""
    KINDS[kind.name] = kind
    return kind
