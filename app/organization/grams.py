"""Text as it is searched: folded, and taken apart into pairs of characters (grams). No database.

What is typed and what is stored go through the same functions; the databases know them by the same names
(`folded`, `grams`): SQLite from here, PostgreSQL from migration 0010.
"""
from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

_CAPITALS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
MOST_PIECES, LONGEST_QUESTION = 8, 60


def folded(text: str | None) -> str | None:
    """Full-width forms half-width, Latin letters as capitals: ｙｈ－２０２６ is YH-2026."""
    return None if text is None else unicodedata.normalize("NFKC", text).translate(_CAPITALS)


def grams(text: str) -> set[str]:
    """Each pair of neighbouring letters and digits; the last one of a run stands alone.

    So a word of one character is the beginning of a gram, wherever it stands.
    """
    return {a + b if b.isalnum() else a for a, b in pairwise(text + " ") if a.isalnum()}


def pieces(typed: str) -> tuple[str, ...]:
    """What was typed, folded, apart at its spaces: each piece is to be found. So many, so long, and no more."""
    plain = "".join(c if c.isprintable() else " " for c in typed[: 4 * LONGEST_QUESTION])
    return tuple(dict.fromkeys(folded(plain)[:LONGEST_QUESTION].split()))[:MOST_PIECES]


def asked(words: Iterable[str]) -> tuple[set[str], set[str]]:
    """`(grams, beginnings)` that a text with all these pieces has; a lone character is the beginning of a gram."""
    whole, beginnings = set(), set()
    for word in words:
        for run in "".join(c if c.isalnum() else " " for c in word).split():
            if len(run) == 1:
                beginnings.add(run)
            else:
                whole.update(a + b for a, b in pairwise(run))
    return whole, beginnings
