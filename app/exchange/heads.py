"""Which column of a table is which column of the form, however the office has worded and ordered its heads."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from .sheets import TRACE_HEAD, TRACE_KEY, Column, Sheet
from .text import squash

NUMBER_KEY = "number"
LONGEST_HEAD = 30
_SIMILAR = 85  # of 100: 整改单位和责任人 for 整改单位及责任人 passes, 整改完成情况 for 整改完成时间 (67) does not
_BRACKETS = re.compile(r"\([^()]*\)|〔[^〕]*〕|【[^】]*】|\[[^\]]*\]")
_MORE = re.compile(r"^(?:要求|规定|限定|实际|具体)|(?:及|和|与|或|、|/)[^、/]{1,6}$")
_EXACT, _ALIAS = 0, 1


def plain_head(text: object) -> str:
    """A head without spaces, line breaks, marks such as * and hints in brackets: 「整改时限*（必填）」."""
    if not isinstance(text, str) or len(text) > 2 * LONGEST_HEAD:
        return ""
    squashed = squash(text)
    return (_BRACKETS.sub("", squashed) or squashed).strip("*:,。、")


@dataclass(frozen=True)
class Layout:
    """Where the form's columns are, 0-based. ``guessed``: keys whose head was only similar.

    ``second``: columns whose text is joined on to that of the key. ``extra``: heads that the form does not have.
    """

    columns: dict[str, int] = field(default_factory=dict)
    second: dict[str, int] = field(default_factory=dict)
    heads: dict[int, str] = field(default_factory=dict)
    guessed: tuple[str, ...] = ()
    extra: dict[int, str] = field(default_factory=dict)


class HeadMatcher:
    """The vocabulary of one form's heads."""

    def __init__(self, sheet: Sheet):
        self.sheet = sheet
        self.known: dict[str, tuple[int, str]] = {}
        self.second: dict[str, list[str]] = {}
        for column in sheet.columns:
            self._learn(column)
        for head in (sheet.number_head, *sheet.number_aliases):
            self.known[plain_head(head)] = (_EXACT, NUMBER_KEY)
        self.known[plain_head(TRACE_HEAD)] = (_EXACT, TRACE_KEY)
        self.groups = {plain_head(text) for text, _ in sheet.groups}
        self.words = self.known.keys() | self.second.keys() | self.groups

    def _learn(self, column: Column) -> None:
        for alias in column.aliases:
            self.known.setdefault(plain_head(alias), (_ALIAS, column.key))
        self.known[plain_head(column.head)] = (_EXACT, column.key)
        for head in column.second:
            self.second.setdefault(plain_head(head), []).append(column.key)

    def words_in(self, cells: Iterable[object]) -> int:
        """How many cells of a row say what a head of the form says."""
        return sum(plain_head(cell) in self.words for cell in cells if isinstance(cell, str) and cell)

    def layout(self, stacks: list[tuple[str, ...]]) -> Layout:
        """Understand one column's heads after the other; a stack holds a column's heads from top to bottom."""
        names = {at: [plain_head(text) for text in stack if text] for at, stack in enumerate(stacks) if any(stack)}
        columns = self._known_columns(names)
        columns, second = self._split_off(names, columns)
        columns, guessed = self._similar(names, columns, second)
        taken = {*columns.values(), *second.values()}
        heads = {at: next(text for text in reversed(stack) if text) for at, stack in enumerate(stacks) if any(stack)}
        extra = {at: text for at, text in heads.items() if at not in taken}
        return Layout(columns, second, heads, guessed, extra)

    def _known_columns(self, names: dict[int, list[str]]) -> dict[str, int]:
        found = []
        for at, stack in names.items():
            # The lowest head speaks; together with the one above it when two groups use the same short words.
            for text in (stack[-1], "".join(stack[-2:])):
                if text in self.known:
                    rank, key = self.known[text]
                    found.append((rank, at, key))
                    break
        columns: dict[str, int] = {}
        for _, at, key in sorted(found):
            columns.setdefault(key, at)
        return columns

    def _split_off(self, names: dict[int, list[str]], columns: dict[str, int]) -> tuple[dict, dict]:
        """The person's column beside the unit's: it belongs to the nearest unit on its left."""
        columns, second = dict(columns), {}
        for at, stack in names.items():
            keys = [key for key in self.second.get(stack[-1], ()) if key not in second]
            left = [key for key in keys if columns.get(key, at) < at]
            if at in columns.values() or not keys:
                continue
            if left:
                second[max(left, key=columns.__getitem__)] = at
            elif free := [key for key in keys if key not in columns]:
                columns[free[0]] = at
        return columns, second

    def _likeness(self, head: str, column: Column) -> float:
        """Of 100. 「隐患描述及部位」, 「要求整改期限」: a head of the column with a word before or behind it."""
        core = _MORE.sub("", head)
        if core != head and self.known.get(core, (0, ""))[1] == column.key:
            return _SIMILAR
        return fuzz.ratio(head, plain_head(column.head))

    def _similar(self, names: dict, columns: dict[str, int], second: dict[str, int]) -> tuple[dict, tuple[str, ...]]:
        columns, guessed = dict(columns), []
        taken = {*columns.values(), *second.values()}
        pairs = [
            (self._likeness(stack[-1], column), at, column.key)
            for at, stack in names.items()
            if at not in taken and len(stack[-1]) >= 4
            for column in self.sheet.columns
            if column.key not in columns
        ]
        for score, at, key in sorted(pairs, reverse=True):
            if score >= _SIMILAR and key not in columns and at not in taken:
                columns[key] = at
                taken.add(at)
                guessed.append(key)
        return columns, tuple(guessed)
