"""The lines around a table: title, 填报单位 and 时间, 审核人 and 填报人, totals, notes. They may stand anywhere."""

import re

from .sheets import Sheet
from .text import as_text, fold, is_blank, squash

# Longer labels first: 填报单位 must not be found as 单位.
LABELS = {
    "filing_unit": ("填报单位", "报送单位", "填表单位", "制表单位", "上报单位", "单位名称", "单位"),
    "period": (
        "填报时间",
        "填报日期",
        "填表日期",
        "填表时间",
        "报送时间",
        "报送日期",
        "制表日期",
        "统计时间",
        "时间",
        "日期",
    ),
    "reviewer": ("审核人", "审批人", "审核", "单位负责人", "主要负责人", "分管领导", "负责人", "签发人"),
    "filer": ("填报人", "填表人", "制表人", "经办人", "联系人"),
    "phone": ("联系方式", "联系电话", "电话", "手机"),
}
_FIELD = {label: name for name, labels in LABELS.items() for label in labels}
_ANY = "|".join(sorted(_FIELD, key=len, reverse=True))
_LABEL = re.compile(rf"(?:^|(?<=[\s,;、。]))({_ANY})\s*(?:\([^)]*\))?\s*:")
_BARE_LABEL = re.compile(rf"^(?:{_ANY})(?:\([^)]*\))?$")
_TOTAL = re.compile(r"^(?:本[页月])?(?:合计|总计|小计|共计|累计)")
_NOTE = re.compile(r"^(?:注|备注|说明|填表说明|填报说明|注意事项|附)\d*[:.、]")
_TITLE = re.compile(r"^附件?\d*[:.、]?$|(?:清单|台账|台帐|一览表|汇总表|明细表|统计表|登记表|情况表)(?:\(.*\))?$")
# Signed and dated below the table, or struck out: 「2026年3月25日」, 「（盖章）」, 「以下空白」.
_CLOSING = re.compile(
    r"20\d\d[./-]\d{1,2}[./-]\d{1,2}|\d{0,4}年\d{0,2}月\d{0,2}日|\(?(?:盖章|公章|以下空白|此页无正文)\)?"
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


def read_labels(cells: list) -> dict[str, str]:
    """The labelled values of one line, whether label and value share a cell or stand side by side."""
    parts = [fold(as_text(cell)) for cell in cells if not is_blank(cell)]
    line = "  ".join(part + ":" if _BARE_LABEL.match(squash(part)) else part for part in parts)
    found = list(_LABEL.finditer(line))
    ends = [match.start() for match in found[1:]] + [len(line)]
    values = {}
    for match, end in zip(found, ends, strict=True):
        values.setdefault(_FIELD[match[1]], line[match.end() : end].strip(" ,;、。\n"))
    return values


def is_label_line(cells: list) -> bool:
    first = next((fold(as_text(cell)) for cell in cells if not is_blank(cell)), "")
    return bool(_LABEL.match(first) or _BARE_LABEL.match(squash(first)))


def is_total(cells: list) -> bool:
    """Also with numbers below the heads: 「合计 | 12处」."""
    first = next((squash(as_text(cell)) for cell in cells if not is_blank(cell)), "")
    return len(first) <= 12 and bool(_TOTAL.match(first))


def is_aside(cells: list, sheet: Sheet) -> bool:
    """A line that is no row: a note, a title, a day below. The caller has seen that its required cells are blank."""
    texts = list(dict.fromkeys(squash(as_text(cell)) for cell in cells if not is_blank(cell)))
    if not texts or _NOTE.match(texts[0]):
        return True
    return len(texts) == 1 and (
        texts[0].startswith(squash(sheet.title)) or bool(_TITLE.search(texts[0])) or is_closing(cells)
    )


def is_closing(cells: list) -> bool:
    """What ends a form stands alone in its line, wherever that is."""
    texts = [squash(as_text(cell)) for cell in cells if not is_blank(cell)]
    return len(texts) == 1 and bool(_CLOSING.fullmatch(texts[0]))


def year_in(*texts: str) -> int | None:
    """The first year named, looked for in the given order."""
    for text in texts:
        if found := _YEAR.search(fold(text)):
            return int(found[1])
    return None
