"""The text read apart: headings and clauses with the anchors that forms name, paragraphs, the attachments' tables."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "mechanism.txt"
NUMERALS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
_HEADING = re.compile(r"^([一二三四五六七八九十]+)、(.+)$")
_CLAUSE = re.compile(r"^[（(]([一二三四五六七八九十]+)[）)]\s*(.*)$")
_ITEM = re.compile(r"^(\d)\. ")
_ATTACHMENT = re.compile(r"^附件\s*(\d)$")
_UNFINISHED = re.compile(r"[^。；：:！？）)〕号》\d]$")


@dataclass(frozen=True)
class Block:
    """`kind`: heading, clause, item, attachment, text or row. `anchor`: 一, 一（二）, 四（二）4, 附件2.

    A row's `text` holds tabs.
    """

    kind: str
    text: str
    anchor: str = ""


@lru_cache(maxsize=1)
def blocks() -> tuple[Block, ...]:
    """The whole text in order."""
    return tuple(_read(_paragraphs(FILE.read_text(encoding="utf-8").splitlines())))


def _paragraphs(lines: Iterable[str]) -> list[str]:
    """Lines as paragraphs: where a page ended within a sentence, its two halves belong together."""
    found: list[str] = []
    for line in lines:
        text = line.rstrip() if "\t" in line else line.strip()
        if not text:
            continue
        begins = _HEADING.match(text) or _CLAUSE.match(text) or _ATTACHMENT.match(text) or "\t" in text
        if found and not begins and _is_broken_off(found[-1]):
            found[-1] += text
        else:
            found.append(text)
    return found


def _is_broken_off(paragraph: str) -> bool:
    """A clause or an item, too long for a heading, that ends within a sentence."""
    is_clause = _CLAUSE.match(paragraph) or _ITEM.match(paragraph)
    return bool(is_clause and len(paragraph) > 22 and _UNFINISHED.search(paragraph))


def _read(paragraphs: Iterable[str]) -> Iterable[Block]:
    """The document numbers two mechanisms 十一: counted in order, the second is the twelfth."""
    mechanism, clause = 0, ""
    for text in paragraphs:
        if attachment := _ATTACHMENT.match(text):
            mechanism, clause = len(NUMERALS), ""
            yield Block("attachment", text, f"附件{attachment[1]}")
        elif "\t" in text:
            yield Block("row", text)
        elif _HEADING.match(text) and mechanism < len(NUMERALS):
            mechanism += 1
            yield Block("heading", text, NUMERALS[mechanism - 1])
        elif mechanism and (found := _CLAUSE.match(text)):
            clause = f"{NUMERALS[mechanism - 1]}（{found[1]}）"
            yield Block("clause", text, clause)
        elif clause and (item := _ITEM.match(text)):
            yield Block("item", text, f"{clause}{item[1]}")
        else:
            yield Block("text", text)
