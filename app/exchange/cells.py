"""Reading one cell: what was understood, what was said, and how sure that is."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from .messages import N_, Message
from .text import as_text, cell_text, is_blank, squash

T = TypeVar("T")


@dataclass(frozen=True)
class Understood(Generic[T]):
    """``value`` read from the words ``said``. With a ``problem`` nothing was understood and the row is faulty.

    ``note``: how it was understood, to be shown. ``certain``: False when something was supplied (a year, a day).
    ``asks``: the user must decide before it may go in, for example 3.1 that may be 3月1日 or 3月10日.
    """

    value: T | None
    said: str
    note: Message | None = None
    certain: bool = True
    problem: Message | None = None
    asks: bool = False


_BLANK: Understood = Understood(None, "")
UNCLEAR_YES_NO = N_("“%(text)s” is neither yes nor no.")

_YES = {"是", "有", "对", "√", "✓", "✔", "☑", "●", "y", "yes", "true", "1", "v"}
_YES |= {"重大", "属于", "已挂牌", "挂牌", "是重大", "重大隐患", "重大事故隐患", "√是", "是√"}
_NO = {"否", "无", "非", "不", "×", "✗", "✘", "✖", "x", "n", "no", "false", "0", "□", "/", "\\", "-", "--"}
_NO |= {"不是", "没有", "不属于", "不涉及", "一般", "一般隐患", "一般事故隐患"}
_NO |= {"非重大", "非重大隐患", "非重大事故隐患", "未挂牌", "不挂牌", "╳", "√否", "否√"}
# 「☑是□否」, 「是□否☑」: of two boxes one is ticked.
_BOXES = re.compile(r"([□☐○√✓✔☑■])是[/、,]?([□☐○√✓✔☑■])否|是([□☐○√✓✔☑■])[/、,]?否([□☐○√✓✔☑■])")
_EMPTY_BOX = "□☐○"
# 未完成 in 整改完成时间 says that there is no date, not that the date is unreadable.
_NOTHING = {"/", "\\", "-", "--", "---", "*", ".", "。", "无", "暂无", "空", "未填", "未到期", "未复查", "待复查"}
_NOTHING |= {"未完成", "尚未完成", "未整改", "正在整改", "整改中", "正在进行", "进行中"}


def says_nothing(cell: object) -> bool:
    return is_blank(cell) or squash(as_text(cell)) in _NOTHING


@lru_cache(maxsize=512, typed=True)  # typed: True is no 1
def parse_yes_no(cell: object) -> Understood[bool]:
    """是/否 and the ticks and crosses that stand for them; None for an empty cell."""
    said = as_text(cell).strip()
    word = squash(said).lower().rstrip("。.,;")
    if not word:
        return Understood(None, said)
    if word in _YES or word in _NO:
        return Understood(word in _YES, said)
    if boxes := _BOXES.fullmatch(word):
        yes, no = (box not in _EMPTY_BOX for box in boxes.groups() if box)
        if yes is not no:
            return Understood(yes, said)
    # 「是（县级挂牌）」, 「否，已整改」: the first character answers, the rest is a remark.
    if word[0] in "是√✓否×" and len(word) > 1 and word[1] in "(,;、。:":
        return Understood(word[0] in "是√✓", said, certain=False)
    return Understood(None, said, problem=Message(UNCLEAR_YES_NO, {"text": said}))


def parse_text(cell: object) -> Understood[str]:
    """The words themselves, only made fit for a cell; nothing is folded or trimmed inside."""
    if cell is None:
        return _BLANK
    said = cell_text(as_text(cell))
    return Understood(None if is_blank(said) else said, said)
