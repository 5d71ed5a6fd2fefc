"""Where the pieces that were asked for stand in a text, and the words around them."""
from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from app.organization.grams import folded

AROUND = 24  # characters of a line before the first match


def spans(text: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """`(from, to)` of each match in the text as it is written, in order, none over another."""
    plain, at = "", []  # a character may fold into several: ㎡ is M2
    for n, character in enumerate(text):
        one = folded(character)
        plain += one
        at += [n] * len(one)
    found = sorted((start, start + len(word)) for word in words for start in _places(plain, word))
    merged: list[tuple[int, int]] = []
    for start, end in ((at[start], at[end - 1] + 1) for start, end in found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def marked(text: str, words: tuple[str, ...]) -> Markup:
    """The text with its matches marked."""
    done, last = Markup(), 0
    for start, end in spans(text, words):
        done += Markup("{}<mark>{}</mark>").format(text[last:start], text[start:end])
        last = end
    return done + text[last:]


def around(text: str, words: tuple[str, ...]) -> str:
    """The line of a text that has the first of the pieces, cut to what stands around it; empty without a match."""
    for line in text.split("\n"):
        if found := spans(line, words):
            start = max(0, found[0][0] - AROUND)
            end = start + 3 * AROUND
            return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
    return ""
