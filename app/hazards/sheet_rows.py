"""What a row of attachment 2 says of a recheck, and how much a hazard's columns hold."""
from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from app.exchange.dates import parse_date
from app.exchange.text import as_text
from app.ledgers.reading import Reader

METHOD, DUE_WORDS = 60, 120  # characters that the record holds

_PASSED = re.compile(r"合格|通过|已整改|整改到位|整改完成|同意销号|已销号|已完成|符合要求|验收合格|已复查")
_FAILED = re.compile(
    r"不合格|未通过|不通过|未整改|未到位|不到位|未完成|不符合|未销号|不予|尚未|待(?:整改|复查|验收|复核)"
)
_DONE = re.compile(r"已经?(?:全部)?(?:整改|完成|更换|修复|拆除|清理|到位|落实)|整改(?:完成|到位)|完成整改|完毕")
_DAY = re.compile(r"(?:\d{4}|\d{2})[年.\-/]\d{1,2}[月.\-/]\d{1,2}日?|\d{1,2}月\d{1,2}日")
_VERDICT = re.compile(r"^复查(?:不)?合格[：:]\s*")


@dataclass(frozen=True)
class Recheck:
    """What 复查验收情况 proves: passed or not, on which day, in which words."""

    passed: bool
    day: dt.date | None
    opinion: str


def says_done(words: str) -> bool:
    """Whether 整改完成情况 says that it is done."""
    return bool(_DONE.search(words)) and not _FAILED.search(words)


def read_recheck(reader: Reader, claimed_on: dt.date | None) -> Recheck | None:
    """The last verdict in the cell; its day from the words, else beside the rechecker's name."""
    words = reader.text("recheck_opinion")
    if not words:
        return None
    parts = re.split(r"([；;\n])", words.strip())
    said = [at for at in range(0, len(parts), 2) if _FAILED.search(parts[at]) or _PASSED.search(parts[at])]
    if not said:
        return None
    dated = [at for at in said if _DAY.match(parts[at].strip())]  # what follows a dated verdict belongs to it
    last = "".join(parts[(dated or said)[-1] :]).strip()
    days = _DAY.findall(last) or _DAY.findall(as_text(reader.raw("rechecker")))
    day = parse_date(days[-1], reference=claimed_on, year=reader.year).value if days else None
    # What the form prints is ``day verdict：opinion``; an opinion that only repeats the verdict is the verdict.
    words = re.sub(rf"^(?:{_DAY.pattern})\s*", "", last).strip()
    verdict = re.split(r"[：:；;\n]", words)[0] if _VERDICT.match(words) else last
    return Recheck(not _FAILED.search(verdict), day, _VERDICT.sub("", words) or words)
